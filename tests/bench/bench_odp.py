"""Hundreds of simulated VIGI cameras answer ODP at once: how many are listed within the probe window, and when.

python tests/bench/bench_odp.py [COUNT] [FIRST ADDRESS]     (about ten seconds)
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]
WINDOW = 3.0  # seconds: the probe window of a scan


def cameras(count: int, first: str) -> subprocess.Popen[bytes]:
    """Running, every one of them up."""
    command = [sys.executable, "-m", "app", "simulate", "--family", "vigi", "--count", str(count), "--bind", first]
    child = subprocess.Popen([*command, "--until-eof"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdout is not None
    for _ in range(count):
        json.loads(child.stdout.readline())
    return child


async def measure(count: int) -> dict[str, float | int]:
    from app.compose import Engine

    engine = await Engine.create("127.0.0.1")
    times: list[float] = []
    async with engine.discovery() as discovery:
        began = time.perf_counter()

        def count_found(changes: object) -> None:
            now = time.perf_counter() - began
            times.extend(now for each in changes.added if each.family == "vigi")  # type: ignore[attr-defined]

        stop = discovery.subscribe(count_found)
        await discovery.scan_once(WINDOW)
        spent = time.perf_counter() - began
        stop()
        listed = sum(each.family == "vigi" for each in discovery.found)
    times.sort()
    return {
        "cameras": count,
        "listed": listed,
        "half_s": round(times[len(times) // 2], 3) if times else -1,
        "last_s": round(times[-1], 3) if times else -1,
        "scan_s": round(spent, 2),
    }


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    child = cameras(count, sys.argv[2] if len(sys.argv) > 2 else "127.68.100.1")
    try:
        print(json.dumps(asyncio.run(measure(count))))
    finally:
        assert child.stdin is not None
        child.stdin.close()
        child.wait(20)


if __name__ == "__main__":
    main()
