"""What an undo has come to, or why there is nothing to undo, in sentences that name the settings."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication

from app.site.undo import Undone, UndoPlan
from app.site.undo_standing import Standing, UndoField

_MOST = 4  # settings that are named


def _tr(text: str) -> str:
    return QCoreApplication.translate("Undo", text)


def nothing(plan: UndoPlan, device: str) -> str:
    """Why nothing is sent."""
    stuck = [field for field in plan.fields if field.standing is not Standing.BACK]
    if not stuck:
        return _tr("Nothing to set back: {} holds the earlier values already.").format(device)
    return _tr("Nothing can be set back on {0}. {1}").format(device, _reasons(stuck))


def outcome(undone: Undone, device: str) -> tuple[str, str]:
    """A text and its colour."""
    if undone.short:
        text = _tr("{0} is not as it was before. {1}").format(device, _reasons(undone.short))
        return text, "warn"
    said = [_tr("Set back. {} holds the earlier values.").format(device)]
    idle = _tr("“{0}” came with the change and is there still, without effect. {1}")
    said += [idle.format(field.title or field.path, field.reason) for field in undone.idle[:_MOST]]
    if undone.besides:
        titles = ", ".join(dict.fromkeys(field.title or field.path for field in undone.besides[:_MOST]))
        said.append(_tr("It changed besides: {}. The newest entry says how.").format(titles))
    return " ".join(said), "warn" if undone.besides else "ok"


def _reasons(fields: Iterable[UndoField]) -> str:
    """Each reason once, with the settings that it is of."""
    found: dict[str, list[str]] = {}
    for field in fields:
        found.setdefault(field.reason, []).append(field.title or field.path)
    told = [_tr("{0}: {1}").format(", ".join(titles[:_MOST]), reason) for reason, titles in found.items()]
    return " ".join(told[:_MOST])
