"""Edits that were made on one reading of a resource, carried over to a fresh one. Nothing is guessed: an edit whose
ground has moved is a conflict that people decide."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.errors import Conflict
from app.settings import lists, values
from app.settings.changes import Change, FieldProof, Verdict
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access, Kind

_HINT = "Nothing was sent. Load the page again and repeat the change."
_HELD = "The camera held this value already; nothing was sent for it."


@dataclass(frozen=True, slots=True)
class Rebased:
    """changes are to be sent; held is what somebody else has set to the wanted value in the meantime."""

    changes: tuple[Change, ...]
    held: tuple[FieldProof, ...] = ()


def rebase(edited: Document, changes: tuple[Change, ...], fresh: Document) -> Rebased:
    """The changes as edits of fresh. Conflict names the first field that no longer holds what was edited, or that
    the fresh document has no more in this form. Afterwards fresh carries the edits that are to be sent."""
    sent: list[Change] = []
    held: list[FieldProof] = []
    _same_lists(edited, changes, fresh)
    for change in changes:
        if change.gone or lists.is_list(change.path) or lists.split_fresh(change.path):
            sent.append(change)
            continue
        before = edited.field(change.path)
        now = _counterpart(edited, before, fresh)
        if change.secret or now.spec.kind is Kind.PASSWORD:
            sent.append(change)
        elif _means(now, change.new):
            held.append(
                FieldProof(change.path, change.title, now.text, change.new, Verdict.KEPT, now.text, _HELD)
            )  # fmt: skip
        elif _means(now, change.old) or _moves(now):
            sent.append(replace(change, old=now.text))
        else:
            raise _moved(edited, change, now)
    if fresh is not edited:
        _fitting(fresh, sent)
    return Rebased(tuple(sent), tuple(held))


def _same_lists(edited: Document, changes: tuple[Change, ...], fresh: Document) -> None:
    """Places mean something only in the very list that they were given in."""
    for change in changes:
        if not lists.is_list(change.path) or lists.split_fresh(change.path):
            continue
        before, now = (next((each for each in d.lists if each.path == change.path), None) for d in (edited, fresh))
        here = {field.path: field.text for field in edited.fields if field.present}
        there = {field.path: field.text for field in fresh.fields if field.present}
        places = before.members if before is not None else ()
        moved = now is None or before is None or now.members != places
        if moved or any(here[path] != there.get(path) for path in here if any(lists.inside(path, p) for p in places)):
            raise Conflict(
                f"The list “{change.title}” is not the one that you edited any more: somebody else changed it.",
                path=change.path,
                hint=_HINT,
            )


def _counterpart(edited: Document, before: Field, fresh: Document) -> Field:
    """The same setting in the fresh document; Conflict when it is gone, another one, or takes other values."""
    title = before.spec.title
    now = next((field for field in fresh.fields if field.path == before.path), None)
    if now is None:
        raise Conflict(
            f"{edited.title} no longer has the setting “{title}”: the camera changed this page meanwhile.",
            path=before.path,
            hint=_HINT,
        )
    if now.section != before.section:
        raise Conflict(
            f"{title} now belongs to “{_place(now)}” instead of “{_place(before)}”: the camera changed this list.",
            path=before.path,
            hint=_HINT,
        )
    if now.spec.access is Access.READ_ONLY and before.spec.access is not Access.READ_ONLY:
        raise Conflict(f"{title} can only be read by now.", path=before.path, hint=_HINT)
    return now


def _fitting(fresh: Document, changes: list[Change]) -> None:
    """Makes the edits on fresh; Conflict where one is no longer possible there."""
    for change in (each for each in changes if not each.gone):
        if fresh.field(change.path).spec.access is not Access.READ_ONLY:
            fresh.set_text(change.path, change.new)
    for path, problem in fresh.problems.items():
        title = fresh.field(path).spec.title
        raise Conflict(f"{title}: {problem}. The camera takes other values than before.", path=path, hint=_HINT)


def _moved(edited: Document, change: Change, now: Field) -> Conflict:
    spec = edited.field(change.path).spec
    held, found = values.display(change.old, spec) or "nothing", values.display(now.text, now.spec) or "nothing"
    conflict = Conflict(
        f"{spec.title} was {held} when you edited it and is {found} now: somebody else changed it.",
        path=change.path,
        hint=_HINT,
    )
    conflict.held, conflict.found = held, found
    return conflict


def _means(field: Field, text: str) -> bool:
    return field.present and values.same(field.text, text, field.spec)


def _moves(field: Field) -> bool:
    """A clock runs on by itself, and what was absent had no value to keep."""
    return field.spec.kind is Kind.DATETIME or not field.present


def _place(field: Field) -> str:
    return field.section[-1] if field.section else "the page itself"
