"""How the fields of a change set stand in the document of now: what an undo sets back, what goes by itself, what a
person has to decide on. Pure, but for edits of the document that are taken back at once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from app.errors import InvalidSetting
from app.settings import lists, values
from app.settings.changes import Verdict
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access
from app.site.records import RecordedField
from app.site.undo_lists import Moved, innermost, moved_lists

CAME = "The setting came with the change; before it there was no value."
GOES = "It goes with the value that it came with."
NOT_SHOWN = "The device no longer shows this setting."


class Standing(StrEnum):
    """How a field stands against the change that is to be undone."""

    OURS = "holds our value"  # will be set back
    BACK = "is back already"  # nothing to do
    GOES = "goes by itself"  # it came with a value that is set back
    MOVED = "was changed since"  # before, ours and now differ: a person decides
    STUCK = "cannot be set back"


@dataclass(frozen=True, slots=True)
class UndoField:
    """The three sides of one field. now is None where the device does not show it any more.

    targets are what is set in the document of now to have it back, paths and texts: none for what goes with its record,
    several for a list whose records have lists.
    """

    path: str
    title: str
    before: str
    ours: str
    now: str | None
    standing: Standing
    reason: str = ""
    targets: tuple[tuple[str, str], ...] = ()


def undo_fields(document: Document, fields: Sequence[RecordedField], *, untouched: bool) -> tuple[UndoField, ...]:
    """How each field of a change set stands in the document of now. untouched: it is as the change left it."""
    moved = moved_lists(document, fields, untouched=untouched)
    found = _fitting(document, tuple(_in_list(document, each, moved) or _undo_field(document, each) for each in fields))
    with edited(document, found, {Standing.OURS}):
        unmet = {path for each in found if _is_absent(document, path := _place(each)) and document.unmet(path)}
        going = {path for each in found if each.reason == CAME and document.unmet(path := _place(each))}
    with edited(document, found, {Standing.OURS, Standing.MOVED}):
        reasons = {path: missing[0].reason for path in unmet if (missing := document.unmet(path))}
    return tuple(_hanging(each, unmet, reasons, going) for each in found)


def _fitting(document: Document, fields: tuple[UndoField, ...]) -> tuple[UndoField, ...]:
    """Without the values of then that the limits of now refuse, in which the others would be stuck as well."""
    for wanted in ({Standing.OURS}, {Standing.OURS, Standing.MOVED}):
        while refused := _refused(document, fields, wanted):
            fields = tuple(
                replace(each, standing=Standing.STUCK, reason=refused[each.path]) if each.path in refused else each
                for each in fields
            )
    return fields


def _refused(document: Document, fields: Sequence[UndoField], wanted: Collection[Standing]) -> dict[str, str]:
    """By their paths of then, why values cannot be set back. What only comes with others is not judged here."""
    with edited(document, fields, wanted):
        return {
            each.path: f"The earlier value does not fit any more: {problem}."
            for each in fields
            if each.standing in wanted and not lists.is_list(path := _place(each)) and not lists.split_fresh(path)
            and not _is_absent(document, path) and (problem := document.problem(path))
        }  # fmt: skip


def _place(field: UndoField) -> str:
    """Its path in the document of now: its record may have moved."""
    return field.targets[0][0] if field.targets else field.path


def _hanging(field: UndoField, unmet: Collection[str], reasons: dict[str, str], going: Collection[str]) -> UndoField:
    """With what it hangs on taken into account: the others are set back together with it."""
    path = _place(field)
    if path in going:
        return replace(field, standing=Standing.GOES, reason=GOES)
    if field.standing not in (Standing.OURS, Standing.MOVED) or path not in unmet:
        return field
    if path in reasons:
        return replace(field, standing=Standing.STUCK, reason=reasons[path])
    reason = "It comes back only together with what was changed since."
    return replace(field, standing=Standing.MOVED, reason=reason)


@contextmanager
def edited(document: Document, fields: Sequence[UndoField], wanted: Collection[Standing]) -> Iterator[None]:
    """The document with these fields set back, for as long as somebody looks at it."""
    document.revert()
    try:
        for path, text in (target for field in fields if field.standing in wanted for target in field.targets):
            with suppress(InvalidSetting):  # it says so where it is set in earnest
                document.set_text(path, text)
        yield
    finally:
        document.revert()


def _in_list(document: Document, field: RecordedField, moved: Sequence[Moved]) -> UndoField | None:
    """A list that the change put in order, or a field of a record in it; None for any other."""
    made = innermost(moved, field.path)
    if made is None:
        return None
    if field.path == made.was:
        return _undo_list(field, made)
    if not made.known:
        listed = _undo_list(field, made)
        return replace(listed, now=None, targets=())
    path = made.path(field.path)
    goes, comes = lists.split_fresh(field.path) is not None, lists.split_fresh(path) is not None
    if not goes and not comes:
        found = _undo_field(document, replace(field, path=path))
        return replace(found, path=field.path, targets=((path, field.old),))
    listed = _undo_list(field, made)
    writable = comes and not field.secret and not lists.is_list(path) and _is_writable(document, path)
    return UndoField(
        field.path, field.title, field.old, field.new, None, listed.standing, listed.reason,
        ((path, field.old),) if writable else (),
    )  # fmt: skip


def _is_writable(document: Document, path: str) -> bool:
    try:
        return document.field(path).spec.access is Access.READ_WRITE
    except InvalidSetting:  # new records have other settings than the old one had
        return False


def _undo_list(field: RecordedField, made: Moved) -> UndoField:
    text = lists.format_order(made.back)
    if not made.known:
        standing, reason = Standing.STUCK, "The list has changed since; put it in order by hand."
    elif made.back == made.of.order:
        standing, reason = Standing.BACK, "The device holds the earlier list already."
    else:
        standing, reason = Standing.OURS, ""
    ours = field.new if field.read_back is None else field.read_back
    return UndoField(
        field.path, field.title, field.old, ours, made.of.text, standing, reason, ((made.of.path, text), *made.orders)
    )


def held_in(document: Document, path: str) -> Field | None:
    return next((each for each in document.fields if each.path == path), None)


def _is_absent(document: Document, path: str) -> bool:
    """Whether it is declared only, and comes with another value."""
    held = held_in(document, path)
    return held is not None and not held.present


def went(field: RecordedField) -> bool:
    """Whether the change made it go, without being asked."""
    return field.verdict is Verdict.SIDE_EFFECT and field.read_back is None


def _undo_field(document: Document, field: RecordedField) -> UndoField:
    held = held_in(document, field.path)
    now = held.text if held is not None and held.present else None
    ours = "" if went(field) else field.new if field.read_back is None else field.read_back
    standing, reason = _standing(field, held, ours)
    if field.secret:
        now = None
    return UndoField(field.path, field.title, field.old, ours, now, standing, reason, ((field.path, field.old),))


def _standing(field: RecordedField, held: Field | None, ours: str) -> tuple[Standing, str]:
    if field.secret:
        return Standing.STUCK, "A secret is in no file of ours, so the old one is not known."
    if held is not None and held.spec.access is not Access.READ_WRITE:
        return Standing.STUCK, "This setting cannot be read and written."
    if held is None or not held.present:
        return _standing_of_absent(field, held)
    if values.same(held.text, field.old, held.spec):
        return Standing.BACK, "The device holds the earlier value already."
    if not field.old and values.problem("", held.spec):
        return Standing.STUCK, CAME
    if not went(field) and values.same(held.text, ours, held.spec):
        return Standing.OURS, ""
    return Standing.MOVED, "Somebody has changed it since."


def _standing_of_absent(field: RecordedField, held: Field | None) -> tuple[Standing, str]:
    if not field.old:
        return Standing.BACK, "It is not there, as before the change."
    if held is None:
        return Standing.STUCK, NOT_SHOWN
    return (Standing.OURS, "") if went(field) else (Standing.MOVED, NOT_SHOWN)
