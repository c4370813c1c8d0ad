"""ODP without IP, end to end: a simulated camera of another network behind a cable of its own is found by discovery."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulator.vigi import odp
from app.simulator.vigi.odp_link import unpadded

ROOT = Path(__file__).parents[2]
NOT_PERMITTED = 77


def scene(*quirks: str) -> list[dict[str, Any]]:
    """What was found. Skips where the system has no networks to give; with an administrator's rights it has."""
    if not sys.platform.startswith("linux"):
        pytest.skip("networks of one's own are Linux's")
    words = [sys.executable, "-m", "tests.discovery.two_networks", *quirks]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=150, check=False)
    if done.returncode == NOT_PERMITTED:
        pytest.skip(done.stdout.strip())
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


@pytest.mark.parametrize("quirks", [(), ("odp_wrong_checksum", "odp_web_port", "factory_default")])
def test_a_camera_of_another_network_is_found_without_ip(quirks: tuple[str, ...]) -> None:
    (row,) = scene(*quirks)
    assert row["address"]["host"] == "198.51.100.7"
    assert (row["family"], row["source"], row["name"], row["interface"]) == ("vigi", "odp", "Far away", "192.0.2.1")
    assert row["state"] == "foreign subnet"
    assert "outside 192.0.2.0/24" in row["note"]
    assert row["mac"].startswith("02:")


def test_a_camera_that_keeps_silent_is_not() -> None:
    assert scene("no_odp") == []


@given(st.integers(0, 60), st.binary(max_size=60).filter(lambda data: not data.endswith(b"\0")))
def test_what_ethernet_adds_to_short_frames_is_taken_off(zeros: int, payload: bytes) -> None:
    packet = odp.encode(odp.Packet(odp.REQUEST | odp.TO_ALL, 5, payload))
    assert unpadded(packet + bytes(zeros)) == packet
    assert unpadded(packet + b"tail") == packet + b"tail"
    assert unpadded(packet[:7]) == packet[:7]
