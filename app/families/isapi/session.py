"""Logging in, and the session that comes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol, runtime_checkable

from app.errors import AuthError, CameraError, Forbidden, NotSupported, ProtocolError
from app.families import base, media, ptz
from app.families.base import Credentials, Dialer, HttpChannel
from app.families.isapi import errors
from app.families.isapi.actions import IsapiActions
from app.families.isapi.client import DEFAULT_PORT, Client, called
from app.families.isapi.dialect import DIALECTS, Dialect, dialect
from app.families.isapi.events import IsapiEvents
from app.families.isapi.files import IsapiFiles
from app.families.isapi.identity import Identity
from app.families.isapi.nearby import IsapiNearby
from app.families.isapi.overview import IsapiOverview
from app.families.isapi.ptz import IsapiPtz
from app.families.isapi.ptz_plans import IsapiPtzPlans
from app.families.isapi.raw import IsapiRaw
from app.families.isapi.regions import IsapiRegions, IsapiRegionUndo
from app.families.isapi.relocation import Relocation
from app.families.isapi.settings import IsapiSettings
from app.families.isapi.streams import IsapiMaintenance, IsapiSnapshot, IsapiStreams
from app.model.device import Address
from app.patience import patiently
from app.wire.http import HttpAnswer

KEY = "isapi"
TITLE = "ISAPI"

# Pages that prove a login, in this order: not every firmware shows the first to every account.
# With the block each must hold: some web servers answer every path with a page of their own.
_LONGEST_NAME = 64
_DOORS = (
    ("/System/deviceInfo", "DeviceInfo"),
    ("/Security/userCheck", "userCheck"),
    ("/System/time", "Time"),
    ("/Streaming/channels", "StreamingChannelList"),
)


@runtime_checkable
class _ReadsRefusals(Protocol):
    """A channel that lets a family read the body of a 401."""

    read_refusal: Callable[[HttpAnswer], AuthError | None] | None


class IsapiSession(base.Session):
    """One device, logged in."""

    family = KEY
    family_title = TITLE

    def __init__(self, client: Client, credentials: Credentials, dialer: Dialer | None = None) -> None:
        """dialer: for connections of its own (PTZ) and for following a device that goes elsewhere."""
        self._client = client
        self._credentials = credentials
        self._dialer = dialer
        self.dialect = client.dialect.key
        self.address = client.channel.address
        self.user = credentials.user
        streams = self._streams = IsapiStreams(client, credentials)
        who = Identity(client)
        relocation = self._relocation = None
        if dialer is not None:
            relocation = self._relocation = Relocation(
                dialer, credentials, partial(_reopen, dialer, self.dialect), self._moved
            )
        settings = self._settings = IsapiSettings(client, identity=who, relocation=relocation)
        self._interfaces: dict[type, object] = {
            base.Overview: IsapiOverview(client),
            base.SettingsTree: settings,
            base.SettingsOutline: settings,
            base.Exclusions: settings.foresight,
            base.Neighbourhood: IsapiNearby(client.dialect, settings.loader),
            base.RawSettings: IsapiRaw(client, settings),
            base.Regions: IsapiRegions(client, settings),
            base.RegionUndo: IsapiRegionUndo(client),
            media.Streams: streams,
            media.Snapshot: IsapiSnapshot(client, streams),
            base.Maintenance: IsapiMaintenance(client),
            base.Actions: IsapiActions(client, settings),
            base.Files: IsapiFiles(client, settings, who),
            base.Events: IsapiEvents(client),
        }
        if dialer is not None:
            self._interfaces[base.Stranding] = settings
            self._interfaces[ptz.Ptz] = IsapiPtz(
                partial(self._open, dialer), client.dialect, title=lambda: client.camera
            )
            self._interfaces[ptz.PtzPlans] = IsapiPtzPlans(client)

    def interfaces(self) -> Mapping[type, object]:
        return self._interfaces

    def use_memory(self, memory: base.LadderMemory) -> None:
        self._settings.use_memory(memory)

    def use_search(self, search: base.Search) -> None:
        if self._relocation is not None:
            self._relocation.search = search

    def _open(self, dialer: Dialer) -> HttpChannel:
        """One more connection to wherever the device is."""
        return _channel(dialer, self.address, self._credentials)

    async def _moved(self, channel: HttpChannel, credentials: Credentials) -> None:
        """The device answers elsewhere, or to another password: from now on everything goes there."""
        left, self._client.channel = self._client.channel, channel
        await left.close()
        self._credentials = credentials
        self._streams.moved(credentials)
        self.address = channel.address
        self.user = credentials.user

    async def close(self) -> None:
        await self._client.channel.close()


async def _reopen(dialer: Dialer, dialect_key: str, address: Address, credentials: Credentials) -> Client:
    return (await connect(dialer, address, dialect_key, credentials))._client


async def connect(dialer: Dialer, address: Address, dialect_key: str, credentials: Credentials) -> IsapiSession:
    """Logs in with one try. AuthError: refused or locked; NotSupported: it does not speak this protocol."""
    channel = _channel(dialer, address.with_default_port(DEFAULT_PORT), credentials)
    try:
        client = await _first_spoken(channel, dialect(dialect_key))
    except BaseException:
        await channel.close()
        raise
    return IsapiSession(client, credentials, dialer)


def _channel(dialer: Dialer, address: Address, credentials: Credentials) -> HttpChannel:
    channel = dialer.http(address, credentials)
    if isinstance(channel, _ReadsRefusals):
        channel.read_refusal = partial(errors.refusal, camera=called(channel.address))
    return channel


async def _first_spoken(channel: HttpChannel, supposed: Dialect) -> Client:
    """The dialect that was recognised, else another one: before the login a device that guards every path looks the
    same in both. The password is tried once all the same, as a refused one ends it."""
    client = Client(channel, supposed)
    try:
        await _log_in(client, supposed)
        return client
    except NotSupported as problem:
        for other in DIALECTS.values():
            if other is not supposed and await _speaks(channel, other):
                return Client(channel, other)
        raise problem


async def _speaks(channel: HttpChannel, spoken: Dialect) -> bool:
    try:
        await _log_in(Client(channel, spoken), spoken)
    except (NotSupported, ProtocolError):
        return False
    return True


async def _log_in(client: Client, spoken: Dialect) -> None:
    problems: list[CameraError] = []
    for door, block in _DOORS:
        try:
            root = (await patiently(partial(client.read, door))).root
        except Forbidden:
            return  # the account is good, its level is not
        except (NotSupported, ProtocolError) as problem:
            problems.append(problem)
            continue
        if root.name.lower() == block.lower():
            client.name = root.text_of("deviceName")[:_LONGEST_NAME]
            return
        problems.append(NotSupported("Another page.", detail=f"{spoken.path(door)}: <{root.name[:40]}>"))
    if all(isinstance(each, ProtocolError) for each in problems):
        raise problems[0]  # it never made sense: say how, not what it lacks
    raise NotSupported(
        f"{client.camera} does not answer {spoken.title}.",
        hint="Check the address and port, or choose another protocol.",
        detail="; ".join(each.detail or each.summary for each in problems),
    )
