"""A settings tree without a network: documents in memory, a device that can adjust, ignore, refuse and be slow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.errors import CameraError
from app.settings.changes import Change, Proof
from app.settings.document import Document
from app.settings.field import Field
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


def time_fields() -> tuple[Field, ...]:
    modes = (Option("NTP", "by NTP"), Option("M", "by hand"))
    return (
        Field("mode", "NTP", Spec(Kind.OPTION, "Clock is set", options=modes)),
        Field("host", "pool.example", Spec(Kind.HOST, "Time server")),
    )


@dataclass
class FakeDevice:
    """Implements SettingsTree. `behave` may turn what was written into what the device then holds.

    failures: by resource for load, by "apply" or "apply RESOURCE" for apply, by "tree" for tree. gates are waited for
    in load ("RESOURCE") and apply ("apply").
    """

    fields: dict[str, tuple[Field, ...]] = field(
        default_factory=lambda: {"/stream": stream_fields(), "/time": time_fields()}
    )
    behave: Callable[[dict[str, str]], dict[str, str]] = dict
    failures: dict[str, CameraError] = field(default_factory=dict)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    reboot: bool = False
    asked: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    written: list[tuple[str, tuple[Change, ...]]] = field(default_factory=list)

    async def tree(self) -> Node:
        await self._pass("tree")
        names = {"/stream": "Main stream", "/time": "Time", "/refused": "Smart codec"}
        leaves = tuple(
            Node(key, names.get(key, f"Title of {key}"), NodeKind.SETTINGS, writable=True)
            for key in (*self.fields, "/refused")
        )
        action = Node("/keyframe", "Ask for a key frame", NodeKind.ACTION)
        group = Node("g", "Video & audio", NodeKind.GROUP, children=(*leaves, action))
        return Node("", "Device", NodeKind.GROUP, children=(group,))

    async def load(self, resource: str) -> Document:
        self.asked.append(resource)
        await self._pass(resource)
        return self._document(resource)

    def request_text(self, document: Document) -> str:
        return f"PUT {document.resource}\n{document.encode().decode()}"

    async def apply(self, document: Document, changes: tuple[Change, ...]) -> tuple[Proof, Document]:
        await self._pass("apply")
        await self._pass(f"apply {document.resource}")
        self.written.append((document.resource, changes))
        before = self._document(document.resource)
        held = self.behave({**{f.path: f.text for f in before.fields}, **{c.path: c.new for c in changes}})
        self.fields[document.resource] = tuple(
            Field(f.path, "" if f.spec.kind is Kind.PASSWORD else held[f.path], f.spec, f.section)
            for f in before.fields
        )
        after = self._document(document.resource)
        return prove(before, changes, after, self.reboot), after

    async def _pass(self, key: str) -> None:
        if key in self.gates:
            try:
                await self.gates[key].wait()
            except asyncio.CancelledError:
                self.given_up.append(key)
                raise
        if key in self.failures:
            raise self.failures[key]

    def _document(self, resource: str) -> Document:
        fields = self.fields[resource]
        source = MemorySource({each.path: each.text for each in fields})
        return Document(resource, f"Title of {resource}", fields, source)
