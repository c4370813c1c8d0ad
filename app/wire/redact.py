"""Takes secrets out of texts that people, logs or reports will see."""

from __future__ import annotations

import re

MASK = "•••"

_NAMES = r"(?:\w*pass(?:word|wd|phrase)?|\w*pwd|secret|\w*token|stok|authorization|loginpassword)"
_RULES = (
    # Authorization: Digest …, to the end of the line
    (re.compile(r"(?im)^(\s*(?:proxy-)?authorization\s*:\s*)(?:\w+ )?[^\r\n]+"), rf"\g<1>{MASK}"),
    # scheme://user:password@host
    (re.compile(r"(?i)(\b[a-z][a-z0-9+.-]*://[^\s/:@]*:)[^\s/@]*(@)"), rf"\g<1>{MASK}\g<2>"),
    # <password>…</password>, with or without prefix and attributes
    (re.compile(rf"(?is)(<(?:\w+:)?{_NAMES}(?:\s[^<>]*)?>)[^<]+"), rf"\g<1>{MASK}"),
    # "password": "…"
    (re.compile(rf'(?i)("{_NAMES}"\s*:\s*")(?:[^"\\]|\\.)*'), rf"\g<1>{MASK}"),
    # password=… in a query or a line of its own
    (re.compile(rf"(?i)(\b{_NAMES}\s*=\s*)[^\s&;,\"'<>]+"), rf"\g<1>{MASK}"),
)


def redact(text: str, *secrets: str) -> str:
    """The text without what looks like a secret, and without the given secrets of three or more characters."""
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= 3:
            text = text.replace(secret, MASK)
    return text
