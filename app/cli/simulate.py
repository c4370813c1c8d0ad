"""Commands around simulated cameras: simulate, and twins (recorded devices)."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from app.cli.output import Exit, Refused, document, json_line
from app.simulator.farm import Farm, list_quirks, plan_cameras
from app.twin.importer import import_isapi


def add_commands(commands: Any) -> None:
    run = commands.add_parser(
        "simulate",
        help="run simulated cameras",
        description="Runs simulated cameras until it is told to stop; prints one JSON line for each.",
    )
    run.set_defaults(run=simulate)
    run.add_argument("--family", help="protocol family (default: the first one)")
    run.add_argument("--mixed", action="store_true", help="one camera of each other family among them")
    run.add_argument("--model", help="device profile of that family")
    run.add_argument("--count", type=int, default=1, metavar="N")
    run.add_argument("--twin", type=Path, metavar="DIR", help="replay a recorded device")
    run.add_argument(
        "--quirk",
        action="append",
        default=[],
        metavar="NAME[=VALUE]",
        help="a fault of real cameras; may be repeated; “list” names them",
    )
    run.add_argument("--bind", default="127.0.10.1", metavar="ADDRESS", help="first address (default 127.0.10.1)")
    run.add_argument("--user", default="admin")
    run.add_argument("--http-port", type=int, help="default: 80 where permitted, else any free one")
    run.add_argument("--until-eof", action="store_true", help="also stop when standard input ends")
    twins = commands.add_parser("twins", help="recorded devices", description="Makes twins of recorded answers.")
    twins.set_defaults(run=import_twins)
    twins.add_argument("action", choices=("import",))
    twins.add_argument("source", type=Path, metavar="SOURCE", help="folder with manifest.json")
    twins.add_argument("target", type=Path, metavar="TARGET", help="folder for the twins")
    twins.add_argument("--json", action="store_true")


async def simulate(options: argparse.Namespace) -> Exit:
    if options.quirk == ["list"]:
        for name, text in list_quirks():
            print(f"{name:22} {text}")
        return Exit.DONE
    try:
        plans = plan_cameras(
            family=options.family,
            mixed=options.mixed,
            model=options.model,
            count=options.count,
            bind=options.bind,
            user=options.user,
            quirks=options.quirk,
            twin=options.twin,
            http_port=options.http_port,
        )
    except ValueError as error:
        raise Refused(str(error)) from None
    farm = Farm(plans)
    stop = _stop_event(options.until_eof)  # before the first line: who reads it may stop us at once
    try:
        await farm.start()
    except OSError as error:
        raise Refused(
            f"The cameras cannot listen: {error.strerror or error}.", hint="Try another --bind address."
        ) from error
    if farm.ssdp_problem:
        print(farm.ssdp_problem, file=sys.stderr, flush=True)
    try:
        for line in farm.camera_lines():
            json_line(line)
        await stop.wait()
    finally:
        await farm.stop()
    return Exit.DONE


def _stop_event(until_eof: bool) -> asyncio.Event:
    """Set at SIGINT, SIGTERM or, when asked for, the end of standard input."""
    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in loops; Ctrl+C raises there
            loop.add_signal_handler(number, stop.set)
    if until_eof:
        descriptor = sys.stdin.fileno()

        def wait_for_end() -> None:
            # The bare descriptor: a thread that waits in sys.stdin holds its lock, and the interpreter aborts at exit.
            while os.read(descriptor, 4096):
                continue
            loop.call_soon_threadsafe(stop.set)

        threading.Thread(target=wait_for_end, name="stdin", daemon=True).start()
    return stop


async def import_twins(options: argparse.Namespace) -> Exit:
    made = await asyncio.to_thread(import_isapi, options.source, options.target)
    if options.json:
        document([str(path) for path in made])
    else:
        print(f"{len(made)} twins in {options.target}")
    return Exit.DONE
