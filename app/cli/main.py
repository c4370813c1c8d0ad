"""The command line. Headless: no command but the window's own imports Qt.

Exit status: 0 done, 1 failed, 2 refused before anything was sent, 3 the device did not keep every field.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from importlib.metadata import entry_points
from typing import Any

from app import __version__

try:  # loading takes a moment, in which somebody may change his mind
    from app.cli import (
        actions,
        devices,
        events,
        journal,
        log,
        once,
        ptz,
        regions,
        search,
        simulate,
        snapshots,
        walktest,
    )
    from app.cli.interrupt import INTERRUPTED
    from app.cli.output import Exit, Refused, failure, print_no_more, take_any_text
    from app.disk import is_full
    from app.errors import CameraError, Foreseen, GivenUp, InvalidSetting, SiteError
except KeyboardInterrupt:
    sys.stderr.write("Stopped.\n")
    raise SystemExit(130) from None

Command = Callable[[argparse.Namespace], Coroutine[Any, Any, Exit]]


class _Parser(argparse.ArgumentParser):
    """Options in full only: “--password x” must not be taken for --password-stdin."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**{**settings, "allow_abbrev": False})


def parser() -> argparse.ArgumentParser:
    top = _Parser(
        prog="camwright",
        description="Finds IP cameras, shows and changes their settings, and proves every change.",
        epilog="Without a command the window opens. Exit status: 0 done, 1 failed, 2 refused before anything was "
        "sent, 3 the device did not keep every field.",
    )
    top.add_argument("--version", action="version", version=f"camwright {__version__}")
    top.add_argument("--verbose", action="store_true", help="log what happens to standard error")
    commands = top.add_subparsers(dest="command", metavar="COMMAND")
    devices.add_commands(commands)
    actions.add_commands(commands)
    log.add_commands(commands)
    snapshots.add_commands(commands)
    journal.add_commands(commands)
    search.add_commands(commands)
    ptz.add_commands(commands)
    events.add_commands(commands)
    regions.add_commands(commands)
    walktest.add_commands(commands)
    simulate.add_commands(commands)
    window = commands.add_parser("window", help="open the window")
    window.add_argument("--interfaces", metavar="A,B", help="local addresses or interfaces that may be used")
    demo = commands.add_parser("demo", help="open the window on simulated cameras, on this computer only")
    demo.add_argument("--tour", metavar="DIR", help="go through every page, save pictures into DIR, and end")
    demo.add_argument("--count", type=int, default=6, metavar="N", help="simulated cameras (default 6)")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    take_any_text()
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    if any(each == "--password" or each.startswith("--password=") for each in arguments):
        # Said without repeating it: what stands here would stand in logs as well.
        parser().error("passwords are not taken as arguments; set CAMWRIGHT_PASSWORD or use --password-stdin")
    options = parser().parse_args(arguments)
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.WARNING,
        format="%(levelname)s %(name)s: %(message)s",
        handlers=[once.handler()],
    )
    # httpx logs request lines; the others are as chatty. None of it is for people who asked for --verbose.
    for noisy in ("httpx", "httpcore", "asyncio"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    if options.command in (None, "window", "demo"):
        return _window(options)
    return _headless(options.run, options)


def _headless(command: Command, options: argparse.Namespace) -> int:
    try:
        return _outcome(command, options)
    except (KeyboardInterrupt, asyncio.CancelledError):
        print("Stopped.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        sys.stderr.close()  # the reader of our output has gone; there is nobody left to tell
        return Exit.FAILED
    except OSError as error:
        if not is_full(error):
            raise
        print_no_more()
        print(
            "The disk is full: what this command has to say could not be written to its end.\n"
            "What was changed stands; “camwright history” says what.",
            file=sys.stderr,
        )
        return Exit.FAILED


def _outcome(command: Command, options: argparse.Namespace) -> int:
    as_json = bool(getattr(options, "json", False))
    try:
        status = int(asyncio.run(command(options)))
        sys.stdout.flush()
        return status
    except (Refused, InvalidSetting, SiteError, Foreseen) as error:
        failure(error, as_json)
        return Exit.REFUSED
    except CameraError as error:
        failure(error, as_json)
        return INTERRUPTED if isinstance(error, GivenUp) else Exit.FAILED


def _window(options: argparse.Namespace) -> int:
    name = "demo" if options.command == "demo" else "open"
    plugs = list(entry_points(group="camwright.window", name=name))
    if not plugs:
        print("camwright: the window is not installed; run “pip install -e .” first", file=sys.stderr)
        return Exit.FAILED
    if getattr(options, "interfaces", None):
        os.environ["CAMWRIGHT_INTERFACES"] = options.interfaces
    opener = plugs[0].load()
    if name == "demo":
        return int(opener(count=options.count, tour=options.tour))
    return int(opener())
