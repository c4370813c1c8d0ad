"""What a camera declares not to run together (`mutexAbility`): told before anything is sent, in the order that works,
and never in the way of what the camera takes all the same."""

from __future__ import annotations

import itertools
import re
from contextlib import asynccontextmanager

import pytest

from app.errors import CameraError, Foreseen, TimedOut
from app.families.base import Exclusions, Files, SettingsTree
from app.families.isapi import exclusion
from app.settings import sequence
from app.settings.exclusion import starts
from app.simulator.isapi.upkeep import firmware_file
from app.simulator.quirks import Quirks
from app.site.site import Site
from app.wire import xml
from app.wire.http import HttpAnswer
from tests.families import isapi_rig
from tests.families.isapi_rig import connect, puts

LINES, FIELD, ENTRANCE = (f"/ISAPI/Smart/{name}/1" for name in ("LineDetection", "FieldDetection", "regionEntrance"))
COUNTING = "/ISAPI/System/Video/inputs/channels/1/counting"
IMAGE = "/ISAPI/Image/channels/1"
_hosts = (f"127.81.20.{n}" for n in itertools.count(1))

pytestmark = pytest.mark.anyio


@asynccontextmanager
async def session(*quirks, model=""):
    async with isapi_rig.session(*quirks, host=next(_hosts), model=model) as (device, running):
        yield device, running


async def edited(device, resource, path="enabled", text="true"):
    document = await device.offer(SettingsTree).load(resource)
    document.set_text(path, text)
    return document


async def switched(device, resource, path="enabled", text="true"):
    """Written without asking what excludes what, as undo, restore and the regions do."""
    document = await edited(device, resource, path, text)
    return await device.offer(SettingsTree).apply(document, document.changes())


async def planned(device, *documents):
    return (await sequence.planned(documents, device.offer(Exclusions).foresee)).resources


async def is_on(device, resource):
    return (await device.offer(SettingsTree).load(resource)).text("enabled") == "true"


def now(running, *quirks):
    """The camera is another one from now on."""
    running.cameras[0].quirks = Quirks.parse(quirks)


def asked(device, instead=None):
    """Every address asked from now on; instead: what it answers (an error is raised) where the camera would not."""
    found, channel = [], device._client.channel
    send = channel.send

    async def noted(request):
        found.append(request.path)
        answer = (instead or {}).get(request.path)
        if isinstance(answer, CameraError):
            raise answer
        return await send(request) if answer is None else HttpAnswer(*answer)

    channel.send = noted
    return found


def declaring(opt):
    body = f'<FieldDetection xmlns="http://www.isapi.org/ver20/XMLSchema"><mutexAbility opt="{opt}"/></FieldDetection>'
    return (200, (("Content-Type", "application/xml"),), body.encode())


async def test_it_is_told_before_anything_is_sent_with_both_sides_and_the_order():
    async with session("mutex=declared") as (device, running):
        await switched(device, LINES)
        sent = puts(device)
        field = await edited(device, FIELD)
        with pytest.raises(Foreseen) as told:
            await planned(device, field)
        assert not sent, "the camera was only asked"
        assert (told.value.path, told.value.others) == (FIELD, ("line crossing detection",))
        assert field.title in told.value.summary
        assert running.cameras[0].state.value("System/deviceInfo", "deviceName") in told.value.summary
        assert told.value.hint.startswith("Nothing was sent. Switch off line crossing detection first")


async def test_what_is_off_is_in_nobodys_way():
    async with session("mutex=declared") as (device, _):
        field = await edited(device, FIELD)
        assert await planned(device, field) == (FIELD,)
        field.revert()
        await switched(device, FIELD)
        await switched(device, LINES, "LineItemList/LineItem/sensitivityLevel", "61")
        more = await edited(device, FIELD, "FieldDetectionRegionList/FieldDetectionRegion/sensitivityLevel", "61")
        assert await planned(device, more) == (FIELD,), "what runs already is not switched on"


async def test_a_function_of_another_channel_is_in_nobodys_way():
    async with session("mutex=declared", model="CW-N8R") as (device, _):
        await switched(device, LINES.replace("/1", "/2"))
        field = await edited(device, FIELD)
        assert await planned(device, field) == (FIELD,)
        proof, _ = await device.offer(SettingsTree).apply(field, field.changes())
        assert proof.kept_everything
        with pytest.raises(Foreseen):
            await planned(device, await edited(device, FIELD.replace("/1", "/2")))


@pytest.mark.parametrize("order", [(LINES, FIELD), (FIELD, LINES)])
@pytest.mark.parametrize("how", ["declared", "told", "silent"])
async def test_one_switched_off_and_the_other_on_is_no_conflict_and_off_goes_first(how, order):
    async with session(f"mutex={how}") as (device, _):
        await switched(device, LINES)
        texts = {LINES: "false", FIELD: "true"}
        documents = {resource: await edited(device, resource, text=texts[resource]) for resource in order}
        assert await planned(device, *documents.values()) == (LINES, FIELD)
        for resource in (LINES, FIELD):
            proof, _ = await device.offer(SettingsTree).apply(documents[resource], documents[resource].changes())
            assert proof.kept_everything


