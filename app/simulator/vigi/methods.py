"""Methods that are more than a stored setting."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.simulator.vigi.answers import REFUSED, Refusal, Reply
from app.simulator.vigi.camera import Method, VigiCamera
from app.simulator.vigi.clock import LOG_TYPES
from app.simulator.vigi.fields import BadValue, whole
from app.simulator.vigi.model import ENHANCED
from app.simulator.vigi.recordings import BYTES_PER_SECOND, KEPT_DAYS

_FIRST_MOMENT = 946656000  # the earliest time that setSystemTime takes
_ALARM_SECONDS = 10
_Params = Mapping[str, Any]


def _module_list(camera: VigiCamera, params: _Params) -> Reply:
    return Reply({"moduleList": [{"name": name, "version": 1} for name in camera.profile.modules]})


def _device_info(camera: VigiCamera, params: _Params) -> Reply:
    mac = camera.mac
    return Reply(
        {
            "alias": camera.alias,
            "type": "SMART.IPCAMERA",
            "model": camera.model,
            "mac": "-".join(mac[i : i + 2] for i in range(0, 12, 2)),
            "hwId": camera.digits,
            "oemId": camera.digits[::-1],
            "deviceId": f"80{camera.digits}{camera.mac[:6]}",
            "hwVer": "1.0",
            "swVer": camera.profile.firmware,
        }
    )


def _device_status(camera: VigiCamera, params: _Params) -> Reply:
    mac = camera.mac.lower()
    return Reply(
        {
            "device_model": camera.model,
            "dev_alias": camera.alias,
            "ip": camera.place.host,
            "mac": "-".join(mac[i : i + 2] for i in range(0, 12, 2)),
            "link_status": 1,
            "uptime": camera.uptime,
        }
    )


def _soft_reset(camera: VigiCamera, params: _Params) -> Reply:
    return Reply()


def _system_log(camera: VigiCamera, params: _Params) -> Reply:
    start, end, kind = _moment(params, "start_time"), _moment(params, "end_time"), params.get("log_type")
    if kind not in LOG_TYPES:
        raise BadValue("log_type")
    found = camera.log.find(start, end, str(kind))
    return Reply({"syslog": [{f"syslog_{n}": each.line} for n, each in enumerate(found, 1)], "total": len(found)})


def _get_time(camera: VigiCamera, params: _Params) -> Reply:
    return Reply({"system_time": int(camera.clock.now())})


def _set_time(camera: VigiCamera, params: _Params) -> Reply:
    seconds = whole(params.get("system_time"))
    if seconds is None or not _FIRST_MOMENT <= seconds < 2**31:
        raise BadValue("system_time")
    camera.clock.set(seconds)
    camera.note("operation", "OPENAPI", "setSystemTime")
    return Reply()


def _audio_capability(camera: VigiCamera, params: _Params) -> Reply:
    parts = {"speaker": "audio_speaker", "microphone": "audio_microphone"}
    return Reply({part: {"volume": str(int(name in camera.profile.modules))} for part, name in parts.items()})


def _video_capability(camera: VigiCamera, params: _Params) -> Reply:
    sizes = {"main": camera.profile.main_sizes, "minor": camera.profile.minor_sizes}
    return Reply({stream: {"resolutions": list(each)} for stream, each in sizes.items()})


def _get_resolution(camera: VigiCamera, params: _Params) -> Reply:
    return Reply({stream: {"resolutions": size} for stream, size in camera.state.sizes.items()})


def _set_resolution(camera: VigiCamera, params: _Params) -> Reply:
    camera.state.resize(params.get("main_resolution"), params.get("minor_resolution"))
    camera.note("operation", "OPENAPI", "setResolution")
    return Reply()


def _enhance_capability(camera: VigiCamera, params: _Params) -> Reply:
    mask = camera.profile.enhanced & sum(bit for name, bit in ENHANCED.items() if _has_detection(camera, name))
    return Reply({"people_enhance_ver": str(mask), "vehicle_enhance_ver": str(mask)})


def _has_detection(camera: VigiCamera, name: str) -> bool:
    return name[0].lower() + name[1:] in camera.profile.modules or name in camera.profile.modules


def _format(camera: VigiCamera, params: _Params) -> Reply:
    if whole(params.get("card_index", 1)) != 1:
        raise BadValue("card_index")
    camera.formatting.begin(camera.quirks.number("work_seconds"))
    camera.card.formatted_at = camera.clock.now()
    camera.note("operation", "OPENAPI", "formatSdCard")
    return Reply()


def _card(camera: VigiCamera, params: _Params) -> Reply:
    now = camera.clock.now()
    pieces = camera.recorded(0, now)
    seconds = sum(each.end - each.start for each in pieces)
    used = sum(each.size for each in pieces) / 2**30
    total, percent = 119.1, camera.formatting.percent if camera.formatting.running else 100
    return Reply(
        {
            "card_index": 1,
            "rw_attr": "rw",
            "status": "normal" if percent == 100 else "formatting",
            "detect_status": "normal",
            "write_protect": "0",
            "percent": str(percent),
            "type": "local",
            "record_duration": str(seconds),
            "record_free_duration": str(int((total - used) * 2**30 / BYTES_PER_SECOND)),
            "record_start_time": str(pieces[0].start if pieces else 0),
            "loop_record_status": "0",
            "total_space": f"{total:.1f}GB",
            "free_space": f"{total - used:.1f}GB",
            "video_total_space": f"{total - 0.8:.1f}GB",
            "video_free_space": f"{total - 0.8 - used:.1f}GB",
            "picture_total_space": "1.0MB",
            "picture_free_space": "1.0MB",
            "msg_push_total_space": "210.0MB",
            "msg_push_free_space": "210.0MB",
        }
    )


def _calendar(camera: VigiCamera, params: _Params) -> Reply:
    first, last = _month(params, "start_date"), _month(params, "end_date")
    now, zone = camera.clock.now(), camera.zone
    today = datetime.fromtimestamp(now, zone).date()
    days = (today - timedelta(days=back) for back in range(KEPT_DAYS, -1, -1))
    found = [day for day in days if first <= (day.year, day.month) <= last and camera.card.pieces(day, zone, now)]
    return Reply({"dates": [f"{day:%Y%m%d}" for day in found]})


def _video_list(camera: VigiCamera, params: _Params) -> Reply:
    text, first, last = params.get("date"), whole(params.get("start_index")), whole(params.get("end_index"))
    try:
        day = datetime.strptime(str(text), "%Y%m%d").date()
    except ValueError:
        raise BadValue("date") from None
    if first is None or last is None or not 0 <= first <= last:
        raise BadValue("start_index")
    pieces = camera.card.pieces(day, camera.zone, camera.clock.now())[first : last + 1]
    rows = [
        {f"search_video_results_{n}": {"startTime": each.start, "endTime": each.end, "video_type": each.kind}}
        for n, each in enumerate(pieces, 1)
    ]
    return Reply({"search_video_results": rows})


def _media_list(camera: VigiCamera, params: _Params) -> Reply:
    start, end = _moment(params, "start_time"), _moment(params, "end_time")
    kinds = params.get("event_type")
    first, most = whole(params.get("start_index", 0)), whole(params.get("max_num", 10**6))
    if not isinstance(kinds, list) or params.get("media_type") != ["video"] or first is None or most is None:
        raise BadValue("event_type")
    if ("start_index" in params) != ("max_num" in params) or first < 0 or most < 1:
        raise BadValue("start_index")
    found = camera.recorded(start, end)
    found = [each for each in found if each.kind in kinds]
    shown = found[first : first + most]
    media = {
        "total_num": str(len(found)),
        "start_time": [str(each.start) for each in shown],
        "end_time": [str(each.end) for each in shown],
        "size": [each.size for each in shown],
        "file_id": [each.file_id for each in shown],
        "event_type": [each.kind for each in shown],
        "media_type": ["video"] * len(shown),
    }
    return Reply(beside={"media": media}, code_word="error_code", named=False)


def _user_id(camera: VigiCamera, params: _Params) -> Reply:
    camera.users = camera.users % 16 + 1
    return Reply({"user_id": camera.users})


def _stream_port(camera: VigiCamera, params: _Params) -> Reply:
    return Reply({"streamPort": str(camera.place.rtsp_port)})


def _manual_alarm(camera: VigiCamera, params: _Params) -> Reply:
    match params.get("act"):
        case "start":
            camera.note("alarm", "ALARM", "Started by hand")
            return Reply({"duration": _ALARM_SECONDS})
        case "stop":
            return Reply()
    raise Refusal(REFUSED)


def _moment(params: _Params, name: str) -> int:
    """Seconds since 1970."""
    seconds = whole(params.get(name))
    if seconds is None or seconds < 0:
        raise BadValue(name)
    return min(seconds, 2**32)


def _month(params: _Params, name: str) -> tuple[int, int]:
    """From "202611": year and month."""
    text = params.get(name)
    if not isinstance(text, str) or len(text) != 6 or not text.isdigit():
        raise BadValue(name)
    try:
        found = date(int(text[:4]), int(text[4:]), 1)
    except ValueError:
        raise BadValue(name) from None
    return found.year, found.month


METHODS: Mapping[str, Method] = {
    "getModuleList": Method(_module_list, ""),
    "getDeviceInfo": Method(_device_info),
    "getDeviceStatus": Method(_device_status),
    "doSoftReset": Method(_soft_reset, reads=False),
    "searchSystemLog": Method(_system_log),
    "getSystemTime": Method(_get_time, "dateTime"),
    "setSystemTime": Method(_set_time, "dateTime", reads=False),
    "getAudioCapability": Method(_audio_capability),
    "getVideoCapability": Method(_video_capability, "video"),
    "getResolution": Method(_get_resolution, "video"),
    "setResolution": Method(_set_resolution, "video", reads=False),
    "formatSdCard": Method(_format, "sdCard", reads=False),
    "getSdCardStatus": Method(_card, "sdCard"),
    "getEventEnhanceCapability": Method(_enhance_capability),
    "searchVideoCalendar": Method(_calendar, "playback"),
    "searchVideoList": Method(_video_list, "playback"),
    "getUserId": Method(_user_id, "playback"),
    "getUserID": Method(_user_id, "playback"),
    "getMediaList": Method(_media_list, "download"),
    "getStreamPort": Method(_stream_port, "StreamPort"),
    "manualAlarm": Method(_manual_alarm, reads=False),
}
