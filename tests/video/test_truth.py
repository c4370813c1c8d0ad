from __future__ import annotations

import pytest

from app.model.stream import StreamInfo
from app.video.frame import StreamStats
from app.video.truth import differences

INFO = StreamInfo("101", 1, "main", "Main", "H.264", 1920, 1080, 25.0, 4000, 50)
GOOD = {"codec": "H264", "width": 1920, "height": 1080, "received_fps": 25.0, "bitrate_kbps": 4100.0, "gop": 50}


def found(**changes: object) -> list[str]:
    stats = StreamStats(**{**GOOD, "playing_s": 10.0, **changes})  # type: ignore[arg-type]
    return [each.what for each in differences(INFO, stats)]


def test_what_is_kept_is_not_mentioned() -> None:
    assert found() == []
    assert found(height=1088, received_fps=24.1, gop=25) == []


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"codec": "H265"}, "codec"),
        ({"width": 1280, "height": 720}, "size"),
        ({"received_fps": 12.5}, "fps"),
        ({"received_fps": 50.0}, "fps"),
        ({"bitrate_kbps": 9000.0}, "bitrate"),
        ({"gop": 100}, "gop"),
    ],
)
def test_each_broken_promise_has_its_name(changes: dict[str, object], what: str) -> None:
    assert found(**changes) == [what]


def test_rates_are_not_judged_too_early_nor_without_a_promise() -> None:
    assert found(received_fps=1.0, bitrate_kbps=90000.0, playing_s=1.0) == []
    assert found(width=0, codec="") == []
    assert differences(StreamInfo("1", 1, "main", "Main"), StreamStats(codec="H265", width=10, playing_s=99)) == ()
