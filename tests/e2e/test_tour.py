"""The demo's tour, as a reviewer starts it: every page and sheet in both themes, under the name of what it shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageStat

STOPS = {
    "welcome", "site", "overview", "live", "live-statistics", "settings", "settings-main-stream", "settings-problem",
    "settings-changes", "review", "review-request", "settings-kept", "settings-ignored", "settings-verdicts", "login",
    "login-refused", "login-locked", "palette", "keys", "about", "add-address", "messages", "lost", "foreign-subnet",
    "needs-setup", "unknown", "empty-site", "wall-empty", "wall",
    "regions", "regions-chosen", "regions-problem", "regions-changed", "regions-review", "regions-kept",
    "regions-walk", "regions-grid", "regions-verdicts",
}  # fmt: skip


@pytest.mark.gui
@pytest.mark.timeout(1200)
def test_the_tour_shows_every_page_in_both_themes(tmp_path: Path):
    kept = {key: value for key, value in os.environ.items() if not key.startswith("CAMWRIGHT_")}
    more = {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "CAMWRIGHT_SITE": str(tmp_path / "tour.camwright"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "app", "demo", "--tour", str(tmp_path / "pictures")],
        capture_output=True,
        text=True,
        timeout=1150,
        env=kept | more,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pictures = {path.stem.partition("-")[2]: path for path in (tmp_path / "pictures").iterdir()}
    assert {f"{stop}-{mode}" for stop in STOPS for mode in ("light", "dark")} <= set(pictures)
    for stop in STOPS:
        light, dark = (Image.open(pictures[f"{stop}-{mode}"]).convert("L") for mode in ("light", "dark"))
        assert ImageStat.Stat(light).mean[0] > ImageStat.Stat(dark).mean[0] + 20, stop
    # A sheet lies over its page: what was under it has become darker or is hidden.
    assert _differing(pictures["settings-changes-light"], pictures["review-light"]) > 0.2
    # The proof stands on the page of settings, not on whatever the tour saw before.
    assert _differing(pictures["settings-changes-light"], pictures["settings-kept-light"]) < 0.2


def _differing(one: Path, other: Path) -> float:
    """The part of the window in which two pictures differ, 0.0 to 1.0."""
    a, b = (Image.open(path).convert("L").reduce(8).tobytes() for path in (one, other))
    return sum(abs(x - y) > 8 for x, y in zip(a, b, strict=True)) / len(a)
