"""What an undo would do, and what it has done, printed: the change itself and its side effects on other pages."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import Any

from app.cli.output import Exit, Refused, document, failure, say, table
from app.cli.proofs import exit_of, print_proof, proof_document
from app.settings.changes import Proof
from app.site.undo import UndoPlan
from app.site.undo_effects import Effect, SetBack
from app.site.undo_standing import Standing


def refuse_moved(plans: Iterable[UndoPlan], options: argparse.Namespace) -> None:
    """Refused where somebody has changed a field since, and nobody said what to do about that."""
    moved = [(plan, field) for plan in plans for field in plan.moved]
    if not moved or options.force or options.keep_changed:
        return
    told = (f"{f.title or f.path} was {f.before}, then {f.ours}, is now {f.now}" for _, f in moved)
    raise Refused(
        f"Somebody changed this since: {'; '.join(told)}",
        hint="Use --force to set it back all the same, or --keep-changed to leave it.",
    )


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


def print_undone(proof: Proof, done: Sequence[SetBack], left: Sequence[Effect], as_json: bool) -> Exit:
    """left: side effects that nobody asked to be set back."""
    standing = [each.change_set for each in left if each.is_ours]
    if as_json:
        rows = [_done_row(each) for each in done]
        document({**proof_document(proof), "effects": rows, "effects_left": [each.id for each in standing]})
    else:
        print_proof(proof, as_json=False)
        for each in done:
            say(f"Side effect, change {each.change_set.id}: {each.change_set.title}")
            if each.proof is not None:
                print_proof(each.proof, as_json=False)
            elif each.error is not None:
                failure(each.error, as_json=False)
        for effect in standing:
            say(f"“{effect.title}” is still as the camera changed it: “camwright undo {effect.id}” sets that back.")
    ends = {exit_of(proof), *(Exit.FAILED if each.proof is None else exit_of(each.proof) for each in done)}
    return next((each for each in (Exit.FAILED, Exit.NOT_KEPT) if each in ends), Exit.DONE)


def _print_fields(plan: UndoPlan) -> None:
    table((f.path, f"{f.ours} -> {f.before}", f"now {f.now}", f.standing.value, f.reason) for f in plan.fields)


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
