"""Undo of a change set: what the fields hold now decides what may be set back without asking."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from app.errors import CameraError, InvalidSetting, SiteError
from app.families.base import RawSettings, RegionUndo, Session, SettingsTree
from app.settings import lists, values
from app.settings.changes import Change, FieldProof, Proof, Verdict
from app.settings.document import Document
from app.settings.spec import Access
from app.site import secrets
from app.site.identity import Identity
from app.site.journal import JournalledRaw, JournalledSettings
from app.site.records import ChangeSet, Origin, RecordedField
from app.site.site import Site
from app.site.undo_standing import CAME, GOES, NOT_SHOWN, Standing, UndoField, held_in, undo_fields


@dataclass(frozen=True, slots=True)
class UndoPlan:
    """What an undo would do. document is the resource as it was read now; nothing was sent yet.

    whole is the document as it was, where elements came or went and the device still holds what the change left:
    then everything is set back with it.
    """

    change_set: ChangeSet
    document: Document
    fields: tuple[UndoField, ...]
    whole: bytes | None = None

    @property
    def moved(self) -> tuple[UndoField, ...]:
        """The fields that somebody has to decide on."""
        return tuple(field for field in self.fields if field.standing is Standing.MOVED)

    @property
    def is_needed(self) -> bool:
        return any(field.standing in (Standing.OURS, Standing.MOVED) for field in self.fields)


async def plan_undo(change_set_id: int, session: Session, site: Site) -> UndoPlan:
    """Reads the resource again. SiteError when the change was made on another device; what `load` raises."""
    change_set = await site.history.get(change_set_id)
    settings = _settings(session)
    await _same_device(change_set, settings, site)
    document = await settings.load(change_set.resource)
    whole = await _whole(change_set, document, session, site)
    if whole is not None:
        return UndoPlan(change_set, document, tuple(_of_whole(document, each) for each in change_set.fields), whole)
    listed = any(lists.is_list(field.path) for field in change_set.fields)
    untouched = listed and (await site.history.documents(change_set.id))[1] == secrets.masked(document)
    return UndoPlan(change_set, document, undo_fields(document, change_set.fields, untouched=untouched))


async def undo(plan: UndoPlan, session: Session, also: Collection[str] = ()) -> tuple[Proof, Document]:
    """Sets back every field that holds our value, and those of also (paths) that were changed since.

    Goes through the same writing, proof and journal. InvalidSetting as `undo_changes`.
    """
    raw = session.offer(RawSettings)
    if plan.whole is not None and isinstance(raw, JournalledRaw):
        return await raw.under(Origin.UNDO, plan.change_set.id).apply_raw(plan.document, plan.whole)
    settings = _settings(session).under(Origin.UNDO, plan.change_set.id)
    proof, after = await settings.apply(plan.document, undo_changes(plan, also))
    if proof.lost is not None or not _set_late(plan, after):
        return proof, after
    try:
        more, after = await settings.apply(after, after.changes())
    except CameraError:  # what was set back stands; `undone` says what is still not as it was
        after.revert()
        return proof, after
    return _together(proof, more), after


def undo_changes(plan: UndoPlan, also: Collection[str] = ()) -> tuple[Change, ...]:
    """What `undo` would send, set in the plan's document. InvalidSetting when there is nothing to set back, or a
    value of then is refused by the limits of now. () where the whole document is set back."""
    if plan.whole is not None:
        return ()
    wanted = [
        field
        for field in plan.fields
        if field.standing is Standing.OURS or (field.standing is Standing.MOVED and field.path in also)
    ]
    if not wanted:
        raise InvalidSetting("There is nothing to set back.")
    plan.document.revert()
    for path, text in (target for field in wanted for target in field.targets):
        plan.document.set_text(path, text)
    return plan.document.changes()


def _set_late(plan: UndoPlan, after: Document) -> bool:
    """What came with a value that was set back, and is not as it was: a camera may say nothing of it before."""
    after.revert()
    for field in plan.fields:
        held = held_in(after, field.path) if field.reason == NOT_SHOWN and field.before else None
        if held is not None and held.present and held.spec.access is Access.READ_WRITE:
            after.set_text(field.path, field.before)
            if after.problem(field.path):
                after.revert(field.path)
    return bool(after.edited_paths)


def _together(first: Proof, then: Proof) -> Proof:
    """Two writes as one: what the second one has proved is said of it."""
    again = {field.path for field in then.fields}
    fields = (*(field for field in first.fields if field.path not in again), *then.fields)
    return replace(then, fields=fields, reboot_required=first.reboot_required or then.reboot_required)


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undo has come to. short: fields that are not as they were before the change, each with the reason. idle:
    what came with the change and is there still, without effect. besides: what changed that the change had not."""

    short: tuple[UndoField, ...] = ()
    idle: tuple[UndoField, ...] = ()
    besides: tuple[FieldProof, ...] = ()


