"""`ptz HOST ...`: moves a camera for a while and makes sure that it stops, also when it is interrupted."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app.cli.connect import add_host, session
from app.cli.interrupt import interruption
from app.cli.output import Exit, Refused, document, table
from app.errors import CameraError, InvalidSetting, NotSupported
from app.families.base import Ptz
from app.model.ptz import PtzCapabilities, PtzPosition, Velocity
from app.ptz import Motion, Phase, PtzDriver

INTERRUPTED = 130
LONGEST = 600.0  # seconds of one move


def add_commands(commands: Any) -> None:
    top = commands.add_parser(
        "ptz",
        help="pan, tilt, zoom and presets",
        description="Moves a camera. Whatever ends the command (Ctrl+C too), the last thing sent is a stop.",
    )
    add_host(top)
    actions = top.add_subparsers(dest="action", metavar="ACTION", required=True)

    def add(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = actions.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        command.add_argument("--json", action="store_true", help="print one JSON document")
        return command

    moved = add("move", move, "move with a speed for a time, then stop")
    for axis, meaning in (("pan", "right"), ("tilt", "up"), ("zoom", "in")):
        moved.add_argument(
            f"--{axis}", type=float, default=0.0, metavar="SPEED", help=f"-1 to 1, positive is {meaning}"
        )
    moved.add_argument("--seconds", type=float, default=1.0, metavar="S", help="how long (default 1)")
    add("stop", stop, "stop whatever the camera does")
    there = add("goto", go, "move to a position")
    there.add_argument("--pan", type=float, metavar="DEGREES")
    there.add_argument("--tilt", type=float, metavar="DEGREES")
    there.add_argument("--zoom", type=float, metavar="FACTOR")
    preset = add("preset", presets, "list, call, set, rename or delete presets")
    preset.add_argument("verb", choices=("list", "call", "set", "rename", "delete"))
    preset.add_argument("number", nargs="?", help="the number of the preset")
    preset.add_argument("name", nargs="?", help="its name, for set and rename")


@asynccontextmanager
async def _driver(options: argparse.Namespace) -> AsyncIterator[tuple[PtzDriver, Ptz, PtzCapabilities]]:
    async with session(options) as opened:
        ptz = opened.offer(Ptz)
        if ptz is None:
            raise NotSupported(f"{opened.address} offers no pan, tilt or zoom through {opened.family_title}.")
        can = await ptz.capabilities()
        driver = PtzDriver(ptz, can, name=str(opened.address))
        try:
            yield driver, ptz, can
        finally:
            await driver.close()


async def move(options: argparse.Namespace) -> int:
    if not 0 < options.seconds <= LONGEST:
        raise Refused(f"{options.seconds:g} seconds is outside 0 to {LONGEST:g}.")
    try:
        velocity = Velocity(options.pan, options.tilt, options.zoom)
    except ValueError as error:
        raise Refused(f"{error}.") from None
    if velocity.is_zero:
        raise Refused("There is nothing to move.", hint="Give --pan, --tilt or --zoom a speed.")
    with interruption() as interrupted:
        async with _driver(options) as (driver, _, can):
            if ((velocity.pan or velocity.tilt) and not can.pan_tilt) or (velocity.zoom and not can.zoom):
                raise NotSupported("This camera does not move that way.")
            if not interrupted.is_set():
                await _hold(driver, velocity, options.seconds, interrupted)
            driver.release()
            motion = await driver.settle()
            where = None if interrupted.is_set() else await driver.look()
    _raise_if_bad(motion)
    _report(options, where)
    return INTERRUPTED if interrupted.is_set() else Exit.DONE


async def _hold(driver: PtzDriver, velocity: Velocity, seconds: float, interrupted: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    driver.steer(velocity)
    while (left := end - loop.time()) > 0:
        driver.renew()
        if driver.motion.text:
            return  # the camera did not take it
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(0.1, left)):
                await interrupted.wait()
            return


async def stop(options: argparse.Namespace) -> Exit:
    async with _driver(options) as (driver, _, _):
        driver.halt()
        motion = await driver.settle()
        where = await driver.look()
    _raise_if_bad(motion)
    _report(options, where)
    return Exit.DONE


async def go(options: argparse.Namespace) -> Exit:
    wanted = PtzPosition(options.pan, options.tilt, options.zoom)
    if wanted == PtzPosition():
        raise Refused("There is nowhere to go.", hint="Give --pan, --tilt or --zoom.")
    async with _driver(options) as (_, ptz, can):
        problem = can.checked(wanted)
        if problem:
            raise InvalidSetting(problem)
        await ptz.absolute(wanted)
    if options.json:
        document({"sent": wanted})
    return Exit.DONE


async def presets(options: argparse.Namespace) -> Exit:
    if options.verb != "list" and options.number is None:
        raise Refused(f"“{options.verb}” needs the number of a preset.")
    if options.verb == "rename" and not options.name:
        raise Refused("“rename” needs a name.")
    async with _driver(options) as (_, ptz, _):
        if options.verb == "list":
            found = [each for each in await ptz.presets() if each.is_set]
            if options.json:
                document(found)
            else:
                table((each.id, each.name or "-") for each in found)
            return Exit.DONE
        match options.verb:
            case "call":
                await ptz.call_preset(options.number)
            case "set":
                await ptz.set_preset(options.number, options.name or "")
            case "rename":
                await ptz.rename_preset(options.number, options.name)
            case _:
                await ptz.delete_preset(options.number)
    if options.json:
        document({"preset": options.number, "done": options.verb})
    return Exit.DONE


def _raise_if_bad(motion: Motion) -> None:
    if motion.phase is not Phase.IDLE or motion.text:
        raise CameraError(motion.text, hint="Look at the camera and stop it by other means if it moves.")


def _report(options: argparse.Namespace, where: PtzPosition | None) -> None:
    if options.json:
        document({"stopped": True, "position": where})
    elif where is None:
        print("stopped")
    else:
        known = (("pan", where.pan, "°"), ("tilt", where.tilt, "°"), ("zoom", where.zoom, "x"))
        print("stopped at " + ", ".join(f"{n} {v:g}{unit}" for n, v, unit in known if v is not None))
