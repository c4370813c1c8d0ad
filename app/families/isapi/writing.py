"""How edits reach a device: a ladder of forms, tried from the one that worked last time, else from the top.

A device that objects to the form is asked with the next; one that objects to a value, to the account or to the
moment is taken at its word.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from app.errors import AuthError, CameraError, InvalidSetting, NotSupported, TransportError
from app.families.base import LadderMemory
from app.families.isapi import catalog as catalogs
from app.families.isapi import errors, raw_records, rearranging, records, rungs
from app.families.isapi.client import XML, Client
from app.families.isapi.derived import derived, is_below
from app.families.isapi.document import XmlSource
from app.families.isapi.rearranging import Shape
from app.families.isapi.status import Status
from app.patience import Sleep, patiently
from app.settings import lists, values
from app.settings.changes import Change
from app.settings.document import Document
from app.settings.spec import Access, Kind
from app.wire.http import HttpRequest
from app.wire.xml import Element, XmlDocument

WRITE_DEADLINE = 20.0  # seconds; some cameras answer a changed stream only after restarting the encoder
MASK = "******"
FAMILY = "isapi"

Who = Callable[[], Awaitable[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Written:
    """What the device said. refusal is set where it took some requests of several and refused a later one."""

    rung: str
    reboot: bool = False
    refusal: CameraError | None = None


@dataclass(frozen=True, slots=True)
class _Refused:
    problem: CameraError
    stumbled: bool


@dataclass
class Ladder:
    """memory keeps what worked, by model and firmware as who tells them (("", "") where the device does not)."""

    client: Client
    memory: LadderMemory
    who: Who
    sleep: Sleep = asyncio.sleep
    without_whole: set[str] = field(default_factory=set)  # resources that are known not to take their document

    async def write(self, document: Document, edits: Mapping[str, str]) -> Written:
        """Sends the edits in the first form that the device takes. Raises what it said to the first form where it
        takes none, and at once what has nothing to do with the form; but where it stumbled and holds some of them all
        the same, that is no refusal: refusal then says the rest."""
        first: CameraError | None = None
        unsafe: NotSupported | None = None
        half = ""  # the form of which the device kept some
        sent: set[tuple[str, bytes]] = set()
        try:
            for rung in await self._order(document.resource):
                try:
                    requests = await self._requests(rung, document, edits)
                except NotSupported as refusal:  # this form could carry them and must not
                    unsafe = refusal
                    continue
                if not requests or all((each.path, each.body) in sent for each in requests):
                    continue
                sent |= {(each.path, each.body) for each in requests}
                outcome = await self._send_all(rung, requests)
                if isinstance(outcome, Written):
                    return outcome
                first = first or outcome.problem
                kept = await self._kept(document, edits) if outcome.stumbled else 0
                if kept == len(edits):
                    return Written(rung)
                half = rung if kept else half
            raise unsafe or self._final(first)
        except CameraError as problem:
            if not half:
                raise
            return Written(half, refusal=problem)

    def _final(self, first: CameraError | None) -> CameraError:
        """The first refusal knows most; but "does not have this" is a strange word for a page that is there."""
        if first is not None and not isinstance(first, NotSupported):
            return first
        return NotSupported(
            f"{self.client.camera} takes no change here.",
            hint="It may lack the function, or another function that is on excludes it.",
            detail=first.detail if first is not None else "",
        )

    async def learn(self, resource: str, rung: str) -> None:
        """Remembers the form that worked, where that is news."""
        model, firmware = await self.who()
        endpoint = self._endpoint(resource)
        known = await self.memory.rung(FAMILY, model, firmware, endpoint) if model else rung
        if rung != (known or rungs.WHOLE):
            await self.memory.learn(FAMILY, model, firmware, endpoint, rung)

    async def doubt(self, resource: str, rung: str) -> None:
        """Forgets a form that was taken with an OK and kept nothing: the next write begins at the top again."""
        if rung != rungs.WHOLE:
            await self.learn(resource, rungs.WHOLE)

    async def _order(self, resource: str) -> tuple[str, ...]:
        model, firmware = await self.who()
        known = await self.memory.rung(FAMILY, model, firmware, self._endpoint(resource)) if model else None
        order = sorted(rungs.ORDER, key=lambda rung: rung != known)
        return tuple(rung for rung in order if rung != rungs.WHOLE or resource not in self.without_whole)

    def _endpoint(self, resource: str) -> str:
        known = catalogs.catalog(self.client.dialect).lookup(resource)
        return known.template if known else resource

    async def _requests(self, rung: str, document: Document, edits: Mapping[str, str]) -> tuple[HttpRequest, ...]:
        """In the order they are sent; () where this form cannot carry the edits."""
        if rung == rungs.WHOLE:
            return (put(document.resource, rungs.whole(document, edits), document.source.media_type),)
        if rung == rungs.PART:
            return await self._parts(document, edits)
        if rung == rungs.RECORDS:
            return await self._records(document, edits)
        known = catalogs.catalog(self.client.dialect).lookup(document.resource)
        body = rungs.partial(document, edits, known)
        return () if body is None else (put(document.resource, body, document.source.media_type),)

    async def _send_all(self, rung: str, requests: Sequence[HttpRequest]) -> Written | _Refused:
        reboot = False
        for number, request in enumerate(requests):
            try:
                outcome = await self._send(request)
            except CameraError as refusal:
                if number == 0:
                    raise
                return Written(rung, reboot, refusal)  # what was taken before it stands
            if isinstance(outcome, _Refused):
                return outcome if number == 0 else Written(rung, reboot, outcome.problem)
            reboot = reboot or outcome.reboot_required
        return Written(rung, reboot)

    async def _send(self, request: HttpRequest) -> Status | _Refused:
        async def once() -> Status | _Refused:
            answer = await self.client.channel.send(request)
            try:
                return errors.check(answer, request.path, self.client.camera)
            except CameraError as problem:
                if isinstance(problem, AuthError) or not errors.moves_down(answer):
                    raise
                return _Refused(problem, errors.failed_inside(answer))

        return await patiently(once, self.sleep)

    async def _kept(self, document: Document, edits: Mapping[str, str]) -> int:
        """How many of the edits a device that stumbled over the write made all the same."""
        found = await self._read(document.resource)
        if found is None:
            return 0
        root = found.root
        return sum(
            (leaf := root.find(path)) is not None and values.same(leaf.value, text, document.field(path).spec)
            for path, text in edits.items()
        )

    # -- the parts of a document that have paths of their own ------------------------------------------------------

    async def _parts(self, document: Document, edits: Mapping[str, str]) -> tuple[HttpRequest, ...]:
        if not isinstance(document.source, XmlSource):
            return ()
        found = await self._cover(document.resource, document.source, dict(edits), {})
        return () if found is None else tuple(found)

    async def _records(self, document: Document, edits: Mapping[str, str]) -> tuple[HttpRequest, ...]:
        """What goes makes room for what comes; () where a list or a record has no address of its own. NotSupported
        where the order could only be written by giving records away to each other that must stay apart."""
        source = document.source
        if not isinstance(source, XmlSource):
            return ()
        asked: dict[str, XmlDocument | None] = {}
        removed = records.removed(source, edits)
        if path := records.renumbered(source, edits):
            raise self._unmovable(document, path, "the number of each is where it stands")
        steps: list[tuple[str, records.Step]] = []
        written: set[str] = set()  # the lists that go with the steps
        whole: set[str] = set()  # the records that go with them, and everything in them
        for path, order in reversed(lists.wanted_orders(edits).items()):  # outer lists first
            if any(lists.inside(path, place) for place in (*removed, *whole)):
                continue
            shape = source.shapes[path]
            address = await self._list_address(document.resource, source, shape, asked)
            if not address or records.ids_of(source, shape, order) is None:
                continue  # it goes with the record that it is in
            refusal = records.unsafe(source, shape) if records.moves(order) else ""
            if refusal and records.reorders(order):
                raise self._unmovable(document, path, refusal)
            placed = records.moves(order) and not refusal
            made = records.placed(source, path, edits) if placed else records.apart(source, path, edits)
            steps += [(address, step) for step in made]
            written.add(path)
            whole |= set(shape.members) if placed else set()
        changed: list[HttpRequest] = []
        for share in records.shares(source, records.stay(edits, (*removed, *whole), written)):
            covered = await self._cover(document.resource, source, share, asked)
            if covered is None:
                return ()
            changed += covered
        requests = [(step.method, _request(address, step)) for address, step in steps]
        gone, put_, come = ([made for name, made in requests if name == each] for each in ("DELETE", "PUT", "POST"))
        return (*reversed(gone), *changed, *put_, *come)  # a device that numbers anew moves what is behind

    async def write_records(self, document: Document, plan: raw_records.Plan) -> Written | None:
        """The steps of a document written by hand; None where there are none, or a list has no address of its own."""
        source = document.source
        if not isinstance(source, XmlSource) or not plan.steps:
            return None
        asked: dict[str, XmlDocument | None] = {}
        requests: list[HttpRequest] = []
        for shape, steps in plan.steps:
            address = await self._list_address(document.resource, source, shape, asked)
            if not address:
                return None
            requests += [_request(address, step) for step in steps]
        outcome = await self._send_all(rungs.RECORDS, requests)
        if isinstance(outcome, _Refused):
            raise outcome.problem
        return outcome

    def _unmovable(self, document: Document, path: str, why: str) -> NotSupported:
        return NotSupported(
            f"{self.client.camera} takes “{document.field(path).spec.title}” one entry at a time, so they cannot change"
            f" places: {why}.",
            hint="Nothing was changed. Leave them in the order they have, and change what they hold.",
        )

    async def _list_address(
        self, resource: str, source: XmlSource, shape: Shape, asked: dict[str, XmlDocument | None]
    ) -> str:
        """Where the list is a page of its own, "" for nowhere."""
        if not shape.group:
            return resource
        root, known = source.document.root, catalogs.catalog(self.client.dialect)
        group = rungs.chain(root, shape.group)
        first = rungs.chain(root, shape.members[0]) if shape.members else ()
        entries = rungs.addresses(known, resource, root.name, first) if first else ()
        pages = (*(each.rpartition("/")[0] for each in entries), *rungs.addresses(known, resource, root.name, group))
        for address in dict.fromkeys(each for each in pages if each != resource):
            if address not in asked:
                asked[address] = await self._read(address)
            page = asked[address]
            if page is not None and page.root.name.lower() == group[-1].name.lower():
                return address
        return ""

    async def _cover(
        self, resource: str, source: XmlSource, edits: dict[str, str], asked: dict[str, XmlDocument | None]
    ) -> list[HttpRequest] | None:
        """The smallest parts that together carry the edits, one where one does; None where there are none."""
        around = rungs.common(list(edits))
        group = around
        while group:
            request = await self._part(resource, source, rungs.chain(source.document.root, group), edits, asked)
            if request is not None:
                return [request]
            group = group.rpartition("/")[0]
        if any(map(lists.is_list, edits)):
            return None  # a list and its new records belong together
        depth = len(around.split("/")) if around else 0
        shares: dict[str, dict[str, str]] = {}
        for path, text in edits.items():
            shares.setdefault("/".join(path.split("/")[: depth + 1]), {})[path] = text
        if len(shares) < 2:
            return None
        found: list[HttpRequest] = []
        for share in shares.values():
            below = await self._cover(resource, source, share, asked)
            if below is None:
                return None
            found += below
        return found

    async def _part(
        self,
        resource: str,
        source: XmlSource,
        down: tuple[Element, ...],
        edits: Mapping[str, str],
        asked: dict[str, XmlDocument | None],
    ) -> HttpRequest | None:
        if not down:
            return None
        root, element = source.document.root, down[-1]
        for address in rungs.addresses(catalogs.catalog(self.client.dialect), resource, root.name, down):
            if address not in asked:
                asked[address] = await self._read(address)
            part = asked[address]
            if part is None or not rungs.carries(part, element, edits, source.absent):
                continue
            own = {rungs.within(path, element.path): text for path, text in edits.items()}
            absent = {rungs.within(path, element.path): names for path, names in source.absent.items()}
            shapes = rearranging.within(source.shapes, element.path)
            body = rearranging.edited(part, own, {path: names for path, names in absent.items() if path in own}, shapes)
            return put(address, rungs.without_derived(body, element.path, derived(root)), XML)
        return None

    async def _read(self, path: str) -> XmlDocument | None:
        try:
            return await patiently(lambda: self.client.read(path), self.sleep)
        except TransportError:
            raise
        except CameraError:
            return None


def _request(address: str, step: records.Step) -> HttpRequest:
    path = f"{address}/{step.id}" if step.id else address
    if step.method == "DELETE":
        return HttpRequest("DELETE", path, deadline=WRITE_DEADLINE)
    return HttpRequest(step.method, path, body=step.body, content_type=XML, deadline=WRITE_DEADLINE)


def put(path: str, body: bytes, media_type: str = XML) -> HttpRequest:
    return HttpRequest("PUT", path, body=body, content_type=media_type or XML, deadline=WRITE_DEADLINE)


def edits_of(document: Document, changes: tuple[Change, ...]) -> dict[str, str]:
    """Checked edits by path. InvalidSetting at the first that cannot be sent. document holds them as its edits."""
    if not changes:
        raise InvalidSetting("There is nothing to change.")
    for change in changes:
        spec = document.field(change.path).spec
        if change.gone:
            continue
        if isinstance(document.source, XmlSource) and _is_derived(document.source, change.path):
            raise InvalidSetting(
                f"{spec.title} cannot be set: the camera works these shapes out from its grid.",
                path=change.path,
                hint="Draw the grid instead.",
            )
        records = lists.is_list(change.path) or lists.split_fresh(change.path) is not None
        if spec.access is Access.READ_ONLY and not records:
            raise InvalidSetting(f"{spec.title} can only be read.", path=change.path)
        # As things stand with all edits: a rate may be one that only the resolution of the same write has.
        if problem := document.problem_of(change.path, change.new):
            raise InvalidSetting(f"{spec.title}: {problem}", path=change.path)
    return {change.path: change.new for change in changes}


def _is_derived(source: XmlSource, path: str) -> bool:
    return is_below(path, derived(source.document.root))


def masked_text(document: Document, edits: Mapping[str, str], host: str) -> str:
    """The request of the first rung as text for people: secrets masked, no Authorization."""
    secrets = {
        field.path: MASK
        for field in (*document.fields, *(document.field(path) for path in edits if lists.split_fresh(path)))
        if field.spec.kind is Kind.PASSWORD and (edits.get(field.path) or (field.present and field.text))
    }
    request = put(document.resource, rungs.whole(document, edits), document.source.media_type)
    shown = rungs.whole(document, {**edits, **secrets})
    head = (
        f"{request.method} {request.path} HTTP/1.1\n"
        f"Host: {host}\n"
        f"Content-Type: {request.content_type}\n"
        f"Content-Length: {len(request.body)}\n"
    )
    return f"{head}\n{shown.decode('utf-8', 'replace')}"
