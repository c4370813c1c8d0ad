"""Lists that a camera takes record by record only: another order, lists in records, and what must not be done."""

from __future__ import annotations

import pytest

from app.errors import NotSupported
from app.families.base import SettingsTree
from app.settings.changes import Verdict
from app.settings.document import Document
from tests.families.isapi_rig import session, writes

LINES = "/ISAPI/Smart/LineDetection/1"
LINE = "LineItemList/LineItem"
USERS = "/ISAPI/Security/users"
FIELDS = "/ISAPI/Smart/FieldDetection/1"
REGION = "FieldDetectionRegionList/FieldDetectionRegion"
POINTS = "RegionCoordinatesList/RegionCoordinates"


async def written(writer: SettingsTree, edited: Document) -> tuple[dict[str, Verdict], Document]:
    proof, after = await writer.apply(edited, edited.changes())
    return {each.path: each.verdict for each in proof.fields}, after


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("order", "steps"),
    [
        ("3 1 2", [("PUT", "1"), ("PUT", "2"), ("PUT", "3")]),
        ("1 3 2", [("PUT", "2"), ("PUT", "3")]),
        ("3 1", [("DELETE", "3"), ("PUT", "1"), ("PUT", "2")]),
        ("1 +1 3", [("PUT", "2")]),
        ("2 1 3 +1", [("PUT", "1"), ("PUT", "2"), ("POST", "")]),
        ("+1 1 2 3", [("PUT", "1"), ("PUT", "2"), ("PUT", "3"), ("POST", "")]),
    ],
)
async def test_another_order_is_written_place_by_place(order: str, steps: list[tuple[str, str]]) -> None:
    async with session("records_only") as (opened, _):
        tree = opened.offer(SettingsTree)
        lines = await tree.load(LINES)
        lines.set_text(f"{LINE}[]", "1 +1 +2")
        lines.set_text(f"{LINE}[+1]/sensitivityLevel", "12")
        lines.set_text(f"{LINE}[+2]/sensitivityLevel", "13")
        _, three = await written(tree, lines)
        sent = writes(opened)
        three.set_text(f"{LINE}[]", order)
        new = {"+1": "77"} if "+1" in order else {}
        for token, text in new.items():
            three.set_text(f"{LINE}[{token}]/sensitivityLevel", text)
        levels = {token: three.text(f"{LINE}[{token}]/sensitivityLevel") for token in order.split()}
        verdicts, after = await written(tree, three)
        assert set(verdicts.values()) == {Verdict.KEPT}, verdicts
        places = after.list_at(f"{LINE}[]").members
        assert [after.text(f"{place}/sensitivityLevel") for place in places] == list(levels.values())
        assert [after.text(f"{place}/id") for place in places] == [str(n + 1) for n in range(len(places))]
        told = [(method, path.rpartition("/")[2] if method != "POST" else "") for method, path in sent]
        assert told[-len(steps) :] == steps


@pytest.mark.anyio
async def test_accounts_never_change_places() -> None:
    """The password of each would stay behind with the number."""
    async with session("records_only", host="127.81.2.1") as (opened, _):
        tree = opened.offer(SettingsTree)
        users = await tree.load(USERS)
        users.set_text("User[]", "1 +1")
        users.set_text("User[+1]/userName", "guest")
        users.set_text("User[+1]/password", "Walk-the-line-7")
        _, two = await written(tree, users)
        two.set_text("User[]", "2 1")
        with pytest.raises(
            NotSupported, match="one entry at a time, so they cannot change places: their passwords"
        ) as said:
            await tree.apply(two, two.changes())
        assert "Nothing was changed" in said.value.hint
        assert (await tree.load(USERS)).source.raw == two.source.raw


@pytest.mark.anyio
async def test_another_order_outside_and_inside_place_by_place() -> None:
    async with session("records_only", host="127.81.2.2") as (opened, _):
        tree = opened.offer(SettingsTree)
        regions = await tree.load(FIELDS)
        sent = writes(opened)
        regions.set_text(f"{REGION}[]", "1 +1")
        regions.set_text(f"{REGION}[+1]/sensitivityLevel", "71")
        regions.set_text(f"{REGION}[+1]/{POINTS}[]", "4 1 2 3 +1")
        regions.set_text(f"{REGION}[+1]/{POINTS}[+1]/positionX", "123")
        verdicts, two = await written(tree, regions)
        assert set(verdicts.values()) == {Verdict.KEPT}, verdicts
        assert sent[-1] == ("POST", f"{FIELDS}/regions")
        assert [len(two.list_at(f"{REGION}[{n}]/{POINTS}[]").members) for n in (1, 2)] == [4, 5]
        del sent[:]
        two.set_text(f"{REGION}[]", "2 1")
        two.set_text(f"{REGION}[2]/{POINTS}[]", "5 4 3")
        two.set_text(f"{REGION}[1]/{POINTS}[]", "1 2 +1 3 4")
        two.set_text(f"{REGION}[1]/{POINTS}[+1]/positionX", "222")
        verdicts, after = await written(tree, two)
        assert set(verdicts.values()) == {Verdict.KEPT}, verdicts
        assert sent[-2:] == [("PUT", f"{FIELDS}/regions/1"), ("PUT", f"{FIELDS}/regions/2")]
        assert after.text(f"{REGION}[1]/sensitivityLevel") == "71"
        assert [after.text(f"{REGION}[1]/{POINTS}[{n}]/positionX") for n in (1, 2, 3)] == [
            two.text(f"{REGION}[2]/{POINTS}[{n}]/positionX") for n in (5, 4, 3)]  # fmt: skip
        assert after.text(f"{REGION}[2]/{POINTS}[3]/positionX") == "222"


@pytest.mark.anyio
async def test_corners_alone_go_with_their_region() -> None:
    async with session("records_only", host="127.81.2.3") as (opened, _):
        tree = opened.offer(SettingsTree)
        regions = await tree.load(FIELDS)
        regions.set_text(f"{REGION}[]", "1 +1")
        _, two = await written(tree, regions)
        sent = writes(opened)
        two.set_text(f"{REGION}[1]/{POINTS}[]", "4 3 2")
        two.set_text(f"{REGION}[2]/sensitivityLevel", "33")
        verdicts, _ = await written(tree, two)
        assert set(verdicts.values()) == {Verdict.KEPT}, verdicts
        assert sorted(sent[-2:]) == [("PUT", f"{FIELDS}/regions/1"), ("PUT", f"{FIELDS}/regions/2")]
