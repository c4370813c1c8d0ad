"""The proof of a write: what the camera holds now, against what was asked of it and what it held before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from app.settings import blanks, list_proof, lists, parsers, values
from app.settings.changes import Change, FieldProof, Proof, Verdict
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access, Kind, Spec

_MOMENTS = timedelta(seconds=30)  # write and read-back together
_SECRET = "The camera does not give this value back, so it cannot be compared."
_WRITE_ONLY = "This setting can only be written, so it cannot be compared."
_VANISHED = "The camera no longer shows this setting after the change."


def prove(before: Document, changes: tuple[Change, ...], after: Document, reboot_required: bool = False) -> Proof:
    """A verdict for each change in its order, then one for each field that changed without being asked.

    before is the document that was edited, after the one read back. Values are compared by meaning.
    """
    followed = list_proof.follow(before, changes, after)
    edited = {change.path for change in changes}
    fields = [
        list_proof.judged(change, followed) or _judged(before, change, followed.held.get(change.path))
        for change in changes
    ]
    fields += _side_effects(before, edited, followed.held)
    fields += list_proof.side_effects(before, followed)
    return Proof(before.resource, tuple(fields), reboot_required)


def unasked(before: Document, after: Document) -> tuple[FieldProof, ...]:
    """What is not as it was on a page that nothing was written to; clocks, counters and passwords do not count."""
    return prove(before, (), after).fields


def can_tell(document: Document) -> bool:
    """Whether there is anything on a page that `unasked` would see change."""
    return any(field.present and not _moves_by_itself(field) for field in document.fields)


def unread(before: Document, changes: tuple[Change, ...], reason: str, reboot_required: bool = False) -> Proof:
    """The proof where the read-back failed: the camera took the write, and nobody knows what it made of it."""
    fields = tuple(_unverifiable(change, _is_secret(before, change), reason) for change in changes)
    return Proof(before.resource, fields, reboot_required, unread=True)


def _judged(before: Document, change: Change, now: Field | None) -> FieldProof:
    spec = before.field(change.path).spec
    if _is_secret(before, change):
        return _unverifiable(change, True, _SECRET)
    if spec.access is Access.WRITE_ONLY:
        return _unverifiable(change, False, _WRITE_ONLY)
    if now is None:
        return _unverifiable(change, False, _VANISHED)
    if values.same(now.text, change.new, spec):
        verdict, reason = Verdict.KEPT, ""
    elif _ran_on(change.new, now.text, spec):
        verdict, reason = Verdict.KEPT, "The clock has run on since."
    elif values.is_text(spec.kind) and blanks.trimmed(change.new, now.text):
        verdict, reason = Verdict.ADJUSTED, "The camera took blanks away that stood around it."
    elif values.same(now.text, change.old, spec) or _ran_on(change.old, now.text, spec):
        verdict, reason = Verdict.IGNORED, "The camera still holds the old value."
    elif spec.access is Access.READ_ONLY and lists.split_fresh(change.path):
        verdict, reason = Verdict.KEPT, "Its number is the place where it stands."
    else:
        verdict, reason = Verdict.ADJUSTED, f"The camera set {values.display(now.text, spec) or 'nothing'} instead."
    return FieldProof(change.path, change.title, change.old, change.new, verdict, now.text, reason)


def judge_presence(change: Change, wanted: str | None, held: str | None) -> FieldProof:
    """The verdict on something that came or went as a whole. wanted, held: None where it is not there."""
    if change.secret:
        return _unverifiable(change, True, _SECRET)
    judged = FieldProof(change.path, change.title, change.old, change.new, Verdict.KEPT, held)
    if held == wanted:
        return judged
    if held is None:
        return replace(judged, verdict=Verdict.IGNORED, reason="The camera does not show this afterwards.")
    if wanted is None:
        return replace(judged, verdict=Verdict.IGNORED, reason="The camera still has this.")
    if held == change.old:
        return replace(judged, verdict=Verdict.IGNORED, reason="The camera still holds the old value.")
    return replace(judged, verdict=Verdict.ADJUSTED, reason=f"The camera set {held or 'nothing'} instead.")


def _ran_on(then: str, now: str, spec: Spec) -> bool:
    """Whether now is a running clock that stood at then moments ago. Cameras drop and add the offset freely."""
    if spec.kind is not Kind.DATETIME:
        return False
    try:
        start, end = parsers.moment(then), parsers.moment(now)
    except ValueError:
        return False
    if start.tzinfo is None or end.tzinfo is None:
        start, end = start.replace(tzinfo=None), end.replace(tzinfo=None)
    return timedelta(0) <= end - start <= _MOMENTS


def _unverifiable(change: Change, secret: bool, reason: str) -> FieldProof:
    old, new = (values.MASK, values.MASK) if secret else (change.old, change.new)
    return FieldProof(change.path, change.title, old, new, Verdict.NOT_VERIFIABLE, None, reason, secret)


def _side_effects(before: Document, edited: set[str], held: Mapping[str, Field]) -> list[FieldProof]:
    known = {field.path: field for field in before.fields if field.present}
    found = []
    for path in [*known, *(path for path in held if path not in known)]:
        if path in edited:
            continue
        old, now = known.get(path), held.get(path)
        if not _moves_by_itself(old, now):
            found += _side_effect(old, now, before.title_of(path) if path in known else "")
    return found


def _side_effect(old: Field | None, now: Field | None, title: str) -> list[FieldProof]:
    """At most one verdict on a field nobody touched; None stands for a field that is not there."""
    field = now or old
    if field is None or (old and now and values.same(old.text, now.text, field.spec)):
        return []
    if old is None:
        reason = "This setting appeared."
    elif now is None:
        reason = "This setting is no longer there."
    else:
        reason = "It changed without being asked."
    old_text, now_text = old.text if old else "", now.text if now else None
    title = title or field.spec.title
    return [FieldProof(field.path, title, old_text, old_text, Verdict.SIDE_EFFECT, now_text, reason)]


def _moves_by_itself(*fields: Field | None) -> bool:
    """Clocks and counters run on, and a password read back is a new mask each time."""
    return any(
        field.spec.access is not Access.READ_WRITE or field.spec.kind in (Kind.DATETIME, Kind.PASSWORD)
        for field in fields
        if field is not None
    )


def _is_secret(document: Document, change: Change) -> bool:
    return change.secret or document.field(change.path).spec.kind is Kind.PASSWORD
