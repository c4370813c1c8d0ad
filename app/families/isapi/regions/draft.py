"""A document under change: leaves set, members copied, put in and taken out, every other byte as it came."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from app.wire import xml, xml_members, xml_shape
from app.wire.xml import Element, XmlDocument


class Draft:
    """Paths are those of the document as it is at that moment: a copied member may give its siblings new ones."""

    def __init__(self, document: XmlDocument) -> None:
        self._document = document
        self._texts: dict[str, str] = {}

    @property
    def root(self) -> Element:
        return self._settled().root

    @property
    def body(self) -> bytes:
        return self._settled().raw

    def find(self, path: str) -> Element | None:
        """The element with exactly this path."""
        return self._settled().element(path)

    def set(self, path: str, text: str) -> None:
        """The leaf must be there."""
        self._texts[path] = text

    def copy(self, path: str) -> None:
        """Once more the element at path, behind itself."""
        self._take(xml_members.with_copy(self._settled(), path))

    def put(self, parent: str, name: str, inner: str = "", before: Sequence[str] = ()) -> None:
        """A new element as parent's last child, or behind the last child of the names in before. inner is markup,
        whose tags have no prefix: they get that of parent."""
        document = self._settled()
        prefix = xml_members.prefix_of(document, parent)
        group = document.element(parent)
        named = [each.path for each in group.children if each.name in before] if group is not None and before else []
        markup = f"<{name}>{inner}</{name}>"
        if prefix:
            markup = markup.replace("</", "\0").replace("<", f"<{prefix}").replace("\0", f"</{prefix}")
        self._take(xml_members.with_markup(document, parent, markup, after=named[-1] if named else ""))

    def drop(self, paths: Iterable[str]) -> None:
        self._take(xml_shape.without(self._settled(), paths))

    def _settled(self) -> XmlDocument:
        if self._texts:
            texts, self._texts = self._texts, {}
            self._take(self._document.splice({path: text for path, text in texts.items() if not self._is(path, text)}))
        return self._document

    def _is(self, path: str, text: str) -> bool:
        """Whether the leaf holds this already: a number between blanks stays as it stands while it is the same."""
        held = self._document.element(path)
        return held is not None and held.text.strip() == text

    def _take(self, body: bytes) -> None:
        if body != self._document.raw:
            self._document = xml.parse(body)


def leaf(name: str, text: str) -> str:
    """Markup of one leaf."""
    return f"<{name}>{escape(text)}</{name}>"
