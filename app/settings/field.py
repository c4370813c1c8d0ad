"""One setting of a document: what lists, layouts and dependences are made of, below the document that edits it."""

from __future__ import annotations

from dataclasses import dataclass

from app.settings.spec import Kind, Spec


@dataclass(frozen=True, slots=True, repr=False)
class Field:
    """One setting. path is unique in its document; text is the wire text as the device sent it.

    section is the chain of group titles above it ("Video", "Smart codec"). present is False for a field that
    the device's capabilities declare but its document does not carry.
    """

    path: str
    text: str
    spec: Spec
    section: tuple[str, ...] = ()
    present: bool = True

    def __repr__(self) -> str:
        text = "•••" if self.spec.kind is Kind.PASSWORD else repr(self.text)
        return f"Field({self.path!r}: {text}{'' if self.present else ', absent'})"
