"""The command that finds settings: every field of every page of a device, by words."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from app.cli.connect import add_host, session
from app.cli.output import Exit, document, table
from app.errors import AuthError, CameraError, Forbidden, NotSupported, TransportError
from app.families.base import Session, SettingsOutline, SettingsTree
from app.settings.search import LIMIT, Entry, Hit, Search
from app.settings.tree import Node, NodeKind

_SHOWN = 60  # characters of a value in a line for people


def add_commands(commands: Any) -> None:
    text = "find settings of a device by title, name, path, value or help"
    found: argparse.ArgumentParser = commands.add_parser("search", help=text, description=text)
    found.set_defaults(run=search)
    found.add_argument("--json", action="store_true", help="print one JSON document")
    add_host(found)
    found.add_argument("words", metavar="WORDS", nargs="+")
    found.add_argument("--limit", type=int, default=LIMIT, metavar="N", help=f"at most N hits (default {LIMIT})")
    found.add_argument("--quick", action="store_true", help="do not read the pages: values are not searched")


async def search(options: argparse.Namespace) -> Exit:
    async with session(options) as opened:
        index = await fill(opened, read=not options.quick)
    hits = index.query(" ".join(options.words), max(1, options.limit))
    if options.json:
        document([_hit(hit) for hit in hits])
        return Exit.DONE
    table((_place(index, hit.entry), hit.entry.resource, hit.entry.path, hit.entry.value[:_SHOWN]) for hit in hits)
    if not hits:
        print("Nothing found.", file=sys.stderr)
    return Exit.DONE


async def fill(opened: Session, *, read: bool) -> Search:
    """Everything that the session's device has. Pages that it refuses are found by what is known of them."""
    settings = opened.offer(SettingsTree)
    if settings is None:
        raise NotSupported(f"{opened.address} offers no settings through {opened.family_title}.")
    outline = opened.offer(SettingsOutline)
    top = await settings.tree()
    index = Search()
    index.add_tree(top)
    for node in _pages(top):
        if outline is not None:
            index.add_catalogued(node.id, outline.catalogued(node.id))
        if read and node.readable:
            try:
                index.add(await settings.load(node.id))
            except Forbidden:
                continue
            except (TransportError, AuthError):
                raise
            except CameraError:
                continue  # this page is not to be had; its fields stay known by catalogue
    return index


def _pages(top: Node) -> list[Node]:
    found = [top] if top.kind in (NodeKind.SETTINGS, NodeKind.STATUS) else []
    for child in top.children:
        found += _pages(child)
    return found


def _place(index: Search, entry: Entry) -> str:
    shown = " › ".join(dict.fromkeys((*index.way(entry.resource), entry.page, *entry.section, entry.title)))
    return shown if entry.loaded or not entry.path else f"{shown} (not read)"


def _hit(hit: Hit) -> dict[str, Any]:
    entry = hit.entry
    return {
        "resource": entry.resource,
        "page": entry.page,
        "path": entry.path,
        "title": entry.title,
        "section": entry.section,
        "value": entry.value,
        "help": entry.help,
        "loaded": entry.loaded,
        "score": hit.score,
    }
