"""G.711 A-law: what every camera's loudspeaker understands."""

from __future__ import annotations

from array import array


def _code(sample: int) -> int:
    """One 16-bit sample (ITU-T G.711, table 1)."""
    size = sample >> 3 if sample >= 0 else -(sample >> 3) - 1
    segment = max(0, size.bit_length() - 5)
    mantissa = size >> (segment if segment > 1 else 1) & 0x0F
    return (segment << 4 | mantissa) ^ (0xD5 if sample >= 0 else 0x55)


_TABLE = bytes(_code(value << 3 if value < 4096 else (value - 8192) << 3) for value in range(8192))


def alaw(samples: array[int]) -> bytes:
    """16-bit samples, one byte for each."""
    return bytes(_TABLE[sample >> 3 & 0x1FFF] for sample in samples)
