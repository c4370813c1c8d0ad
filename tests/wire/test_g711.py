"""A-law against FFmpeg's."""

from __future__ import annotations

from array import array

import av

from app.wire.g711 import alaw


def test_every_sample_decodes_to_what_ffmpeg_makes_of_its_own() -> None:
    samples = array("h", range(-32768, 32768))
    decoder = av.CodecContext.create("pcm_alaw", "r")
    decoder.sample_rate, decoder.layout = 8000, "mono"
    (frame,) = decoder.decode(av.Packet(alaw(samples)))
    heard = array("h")
    heard.frombytes(bytes(frame.planes[0])[: frame.samples * 2])
    assert len(heard) == len(samples)
    # A-law keeps five bits of the loudest and all but four of the softest.
    assert all(abs(a - b) <= max(16, abs(a) >> 5) + 16 for a, b in zip(samples, heard, strict=True))
    assert all((a < 0) == (b < 0) for a, b in zip(samples, heard, strict=True))


def test_silence_is_the_usual_byte() -> None:
    assert alaw(array("h", [0] * 3)) == b"\xd5" * 3
