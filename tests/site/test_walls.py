"""Layouts of live pictures in the site file: named, found again, readable whatever a file holds."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.device import Address, DeviceState, Found
from app.site import schema
from app.site.recovery import recovered
from app.site.site import Site
from app.site.walls import SIZES, Spot, Wall

pytestmark = pytest.mark.anyio

GATE = Spot("127.62.0.1:80", 1, "Gate", "SN1", "44:47:cc:00:00:01")
WALL = Wall(9, {0: GATE, 8: Spot("[::1]:8000", 2)}, captions=False)


def found(host: str = "127.62.0.1", serial: str = "SN1", mac: str = "") -> Found:
    state = DeviceState.FOUND
    return Found(Address(host, 80), "any", "", "Gate", "M", serial, mac, "", state, "ssdp", "", 0.0, 0.0)


async def test_a_wall_is_as_it_was_left(tmp_path: Path) -> None:
    site = await Site.open(tmp_path / "s.camwright")
    assert await site.walls.current() is None
    await site.walls.keep(WALL)
    await site.walls.save(" Night ", WALL)
    await site.walls.save("all", Wall(25))
    await site.close()
    site = await Site.open(tmp_path / "s.camwright")
    assert await site.walls.current() == WALL
    assert await site.walls.names() == ("all", "Night")
    night = await site.walls.load("Night")
    assert night is not None
    assert (night.name, night.spots) == ("Night", WALL.spots)
    await site.walls.save("Night", Wall(1))
    await site.walls.delete("all")
    assert await site.walls.names() == ("Night",)
    assert (await site.walls.load("Night")).size == 1
    assert await site.walls.load("all") is None
    with pytest.raises(ValueError, match="name"):
        await site.walls.save("  ", WALL)
    await site.close()


async def test_a_file_of_before_gets_the_table_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "old.camwright"
    with closing(sqlite3.connect(path, isolation_level=None)) as old:
        schema.migrate(old, schema.MIGRATIONS[:1])
        old.execute("INSERT INTO ladder VALUES (1, 'f', 'm', 'v', 'e', 'whole', 'now')")
    site = await Site.open(path)
    assert site.file.problem is None
    await site.walls.keep(WALL)
    assert await site.ladder.rung("f", "m", "v", "e") == "whole"
    await site.close()
    assert len(list(tmp_path.glob("old.camwright.v1-*.bak"))) == 1
    assert recovered(path).rows["walls"] == 1


def test_a_camera_is_found_again_by_what_does_not_change() -> None:
    assert GATE.is_of(found())
    assert GATE.is_of(found(host="127.62.0.9"))
    assert not GATE.is_of(found(serial="SN2"))
    assert GATE.is_of(found(serial="", mac=""))
    assert not GATE.is_of(found(host="127.62.0.9", serial=""))
    assert GATE.is_of(found(host="127.62.0.9", serial="", mac=GATE.mac))
    assert Spot.of(found(), 3) == Spot("127.62.0.1:80", 3, "Gate", "SN1", "")


texts = st.text(max_size=12)
spots = st.builds(Spot, texts.filter(bool), st.integers(1, 64), texts, texts, texts)
walls = st.builds(
    Wall, st.sampled_from(SIZES), st.dictionaries(st.integers(0, 24), spots, max_size=5), st.booleans(), texts
)


@given(walls)
def test_what_is_written_is_read(wall: Wall) -> None:
    assert Wall.parse(wall.text()) == wall


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)


@given(st.text(max_size=40) | st.fixed_dictionaries({}, optional={"size": json_like, "spots": json_like}).map(str))
def test_anything_else_is_a_wall_without_it(text: str) -> None:
    assert Wall.parse(text).size in SIZES


@given(st.dictionaries(st.sampled_from(["size", "spots", "captions", "name"]), json_like))
def test_any_json_is_a_wall(given_: dict[str, object]) -> None:
    wall = Wall.parse(json.dumps(given_))
    assert wall.size in SIZES
    assert all(isinstance(spot, Spot) for spot in wall.spots.values())
