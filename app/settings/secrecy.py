"""Which fields hold what nobody should read over a shoulder, in a list of hits or in a file. Pure."""

from __future__ import annotations

import re

from app.settings.field import Field
from app.settings.spec import Kind
from app.wire.redact import redact

_PLAIN_KINDS = (Kind.BOOL, Kind.FLOAT, Kind.OPTION, Kind.PORT, Kind.DATETIME, Kind.DATE, Kind.TIME)
_NAME = re.compile(
    r"(?i)\w*(?:pass(?:word|wd|phrase)|pwd|secret|token|communit(?:y|ystring))\w{0,2}"
    r"|(?:\w*(?:shared|encryption|private|privacy|auth|authentication|priv|wpa|wep|psk|aes|des|secret)key\w{0,2})|key"
    r"|verificationcode|pincode|answer"
)


def is_secret(field: Field) -> bool:
    """A password by its kind, or anything whose name says that it is one."""
    if field.spec.kind is Kind.PASSWORD:
        return True
    name = re.sub(r"\[\d+\]$", "", field.path.rpartition("/")[2])
    return not _is_plain(field) and _NAME.fullmatch(name) is not None


def _is_plain(field: Field) -> bool:
    """Whether it is known to hold no words: a number without limits may be a key of nothing but digits."""
    spec = field.spec
    is_count = spec.kind is Kind.INT and (spec.minimum is not None or spec.maximum is not None or spec.ranges)
    return bool(is_count) or spec.kind in _PLAIN_KINDS


def is_hidden(field: Field) -> bool:
    """Whether its text is masked as a whole: a secret, or an address with a password in it."""
    return is_secret(field) or (field.spec.kind not in (*_PLAIN_KINDS, Kind.INT) and redact(field.text) != field.text)


def told(field: Field) -> str | None:
    """The text of a field for lists and reports: without a password that stands in an address; None for a secret."""
    return None if is_secret(field) else redact(field.text) if is_hidden(field) else field.text
