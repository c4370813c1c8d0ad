"""What must not be in any file of ours, taken out of documents and texts. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from xml.sax.saxutils import escape

from app.errors import CameraError, InvalidSetting
from app.settings.changes import Change, FieldProof, Proof
from app.settings.document import Document
from app.settings.secrecy import is_hidden, is_secret
from app.site.records import RecordedField
from app.wire.redact import redact

MASK = "******"  # ASCII, so that it fits into documents of every encoding
_SHORTEST = 4  # shorter secrets are masked in their own field only: they would be found in every text
_ATTRIBUTE = re.compile(rb'(?i)(\b\w*(?:password|passwd|pwd|secret|token)\s*=\s*")[^"<>]+(")')


def secrets_of(document: Document, changes: Iterable[Change] = ()) -> frozenset[str]:
    """The secret texts that the document holds and the changes bring."""
    found = {field.text for field in document.fields if is_secret(field)}
    for change in changes:
        if change.secret or _hides(document, change.path):
            found |= {change.old, change.new}
    return frozenset(text for text in found if text.strip() and set(text) not in ({"*"}, {"•"}))


def masked(document: Document, secrets: Iterable[str] = ()) -> bytes:
    """The raw bytes with every secret leaf masked, and the given secrets wherever else they stand.

    A leaf that holds a secret among other things (an address with a password) is masked as a whole.
    """
    edits = {f.path: MASK for f in document.fields if f.present and f.text.strip() and is_hidden(f)}
    raw = _ATTRIBUTE.sub(rb"\g<1>******\g<2>", document.source.encode(edits))
    for secret in sorted({*secrets, *secrets_of(document)}, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            raw = _without(raw, secret)
    return raw


def spellings(secret: str) -> frozenset[str]:
    """As it may stand in a document."""
    return frozenset({secret, escape(secret), escape(secret, {'"': "&quot;", "'": "&apos;"})})


def _without(raw: bytes, secret: str) -> bytes:
    for spelling in spellings(secret):
        for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
            raw = raw.replace(spelling.encode(encoding, "replace"), MASK.encode(encoding))
    return raw


def clean(text: str, secrets: Iterable[str] = ()) -> str:
    """A text for people without secrets."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, MASK)
    return redact(text)


def clean_error(error: CameraError, secrets: Iterable[str]) -> None:
    """Devices quote what they were sent: no message may hold a secret, wherever it is shown."""
    known = tuple(secrets)
    error.summary, error.hint, error.detail = (clean(each, known) for each in (error.summary, error.hint, error.detail))
    error.args = (error.summary,)


def clean_proof(proof: Proof, kept: Iterable[RecordedField]) -> Proof:
    """The same as the journal keeps it: with the words of the device cleaned, and without the values that it hides."""
    return replace(proof, fields=tuple(map(_cleaned, proof.fields, kept)))


def _cleaned(field: FieldProof, kept: RecordedField) -> FieldProof:
    if kept.secret and not field.secret:
        return replace(field, old=kept.old, new=kept.new, read_back=kept.read_back, reason=kept.reason)
    return replace(field, reason=kept.reason)


def hides(document: Document, change: Change) -> bool:
    """Whether a change is told without its values."""
    both = (change.old, change.new)
    return change.secret or _hides(document, change.path) or any(redact(text) != text for text in both)


def intended(document: Document, changes: Iterable[Change], secrets: frozenset[str]) -> tuple[RecordedField, ...]:
    """The changes as the journal may hold them, their verdicts open."""
    return tuple(
        _safe(RecordedField(c.path, c.title, c.old, c.new, c.secret or _hides(document, c.path)), secrets)
        for c in changes
    )


def _hides(document: Document, path: str) -> bool:
    try:
        return is_secret(document.field(path))
    except InvalidSetting:  # appeared by itself
        return False


def judged(document: Document, fields: Iterable[FieldProof], secrets: frozenset[str]) -> tuple[RecordedField, ...]:
    """The proof as the journal may hold it."""
    return tuple(
        _safe(
            RecordedField(
                f.path, f.title, f.old, f.new, f.secret or _hides(document, f.path), f.verdict, f.read_back, f.reason
            ),
            secrets,
        )
        for f in fields
    )  # fmt: skip


def _safe(field: RecordedField, secrets: frozenset[str]) -> RecordedField:
    """A value that merely contains a secret (an address with a password in it) becomes a secret as a whole."""
    texts = (field.old, field.new, field.read_back or "")
    if field.secret or any(clean(text, secrets) != text for text in texts):
        read_back = None if field.read_back is None else MASK
        field = replace(field, old=MASK if field.old else "", new=MASK, read_back=read_back, secret=True)
    return replace(field, reason=clean(field.reason, secrets))
