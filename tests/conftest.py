"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

# Laws hold however slow the machine is: no example of theirs has a time limit.
hypothesis.settings.register_profile("camwright", hypothesis.settings(), deadline=None)
hypothesis.settings.load_profile("camwright")
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of protocol texts and recorded answers beside the repository."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"{folder} is missing, and CI may not skip what reads it")
        pytest.skip(f"{folder} is not there")
    return folder


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def collected_here(request: pytest.FixtureRequest) -> Iterator[None]:
    """Tests of the window collect garbage in the GUI thread only, as the window does (`ui.bridge.collector`)."""
    if not {"ui", "e2e"} & set(request.node.path.relative_to(ROOT).parts):
        yield
        return
    gc.disable()
    yield
    # What Python keeps of a failure for a debugger would keep its page and its player into the next test.
    sys.last_type = sys.last_value = sys.last_traceback = None
    gc.collect()
    gc.enable()
