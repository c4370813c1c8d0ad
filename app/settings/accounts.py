"""An account is what it is called: two of one name are one account to a camera, or an error it never tells. Pure.

A new record begins as a copy of another one, so that its name has to be typed before it can be sent.
"""

from __future__ import annotations

from collections.abc import Callable

from app.settings import lists, naming
from app.settings.lists import Order, RecordList


def problem(of: RecordList, order: Order, path: str, text_of: Callable[[str], str]) -> str:
    """Why the name at path, in a record of this list, cannot be sent: another record of the order has it. "" when it
    can, and where the record is no account but something that uses one, as a server for mail does."""
    token = next((each for each in order if lists.inside(path, of.place(each))), None)
    if token is None:
        return ""
    name = lists.relative(path, of.place(token))
    leaves = {each.path for each in of.template} or {name}
    if not naming.is_account(name) or name not in leaves or any(map(naming.is_host, leaves)):
        return ""
    own = text_of(path)
    others = (text_of(lists.joined(of.place(each), name)) for each in order if each != token)
    return f"“{own}” is there already: every account needs a name of its own" if own and own in others else ""
