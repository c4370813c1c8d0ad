#!/usr/bin/env python3
"""A small mutating fuzzer over every parser in `targets`. Same seed, same inputs.

usage: python tests/fuzz/mutate.py [--seconds 60] [--seed N] [TARGET...]
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator

from targets import TARGETS, Target

NASTY = (
    b"\x00",
    b"\xff",
    b"<",
    b"&",
    b"]]>",
    b"\r\n",
    b'"',
    b"%",
    b"-1",
    b"99999999999999999999",
    b"\xf0\x9f\x98\x80",
    b"$",
)


def inputs(target: Target, seed: int) -> Iterator[bytes]:
    """Endless mutations of the target's seeds: bits, cuts, repeats, swaps, joins and nasty pieces."""
    source = random.Random(f"{target.name} {seed}")
    pool = list(target.seeds)
    while True:
        data = bytearray(source.choice(pool))
        for _ in range(source.choice((1, 1, 2, 4, 16))):
            at = source.randrange(len(data) + 1)
            end = min(len(data), at + source.choice((1, 2, 8, 64)))
            match source.randrange(7):
                case 0 if data:
                    data[at % len(data)] ^= 1 << source.randrange(8)
                case 1:
                    del data[at:end]
                case 2:
                    data[at:at] = data[at:end] * source.choice((1, 2, 50))
                case 3:
                    data[at:at] = source.choice(NASTY)
                case 4:
                    del data[at:]
                case 5:
                    data[at:end] = source.randbytes(end - at)
                case _:
                    data[at:at] = source.choice(pool)[: source.randrange(200)]
        mutant = bytes(data[:4096])
        if source.random() < 0.02:
            pool = [*pool[-20:], mutant, *target.seeds]
        yield mutant


def run(target: Target, seed: int, count: int | None = None, seconds: float = 0.0) -> int:
    """Feeds the target; an exception that it may not raise comes through, with the input in a note."""
    until = time.monotonic() + seconds
    done = 0
    for data in inputs(target, seed):
        if (count is not None and done >= count) or (count is None and time.monotonic() >= until):
            return done
        try:
            target.call(data)
        except target.allowed:
            pass
        except Exception as error:
            error.add_note(f"{target.name}, seed {seed}: {data!r}")
            raise
        done += 1
    return done


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=float, default=60.0, help="for all targets together")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    chosen = [target for target in TARGETS if not options.names or target.name in options.names]
    for target in chosen:
        count = run(target, options.seed, seconds=options.seconds / len(chosen))
        print(f"{target.name:20} {count:8} inputs", flush=True)


if __name__ == "__main__":
    sys.exit(main())
