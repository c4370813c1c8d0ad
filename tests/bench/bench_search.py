"""Search over 5,000 fields: milliseconds of processor time for each keystroke. `python tests/bench/bench_search.py`"""

from __future__ import annotations

import statistics
import time

from app.families.isapi import outline
from app.families.isapi.catalog import catalog
from app.families.isapi.dialect import DIALECTS
from app.families.isapi.titles import titles
from app.settings.search import Search

FIELDS = 5_000
QUERIES = (
    "bit rate",
    "fps",
    "bitrte",
    "h.265",
    "wdr",
    "192.168",
    "b",
    "bi",
    "bitrate",
    "ntp",
    "frame rate",
    "motion sensitivity",
    "e",
    "en",
    "enabled",
    "port",
    "zzz",
    "1",
)
GOAL_MS = 30.0


def filled() -> Search:
    made = Search()
    for dialect in DIALECTS.values():
        for resource in catalog(dialect).resources:
            if len(made) < FIELDS:
                made.add_catalogued(resource.template, outline.entries(dialect, resource.template, titles()))
    return made


def main() -> None:
    search = filled()
    print(f"{len(search)} fields")
    for words in QUERIES:
        taken = []
        for _ in range(15):
            start = time.process_time()
            hits = search.query(words)
            taken.append((time.process_time() - start) * 1000)
        print(f"{words!r:22} {len(hits):3} hits  median {statistics.median(taken):6.2f} ms  (goal {GOAL_MS:.0f} ms)")


if __name__ == "__main__":
    main()
