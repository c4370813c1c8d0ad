"""Gamepads through SDL: its joysticks only, no window, no events, no signals of its own."""

from __future__ import annotations

import warnings
from typing import Any

from app.ptz.pad import PadsMissing, PadState

_FULL = 32767
_AXES = {"across": "LEFTX", "down": "LEFTY", "narrow": "TRIGGERRIGHT", "widen": "TRIGGERLEFT"}
_BUTTONS = ("A", "B", "X", "Y", "BACK", "START")


def load() -> Any:
    """The library. PadsMissing where it is not there or cannot be loaded."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it tells which of its libraries it has found
            import sdl2
    except (ImportError, OSError, RuntimeError) as error:
        raise PadsMissing(str(error)) from error
    return sdl2


class SdlPads:
    """Implements `Pads`. PadsMissing where SDL does not start."""

    def __init__(self) -> None:
        self._sdl = sdl = load()
        for name in ("NO_SIGNAL_HANDLERS", "JOYSTICK_ALLOW_BACKGROUND_EVENTS", "JOYSTICK_THREAD"):
            sdl.SDL_SetHint(getattr(sdl, f"SDL_HINT_{name}"), b"1")
        if sdl.SDL_InitSubSystem(sdl.SDL_INIT_GAMECONTROLLER) != 0:
            raise PadsMissing(sdl.SDL_GetError().decode(errors="replace"))
        # Asked, not told: a queue that nobody empties would only grow.
        sdl.SDL_JoystickEventState(sdl.SDL_IGNORE)
        sdl.SDL_GameControllerEventState(sdl.SDL_IGNORE)
        self._pad: Any = None

    def read(self) -> PadState | None:
        sdl = self._sdl
        sdl.SDL_GameControllerUpdate()
        sdl.SDL_FlushEvents(sdl.SDL_FIRSTEVENT, sdl.SDL_LASTEVENT)  # comings and goings are queued all the same
        if self._pad is not None and not sdl.SDL_GameControllerGetAttached(self._pad):
            self._let_go()
        if self._pad is None:
            self._pad = self._first()
        return self._state() if self._pad is not None else None

    def close(self) -> None:
        self._let_go()
        self._sdl.SDL_QuitSubSystem(self._sdl.SDL_INIT_GAMECONTROLLER)

    def _first(self) -> Any:
        """None where there is none."""
        sdl = self._sdl
        for number in range(sdl.SDL_NumJoysticks()):
            if sdl.SDL_IsGameController(number):
                opened = sdl.SDL_GameControllerOpen(number)
                if opened:
                    return opened
        return None

    def _let_go(self) -> None:
        if self._pad is not None:
            self._sdl.SDL_GameControllerClose(self._pad)
            self._pad = None

    def _state(self) -> PadState:
        sdl, pad = self._sdl, self._pad
        axes = {
            name: max(-1.0, sdl.SDL_GameControllerGetAxis(pad, getattr(sdl, f"SDL_CONTROLLER_AXIS_{axis}")) / _FULL)
            for name, axis in _AXES.items()
        }
        held = frozenset(
            each.lower()
            for each in _BUTTONS
            if sdl.SDL_GameControllerGetButton(pad, getattr(sdl, f"SDL_CONTROLLER_BUTTON_{each}"))
        )
        name = sdl.SDL_GameControllerName(pad)
        return PadState(name.decode(errors="replace") if name else "", **axes, buttons=held)
