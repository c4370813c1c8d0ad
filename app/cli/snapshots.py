"""Commands on all settings at once: export, diff, restore."""

from __future__ import annotations

import argparse
import asyncio
import os
import shlex
import sys
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from app.cli.connect import add_host, add_site, session, session_at
from app.cli.interrupt import carried, outcome_told
from app.cli.output import Exit, document, say, table
from app.cli.proofs import holds, neighbour_rows, print_neighbours, proof_line, proof_rows
from app.cli.strands import Leave, add_yes, agree, consider, keep_login, print_went, went_row
from app.disk import check_place
from app.families.base import Overview, Session
from app.model.device import DeviceFacts
from app.settings.changes import Verdict
from app.site.compare import Comparison, Difference, compare
from app.site.restore import Restored, RestorePlan, Step, left_alone, plan_restore, restore, step_told
from app.site.snapshot import DeviceSnapshot, read_file, take, write_file
from app.site.wording import difference_words


def add_commands(commands: Any) -> None:
    def add(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        command.add_argument("--json", action="store_true", help="print one JSON document")
        return command

    out = add("export", export, "write all settings of a device into a file, without secrets")
    add_host(out)
    out.add_argument("file", metavar="FILE", type=Path)
    differing = add("diff", diff, "compare two devices, two files, or a device and a file")
    differing.add_argument("one", metavar="A", help="HOST or FILE")
    differing.add_argument("other", metavar="B", help="HOST or FILE")
    differing.add_argument("--all", action="store_true", help="also ids, clocks and what can only be read")
    add_host(differing, positional=False)
    back = add("restore", restore_file, "write settings of a file back and prove that the device keeps them")
    add_host(back)
    back.add_argument("file", metavar="FILE", type=Path)
    back.add_argument(
        "--only",
        metavar="PATH",
        nargs="+",
        default=[],
        help="resources, fields or RESOURCE:FIELD; addresses, ports and accounts only when their field is named",
    )
    back.add_argument("--dry-run", action="store_true", help="compare and show, send nothing")
    add_yes(back)
    add_site(back)


async def _facts(opened: Session) -> DeviceFacts:
    overview = opened.offer(Overview)
    return await overview.facts() if overview is not None else DeviceFacts()


async def _taken(opened: Session, quiet: bool) -> DeviceSnapshot:
    return await take(opened, await _facts(opened), progress=None if quiet else _progress)


def _progress(done: int, all_of_them: int, title: str) -> None:
    """On a terminal only: a log of every step would bury the result."""
    if sys.stderr.isatty():
        text = f"{done}/{all_of_them} {title}"[:78]
        print(f"\r{text:<78}", end="\n" if done == all_of_them else "", file=sys.stderr, flush=True)


async def export(options: argparse.Namespace) -> Exit:
    await asyncio.to_thread(check_place, options.file)
    async with session(options) as opened:
        snapshot = await _taken(opened, options.json)
    await asyncio.to_thread(write_file, options.file, snapshot)
    refused = [{"resource": each.resource, "title": each.title, "reason": each.reason} for each in snapshot.refused]
    if options.json:
        document({"file": str(options.file), "resources": len(snapshot.resources), "refused": refused})
        return Exit.DONE
    say(f"{options.file}: {len(snapshot.resources)} resources of {snapshot.title}")
    if refused:
        print(f"{len(refused)} were refused:")
        table((each["resource"], each["reason"]) for each in refused)
    return Exit.DONE


async def diff(options: argparse.Namespace) -> Exit:
    async with AsyncExitStack() as stack:
        one = await _side(options, options.one, stack)
        other = await _side(options, options.other, stack)
    found = compare(one, other, everything=options.all)
    if options.json:
        document(
            {
                "one": options.one,
                "other": options.other,
                "differences": [_difference(found, n) for n in range(len(found.differences))],
                "only_one": found.only_one,
                "only_other": found.only_other,
            }
        )
        return Exit.DONE
    table(
        (
            each.resource,
            " / ".join([*each.section, each.title]),
            _text(each, each.one),
            _text(each, each.other),
            each.path,
        )
        for each in found.differences
    )
    for side, missing in ((options.other, found.only_one), (options.one, found.only_other)):
        if missing:
            print(f"Not in {side}: {', '.join(missing)}")
    count = len(found.differences)
    print("1 difference" if count == 1 else f"{count} differences")
    return Exit.DONE


def _row(found: Difference) -> tuple[str, ...]:
    title = " / ".join([*found.section, found.title])
    return found.resource, title, _text(found, found.one), _text(found, found.other), found.path


def _text(found: Difference, value: str | None) -> str:
    return "(not there)" if value is None else difference_words(found, value) or "(empty)"


def _difference(found: Comparison, number: int) -> dict[str, Any]:
    each = found.differences[number]
    return {
        "resource": each.resource,
        "resource_title": each.resource_title,
        "path": each.path,
        "title": each.title,
        "section": each.section,
        "one": each.one,
        "other": each.other,
    }


async def _side(options: argparse.Namespace, text: str, stack: AsyncExitStack) -> DeviceSnapshot:
    """A file where there is one by that name, or where it can be nothing else; else a device."""
    path = Path(text)
    if await asyncio.to_thread(path.is_file) or path.suffix == ".json" or os.sep in text:
        return await asyncio.to_thread(read_file, path)
    return await _taken(await stack.enter_async_context(session_at(options, text, None)), options.json)


async def restore_file(options: argparse.Namespace) -> Exit:
    snapshot = await asyncio.to_thread(read_file, options.file)
    async with session(options) as opened:
        plan = await plan_restore(snapshot, opened, options.only, progress=None if options.json else _progress)
        done: tuple[Restored, ...] = ()
        if plan.wanted:
            leaves = await _leaves(plan, opened, options.host)
            agree(list(leaves.values()), options.yes or options.dry_run)
            if not options.dry_run:
                with outcome_told("Some of these settings"):
                    done = await carried(restore(plan, opened))
        for each in done:
            if each.proof is not None and each.resource in leaves:
                await keep_login(leaves[each.resource], opened, each.proof)
    _print_restored(plan, done, options)
    return _status(plan, done, only=bool(options.only))


def _status(plan: RestorePlan, done: tuple[Restored, ...], *, only: bool) -> Exit:
    """only: some paths were asked for, not the whole file."""
    if any(each.error is not None or (each.proof is not None and each.proof.lost is not None) for each in done):
        return Exit.FAILED
    if only and plan.left_out and not plan.wanted:
        return Exit.REFUSED
    return Exit.DONE if all(each.proof is None or holds(each.proof) for each in done) else Exit.NOT_KEPT


async def _leaves(plan: RestorePlan, opened: Session, host: str) -> dict[str, Leave]:
    """By resource: what strands, as it would be written. The documents are left as they were read."""
    found: dict[str, Leave] = {}
    for resource in dict.fromkeys(step.resource for step in plan.wanted if step.dangerous):
        loaded = plan.documents[resource]
        try:
            for step in plan.wanted:
                if step.resource == resource and step.dangerous:
                    loaded.set_text(step.path, step.new or "")
            found[resource] = await consider(opened, host, loaded, loaded.changes())
        finally:
            loaded.revert()
    return found


def _print_restored(plan: RestorePlan, done: tuple[Restored, ...], options: argparse.Namespace) -> None:
    if options.json:
        document(
            {
                "planned": [_step(step) for step in plan.wanted],
                "left_out": [_step(step) for step in plan.left_out],
                "unreadable": [{"resource": resource, "reason": reason} for resource, reason in plan.unreadable],
                "resources": [_restored(each) for each in done],
            }
        )
        return
    if options.dry_run:
        table(
            (step.resource, step.title, step_told(plan.documents[step.resource], step), f"({step.path})")
            for step in plan.wanted
        )
    for each in done:
        if each.error is not None:
            say(f"{each.resource}: not written. {each.error}")
        if each.proof is not None:
            table((each.resource, *proof_line(field, plan.documents[each.resource])) for field in each.proof.fields)
            print_neighbours(each.proof)
            print_went(each.proof)
    left = left_alone(plan, done)
    if not plan.wanted and not left:
        print("The device holds these settings already.")
    if left:
        print("Left alone:")
        table((step.resource, step.title, step.reason, f"({step.path})") for step in left)
    _lead_on(plan, done, options)
    for resource, reason in plan.unreadable:
        say(f"{resource} was not compared: {reason}")


def _lead_on(plan: RestorePlan, done: Iterable[Restored], options: argparse.Namespace) -> None:
    """The command for what goes only together with other settings of the file."""
    kept = {
        (each.resource, field.path)
        for each in done
        if each.proof is not None
        for field in each.proof.fields
        if field.verdict is Verdict.KEPT
    }
    lacking = [step for step in plan.steps if step.needs and (step.resource, step.path) not in kept]
    if not lacking:
        return
    for step in lacking:
        titles = [plan.documents[step.resource].title_of(path) for path in step.needs]
        say(f"{step.title} goes only together with {' and '.join(f'“{title}”' for title in titles)}.")
    paths = dict.fromkeys(f"{step.resource}:{path}" for step in lacking for path in (step.path, *step.needs))
    words = ["camwright", "restore", options.host, str(options.file), "--only", *options.only]
    words += [path for path in paths if path not in options.only and path.partition(":")[2] not in options.only]
    say(f"Restore them together: {shlex.join(words)}")


def _step(step: Step) -> dict[str, Any]:
    return {
        "resource": step.resource,
        "path": step.path,
        "title": step.title,
        "old": step.old,
        "new": step.new,
        "reason": step.reason,
        "needs": list(step.needs),
    }


def _restored(each: Restored) -> dict[str, Any]:
    proof = each.proof
    return {
        "resource": each.resource,
        "changes": proof_rows(proof.fields) if proof is not None else [],
        "other_pages": neighbour_rows(proof) if proof is not None else [],
        "reboot_required": proof is not None and proof.reboot_required,
        "error": each.error.summary if each.error is not None else "",
        **(went_row(proof) if proof is not None else {"moved_to": None, "still_at": None, "lost": None}),
    }
