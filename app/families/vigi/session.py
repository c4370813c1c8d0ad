"""Logging in, and the session that comes of it."""

from __future__ import annotations

from collections.abc import Mapping

from app.errors import CameraError, NotSupported, ProtocolError
from app.families import base, media, ptz
from app.families.base import Credentials, Dialer
from app.families.vigi.actions import VigiActions
from app.families.vigi.client import DEFAULT_PORT, Client, Login, called
from app.families.vigi.discovery import DIALECT
from app.families.vigi.events import VigiEvents
from app.families.vigi.facts import Facts
from app.families.vigi.logbook import VigiLog
from app.families.vigi.multitrans import VigiTalk
from app.families.vigi.nearby import VigiNearby
from app.families.vigi.overview import VigiOverview
from app.families.vigi.ptz import VigiPtz
from app.families.vigi.raw import VigiRaw
from app.families.vigi.recordings import VigiRecordings
from app.families.vigi.regions import VigiRegions
from app.families.vigi.settings import VigiSettings
from app.families.vigi.streams import VigiStreams
from app.model.device import Address

KEY = "vigi"
TITLE = "VIGI OpenAPI"


class VigiSession(base.Session):
    """One camera, logged in. modules are what it says it has (section 4.3), None where it does not say."""

    family = KEY
    family_title = TITLE
    dialect = DIALECT

    def __init__(
        self, client: Client, credentials: Credentials, dialer: Dialer, facts: Facts, modules: frozenset[str] | None
    ) -> None:
        self._client = client
        self._dialer = dialer
        self.address = client.channel.address
        self.user = credentials.user
        settings = VigiSettings(client, facts)
        streams = VigiStreams(client, credentials)
        self._interfaces: dict[type, object] = {
            base.Overview: VigiOverview(client),
            base.SettingsTree: settings,
            base.SettingsOutline: settings,
            base.Neighbourhood: VigiNearby(settings),
            base.RawSettings: VigiRaw(settings, str(self.address)),
            media.Streams: streams,
            base.Actions: VigiActions(client, facts),
            base.SystemLog: VigiLog(client),
            base.Regions: VigiRegions(settings, facts),
            base.Events: VigiEvents(client),
            ptz.Ptz: VigiPtz(client.login, self._beside),
        }
        if modules is None or "playback" in modules:
            self._interfaces[media.Recordings] = VigiRecordings(client, streams.door)
        if modules is None or "audio_speaker" in modules:
            self._interfaces[media.Talk] = VigiTalk(streams.door)

    def interfaces(self) -> Mapping[type, object]:
        return self._interfaces

    def _beside(self, login: Login) -> Client:
        """Another client of the same camera: its calls do not wait for those of this one."""
        made = Client(self._dialer.http(self.address, None, secure=True), login)
        made.name = self._client.name
        return made

    async def close(self) -> None:
        await self._client.channel.close()


async def _modules(facts: Facts) -> frozenset[str] | None:
    """None where the list cannot be had: whoever asks for something of it is told why."""
    try:
        return await facts.modules()
    except CameraError:
        return None


async def connect(dialer: Dialer, address: Address, dialect: str, credentials: Credentials) -> VigiSession:
    """Logs in with one try. AuthError: refused or locked; NotSupported: it does not speak this protocol."""
    del dialect  # there is one
    channel = dialer.http(address.with_default_port(DEFAULT_PORT), None, secure=True)
    client = Client(channel, Login(credentials))
    facts = Facts(client)
    try:
        await client.log_in()
        modules = await _modules(facts)
    except ProtocolError as problem:
        await channel.close()
        raise NotSupported(
            f"{called(channel.address)} does not answer {TITLE}.",
            hint="OpenAPI is off in a new camera: switch it on in its web page, under Network Settings.",
            detail=problem.detail or problem.summary,
        ) from problem
    except BaseException:
        await channel.close()
        raise
    return VigiSession(client, credentials, dialer, facts, modules)
