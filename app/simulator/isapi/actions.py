"""Resources that are not documents of the state: each `do` of a template and what answers it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import datetime

from app.simulator.access import Verdict
from app.simulator.http_server import Answer
from app.simulator.isapi import certificates, events, mutex, paths
from app.simulator.isapi.answers import OK, Outcome, Refusal, user_check
from app.simulator.isapi.call import Call
from app.simulator.isapi.camera import Action, IsapiCamera
from app.simulator.isapi.clock import zone_of
from app.simulator.isapi.model import select
from app.simulator.isapi.state import STREAMS
from app.simulator.isapi.tree import BadXml, Node, parse
from app.simulator.isapi.upkeep import LogEntry, read_firmware
from app.simulator.work import Work

# What a restore of the settings leaves alone, so that the camera can still be reached and logged in to.
_KEPT_BY_BASIC = ("System/Network/", "Security/users", "Security/adminAccesses")
_OUTPUTS = "System/IO/outputs"
_STORAGE = "ContentMgmt/Storage"


async def _reboot(camera: IsapiCamera, call: Call) -> Answer:
    return camera.with_reboot(call.request)


async def _factory_reset(camera: IsapiCamera, call: Call) -> Answer:
    mode = call.request.query.get("mode", "full")
    if mode not in ("basic", "full"):
        raise Refusal(6, "badParameters")
    camera.state.reset(_KEPT_BY_BASIC if mode == "basic" else ())
    return camera.with_reboot(call.request)


async def _backup(camera: IsapiCamera, call: Call) -> Answer:
    if call.method == "GET":
        return Answer(body=camera.state.backup(), content_type="application/octet-stream")
    try:
        camera.state.restore(call.request.body)
    except ValueError:
        raise Refusal(6, "importErrorData") from None
    return camera.with_reboot(call.request)


async def _who_am_i(camera: IsapiCamera, call: Call) -> Answer:
    return camera.document(user_check(Verdict(call.account)))


async def _alert_stream(camera: IsapiCamera, call: Call) -> Answer:
    return Answer(content_type=events.CONTENT_TYPE, stream=camera.hub.stream(camera.alert))


async def _key_frame(camera: IsapiCamera, call: Call) -> Answer:
    camera.ask_key_frame(call.channel)
    return camera.status(OK, call.request)


async def _dynamic_capabilities(camera: IsapiCamera, call: Call) -> Answer:
    return camera.document(paths.dynamic_capabilities(camera.state, call.channel))


async def _conditional_capabilities(camera: IsapiCamera, call: Call) -> Answer:
    """The average rate that goes with the highest one it is asked with, or, asked with nothing, with its own."""
    asked = Node("VbrAverageCapDynamicLinkTo")
    if call.request.body:
        asked = _document(call.request.body, "StreamingDescriptor").child(asked.name) or asked
    own = camera.state.value(STREAMS, f"StreamingChannel[{call.channel}]/Video/vbrUpperCap")
    highest = asked.value("vbrUpperCap") if call.request.body else own
    if not re.fullmatch(r"\d{2,6}", highest):
        raise Refusal(6, "badParameters")
    share = 4 if asked.value("codeType").startswith("smart") else 2
    average = Node("vbrAverageCap", text=str(max(32, int(highest) // share)))
    return camera.document(Node("StreamingDynamicCap", children=[asked, average]))


async def _picture(camera: IsapiCamera, call: Call) -> Answer:
    settings = camera.pictures.encoder_settings(call.channel)
    if settings is None:
        raise Refusal(4, "notSupport")
    size = [call.request.query.get(f"videoResolution{side}", "") for side in ("Width", "Height")]
    if not all(re.fullmatch(r"\d{2,4}|", text) for text in size):
        raise Refusal(6, "badParameters")
    width, height = int(size[0] or settings.width), int(size[1] or settings.height)
    if not (16 <= width <= 3840 and 16 <= height <= 2160):
        raise Refusal(6, "badParameters")
    jpeg = await asyncio.to_thread(camera.snapshot, camera.pictures, call.channel, width, height)
    return Answer(body=jpeg, content_type="image/jpeg")


async def _viewers(camera: IsapiCamera, call: Call) -> Answer:
    listed = [
        Node("StreamingSessionStatus", children=[Node("clientAddress", children=[Node("ipAddress", text=peer)])])
        for peer in camera.viewers(call.channel)
    ]
    return camera.document(Node("StreamingSessionStatusList", children=listed))


async def _update_firmware(camera: IsapiCamera, call: Call) -> Answer:
    found = read_firmware(call.request.body, camera.model, camera.firmware)
    if isinstance(found, Outcome):
        raise Refusal(found.code, found.subcode)
    camera.upgrade_to(found)
    return camera.status(OK, call.request)


async def _upgrade_status(camera: IsapiCamera, call: Call) -> Answer:
    work = camera.upgrading
    texts = {"upgrading": "true" if work.running else "false", "percent": str(work.percent)}
    return camera.document(Node("upgradeStatus", children=[Node(name, text=text) for name, text in texts.items()]))


async def _format(camera: IsapiCamera, call: Call) -> Answer:
    work = camera.formatting.setdefault(call.channel, Work())
    if work.running:
        raise Refusal(2, "deviceBusy")
    work.begin(camera.quirks.number("work_seconds"))
    resource = camera.state.catalog.resources[_STORAGE]
    storage = camera.state.read(resource)
    disk = select(storage, f"hddList/hdd[{call.channel}]")
    if disk is not None:
        disk.put("status", "ok")
        disk.put("freeSpace", disk.value("capacity"))
        camera.state.keep(resource, storage)
    return camera.status(OK, call.request)


async def _format_status(camera: IsapiCamera, call: Call) -> Answer:
    work = camera.formatting.get(call.channel)
    running = work is not None and work.running
    texts = {"formating": "true" if running else "false", "percent": str(work.percent if work is not None else 0)}
    return camera.document(Node("formatStatus", children=[Node(name, text=text) for name, text in texts.items()]))


async def _trigger_output(camera: IsapiCamera, call: Call) -> Answer:
    wanted = _document(call.request.body, "IOPortData").value("outputState")
    if wanted not in ("high", "low"):
        raise Refusal(6, "badParameters")
    camera.outputs[call.channel] = wanted
    return camera.status(OK, call.request)


async def _output_status(camera: IsapiCamera, call: Call) -> Answer:
    port = camera.state.read(camera.state.catalog.resources[_OUTPUTS]).item(call.channel)
    rest = port.value("PowerOnState/defaultState", "low") if port is not None else "low"
    active = camera.outputs.get(call.channel, rest) != rest
    texts = {"ioPortID": call.channel, "ioPortType": "output", "ioState": "active" if active else "inactive"}
    return camera.document(Node("IOPortStatus", children=[Node(name, text=text) for name, text in texts.items()]))


async def _search_log(camera: IsapiCamera, call: Call) -> Answer:
    wanted = _document(call.request.body, "CMSearchDescription")
    zone = camera.state.raw_value("System/time", "timeZone")
    span = [wanted.value(f"timeSpanList/timeSpan/{side}Time") for side in ("start", "end")]
    begin, end = (_time(text, zone) for text in span)
    kind = wanted.value("metaId").rstrip("/").rpartition("/")[2].lower()
    found = camera.log.find(begin, end, "" if kind in ("", "all", "log.std-cgi.com") else kind)
    first = _count(wanted.value("searchResultPostion") or wanted.value("searchResultPosition"), 0)
    most = min(_count(wanted.value("maxResults"), 40), 100)
    shown = found[first : first + most]
    more = first + len(shown) < len(found)
    head = {
        "searchID": wanted.value("searchID"),
        "responseStatus": "true",
        "responseStatusStrg": "MORE" if more else "OK" if shown else "NO MATCHES",
        "numOfMatches": str(len(shown)),
        "totalMatches": str(len(found)),
    }
    children = [Node(name, text=text) for name, text in head.items()]
    children.append(Node("matchList", children=[_match(entry) for entry in shown]))
    return camera.document(Node("CMSearchResult", children=children))


def _match(entry: LogEntry) -> Node:
    texts = {
        "logDescriptor/metaId": f"log.std-cgi.com/{entry.major}/{entry.minor}",
        "logDescriptor/StartDateTime": entry.time.isoformat(),
        "logDescriptor/userName": entry.user,
        "logDescriptor/ipAddress": entry.host,
    }
    inner = [Node(path.rpartition("/")[2], text=text) for path, text in texts.items()]
    return Node("searchMatchItem", children=[Node("logDescriptor", children=inner)])


async def _mutex(camera: IsapiCamera, call: Call) -> Answer:
    """Which functions were in the way of the last write that was refused for it."""
    how = camera.quirks.text("mutex") if "mutex" in camera.quirks else "told"
    in_json = call.request.query.get("format") == "json"
    if how not in ("told", "json") or in_json is not (how == "json"):
        raise Refusal(4, "notSupport")
    if in_json:
        return Answer(body=mutex.told_in_json(camera.in_the_way), content_type="application/json")
    return camera.document(mutex.told(camera.in_the_way))


def _document(body: bytes, name: str) -> Node:
    try:
        sent = parse(body)
    except BadXml:
        raise Refusal(5, "badXmlFormat") from None
    if sent.name != name:
        raise Refusal(6, "badXmlContent")
    return sent


def _time(text: str, zone: str) -> datetime | None:
    if not text:
        return None
    try:
        time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        raise Refusal(6, "badParameters") from None
    return time if time.tzinfo is not None else time.replace(tzinfo=zone_of(zone))


def _count(text: str, usual: int) -> int:
    if not text:
        return usual
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise Refusal(6, "badParameters")
    return int(text)


ACTIONS: Mapping[str, Action] = {
    "reboot": _reboot,
    "factory_reset": _factory_reset,
    "backup": _backup,
    "who_am_i": _who_am_i,
    "alert_stream": _alert_stream,
    "key_frame": _key_frame,
    "dynamic_capabilities": _dynamic_capabilities,
    "conditional_capabilities": _conditional_capabilities,
    "picture": _picture,
    "viewers": _viewers,
    "update_firmware": _update_firmware,
    "upgrade_status": _upgrade_status,
    "format": _format,
    "format_status": _format_status,
    "trigger_output": _trigger_output,
    "output_status": _output_status,
    "certificate_file": certificates.certificate_file,
    "server_certificate": certificates.server_certificate,
    "self_sign": certificates.self_sign,
    "sign_request": certificates.sign_request,
    "download_request": certificates.download_request,
    "search_log": _search_log,
    "mutex": _mutex,
}
