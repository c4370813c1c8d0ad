"""Pan, tilt and zoom (text, section 4.9). One axis at a time: the camera takes no diagonals.

Places are counted from -1 to 1 (zoom 0 to 1), as the camera counts them, and it does not tell where it looks.
"""

from __future__ import annotations

from collections.abc import Callable

from app.errors import InvalidSetting, NotSupported
from app.families.vigi.client import Client, Login, Params
from app.families.vigi.facts import Facts
from app.model.ptz import Patrol, Pattern, Preset, PtzCapabilities, PtzPosition, PtzScale, Range

PRESETS = 8
_STEADY = 1e-9  # speeds below are a stop


class VigiPtz:
    """Implements `ptz.Ptz`, with a login of its own: it may live in another event loop than the session.

    open_client gives one more client for a login: a stop must not wait behind a move.
    """

    def __init__(self, login: Login, open_client: Callable[[Login], Client]) -> None:
        self._session_login = login
        self._open_client = open_client
        self._login: Login | None = None
        self._facts_of: Facts | None = None
        self._moves: Client | None = None
        self._stops: Client | None = None
        self._known: PtzCapabilities | None = None

    async def capabilities(self) -> PtzCapabilities:
        if self._known is None:
            modules = await self._facts.modules()
            speeds = await self._facts.speeds() if modules is None or "ptz" in modules else None
            if speeds is None:
                raise NotSupported(f"{self._mover.camera} cannot turn.")
            zoom = modules is None or "ptz_zoom" in modules
            whole = Range(-1.0, 1.0)
            self._known = PtzCapabilities(
                pan_tilt=True,
                zoom=zoom,
                scale=PtzScale.SHARES,
                absolute_pan=whole,
                absolute_tilt=whole,
                absolute_zoom=Range(0.0, 1.0) if zoom else None,
                presets=PRESETS,
            )
        return self._known

    async def warm(self) -> None:
        """Each call has a connection of its own: what can be had before is the login."""
        await self.capabilities()
        if self._stops is None:
            self._stops = self._open()
        await self._stops.token()

    async def move(self, pan: float, tilt: float, zoom: float) -> None:
        """The strongest of the three: a second command would end the first."""
        able = await self.capabilities()
        axes = {"x": pan, "y": tilt, "z": zoom if able.zoom else 0.0}
        axis = max(axes, key=lambda each: abs(axes[each]))
        if abs(axes[axis]) < _STEADY:
            await self._call(self._mover, "stopMove")
            return
        speeds = await self._facts.speeds() or (1.0, 1.0, 1.0)
        speed = abs(axes[axis]) * speeds["xyz".index(axis)]
        coord = axis if axes[axis] > 0 else f"-{axis}"
        await self._call(self._mover, "cruiseMove", {"coord": coord, "coord_speed": f"{speed:.6f}"})

    async def stop(self) -> None:
        if self._stops is None:
            self._stops = self._open()
        await self._call(self._stops, "stopMove")

    async def absolute(self, position: PtzPosition) -> None:
        able = await self.capabilities()
        problem = able.checked(position)
        if problem:
            raise InvalidSetting(problem)
        if position.pan is None or position.tilt is None or (able.zoom and position.zoom is None):
            raise InvalidSetting("The camera wants pan, tilt and zoom together: it does not tell where it looks.")
        params = {"x_coord": f"{position.pan:g}", "y_coord": f"{position.tilt:g}"}
        if position.zoom is not None:
            params["z_coord"] = f"{position.zoom:g}"
        await self._call(self._mover, "motorMove", params)

    async def presets(self) -> tuple[Preset, ...]:
        """All places that there are, those without a position as not set."""
        reply = await self._mover.call("getPresetPoint")
        values = reply.values(("id", "name")) or reply.result or reply.root
        ids, names = (found.items() if (found := values.child(name)) else () for name in ("id", "name"))
        held = dict(zip(ids, (*names, *[""] * len(ids)), strict=False))
        return tuple(
            Preset(str(number), held.get(str(number), ""), is_set=str(number) in held)
            for number in range(1, PRESETS + 1)
        )

    async def call_preset(self, preset: str) -> None:
        await self._call(self._mover, "gotoPresetPoint", {"id": _number(preset)})

    async def set_preset(self, preset: str, name: str = "") -> None:
        number = _number(preset)
        await self._call(self._mover, "setPresetPoint", {"id": number, "name": name or f"Preset {number}"})

    async def delete_preset(self, preset: str) -> None:
        await self._call(self._mover, "removePresetPoint", {"id": [_number(preset)]})

    async def close(self) -> None:
        for client in (self._moves, self._stops):
            if client is not None:
                await client.channel.close()
        self._moves = self._stops = self._facts_of = None

    def _open(self) -> Client:
        if self._login is None:
            self._login = self._session_login.twin()
        return self._open_client(self._login)

    @property
    def _facts(self) -> Facts:
        if self._facts_of is None:
            self._facts_of = Facts(self._mover)
        return self._facts_of

    @property
    def _mover(self) -> Client:
        if self._moves is None:
            self._moves = self._open()
        return self._moves

    async def _call(self, client: Client, method: str, params: Params | None = None) -> None:
        await client.call_once(method, params)  # a movement that comes late is another movement

    # -- what this protocol has not ------------------------------------------------------------------------------

    def _lacking(self) -> NotSupported:
        return NotSupported(f"{self._mover.camera} does not have this.")

    async def momentary(self, pan: float, tilt: float, zoom: float, seconds: float) -> None:
        raise self._lacking()

    async def centre_on(self, x: float, y: float) -> None:
        raise self._lacking()

    async def zoom_box(self, left: float, top: float, right: float, bottom: float) -> None:
        raise self._lacking()

    async def focus(self, speed: float) -> None:
        raise self._lacking()

    async def iris(self, speed: float) -> None:
        raise self._lacking()

    async def one_push_focus(self) -> None:
        raise self._lacking()

    async def auxiliary(self, name: str, on: bool) -> None:
        raise self._lacking()

    async def home(self) -> None:
        raise self._lacking()

    async def set_home(self) -> None:
        raise self._lacking()

    async def clear_home(self) -> None:
        raise self._lacking()

    async def rename_preset(self, preset: str, name: str) -> None:
        raise self._lacking()

    async def patrols(self) -> tuple[Patrol, ...]:
        return ()

    async def save_patrol(self, patrol: Patrol) -> None:
        raise self._lacking()

    async def run_patrol(self, patrol: str) -> None:
        raise self._lacking()

    async def stop_patrol(self, patrol: str) -> None:
        raise self._lacking()

    async def patterns(self) -> tuple[Pattern, ...]:
        return ()

    async def record_pattern(self, pattern: str, on: bool) -> None:
        raise self._lacking()

    async def run_pattern(self, pattern: str) -> None:
        raise self._lacking()

    async def stop_pattern(self, pattern: str) -> None:
        raise self._lacking()

    async def position(self) -> PtzPosition:
        raise self._lacking()

    async def field_of_view(self) -> float:
        raise self._lacking()


def _number(preset: str) -> str:
    """The protocol sends numbers of presets as texts."""
    text = preset.strip()
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= PRESETS:
        raise InvalidSetting(f"There are presets 1 to {PRESETS}.")
    return str(int(text))
