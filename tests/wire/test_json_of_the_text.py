"""Every example of JSON that the text of VIGI OpenAPI prints, with the sins of print: each is read."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from pathlib import Path

import pytest

from app.wire import json_text

TEXT = "specs/004_561fc52cdb0630ad.txt"
FORGIVEN = {
    "a comma too many",
    "a missing comma",
    "another sign in place of a comma",
    "control characters in a text",
    "something follows the end",
}
_MARK = re.compile(r"^\s*(?:request|response)\s*:\s*$|^\d+\.\d+(?:\.\d+)? |^\s*Name\s*$", re.MULTILINE)


def examples(text: str) -> list[str]:
    """What stands between "request:" or "response:" and whatever comes next, where it begins like an object."""
    marks = list(_MARK.finditer(text))
    found = []
    for mark, following in itertools.pairwise(marks):
        body = text[mark.end() : following.start()].strip()
        if mark[0].strip().endswith(":") and body.startswith("{"):
            found.append(body)
    return found


@pytest.mark.shared
def test_every_example_is_read_and_its_sins_are_named(shared: Path) -> None:
    found = examples((shared / TEXT).read_text("utf-8", "replace"))
    assert len(found) > 170
    flaws: Counter[str] = Counter()
    for each in found:
        document = json_text.parse(each.encode())
        flaws.update(document.flaws)
        assert document.root.children, each
        assert document.splice({}) == each.encode()
        names = {node.name for node in document.root.iter()}
        assert names & {"method", "errCode", "error_code", "result", "stok", "Heartbeat", "event_type"}, each
    assert flaws["a comma too many"] > 10
    assert flaws["a missing comma"]
    assert set(flaws) <= FORGIVEN
