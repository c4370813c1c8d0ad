"""`events HOST`: what a device reports, as it comes or as one document at the end."""

from __future__ import annotations

import argparse
import asyncio
import time
from datetime import datetime
from typing import Any

from app.cli.connect import add_host, seconds, session
from app.cli.interrupt import interruption, wait_for_end
from app.cli.output import Exit, document
from app.errors import CameraError, NotSupported
from app.events import EventDesk, Followed, FollowState, Record, RecordKind, Standing
from app.events.table import local
from app.model.event import DeviceEvent


def add_commands(commands: Any) -> None:
    text = "listen to what a device reports"
    command = commands.add_parser("events", help=text, description=text)
    command.set_defaults(run=events)
    command.add_argument("--json", action="store_true", help="print one JSON document at the end")
    add_host(command)
    command.add_argument("--seconds", type=seconds, metavar="N", help="how long (default: until interrupted)")


async def events(options: argparse.Namespace) -> Exit:
    began = time.time()
    async with session(options) as opened:
        with interruption() as interrupted:
            desk = EventDesk()
            followed = desk.add(str(opened.address), opened, start_task)
            if followed is None:
                raise NotSupported(f"{opened.address} reports no events through {opened.family_title}.")
            if followed.pictures is not None:
                followed.pictures.on = False  # nobody would see them
            if not options.json:
                desk.subscribe(_print)
                desk.on_standing(_print_standing)
            followed.start()
            stop = desk.on_standing(lambda each: interrupted.set() if _is_over(each) else None)
            await wait_for_end(interrupted, options.seconds)
            stop()
            standing = followed.standing
            await followed.finish()
    _raise_if_never(followed, standing)
    if options.json:
        document(_report(desk, followed, began))
    return Exit.DONE


def start_task(work: Any) -> asyncio.Task[None]:
    return asyncio.create_task(work)


def _is_over(followed: Followed) -> bool:
    return followed.standing.state is FollowState.ENDED


def _raise_if_never(followed: Followed, standing: Standing) -> None:
    if standing.state is FollowState.ENDED or (not followed.last_heard and standing.state is FollowState.WAITING):
        raise CameraError(standing.text, hint=standing.hint)


def _print(followed: Followed, event: DeviceEvent, record: Record) -> None:
    del followed, record
    state = {True: "begins", False: "ends", None: ""}[event.active]
    where = f"region {event.region}" if event.region else ""
    words = (event.title, state, f"channel {event.channel}", where, event.target, event.direction or "")
    print(datetime.now().strftime("%H:%M:%S"), "  ".join(word for word in words if word), flush=True)


def _print_standing(followed: Followed) -> None:
    standing = followed.standing
    print(f"-- {standing.state}" + (f": {standing.text}" if standing.text else ""), flush=True)


def _report(desk: EventDesk, followed: Followed, began: float) -> dict[str, Any]:
    records = list(desk.log)
    return {
        "device": followed.name,
        "seconds": round(time.time() - began, 1),
        "events": [event_row(each) for each in records if each.kind is RecordKind.EVENT],
        "skipped": [_skipped(each) for each in records if each.kind is RecordKind.SKIPPED],
        "gaps": [
            {"began": local(each.began), "ended": None if each.ended is None else local(each.ended), "why": each.title}
            for each in records
            if each.kind is RecordKind.GAP
        ],
        "posts": desk.log.events[followed.name],
        "signs_of_life": followed.heartbeats,
        "skipped_bytes": desk.log.skipped_bytes[followed.name],
        "forgotten": desk.log.evicted,
    }


def _skipped(record: Record) -> dict[str, Any]:
    return {"reason": record.title, "times": record.repeats, "last": local(record.last)}


def event_row(record: Record) -> dict[str, Any]:
    event = record.event
    assert event is not None
    return {
        "type": event.type,
        "title": record.title,
        "purpose": event.purpose,
        "channel": event.channel,
        "region": event.region,
        "target": event.target,
        "direction": event.direction,
        "began": local(record.began),
        "ended": None if record.ended is None else local(record.ended),
        "posts": record.repeats,
        "device_time": event.at.isoformat() if event.at is not None else None,
        "description": event.description,
        "note": record.note,
    }
