"""The process of the window is killed while a key is held. It can send nothing any more: what ends the movement is
what the camera itself guarantees, and where it guarantees nothing that is written down here, in the panel and in the
README."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from ptz_stage import dome, until

HERE = Path(__file__).parent
pytestmark = [pytest.mark.gui, pytest.mark.anyio]


@contextlib.asynccontextmanager
async def window(rig, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(HERE / "ptz_window.py"), str(rig.address), "Right-1234", str(folder)),
        env={
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": os.pathsep.join((str(HERE.parents[1]), str(HERE))),
        },
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_dome_with_timed_moves_stops_by_itself(tmp_path):
    async with dome() as rig, window(rig, tmp_path) as process:
        await until(lambda: rig.head.moving, 60)
        process.kill()
        await process.wait()
        await until(lambda: not rig.head.moving)
        heard = [each for each in rig.resources.heard if "<pan>" in each]
        assert heard
        assert all("momentary" in each and "<pan>35</pan>" in each for each in heard)  # nobody sent a stop


async def test_a_dome_without_them_goes_on(tmp_path):
    """No request of the protocol ends a continuous move by itself, and nobody is left to send one."""
    async with dome("ptz_continuous_only") as rig, window(rig, tmp_path) as process:
        await until(lambda: rig.head.moving, 60)
        process.kill()
        await process.wait()
        place = rig.head.place[0]
        await until(lambda: (rig.head.place[0] - place) % 360 > 60)  # about two seconds, twice the dead-man's time