async def test_both_switched_on_at_once_is_told():
    async with session("mutex=declared") as (device, _):
        with pytest.raises(Foreseen):
            await planned(device, await edited(device, LINES), await edited(device, FIELD))


async def test_two_sides_of_one_page():
    async with session("mutex=declared") as (device, _):
        await switched(device, IMAGE, "WDR/mode", "open")
        image = await edited(device, IMAGE, "BLC/enabled", "true")
        with pytest.raises(Foreseen) as told:
            await planned(device, image)
        assert told.value.others == ("WDR",)
        image.set_text("WDR/mode", "close")
        assert await planned(device, image) == (IMAGE,)
        proof, after = await device.offer(SettingsTree).apply(image, image.changes())
        assert proof.kept_everything
        assert (after.text("WDR/mode"), after.text("BLC/enabled")) == ("close", "true")
        brighter = await edited(device, IMAGE, "Color/brightnessLevel", "61")
        assert await planned(device, brighter) == (IMAGE,)


@pytest.mark.parametrize("silent", ["WDR", "BLC"])
async def test_two_sides_of_one_page_of_which_one_declares(silent):
    async with session("mutex=declared") as (device, _):
        path = f"{IMAGE}/capabilities"
        said = await device._client.answer(path)
        pattern = rf"(?s)(<{silent}>.*?)<mutexAbility[^>]*?(?:/>|>.*?</mutexAbility>)"
        body, count = re.subn(pattern, r"\1", said.body.decode(), count=1)
        assert count == 1
        asked(device, {path: (200, (("Content-Type", "application/xml"),), body.encode())})
        wide, back = ("WDR/mode", "open", "close", "WDR"), ("BLC/enabled", "true", "false", "backlight compensation")
        for (first, on, off, name), (second, text, *_) in ((wide, back), (back, wide)):
            await switched(device, IMAGE, first, on)
            with pytest.raises(Foreseen) as told:
                await planned(device, await edited(device, IMAGE, second, text))
            assert told.value.others == (name,)
            await switched(device, IMAGE, first, off)


async def test_what_only_the_other_page_declares_is_known_once_that_was_read():
    """As the protocol's text has it: detectors declare people counting, which declares nothing."""
    async with session("mutex=declared", model="CW-G4A") as (device, _):
        await switched(device, ENTRANCE)
        with pytest.raises(Foreseen) as told:
            await planned(device, await edited(device, COUNTING))
        assert told.value.others == ("entrance detection",)
        await switched(device, ENTRANCE, text="false")
        await switched(device, COUNTING)
        with pytest.raises(Foreseen) as told:
            await planned(device, await edited(device, ENTRANCE))
        assert told.value.others == ("people counting",)


async def test_a_camera_that_can_be_asked_is_asked_and_one_that_cannot_is_not():
    async with session("mutex=asked") as (device, _):
        await switched(device, LINES)
        found = asked(device)
        with pytest.raises(Foreseen) as told:
            await planned(device, await edited(device, FIELD))
        assert told.value.others == ("line crossing detection",)
        await switched(device, LINES, text="false")
        assert await planned(device, await edited(device, FIELD)) == (FIELD,)
        assert found.count("/ISAPI/System/mutexFunction?format=json") == 2
        assert found.count("/ISAPI/System/capabilities") == 2, "once for the tree, once for this"
    async with session("mutex=told") as (device, _):
        found = asked(device)
        assert await planned(device, await edited(device, FIELD)) == (FIELD,)
        assert "/ISAPI/System/mutexFunction?format=json" not in found


QUESTION = "/ISAPI/System/mutexFunction?format=json"


@pytest.mark.parametrize(
    "said",
    [
        b"", b"null", b"{", b"[" * 50_000, b'{"MutexFunctionList": [{"mutexFunction": "fielddetection"}]}',
        b'{"MutexFunctionList": [{"mutexFunction": "nobody knows", "channelID": "x"}]}',
        b'{"MutexFunctionList": [{"mutexFunction": "heatMap,PDC"}]}',
    ],
)  # fmt: skip
async def test_an_answer_that_cannot_be_used_keeps_nothing_from_being_sent(said):
    async with session("mutex=asked") as (device, _):
        await switched(device, LINES)
        asked(device, {QUESTION: (200, (("Content-Type", "application/json"),), said)})
        assert await planned(device, await edited(device, FIELD)) == (FIELD,)


# -- a way round ---------------------------------------------------------------------------------------------------


