"""One simulated ISAPI v2 camera: who may do what with which path, and what comes back."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from app.simulator.access import Account, Gate, schemes_of
from app.simulator.armed import Watched
from app.simulator.camera import CameraPlan, Listener, Place, Power, Snapshot, UpnpIdentity
from app.simulator.http_server import Answer, Request
from app.simulator.isapi import drawn, events, logins, motion, mutex, network, paths, shape, upnp, watching, writes
from app.simulator.isapi.alarms import Alarms
from app.simulator.isapi.answers import OK, Outcome, Refusal
from app.simulator.isapi.call import Call
from app.simulator.isapi.card import Card
from app.simulator.isapi.clock import CameraClock
from app.simulator.isapi.model import Model, catalog, select
from app.simulator.isapi.pictures import Kept, Pictures
from app.simulator.isapi.ptz import PtzResources
from app.simulator.isapi.standard import NAMES, capabilities, listing
from app.simulator.isapi.state import STREAMS, State, show_stream
from app.simulator.isapi.tree import Node, Style, write
from app.simulator.isapi.upkeep import Firmware, Log, LogEntry
from app.simulator.isapi.writes import Target
from app.simulator.making import Made
from app.simulator.picture import PictureSettings, VideoSource
from app.simulator.quirks import Quirks
from app.simulator.work import Work

PREFIX = "/ISAPI"
_TIME = "System/time"
_CERTIFICATE = "Security/webCertificate"
SERVER_CERTIFICATE = "Security/serverCertificate/certificate"
_ALERT_PICTURE = (640, 360)  # pixels
Action = Callable[["IsapiCamera", Call], Awaitable[Answer]]


class IsapiCamera:
    """Implements SimulatedCamera. actions answer for the resources that are no documents, by their `do`."""

    family = "isapi"
    dialect = "v2"

    def __init__(self, plan: CameraPlan, model: Model, snapshot: Snapshot, actions: Mapping[str, Action]) -> None:
        self.plan = plan
        self.quirks = quirks = plan.quirks.over(Quirks.parse(model.manners))
        self.model = model.name
        resources = catalog(model, short_ids="short_ids" in quirks)
        if "origin_lower_left" in quirks:
            resources = drawn.from_below(resources)
        self.state = State(resources, model, self._live, quirks)
        self.alarms = Alarms(self.state, self.watched, self._channel_view, self._now, self.raise_event, quirks)
        self.hub = events.EventHub(plan.heartbeat, quirks, photograph=self._photograph, awake=self.alarms.listening)
        self.clock = CameraClock(drift=quirks.number("clock_drift") / 60 if "clock_drift" in quirks else 0.0)
        self.style = shape.style_of(quirks)
        self.firmware = Firmware(model.firmware, model.build)
        self.upgrading = Work()
        self.formatting: dict[str, Work] = {}
        self.outputs: dict[str, str] = {}  # what each output was switched to by hand
        self.files: dict[tuple[str, str], bytes] = {}  # uploaded certificates and keys
        self.request: Made | None = None  # what a certificate authority is to sign
        self.log = Log()
        self.in_the_way: tuple[tuple[str, str], ...] = ()  # functions with their channel, after a refused write
        self.snapshot = snapshot
        self.listeners: tuple[Listener, ...] = ()
        self.reboots = 0
        self.ptz = PtzResources(quirks, first=self.dialect == "v1") if model.ptz else None
        self._profile = model
        self._actions = actions
        self._card = Card(plan, quirks, model.name)
        self._place = Place(plan.host, 0, 0)
        self._power: Power | None = None
        self._up_since = time.monotonic()
        self._home: Place | None = None  # where it was put up
        self._coming: Firmware | None = None
        self._requests = 0
        self._moving = False
        self.busy_left = int(quirks.number("busy")) if "busy" in quirks else 0  # answers
        self.busy_writes = int(quirks.number("busy_writes")) if "busy_writes" in quirks else 0
        self._ask_key_frame: Callable[[str], None] | None = None
        self._watched = Kept(self.state, lambda: watching.watched(self.state))
        self.gate = Gate(
            self._card.realm,
            schemes_of(quirks.__contains__),
            lambda: logins.accounts(self.state, plan.password),
            lock_seconds=quirks.number("lock_seconds"),
            lockout="no_lockout" not in quirks,
            one_use="short_nonces" in quirks,
        )
        head = self.ptz.head if self.ptz is not None else None
        self.pictures = Pictures(self.state, self.clock, self.gate, plan.number, head)
        self.video: VideoSource | None = self.pictures

    # -- the farm ------------------------------------------------------------------------------------------------

    def powered(self, place: Place, power: Power) -> None:
        self._place = place
        if self._moving:
            self._moving = False
            return
        self._home = self._home or place
        if self._power is not None:
            self.reboots += 1
            if self.upgrading.percent == 100:
                self.firmware, self._coming = self._coming or self.firmware, None
                self.upgrading.end()
        self._power = power
        self._up_since = time.monotonic()
        self.gate.forget()
        self.outputs.clear()
        if "forgets_writes" in self.quirks:
            self.state.reset()
        self.state.boot()
        self._note("Operation", "boot")

    @property
    def own_certificate(self) -> bytes:
        """PEM, of the certificate that it was given for its web service, or told to make."""
        return self.files.get((SERVER_CERTIFICATE, ""), b"")

    def wanted_place(self) -> Place | None:
        leased = self.quirks.text("dhcp") if "dhcp" in self.quirks else ""
        return network.wanted(self.state, self._home or self._place, leased)

    def upnp(self) -> UpnpIdentity | None:
        on = self.state.value("System/Network/UPnP", "enabled") == "true"
        if "no_ssdp" in self.quirks or not on:
            return None
        where = f"{self._place.host}:{self._place.http_port}"
        if "foreign_location" in self.quirks:
            where = self.quirks.text("foreign_location")
        return UpnpIdentity(self._card.uuid, f"http://{where}{upnp.PATH}", quirks=self.quirks)

    def key_frame_wanted(self, ask: Callable[[str], None]) -> None:
        self._ask_key_frame = ask

    def watched(self) -> tuple[Watched, ...]:
        """Implements `armed.Watching`."""
        return self._watched.get()

    def raise_event(self, event: events.Event) -> None:
        """What the scene saw, told to everybody on the alert stream."""
        self.hub.publish(event)
        if event.count <= 1 or not event.active:
            self._note("Alarm", event.kind + ("Start" if event.active else "Stop"))

    def _note(self, major: str, minor: str, user: str = "", host: str = "") -> None:
        zone = self.state.raw_value(_TIME, "timeZone")
        self.log.add(LogEntry(self.clock.now(zone), major, minor, user, host))

    # -- HTTP ----------------------------------------------------------------------------------------------------

    async def handle(self, request: Request) -> Answer:
        answer = await self._answer(request)
        return shape.dress(answer, request, self.quirks)

    async def _answer(self, request: Request) -> Answer:
        if request.path == upnp.PATH and request.method in ("GET", "HEAD"):
            texts = self._card.texts(self.state.value("System/Network/UPnP", "name"), self.model)
            here = f"http://{self._place.host}:{self._place.http_port}/"
            return Answer(body=upnp.description(texts, here), content_type="text/xml")
        if request.path in ("/", "/index.html"):
            return Answer(body=shape.web_page(self.model), content_type="text/html")
        if not request.path.lower().startswith(PREFIX.lower() + "/"):
            return Answer(404, shape.web_page("Document Error: Not Found"), "text/html")
        verdict = self.gate.check(request.method, request.target, request.headers.get("authorization"), request.peer)
        if verdict.account is None:
            return logins.unauthorised(self.gate, verdict, self.style, self.quirks)
        self._count_request()
        if self._is_busy(request.method):
            return self.status(Outcome(2, "deviceBusy"), request)
        try:
            return await self._serve(request, verdict.account)
        except Refusal as refusal:
            if isinstance(refusal, mutex.Conflict):
                self.in_the_way = refusal.functions
            return self.status(refusal.outcome, request)

    def _is_busy(self, method: str) -> bool:
        if self.busy_left > 0:
            self.busy_left -= 1
            return True
        if self.busy_writes > 0 and method != "GET":
            self.busy_writes -= 1
            return True
        return False

    def _count_request(self) -> None:
        """Some things happen to a camera in the middle of the work."""
        self._requests += 1
        if "locked_by_other" in self.quirks and self._requests == self.quirks.number("locked_by_other"):
            self.gate.lock_for_all()
        if "schema_changes" in self.quirks and self._requests == self.quirks.number("schema_changes"):
            self.state.change_schema()

    def status(self, outcome: Outcome, request: Request) -> Answer:
        headers: tuple[tuple[str, str], ...] = (("Allow", outcome.allow),) if outcome.allow else ()
        headers += (("Retry-After", "1"),) if outcome.code == 2 else ()
        if outcome.code == 4 and self.quirks.all("mutex") == ("json",):
            return Answer(outcome.http_status, outcome.in_json(request.path), "application/json", headers)
        return Answer(outcome.http_status, write(outcome.document(request.path), self.style), headers=headers)

    async def _serve(self, request: Request, account: Account) -> Answer:
        path = paths.normal(self.state, request.path[len(PREFIX) :])
        if self.ptz is not None and self.ptz.answers(path):
            return await self.ptz.handle(self, path, request, account)
        if mutex.answers(path, self.quirks) and request.method == "POST":
            return Answer(body=mutex.answer(self.state, request.body), content_type="application/json")
        above, _, last = path.rpartition("/")
        standard = last.lower()
        target = None if standard in NAMES else paths.find(self.state, path)
        if target is None and (standard in NAMES or standard == "capabilities"):
            return self._standard(request.method, above, standard, account)
        if target is None:
            if path.split("/")[0] not in self.state.catalog.services():
                return Answer(404, shape.web_page("Document Error: Not Found"), "text/html")
            raise Refusal(4, "notSupport")
        method = "GET" if request.method == "HEAD" else request.method
        self._admit(method, target, account)
        if target.resource.do:
            return await self._actions[target.resource.do](self, Call(target.resource, method, request, account))
        return self._get(target) if method == "GET" else self._write(method, target, request)

    def _standard(self, method: str, above: str, name: str, account: Account) -> Answer:
        """What every service and resource has below it."""
        if method not in ("GET", "HEAD"):
            raise Refusal(4, "methodNotAllowed", allow="GET")
        if name in NAMES:
            return self.document(listing(self.state, self.quirks, above, name))
        limits = capabilities(self.state, self.quirks, self._profile, above, account)
        return Answer(body=write(limits, self.style, capabilities=True))

    def _admit(self, method: str, target: Target, account: Account) -> None:
        """Refusal where this account may not do that, or nobody may now."""
        levels = target.resource.levels
        if method not in levels:
            raise Refusal(4, "methodNotAllowed", allow=", ".join(levels))
        if account.level < levels[method]:
            raise Refusal(4, "lowPrivilege")
        if method != "GET" and "read_only" in self.quirks:
            raise Refusal(4, "notSupport")
        if self.upgrading.running and method != "GET":
            raise Refusal(2, "upgrading")

    def _get(self, target: Target) -> Answer:
        if any(target.view.path.lower() == path.lower() for path in self.quirks.all("list_500")):
            raise Refusal(3, "deviceError")
        node = select(self.state.read(target.resource), target.steps)
        if node is None:
            raise Refusal(4, "notSupport")
        if target.view.text:
            return Answer(body=node.text.encode() + b"\r\n", content_type="text/plain")
        if target.resource.path == STREAMS:
            show_stream(node)
        motion.show(node, self.quirks)
        mutex.show(node, self.quirks)
        return Answer(body=write(node, self.style))

    def _write(self, method: str, target: Target, request: Request) -> Answer:
        if method == "PUT":
            result = writes.put(
                self.state,
                self.quirks,
                target,
                request.body,
                has_parts=paths.has_parts(self.state, target),
                same_layout="squares_after_rewrite" in self.quirks
                and motion.layout_of(request.body) == motion.layout_of(self._get(target).body),
            )
        elif method == "POST":
            result = writes.post(self.state, target, request.body)
        else:
            result = writes.delete(self.state, target)
        self._follow(target, result)
        self._note("Operation", "remoteConfig", host=request.peer)
        moves = target.resource.path in (network.INTERFACES, network.PORTS) and "moves_at_once" in self.quirks
        answer = self.status(OK if moves else result.outcome, request)
        if moves and self.wanted_place() != self._place:
            return Answer(answer.status, answer.body, headers=answer.headers, close=True, after=self._move)
        if "reboots_on_write" in self.quirks:
            return Answer(answer.status, answer.body, headers=answer.headers, close=True, after=self.reboot)
        return answer

    def _follow(self, target: Target, result: writes.Result) -> None:
        """What a write means beyond its document."""
        if target.resource.path == _CERTIFICATE and not logins.is_odd(self.quirks):
            wanted = self.state.value(_CERTIFICATE, "CertificateType")
            self.gate.schemes = schemes_of(lambda name: name == "both_challenges" and wanted == "digest/basic")
        if target.resource.path != _TIME:
            return
        zone = self.state.raw_value(_TIME, "timeZone")
        for change in result.changes:
            if change.path == "localTime" and self.state.raw_value(_TIME, "timeMode") == "manual":
                self.clock.set(change.new, zone)

    # -- for the actions -----------------------------------------------------------------------------------------

    def document(self, root: Node) -> Answer:
        return Answer(body=write(root, self.style))

    def with_reboot(self, request: Request) -> Answer:
        done = self.status(OK, request)
        return Answer(done.status, done.body, close=True, after=self.reboot)

    def upgrade_to(self, firmware: Firmware) -> None:
        """The file is written for a while, then the camera reboots with it."""
        seconds = self.quirks.number("work_seconds")
        self.upgrading.begin(seconds)
        self._coming = None if "keeps_firmware" in self.quirks else firmware
        asyncio.get_running_loop().call_later(seconds, self.reboot)

    def ask_key_frame(self, stream_id: str) -> None:
        if self._ask_key_frame is not None:
            self._ask_key_frame(stream_id)

    def viewers(self, stream_id: str) -> tuple[str, ...]:
        """Addresses of those who watch a stream by RTSP."""
        watched = self._power.viewers if self._power is not None else ()
        return tuple(peer for stream, peer in watched if paths.stream_key(self.state, stream) == stream_id)

    def reboot(self) -> None:
        self.hub.close()
        if self._power is not None:
            self._power.reboot(self.quirks.number("reboot_seconds"))

    def _move(self) -> None:
        if self._power is not None:
            self._moving = True
            self._power.move()

    # -- what it knows of itself ---------------------------------------------------------------------------------

    def _now(self) -> datetime:
        return self.clock.now(self.state.raw_value(_TIME, "timeZone"))

    def _channel_view(self, channel: int) -> PictureSettings:
        return self.pictures.channel_picture(f"{channel}01")

    async def _photograph(self, channel: int) -> bytes:
        stream = paths.stream_key(self.state, f"{channel}01")
        return await asyncio.to_thread(self.snapshot, self.pictures, stream, *_ALERT_PICTURE)

    def alert(self, event: events.Event, style: Style | None = None) -> bytes:
        """The document of an event, in the camera's own style or in another."""
        texts = {
            "ipAddress": self._place.host,
            "portNo": str(self._place.http_port),
            "macAddress": self._live("mac"),
            "dateTime": self._live("local_time"),
            "channelName": self._live("name"),
        }
        return events.alert(event, style or self.style, texts)

    def _live(self, key: str) -> str:
        """Values that no template can know."""
        if key in ("now", "local_time"):
            return self.clock.now(self.state.raw_value(_TIME, "timeZone")).isoformat()
        texts = {
            "uptime": str(int(time.monotonic() - self._up_since)),
            "mac": self._card.mac,
            "serial": self._card.serial,
            "name": self._card.name,
            "device_id": self._card.uuid,
            "model": self.model,
            "firmware": self.firmware.version,
            "build": self.firmware.build,
            "device_type": self._profile.device_type,
            "reboots": str(self.reboots),
            "ip": self._place.host,
            "http_port": str(self._place.http_port),
            "https": "true" if "https" in self.quirks else "false",
            "https_port": str(self._place.https_port or 443),
            "rtsp_port": str(self._place.rtsp_port),
            "certificate": "digest/basic" if len(self.gate.schemes) > 1 else "digest",
            "user": self.plan.user,
        }
        return texts[key]
