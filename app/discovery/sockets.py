"""The sockets of discovery: which are open on which interface, and what went through them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from app.discovery.doctor import InterfaceReport
from app.errors import TransportError
from app.families.base import Probe
from app.transport.interfaces import LocalInterface
from app.transport.udp import DatagramThread, Handle, Receiver


@dataclass(slots=True)
class _Line:
    """One probe on one interface."""

    probe: Probe
    searchers: tuple[Handle, ...]
    listener: Handle | None


@dataclass(slots=True)
class _Use:
    interface: LocalInterface
    lines: list[_Line] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    heard: int = 0
    foreign: int = 0


class ProbeSockets:
    """Per interface and probe: a free port, the probe's own port where it can be shared, and the group."""

    def __init__(self, datagrams: DatagramThread, probes: Iterable[Probe], receive: Receiver) -> None:
        self._datagrams = datagrams
        self._probes = tuple(dict.fromkeys(probes))  # equal probes of several families are sent once
        self._receive = receive
        self._uses: dict[LocalInterface, _Use] = {}
        self._kinds: dict[int, str] = {}

    @property
    def interfaces(self) -> tuple[LocalInterface, ...]:
        return tuple(self._uses)

    def use(self, interfaces: Sequence[LocalInterface]) -> None:
        """Opens what is new and closes what has gone; a cable plugged in later is used at the next scan."""
        for gone in self._uses.keys() - set(interfaces):
            self._close(self._uses.pop(gone))
        for interface in interfaces:
            if interface not in self._uses:
                self._uses[interface] = self._open(interface)

    def send(self) -> int:
        """Every probe on every interface; returns the number of datagrams handed over."""
        count = 0
        for use in self._uses.values():
            for line in use.lines:
                target = line.probe.group or str(use.interface.network.broadcast_address)
                for handle in line.searchers:
                    for payload in line.probe.payloads:
                        self._datagrams.send(handle, payload, (target, line.probe.port))
                        count += 1
        return count

    def kind(self, handle: Handle) -> str:
        """The probe's kind for a socket; empty for one that is closed."""
        return self._kinds.get(handle.number, "")

    def count(self, interface: LocalInterface, *, foreign: bool) -> None:
        use = self._uses.get(interface)
        if use is not None:
            use.heard += 1
            use.foreign += foreign

    def reaches(self, host: str) -> bool:
        return any(interface.reaches(host) for interface in self._uses)

    def reports(self) -> tuple[InterfaceReport, ...]:
        return tuple(map(self._report, self._uses.values()))

    def close(self) -> None:
        for use in self._uses.values():
            self._close(use)
        self._uses.clear()

    def _open(self, interface: LocalInterface) -> _Use:
        use = _Use(interface)
        for probe in self._probes:
            free = self._socket(use, probe)
            own = self._socket(use, probe, port=probe.port, shared=True)
            listener = None
            if probe.listen and probe.group:
                listener = self._socket(use, probe, port=probe.port, group=probe.group, shared=True)
            searchers = tuple(handle for handle in (free, own) if handle is not None)
            use.lines.append(_Line(probe, searchers, listener))
        return use

    def _socket(
        self, use: _Use, probe: Probe, *, port: int = 0, group: str = "", shared: bool = False
    ) -> Handle | None:
        try:
            handle = self._datagrams.open(use.interface, self._receive, port=port, group=group, shared=shared)
        except TransportError as error:
            use.problems.append(f"Port {port}: {error.summary}" if port else error.summary)
            return None
        self._kinds[handle.number] = probe.kind
        return handle

    def _close(self, use: _Use) -> None:
        for handle in _handles(use):
            self._kinds.pop(handle.number, None)
            self._datagrams.close(handle)

    def _report(self, use: _Use) -> InterfaceReport:
        sockets = [self._datagrams.report(handle) for handle in _handles(use)]
        errors = dict.fromkeys([*use.problems, *(text for each in sockets for text in each.errors)])
        return InterfaceReport(
            use.interface.name,
            use.interface.address,
            str(use.interface.network),
            sum(each.sent for each in sockets),
            use.heard,
            use.foreign,
            all(line.listener is not None for line in use.lines if line.probe.listen and line.probe.group),
            tuple(errors),
        )


def _handles(use: _Use) -> list[Handle]:
    return [handle for line in use.lines for handle in (*line.searchers, line.listener) if handle is not None]
