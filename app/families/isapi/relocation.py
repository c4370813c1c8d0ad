"""Writes after which the device may be elsewhere: checked, sent, followed, proved at the new place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from app.errors import CameraError, InvalidSetting, TransportError
from app.families.base import Credentials, Dialer, HttpChannel, Search
from app.families.isapi import stranding
from app.families.isapi.client import Client
from app.families.isapi.following import Arrived, Connect, Follower, Stayed
from app.families.isapi.identity import Identity
from app.families.isapi.loading import Loader
from app.families.isapi.stranding import is_taken
from app.families.isapi.writing import Written
from app.patience import Sleep, patiently
from app.settings import proof
from app.settings.changes import Change, Proof, Verdict
from app.settings.document import Document
from app.settings.strands import Lost, Strand, StrandKind

Moved = Callable[[HttpChannel, Credentials], Awaitable[None]]


@dataclass
class Relocation:
    """What a session needs to follow its device. moved is told the new channel and what it logs in with; search finds
    a device whose new address nobody can know."""

    dialer: Dialer
    credentials: Credentials
    connect: Connect
    moved: Moved
    search: Search | None = None

    def ground(self, client: Client) -> stranding.Ground:
        return stranding.Ground(client.camera, client.channel.address, self.credentials)

    def strands(self, client: Client, document: Document, changes: tuple[Change, ...]) -> tuple[Strand, ...]:
        return stranding.strands(self.ground(client), document, changes)

    async def check(self, client: Client, document: Document, changes: tuple[Change, ...]) -> tuple[str, ...]:
        """As `base.Stranding.check`."""
        ground = self.ground(client)
        warnings = stranding.objections(ground, document, changes)
        found = self.strands(client, document, changes)
        place = stranding.destination(ground, found)
        its_own = all(each.kind is StrandKind.TLS for each in found)  # it answers there already
        if place is not None and not its_own and place != ground.address and await is_taken(self.dialer, place):
            raise InvalidSetting(
                f"Something answers at {place} already.",
                hint="Choose another address, or take that device off the network first.",
                path=changes[0].path,
            )
        return warnings

    async def follow(
        self,
        client: Client,
        who: Identity,
        base: Document,
        changes: tuple[Change, ...],
        written: Written | None,
        sleep: Sleep,
    ) -> tuple[Proof, Document]:
        """The proof, from wherever the device is found. A device that takes the change over only after a restart is
        restarted."""
        ground = self.ground(client)
        serial = (await who.get()).serial
        going = self.strands(client, base, changes)
        place = stranding.destination(ground, going)
        credentials = stranding.new_credentials(ground, base, changes)
        asked = written is not None and written.reboot
        reboot = asked and await _restart(client, sleep)
        follower = Follower(self.connect, client, sleep)
        if place is not None:
            found = await follower.follow(place, credentials, serial, restarts=reboot)
        elif self.search is not None and any(each.kind is StrandKind.ADDRESS for each in going):
            found = await follower.seek(self.search, credentials, serial, restarts=reboot)
        else:
            found = _out_of_reach(client.camera, going)
        if isinstance(found, Arrived):
            place, self.credentials = found.address, credentials
            await self.moved(found.channel, credentials)
        elif not isinstance(found, Stayed):
            return replace(proof.unread(base, changes, found.summary), lost=found), base
        after = await self._read_back(client, base, sleep)
        if isinstance(after, CameraError):
            proved, after = proof.unread(base, changes, after.summary), base
        else:
            proved = proof.prove(base, changes, after)
        if isinstance(found, Stayed) and credentials != ground.credentials:
            proved = _with_old_login(proved, {each.path for each in going})
        moved = isinstance(found, Arrived) and place != ground.address
        changed = isinstance(found, Arrived) and credentials != ground.credentials
        stayed = ground.address if isinstance(found, Stayed) and place not in (None, ground.address) else None
        went = replace(proved, moved_to=place if moved else None, stayed_at=stayed, password_changed=changed)
        return replace(went, reboot_required=asked and not reboot), after

    async def _read_back(self, client: Client, base: Document, sleep: Sleep) -> Document | CameraError:
        try:
            return await Loader(client, sleep).read_back(base.resource)
        except CameraError as problem:
            return problem


def _out_of_reach(camera: str, going: tuple[Strand, ...]) -> Lost:
    """Nobody can know where it is, or it takes nothing any more."""
    if any(each.kind is StrandKind.ADDRESS for each in going):
        return Lost(f"{camera} has asked a DHCP server for its address.", "Scan for it in a minute.")
    return Lost(
        f"{camera} takes no settings over the network any more.",
        "Reset it with the button on the device, then set it up anew.",
    )


def _with_old_login(proved: Proof, login: set[str]) -> Proof:
    """A login cannot be read back, but it was tried: the device refused the new one and still takes the old one."""
    reason = "The camera refused the new login and still takes the old one."
    fields = (
        replace(each, verdict=Verdict.IGNORED, reason=reason)
        if each.path in login and each.verdict is Verdict.NOT_VERIFIABLE
        else each
        for each in proved.fields
    )
    return replace(proved, fields=tuple(fields))


async def _restart(client: Client, sleep: Sleep) -> bool:
    """Whether it goes down, as far as it says: some hang up instead of answering, some do not want to."""
    try:
        await patiently(lambda: client.put("/System/reboot"), sleep)
    except TransportError:
        return True
    except CameraError:
        return False
    return True
