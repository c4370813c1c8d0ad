"""MULTITRANS against plain RTSP of the same simulated camera: latency from the scene to the scaled picture, and CPU.

python tests/bench/bench_multitrans.py [--rounds 3] [--seconds 6]     (under a minute)

Both carry the same 1080p25 pictures with the same encoder behind them; rounds alternate and medians are printed with
their ratio. The camera, in a process of its own, is made to count RTP time from the moment that a picture shows, so
that the receiver knows its age: painting and encoding are in it, alike for both. CPU is user and system time of the
receiving process while it decodes and scales to 960x540.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]
HOST, PASSWORD = "127.68.110.1", "camera-1234"
WIDTH, HEIGHT = 960, 540
CLOCK = 90_000


@dataclass(frozen=True)
class Run:
    """Milliseconds; cpu in per cent of one core."""

    latency: float
    p99: float
    first: float
    cpu: float
    pictures: int


async def serve() -> None:
    """One camera whose RTP time is the scene's; runs until its input ends."""
    from app.simulator import rtsp_feed
    from app.simulator.farm import Farm, plan_cameras

    class Dice:
        """Random numbers for ids, none for the start of the clock."""

        token_hex = staticmethod(rtsp_feed.secrets.token_hex)

        @staticmethod
        def randbits(bits: int) -> int:
            del bits
            return 0

    rtsp_feed.secrets = Dice  # type: ignore[assignment]
    farm = Farm(plan_cameras(family="vigi", bind=HOST), ssdp=False)
    await farm.start()
    print(json.dumps(farm.camera_lines()[0]), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await farm.stop()


def receive(way: str, port: int, seconds: float) -> Run:
    from app.families.base import Credentials
    from app.families.vigi.multitrans import Door
    from app.model.stream import StreamEndpoint
    from app.transport.packets import Limits
    from app.video.decoder import Decoder, Scaler
    from app.video.source import RtspSource
    from app.wire import multitrans

    endpoint = StreamEndpoint(f"rtsp://{HOST}:{port}/stream1", "admin", PASSWORD, transport="tcp", audio=False)
    if way == "multitrans":
        endpoint = Door(HOST, port, Credentials("admin", PASSWORD)).endpoint(multitrans.preview("HD"))
    began = time.perf_counter()
    source = RtspSource(endpoint, Limits())
    ages: list[float] = []
    with closing(source):
        source.open()
        decoder, scaler = Decoder(source.codec), Scaler()
        first, spent = 0.0, time.process_time()
        started = time.perf_counter()
        while time.perf_counter() - started < seconds:
            for arrived in source.read(0.25):
                for picture in decoder.decode(arrived.unit):
                    scaler.scale(picture, WIDTH, HEIGHT)
                    now = time.time()
                    first = first or (time.perf_counter() - began) * 1000
                    age = (round(now * CLOCK) - arrived.unit.timestamp) % 2**32
                    ages.append(age / CLOCK * 1000)
            source.take_sound()
        cpu = (time.process_time() - spent) / (time.perf_counter() - started) * 100
    ages.sort()
    return Run(statistics.median(ages), ages[int(len(ages) * 0.99)], first, cpu, len(ages))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        asyncio.run(serve())
        return
    command = [sys.executable, __file__, "--serve"]
    child = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        port = int(json.loads(child.stdout.readline())["rtsp_port"])
        runs: dict[str, list[Run]] = {"multitrans": [], "rtsp": []}
        for number in range(options.rounds):
            for way in sorted(runs, reverse=bool(number % 2)):
                runs[way].append(receive(way, port, options.seconds))
        report(runs)
    finally:
        assert child.stdin is not None
        child.stdin.close()
        child.wait(20)


def report(runs: dict[str, list[Run]]) -> None:
    for name in ("latency", "p99", "first", "cpu", "pictures"):
        ours, peer = (statistics.median(getattr(run, name) for run in runs[way]) for way in ("multitrans", "rtsp"))
        print(f"{name:10} multitrans {ours:8.1f}   rtsp {peer:8.1f}   ratio {ours / peer:.2f}")


if __name__ == "__main__":
    main()
