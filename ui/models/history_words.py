"""Words for change sets: when, what, what became of it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from PySide6.QtCore import QCoreApplication

from app.settings.changes import Verdict
from app.site.records import ChangeSet, ChangeState, Origin
from app.site.summary import Entry, Happening, entries
from app.site.wording import worded_entries

LONGEST = 4000  # lines of a difference that are shown


def _tr(text: str) -> str:
    return QCoreApplication.translate("History", text)


def when(moment: datetime) -> str:
    """Local time; the date where it was not today."""
    local = moment.astimezone()
    today = local.date() == datetime.now().astimezone().date()
    return f"{local:%H:%M:%S}" if today else f"{local:%Y-%m-%d %H:%M}"


def what(change_set: ChangeSet) -> str:
    """The resource, and what somebody meant to change of it."""
    every = entries(change_set.fields)
    besides = [each for each in every if each.field.verdict is Verdict.SIDE_EFFECT]
    meant = [entry(each)[0] for each in every if each not in besides or change_set.origin is Origin.EFFECT]
    names = ", ".join(dict.fromkeys(meant[:3])) + ("…" if len(meant) > 3 else "")
    return f"{change_set.title}: {names}" if names else change_set.title


def haystack(change_set: ChangeSet) -> str:
    """Everything that is shown of a change set, for those who look for it by what they see."""
    texts = [what(change_set), when(change_set.started), outcome(change_set)[0], origin(change_set)]
    for told in worded_entries(change_set):
        texts += [*entry(told), verdict(told.field.verdict, told.field.read_back)[0], told.field.reason]
    return " ".join(texts)


def entry(told: Entry) -> tuple[str, str, str]:
    """What it is about, what was and what shall be, "" where there is nothing to be said. Its values are in words where
    the catalog has some (`app.site.wording`)."""
    field = told.field
    match told.what:
        case Happening.CAME:
            return _tr("{} added").format(told.name), "", ""
        case Happening.WENT:
            return _tr("{} taken out").format(told.name), "", ""
        case Happening.DRAWN:
            return (_tr("{}: corners moved").format(told.name) if told.name else _tr("Corners moved")), "", ""
        case Happening.ORDERED:
            return _tr("{}: another order").format(field.title), field.old, field.new
    title = _tr("{record}: {field}").format(record=told.name, field=field.title) if told.name else field.title
    empty = _tr("(empty)")
    return title, value(field.old, field.new) or empty, value(field.new, field.old) or empty


def elsewhere(page: str, told: Iterable[Entry]) -> Iterator[Entry]:
    """Entries of another page, called by it."""
    for each in told:
        name = _tr("{0}: {1}").format(page, each.name or each.field.title or each.field.path)
        yield replace(each, name=name) if each.name else replace(each, field=replace(each.field, title=name))


def value(text: str, other: str) -> str:
    """A value for people, also one whose kind nobody knows: only where both sides can be nothing but a switch they are
    told as one."""
    switch = {"true": _tr("On"), "false": _tr("Off")}
    return switch.get(text, text) if text != other and {text, other} <= {*switch, ""} else text


def origin(change_set: ChangeSet) -> str:
    words = {
        Origin.FORM: _tr("in the form"),
        Origin.RAW: _tr("as a whole document"),
        Origin.UNDO: _tr("as undo of change {}").format(change_set.undo_of),
        Origin.RESTORE: _tr("by restoring a file"),
        Origin.CLI: _tr("on the command line"),
        Origin.EFFECT: _tr("as a side effect of change {}").format(change_set.effect_of),
    }
    return words[change_set.origin]


def outcome(change_set: ChangeSet) -> tuple[str, str, str]:
    """A word, the icon and the colour for it."""
    verdicts = {field.verdict for field in change_set.fields}
    match change_set.state:
        case ChangeState.SENDING:
            return _tr("being sent"), "circle-dashed", "secondary"
        case ChangeState.JUDGING:
            return _tr("being read again"), "circle-dashed", "secondary"
        case ChangeState.FAILED:
            return _tr("not changed"), "error", "error"
        case ChangeState.UNKNOWN:
            return _tr("outcome not known"), "help", "warn"
    if Verdict.IGNORED in verdicts:
        return _tr("ignored"), "error", "error"
    if Verdict.ADJUSTED in verdicts:
        return _tr("adjusted"), "warning", "warn"
    if change_set.origin is Origin.EFFECT:
        return _tr("side effect"), "warning", "warn"
    if Verdict.SIDE_EFFECT in verdicts:
        return _tr("kept, and more changed"), "warning", "warn"
    if verdicts == {Verdict.NOT_VERIFIABLE}:
        return _tr("sent, cannot be checked"), "info", "secondary"
    return _tr("kept"), "ok", "ok"


def verdict(judged: Verdict | None, read_back: str | None) -> tuple[str, str]:
    """What became of a field in words, and their colour."""
    match judged:
        case None:
            return _tr("not known"), "warn"
        case Verdict.KEPT:
            return _tr("kept"), "ok"
        case Verdict.ADJUSTED:
            return _tr("camera set {} instead").format(read_back or _tr("nothing")), "warn"
        case Verdict.IGNORED:
            return _tr("ignored by the camera"), "error"
        case Verdict.SIDE_EFFECT:
            return _tr("changed by the camera to {}").format(read_back or _tr("nothing")), "warn"
        case Verdict.NOT_VERIFIABLE:
            return _tr("cannot be checked"), "secondary"


def difference(before: bytes | None, after: bytes | None) -> str:
    """The two documents as people compare them: lines that went with -, that came with +."""
    if before is None:
        return _tr("The document of before is not in the site file.")
    if after is None:
        return _tr("The document was not read back, so there is nothing to compare with.")
    old, new = (_text(raw).splitlines() for raw in (before, after))
    lines = list(difflib.unified_diff(old, new, "", "", lineterm="", n=3))[2:]
    if not lines:
        return _tr("Both documents are the same.")
    shown = lines[:LONGEST]
    return "\n".join(shown if len(shown) == len(lines) else [*shown, "…"])


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")
