"""`ptz HOST ...`: moves a camera for a while and makes sure that it stops, also when it is interrupted."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from app.cli.connect import add_host, session
from app.cli.interrupt import INTERRUPTED, interruption
from app.cli.output import Exit, Refused, document, table
from app.errors import CameraError, InvalidSetting, NotSupported
from app.families.ptz import Ptz
from app.model.ptz import Preset, PtzCapabilities, PtzPosition, Velocity
from app.ptz import Motion, Phase, PtzDriver

LONGEST = 600.0  # seconds of one move


def add_commands(commands: Any) -> None:
    top = commands.add_parser(
        "ptz",
        help="pan, tilt, zoom and presets",
        description="Moves a camera. What interrupts the command (Ctrl+C, a lost terminal) makes a stop the last thing "
        "sent. A process that is killed can send nothing: then a camera with timed moves stops by itself within a "
        "second, any other goes on until somebody stops it.",
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
    there = add("goto", go, "move to a position and wait until it is reached; an interrupt stops the camera there")
    angle = "degrees, or -1 to 1 on cameras that count parts of the whole way"
    there.add_argument("--pan", type=float, metavar="PLACE", help=angle)
    there.add_argument("--tilt", type=float, metavar="PLACE", help=angle)
    there.add_argument("--zoom", type=float, metavar="PLACE", help="a factor, or 0 to 1 on those cameras")
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
                raise NotSupported(f"{options.host} does not move that way.")
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


async def go(options: argparse.Namespace) -> int:
    wanted = PtzPosition(options.pan, options.tilt, options.zoom)
    if wanted == PtzPosition():
        raise Refused("There is nowhere to go.", hint="Give --pan, --tilt or --zoom.")
    with interruption() as interrupted:
        async with _driver(options) as (driver, _, can):
            problem = can.checked(wanted)
            if problem:
                raise InvalidSetting(problem)
            journey = await _travel(driver, lambda ptz: ptz.absolute(wanted), interrupted)
    return _arrived(options, journey, {"sent": wanted})


@dataclass(frozen=True, slots=True)
class _Journey:
    """A way that the camera goes by itself. where is None for a camera that does not say where it looks."""

    where: PtzPosition | None
    interrupted: bool


async def _travel(driver: PtzDriver, send: Callable[[Ptz], Awaitable[None]], interrupted: asyncio.Event) -> _Journey:
    """Until the camera is at rest. An interrupt stops it on the way, also while it has not answered yet."""

    async def travel() -> PtzPosition | None:
        await driver.act(send)
        return await driver.arrive()

    work, ending = asyncio.create_task(travel()), asyncio.create_task(interrupted.wait())
    try:
        await asyncio.wait({work, ending}, return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            return _Journey(work.result(), interrupted=False)
    finally:
        for each in (work, ending):
            each.cancel()
        await asyncio.wait({work, ending})
    driver.halt()
    _raise_if_bad(await driver.settle())
    return _Journey(await driver.look(), interrupted=True)


def _arrived(options: argparse.Namespace, journey: _Journey, told: dict[str, object]) -> int:
    if options.json:
        document({**told, "stopped": journey.interrupted, "position": journey.where})
    elif journey.where is not None:
        print(f"{'stopped at' if journey.interrupted else 'at'} {_in_words(journey.where)}")
    else:
        print("stopped" if journey.interrupted else "sent; this camera does not say when it is there")
    return INTERRUPTED if journey.interrupted else Exit.DONE


async def presets(options: argparse.Namespace) -> int:
    if options.verb != "list" and options.number is None:
        raise Refused(f"“{options.verb}” needs the number of a preset.")
    if options.verb == "rename" and not options.name:
        raise Refused("“rename” needs a name.")
    number, name = options.number, options.name or ""
    told = {"preset": number, "done": options.verb}
    journeys: dict[str, Callable[[Ptz], Awaitable[None]]] = {
        "call": lambda ptz: ptz.call_preset(number),
        "rename": lambda ptz: ptz.rename_preset(number, name),  # the camera goes there first
    }
    with interruption() as interrupted:
        async with _driver(options) as (driver, ptz, _):
            if options.verb in journeys:
                return _arrived(options, await _travel(driver, journeys[options.verb], interrupted), told)
            if options.verb == "list":
                _list(options, [each for each in await ptz.presets() if each.is_set])
                return Exit.DONE
            if options.verb == "set":
                await ptz.set_preset(number, name)
            else:
                await ptz.delete_preset(number)
    if options.json:
        document(told)
    return Exit.DONE


def _list(options: argparse.Namespace, found: list[Preset]) -> None:
    if options.json:
        document(found)
    else:
        table((each.id, each.name or "-") for each in found)


def _raise_if_bad(motion: Motion) -> None:
    if motion.phase is not Phase.IDLE or motion.text:
        raise CameraError(motion.text, hint="Look at the camera and stop it by other means if it moves.")


def _report(options: argparse.Namespace, where: PtzPosition | None) -> None:
    if options.json:
        document({"stopped": True, "position": where})
    elif where is None:
        print("stopped")
    else:
        print(f"stopped at {_in_words(where)}")


def _in_words(where: PtzPosition) -> str:
    known = (("pan", where.pan, "°"), ("tilt", where.tilt, "°"), ("zoom", where.zoom, "x"))
    return ", ".join(f"{name} {value:g}{unit}" for name, value, unit in known if value is not None)
