"""The proof of a change whose end nobody saw, from what the device holds later. Pure.

Only what was asked for is judged: what else differs by then may have been changed by anybody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.errors import InvalidSetting
from app.settings import lists, proof, values
from app.settings.changes import Change, FieldProof, Verdict
from app.settings.document import Document
from app.settings.spec import Kind, Spec
from app.settings.working_lists import is_in
from app.site.records import RecordedField

SINCE = "It was written again since, by change {}."
_CLOCK = "The clock has run on since, so it cannot be compared."
_SECRET = "The camera does not give this value back, so it cannot be compared."
_APART = "Records came or went, so that it cannot be told which of them this is."
_GONE = "The camera does not show this now."
_OLD = "The camera still holds the old value."

Texts = Mapping[str, str]


def judged(
    fields: Sequence[RecordedField], since: Mapping[str, int], before: Document | None, after: Document, held: Texts
) -> tuple[FieldProof, ...]:
    """A verdict for each field that was to be changed, in their order. before is the document that was edited, None
    where it cannot be made again. held is what the device holds by now, for paths that are no fields of after. since
    are the paths that were written again, with the change that did."""
    meant = [each for each in fields if each.verdict is not Verdict.SIDE_EFFECT]
    found = _as_edits(meant, before, after) if before is not None else None
    if found is None:
        found = [_alone(each, after, held) for each in meant]
    return tuple(_settled(each, since, after) for each in found)


def written_since(path: str, others: Mapping[str, int]) -> int | None:
    """Which of the later changes has written this path again, or has put the records of its list in order."""
    for other, number in others.items():
        if other == path or (lists.is_list(other) and path.startswith(other[:-1])):
            return number
        if lists.is_list(path) and other.startswith(path[:-1]):
            return number
    return None


def _settled(found: FieldProof, since: Mapping[str, int], after: Document) -> FieldProof:
    number = written_since(found.path, since)
    if number is not None:
        return _unsure(found, SINCE.format(number))
    spec = _spec(after, found.path)
    ran_on = found.verdict in (Verdict.ADJUSTED, Verdict.IGNORED) and spec is not None and spec.kind is Kind.DATETIME
    return _unsure(found, _CLOCK) if ran_on else found


def _unsure(found: FieldProof, reason: str) -> FieldProof:
    return FieldProof(found.path, found.title, found.old, found.new, Verdict.NOT_VERIFIABLE, None, reason, found.secret)


def _as_edits(fields: Sequence[RecordedField], before: Document, after: Document) -> list[FieldProof] | None:
    """As at the time; None where they are no edits of the document's fields, as of elements that came or went."""
    try:
        for each in fields:
            if lists.is_list(each.path):
                before.set_text(each.path, each.new)
        gone = before.removed()
        changes = tuple(_change(each, gone) for each in fields)
        for change in changes:
            before.field(change.path)
    except InvalidSetting:
        return None
    return list(proof.prove(before, changes, after).fields[: len(changes)])


def _change(field: RecordedField, gone: Sequence[str]) -> Change:
    went = not field.new and is_in(field.path, gone)
    return Change(field.path, field.old, field.new, field.title, field.secret, went)


def _alone(field: RecordedField, after: Document, held: Texts) -> FieldProof:
    """By the text at its path, whatever that is part of."""
    found = FieldProof(
        field.path, field.title, field.old, field.new, Verdict.KEPT, held.get(field.path), "", field.secret
    )
    if field.secret:
        return _unsure(found, _SECRET)
    if lists.is_list(field.path) or lists.split_fresh(field.path) is not None:
        return _unsure(found, _APART)
    now, spec = held.get(field.path, ""), _spec(after, field.path)
    if _same(now, field.new, spec):
        return found
    if _same(now, field.old, spec):
        verdict, reason = Verdict.IGNORED, _OLD
    elif not now:
        verdict, reason = Verdict.IGNORED, _GONE
    else:
        verdict, reason = Verdict.ADJUSTED, f"The camera set {values.display(now, spec) if spec else now} instead."
    return FieldProof(found.path, found.title, found.old, found.new, verdict, found.read_back, reason)


def _same(one: str, other: str, spec: Spec | None) -> bool:
    return one == other if spec is None else values.same(one, other, spec)


def _spec(document: Document, path: str) -> Spec | None:
    try:
        return document.field(path).spec
    except InvalidSetting:
        return None
