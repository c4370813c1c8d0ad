"""What is drawn on a camera's picture: listed, and set from a file."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.cli.connect import add_host, add_site, session
from app.cli.interrupt import carried
from app.cli.output import Exit, Refused, document, table
from app.cli.proofs import need, neighbour_rows, print_neighbours
from app.errors import CameraError, Forbidden, InvalidSetting, NotSupported, ProtocolError
from app.families.base import Regions, Session
from app.model.region import Cells, Label, Line, Polygon, Region, Shape, Spot
from app.regions import listing, writer
from app.regions.listing import Wanted
from app.regions.proof import LayerProof, RegionProof
from app.regions.text import to_data
from app.settings.changes import Proof, Verdict
from app.settings.layer import LayerInfo, RegionLayer, Switch

_UNREADABLE = (NotSupported, Forbidden, ProtocolError)


def add_commands(commands: Any) -> None:
    text = "what is drawn on the picture of a device: list it, or set it from a file and prove that it holds"
    command: argparse.ArgumentParser = commands.add_parser("regions", help=text, description=text)
    command.set_defaults(run=regions)
    command.add_argument("--json", action="store_true", help="print one JSON document")
    add_host(command)
    add_site(command)
    command.add_argument("--set", metavar="FILE", type=Path, help="what the device is to hold, as --json prints it")
    command.add_argument("--only", metavar="LAYER", action="append", default=[], help="this layer; may be repeated")
    command.add_argument("--dry-run", action="store_true", help="check and show, send nothing")


@dataclass(frozen=True, slots=True)
class _Change:
    """One layer with what a file wants of it. switches: those that stand the other way."""

    layer: RegionLayer
    wanted: Wanted
    documents: tuple[str, ...]
    switches: tuple[tuple[Switch, bool], ...]


async def regions(options: argparse.Namespace) -> Exit:
    if options.set is None:
        if options.dry_run:
            raise Refused("--dry-run says what --set FILE would do.")
        return await _list(options)
    wanted = _chosen(listing.read(await asyncio.to_thread(_text, options.set)), options.only)
    async with session(options) as opened:
        planned = await _plan(opened, wanted)
        if options.dry_run:
            return _print_plan(planned, options.json)
        done = [await carried(_apply(opened, each)) for each in planned]
    return _print_done(done, options.json)


# -- listing -----------------------------------------------------------------------------------------------------------


async def _list(options: argparse.Namespace) -> Exit:
    async with session(options) as opened:
        offered = need(opened, Regions, "regions")
        infos = _named(await offered.layers(), options.only)
        found = [(info, await _loaded(offered, info)) for info in infos]
    if options.json:
        rows = [
            listing.told(info, layer.summary) if isinstance(layer, CameraError) else listing.listed(layer)
            for info, layer in found
        ]
        document({"layers": rows})
        return Exit.DONE
    for info, layer in found:
        _print_layer(info, layer)
    return Exit.DONE


def _named(infos: Iterable[LayerInfo], only: list[str]) -> list[LayerInfo]:
    held = list(infos)
    _refuse_unknown(only, [info.id for info in held])
    return [info for info in held if not only or info.id in only]


def _refuse_unknown(only: list[str], known: list[str]) -> None:
    strange = next((name for name in only if name not in known), None)
    if strange is not None:
        raise Refused(f"There is no layer “{strange}”.", hint=f"There are {', '.join(known) or 'none'}.")


async def _loaded(offered: Regions, info: LayerInfo) -> RegionLayer | CameraError:
    """A layer that the device refuses is no reason to hide the others; a device that is gone is."""
    try:
        return await offered.load(info.id)
    except _UNREADABLE as problem:
        return problem


def _print_layer(info: LayerInfo, layer: RegionLayer | CameraError) -> None:
    if isinstance(layer, CameraError):
        print(f"{info.id}  {info.title}: {layer.summary}")
        return
    states = [_words(layer.armed, "on", "off"), _words(layer.notifies, "reported", "not reported")]
    room = f" of {layer.limits.most_regions}" if layer.limits.most_regions is not None else ""
    print(f"{info.id}  {info.title}, {len(layer.regions)}{room}" + "".join(f", {each}" for each in states if each))
    table((f"  {each.id}", each.name, "" if each.enabled else "off", shown(each.shape)) for each in layer.regions)


def _words(switch: Switch | None, on: str, off: str) -> str:
    return "" if switch is None else on if switch.is_on else off


def shown(shape: Shape) -> str:
    """A shape in one line, in per cent of the picture."""
    places = " ".join(f"{point.x:.1%},{point.y:.1%}" for point in shape.points)
    match shape:
        case Polygon():
            return f"area {places}"
        case Line():
            return f"line {places} {shape.direction.value}"
        case Cells():
            return f"{len(shape.on)} of {shape.columns}x{shape.rows} cells"
        case Label():
            return f"text at {places} {shape.text}".rstrip()
        case Spot():
            return f"point {places}"


# -- setting -----------------------------------------------------------------------------------------------------------


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(f"{file} cannot be read: {error}.") from error


def _chosen(wanted: tuple[Wanted, ...], only: list[str]) -> tuple[Wanted, ...]:
    _refuse_unknown(only, [each.layer for each in wanted])
    return tuple(each for each in wanted if not only or each.layer in only)


async def _plan(opened: Session, wanted: Iterable[Wanted]) -> list[_Change]:
    """Everything is read and checked before anything is sent."""
    offered = need(opened, Regions, "regions")
    known = [info.id for info in await offered.layers()]
    planned = []
    for each in wanted:
        _refuse_unknown([each.layer], known)
        try:
            layer = await offered.load(each.layer)
        except _UNREADABLE as problem:
            raise Refused(f"{each.layer}: {problem.summary}", hint=problem.hint, detail=problem.detail) from problem
        _check_purpose(layer, each.regions)
        edits = writer.plan(opened, layer, each.regions)
        if edits and not layer.writable:
            raise Refused(f"{layer.info.title} can only be read on this device.")
        documents = tuple(dict.fromkeys(edit.document.resource for edit in edits))
        planned.append(_Change(layer, each, documents, tuple(_switches(layer, each))))
    return planned


def _check_purpose(layer: RegionLayer, drawn: Iterable[Region]) -> None:
    for region in drawn:
        if region.purpose is not layer.info.purpose:
            name = f"region {region.id}" if region.id else "a new region"
            raise Refused(f"{layer.info.id}, {name}: {region.purpose.value} does not belong here.")


def _switches(layer: RegionLayer, wanted: Wanted) -> Iterable[tuple[Switch, bool]]:
    for name, switch, on in (("armed", layer.armed, wanted.armed), ("notifies", layer.notifies, wanted.notifies)):
        if on is not None and switch is None:
            raise Refused(f"{layer.info.id}: the device has no switch “{name}” here.")
        if switch is not None and on is not None and switch.is_on is not on:
            yield switch, on


@dataclass(frozen=True, slots=True)
class _Done:
    change: _Change
    proof: LayerProof | None
    switched: tuple[tuple[Switch, bool, bool], ...]  # with what was asked and whether it holds
    problem: CameraError | None = None
    documents: tuple[Proof, ...] = ()  # of all that was sent

    @property
    def sent(self) -> bool:
        return self.proof is not None or bool(self.switched)

    @property
    def holds(self) -> bool:
        kept = self.proof is None or self.proof.kept_everything
        return kept and self.problem is None and all(held for _, _, held in self.switched)


async def _apply(opened: Session, change: _Change) -> _Done:
    """One layer. A refusal ends this layer and not the next one."""
    proof: LayerProof | None = None
    switched: list[tuple[Switch, bool, bool]] = []
    sent: list[Proof] = []
    try:
        if change.documents:
            proof = await writer.write(opened, change.layer, change.wanted.regions)
            sent += proof.proofs
        for switch, on in change.switches:
            told = await writer.switch(opened, change.layer, switch, on)
            sent += told
            held = all(field.verdict in (Verdict.KEPT, Verdict.SIDE_EFFECT) for each in told for field in each.fields)
            switched.append((switch, on, held))
    except CameraError as problem:
        return _Done(change, proof, tuple(switched), problem, tuple(sent))
    return _Done(change, proof, tuple(switched), documents=tuple(sent))


def _print_plan(planned: list[_Change], as_json: bool) -> Exit:
    if as_json:
        rows = [
            {
                "layer": each.layer.info.id,
                "documents": each.documents,
                "switches": [{"title": switch.title, "on": on} for switch, on in each.switches],
            }
            for each in planned
        ]
        document({"layers": rows})
        return Exit.DONE
    for each in planned:
        if not each.documents and not each.switches:
            print(f"{each.layer.info.id}: the device holds this already.")
        for resource in each.documents:
            print(f"{each.layer.info.id}: {resource} would be sent.")
        for switch, on in each.switches:
            print(f"{each.layer.info.id}: {switch.title} would be switched {'on' if on else 'off'}.")
    return Exit.DONE


def _print_done(done: list[_Done], as_json: bool) -> Exit:
    if as_json:
        document({"layers": [_row(each) for each in done]})
    else:
        for each in done:
            _print_layer_done(each)
    if done and all(isinstance(each.problem, InvalidSetting) and not each.sent for each in done):
        return Exit.REFUSED
    if any(each.problem is not None for each in done):
        return Exit.FAILED
    return Exit.DONE if all(each.holds for each in done) else Exit.NOT_KEPT


def _row(done: _Done) -> dict[str, Any]:
    told = done.proof.regions if done.proof is not None else ()
    return {
        "layer": done.change.layer.info.id,
        "regions": [
            {"id": each.id, "outcome": each.outcome, "reason": each.reason, "held": _held(each)} for each in told
        ],
        "switches": [{"title": switch.title, "on": on, "kept": held} for switch, on, held in done.switched],
        "reboot_required": done.proof is not None and done.proof.reboot_required,
        "other_pages": [row for each in done.documents for row in neighbour_rows(each)],
        "error": done.problem.summary if done.problem is not None else None,
    }


def _held(each: RegionProof) -> dict[str, Any] | None:
    return None if each.held is None else {"id": each.held.id, **to_data(each.held)}


def _print_layer_done(done: _Done) -> None:
    name = done.change.layer.info.id
    if not done.change.documents and not done.change.switches:
        print(f"{name}: the device holds this already.")
    told = done.proof.regions if done.proof is not None else ()
    table((name, f"region {each.id or 'new'}", each.outcome.value, each.reason) for each in told)
    for switch, on, held in done.switched:
        print(f"{name}  {switch.title} {'on' if on else 'off'}  {'kept' if held else 'not kept'}")
    for each in done.documents:
        print_neighbours(each)
    if done.proof is not None and done.proof.reboot_required:
        print("The camera takes some of this over after a reboot.")
    if done.problem is not None:
        print(f"{name}: {done.problem.summary} {done.problem.hint}".rstrip())
