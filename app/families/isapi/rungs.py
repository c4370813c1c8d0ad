"""The forms in which edits can be put to a device, made from a document. Pure.

A device that does not take its own document back takes a part of it under the part's own path, or a document that
holds no more than what changed (`FIELD` 1, 2: both kinds are one model with two firmwares).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from app.families.isapi.catalog import Catalog, Resource, bare, is_placeholder
from app.families.isapi.derived import derived
from app.families.isapi.document import XmlSource
from app.settings import lists
from app.settings.document import Document
from app.wire import xml, xml_shape
from app.wire.xml import Element, XmlDocument

WHOLE, PART, PARTIAL, RECORDS = "whole document", "sub-resource", "partial document", "record by record"
ORDER = (WHOLE, PART, PARTIAL, RECORDS)

# Pages whose name tells nothing of the element they hold: (root, element), lower case -> steps below the document.
_IRREGULAR = {("motiondetection", "layout"): "layout/gridLayout"}


def whole(document: Document, edits: Mapping[str, str]) -> bytes:
    """The answer itself with the edited leaves, without what the device derives from other elements."""
    body = document.source.encode(edits)
    if not isinstance(document.source, XmlSource):
        return body
    return without_derived(body, "", derived(document.source.document.root))


def without_derived(body: bytes, group: str, spoilt: Sequence[str]) -> bytes:
    """A part (the element at group of a document) without the elements at these paths of the document."""
    drop = [within(path, group) for path in spoilt if not group or path.startswith(f"{group}/")]
    return xml_shape.without(xml.parse(body), drop) if drop else body


def partial(document: Document, edits: Mapping[str, str], known: Resource | None) -> bytes | None:
    """Only what changed, with the ids and required fields around it; None where that would be everything.

    A list is kept whole: a device takes the entries it is sent for all there are.
    """
    if not isinstance(document.source, XmlSource):
        return None
    shapes = [document.source.shapes[path] for path in edits if path in document.source.shapes]
    if shapes:
        return _with_lists(document.source, edits, [shape.group for shape in shapes], known)
    root = document.source.document.root
    if any(document.source.document.element(path) is None for path in edits):
        return None
    keep: set[str] = set()
    for path in edits:
        for group in _groups(root, path):
            if _is_list(group):
                keep.add(group.path)
                break
            keep |= {each.path for each in group.children if each.is_leaf and _belongs(each, known)}
    if "" in keep:
        return None
    return xml_shape.picked(document.source.document, edits, keep - set(edits))


def _with_lists(
    source: XmlSource, edits: Mapping[str, str], groups: Sequence[str], known: Resource | None
) -> bytes | None:
    """The lists that are put in order stay whole, as they are to be."""
    if "" in groups:
        return None
    now = xml.parse(source.encode(edits))
    texts = {leaf.path: leaf.text for leaf in now.leaves}
    plain = [path for path in edits if path in texts and not any(path.startswith(f"{each}/") for each in groups)]
    around = (group for path in (*plain, *groups) for group in _groups(now.root, path))
    beside = {each.path for group in around for each in group.children if each.is_leaf and _belongs(each, known)}
    return xml_shape.picked(now, {path: texts[path] for path in plain}, {*groups, *(beside - set(plain))})


def _groups(root: Element, path: str) -> Iterator[Element]:
    """The elements around the leaf at path, the root first."""
    group: Element | None = root
    steps = path.split("/")
    for at in range(len(steps)):
        if group is None:
            return
        yield group
        group = group.find(steps[at])


def _is_list(group: Element) -> bool:
    names = {child.name for child in group.children}
    many = len(group.children) > len(names)
    return many or "size" in group.attributes or (group.name.endswith("List") and len(names) == 1)


def _belongs(leaf: Element, known: Resource | None) -> bool:
    if leaf.name == "id":
        return True
    field = known.field(bare(leaf.path)) if known else None
    return field is not None and field.required and bool(leaf.text.strip()) and field.kind != "password"


def chain(root: Element, path: str) -> tuple[Element, ...]:
    """The elements from the root's child down to the one at path."""
    return (*list(_groups(root, path))[1:], *filter(None, [root.find(path)]))


