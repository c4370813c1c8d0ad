"""Does anything stay behind? Opens and closes players, or lets a grid of them run, and prints the curve.

usage: python tests/bench/soak_live.py                        1,000 open/close (about two minutes)
       python tests/bench/soak_live.py --tiles 16 --minutes 60  a grid of 640x360 streams for an hour

Every seventh of the 1,000 meets a server that takes the connection and never says a word: closing such a hung view
is timed apart. Each line: what was done, threads, open files, resident memory of this process in MB. The server runs
in a process of its own, so that its memory does not count. The last line is the verdict: memory may grow by 10 % after
the first tenth. The same for the wall in its window: bench_wall.py --soak 60.
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1] / "video")]

import psutil  # noqa: E402
from live_media import encode_clip, packetise, rtp  # noqa: E402
from live_server import Script, Server  # noqa: E402

from app.model.stream import StreamEndpoint  # noqa: E402
from app.video.frame import Mailbox  # noqa: E402
from app.video.player import Player  # noqa: E402

SOUND = "m=audio 0 RTP/AVP 8\r\na=control:trackID=2"


def serve() -> None:
    clip = encode_clip("H264", 640, 360, count=50, gop=25)
    packets = [rtp(bytes(320), n, n * 320, marker=True, kind=8, ssrc=9) for n in range(2000)]
    script = Script(sdp=clip.sdp(extra=SOUND), pictures=packetise(clip), pace=0.04, sound=packets)
    with Server(script) as server:
        print(server.url, flush=True)
        sys.stdin.readline()


def figures() -> tuple[int, int, float]:
    process = psutil.Process()
    return threading.active_count(), process.num_fds(), process.memory_info().rss / 2**20


def line(found: tuple[int, int, float]) -> str:
    threads, files, memory = found
    return f"threads {threads:3}  files {files:3}  memory {memory:6.1f} MB"


def open_and_close(url: str, count: int) -> list[tuple[int, int, float]]:
    """Every third one over UDP, every fifth one ended before it has a picture."""
    curve = []
    step = max(count // 20, 1)
    silent = socket.create_server(("127.62.7.2", 0), backlog=128)
    hung = f"rtsp://127.62.7.2:{silent.getsockname()[1]}/live"
    stops: dict[bool, list[float]] = {False: [], True: []}
    for number in range(count + 1):
        if number % step == 0:
            curve.append(figures())
            print(f"opened {number:5}  {line(curve[-1])}", flush=True)
        mailbox, is_hung = Mailbox(), number % 7 == 6
        transport = "udp" if number % 3 == 0 else "tcp"
        player = Player(StreamEndpoint(hung if is_hung else url, transport=transport), mailbox)
        player.start()
        if is_hung:
            silent.accept()[0].close() if number % 2 else time.sleep(0.02)
        deadline = time.monotonic() + 20
        while number % 5 and not is_hung and mailbox.take() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        before = time.monotonic()
        player.stop()
        stops[is_hung].append((time.monotonic() - before) * 1000)
        if not player.join(20):
            raise SystemExit("a player's thread did not end")
        stops[is_hung][-1] = max(stops[is_hung][-1], (time.monotonic() - before) * 1000 if is_hung else 0.0)
    silent.close()
    print(f"slowest stop of a playing view {max(stops[False]):.1f} ms")
    ranked = sorted(stops[True])
    median, slowest = ranked[len(ranked) // 2], ranked[-1]
    print(f"hung views gone, thread and all: median {median:.1f} ms, slowest {slowest:.1f} ms (goal <= 50 ms)")
    return curve


def grid(url: str, tiles: int, minutes: float) -> list[tuple[int, int, float]]:
    boxes = [Mailbox() for _ in range(tiles)]
    players = [Player(StreamEndpoint(url, transport="tcp", audio=False), box) for box in boxes]
    for player in players:
        player.set_view(320, 180)
        player.start()
    curve = []
    started = time.monotonic()
    step = max(minutes * 60 / 30, 2.0)
    while (passed := time.monotonic() - started) < minutes * 60:
        if passed >= len(curve) * step:
            curve.append(figures())
            fps = sum(player.stats().fps for player in players) / tiles
            print(f"{passed:6.0f} s  {line(curve[-1])}  {fps:.1f} fps", flush=True)
        for box in boxes:
            box.take()
        time.sleep(0.02)
    for player in players:
        player.stop()
    for player in players:
        player.join(20)
    return curve


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--tiles", type=int, default=0)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--serve", action="store_true", help="(used by the script itself)")
    options = parser.parse_args()
    if options.serve:
        serve()
        return
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        curve = grid(url, options.tiles, options.minutes) if options.tiles else open_and_close(url, options.count)
        server.kill()
    settled = curve[max(len(curve) // 10, 1)]
    growth = curve[-1][2] / settled[2] - 1
    flat = growth <= 0.10 and curve[-1][0] <= settled[0] and curve[-1][1] <= settled[1]
    print(f"memory {growth:+.1%} after the first tenth, threads and files {'flat' if flat else 'see above'}:", end=" ")
    print("nothing stays behind" if flat else "SOMETHING STAYS BEHIND")
    raise SystemExit(0 if flat else 1)


if __name__ == "__main__":
    main()
