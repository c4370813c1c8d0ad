"""A recorded device on the network again: its answers, and writes that are remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from xml.sax.saxutils import escape

from app.simulator.access import Account, Gate, Scheme
from app.simulator.camera import CameraPlan, Listener, Place, Power, UpnpIdentity, identity
from app.simulator.http_server import Answer, Request
from app.simulator.picture import VideoSource
from app.twin.format import Twin, TwinAnswer

_DESCRIPTION_PATH = "/upnpdevicedesc.xml"
_REASON = {400: "badXmlContent", 401: "badAuthorization", 403: "notSupport", 404: "notSupport", 500: "deviceError"}
_CODE = {400: 6, 500: 3, 503: 2}
_TEXT = {2: "Device Busy", 3: "Device Error", 4: "Invalid Operation", 6: "Invalid XML Content"}
_NAMESPACE = "http://www.hikvision.com/ver20/XMLSchema"


class TwinCamera:
    """Implements SimulatedCamera. Several recorded answers for one path are given in turn, the last one for ever."""

    video: VideoSource | None = None  # pictures were not recorded
    listeners: tuple[Listener, ...] = ()

    def __init__(self, twin: Twin, plan: CameraPlan) -> None:
        self.twin = twin
        self.family, self.dialect, self.model = twin.family, twin.dialect, twin.model
        self.user = twin.auth.user or plan.user
        self.password = twin.auth.password or plan.password
        self._plan = plan
        self._place = Place(plan.host, 0, 0)
        self._queues: dict[tuple[str, str], list[TwinAnswer]] = {}
        for answer in twin.answers:
            self._queues.setdefault((answer.method, answer.path.lower()), []).append(answer)
        scheme = twin.auth.scheme
        schemes = () if scheme == "none" else (Scheme(scheme),)
        account = Account(self.user, self.password)
        self._gate = Gate(f"IP Camera({identity(plan)[:5].upper()})", schemes, lambda: (account,))

    def powered(self, place: Place, power: Power) -> None:
        self._place = place

    def wanted_place(self) -> Place | None:
        return None

    def key_frame_wanted(self, ask: Callable[[str], None]) -> None:
        """There is no picture."""

    def upnp(self) -> UpnpIdentity | None:
        if "no_ssdp" in self._plan.quirks:
            return None
        where = f"http://{self._place.host}:{self._place.http_port}{_DESCRIPTION_PATH}"
        return UpnpIdentity(self._uuid, where, quirks=self._plan.quirks)

    async def handle(self, request: Request) -> Answer:
        if request.path == _DESCRIPTION_PATH and ("GET", _DESCRIPTION_PATH) not in self._queues:
            return Answer(body=self._description(), content_type="text/xml")
        if self._gate.schemes:
            given = request.headers.get("authorization")
            verdict = self._gate.check(request.method, request.target, given, request.peer)
            if verdict.account is None:
                headers = tuple(("WWW-Authenticate", text) for text in self._gate.challenges(stale=verdict.stale))
                return Answer(401, b"", "text/html", headers)
        return self._replay(request)

    def _replay(self, request: Request) -> Answer:
        method = "GET" if request.method == "HEAD" else request.method
        for path in dict.fromkeys((request.target, request.path)):
            recorded = self._next(method, path)
            written = method == "PUT" and ("GET", path.lower()) in self._queues
            if recorded is not None:
                if written and recorded.status < 400:
                    self._remember(path, request)  # what the device said then, and what it would hold now
                return self._recorded(recorded, request)
            if written:
                return self._remember(path, request)
        return self._status(self.twin.default_status, request)

    def _next(self, method: str, path: str) -> TwinAnswer | None:
        queue = self._queues.get((method, path.lower()))
        if not queue:
            return None
        return queue.pop(0) if len(queue) > 1 else queue[0]

    def _recorded(self, recorded: TwinAnswer, request: Request) -> Answer:
        if not recorded.body and recorded.status >= 400:
            return self._status(recorded.status, request)
        return Answer(recorded.status, recorded.body, recorded.content_type)

    def _remember(self, path: str, request: Request) -> Answer:
        """A write becomes the next answer; what the recorded device refused stays refused."""
        key = ("GET", path.lower())
        last = self._queues[key][-1]
        if last.status >= 400:
            return self._status(last.status, request)
        self._queues[key] = [replace(last, body=request.body)]
        return Answer(body=_response_status(request.path, 1, "OK", "ok"))

    def _status(self, status: int, request: Request) -> Answer:
        if status < 400:
            return Answer(status, b"")
        code = _CODE.get(status, 4)
        body = _response_status(request.path, code, _TEXT[code], _REASON.get(status, "invalidOperation"))
        return Answer(status, body)

    @property
    def _uuid(self) -> str:
        i = identity(self._plan)
        return f"{i[:8]}-{i[8:12]}-{i[12:16]}-{i[16:20]}-{i[20:32]}"

    def _description(self) -> bytes:
        texts = {
            "deviceType": "urn:schemas-upnp-org:device:Basic:1",
            "friendlyName": f"{self.model} - {self._place.host}",
            "manufacturer": "Camwright, recorded",
            "modelName": self.model,
            "modelNumber": self.model,
            "serialNumber": f"{self.model}-TWIN-{identity(self._plan)[:9].upper()}",
            "UDN": f"uuid:{self._uuid}",
            "presentationURL": f"http://{self._place.host}:{self._place.http_port}/",
        }
        inner = "".join(f"<{name}>{escape(text)}</{name}>\r\n" for name, text in texts.items())
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\r\n<root xmlns="urn:schemas-upnp-org:device-1-0">\r\n'
            "<specVersion><major>1</major><minor>0</minor></specVersion>\r\n"
            f"<device>\r\n{inner}</device>\r\n</root>\r\n"
        ).encode()


def _response_status(url: str, code: int, text: str, subcode: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\r\n<ResponseStatus version="2.0" xmlns="{_NAMESPACE}">\r\n'
        f"<requestURL>{escape(url)}</requestURL>\r\n<statusCode>{code}</statusCode>\r\n"
        f"<statusString>{text}</statusString>\r\n<subStatusCode>{subcode}</subStatusCode>\r\n</ResponseStatus>\r\n"
    ).encode()