def addresses(known: Catalog, resource: str, root: str, down: Sequence[Element]) -> tuple[str, ...]:
    """Where a device may show the last element of down as a document of its own: by the text first, then by the
    spellings that devices use for what the text does not name. root is the name of the document's own element."""
    found: dict[str, None] = {}
    irregular = _IRREGULAR.get((root.lower(), down[-1].name.lower()))
    if irregular:
        found[f"{resource}/{irregular}"] = None
    template = known.lookup(resource)
    start = template.template if template is not None else resource
    for each in known.resources:
        if "PUT" in each.methods and each.template.startswith(f"{start}/"):
            steps = each.template[len(start) + 1 :].split("/")
            if _fits(each, steps, down[-1]):
                filled = _filled(steps, down)
                if filled:
                    found[f"{resource}/{filled}"] = None
    last = down[-1]
    own = id_of(last)
    if own and len(down) == 1:
        found[f"{resource}/{own}"] = None
    if not own and not last.is_leaf:
        found[f"{resource}/{last.name}"] = None
        found[f"{resource}/{last.name[:1].lower()}{last.name[1:]}"] = None
    return tuple(found)


def _fits(resource: Resource, steps: Sequence[str], element: Element) -> bool:
    """A page of one entry has the entry's block; any other one the element's name as its last step or block."""
    named = element.name.lower() in (resource.block.lower(), "" if is_placeholder(steps[-1]) else steps[-1].lower())
    return named and is_placeholder(steps[-1]) == bool(id_of(element))


def _filled(steps: Sequence[str], down: Sequence[Element]) -> str:
    """The steps with the ids of the entries on the way down, innermost last; "" where there are not enough."""
    ids = [found for each in down if (found := id_of(each))]
    places = [at for at, step in enumerate(steps) if is_placeholder(step)]
    if len(ids) < len(places):
        return ""
    told = dict(zip(reversed(places), reversed(ids), strict=False))
    return "/".join(told.get(at, step) for at, step in enumerate(steps))


def id_of(element: Element) -> str:
    """What an entry is called in the path of its own page, "" where it has none."""
    text = element.text_of("id")
    return text if 0 < len(text) < 40 and all(sign.isalnum() or sign in "_-." for sign in text) else ""


def within(path: str, group: str) -> str:
    """The path of a leaf as a document sees it whose root is group."""
    return path.removeprefix(f"{group}/") if group else path


def carries(part: XmlDocument, element: Element, edits: Mapping[str, str], absent: Collection[str] = ()) -> bool:
    """Whether this document is the element on its own and holds what the element holds at every edited place."""
    same = part.root.name.lower() == element.name.lower() or "gridMap" in (each.name for each in part.root.children)
    if not same or id_of(part.root) != id_of(element):
        return False
    for path in edits:
        if lists.split_fresh(path):
            continue
        if lists.is_list(path):
            if not _same_records(part, element, within(path, element.path)):
                return False
            continue
        if path in absent:
            parent = part.root.find(within(path, element.path).rpartition("/")[0])
            if parent is None or not parent.children:
                return False
            continue
        mine, theirs = element.find(within(path, element.path)), part.root.find(within(path, element.path))
        if mine is None or theirs is None or theirs.children or mine.text.strip() != theirs.text.strip():
            return False
    return True


def _same_records(part: XmlDocument, element: Element, path: str) -> bool:
    group, _, name = path.removesuffix(lists.MARK).rpartition("/")
    mine, theirs = element.find(group), part.root.find(group)
    return (
        mine is not None
        and theirs is not None
        and (
            [child.text_of("id") for child in mine.children if child.name == name]
            == [child.text_of("id") for child in theirs.children if child.name == name]
        )
    )


def common(paths: Sequence[str]) -> str:
    """The path of the innermost element around all these leaves."""
    steps = [path.split("/")[:-1] for path in paths]
    shared: list[str] = []
    for level in zip(*steps, strict=False):
        if len(set(level)) > 1:
            break
        shared.append(level[0])
    return "/".join(shared)
