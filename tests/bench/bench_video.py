"""Decoding against `ffmpeg -threads 1` on the same clip, three alternating runs, and the engine's own overheads.

usage: python tests/bench/bench_video.py            prints the ratios (needs ffmpeg; about a minute)
       python tests/bench/bench_video.py --latency  sent to mailbox (no window), and the player's CPU, 3 x 8 s
       python tests/bench/bench_video.py --serve    serves a stamped H.264 stream until Enter, for players with a window

--serve burns the number of each picture into its top left corner (16 blocks of 40x40 pixels, white is 1) and writes
the time.monotonic_ns() at which it was handed to the sockets into `--stamps FILE` (8 bytes each), so that the latency
of any player is the time it shows number n minus stamp n.
"""

from __future__ import annotations

import argparse
import mmap
import os
import random
import resource
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import threading
import time
from fractions import Fraction
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2]), str(Path(__file__).resolve().parents[1] / "video")]

import av  # noqa: E402
from live_media import Clip, nal_payloads, nal_units, packetise, rtp  # noqa: E402
from PIL import Image  # noqa: E402
from rtsp_talk import converse  # noqa: E402

from app.model.stream import StreamEndpoint  # noqa: E402
from app.video.decoder import Decoder, Scaler, fit  # noqa: E402
from app.video.frame import Frame, Mailbox  # noqa: E402
from app.video.player import Player  # noqa: E402
from app.wire.depacketise import depacketiser  # noqa: E402
from app.wire.rtp import AccessUnit, Sequencer, parse_packet  # noqa: E402
from app.wire.rtsp import Interleaved, Parser  # noqa: E402
from app.wire.sdp import parse_sdp  # noqa: E402

SECONDS, RATE, WIDTH, HEIGHT = 8, 25, 1920, 1080
FORMATS = {"H264": ("h264", "libx264"), "H265": ("hevc", "libx265")}


def make_clip(codec: str, folder: Path) -> Path:
    """1080p25 at 4 Mbit/s, two seconds of GOP, no B frames, one slice: what a camera sends."""
    path = folder / f"clip.{FORMATS[codec][0]}"
    extra = (
        ["-x264-params", "sliced-threads=0:slices=1"]
        if codec == "H264"
        else ["-x265-params", "log-level=none:bframes=0"]
    )
    source = f"mandelbrot=size={WIDTH}x{HEIGHT}:rate={RATE},noise=alls=8:allf=t,format=yuv420p"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, "-t", str(SECONDS), "-c:v", FORMATS[codec][1]]
    command += ["-preset", "ultrafast", "-tune", "zerolatency", "-g", "50", "-b:v", "4M", "-maxrate", "4M"]
    subprocess.run([*command, "-bufsize", "4M", *extra, "-y", str(path)], check=True)
    return path


def split(codec: str, path: Path) -> list[AccessUnit]:
    """Access units by FFmpeg's own parser."""
    context = av.CodecContext.create(FORMATS[codec][0], "r")
    packets = [*context.parse(path.read_bytes()), *context.parse(b"")]
    return [
        AccessUnit(bytes(packet), 0, number == 0 or packet.is_keyframe, False) for number, packet in enumerate(packets)
    ]


def cpu(who: int = resource.RUSAGE_SELF) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def ffmpeg_cpu(codec: str, path: Path) -> float:
    before = cpu(resource.RUSAGE_CHILDREN)
    command = ["ffmpeg", "-v", "error", "-threads", "1", "-f", FORMATS[codec][0], "-i", str(path), "-f", "null", "-"]
    subprocess.run(command, check=True)
    return cpu(resource.RUSAGE_CHILDREN) - before


def our_cpu(codec: str, units: list[AccessUnit], view: tuple[int, int] | None) -> float:
    decoder, scaler, before, count = Decoder(codec), Scaler(), cpu(), 0
    for unit in units:
        for picture in decoder.decode(unit):
            count += 1
            if view is not None:
                scaler.scale(picture, *fit(picture.width, picture.height, view))
    assert count >= len(units) - 1, f"{count} of {len(units)} pictures"
    return cpu() - before