def undone(plan: UndoPlan, proof: Proof, after: Document, also: Collection[str] = ()) -> Undone:
    """What became of the plan. What somebody has changed since and was left alone on purpose is not told."""
    own = {field.path for field in plan.fields} | {path for field in plan.fields for path, _ in field.targets}
    besides = (each for each in proof.fields if each.verdict is Verdict.SIDE_EFFECT and each.path not in own)
    proved = {each.path: each for each in proof.fields if each.verdict is not Verdict.SIDE_EFFECT}
    short: list[UndoField] = []
    idle: list[UndoField] = []
    for field in plan.fields:
        if field.standing is Standing.MOVED and plan.whole is None and field.path not in also:
            continue
        said = _shortcoming(field, proved, after)
        unmet = after.unmet(field.path) if said and field.reason in (CAME, GOES) else ()
        if unmet:
            idle.append(replace(field, reason=unmet[0].reason))
        elif said:
            short.append(replace(field, reason=said))
    return Undone(tuple(short), tuple(idle), tuple(besides))


def _shortcoming(field: UndoField, proved: Mapping[str, FieldProof], after: Document) -> str:
    """Why a field is not as it was before the change, "" where it is."""
    told = [proved[path] for path in (field.path, *(path for path, _ in field.targets)) if path in proved]
    for each in told:
        if each.verdict in (Verdict.ADJUSTED, Verdict.IGNORED, Verdict.NOT_VERIFIABLE):
            return each.reason or each.verdict.value
    held = held_in(after, field.path)
    if told or field.standing not in (Standing.STUCK, Standing.GOES):
        return ""
    if held is None or not held.present:
        return field.reason if field.before else ""
    if field.before and values.same(held.text, field.before, held.spec):
        return ""
    return field.reason if field.standing is Standing.STUCK else "The camera still has it."


async def _whole(change_set: ChangeSet, document: Document, session: Session, site: Site) -> bytes | None:
    """The document of then, where it differs by more than values and nobody has changed it since; else the document of
    now with the regions of then, where nobody has changed those."""
    known = {field.path for field in document.fields}
    by_hand = change_set.origin in (Origin.RAW, Origin.UNDO)
    if not by_hand or all(field.path in known and field.old and field.new for field in change_set.fields):
        return None
    before, after = await site.history.documents(change_set.id)
    raw = session.offer(RawSettings)
    if before is None or after is None or not isinstance(raw, JournalledRaw):
        return None
    if any(field.secret for field in change_set.fields) or secrets.MASK.encode() in before:
        return None
    whole: bytes | None = before
    if after != document.source.raw:
        drawn = session.offer(RegionUndo)
        whole = drawn.set_back(document, before, after) if drawn is not None else None
    return None if whole is None or raw.check_raw(document, whole) else whole


def _of_whole(document: Document, field: RecordedField) -> UndoField:
    held = {each.path: each for each in document.fields}.get(field.path)
    ours = field.new if field.read_back is None else field.read_back
    return UndoField(field.path, field.title, field.old, ours, held.text if held else None, Standing.OURS)


def _settings(session: Session) -> JournalledSettings:
    found = session.offer(SettingsTree)
    if not isinstance(found, JournalledSettings):
        raise SiteError("This session keeps no journal.", hint="Open it with a site file.")
    return found


async def _same_device(change_set: ChangeSet, settings: JournalledSettings, site: Site) -> None:
    here = (await settings.subject.sighting()).identity
    device = await site.devices.get(change_set.device_id)
    if not here.is_same(Identity(change_set.device_keys | device.identity.keys)):
        raise SiteError(
            f"That change was made on {device.title}, and {settings.subject.session.address} is another device.",
            hint="Nothing was sent. Open the device that the change was made on.",
            detail=", ".join(sorted(change_set.device_keys)),
        )
