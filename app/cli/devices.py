"""Commands that talk to devices: discover, tree, show, set, snapshot, watch."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from app.cli import setting
from app.cli.connect import add_host, seconds, session
from app.cli.output import Exit, document, say, table
from app.cli.proofs import need
from app.cli.showing import print_document
from app.compose import Engine
from app.disk import check_place, write_whole
from app.errors import VideoError
from app.families.base import SettingsTree
from app.families.media import Snapshot, Streams
from app.model.device import Found
from app.settings.tree import Node, NodeKind
from app.video.watch import watch as watch_stream

Interface = TypeVar("Interface")


def add_commands(commands: Any) -> None:
    def add(name: str, run: Any, text: str) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        command.add_argument("--json", action="store_true", help="print one JSON document")
        return command

    found = add("discover", discover, "find cameras on the allowed interfaces")
    found.add_argument("--interfaces", metavar="A,B", help="local addresses or interfaces that may be used")
    found.add_argument("--timeout", type=seconds, default=4.0, metavar="S", help="seconds to listen (default 4)")
    found.add_argument(
        "--range", metavar="A-B", help="also ask every address of a range, like 192.168.1.10-60 or 192.168.1.0/24"
    )
    add_host(add("tree", tree, "the resources of a device"))
    shown = add("show", show, "one resource with its values and constraints")
    add_host(shown)
    shown.add_argument("resource", metavar="RESOURCE")
    setting.add_commands(commands)
    picture = add("snapshot", snapshot, "save a picture")
    add_host(picture)
    picture.add_argument("file", metavar="FILE", type=Path)
    picture.add_argument("--channel", type=int, default=1)
    watched = add("watch", watch, "receive a stream and count")
    add_host(watched)
    watched.add_argument("--stream", choices=("main", "sub", "third"), default="main")
    watched.add_argument("--seconds", type=seconds, default=5.0, metavar="N")
    watched.add_argument("--transport", choices=("auto", "tcp", "udp"), default="auto")
    watched.add_argument("--record", metavar="FILE", type=Path, help="keep what comes in an .mp4 or .mov file")


async def discover(options: argparse.Namespace) -> Exit:
    engine = await Engine.create(options.interfaces)
    async with engine.discovery() as discovery:
        await discovery.scan_once(options.timeout)
        if options.range:
            await discovery.sweep(options.range)
        found = sorted(discovery.found, key=lambda entry: entry.address.sort_key)
        others, report = discovery.others, discovery.report()
    if options.json:
        document([_found(entry) for entry in found])
        return Exit.DONE
    table(
        (
            str(entry.address),
            entry.state.value,
            entry.name or "-",
            entry.model or "-",
            entry.serial or "-",
            entry.mac,
        )
        for entry in found
    )
    print(f"{len(found)} found" + (f", {len(others)} other devices" if others else ""))
    if not found:
        for line in (*(each.sentence for each in report.interfaces), *report.advice):
            say(line)
    return Exit.DONE


def _found(entry: Found) -> dict[str, Any]:
    return {
        "family": entry.family,
        "dialect": entry.dialect,
        "address": entry.address.host,
        "port": entry.address.port,
        "name": entry.name,
        "model": entry.model,
        "serial": entry.serial,
        "mac": entry.mac,
        "state": entry.state,
        "source": entry.source,
    }


async def tree(options: argparse.Namespace) -> Exit:
    async with session(options) as opened:
        root = await need(opened, SettingsTree, "settings").tree()
    if options.json:
        document(_node(root))
    else:
        _print_node(root, 0)
    return Exit.DONE


def _node(node: Node) -> dict[str, Any]:
    return {
        "id": node.id,
        "title": node.title,
        "kind": node.kind,
        "readable": node.readable,
        "writable": node.writable,
        "children": [_node(child) for child in node.children],
    }


def _print_node(node: Node, level: int) -> None:
    say(f"{'  ' * level}{node.title}" + ("" if node.kind is NodeKind.GROUP else f"  {node.id}"))
    for child in node.children:
        _print_node(child, level + 1)


async def show(options: argparse.Namespace) -> Exit:
    async with session(options) as opened:
        loaded = await need(opened, SettingsTree, "settings").load(options.resource)
    print_document(loaded, options.json)
    return Exit.DONE


async def snapshot(options: argparse.Namespace) -> Exit:
    await asyncio.to_thread(check_place, options.file)
    async with session(options) as opened:
        picture = await need(opened, Snapshot, "snapshot").jpeg(options.channel)
    await asyncio.to_thread(write_whole, options.file, picture)
    if options.json:
        document({"file": str(options.file), "bytes": len(picture)})
    else:
        print(f"{options.file}: {len(picture)} bytes")
    return Exit.DONE


async def watch(options: argparse.Namespace) -> Exit:
    async with session(options) as opened:
        streams = need(opened, Streams, "streams")
        matching = [stream for stream in await streams.list() if stream.role == options.stream]
        if not matching:
            raise VideoError(f"{opened.address} has no {options.stream} stream.")
        endpoint = replace(streams.endpoint(matching[0]), transport=options.transport)
    result = await asyncio.to_thread(watch_stream, endpoint, options.seconds, record=options.record)
    if options.json:
        document(result)
        return Exit.DONE
    print(f"{result.codec} {result.width}x{result.height}, {result.fps:.1f} fps, {result.bitrate_kbps:.0f} kbps")
    print(
        f"{result.frames} pictures, {result.gaps} packets missing ({result.loss:.2%}),"
        f" {result.corrupt} damaged pictures, by {result.transport}"
    )
    if result.audio:
        print(f"sound {result.audio}, {result.audio_kbps:.0f} kbps, peak {result.audio_peak:.0%}")
    print(f"first picture after {result.first_frame_ms:.0f} ms")
    if result.recorded:
        print(f"recorded as {', '.join(result.recorded)}" + f" ({result.recording_note})" * bool(result.recording_note))
    return Exit.DONE
