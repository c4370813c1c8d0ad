"""A settings tree without a network: documents in memory, a device that can adjust, ignore, refuse and be slow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.errors import CameraError
from app.settings.changes import Change, Proof
from app.settings.document import Document, Field
from app.settings.proof import prove
from app.settings.spec import Kind, Option, Spec
from app.settings.tree import Node, NodeKind


@dataclass(frozen=True)
class MemorySource:
    """Stands for the bytes of a document."""

    values: Mapping[str, str]
    media_type: str = "text/plain"

    @property
    def raw(self) -> bytes:
        return "\n".join(f"{path}={text}" for path, text in self.values.items()).encode()

    def encode(self, edits: Mapping[str, str]) -> bytes:
        return MemorySource({**self.values, **edits}).raw


def stream_fields() -> tuple[Field, ...]:
    video = ("Video",)
    rate = tuple(Option(str(fps * 100), f"{fps} fps") for fps in (25, 20, 12, 5))
    return (
        Field("enabled", "true", Spec(Kind.BOOL, "Enabled")),
        Field("name", "Dock 2", Spec(Kind.TEXT, "Channel name", min_length=1, max_length=32)),
        Field(
            "Video/codec",
            "H.265",
            Spec(Kind.OPTION, "Codec", options=(Option("H.264", "H.264"), Option("H.265", "H.265")), reboot=True),
            video,
        ),
        Field(
            "Video/bitrate",
            "4096",
            Spec(Kind.INT, "Bitrate", minimum=256, maximum=16384, unit="kbps", help="More bits, better picture."),
            video,
        ),
        Field("Video/rate", "2500", Spec(Kind.FPS100, "Frame rate", options=rate), video),
        Field("Video/gain", "60", Spec(Kind.INT, "Gain", minimum=0, maximum=15), video),
        Field("secret", "", Spec(Kind.PASSWORD, "Password", max_length=16), ("Access",)),
    )


@dataclass
class FakeDevice:
    """Implements SettingsTree. `behave` may turn what was written into what the device then holds."""

    fields: dict[str, tuple[Field, ...]] = field(default_factory=lambda: {"/stream": stream_fields()})
    behave: Callable[[dict[str, str]], dict[str, str]] = dict
    failures: dict[str, CameraError] = field(default_factory=dict)
    gate: asyncio.Event | None = None
    written: list[tuple[Change, ...]] = field(default_factory=list)

    async def tree(self) -> Node:
        leaves = tuple(Node(key, f"Title of {key}", NodeKind.SETTINGS, writable=True) for key in self.fields)
        refused = Node("/refused", "Refused thing", NodeKind.SETTINGS)
        return Node(
            "",
            "Device",
            NodeKind.GROUP,
            children=(Node("g", "Video & audio", NodeKind.GROUP, children=(*leaves, refused)),),
        )

    async def load(self, resource: str) -> Document:
        if self.gate is not None:
            await self.gate.wait()
        if resource in self.failures:
            raise self.failures[resource]
        fields = self.fields[resource]
        source = MemorySource({each.path: each.text for each in fields})
        return Document(resource, f"Title of {resource}", fields, source)

    def request_text(self, document: Document) -> str:
        return f"PUT {document.resource}\n{document.encode().decode()}"

    async def apply(self, document: Document, changes: tuple[Change, ...]) -> tuple[Proof, Document]:
        if "apply" in self.failures:
            raise self.failures["apply"]
        self.written.append(changes)
        before = await self.load(document.resource)
        held = self.behave({**{f.path: f.text for f in before.fields}, **{c.path: c.new for c in changes}})
        self.fields[document.resource] = tuple(
            Field(f.path, "" if f.spec.kind is Kind.PASSWORD else held[f.path], f.spec, f.section)
            for f in before.fields
        )
        after = await self.load(document.resource)
        return prove(before, changes, after), after