def receive_cpu(codec: str, units: list[AccessUnit]) -> float:
    """Parsing the interleaved stream, ordering and depacketising, without the sockets."""
    clip = Clip(codec, WIDTH, HEIGHT, [unit.data for unit in units], [])
    stream = b"".join(
        struct.pack("!BBH", 0x24, 0, len(packet)) + packet for packets in packetise(clip) for packet in packets
    )
    track = parse_sdp(clip.sdp(with_sets=False).encode()).video()
    assert track is not None
    parser, sequencer, reader = Parser(), Sequencer(), depacketiser(track)
    parser.channels = (0, 1)
    before, count = cpu(), 0
    for at in range(0, len(stream), 1448):
        for found in parser.feed(stream[at : at + 1448]):
            assert isinstance(found, Interleaved)
            for packet, lost in sequencer.push(parse_packet(found.payload), 0.0):
                count += len(reader.push(packet, lost))
    assert count == len(units)
    return cpu() - before


def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for codec, goal in (("H264", 1.10), ("H265", 1.20)):
            path = make_clip(codec, Path(folder))
            units = split(codec, path)
            rows = [
                (ffmpeg_cpu(codec, path), our_cpu(codec, units, None), our_cpu(codec, units, (960, 540)))
                for _ in range(3)
            ]
            theirs, bare, shown = (statistics.median(column) for column in zip(*rows, strict=True))
            per = 100 / SECONDS
            print(
                f"{codec}: CPU-s per 100 s of 1080p25: ffmpeg -threads 1 {theirs * per:.2f}, ours {bare * per:.2f}",
                end="",
            )
            print(f" (ratio {bare / theirs:.2f}, goal <= {goal:.2f}), with BGRA 960x540 {shown * per:.2f}", end="")
            print(f" ({shown / theirs:.2f}), receive and depacketise {receive_cpu(codec, units) * per:.2f}")


def stamped_clip(frames: int = 250, width: int = 1280, height: int = 720) -> list[bytes]:
    """Numbered pictures over texture that moves: what a decoder has to do is not far from a real scene's."""
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.bit_rate = Fraction(1, RATE), 4_000_000
    params = "sliced-threads=0:keyint=50:vbv-maxrate=4000:vbv-bufsize=4000"
    context.options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": params}
    noise = Image.effect_noise((width + 512, height + 512), 12).convert("RGB")
    dice, units = random.Random(1), []
    for number in range(frames):
        # Another part every time, as a sensor's noise is new in every picture.
        at, down = dice.randrange(512), dice.randrange(512)
        image = noise.crop((at, down, at + width, down + height))
        for bit in range(16):
            image.paste((255,) * 3 if number >> bit & 1 else (0,) * 3, (bit * 40, 0, bit * 40 + 40, 40))
        image.paste((200, 120, 40), (number * 5 % (width - 80), 300, number * 5 % (width - 80) + 80, 380))
        frame = av.VideoFrame.from_image(image).reformat(format="yuv420p")
        frame.pts = number
        units += [bytes(packet) for packet in context.encode(frame)]
    return units


def serve(stamps: Path, height: int = 720, first: int = 0) -> None:
    """The stream starts with PLAY, at picture `first`, and repeats. Numbers are those burned in. Behind the stamps
    stands when the last client connected."""
    width = height * 16 // 9
    units = stamped_clip(width=width, height=height)
    stamps.write_bytes(bytes(8 * len(units) + 8))
    with stamps.open("r+b") as file, mmap.mmap(file.fileno(), 0) as times:
        listener = socket.create_server(("127.15.0.1", 0))
        print(f"rtsp://127.15.0.1:{listener.getsockname()[1]}/live  stamps in {stamps}; Enter ends", flush=True)
        sets = [u for u in nal_units(units[0]) if u[0] & 31 in (7, 8)]
        sdp = Clip("H264", width, height, units, [], sets).sdp().encode()
        threading.Thread(target=_clients, args=(listener, sdp, units, times, first), daemon=True).start()
        sys.stdin.readline()


