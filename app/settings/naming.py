"""What a record is called: by what it holds, as an installer would, and by its kind and number beside it. Pure.

A rule and no table of places: a name that somebody gave it, else the host that it stands for, else the account, else
the address for mail, else the protocol.
"""

from __future__ import annotations

from collections.abc import Mapping

from app.wire.redact import redact

_HOSTS = ("hostname", "domainname", "ipaddress", "ipv4address", "ipv6address", "url")
_ACCOUNTS = ("username", "accountname", "loginname")
_MAIL = ("emailaddress",)
_PROTOCOLS = ("protocol", "protocolname")
_KINDS = ("filename", "pathname", "typename", "modelname", "protocolname")  # end like names and name something else
_NO_HOST = ("0.0.0.0", "::", "::0")
_LONGEST = 40


def can_name(path: str) -> bool:
    """Whether a record may be called by what stands at this path."""
    return _rank(path) is not None


def is_account(path: str) -> bool:
    """Whether an account is called by what stands at this path of its record."""
    return path.lower() in _ACCOUNTS


def is_host(path: str) -> bool:
    """Whether the record stands for a host that is named at this path."""
    return path.rpartition("/")[2].lower() in _HOSTS


def held_name(texts: Mapping[str, str]) -> str:
    """What a record holds that people would call it by, "" for nothing. texts: its leaves by their paths in it."""
    ranked = ((_rank(path), text.strip()) for path, text in texts.items())
    found = [
        (rank, text)
        for rank, text in ranked
        if rank is not None and any(map(str.isalnum, text)) and text not in _NO_HOST
    ]
    text = redact(min(found, key=lambda each: each[0])[1]) if found else ""  # an address may hold a password
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def labelled(held: str, kind: str) -> str:
    """ "guest", "User 2" -> "guest (User 2)"."""
    return f"{held} ({kind})" if held and kind else held or kind


def _rank(path: str) -> int | None:
    """None for what names nothing. A host may stand in a block of the record, a name belongs to the block it is in."""
    if "[" in path or path.count("/") > 1:
        return None
    leaf, own = path.rpartition("/")[2].lower(), "/" not in path
    if own and leaf == "name":
        return 0
    if leaf in _HOSTS:
        return 2 + _HOSTS.index(leaf)
    if own and leaf in _ACCOUNTS:
        return 10
    if leaf in _MAIL:
        return 11
    if own and leaf in _PROTOCOLS:
        return 12
    return 1 if own and leaf.endswith("name") and leaf not in _KINDS else None
