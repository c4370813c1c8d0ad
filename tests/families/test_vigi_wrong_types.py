"""Values of the wrong type in every place of every page: shown, or refused in words; never another exception."""

from __future__ import annotations

import contextlib
import itertools
import json
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import CameraError
from app.families.base import Overview, Session, SettingsTree, SystemLog
from app.families.media import Recordings, Streams
from app.families.ptz import Ptz
from app.families.vigi import FAMILY, answers, catalog, document, tree
from app.families.vigi.detections import of_layer
from app.families.vigi.document import Able
from app.families.vigi.regions import edits, layer_of
from app.simulator.camera import CameraPlan
from app.simulator.vigi.answers import Refusal, body_of
from app.simulator.vigi.camera import VigiCamera
from app.simulator.vigi.methods import METHODS
from app.simulator.vigi.model import MODELS
from tests.families.vigi_rig import ADMIN, dialer, opened, told

WRONG: tuple[Any, ...] = (None, True, 0, -1, 1e40, "", "x", "9" * 400, [], [None], [[1]], {}, {"a": {"b": 1}})
PAGES = sorted(name for name, each in catalog.methods().items() if each.kind == "get" and tree.is_page(name))


@cache
def good_answer(name: str) -> dict[str, Any]:
    """What a simulated camera says."""
    params = {"start_time": "0", "end_time": str(2**31), "log_type": "all"}
    reply = simulated()._carry_out(name, params)
    return {"method": name, "errCode": 0, "result": dict(reply.result or {}), **reply.beside}


@cache
def simulated() -> VigiCamera:
    made = VigiCamera(CameraPlan("vigi", "127.71.60.1", model="CW-V540"), MODELS[1], METHODS)
    made.note("alarm", "ALARM", "Started by hand")
    return made


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in an answer but the outermost one; of lists the first two."""
    inner = value.items() if isinstance(value, dict) else enumerate(value[:2]) if isinstance(value, list) else ()
    for name, each in inner:
        yield (*path, name)
        yield from places(each, (*path, name))


def spoilt(value: Any, path: tuple[Any, ...], wrong: Any) -> Any:
    """The answer with something else in one place."""
    if not path:
        return wrong
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = spoilt(value[path[0]], path[1:], wrong)
    return changed


def look(name: str, answer: dict[str, Any]) -> str:
    """As the pages do: what it says of the answer, which is never another exception than these."""
    raw = json.dumps(answer).encode()
    try:
        made = document.build(name, answers.read(raw, name, "Gate"), Able(), "Gate")
        for field in made.fields:
            made.note(field.path)
        detection = of_layer(name)
        layer = layer_of(detection, made, Able()) if detection is not None else None
    except CameraError as problem:
        return problem.summary
    assert made.source.encode({}) == raw
    assert layer is None or edits(layer, layer.regions) == ()
    return "Shown."


@pytest.mark.parametrize("name", PAGES)
def test_a_wrong_type_in_any_place(name: str) -> None:
    answer = good_answer(name)
    assert look(name, answer) == "Shown."
    said = {look(name, spoilt(answer, path, wrong)) for path in places(answer) for wrong in WRONG}
    assert all(each.endswith(".") for each in said)


@given(st.sampled_from(PAGES), st.data())
def test_several_wrong_types_at_once(name: str, data: st.DataObject) -> None:
    answer: Any = good_answer(name)
    for _ in range(data.draw(st.integers(2, 4))):
        found = list(places(answer))
        if found:
            answer = spoilt(answer, data.draw(st.sampled_from(found)), data.draw(st.sampled_from(WRONG)))
    assert look(name, answer).endswith(".")


DAY, YEAR = date(2026, 11, 27), (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
READERS: dict[str, Callable[[Session], Awaitable[object]]] = {
    "getDeviceInfo": lambda opened_: opened_.offer(Overview).facts(),
    "getDeviceStatus": lambda opened_: opened_.offer(Overview).facts(),
    "getSystemTime": lambda opened_: opened_.offer(Overview).facts(),
    "getTimeZone": lambda opened_: opened_.offer(Overview).facts(),
    "searchVideoCalendar": lambda opened_: opened_.offer(Recordings).days(DAY, DAY),
    "searchVideoList": lambda opened_: opened_.offer(Recordings).clips(DAY),
    "getMediaList": lambda opened_: opened_.offer(Recordings).clips(DAY),
    "searchSystemLog": lambda opened_: opened_.offer(SystemLog).search(*YEAR),
    "getStreamPort": lambda opened_: opened_.offer(Streams).list(),
    "getVideoCapability": lambda opened_: opened_.offer(SettingsTree).load("getResolution"),
    "getResolution": lambda opened_: opened_.offer(Streams).list(),
    "getPresetPoint": lambda opened_: opened_.offer(Ptz).presets(),
}


@pytest.mark.anyio
@pytest.mark.parametrize(("name", "read"), READERS.items())
async def test_what_reads_answers_without_a_page_survives_them(
    name: str, read: Callable[[Session], Awaitable[object]]
) -> None:
    camera, now = simulated(), {}

    def answer(path: str, call: dict[str, Any]) -> object:
        if call["method"] == name and now:
            return now
        try:
            reply = camera._carry_out(call["method"], call.get("params") or {})
        except Refusal as refused:
            return {"errCode": refused.code}
        return json.loads(body_of(call["method"], reply, camera.quirks))

    async with told("127.71.60.2", opened(answer)) as (address, server):

        async def ask() -> None:
            opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)  # what is known is not asked again
            try:
                await read(opened_)
            finally:
                await opened_.close()

        await ask()
        good = answer("", server.calls(name)[0])
        for path, wrong in itertools.product(list(places(good)), (None, "x", 1e40, [])):
            now, before = spoilt(good, path, wrong), len(server.calls(name))
            with contextlib.suppress(CameraError):
                await ask()
            assert len(server.calls(name)) > before, "the spoilt answer was not even read"
