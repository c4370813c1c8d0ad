"""The demo site: simulated cameras in a process of their own, which ends with the window whatever happens to it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QProcess

from app.errors import TransportError
from app.families.base import Credentials
from app.model.device import Address

FIRST = "127.0.10.1"
READY = 30.0  # seconds for the cameras to come up
GRACE = 3000  # ms for them to go by themselves


@dataclass(frozen=True, slots=True)
class DemoCamera:
    """One line of `camwright simulate`."""

    address: Address
    model: str
    credentials: Credentials = field(repr=False)


class DemoVault:
    """Knows the passwords of the simulated cameras and keeps others until the end."""

    def __init__(self) -> None:
        self._kept: dict[str, Credentials] = {}

    @property
    def description(self) -> str:
        return QCoreApplication.translate("Demo", "This is the demo: passwords are kept in memory until it ends.")

    async def get(self, key: Address | str) -> Credentials | None:
        return self._kept.get(str(key))

    async def set(self, key: Address | str, credentials: Credentials) -> None:
        self._kept[str(key)] = credentials

    async def forget(self, key: Address | str) -> None:
        self._kept.pop(str(key), None)


class DemoSite(QObject):
    """`await start()`, `stop()`. The child stops when its standard input ends, so a crash of ours ends it as well."""

    def __init__(
        self, count: int = 6, first: str = FIRST, command: list[str] | None = None, quirks: Sequence[str] = ()
    ) -> None:
        """first: the address of the first camera; quirks: switches of the simulator, for all of them."""
        super().__init__()
        self.cameras: list[DemoCamera] = []
        self._count = count
        words = ["simulate", "--mixed", "--count", str(count), "--bind", first, "--until-eof"]
        words += [f"--quirk={quirk}" for quirk in quirks]
        self._command = command or [*this_program(), *words]
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._ended)
        self._process.errorOccurred.connect(self._ended)
        self._pending = b""
        self._ready: asyncio.Future[None] | None = None

    @property
    def running(self) -> bool:
        return self._process.state() is QProcess.ProcessState.Running

    @property
    def pid(self) -> int:
        return self._process.processId()

    async def start(self) -> tuple[DemoCamera, ...]:
        """Every camera, once all of them answer. TransportError when they do not come up."""
        self._ready = asyncio.get_running_loop().create_future()
        self._process.start(self._command[0], self._command[1:])
        try:
            async with asyncio.timeout(READY):
                await self._ready
        except TimeoutError:
            raise TransportError(
                self.tr("The simulated cameras did not start in time."), detail=self._complaint()
            ) from None
        return tuple(self.cameras)

    def stop(self) -> None:
        """Asks by closing its input, and insists after a while."""
        if self._process.state() is QProcess.ProcessState.NotRunning:
            return
        self._process.closeWriteChannel()
        if not self._process.waitForFinished(GRACE):
            self._process.kill()
            self._process.waitForFinished(GRACE)

    def _read(self) -> None:
        self._pending += bytes(self._process.readAllStandardOutput().data())
        *lines, self._pending = self._pending.split(b"\n")
        for line in lines:
            with contextlib.suppress(ValueError, KeyError, TypeError):  # whatever else it prints is not for us
                self.cameras.append(read_camera(json.loads(line)))
        if len(self.cameras) >= self._count and self._ready is not None and not self._ready.done():
            self._ready.set_result(None)

    def _ended(self) -> None:
        if self._ready is not None and not self._ready.done():
            error = TransportError(self.tr("The simulated cameras could not be started."), detail=self._complaint())
            self._ready.set_exception(error)

    def _complaint(self) -> str:
        said = bytes(self._process.readAllStandardError().data()).decode("utf-8", "replace")
        return said[-4000:] or self._process.errorString()


def read_camera(line: dict[str, Any]) -> DemoCamera:
    """KeyError, TypeError or ValueError for a line that is not a camera's."""
    # What clients connect to, where that is not the HTTP server.
    port = line.get("control_port", line["http_port"])
    address = Address(str(line["address"]), int(port))
    return DemoCamera(address, str(line["model"]), Credentials(str(line["user"]), str(line["password"])))


def this_program() -> list[str]:
    """How to start Camwright once more; a frozen program is its own interpreter."""
    return [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "app"]


def launch_demo() -> bool:
    """Opens the demo in a window of its own; False when that failed."""
    program, *words = [*this_program(), "demo"]
    started = QProcess.startDetached(program, words)
    return bool(started[0] if isinstance(started, tuple) else started)
