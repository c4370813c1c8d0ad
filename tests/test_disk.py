"""Files that people choose: what is said where there is no room, or no place."""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

import pytest

from app.disk import check_place, not_written, shortage, write_whole
from app.errors import SiteError


def test_what_is_needed_and_what_is_free_is_said(tmp_path: Path) -> None:
    error = not_written(tmp_path / "gate.jpg", OSError(errno.ENOSPC, "No space left on device"), 3_500_000)
    assert error.summary == f"The disk is full: {tmp_path / 'gate.jpg'} cannot be written."
    assert error.hint.startswith("3.3 MB are needed, ")
    assert "B are free. Make room" in error.hint
    assert shutil.disk_usage(tmp_path).free > 0


def test_a_disk_that_takes_no_file_so_large_is_not_called_empty(tmp_path: Path) -> None:
    assert shortage(tmp_path, OSError(errno.EFBIG, "File too large"), 5) == ""
    assert shortage(tmp_path / "gone", OSError(errno.ENOSPC, "No space left on device"), 5) == ""


def test_a_place_is_looked_at_before_it_is_needed(tmp_path: Path) -> None:
    check_place(tmp_path / "gate.jpg")
    for wrong, words in ((tmp_path, "is a folder"), (tmp_path / "no" / "gate.jpg", "there is no folder")):
        with pytest.raises(SiteError, match=words):
            check_place(wrong)


def test_nothing_stays_of_what_could_not_be_written(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(SiteError, match="cannot be written"):
        write_whole(tmp_path / "taken", b"x")
    assert list(tmp_path.iterdir()) == [tmp_path / "taken"]
