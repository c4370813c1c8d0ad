"""What people should know of a value although it can be sent: blanks that nobody sees, bytes that a camera may count,
an address that does not fit the others. Said while it is typed; never a problem."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from app.settings import blanks
from app.settings.alphabet import Alphabet
from app.settings.spec import Kind, Spec

TextOf = Callable[[str], str]  # the working text at a path, "" for a field that is not there
Advise = Callable[[TextOf], Mapping[str, str]]  # a sentence for each field whose value does not fit others


def of_text(text: str, spec: Spec, alphabet: Alphabet) -> Iterator[str]:
    """About a text by itself."""
    if spec.kind not in (Kind.TEXT, Kind.PASSWORD):
        return
    if unseen := blanks.told(text):
        yield unseen
    most, size = spec.max_length, alphabet.size(text)
    if most is not None and len(text) <= most < size:
        yield f"Takes {size} bytes; a camera that counts bytes instead of characters keeps {most}"


class Hints:
    """What a family has to say of values that hang together, as they stand."""

    def __init__(self, advise: Advise | None, text_of: TextOf) -> None:
        self._advise, self._text_of = advise, text_of
        self._said: Mapping[str, str] | None = None

    def of(self, path: str) -> str:
        """What is to be said of a field, "" for nothing."""
        return self._now().get(path, "")

    @property
    def paths(self) -> tuple[str, ...]:
        """Where there is something to say."""
        return tuple(self._now())

    def _now(self) -> Mapping[str, str]:
        if self._said is None:
            self._said = self._advise(self._text_of) if self._advise is not None else {}
        return self._said

    def moved(self) -> tuple[str, ...]:
        """The fields of which something else is to be said since the last time."""
        if self._advise is None:
            return ()
        before, self._said = self._said or {}, self._advise(self._text_of)
        return tuple(path for path in {**before, **self._said} if before.get(path) != self._said.get(path))
