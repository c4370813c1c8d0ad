"""A fixed share of the fuzzer's inputs in every run; the long runs are by hand (`python tests/fuzz/mutate.py`)."""

from __future__ import annotations

import pytest
from mutate import run
from targets import TARGETS


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_only_its_own_errors_come_out(target):
    assert run(target, seed=1, count=150 if target.name == "twin" else 1500) > 0
