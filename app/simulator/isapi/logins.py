"""Who may log in to a simulated camera, and what it says to somebody who may not."""

from __future__ import annotations

from app.simulator.access import Account, Gate, Level, Verdict
from app.simulator.http_server import Answer
from app.simulator.isapi import shape, writes
from app.simulator.isapi.answers import user_check
from app.simulator.isapi.state import State
from app.simulator.isapi.tree import Style, write
from app.simulator.quirks import Quirks

_ODD = ("basic_only", "sha256_only", "sha256_first", "both_challenges", "one_header")
_LEVELS = {"Administrator": Level.ADMINISTRATOR, "Operator": Level.OPERATOR, "Viewer": Level.VIEWER}


def accounts(state: State, password: str) -> list[Account]:
    """password: of the first account until another one is written."""
    users = state.read(state.catalog.resources[writes.USERS])
    return [
        Account(
            user.value("userName"),
            user.value("password") or (password if user.value("id") == "1" else ""),
            _LEVELS.get(user.value("userLevel"), Level.VIEWER),
        )
        for user in users.children
    ]


def is_odd(quirks: Quirks) -> bool:
    """Its schemes are a quirk's, whatever its settings say."""
    return any(name in quirks for name in _ODD)


def unauthorised(gate: Gate, verdict: Verdict, style: Style, quirks: Quirks) -> Answer:
    challenges = gate.challenges(stale=verdict.stale)
    if "one_header" in quirks:
        challenges = (", ".join(challenges),)
    headers = tuple(("WWW-Authenticate", text) for text in challenges)
    if verdict.tried or verdict.locked_for:
        return Answer(401, write(user_check(verdict), style), headers=headers)
    return Answer(401, shape.web_page("Document Error: Unauthorized"), "text/html", headers)
