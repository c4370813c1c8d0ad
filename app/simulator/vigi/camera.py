"""One simulated VIGI camera: its login, its settings, its picture, and who may do what."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timezone
from typing import Any
from urllib.parse import unquote

from app.simulator.access import Account, Gate, Scheme
from app.simulator.armed import Watched
from app.simulator.camera import CameraPlan, Listener, Place, Power, UpnpIdentity, identity
from app.simulator.faults import spoiled
from app.simulator.http_server import Answer, Request
from app.simulator.picture import EncoderSettings, OverlayText, PictureSettings, VideoSource
from app.simulator.quirks import Quirks
from app.simulator.rtsp_verbs import Verbs
from app.simulator.vigi import events, multitrans, odp, watching
from app.simulator.vigi.alarms import Alarms
from app.simulator.vigi.answers import BUSY, NOT_JSON, REFUSED, UNSUPPORTED, Refusal, Reply, body_of
from app.simulator.vigi.clock import Clock, Entry, Log
from app.simulator.vigi.control import ControlListener
from app.simulator.vigi.fields import BadValue, whole
from app.simulator.vigi.login import REALM, Login
from app.simulator.vigi.model import Model
from app.simulator.vigi.odp_link import LinkListener
from app.simulator.vigi.ptz import Ptz
from app.simulator.vigi.recordings import Card, Piece, zone_of
from app.simulator.vigi.state import State
from app.simulator.work import Work

_JSON = "application/json"
_PAGE = b"<!DOCTYPE html>\r\n<html><head><title>VIGI</title></head><body></body></html>\r\n"
_STREAMS = {"1": "main", "2": "minor"}
_RATES = {"main": (25.0, 3072, 50), "minor": (15.0, 512, 30)}  # pictures a second, kbit/s, pictures of a GOP
_TOKEN_PATH = "/stok="


@dataclass(frozen=True, slots=True)
class Method:
    """module "" is in every camera; reads: changes nothing."""

    answer: Callable[[VigiCamera, Mapping[str, Any]], Reply]
    module: str = "system"
    reads: bool = True


class VigiCamera:
    """Implements SimulatedCamera and VideoSource. methods, by name, are those that are more than a stored setting."""

    family = "vigi"
    dialect = "openapi"

    def __init__(self, plan: CameraPlan, model: Model, methods: Mapping[str, Method]) -> None:
        self.plan = plan
        self.quirks = quirks = plan.quirks.over(Quirks.parse(model.manners))
        self.profile = model
        self.model = model.name
        self.digits = identity(plan).upper()
        self.state = State(model, quirks, self._first_alias)
        self.clock = Clock(quirks.number("clock_drift") / 60 if "clock_drift" in quirks else 0.0)
        self.log = Log()
        self.card = Card(self.digits)
        self.formatting = Work()
        self.ptz = Ptz(quirks) if "ptz" in model.modules else None
        self.alarms = Alarms(self.watched, self.picture_settings, self.raise_event, "blind" in quirks)
        self.hub = events.Hub(self._push_interval, self.alarms.listening)
        self.mouth = multitrans.Mouth()
        self.users = 0  # ids given to those who watch recordings
        self.place = Place(plan.host, 0, 0)
        self.reboots = 0
        self.login = Login(plan.password, quirks)
        self.video: VideoSource | None = self
        renew_after = int(quirks.number("new_certificate")) if "new_certificate" in quirks else 0
        manners = odp.Manners("no_odp" in quirks, "odp_wrong_checksum" in quirks, "odp_foreign_serial" in quirks)
        answerer = odp.Answerer(self.odp_identity, manners)
        links = (LinkListener(answerer, plan.link),) if plan.link else ()
        self.listeners: tuple[Listener, ...] = (
            ControlListener(self.control, model.name, renew_after),
            odp.OdpListener(answerer),
            *links,
        )
        self._methods = methods
        self._power: Power | None = None
        self._up_since = time.monotonic()
        self._requests = 0
        self.busy_left = int(quirks.number("busy")) if "busy" in quirks else 0
        self.busy_writes = int(quirks.number("busy_writes")) if "busy_writes" in quirks else 0
        self._ask_key_frame: Callable[[str], None] | None = None
        self._seen: tuple[int, tuple[Watched, ...]] = (-1, ())
        account = Account("admin", plan.password)
        self._gate = Gate(REALM, (Scheme("digest"),), lambda: (account,))
        strong = "quoted_digest" in quirks
        self._stream_gate = Gate(REALM, (Scheme("digest", "SHA-256" if strong else "MD5"),), lambda: (account,))

    # -- the farm ------------------------------------------------------------------------------------------------

    def powered(self, place: Place, power: Power) -> None:
        self.reboots += self._power is not None
        self.place, self._power = place, power
        self._up_since = time.monotonic()
        self.login.forget()
        self._gate.forget()
        self._stream_gate.forget()
        self.note("information", "SYSTEM", "Boot over")

    def wanted_place(self) -> Place | None:
        return None  # the protocol has no settings of the network

    def upnp(self) -> UpnpIdentity | None:
        return None

    def key_frame_wanted(self, ask: Callable[[str], None]) -> None:
        self._ask_key_frame = ask

    def ask_key_frame(self, stream_id: str) -> None:
        if self._ask_key_frame is not None:
            self._ask_key_frame(stream_id)

    def reboot(self) -> None:
        self.hub.close()
        if self._power is not None:
            self._power.reboot(self.quirks.number("reboot_seconds"))

    def reset(self) -> None:
        """Factory values, then a reboot; the password stays."""
        self.state.reset()
        self.reboot()

    # -- what it knows of itself ---------------------------------------------------------------------------------

    @property
    def mac(self) -> str:
        """Twelve upper-case digits; 02: an address that no maker owns."""
        return f"02{self.digits[2:12]}"

    @property
    def uptime(self) -> int:
        return int(time.monotonic() - self._up_since)

    @property
    def alias(self) -> str:
        return str(self.state.value("DeviceAlias", "alias"))

    def note(self, kind: str, module: str, text: str) -> None:
        self.log.add(Entry(kind, int(self.clock.now()), module, text))

    def odp_identity(self) -> Mapping[str, Any]:
        port = self.place.http_port if "odp_web_port" in self.quirks else self.place.port
        return {
            "device_name": self.alias,
            "device_type": "SMART.IPCAMERA",
            "device_model": self.model,
            "ip": self.place.host,
            "mac": self.mac,
            "factory_default": "factory_default" in self.quirks,
            "http_port": port,
        }

    def _first_alias(self) -> str:
        return (self.plan.name or f"Camera {self.plan.number:02d}")[:32]

    # -- what it sees --------------------------------------------------------------------------------------------

    def watched(self) -> tuple[Watched, ...]:
        if self._seen[0] != self.state.version:
            self._seen = (self.state.version, watching.watched(self.state))
        return self._seen[1]

    def raise_event(self, kind: str, target: str = "") -> None:
        """A detection struck. target is "people" or "vehicle" where it tells them apart. It is pushed only where the
        detection is on and its msg_push_enabled as well."""
        switch = watching.SWITCHES[kind]
        if self.state.value(switch, "enabled") != "on":
            return
        self.note("alarm", "EVENT", kind)
        if self.state.value(switch, "msg_push_enabled") == "on":
            self.hub.publish(kind, target, int(self.clock.now()))

    def recorded(self, start: float, end: float) -> list[Piece]:
        return self.card.between(start, end, self.zone, self.clock.now())

    @property
    def zone(self) -> timezone:
        return zone_of(str(self.state.value("TimeZone", "timezone")))

    def _push_interval(self) -> int:
        return int(self.state.value("MsgpushInterval", "event_interval") or 0)

    # -- the picture ---------------------------------------------------------------------------------------------

    def encoder_settings(self, stream_id: str) -> EncoderSettings | None:
        stream = _STREAMS.get(stream_id)
        if stream is None:
            return None
        width, _, height = self.state.sizes[stream].partition("*")
        fps, bitrate, gop = _RATES[stream]
        codec = self.profile.codec if stream == "main" else "h264"
        return EncoderSettings(codec, int(width), int(height), fps, bitrate, gop)

    def picture_settings(self) -> PictureSettings:
        night = self.state.value("DayNightMode", "mode") == "night"
        return PictureSettings(
            brightness=35 if night else 50,
            saturation=0 if night else 50,
            overlays=(OverlayText(self.alias, 0.02, 0.9),),
            seed=self.plan.number,
            touched=self.state.value("TamperDetectionSwitch", "enabled") == "on",
            window=self.ptz.head.window if self.ptz is not None else None,
            clock_ahead=round(self.clock.now() - time.time() + self.zone.utcoffset(None).total_seconds()),
        )

    def rtsp_challenges(self, method: str, uri: str, authorization: str | None, peer: str) -> tuple[str, ...] | None:
        verdict = self._gate.check(method, uri, authorization, peer)
        if verdict.account is not None:
            return None
        return self._gate.challenges(stale=verdict.stale, qop=False)

    def rtsp_verbs(self) -> Verbs:
        manners = multitrans.Manners(
            self.profile.codec,
            "quoted_digest" in self.quirks,
            "codec_changes" in self.quirks,
            "silent_end" in self.quirks,
        )
        return {"MULTITRANS": lambda link: multitrans.Multitrans(link, self, self._stream_gate, self.mouth, manners)}

    # -- HTTP ----------------------------------------------------------------------------------------------------

    async def handle(self, request: Request) -> Answer:
        """The web page, which is not part of the protocol."""
        if request.path != "/":
            return Answer(404, _PAGE, "text/html")
        return Answer(200, _PAGE, "text/html")

    async def control(self, request: Request) -> Answer:
        """A call of the control interface (section 2.1.2)."""
        call = _call_of(request.body)
        if call is None:
            return self._dressed(Answer(200, b'{"errCode": %d}' % NOT_JSON, _JSON), "")
        method, params = call
        self._count_request()
        if method == "doAuth":
            told = self.login.do_auth(params)
            challenged = "authenticate" in told and "challenge_401" in self.quirks
            body = body_of(method, Reply(beside=told, code=told["errCode"]), self.quirks)
            return self._dressed(Answer(401 if challenged else 200, body, _JSON), method)
        if method == "subscribeMsg" and "msgPush" in self.profile.modules:
            return self._subscribe(params, self.login.refusal(_token_of(request.target)))
        reply = self._reply(method, params, _token_of(request.target))
        after = self.reset if method == "doSoftReset" and not reply.code else None
        return self._dressed(Answer(200, body_of(method, reply, self.quirks), _JSON, after=after), method)

    def _subscribe(self, params: Mapping[str, Any], refused: int) -> Answer:
        seconds, kinds = whole(params.get("heartbeat")), params.get("event_type")
        wanted = frozenset(events_of(kinds))
        if refused or seconds is None or not 1 <= seconds <= events.MOST_SECONDS or not wanted:
            # Its code is 0 in the text even where it failed.
            body = json.dumps({"result": "failed", "errCode": refused}, separators=(",", ":")).encode()
            return Answer(200, body, _JSON)
        stream = self.hub.stream(wanted, seconds, min(float(seconds), self.plan.heartbeat))
        headers = (("Cache-Control", "no-cache"),)
        return Answer(200, content_type=events.CONTENT_TYPE, headers=headers, stream=stream)

    def _reply(self, method: str, params: Mapping[str, Any], token: str | None) -> Reply:
        refused = self.login.refusal(token)
        if refused:
            return Reply(code=refused)
        if self._is_busy(method):
            return Reply(code=BUSY)
        try:
            return self._carry_out(method, params)
        except BadValue:
            return Reply(code=REFUSED)
        except Refusal as refusal:
            return Reply(code=refusal.code)

    def _is_busy(self, method: str) -> bool:
        if self.busy_left > 0:
            self.busy_left -= 1
            return True
        if self.busy_writes > 0 and method.startswith("set"):
            self.busy_writes -= 1
            return True
        return False

    def _count_request(self) -> None:
        self._requests += 1
        if "locked_by_other" in self.quirks and self._requests == self.quirks.number("locked_by_other"):
            self.login.lock()

    def _carry_out(self, method: str, params: Mapping[str, Any]) -> Reply:
        own = self._methods.get(method)
        if own is not None:
            if own.module not in ("", *self.profile.modules):
                raise Refusal(UNSUPPORTED)
            if not own.reads and "read_only" in self.quirks:
                raise Refusal(REFUSED)
            return own.answer(self, params)
        moved = self.ptz.answer(method, params) if self.ptz is not None else None
        if moved is not None:
            return moved
        document = self.state.addressed(method)
        if document is None:
            raise Refusal(UNSUPPORTED)
        if method.startswith("get"):
            return Reply(self.state.read(document))
        if "read_only" in self.quirks:
            raise Refusal(REFUSED)
        self.state.write(document, params)
        self.note("operation", "OPENAPI", method)
        return Reply(named=not method.startswith(("setLoiter", "setSceneChange", "setAudioAnomaly")))

    def _dressed(self, answer: Answer, method: str) -> Answer:
        if any(part not in method for part in self.quirks.all("only_path")):
            return answer
        spoilt = spoiled(answer, self.quirks)
        return replace(spoilt, body=b"") if "empty_documents" in self.quirks else spoilt


def _call_of(body: bytes) -> tuple[str, Mapping[str, Any]] | None:
    """Method and parameters; None for what is no call."""
    try:
        call = json.loads(body)
    except (ValueError, RecursionError):
        return None
    match call:
        case {"method": str(method), **more}:
            params = more.get("params")
            return method, params if isinstance(params, Mapping) else {}
    return None


def events_of(kinds: object) -> tuple[str, ...]:
    """What somebody subscribes to; () for what cannot be subscribed to."""
    if not isinstance(kinds, list) or not all(each in (*watching.EVENTS, "all") for each in kinds):
        return ()
    return watching.EVENTS if "all" in kinds else tuple(kinds)


def _token_of(target: str) -> str | None:
    """From the path /stok=…, as it is or percent-encoded."""
    return unquote(target[len(_TOKEN_PATH) :]) if target.startswith(_TOKEN_PATH) else None
