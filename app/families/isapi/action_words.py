"""What the actions of the protocol are called, what tells the camera to do them, and what comes of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.families.isapi import catalog as catalogs
from app.families.isapi.dialect import Dialect
from app.families.isapi.titles import titles
from app.model.action import Action, Danger


@dataclass(frozen=True, slots=True)
class _Known:
    """pattern matches the tail of the path with its query. order and consequence hold {camera}, and {place} for the
    page that the action belongs to ("disk 1")."""

    pattern: str
    order: str
    consequence: str
    danger: Danger = Danger.NONE
    restarts: bool = False
    title: str = ""


_KNOWN = (
    _Known(
        r"/System/reboot",
        "Restart {camera}",
        "{camera} restarts. It is away for about a minute and records nothing meanwhile.",
        Danger.INTERRUPTS,
        restarts=True,
        title="Restart",
    ),
    _Known(
        r"/System/factoryReset\?mode=basic",
        "Reset the settings of {camera}",
        "{camera} loses its settings, but keeps its address and accounts, and restarts.",
        Danger.LOSES,
        restarts=True,
        title="Reset the settings, keep the network",
    ),
    _Known(
        r"/System/factoryReset.*",
        "Reset {camera} to factory state",
        "{camera} loses everything: settings, accounts, password and its address. It restarts, has to be set up anew "
        "and may not be reachable from here.",
        Danger.LOSES,
        restarts=True,
        title="Reset to factory state",
    ),
    _Known(
        r"/System/onlineUpgrade/upgrade",
        "Update the firmware of {camera}",
        "{camera} fetches firmware from its maker's server, installs it and restarts.",
        Danger.INTERRUPTS,
        restarts=True,
    ),
    _Known(
        r".*/format",
        "Erase {place} of {camera}",
        "{camera} erases {place}. All recordings on it are lost.",
        Danger.LOSES,
        title="Erase a disk",
    ),
    _Known(
        r".*/requestKeyFrame",
        "Ask {camera} for a key frame",
        "{camera} sends a complete picture at once. Nothing else changes.",
    ),
    _Known(
        r".*/refreshFrame",
        "Refresh the picture of {camera}",
        "{camera} sends a complete picture at once. Nothing else changes.",
    ),
    _Known(
        r".*/resetImage",
        "Reset the camera unit of {camera}",
        "{camera} cuts the power of its camera unit and turns it on again. The picture is gone for a moment.",
        Danger.INTERRUPTS,
    ),
    _Known(
        r".*/restoreImageparam",
        "Reset the picture settings of {camera}",
        "{camera} loses its picture settings of this channel and uses those of the factory.",
        Danger.LOSES,
    ),
    _Known(
        r".*/edfRestoreParam",
        "Reset this page of {camera}",
        "{camera} loses the settings of this page and uses those of the factory.",
        Danger.LOSES,
    ),
    _Known(
        r".*/resetCount",
        "Set the count of {camera} to zero",
        "{camera} sets this count to zero; what it has counted is lost.",
        Danger.LOSES,
    ),
    _Known(r".*/homeposition/goto", "Turn {camera} home", "{camera} turns to its home position."),
    _Known(
        r".*/(presets/[^/]+/goto|gotoScene|scenePtz/[^/]+/goto)",
        "Turn {camera} there",
        "{camera} turns there.",
    ),
    _Known(
        r".*/homeposition",
        "Set the home position of {camera}",
        "{camera} takes where it looks now as its home position. The one before is forgotten.",
        Danger.INTERRUPTS,
    ),
    _Known(
        r".*/sensorReset(/.*)?",
        "Reset the sensors of {camera}",
        "{camera} resets its sensors; the picture fails for a moment.",
        Danger.INTERRUPTS,
    ),
    _Known(r".*/disarming", "Disarm {camera}", "{camera} is disarmed: it raises no alarm any more.", Danger.INTERRUPTS),
    _Known(r".*/arming", "Arm {camera}", "{camera} is armed: it raises alarms from now on."),
    _Known(
        r".*/TwoWayAudio(/channels/[^/]+)?/open",
        "Open the loudspeaker of {camera}",
        "{camera} opens its loudspeaker to whoever asked for it.",
    ),
    _Known(
        r".*/TwoWayAudio(/channels/[^/]+)?/close",
        "Close the loudspeaker of {camera}",
        "{camera} ends the talk, also somebody else's.",
    ),
    _Known(
        r".*/Serial/ports/.*(open|transChanOpen)",
        "Open the serial port of {camera}",
        "{camera} gives its serial port to whoever asked for it; what is connected there hears no one else.",
        Danger.INTERRUPTS,
    ),
    _Known(
        r".*/Serial/ports/.*(close|transChanClose)",
        "Close the serial port of {camera}",
        "{camera} takes its serial port back.",
        Danger.INTERRUPTS,
    ),
    _Known(
        r".*/WPS/AutoConnect",
        "Connect {camera} by WPS",
        "{camera} lets itself into the wireless network whose router is asked for it now, and may leave this one.",
        Danger.INTERRUPTS,
    ),
    _Known(
        r".*/THScreen/timing",
        "Set the clock of the display of {camera}",
        "{camera} sets the clock of the display that is connected to it.",
    ),
    _Known(
        r".*/telecontrol/study",
        "Teach {camera} a remote control",
        "{camera} learns the remote control that is pressed next.",
        Danger.INTERRUPTS,
    ),
    _Known(
        r".*/pointToNorth",
        "Set north of {camera} here",
        "{camera} takes where it looks now as north.",
        Danger.INTERRUPTS,
    ),
    _Known(
        r".*/(ZoomRatial|trackingRatio|fireFocusZoom)",
        "Set the zoom of {camera}",
        "{camera} changes its zoom.",
        Danger.INTERRUPTS,
    ),
    _Known(
        r".*/patrols/[^/]+/start",
        "Start the patrol of {camera}",
        "{camera} begins this patrol and moves until it is stopped.",
    ),
    _Known(r".*/patrols/[^/]+/(stop|pause)", "Stop the patrol of {camera}", "{camera} stands still where it is."),
    _Known(
        r".*/patterns/[^/]+/recordstart",
        "Record a pattern of {camera}",
        "{camera} records its movements as this pattern from now on; what was recorded there before is lost.",
        Danger.LOSES,
    ),
    _Known(
        r".*/patterns/[^/]+/recordstop",
        "End the recording of {camera}",
        "{camera} ends the recording of this pattern and keeps it.",
    ),
    _Known(
        r".*/patterns/[^/]+/run",
        "Run the pattern of {camera}",
        "{camera} repeats this pattern and moves until it is stopped.",
    ),
    _Known(r".*/patterns/[^/]+/stop", "Stop the pattern of {camera}", "{camera} stands still where it is."),
    _Known(
        r".*/ptzlimiteds/[^/]+/set(start)?",
        "Set a limit of {camera} here",
        "{camera} takes where it looks now as a limit of its movement.",
        Danger.INTERRUPTS,
    ),
    _Known(r".*/PTZControl", "Move {camera}", "{camera} moves."),
    _Known(
        r".*/calibrate", "Calibrate {camera}", "{camera} calibrates itself and moves while it does.", Danger.INTERRUPTS
    ),
)
_OTHER = _Known(".*", "{title}: {camera}", "{camera} does this at once.", Danger.INTERRUPTS)


def described(dialect: Dialect, path: str, title: str, camera: str, place: str = "") -> Action:
    """The action at a path with its query. title: of a page in the tree, which a better one replaces."""
    tail = dialect.tail(path)
    known = next((each for each in _KNOWN if re.fullmatch(each.pattern, tail, re.IGNORECASE)), _OTHER)
    title = known.title or title
    facts = {"camera": camera, "title": title, "place": _page_above(dialect, path)}
    order, consequence = known.order.format(**facts), known.consequence.format(**facts)
    return Action(path, title, consequence, known.danger, known.restarts, order, place)


def _page_above(dialect: Dialect, path: str) -> str:
    """What a disk, a stream or a preset is called inside of a sentence."""
    above = path.partition("?")[0].rpartition("/")[0]
    known = catalogs.catalog(dialect).lookup(above)
    page = titles().page(dialect.tail(above), dialect.tail(known.template)) if known else ""
    return page[:1].lower() + page[1:]
