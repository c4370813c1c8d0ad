"""Helpers of the live tests are plain modules beside them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from live_media import Clip, encode_clip


@pytest.fixture(scope="session")
def h264() -> Clip:
    return encode_clip("H264")


@pytest.fixture(scope="session")
def h265() -> Clip:
    return encode_clip("H265")


@pytest.fixture(scope="session")
def jpeg() -> Clip:
    return encode_clip("JPEG")
