"""Names of what a dome can be sent to do, of days and of limits, for people."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLocale

from app.model.ptz_plans import ALWAYS, NEVER, Errand


def _tr(text: str) -> str:
    return QCoreApplication.translate("Ptz", text)


def errand_word(errand: str) -> str:
    """The device's own word where it is none of ours."""
    words = {
        Errand.NOTHING: _tr("Nothing"),
        Errand.AUTO_SCAN: _tr("Auto scan"),
        Errand.FRAME_SCAN: _tr("Frame scan"),
        Errand.RANDOM_SCAN: _tr("Random scan"),
        Errand.PANORAMA_SCAN: _tr("Panorama scan"),
        Errand.TILT_SCAN: _tr("Tilt scan"),
        Errand.PRESET: _tr("Preset"),
        Errand.PATROL: _tr("Patrol"),
        Errand.PATTERN: _tr("Pattern"),
        Errand.REBOOT: _tr("Restart"),
        Errand.ADJUST: _tr("Adjust itself"),
        Errand.AUXILIARY: _tr("Auxiliary"),
    }
    return words.get(Errand(errand), errand) if errand in set(Errand) else errand


def day_word(day: int) -> str:
    """1 is Monday."""
    return QLocale().standaloneDayName(day)


def limit_word(kind: str) -> str:
    words = {"manual": _tr("For hands"), "scan": _tr("For the panorama scan")}
    return words.get(kind, _tr("Limit {}").format(kind))


def span_word(seconds: int) -> str:
    words = {NEVER: _tr("Never"), ALWAYS: _tr("Always")}
    return words.get(seconds, _tr("For {} s after a move").format(seconds))


def memory_word(seconds: int) -> str:
    if seconds == 0:
        return _tr("Off")
    if seconds % 60:
        return _tr("After {} s in one place").format(seconds)
    return _tr("After {} min in one place").format(seconds // 60)
