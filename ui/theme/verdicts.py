"""How verdicts look in lists: an icon and a colour beside the word."""

from __future__ import annotations

from app.settings.changes import Verdict

SIGNS = {
    Verdict.KEPT: ("ok", "ok"),
    Verdict.ADJUSTED: ("warning", "warn"),
    Verdict.IGNORED: ("error", "error"),
    Verdict.SIDE_EFFECT: ("warning", "warn"),
    Verdict.NOT_VERIFIABLE: ("info", "secondary"),
}