def _clients(listener: socket.socket, sdp: bytes, units: list[bytes], times: mmap.mmap, first: int) -> None:
    while True:
        connection, _ = listener.accept()
        struct.pack_into("<q", times, 8 * len(units), time.monotonic_ns())
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=_client, args=(connection, sdp, units, times, first), daemon=True).start()


def _client(connection: socket.socket, sdp: bytes, units: list[bytes], times: mmap.mmap, first: int) -> None:
    def play() -> None:
        threading.Thread(target=_stream, args=(connection, units, times, first), daemon=True).start()

    converse(connection, sdp, play)
    connection.close()


def _stream(connection: socket.socket, units: list[bytes], times: mmap.mmap, first: int) -> None:
    sequence, number, due = 0, first, time.monotonic()
    try:
        while True:
            payloads = nal_payloads("H264", units[number % len(units)])
            data = b""
            for place, payload in enumerate(payloads):
                packet = rtp(payload, sequence, number * 3600, marker=place == len(payloads) - 1)
                data += struct.pack("!BBH", 0x24, 0, len(packet)) + packet
                sequence += 1
            struct.pack_into("<q", times, number % len(units) * 8, time.monotonic_ns())
            connection.sendall(data)
            number, due = number + 1, due + 1 / RATE
            time.sleep(max(due - time.monotonic(), 0))
    except OSError:
        connection.close()


def number_of(frame: Frame) -> int:
    """The number burned into a stamped picture, from the middle of each block."""
    side = 40 * frame.width / frame.source_width
    places = (int(side / 2) * frame.stride + int((bit + 0.5) * side) * 4 + 1 for bit in range(16))
    return sum(1 << bit for bit, place in enumerate(places) if frame.data[place] > 127)


def late_mailbox(late: list[float], stamps: Path) -> Mailbox:
    """A mailbox that notes how many milliseconds ago each of its pictures was sent."""

    def ready() -> None:
        frame = mailbox.take()
        if frame is not None:
            sent = struct.unpack_from("<q", stamps.read_bytes(), number_of(frame) * 8)[0]
            late.append((time.monotonic_ns() - sent) / 1e6)

    mailbox = Mailbox(ready)
    return mailbox


def latency() -> None:
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        line = server.stdout.readline()
        url, path = line.split()[0], line.split("stamps in ")[1].split(";")[0]
        for _ in range(3):
            late: list[float] = []
            before, started = cpu(), time.monotonic()
            mailbox = late_mailbox(late, Path(path))
            player = Player(StreamEndpoint(url, transport="tcp"), mailbox)
            player.set_view(960, 540)
            player.start()
            time.sleep(SECONDS)
            stats = player.stats()
            player.stop()
            player.join(5)
            spent = (cpu() - before) / (time.monotonic() - started) * 100
            ranked = sorted(late)
            print(
                f"720p25 TCP -> BGRA 960x540: sent to mailbox p50 {statistics.median(late):.1f} ms,"
                f" p99 {ranked[int(len(ranked) * 0.99)]:.1f} ms, {len(late)} pictures, {stats.fps:.1f} fps,"
                f" first after {stats.first_frame_ms or 0:.0f} ms, {spent:.1f} % of one core"
            )
        server.communicate("\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--serve", action="store_true")
    parser.add_argument("--latency", action="store_true")
    parser.add_argument("--height", type=int, default=720)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--stamps", type=Path, default=Path(tempfile.gettempdir()) / f"camwright_stamps_{os.getpid()}")
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.stamps, arguments.height, arguments.first)
    elif arguments.latency:
        latency()
    else:
        measure()
