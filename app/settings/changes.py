"""Changes and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.model.device import Address
from app.settings.strands import Lost


@dataclass(frozen=True, slots=True, repr=False)
class Change:
    """One edited field. Texts are wire texts; secret hides them wherever people look, in tracebacks and logs too.

    gone: it goes with the record that it belongs to, which a change of the list takes out; nothing is sent for it.
    """

    path: str
    old: str
    new: str
    title: str = ""
    secret: bool = False
    gone: bool = False

    def __repr__(self) -> str:
        texts = "•••" if self.secret else f"{self.old!r} -> {self.new!r}"
        return f"Change({self.path!r}: {texts}{', gone' if self.gone else ''})"


class Verdict(StrEnum):
    KEPT = "kept"
    ADJUSTED = "adjusted"  # the device holds a third value
    IGNORED = "ignored"  # the device still holds the old value
    SIDE_EFFECT = "side effect"  # we did not touch it, it changed all the same
    NOT_VERIFIABLE = "not verifiable"  # write-only, or the read-back failed


@dataclass(frozen=True, slots=True)
class FieldProof:
    """The verdict on one field. read_back is None where the device does not give the value. elsewhere: the field is on
    another page than the one that was written, and reason says what is known of who changed it."""

    path: str
    title: str
    old: str
    new: str
    verdict: Verdict
    read_back: str | None
    reason: str = ""
    secret: bool = False
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another page that was to be looked at again after an Apply. fields are what is not as it was read before, side
    effects all of them; problem is why nobody could look, "" where somebody has."""

    resource: str
    title: str
    fields: tuple[FieldProof, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """The outcome of one Apply: a verdict per field, and whether the device wants a reboot.

    moved_to is set when the device answers at another place since, where it was followed to; stayed_at when it should
    have gone elsewhere and still answers where it was; lost when it did not come back. password_changed: the session
    goes on with the new password, which whoever keeps the old one must learn. unread: the device took it and could
    not be read afterwards, so that nobody knows what it holds. stopped: somebody ended the tries before all of it was
    sent; what the device ignored may never have reached it. neighbours: the other pages that were looked at
    (`app.site.second_look`).
    """

    resource: str
    fields: tuple[FieldProof, ...]
    reboot_required: bool = False
    moved_to: Address | None = None
    stayed_at: Address | None = None
    lost: Lost | None = None
    password_changed: bool = False
    unread: bool = False
    stopped: bool = False
    neighbours: tuple[Neighbour, ...] = ()

    @property
    def left(self) -> tuple[FieldProof, ...]:
        """The fields that may never have been sent."""
        return tuple(f for f in self.fields if self.stopped and f.verdict is Verdict.IGNORED)

    @property
    def kept_everything(self) -> bool:
        kept = all(f.verdict in (Verdict.KEPT, Verdict.NOT_VERIFIABLE) for f in self.fields)
        return kept and not any(each.fields for each in self.neighbours)
