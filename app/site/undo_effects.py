"""What a camera changed on other pages when one was written, set back after that one: page by page, through the same
proof. What was changed since is left alone unless somebody wants it all the same."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.errors import AuthError, CameraError, Conflict, Forbidden, InvalidSetting, SiteError, TransportError
from app.families.base import Session, Stranding
from app.settings.changes import Proof
from app.site.records import ChangeSet
from app.site.site import Site
from app.site.undo import UndoPlan, plan_undo, undo, undo_changes
from app.site.undo_standing import Standing


@dataclass(frozen=True, slots=True)
class Effect:
    """A side effect and how its page stands now; plan is None where that could not be read, and problem says why."""

    change_set: ChangeSet
    plan: UndoPlan | None = None
    problem: str = ""

    @property
    def number(self) -> int:
        return self.change_set.id

    @property
    def is_ours(self) -> bool:
        """Whether something of it is as the camera left it then, so that it can be set back without asking."""
        return self.plan is not None and any(each.standing is Standing.OURS for each in self.plan.fields)


@dataclass(frozen=True, slots=True)
class SetBack:
    """What became of one side effect: a proof, or why nothing of it was written."""

    change_set: ChangeSet
    proof: Proof | None = None
    error: CameraError | None = None
    plan: UndoPlan | None = None


async def effects_of(change_set: int, session: Session, site: Site) -> tuple[Effect, ...]:
    """The side effects of a change, read now. Sends nothing but questions. SiteError as `plan_undo`."""
    found: list[Effect] = []
    for each in await site.history.effects(change_set):
        try:
            found.append(Effect(each, await plan_undo(each.id, session, site)))
        except SiteError:
            raise
        except CameraError as error:
            found.append(Effect(each, problem=error.summary))
    return tuple(found)


async def set_back(
    change_set: int, session: Session, site: Site, wanted: Collection[int], also: Collection[int] = ()
) -> tuple[SetBack, ...]:
    """Sets back those of wanted (numbers of side effects) that still stand: the camera may have taken some of them back
    by itself when their cause was undone. also: those of which it is done where somebody changed them since as well.

    A device that is gone or refuses the password ends it; one that refuses a page does not.
    """
    done: list[SetBack] = []
    for effect in await site.history.effects(change_set):
        if effect.id not in wanted:
            continue
        try:
            outcome = await _set_back(effect, session, site, moved=effect.id in also)
        except CameraError as error:
            done.append(SetBack(effect, error=error))
            if isinstance(error, TransportError | SiteError) or _is_login(error):
                break
            continue
        if outcome is not None:
            done.append(SetBack(effect, outcome[0], plan=outcome[1]))
    return tuple(done)


async def _set_back(effect: ChangeSet, session: Session, site: Site, *, moved: bool) -> tuple[Proof, UndoPlan] | None:
    """None where there is nothing to set back."""
    plan = await plan_undo(effect.id, session, site)
    paths = {each.path for each in plan.moved} if moved else set()
    if not paths and not any(each.standing is Standing.OURS for each in plan.fields):
        if plan.moved:
            said = ", ".join(each.title or each.path for each in plan.moved)
            raise Conflict(
                f"“{effect.title}” was changed since the camera changed it: {said}.",
                hint=f"It was left alone. Undo change {effect.id} by itself to decide about it.",
            )
        return None
    changes = undo_changes(plan, paths)
    stranding = session.offer(Stranding)
    if stranding is not None and stranding.strands(plan.document, changes):
        raise InvalidSetting(
            f"Setting “{effect.title}” back could cut the connection to the camera.",
            hint=f"It was left alone. Undo change {effect.id} by itself.",
        )
    proof, _ = await undo(plan, session, paths)
    return proof, plan


def _is_login(error: CameraError) -> bool:
    return isinstance(error, AuthError) and not isinstance(error, Forbidden)
