#!/usr/bin/env python3
"""Runs every test once, in groups side by side: most tests wait for cameras most of the time.

A group beside another one has a loopback of its own, or the cameras that one simulates would answer the searches of
the other. Where the system gives none (not Linux, not root) the groups run one after another.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
WITH_QT = ("tests/ui", "tests/e2e")
APART = ("tests/cli", "tests/contract", "tests/families", "tests/ptz")  # half of the engine's, by time
_NEW_NETWORK = 0x40000000  # CLONE_NEWNET
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1  # SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP


@dataclass
class Group:
    """alone: it may have a loopback of its own. The first group stays in the system's network, where registries of
    foreign programs can be reached."""

    title: str
    command: tuple[str, ...]
    alone: bool = True
    output: IO[bytes] = field(default_factory=tempfile.TemporaryFile)
    process: subprocess.Popen[bytes] | None = None

    def start(self, *, apart: bool) -> None:
        prepare = own_loopback if apart and self.alone else None
        self.process = subprocess.Popen(
            (sys.executable, *self.command), cwd=ROOT, stdout=self.output, stderr=subprocess.STDOUT, preexec_fn=prepare
        )

    def show(self) -> int:
        """Waits, prints what it said, and gives its exit status."""
        assert self.process is not None
        status = self.process.wait()
        self.output.seek(0)
        print(f"\n======== {self.title} ========", flush=True)
        sys.stdout.buffer.write(self.output.read())
        sys.stdout.flush()
        return status


def groups() -> tuple[Group, ...]:
    rest = (f"--ignore={folder}" for folder in APART)
    return (
        Group("The engine without Qt", ("packaging/without_qt.py", *rest), alone=False),
        Group(f"The engine without Qt: {', '.join(APART)}", ("packaging/without_qt.py", *APART)),
        Group("The window", ("-m", "pytest", *WITH_QT)),
    )


def own_loopback() -> None:
    """Moves this process into a network of its own, in which only the loopback interface is up. OSError: not here."""
    import fcntl  # not on every system

    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_NEW_NETWORK) != 0:
        raise OSError(ctypes.get_errno(), "no network of its own")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        name = struct.pack("16sh14x", b"lo", 0)
        (flags,) = struct.unpack("16xh14x", fcntl.ioctl(any_socket, _GET_FLAGS, name))
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", flags | _UP))


def can_be_apart() -> bool:
    child = os.fork()
    if child == 0:
        try:
            own_loopback()
        except OSError:
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def side_by_side(all_groups: tuple[Group, ...]) -> int:
    for group in all_groups:
        group.start(apart=True)
    waiting, worst = list(all_groups), 0
    while waiting:
        done = [group for group in waiting if group.process is not None and group.process.poll() is not None]
        for group in done:
            waiting.remove(group)
            worst = abs(group.show()) or worst
        time.sleep(0.5)
    return worst


def one_by_one(all_groups: tuple[Group, ...]) -> int:
    return max(abs(subprocess.call((sys.executable, *group.command), cwd=ROOT)) for group in all_groups)


def main() -> int:
    found = groups()
    if not sys.platform.startswith("linux") or not can_be_apart():
        return one_by_one(found)
    try:
        return side_by_side(found)
    except BaseException:
        for group in found:
            if group.process is not None and group.process.poll() is None:
                group.process.terminate()
        raise


if __name__ == "__main__":
    raise SystemExit(main())
