"""Clips made on the spot, and an RTP packetiser written apart from the code under test."""

from __future__ import annotations

import base64
import io
import struct
from dataclasses import dataclass, field
from fractions import Fraction

import av
from PIL import Image

MTU = 1200


@dataclass
class Clip:
    """units: one coded picture each, Annex B or JPEG. sets: parameter sets without start codes."""

    codec: str
    width: int
    height: int
    units: list[bytes]
    keys: list[bool]
    sets: list[bytes] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)  # the number of the picture that each unit shows

    def sdp(self, *, with_sets: bool = True, extra: str = "") -> str:
        number = 26 if self.codec == "JPEG" else 96
        lines = ["v=0", "o=- 0 0 IN IP4 127.0.0.1", "s=test", "t=0 0", "a=control:*", f"m=video 0 RTP/AVP {number}"]
        if number == 96:
            lines.append(f"a=rtpmap:96 {self.codec}/90000")
            texts = [base64.b64encode(unit).decode() for unit in self.sets]
            if with_sets and self.codec == "H264":
                lines.append(f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={','.join(texts)}")
            elif with_sets:
                names = ("sprop-vps", "sprop-sps", "sprop-pps")
                lines.append("a=fmtp:96 " + ";".join(f"{n}={t}" for n, t in zip(names, texts, strict=True)))
        return "\r\n".join([*lines, "a=control:trackID=1", *filter(None, [extra]), ""])


def picture(number: int, width: int, height: int) -> Image.Image:
    """Gradients with something that moves and some texture, different in every picture."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    image.paste((200, 40, 40), (number * 7 % width, height // 3, number * 7 % width + 40, height // 3 + 40))
    noise = Image.effect_noise((width // 2, height // 4), 60).convert("RGB")
    image.paste(noise, (width // 4, height // 2))
    return image


def encode_clip(
    codec: str,
    width: int = 320,
    height: int = 240,
    count: int = 30,
    gop: int = 10,
    options: dict[str, str] | None = None,
    b_frames: int = 0,
) -> Clip:
    if codec == "JPEG":
        return Clip(codec, width, height, [_jpeg(n, width, height) for n in range(count)], [True] * count)
    name, defaults = {
        "H264": ("libx264", {"preset": "ultrafast", "tune": "zerolatency", "x264-params": "sliced-threads=0"}),
        "H265": (
            "libx265",
            {"preset": "ultrafast", "tune": "zerolatency", "x265-params": "log-level=none:repeat-headers=1:pools=1"},
        ),
    }[codec]
    context = av.CodecContext.create(name, "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.framerate, context.gop_size, context.max_b_frames = 25, gop, b_frames
    context.time_base = Fraction(1, 25)
    context.options = {**defaults, **(options or {})}
    packets = []
    for number in range(count):
        frame = av.VideoFrame.from_image(picture(number, width, height))
        frame.pts = number
        packets += context.encode(frame.reformat(format="yuv420p"))
    packets += context.encode(None)
    units = [bytes(packet) for packet in packets]
    kinds = (7, 8) if codec == "H264" else (32, 33, 34)
    sets = [unit for kind in kinds for unit in nal_units(units[0]) if nal_kind(codec, unit) == kind]
    keys = [packet.is_keyframe for packet in packets]
    return Clip(codec, width, height, units, keys, sets, [packet.pts for packet in packets])


def _jpeg(number: int, width: int, height: int, subsampling: int = 2, quality: int = 60) -> bytes:
    target = io.BytesIO()
    picture(number, width, height).save(target, "JPEG", quality=quality, subsampling=subsampling)
    return target.getvalue()


def nal_units(data: bytes) -> list[bytes]:
    """Annex B split at its start codes."""
    parts = data.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1")
    return [part for part in parts if part]


def nal_kind(codec: str, unit: bytes) -> int:
    return unit[0] & 31 if codec == "H264" else unit[0] >> 1 & 63


def without_sets(codec: str, data: bytes) -> bytes:
    kinds = (7, 8) if codec == "H264" else (32, 33, 34)
    return b"".join(b"\0\0\0\1" + u for u in nal_units(data) if nal_kind(codec, u) not in kinds)


def rtp(payload: bytes, sequence: int, timestamp: int, *, marker: bool, kind: int = 96, ssrc: int = 0x1234) -> bytes:
    return struct.pack("!BBHII", 0x80, marker << 7 | kind, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc) + payload


def packetise(
    clip: Clip,
    *,
    first: int = 65500,
    ticks: int = 3600,
    start: int = 2**32 - 9000,
    aggregate: bool = True,
    units=None,
    in_order: bool = True,
) -> list[list[bytes]]:
    """RTP packets, one list for each picture. The first numbers make sequence and timestamp wrap soon."""
    pictures, sequence = [], first
    kind = 26 if clip.codec == "JPEG" else 96
    for number, unit in enumerate(clip.units if units is None else units):
        payloads = jpeg_payloads(unit) if clip.codec == "JPEG" else nal_payloads(clip.codec, unit, aggregate)
        packets = []
        for place, payload in enumerate(payloads):
            marker = place == len(payloads) - 1
            at = number if in_order else clip.shown[number]
            packets.append(rtp(payload, sequence, start + at * ticks, marker=marker, kind=kind))
            sequence += 1
        pictures.append(packets)
    return pictures


def nal_payloads(codec: str, data: bytes, aggregate: bool = True) -> list[bytes]:
    header = 1 if codec == "H264" else 2
    payloads: list[bytes] = []
    small: list[bytes] = []

    def flush() -> None:
        if len(small) == 1 or not aggregate:
            payloads.extend(small)
        elif small:
            head = bytes((0x60 | 24,)) if header == 1 else bytes((48 << 1, 1))
            payloads.append(head + b"".join(struct.pack("!H", len(u)) + u for u in small))
        small.clear()

    for unit in nal_units(data):
        if len(unit) <= MTU:
            if sum(map(len, small)) + len(unit) > MTU - 100:
                flush()
            small.append(unit)
            continue
        flush()
        body = unit[header:]
        pieces = [body[at : at + MTU] for at in range(0, len(body), MTU)]
        for place, piece in enumerate(pieces):
            flags = (0x80 if place == 0 else 0) | (0x40 if place == len(pieces) - 1 else 0)
            if header == 1:
                payloads.append(bytes((unit[0] & 0xE0 | 28, flags | unit[0] & 31)) + piece)
            else:
                payloads.append(bytes((unit[0] & 0x81 | 49 << 1, unit[1], flags | unit[0] >> 1 & 63)) + piece)
    flush()
    return payloads


@dataclass
class JpegParts:
    tables: list[bytes]
    kind: int
    width: int
    height: int
    restart: int
    scan: bytes


def jpeg_parts(data: bytes) -> JpegParts:
    """What RFC 2435 sends of a baseline JPEG."""
    at, tables, kind, size, restart = 2, {}, 0, (0, 0), 0
    while True:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        body = data[at + 4 : at + 2 + length]
        if marker == 0xDB:
            while body:
                tables[body[0] & 15], body = body[1:65], body[65:]
        elif marker == 0xC0:
            size, kind = struct.unpack("!HH", body[1:5])[::-1], 1 if body[7] == 0x22 else 0
        elif marker == 0xDD:
            restart = int.from_bytes(body, "big")
        at += 2 + length
        if marker == 0xDA:
            return JpegParts([tables[0], tables[1]], kind, *size, restart, data[at:])


def jpeg_payloads(data: bytes, quality: int = 255, mtu: int = MTU, with_tables: bool = True) -> list[bytes]:
    parts = jpeg_parts(data)
    payloads = []
    for at in range(0, len(parts.scan), mtu):
        kind = parts.kind | (64 if parts.restart else 0)
        head = struct.pack(
            "!B3sBBBB", 0, at.to_bytes(3, "big"), kind, quality, parts.width // 8 % 256, parts.height // 8 % 256
        )
        if parts.restart:
            head += struct.pack("!HH", parts.restart, 0xFFFF)
        if at == 0 and quality >= 128:
            tables = b"".join(parts.tables) if with_tables else b""
            head += struct.pack("!BBH", 0, 0, len(tables)) + tables
        payloads.append(head + parts.scan[at : at + mtu])
    return payloads
