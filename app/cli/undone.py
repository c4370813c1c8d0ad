"""What an undo would do, and what it has done, printed: the change itself and its side effects on other pages."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import Any

from app.cli.output import Exit, Refused, document, failure, say, table
from app.cli.proofs import exit_of, print_proof, proof_document
from app.settings import lists, telling
from app.settings.changes import Proof
from app.site.undo import Undone, UndoPlan
from app.site.undo_effects import Effect, SetBack
from app.site.undo_standing import Standing, UndoField


def refuse_moved(plans: Iterable[UndoPlan], options: argparse.Namespace) -> None:
    """Refused where somebody has changed a field since, and nobody said what to do about that."""
    moved = [(plan, field) for plan in plans for field in plan.moved]
    if not moved or options.force or options.keep_changed:
        return
    told = (_three_sides(plan, field) for plan, field in moved)
    raise Refused(
        f"Somebody changed this since: {'; '.join(told)}",
        hint="Use --force to set it back all the same, or --keep-changed to leave it.",
    )


def _three_sides(plan: UndoPlan, field: UndoField) -> str:
    sides = (
        telling.told(plan.document, field.path, each) or "(nothing)" for each in (field.before, field.ours, field.now)
    )
    before, ours, now = sides
    return f"{field.title or field.path} was {before}, then {ours}, is now {now}"


def print_plan(plan: UndoPlan, effects: Sequence[Effect], as_json: bool) -> Exit:
    if as_json:
        document({**_plan_row(plan), "effects": [_effect_row(each) for each in effects]})
        return Exit.DONE
    _print_fields(plan)
    if not plan.is_needed:
        print("There is nothing to set back.")
    for each in effects:
        say(f"Side effect, change {each.change_set.id}: {each.change_set.title}")
        if each.plan is None:
            say(f"It cannot be read: {each.problem}")
        else:
            _print_fields(each.plan)
    return Exit.DONE


def print_undone(
    plan: UndoPlan, proof: Proof, undone: Undone, done: Sequence[SetBack], left: Sequence[Effect], as_json: bool
) -> Exit:
    """undone: what the undo itself has come to. left: side effects that nobody asked to be set back."""
    standing = [each.change_set for each in left if each.is_ours]
    if as_json:
        rows = [_done_row(each) for each in done]
        short = [{"path": each.path, "reason": each.reason} for each in undone.short]
        idle = [{"path": each.path, "reason": each.reason} for each in undone.idle]
        told = {"not_as_before": short, "without_effect": idle}
        document({**proof_document(proof), **told, "effects": rows, "effects_left": [each.id for each in standing]})
    else:
        print_proof(proof, False, plan.document)
        for field in undone.short:
            say(f"{field.title or field.path} is not as it was before: {field.reason}")
        for field in undone.idle:
            say(f"{field.title or field.path} came with the change and is there still, without effect. {field.reason}")
        for each in done:
            say(f"Side effect, change {each.change_set.id}: {each.change_set.title}")
            if each.proof is not None and each.plan is not None:
                print_proof(each.proof, False, each.plan.document)
            elif each.error is not None:
                failure(each.error, as_json=False)
        for effect in standing:
            say(f"“{effect.title}” is still as the camera changed it: “camwright undo {effect.id}” sets that back.")
    own = Exit.NOT_KEPT if undone.short and exit_of(proof) is Exit.DONE else exit_of(proof)
    ends = {own, *(Exit.FAILED if each.proof is None else exit_of(each.proof) for each in done)}
    return next((each for each in (Exit.FAILED, Exit.NOT_KEPT) if each in ends), Exit.DONE)


def _print_fields(plan: UndoPlan) -> None:
    table(_line(plan, field) for field in plan.fields)


def _line(plan: UndoPlan, field: UndoField) -> tuple[str, ...]:
    """In the words of the form; another order by what the undo makes of it."""
    held, path = plan.document, field.path
    if lists.is_list(path) and field.targets and field.standing is Standing.OURS:
        path, back = field.targets[0]
        change = telling.change_told(held, path, field.now or "", back)
    else:
        change = telling.change_told(held, path, field.ours, field.before)
    now = "" if lists.is_list(path) else f"now {telling.told(held, path, field.now) or '(nothing)'}"
    return field.title or field.path, change, now, field.standing.value, field.reason, f"({field.path})"


def _plan_row(plan: UndoPlan) -> dict[str, Any]:
    rows = [
        {
            "path": f.path,
            "before": None if f.standing is Standing.STUCK else f.before,
            "ours": None if f.standing is Standing.STUCK else f.ours,
            "now": f.now,
            "standing": f.standing,
            "reason": f.reason,
        }
        for f in plan.fields
    ]
    return {"change": plan.change_set.id, "resource": plan.document.resource, "fields": rows}


def _effect_row(effect: Effect) -> dict[str, Any]:
    if effect.plan is None:
        return {"change": effect.change_set.id, "resource": effect.change_set.resource, "problem": effect.problem}
    return _plan_row(effect.plan)


def _done_row(done: SetBack) -> dict[str, Any]:
    error = done.error.summary if done.error is not None else ""
    proof = proof_document(done.proof) if done.proof is not None else {"resource": done.change_set.resource}
    return {"change": done.change_set.id, **proof, "error": error}