async def test_a_camera_that_does_not_keep_to_its_word_is_remembered_with_its_firmware(tmp_path):
    site = await Site.open(tmp_path / "site.camwright")
    try:
        async with session("mutex=lenient") as (device, running):
            device.use_memory(site.ladder)
            await switched(device, LINES)
            field = await edited(device, FIELD)
            with pytest.raises(Foreseen) as told:
                await planned(device, field)
            device.offer(Exclusions).waive(told.value)
            assert await planned(device, field) == (FIELD,)
            await device.offer(SettingsTree).apply(field, field.changes())
            assert await is_on(device, LINES)
            assert await is_on(device, FIELD)
            later = await connect(running)
            later.use_memory(site.ladder)
            try:
                for switch in (FIELD, LINES):  # whichever of the two it is
                    await switched(later, switch, text="false")
                    assert await planned(later, await edited(later, switch)) == (switch,)
                    await switched(later, switch)
                await switched(later, FIELD, text="false")
                running.cameras[0].state.keep(*_renamed(running, "V9.9.9"))
                other = await connect(running)
                other.use_memory(site.ladder)
                try:
                    with pytest.raises(Foreseen):
                        await planned(other, await edited(other, FIELD))
                finally:
                    await other.close()
            finally:
                await later.close()
    finally:
        await site.close()


def _renamed(running, version):
    state = running.cameras[0].state
    resource = state.catalog.resources["System/deviceInfo"]
    tree = state.read(resource)
    tree.put("firmwareVersion", version)
    return resource, tree


async def test_a_camera_that_switches_the_other_off_by_itself_has_not_taken_both():
    async with session("mutex=lenient") as (device, running):
        await switched(device, LINES)
        field = await edited(device, FIELD)
        with pytest.raises(Foreseen) as told:
            await planned(device, field)
        device.offer(Exclusions).waive(told.value)
        other = await connect(running)
        await switched(other, LINES, text="false")
        await other.close()
        await device.offer(SettingsTree).apply(field, field.changes())
        await switched(device, FIELD, text="false")
        await switched(device, LINES)
        with pytest.raises(Foreseen):
            await planned(device, await edited(device, FIELD))


async def test_what_is_refused_in_spite_of_a_waiver_or_a_memory_is_told_again():
    async with session("mutex=lenient") as (device, running):
        settings, exclusions = device.offer(SettingsTree), device.offer(Exclusions)
        await switched(device, LINES)
        for how in ("declared", "lenient", "declared"):  # waived; then remembered; then against what is remembered
            now(running, f"mutex={how}")
            field = await edited(device, FIELD)
            if how != "declared" or not await _is_remembered(device, field):
                with pytest.raises(Foreseen) as told:
                    await planned(device, field)
                exclusions.waive(told.value)
            assert await planned(device, field) == (FIELD,)
            if how == "lenient":
                await settings.apply(field, field.changes())
                await switched(device, FIELD, text="false")
                continue
            with pytest.raises(CameraError):
                await settings.apply(field, field.changes())
            with pytest.raises(Foreseen):
                await planned(device, field)


async def _is_remembered(device, field):
    try:
        await planned(device, field)
    except Foreseen:
        return False
    return True


async def test_whoever_does_not_ask_first_is_not_kept_from_sending():
    """Undo, restore and the regions have no question: there the camera decides."""
    async with session("mutex=lenient") as (device, _):
        await switched(device, LINES)
        proof, _ = await switched(device, FIELD)
        assert proof.kept_everything


# -- declarations that come late or are worth nothing --------------------------------------------------------------


async def test_a_declaration_that_comes_after_the_page_was_read_counts():
    async with session() as (device, running):
        await switched(device, LINES)
        field = await edited(device, FIELD)
        now(running, "mutex=declared")
        with pytest.raises(Foreseen):
            await planned(device, field)
        now(running)
        assert await planned(device, field) == (FIELD,), "and one that is withdrawn does not"


async def test_another_firmware_is_asked_again_what_the_old_one_did_not_have():
    async with session("no_capabilities", "work_seconds=0", "reboot_seconds=0") as (device, running):
        await switched(device, LINES)
        camera = running.cameras[0]
        field = await edited(device, FIELD)
        camera.quirks = Quirks.parse(["mutex=declared", "work_seconds=0", "reboot_seconds=0"])
        assert await planned(device, field) == (FIELD,), "it said that it has none"
        files = device.offer(Files)
        files._sleep = _no_wait
        firmware = next(each.id for each in await files.list() if "updateFirmware" in each.id)
        data = firmware_file(camera.model, "V9.8.7", "build 991231")
        await files.upload(firmware, data, confirmed=True)
        with pytest.raises(Foreseen):
            await planned(device, await edited(device, FIELD))


async def _no_wait(seconds):
    del seconds


