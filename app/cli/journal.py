"""Commands on what was done: history, undo, recover."""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import Any

from app.cli.connect import add_host, add_site, optional_word, parse_host, session_at, site_file
from app.cli.interrupt import carried, outcome_told
from app.cli.output import Exit, Refused, document, say
from app.cli.strands import add_yes, agree, consider, keep_login
from app.cli.undone import print_plan, print_undone, refuse_moved
from app.families.base import Session
from app.settings import lists
from app.settings.changes import Proof, Verdict
from app.site.file import default_path
from app.site.identity import Identity
from app.site.records import ChangeSet, ChangeState, RecordedField
from app.site.recovery import recovered
from app.site.site import Site
from app.site.summary import Entry, Happening
from app.site.undo import Undone, UndoPlan, plan_undo, undo, undo_changes, undone
from app.site.undo_effects import effects_of, set_back
from app.site.wording import worded_entries

_SHOWN_FIELDS = 3


def add_commands(commands: Any) -> None:
    listed = _add(commands, "history", history, "who changed what, newest first")
    optional_word(listed, "host", "only of the device that was seen at this address")
    listed.add_argument("--limit", type=int, default=50, metavar="N", help="at most so many (default 50)")
    listed.add_argument("--before", type=int, metavar="ID", help="older than this change")
    add_site(listed)
    undone = _add(commands, "undo", undo_change, "set a change back, where the device still holds it")
    undone.add_argument("change", metavar="ID", type=int, help="number of the change in the history")
    add_host(undone, optional=True)
    undone.add_argument("--force", action="store_true", help="also set back what somebody changed since")
    undone.add_argument("--keep-changed", action="store_true", help="leave alone what somebody changed since")
    undone.add_argument(
        "--effects", action="store_true", help="also set back what the camera changed on other pages because of it"
    )
    undone.add_argument("--dry-run", action="store_true", help="compare and show, send nothing")
    add_yes(undone)
    add_site(undone)
    mended = _add(commands, "recover", recover_file, "copy what is readable of a damaged site file into a new one")
    mended.add_argument("file", metavar="FILE", type=Path, nargs="?", help="default: the user's own site file")


