"""The command `log`: what a device has written down of itself, by time and kind."""

from __future__ import annotations

import argparse
import re
from datetime import UTC, datetime, timedelta
from typing import Any

from app.cli.connect import add_host, session
from app.cli.output import Exit, document, table
from app.errors import NotSupported
from app.families.base import SystemLog
from app.model.log import LogLevel, log_line

AHEAD = timedelta(days=1)  # a device's clock may be ahead
_AGO = re.compile(r"(\d{1,6})([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def moment(text: str) -> datetime:
    """For argparse: "90m", "36h", "7d" ago, or a date with or without a time, by this computer's clock."""
    now, ago = datetime.now(UTC), _AGO.fullmatch(text.strip().lower())
    try:
        if ago is not None:
            return now - timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise argparse.ArgumentTypeError(
            f"“{text}” is no time: give one like 24h, 7d, 2026-01-31 or 2026-01-31T18:00"
        ) from None


def add_commands(commands: Any) -> None:
    text = "search the log that a device keeps of itself, newest entries first"
    command: argparse.ArgumentParser = commands.add_parser("log", help=text, description=text)
    command.set_defaults(run=log)
    command.add_argument("--json", action="store_true", help="print one JSON document")
    add_host(command)
    default = moment("7d")
    command.add_argument("--since", type=moment, default=default, metavar="TIME", help="24h, 7d, a date (default 7d)")
    command.add_argument("--until", type=moment, metavar="TIME", help="as --since (default: now)")
    command.add_argument("--level", default="", metavar="KIND", help="only this kind of entries; “list” names them")


def _list(levels: tuple[LogLevel, ...], as_json: bool) -> Exit:
    if as_json:
        document({"levels": levels})
    else:
        table((each.id, each.title) for each in levels)
    return Exit.DONE


async def log(options: argparse.Namespace) -> Exit:
    async with session(options) as opened:
        kept = opened.offer(SystemLog)
        if kept is None:
            raise NotSupported(f"{opened.address} offers no log through {opened.family_title}.")
        if options.level == "list":
            return _list(kept.levels, options.json)
        until = options.until or datetime.now(UTC) + AHEAD
        found = await kept.search(options.since, until, options.level)
    if options.json:
        document(found)
        return Exit.DONE
    for entry in found.entries:
        print(log_line(entry))
    if not found.is_whole:
        print(f"{found.total} entries in all; the device gave {len(found.entries)}.")
    return Exit.DONE