SELF = "fieldDetection,FIELDDETECTION, fielddetection "
GARBAGE = {
    "nothing": declaring(""),
    "commas": declaring(",, ,"),
    "a number": declaring("1"),
    "unknown": declaring("no such function,PDC2,&#1;".replace("&#1;", "")),
    "itself": declaring(SELF),
    "huge": declaring(",".join(f"function{n}" for n in range(100_000))),
    "absent pages": declaring("PDC,heatMap,faceDetection"),
    "no XML": (200, (("Content-Type", "application/xml"),), b"\xff\xfe<<<"),
    "JSON": (200, (("Content-Type", "application/json"),), b'{"mutexAbility": "lineDetection"}'),
    "empty": (200, (), b""),
    "404": (404, (), b""),
    "403": (403, (), b""),
    "500": (500, (), b""),
    "lost": TimedOut("The camera does not answer."),
}


@pytest.mark.parametrize("said", GARBAGE.values(), ids=GARBAGE)
async def test_what_cannot_be_used_keeps_nothing_from_being_sent(said):
    async with session() as (device, _):
        await switched(device, LINES)
        asked(device, {f"{FIELD}/capabilities": said})
        field = await edited(device, FIELD)
        assert await planned(device, field) == (FIELD,)
        proof, _ = await device.offer(SettingsTree).apply(field, field.changes())
        assert proof.kept_everything


async def test_the_other_page_that_cannot_be_read_leaves_it_to_the_camera():
    async with session("mutex=lenient") as (device, _):
        await switched(device, LINES)
        field = await edited(device, FIELD)
        asked(device, {LINES: TimedOut("The camera does not answer.")})
        assert await planned(device, field) == (FIELD,)


@pytest.mark.parametrize("silent", [f"{FIELD}/capabilities", LINES])
async def test_a_camera_that_never_answers_is_not_waited_for_and_its_connection_goes_on(silent):
    async with session("mutex=lenient") as (device, running):
        await switched(device, LINES)
        field = await edited(device, FIELD)
        now(running, "mutex=lenient", "silent", f"only_path={silent}")
        device.offer(Exclusions).patience = 0.3
        assert await planned(device, field) == (FIELD,)
        now(running, "mutex=lenient")
        proof, _ = await device.offer(SettingsTree).apply(field, field.changes())
        assert proof.kept_everything
        device.offer(Exclusions).patience = 60
        await switched(device, FIELD, text="false")
        with pytest.raises(Foreseen):
            await planned(device, await edited(device, FIELD))


async def test_a_busy_camera_is_waited_for():
    async with session("mutex=declared") as (device, running):
        await switched(device, LINES)
        field = await edited(device, FIELD)
        running.cameras[0].busy_left = 1
        with pytest.raises(Foreseen):
            await planned(device, field)


async def test_no_page_costs_a_question_more_and_only_what_is_switched_on_costs_one():
    counts = []
    for quirks in ((), ("mutex=declared",)):
        async with session(*quirks) as (device, _):
            found = asked(device)
            await device.offer(SettingsTree).load(FIELD)
            counts.append(len(found))
            line = await edited(device, FIELD, "FieldDetectionRegionList/FieldDetectionRegion/sensitivityLevel", "61")
            before = len(found)
            await planned(device, line)
            assert len(found) == before
    assert counts[0] == counts[1]


# -- what is read of capabilities ----------------------------------------------------------------------------------


def read(body):
    return {each.block: each.others for each in exclusion.declared(xml.parse(body).root)}


def test_where_a_declaration_stands_says_whose_it_is():
    said = b'<Image><WDR><mode opt="a"/><mutexAbility opt="BLC,HLC"/></WDR><mutexAbility opt="SMD"/></Image>'
    assert read(said) == {"WDR": ("backlight compensation", "highlight compensation"), "": ("smart motion detection",)}
    listed = b'<LineDetectionList><LineDetection><mutexAbility opt="PDC"/></LineDetection></LineDetectionList>'
    assert read(listed) == {"": ("people counting",)}
    assert read(b"<A><mutexAbility/><isWirelessMutex opt='x'>true</isWirelessMutex></A>") == {}


def test_the_known_ones_of_a_huge_declaration_are_kept():
    names = [*(f"function{n}" for n in range(50_000)), "PDC"]
    (found,) = exclusion.declared(xml.parse(f'<A><mutexAbility opt="{",".join(names)}"/></A>'.encode()).root)
    assert found.others[0] == "people counting"
    assert len(found.others) == 12


async def test_a_page_without_a_switch_of_its_own_is_switched_by_its_blocks():
    async with session(model="CW-G4A") as (device, _):
        audio = await edited(device, "/ISAPI/Smart/AudioDetection/channels/1", "audioInputException/enabled", "true")
        assert starts(audio, "")
        assert starts(audio, "audioInputException")
        assert not starts(audio, "soundIntensityMutation")
