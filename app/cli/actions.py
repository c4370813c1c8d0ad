"""The command `action`: what a device does on command, and its files."""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import Any

from app.cli.connect import add_host, optional_word, session
from app.cli.interrupt import INTERRUPTED, interruption
from app.cli.output import Exit, Refused, document, table
from app.cli.showing import print_document
from app.disk import check_place, read_to_send, write_whole
from app.errors import NotSupported
from app.families.base import Actions, Files, MakesFiles, Session
from app.model.action import MOST, Danger, FileKind, Progress, Uploaded
from app.stopping import Stopped, unless_stopped


def add_commands(commands: Any) -> None:
    text = "run an action of a device, or fetch and send its files; without RESOURCE list them"
    command: argparse.ArgumentParser = commands.add_parser("action", help=text, description=text)
    command.set_defaults(run=action)
    command.add_argument("--json", action="store_true", help="print one JSON document")
    add_host(command)
    optional_word(command, "resource", "as the list shows it")
    command.add_argument("--yes", action="store_true", help="agree to the consequence")
    command.add_argument("--wait", action="store_true", help="wait until the device is back")
    files = command.add_mutually_exclusive_group()
    files.add_argument("--get", metavar="FILE", type=Path, help="save the resource into FILE")
    files.add_argument("--put", metavar="FILE", type=Path, help="send FILE")
    files.add_argument(
        "--make",
        metavar="PATH=VALUE",
        nargs="*",
        help="have the device make it by itself (a certificate, a request for one); without values, what it has to be "
        "told",
    )
    files.add_argument("--remove", action="store_true", help="take the file off the device")


async def action(options: argparse.Namespace) -> int:
    if options.get is not None:
        await asyncio.to_thread(check_place, options.get)
    async with session(options) as opened:
        if options.resource is None:
            return await _list(opened, options.json)
        if options.get is not None:
            return await _get(opened, options)
        if options.put is not None:
            return await _put(opened, options)
        if options.make is not None:
            return await _make(opened, options)
        if options.remove:
            return _told(await _files(opened).remove(options.resource, confirmed=options.yes), options)
        return await _run(opened, options)


async def _list(opened: Session, as_json: bool) -> Exit:
    offered, kept = opened.offer(Actions), opened.offer(Files)
    actions = await offered.list() if offered is not None else ()
    files = await kept.list() if kept is not None else ()
    if as_json:
        document({"actions": list(actions), "files": list(files)})
        return Exit.DONE
    table((each.id, each.title, each.place, _sign(each.danger), each.consequence) for each in actions)
    table((each.id, each.title, _ways(each), each.help) for each in files)
    return Exit.DONE


def _ways(file: FileKind) -> str:
    ways = (("get", file.down), ("put", file.up), ("make", bool(file.making)), ("remove", bool(file.removal)))
    return ", ".join(way for way, there in ways if there)


def _sign(danger: Danger) -> str:
    return "" if danger is Danger.NONE else "--yes"


async def _run(opened: Session, options: argparse.Namespace) -> int:
    offered = opened.offer(Actions)
    if offered is None:
        raise NotSupported(f"{opened.address} offers no actions through {opened.family_title}.")
    with interruption() as interrupted:
        work = offered.run(options.resource, confirmed=options.yes, wait=options.wait, tell=_tell)
        try:
            done = await unless_stopped(work, interrupted)
        except Stopped:
            return _interrupted("Nobody waits for it any more. What was sent before is not taken back.")
    if options.json:
        document(done)
    else:
        print(done.text)
    return Exit.FAILED if done.back is False else Exit.DONE


async def _get(opened: Session, options: argparse.Namespace) -> int:
    with interruption() as interrupted:
        try:
            data = await unless_stopped(_files(opened).download(options.resource, tell=_tell), interrupted)
        except Stopped:
            return _interrupted(f"Stopped: nothing was saved as {options.get}.")
    await asyncio.to_thread(write_whole, options.get, data)
    if options.json:
        document({"file": str(options.get), "bytes": len(data)})
    else:
        print(f"{options.get}: {len(data)} bytes")
    return Exit.DONE


async def _put(opened: Session, options: argparse.Namespace) -> int:
    files = _files(opened)
    data = await asyncio.to_thread(read_to_send, options.put, MOST)
    with interruption() as interrupted:
        done = await files.upload(options.resource, data, confirmed=options.yes, tell=_tell, stop=interrupted)
    return _told(done, options)


async def _make(opened: Session, options: argparse.Namespace) -> int:
    files = _files(opened)
    if not isinstance(files, MakesFiles):
        raise NotSupported(f"{opened.address} makes no files through {opened.family_title}.")
    draft = await files.draft(options.resource)
    if not options.make:
        print_document(draft, options.json)
        return Exit.DONE
    for text in options.make:
        path, sign, value = text.partition("=")
        if not sign or all(each.path != path for each in draft.fields):
            known = ", ".join(each.path for each in draft.fields)
            raise Refused(f"“{path}” is nothing that it can be told.", hint=f"Nothing was sent. There are: {known}")
        draft.set_text(path, value)
    return _told(await files.make(options.resource, draft, confirmed=options.yes), options)


def _told(done: Uploaded, options: argparse.Namespace) -> int:
    if options.json:
        document(done)
    else:
        print(done.text)
    if done.stopped:
        return INTERRUPTED
    return Exit.NOT_KEPT if done.verified is False else Exit.DONE


def _interrupted(text: str) -> int:
    print(text, file=sys.stderr)
    return INTERRUPTED


def _files(opened: Session) -> Files:
    offered = opened.offer(Files)
    if offered is None:
        raise NotSupported(f"{opened.address} offers no files through {opened.family_title}.")
    return offered


def _tell(progress: Progress) -> None:
    """One line that is written over, and only for people who are looking."""
    if sys.stderr.isatty():
        share = "" if progress.fraction is None else f" {progress.fraction:.0%}"
        print(f"\r\x1b[K{progress.phase}{share}", end="", file=sys.stderr, flush=True)
