"""A week as the list of time blocks that devices keep it in. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from app.settings.depends import Combined
from app.settings.lists import RecordList, format_order, is_new, joined
from app.settings.spec import Kind, Spec
from app.settings.week import END, SLOT, Block, Week, format_week, parse_week, seconds, week_of

_BLOCK = re.compile(r"(.*TimeBlockList)/(TimeBlock(?:\[\d+\])?)/(dayOfWeek|TimeRange/beginTime|TimeRange/endTime)")
_RECORDS = "TimeBlock[]"
_LEAVES = ("dayOfWeek", "TimeRange/beginTime", "TimeRange/endTime")
_LAST = ("23:59:59", "23:59")  # how some devices write the end of a day


def fitted(week: Week, held: Sequence[Block]) -> tuple[Block, ...] | None:
    """As many blocks as the device holds, which together are the week; None where that cannot be.

    Blocks that say something of the week stay where they are. Blocks too many halve a stretch, unless the device
    itself leaves blocks empty.
    """
    if week_of(held) == week:
        return tuple(held)
    wanted = [(day, begin, end) for day, each in enumerate(week.days) for begin, end in each]
    placed: list[Block | None] = [None] * len(held)
    for number, block in enumerate(held):
        if block in wanted:
            wanted.remove(block)
            placed[number] = block
    free = [number for number, block in enumerate(placed) if block is None]
    if len(wanted) > len(free):
        return None
    for block in wanted:
        number = next((n for n in free if held[n][0] == block[0]), free[0])
        free.remove(number)
        placed[number] = block
    for number in free:
        placed[number] = _spare(placed, held[number][0], empty=any(begin == end for _, begin, end in held))
    whole = tuple(block for block in placed if block is not None)
    return whole if len(whole) == len(held) else None


def _spare(placed: list[Block | None], day: int, *, empty: bool) -> Block | None:
    """What a block too many holds: nothing, or the second half of the longest stretch, which is cut for it."""
    if empty:
        return (day, 0, 0)
    long = max(range(len(placed)), key=lambda n: _length(placed[n]), default=-1)
    block = placed[long] if long >= 0 else None
    if block is None or _length(block) < 2 * 60:
        return None
    step = SLOT if _length(block) >= 2 * SLOT else 60
    middle = (block[1] + _length(block) // 2) // step * step
    placed[long] = (block[0], block[1], middle)
    return (block[0], middle, block[2])


def _length(block: Block | None) -> int:
    return block[2] - block[1] if block is not None else -1


@dataclass(frozen=True, slots=True)
class WeekChoice(Combined):
    """A list of time blocks as one week. held are the texts of parts as the device sent them, three to a block."""

    held: tuple[str, ...] = field(default=(), repr=False)

    def spec(self) -> Spec:
        return Spec(Kind.WEEK, self.title, self.help, source="device")

    def join(self, texts: Iterable[str]) -> str:
        """The week; what was kept in the first part because it fits nowhere comes back as it is."""
        given = tuple(texts)
        blocks = _blocks(given) if given else ()
        return given[0] if blocks is None else format_week(week_of(blocks))

    def split(self, text: str) -> tuple[str, ...]:
        held = _blocks(self.held)
        try:
            blocks = fitted(parse_week(text), held) if held is not None else None
        except ValueError:
            return ()
        if blocks is None or held is None:
            return ()
        found: list[str] = []
        for number, block in enumerate(blocks):
            own = self.held[number * 3 : number * 3 + 3]
            found += own if block == held[number] else self._texts(block)
        return tuple(found)

    def arranged(self, text: str, of: RecordList) -> Mapping[str, str]:
        """A week of more stretches than the list has blocks gets new ones; an empty week empties it."""
        try:
            week = parse_week(text)
        except ValueError:
            return {}
        held, needed = _blocks(self.held) or (), sum(map(len, week.days))
        if not needed:
            return {} if of.least else {of.path: ""}
        if needed <= len(held) or not of.template or (of.most is not None and needed > of.most):
            return {}
        new = tuple(f"+{number}" for number in range(1, needed - len(held) + 1))
        blocks = fitted(week, (*held, *((0, 0, 0) for _ in new))) or ()
        found = {of.path: format_order((*of.order, *new))}
        for token, block in zip((*of.order, *new), blocks, strict=True):
            kept = not is_new(token) and held[int(token) - 1] == block
            texts = self.held[int(token) * 3 - 3 : int(token) * 3] if kept else self._texts(block)
            found |= dict(zip((joined(of.place(token), leaf) for leaf in _LEAVES), texts, strict=True))
        return found

    def _texts(self, block: Block) -> tuple[str, str, str]:
        """A block in the spelling of the others."""
        short = bool(self.held) and len(self.held[1].strip()) == 5
        ends = [text.strip() for text in self.held[2::3]]
        last = next((text for text in ends if text in _LAST), "24:00" if short else "24:00:00")
        begin, end = (f"{at // 3600:02}:{at // 60 % 60:02}" + ("" if short else f":{at % 60:02}") for at in block[1:])
        return str(block[0] + 1), begin, last if block[2] == END else end

    def problem(self, text: str) -> str:
        return self.problem_in(text, None)

    def problem_in(self, text: str, of: RecordList | None) -> str:
        if self.split(text) or (of is not None and self.arranged(text, of)):
            return ""
        try:
            week = parse_week(text)
        except ValueError:
            return "Use days and times like Mon 08:00-18:00"
        here, needed = len(self.held) // 3, sum(map(len, week.days))
        room = max(here, of.most or 0) if of is not None and of.template else here
        if not needed:
            return "Leave at least one stretch: the camera's list cannot be emptied here"
        if needed > room:
            return f"The camera's list has {room} stretches, this week needs {needed}"
        return "The camera's list cannot hold this week"


def weeks(texts: Mapping[str, str]) -> tuple[WeekChoice, ...]:
    """The weeks in a document, from its texts by path. A list with anything that is no plain block is left as it is."""
    found_lists: dict[str, dict[str, dict[str, str]]] = {}
    for path in texts:
        if found := _BLOCK.fullmatch(path):
            found_lists.setdefault(found[1], {}).setdefault(found[2], {})[found[3]] = path
    made = []
    for path, blocks in found_lists.items():
        parts = tuple(block.get(leaf, "") for block in blocks.values() for leaf in _LEAVES)
        held = tuple(texts.get(part, "") for part in parts)
        if all(parts) and _blocks(held) is not None:
            made.append(_choice(path, parts, held))
    return tuple(made)


def empty_weeks(found: Iterable[RecordList]) -> tuple[WeekChoice, ...]:
    """Weeks whose list has no block yet, where the device says what one looks like."""
    return tuple(
        _choice(each.path.rpartition("/")[0], (), ())
        for each in found
        if not each.members
        and each.path.endswith(_RECORDS)
        and [field.path for field in each.template if field.path != each.key] == list(_LEAVES)
    )


def _choice(path: str, parts: tuple[str, ...], held: tuple[str, ...]) -> WeekChoice:
    help_ = "When this is active"
    return WeekChoice(path, "Weekly schedule", parts, (), help_, f"{path}/{_RECORDS}", _LEAVES, held)


def _blocks(texts: Sequence[str]) -> tuple[Block, ...] | None:
    """Texts of day, begin and end, again and again; None when one is no plain block."""
    found: list[Block] = []
    for day, begin, end in zip(texts[::3], texts[1::3], texts[2::3], strict=True):
        if day.strip() not in ("1", "2", "3", "4", "5", "6", "7"):
            return None
        try:
            block = (int(day) - 1, seconds(begin), END if end.strip() in _LAST else seconds(end))
        except ValueError:
            return None
        if block[1] > block[2]:
            return None
        found.append(block)
    return tuple(found) if found else None
