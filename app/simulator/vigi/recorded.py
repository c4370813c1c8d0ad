"""The pictures on the memory card: the scene as it was then, encoded anew whenever somebody wants it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from app.simulator.encoder import EncodedPicture, pictures_at
from app.simulator.picture import EncoderSettings, PictureSettings
from app.simulator.vigi.recordings import BYTES_PER_SECOND, Piece

FPS = 10.0
_WIDTH, _HEIGHT, _GOP = 1280, 720, 20
_OTHER = {"h264": "h265", "h265": "h264"}


def settings_of(codec: str) -> EncoderSettings:
    """How recordings are encoded."""
    return EncoderSettings(codec, _WIDTH, _HEIGHT, FPS, BYTES_PER_SECOND * 8 // 1000, _GOP)


def one_after_another(pieces: Iterable[Piece], start: float, end: float) -> list[Piece]:
    """What lies between start and end, each moment once: a piece that another has begun goes on behind it."""
    found: list[Piece] = []
    at = int(start)
    for piece in sorted(pieces, key=lambda each: (each.start, each.end)):
        begin, stop = max(piece.start, at), min(piece.end, int(end))
        if stop > begin:
            found.append(replace(piece, start=begin, end=stop))
            at = stop
    return found


def pictures(
    pieces: Iterable[Piece], picture: PictureSettings, codec: str, *, changing: bool
) -> Iterator[EncodedPicture]:
    """changing: every second piece is in the other codec."""
    for number, piece in enumerate(pieces):
        own = _OTHER[codec] if changing and number % 2 else codec
        count = round((piece.end - piece.start) * FPS)
        yield from pictures_at(picture, settings_of(own), (piece.start + step / FPS for step in range(count)))
