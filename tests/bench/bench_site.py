"""The site file at the size of a large site: 5,000 devices and 50,000 change sets. Prints milliseconds.

Run: python tests/bench/bench_site.py [DEVICES CHANGES]
"""

from __future__ import annotations

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from app.site.devices import remember
from app.site.history import Intent, _begin, _document
from app.site.identity import Identity
from app.site.records import Origin, RecordedField, Sighting
from app.site.recovery import recovered
from app.site.site import Site


def sighting(number: int) -> Sighting:
    address = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}:80"
    identity = Identity.of(
        f"SERIAL-{number:06}", f"02:11:22:{number >> 16:02x}:{number >> 8 & 255:02x}:{number & 255:02x}", address
    )
    return Sighting(identity, address, "memory", "v1", f"Dock {number}", "M-1", "V5.7.3")


def intent(number: int, device: int) -> Intent:
    fields = tuple(RecordedField(f"Video/f{n}", f"Field {n}", str(number), str(number + 1)) for n in range(3))
    body = b"<a>" + os.urandom(400) + b"x" * 3000 + b"</a>"
    return Intent(sighting(device), "admin", "/one", "Main stream", Origin.FORM, fields, body)


async def fill(path: Path, devices: int, changes: int) -> None:
    site = await Site.open(path)

    def work(connection):
        for number in range(devices):
            remember(connection, sighting(number))
        for number in range(changes):
            entry = _begin(connection, intent(number, number % devices))
            after = _document(connection, b"<b>" + os.urandom(400) + b"y" * 3000 + b"</b>")
            connection.execute("UPDATE change_sets SET state='done', after_id=? WHERE id=?", (after, entry))

    await site.file.write(work)
    await site.close()


async def timed(name: str, call: Callable[[], Awaitable[object]], times: int = 15) -> None:
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        await call()
        spent.append((time.perf_counter() - start) * 1000)
    print(f"{name:44} median {statistics.median(spent):8.2f} ms   worst {max(spent):8.2f} ms", flush=True)


async def main(devices: int, changes: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.camwright"
        start = time.perf_counter()
        await fill(path, devices, changes)
        megabytes = path.stat().st_size / 1e6
        print(f"{devices} devices, {changes} change sets: {megabytes:.0f} MB in {time.perf_counter() - start:.1f} s")
        sites: list[Site] = []

        async def reopen() -> None:
            sites.append(await Site.open(path))

        for _ in range(5):
            await timed("open", reopen, 1)
            await timed("first page of 100 while the file is checked", sites[-1].history.page, 1)
            await timed("the check of the whole file (in its thread)", sites[-1].file.checked, 1)
            if len(sites) < 5:
                await sites[-1].close()
        site = sites[-1]
        await timed("history: newest 100 with their fields", site.history.page)
        await timed("history: 100 in the middle", lambda: site.history.page(100, before=changes // 2))
        await timed("history: 100 of one device", lambda: site.history.page(100, device_ids=[devices // 2]))
        await timed("all devices", site.devices.all)
        await timed("find a device by its keys", lambda: site.devices.find(sighting(devices // 3).identity))
        await timed("documents of a change set", lambda: site.history.documents(changes // 2))
        await timed("begin a change set (on the disk)", lambda: site.history.begin(intent(1, 1)))
        await site.close()
        start = time.perf_counter()
        found = await asyncio.to_thread(recovered, path)
        print(f"recover: {sum(found.rows.values())} rows in {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]] or [5000, 50_000]
    asyncio.run(main(*given))
