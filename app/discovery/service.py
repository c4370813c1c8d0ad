"""Discovery as the window and the commands use it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from types import TracebackType

from app.discovery.answers import Answers
from app.discovery.descriptions import DEADLINE, DescriptionReader
from app.discovery.doctor import DoctorReport, examine
from app.discovery.identify import identify
from app.discovery.inbox import Inbox
from app.discovery.recognise import entry, same_serial
from app.discovery.registry import Listener, Registry
from app.discovery.sightings import OtherDevice, Sightings
from app.discovery.sockets import ProbeSockets
from app.discovery.sweep import hosts_of, sweep
from app.errors import AuthError, NotSupported, ProtocolError, TransportError
from app.families.base import Dialer, Family
from app.model.device import Address, DeviceState, Found, Recognition
from app.transport.interfaces import LocalInterface
from app.transport.udp import Datagram, DatagramThread
from app.wire import ssdp
from app.wire.ssdp import SsdpKind

WINDOW = 3.0  # seconds from the first question to the end of a scan
ROUNDS = (0.0, 0.2, 0.45)  # when to ask, as parts of the window: datagrams get lost
TICK = 1.0  # seconds between two looks at what has aged
PROBES_AT_ONCE = 32  # addresses added by hand that are asked again at the same time
KEPT = float("inf")  # rows added by hand do not run out; a scan asks them again

Interfaces = Sequence[LocalInterface] | Callable[[], Sequence[LocalInterface]]


@dataclass(frozen=True, slots=True)
class ScanProgress:
    """sent and heard count datagrams of the current (or last) scan; remaining is in seconds."""

    sent: int = 0
    heard: int = 0
    remaining: float = 0.0
    done: bool = True


class Discovery:
    """`async with Discovery(families, dialer, interfaces) as discovery`: scanning begins at once.

    interfaces may be a function: it is asked again before every scan. Without datagrams it runs a thread of its
    own. rescan_every: seconds between the end of a scan and the next one, None only on demand. Everything is
    called from the event loop that `start` ran in.
    """

    def __init__(
        self,
        families: Sequence[Family],
        dialer: Dialer,
        interfaces: Interfaces,
        *,
        datagrams: DatagramThread | None = None,
        clock: Callable[[], float] = time.monotonic,
        window: float = WINDOW,
        rescan_every: float | None = None,
    ) -> None:
        self._families = tuple(families)
        self._dialer = dialer
        self._interfaces = interfaces
        self._own_thread = datagrams is None
        self._datagrams = datagrams or DatagramThread()
        self._clock = clock
        self._window = window
        self._rescan_every = rescan_every
        self._registry = Registry()
        self._by_hand: set[Address] = set()
        self._garbage = 0
        self._heard = 0
        self._progress = ScanProgress()
        self._heard_before = 0
        self._scan_end = 0.0  # of the loop's clock
        self._scan: asyncio.Task[None] | None = None
        self._ticker: asyncio.Task[None] | None = None

    async def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._inbox = Inbox(loop, self._take)
        probes = [probe for family in self._families for probe in family.probes]
        self._sockets = ProbeSockets(self._datagrams, probes, self._inbox.put)
        self._answers = Answers(self._families, self._registry, self._sockets, self._clock)
        reader = DescriptionReader(self._dialer)
        self._sightings = Sightings(self._families, self._registry, reader, self._sockets.reaches, self._clock)
        if self._own_thread:
            self._datagrams.start()
        self._begin(self._window)
        self._ticker = loop.create_task(self._tick())

    async def close(self) -> None:
        """Ends every task, socket and, where it is its own, the thread. May be called twice."""
        if self._ticker is None:
            return
        tasks = [task for task in (self._ticker, self._scan) if task is not None]
        self._ticker = self._scan = None
        self._inbox.close()
        self._sockets.close()
        if self._own_thread:
            self._datagrams.stop()
        self._registry.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._sightings.close()

    async def __aenter__(self) -> Discovery:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def found(self) -> tuple[Found, ...]:
        """Every row, in the order in which the devices appeared."""
        return self._registry.found

    @property
    def others(self) -> tuple[OtherDevice, ...]:
        """Devices that answered well and that no family knows."""
        return self._sightings.others

    @property
    def progress(self) -> ScanProgress:
        if self._scan is None or self._scan.done():
            return self._progress
        left = max(0.0, self._scan_end - asyncio.get_running_loop().time())
        return ScanProgress(self._progress.sent, self._heard - self._heard_before, left, done=False)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Change sets, at most ten per second, the first one with what is there already; an empty one says that
        a scan has begun or ended. The answer ends the subscription."""
        return self._registry.subscribe(listener)

    def rescan(self) -> None:
        """Starts a scan unless one is running."""
        if self._scan is None or self._scan.done():
            self._begin(self._window)

    async def scan_once(self, window: float | None = None) -> None:
        """A fresh scan to its end, with every description read that was asked for, and the listeners told.

        Another scan started meanwhile ends this one early.
        """
        scan = self._begin(self._window if window is None else window)
        await asyncio.wait({scan})
        if not scan.cancelled():
            scan.result()
        await self._sightings.settled(DEADLINE + 1.0)
        self._registry.flush()

    async def search(self, serial: str) -> tuple[Address, ...]:
        """A fresh scan for devices with this serial number: where they were heard in it, the last one first."""
        began = self._clock()
        await self.scan_once()
        heard = [
            each
            for each in self.found
            if each.last_seen >= began and each.state is not DeviceState.LOST and same_serial(each.serial, serial)
        ]
        return tuple(each.address for each in sorted(heard, key=lambda each: -each.last_seen))

    async def add(self, address: Address) -> Found:
        """Asks one address which family it speaks and lists it; where nothing useful answers, by datagram as well.

        TransportError or AuthError as the device caused it; NotSupported when no family knows the answer.
        """
        try:
            recognition = await identify(self._families, self._dialer, address)
        except (TransportError, ProtocolError, NotSupported):
            self._use_interfaces()  # the first scan may not have begun yet
            found = await self._answers.ask(address.host)
            if found is None:
                raise
            return found
        return self._list_by_hand(address, recognition)

    async def sweep(self, text: str, tell: Callable[[int, int], None] = lambda *_: None) -> int:
        """Asks every address of a range ("192.168.1.10-60", "192.168.1.0/24") and lists what is recognised; returns
        how many. tell(asked, all). InvalidSetting for what is no range."""
        taken: list[Found] = []

        def take(address: Address, recognition: Recognition) -> None:
            taken.append(self._list_by_hand(address, recognition, source="range"))

        await sweep(self._families, self._dialer, hosts_of(text), take, tell)
        return len(taken)

    def remember(self, devices: Iterable[Found]) -> None:
        """Lists devices of earlier days as lost until they are heard. Every scan asks each of them at its address;
        one that is there at another address by now leaves its old row."""
        for found in devices:
            if self._registry.get(found.address) is None:
                self._registry.see(replace(found, state=DeviceState.FOUND), KEPT, searchable=False)
                self._registry.lose(found.address)
            self._by_hand.add(found.address)

    def forget(self, found: Found) -> None:
        """Takes a row out of the list; a device that answers again comes back."""
        self._by_hand.discard(found.address)
        self._sightings.forget(found.address)
        self._registry.forget(found.address)

    def lose(self, found: Found) -> None:
        """Marks a row as lost: somebody has found out that the device does not answer there any more."""
        self._registry.lose(found.address)

    def report(self) -> DoctorReport:
        """Why the list is as it is."""
        return examine(
            self._sockets.reports(),
            devices=len(self._registry),
            others=len(self._sightings.others),
            garbage=self._garbage,
            dropped=self._inbox.dropped,
            refused=self._registry.refused + self._sightings.refused,
        )

    def _begin(self, window: float) -> asyncio.Task[None]:
        if self._scan is not None:
            self._scan.cancel()
        loop = asyncio.get_running_loop()
        self._scan_end = loop.time() + window
        self._heard_before = self._heard
        self._progress = ScanProgress()
        self._scan = loop.create_task(self._run_scan(window))
        return self._scan

    async def _run_scan(self, window: float) -> None:
        started, sent = self._clock(), 0
        self._use_interfaces()
        self._sightings.scan_started()
        self._registry.announce()
        by_hand = asyncio.create_task(self._ask_by_hand())
        try:
            for now, following in zip(ROUNDS, (*ROUNDS[1:], 1.0), strict=True):
                sent += self._sockets.send(dict.fromkeys(address.host for address in self._by_hand))
                self._progress = ScanProgress(sent, done=False)
                await asyncio.sleep((following - now) * window)
            await by_hand
        finally:
            by_hand.cancel()
            self._progress = ScanProgress(sent, self._heard - self._heard_before)
        self._registry.scan_ended(started)
        self._registry.announce()

    def _use_interfaces(self) -> None:
        self._sockets.use(self._interfaces() if callable(self._interfaces) else self._interfaces)

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(TICK)
            now = self._clock()
            self._sightings.age(now)
            self._registry.age(now)
            if self._rescan_every is not None and loop.time() >= self._scan_end + self._rescan_every:
                self.rescan()

    def _take(self, datagram: Datagram) -> None:
        kind = self._sockets.kind(datagram.handle)
        if not kind:
            return  # its socket was closed in between
        if kind == "ssdp":
            self._take_ssdp(datagram)
        else:
            self._take_clue(kind, datagram)

    def _take_ssdp(self, datagram: Datagram) -> None:
        try:
            message = ssdp.parse(datagram.payload)
        except ProtocolError:
            self._garbage += 1
            return
        if message.kind is SsdpKind.SEARCH:
            return  # another program's question, or our own
        self._count(datagram, datagram.sender[0])
        self._sightings.hear(message, datagram.sender[0], datagram.handle.interface, searched=not datagram.handle.group)

    def _take_clue(self, kind: str, datagram: Datagram) -> None:
        """Every other kind of answer is for the families to read."""
        host = self._answers.take(kind, datagram)
        if host:
            self._count(datagram, host)
        else:
            self._garbage += 1

    def _count(self, datagram: Datagram, host: str) -> None:
        self._heard += 1
        foreign = not self._sockets.reaches(host)
        self._sockets.count(datagram.handle.interface, foreign=foreign)

    def _list_by_hand(self, address: Address, recognition: Recognition, source: str = "address") -> Found:
        found = entry(
            self._families,
            recognition,
            address.host,
            source=source,
            interface="",
            now=self._clock(),
            port=address.port,
        )
        self._by_hand.add(found.address)
        self._registry.see(found, KEPT, searchable=False)
        return self._registry.get(found.address) or found

    async def _ask_by_hand(self) -> None:
        slots = asyncio.Semaphore(PROBES_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for address in tuple(self._by_hand):
                group.create_task(self._ask_again(address, slots))

    async def _ask_again(self, address: Address, slots: asyncio.Semaphore) -> None:
        async with slots:
            try:
                recognition = await identify(self._families, self._dialer, address)
            except TransportError:
                if address in self._by_hand:
                    self._registry.lose(address)
                return
            except (AuthError, NotSupported, ProtocolError):
                recognition = None  # somebody is there, only in another mood
        if address not in self._by_hand:
            return
        if recognition is not None:
            self._list_by_hand(address, recognition)
        else:
            self._registry.touch(address, self._clock(), KEPT, searchable=False)
