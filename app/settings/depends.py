"""How settings of one document hang together: what may be chosen, and what can be edited at all, by the values of
others. Frozen facts, made by a family when it reads a document; `Document` asks them with its working values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from app.settings.lists import RecordList
from app.settings.spec import Kind, Option, Spec

TextOf = Callable[[str], str]
_YES = frozenset(("true", "1", "yes", "on"))
_NO = frozenset(("false", "0", "no", "off"))


@dataclass(frozen=True, slots=True)
class Need:
    """path can be edited only while the setting `on` has one of `texts` (compared without regard to capitals;
    the spellings of a switch are one). negated: only while it has none of them. reason is a plain sentence. told: the
    text of `on` where that is a setting of another page, as it was read with this one."""

    path: str
    on: str
    texts: frozenset[str]
    reason: str
    negated: bool = False
    told: str | None = None

    def holds(self, text_of: TextOf) -> bool:
        text = text_of(self.on) if self.told is None else self.told
        return (_plain(text) in self.texts) is not self.negated


@dataclass(frozen=True, slots=True)
class Case:
    """While every setting in `when` has its text, these options or limits are in force. With a default of their own
    they narrow the declared limits instead of taking their place."""

    when: tuple[tuple[str, str], ...]
    options: tuple[Option, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    default: str | None = None

    def holds(self, text_of: TextOf) -> bool:
        return all(_plain(text_of(path)) == _plain(text) for path, text in self.when)


@dataclass(frozen=True, slots=True)
class Choice:
    """The constraints of path by cases; where none holds, the document's own are in force."""

    path: str
    cases: tuple[Case, ...]

    def in_force(self, text_of: TextOf) -> Case | None:
        """The first of those that hold."""
        return next((each for each in self.cases if each.holds(text_of)), None)

    def spec(self, spec: Spec, text_of: TextOf) -> Spec:
        case = self.in_force(text_of)
        if case is None:
            return spec
        if case.options:
            kind = spec.kind if spec.kind in (Kind.FPS100, Kind.BOOL) else Kind.OPTION
            return replace(spec, kind=kind, options=case.options, open_options=False, minimum=None, maximum=None)
        if case.default is not None:
            return replace(spec, maximum=_lower(spec.maximum, case.maximum), default=case.default)
        return replace(spec, minimum=case.minimum, maximum=case.maximum, ranges=())


@dataclass(frozen=True, slots=True)
class Combined:
    """Settings that people choose together ("Resolution" for a width and a height).

    parts are the paths of the settings; each option's value is their texts joined by JOIN. path is this choice's own
    and never on the wire. records is the list that the parts stand in, where they are all of its records, leaves the
    paths in a record: it is not shown beside the choice.
    """

    path: str
    title: str
    parts: tuple[str, ...]
    options: tuple[Option, ...]
    help: str = ""
    records: str = ""
    leaves: tuple[str, ...] = ()

    JOIN = "x"

    def spec(self) -> Spec:
        return Spec(Kind.OPTION, self.title, self.help, options=self.options, source="device")

    def join(self, texts: Iterable[str]) -> str:
        return self.JOIN.join(each.strip() for each in texts)

    def problem(self, text: str) -> str:
        """Why this text cannot be split, where there is more to say than that it is no option."""
        del text
        return ""

    def problem_in(self, text: str, of: RecordList | None) -> str:
        """As `problem`, where the parts stand in a list that may grow and shrink (None: in none)."""
        return "" if of is not None and self.arranged(text, of) else self.problem(text)

    def arranged(self, text: str, of: RecordList) -> Mapping[str, str]:
        """What a text needs that the parts alone cannot hold: the texts of the list, of its records and of new ones,
        by path. Empty where that cannot be either."""
        del text, of
        return {}

    def split(self, text: str) -> tuple[str, ...]:
        """The texts of the parts, () where the text has another number of them."""
        found = tuple(each.strip() for each in text.lower().replace("×", self.JOIN).split(self.JOIN))
        return found if len(found) == len(self.parts) and all(found) else ()


@dataclass(frozen=True)
class Depends:
    """Everything that is known of one document."""

    needs: tuple[Need, ...] = ()
    choices: tuple[Choice, ...] = ()
    combined: tuple[Combined, ...] = ()
    _needs: Mapping[str, tuple[Need, ...]] = field(init=False, repr=False, compare=False)
    _choices: Mapping[str, Choice] = field(init=False, repr=False, compare=False)
    _followers: Mapping[str, tuple[str, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        needs: dict[str, list[Need]] = {}
        followers: dict[str, dict[str, None]] = {}
        for need in self.needs:
            needs.setdefault(need.path, []).append(need)
            if need.told is None:
                followers.setdefault(need.on, {})[need.path] = None
        for choice in self.choices:
            for path in dict.fromkeys(path for case in choice.cases for path, _ in case.when):
                followers.setdefault(path, {})[choice.path] = None
        for combined in self.combined:
            for part in combined.parts:
                others = [each for each in (*combined.parts, combined.path) if each != part]
                followers.setdefault(part, {}).update(dict.fromkeys(others))
        object.__setattr__(self, "_needs", {path: tuple(found) for path, found in needs.items()})
        object.__setattr__(self, "_choices", {each.path: each for each in self.choices})
        object.__setattr__(self, "_followers", {path: tuple(found) for path, found in followers.items()})

    def spec(self, path: str, spec: Spec, text_of: TextOf) -> Spec:
        """The constraints in force."""
        choice = self._choices.get(path)
        return spec if choice is None else choice.spec(spec, text_of)

    def deciders(self, path: str, text_of: TextOf) -> tuple[str, ...]:
        """The settings whose values put the constraints in force; () where these are the document's own."""
        choice = self._choices.get(path)
        case = choice.in_force(text_of) if choice is not None else None
        return tuple(each for each, _ in case.when) if case is not None else ()

    def enabled(self, path: str, text_of: TextOf) -> tuple[bool, str]:
        """Whether it can be edited now, and why not."""
        need = next(iter(self.unmet(path, text_of)), None)
        return (True, "") if need is None else (False, need.reason)

    def unmet(self, path: str, text_of: TextOf) -> tuple[Need, ...]:
        """What it needs and lacks."""
        return tuple(need for need in self._needs.get(path, ()) if not need.holds(text_of))

    def followers(self, path: str) -> tuple[str, ...]:
        """What may look different once path has changed, with what follows from that."""
        found: dict[str, None] = {}
        waiting = [path]
        while waiting:
            for each in self._followers.get(waiting.pop(), ()):
                if each != path and each not in found:
                    found[each] = None
                    waiting.append(each)
        return tuple(found)

    def merged(self, other: Depends) -> Depends:
        """Both; where two say something of one choice, the other one's word counts."""
        told = {each.path for each in other.choices}
        combined = {each.path for each in other.combined}
        return Depends(
            self.needs + other.needs,
            tuple(each for each in self.choices if each.path not in told) + other.choices,
            tuple(each for each in self.combined if each.path not in combined) + other.combined,
        )


def _lower(one: float | None, other: float | None) -> float | None:
    told = [each for each in (one, other) if each is not None]
    return min(told) if told else None


def _plain(text: str) -> str:
    text = text.strip().lower()
    return "true" if text in _YES else "false" if text in _NO else text


def texts(*wanted: str) -> frozenset[str]:
    """The texts of a `Need` in the spelling that it compares."""
    return frozenset(_plain(each) for each in wanted)