def _add(commands: Any, name: str, run: Any, text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    command.add_argument("--json", action="store_true", help="print one JSON document")
    return command


async def history(options: argparse.Namespace) -> Exit:
    if options.limit < 1:
        raise Refused("--limit is at least 1.")
    async with site_file(options) as site:
        assert site is not None
        devices = await _devices_at(site, options.host) if options.host else None
        entries = await site.history.page(options.limit, before=options.before, device_ids=devices)
        listed = [entry for entry in entries if any(lists.is_list(field.path) for field in entry.fields)]
        documents = {entry.id: (await site.history.documents(entry.id))[0] for entry in listed if not options.json}
    if options.json:
        document([change_set_row(entry) for entry in entries])
        return Exit.DONE
    if not entries:
        print("Nothing was changed yet.")
    for entry in entries:
        _print_entry(entry, documents.get(entry.id))
    return Exit.DONE


async def _devices_at(site: Site, host: str) -> list[int]:
    """Devices seen at an address; without a port any port counts."""
    wanted = parse_host(host)
    if wanted.port is not None:
        return [device.id for device in await site.devices.find(Identity.of(address=str(wanted)))]
    prefix = str(wanted).casefold()
    return [
        device.id
        for device in await site.devices.all()
        if any(address == prefix or address.rpartition(":")[0] == prefix for address in device.addresses)
    ]


def _print_entry(entry: ChangeSet, held: bytes | None) -> None:
    """held: the document of before the change, which has the names of its records."""
    when = entry.started.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    state = "" if entry.state is ChangeState.DONE else f"  {state_words(entry)}"
    cause = entry.undo_of if entry.undo_of is not None else entry.effect_of
    undone = f" of {cause}" if cause is not None else ""
    say(
        f"{entry.id:>6}  {when}  {entry.who} as {entry.account}  {entry.device_name or entry.address}"
        f"  {entry.title}  ({entry.origin.value}{undone}){state}"
    )
    told = worded_entries(entry, held)
    for each in told[:_SHOWN_FIELDS]:
        say(f"        {_told(each)}")
    if len(told) > _SHOWN_FIELDS:
        print(f"        and {len(told) - _SHOWN_FIELDS} more")


def _told(entry: Entry) -> str:
    field = entry.field
    about = ": ".join(filter(None, (entry.name, field.title or field.path)))
    if entry.what is Happening.SET:
        return f"{about}: {_change(field)}"
    if entry.what is Happening.ORDERED:
        return f"{about}: {field.new}{_verdict(field)}"
    verdict = _verdict(field)
    subject = f"{entry.name or 'Region'}: corners" if entry.what is Happening.DRAWN else entry.name
    return f"{subject} {entry.what.value}{verdict}"


def state_words(entry: ChangeSet) -> str:
    if entry.state is ChangeState.JUDGING:
        return "being read again"
    if entry.state is ChangeState.UNKNOWN:
        return "outcome unknown: read the device again"
    return f"failed: {entry.error}" if entry.state is ChangeState.FAILED else "being sent"


def _verdict(field: RecordedField) -> str:
    return f" ({field.verdict.value})" if field.verdict not in (None, Verdict.KEPT) else ""


def _change(field: RecordedField) -> str:
    if field.secret:
        return "a new secret"
    old = field.old or "(nothing)"
    if field.verdict is Verdict.SIDE_EFFECT:
        return f"{old} -> {field.read_back or 'gone'} (changed by the device)"
    became = f", the device holds {field.read_back}" if field.verdict is Verdict.ADJUSTED else ""
    verdict = f" ({field.verdict.value}{became})" if field.verdict not in (None, Verdict.KEPT) else ""
    return f"{old} -> {field.new or '(nothing)'}{verdict}"


def change_set_row(entry: ChangeSet) -> dict[str, Any]:
    return {
        "id": entry.id,
        "started": entry.started.isoformat(),
        "finished": entry.finished.isoformat() if entry.finished else None,
        "who": entry.who,
        "account": entry.account,
        "device": entry.device_name,
        "device_keys": sorted(entry.device_keys),
        "address": entry.address,
        "family": entry.family,
        "resource": entry.resource,
        "title": entry.title,
        "origin": entry.origin,
        "state": entry.state,
        "undo_of": entry.undo_of,
        "effect_of": entry.effect_of,
        "reboot_required": entry.reboot_required,
        "error": entry.error,
        "changes": [
            {
                "path": f.path,
                "title": f.title,
                "old": None if f.secret else f.old,
                "new": None if f.secret else f.new,
                "verdict": f.verdict,
                "read_back": None if f.secret else f.read_back,
                "reason": f.reason,
            }
            for f in entry.fields
        ],
    }


async def undo_change(options: argparse.Namespace) -> Exit:
    if options.force and options.keep_changed:
        raise Refused("Use --force or --keep-changed, not both.")
    async with site_file(options) as site:
        assert site is not None
        entry = await site.history.get(options.change)
        host = options.host or await _last_address(site, entry)
        async with session_at(options, host, site) as session:
            plan = await plan_undo(entry.id, session, site)
            effects = await effects_of(entry.id, session, site)
            counted = effects if options.effects else ()
            needed = plan.is_needed or any(each.plan is not None and each.plan.is_needed for each in counted)
            if options.dry_run or not needed:
                return print_plan(plan, effects, options.json)
            refuse_moved([plan, *(each.plan for each in counted if each.plan is not None)], options)
            proof, outcome = Proof(plan.document.resource, ()), Undone()
            if plan.is_needed:
                proof, outcome = await _set_back(plan, session, host, options)
            gone = proof.lost is not None
            wanted = [each.change_set.id for each in counted if not gone and (each.is_ours or options.force)]
            also = wanted if options.force else ()
            with outcome_told("What it changed on other pages", [plan.document.resource]):
                done = await carried(set_back(entry.id, session, site, wanted, also))
            left = () if gone or options.effects else await effects_of(entry.id, session, site)
    return print_undone(plan, proof, outcome, done, left, options.json)


async def _set_back(plan: UndoPlan, session: Session, host: str, options: argparse.Namespace) -> tuple[Proof, Undone]:
    also = {field.path for field in plan.moved} if options.force else ()
    leave = await consider(session, host, plan.document, undo_changes(plan, also))
    agree([leave], options.yes)
    with outcome_told(plan.document.resource):
        proof, after = await carried(undo(plan, session, also))
    await keep_login(leave, session, proof)
    return proof, undone(plan, proof, after, also)


async def _last_address(site: Site, entry: ChangeSet) -> str:
    """Where the device was seen last; it may have moved since the change."""
    addresses = (await site.devices.get(entry.device_id)).addresses
    return addresses[0] if addresses else entry.address


async def recover_file(options: argparse.Namespace) -> Exit:
    path = options.file or default_path()
    result = await asyncio.to_thread(recovered, path)
    if options.json:
        document({"file": str(result.path), "damaged": str(result.damaged), "rows": result.rows})
        return Exit.DONE
    print(f"{result.path}: {sum(result.rows.values())} entries from {result.damaged}, which was kept.")
    print(f"Use it with --site {result.path}, or move it to the place of the damaged one.")
    return Exit.DONE
