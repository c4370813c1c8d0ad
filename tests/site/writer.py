"""A process that writes change sets until it is killed; prints the number of each that is surely written.

Arguments: the file, how many change sets (0: no end), and a name that makes its rows known.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from app.errors import SiteError
from app.site.history import Intent
from app.site.identity import Identity
from app.site.records import ChangeState, Origin, RecordedField, Sighting
from app.site.site import Site


def intent(name: str, number: int, size: int = 3000) -> Intent:
    return Intent(
        device=Sighting(Identity.of(serial=f"SN-{name}-{number % 5}"), "127.23.0.9:80", "memory", name=name),
        account="admin",
        resource="/one",
        title="Page one",
        origin=Origin.CLI,
        fields=(RecordedField("rate", "Bitrate", str(number), str(number + 1)),),
        before=(f"{name} {number} ".encode() * 1000)[:size],
    )


async def main(path: Path, count: int, name: str) -> None:
    site = await Site.open(path)
    number = 0
    try:
        while not count or number < count:
            entry = await site.history.begin(intent(name, number))
            print(f"begun {entry}", flush=True)
            await site.history.finish(entry, ChangeState.DONE, after=b"after " * 300)
            print(f"done {entry}", flush=True)
            number += 1
    except SiteError as error:
        print(f"refused {type(error).__name__} {error}", flush=True)
    finally:
        await site.close()


if __name__ == "__main__":
    if len(sys.argv) > 4:  # a limit on the size of files stands for a full disk
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[4]), int(sys.argv[4])))
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]))
