"""Why the list is empty: what was sent and heard on each interface, in plain sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InterfaceReport:
    """sent, heard and foreign count datagrams since discovery started. errors are sentences of the system."""

    name: str
    address: str
    network: str
    sent: int
    heard: int
    foreign: int
    listening: bool  # announcements are heard as well
    errors: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        where = f"{self.name} ({self.address})"
        if not self.sent:
            return f"{where}: nothing could be sent."
        asked = f"{where}: asked {self.sent} times, "
        if not self.heard:
            return asked + "nobody answered."
        text = asked + f"{self.heard} answers and announcements heard"
        if self.foreign:
            text += f", {self.foreign} of them from another network"
        return text + "."


@dataclass(frozen=True, slots=True)
class DoctorReport:
    """garbage: datagrams that were no discovery messages. dropped: lost because too many came at once."""

    interfaces: tuple[InterfaceReport, ...]
    devices: int
    others: int
    garbage: int
    dropped: int
    refused: int
    advice: tuple[str, ...]


def examine(
    interfaces: Sequence[InterfaceReport], *, devices: int, others: int, garbage: int, dropped: int, refused: int
) -> DoctorReport:
    report = DoctorReport(tuple(interfaces), devices, others, garbage, dropped, refused, ())
    return DoctorReport(report.interfaces, devices, others, garbage, dropped, refused, tuple(_advice(report)))


def _advice(report: DoctorReport) -> list[str]:
    advice = []
    real = [each for each in report.interfaces if not each.address.startswith("127.")]
    if not report.interfaces:
        advice.append("No network interface may be used. Connect the cable, or allow an interface.")
    elif not real:
        advice.append("Only this computer itself is searched: no other interface is up or allowed.")
    if any(not each.sent for each in report.interfaces):
        advice.append(
            "An interface refused to send. A firewall or a missing permission for the local network does that."
        )
    if any(each.sent and not each.heard for each in real):
        advice.append(
            "An interface where nobody answers is often on the wrong cable, behind a firewall that treats the "
            "network as public, or on a switch that filters multicast. A camera can also be added by its address."
        )
    if any(each.foreign for each in report.interfaces):
        advice.append(
            "Some devices answer from another network. Give this computer an address in theirs to reach them."
        )
    if any(not each.listening and each.sent for each in report.interfaces):
        advice.append("Another program holds port 1900: announcements are not heard, searches still work.")
    if report.dropped:
        advice.append(f"{report.dropped} messages came too fast and were dropped. Scan again when it is calmer.")
    if report.refused:
        advice.append(f"{report.refused} entries did not fit into the list: something floods this network.")
    if report.others and not report.devices:
        advice.append(f"{report.others} other devices answered, but none that is known as a camera.")
    return advice
