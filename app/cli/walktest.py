"""`walktest HOST`: listens while somebody walks, and says which regions noticed."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from app.cli.connect import add_host, add_site, seconds, session
from app.cli.events import start_task
from app.cli.interrupt import interruption, wait_for_end
from app.cli.output import Exit, document, failure, table
from app.disk import check_place, write_whole
from app.errors import CameraError, NotSupported, SiteError
from app.events import EventDesk, FollowState, Mark, Station, Walk
from app.events.arming import Kept, keep_promises
from app.events.report import WalkReport, page, summary


def add_commands(commands: Any) -> None:
    text = "listen while somebody walks through the regions, and say which noticed"
    command = commands.add_parser("walktest", help=text, description=text)
    command.set_defaults(run=walktest)
    command.add_argument("--json", action="store_true", help="print one JSON document")
    add_host(command)
    add_site(command)
    command.add_argument("--seconds", type=seconds, metavar="N", required=True, help="how long somebody walks")
    command.add_argument("--arm", action="store_true", help="turn on what is off or not reported, and put it back")
    command.add_argument("--html", metavar="FILE", type=Path, help="save the result as a page")


async def walktest(options: argparse.Namespace) -> Exit:
    if options.html is not None:
        await asyncio.to_thread(check_place, options.html)
    async with session(options) as opened:
        with interruption() as interrupted:
            for each in await keep_promises(opened):
                _say(f"{each.title}: {each.problem or 'put back after a walk that did not end'}")
            desk = EventDesk()
            followed = desk.add(str(opened.address), opened, start_task)
            if followed is None:
                raise NotSupported(f"{opened.address} reports no events through {opened.family_title}.")
            walk = Walk(desk, followed, _print if not options.json else _nothing)
            kept: tuple[Kept, ...] = ()
            try:
                await _prepare(walk, options)
                desk.on_standing(lambda each: interrupted.set() if each.standing.state is FollowState.ENDED else None)
                walk.start()
                await wait_for_end(interrupted, options.seconds)
                standing = followed.standing
                report = await walk.stop()
            finally:
                kept = await asyncio.shield(walk.put_back())
                await followed.finish()
    if standing.state is FollowState.ENDED:
        raise CameraError(standing.text, hint=standing.hint)
    return await _report(options, walk, report, kept)


async def _prepare(walk: Walk, options: argparse.Namespace) -> None:
    outlook = await walk.look()
    for obstacle in outlook.obstacles:
        _say(obstacle.text)
    if outlook.obstacles and options.arm:
        for each in await walk.arm():
            _say(f"{each.title}: {each.problem or 'on for this walk'}")


async def _report(options: argparse.Namespace, walk: Walk, report: WalkReport, kept: tuple[Kept, ...]) -> Exit:
    """The verdict in any case: somebody has walked for it. A disk that takes no more is told behind it."""
    broken = [each for each in kept if each.problem]
    unsaved = [error for error in (walk.unsaved, await _save_page(options.html, report)) if error is not None]
    if options.json:
        put_back = [{"switch": each.title, "problem": each.problem} for each in kept]
        problems = [error.summary for error in unsaved]
        document({**summary(report), "verdict": report.verdict, "put_back": put_back, "not_saved": problems})
    else:
        table((each.mark.value, each.title, f"{each.hits} hits", each.why_off or each.note) for each in report.stations)
        print(report.verdict)
    for each in broken:
        _say(f"{each.title} could not be put back: {each.problem}")
    for error in unsaved:
        failure(error, as_json=False)
    if broken or unsaved:
        return Exit.FAILED
    return Exit.DONE if report.count(Mark.PASSED) and not report.count(Mark.UNTESTED) else Exit.NOT_KEPT


async def _save_page(target: Path | None, report: WalkReport) -> SiteError | None:
    """Why it is not there."""
    try:
        if target is not None:
            await asyncio.to_thread(write_whole, target, page(report).encode())
    except SiteError as error:
        return error
    return None


def _print(stations: Iterable[Station]) -> None:
    for each in stations:
        print(f"{each.mark.value:9} {each.title}" + (f"  {each.hits}" if each.hits else ""), flush=True)


def _nothing(stations: Iterable[Station]) -> None:
    del stations


def _say(text: str) -> None:
    """What is not the result goes where it does not disturb."""
    print(text, file=sys.stderr, flush=True)
