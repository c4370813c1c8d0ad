"""The command `set`: fields of one resource or of several, from the command line or from a file, with proof."""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from app.cli.connect import add_host, add_site, session
from app.cli.exclusion import add_anyway, lead_on, planned
from app.cli.interrupt import carried, outcome_told
from app.cli.output import Exit, Refused, document, failure, reader_may_leave, table
from app.cli.proofs import exit_of, need, print_proof, proof_document
from app.cli.strands import Leave, add_yes, agree, consider, keep_login
from app.errors import CameraError, Excluded, Foreseen, InvalidSetting
from app.families.base import Session, SettingsTree
from app.settings import lists, telling, values
from app.settings.changes import Change, FieldProof, Proof, Verdict
from app.settings.document import Document
from app.settings.spec import Kind
from app.site.secrets import hides

_HELD = "The device holds this value already; nothing was sent."
_NUMBER = re.compile(r"\[([1-9]\d{0,3})\](?=/)")
_LARGEST_FILE = 4 * 1024 * 1024  # bytes

Assignments = dict[str, dict[str, str]]  # resource -> path -> text


def add_commands(commands: Any) -> None:
    text = "change fields of one resource or several and prove that the device keeps them"
    command: argparse.ArgumentParser = commands.add_parser(
        "set",
        help=text,
        description=text,
        epilog="A list of records has a path that ends in []: LIST[]=+ adds one, LIST[]=-2 takes out the second,"
        " LIST[]=3>1 moves the third to the front; LIST[+1]/NAME=VALUE adds one and sets a field of it."
        " A list inside a record likewise: LIST[2]/INNER[]=+, LIST[+1]/INNER[+1]/NAME=VALUE. What LIST[]=+ has added"
        " to a list of one is LIST[2].",
    )
    command.set_defaults(run=set_values)
    command.add_argument("--json", action="store_true", help="print one JSON document")
    add_host(command)
    words = command.add_argument("words", metavar="RESOURCE PATH=VALUE...", nargs="+", default=[])
    words.required = False  # with --from; as "*" it would take no word behind an option
    command.add_argument(
        "--from", dest="source", metavar="FILE", type=Path,
        help='more of them: JSON like {"RESOURCE": {"PATH": "VALUE"}}, or lines of RESOURCE PATH=VALUE',
    )  # fmt: skip
    add_site(command)
    command.add_argument("--dry-run", action="store_true", help="check and show, send nothing")
    add_yes(command)
    add_anyway(command)


@dataclass(slots=True)
class _Part:
    """One resource of the command."""

    document: Document
    texts: Mapping[str, str]  # as they were asked for
    changes: tuple[Change, ...]
    held: tuple[FieldProof, ...]
    leave: Leave
    proof: Proof | None = None
    error: CameraError | None = field(default=None)

    @property
    def outcome(self) -> Proof:
        proof = self.proof or Proof(self.document.resource, ())
        return replace(proof, fields=(*self.held, *proof.fields))


async def set_values(options: argparse.Namespace) -> Exit:
    wanted = of_words(options.words)
    if options.source is not None:
        for resource, texts in (await asyncio.to_thread(of_file, options.source)).items():
            for path, text in texts.items():
                twice = f"{path} of {resource} is set in the command and in {options.source}."
                _keep(wanted.setdefault(resource, {}), path, text, twice)
    if not wanted:
        raise Refused("There is nothing to set.", hint="Give a resource and PATH=VALUE, or --from FILE.")
    async with session(options) as opened:
        settings = need(opened, SettingsTree, "settings")
        parts = await _all_checked(opened, settings, options.host, wanted)
        parts = await _ordered_parts(opened, settings, options, parts)
        for title, hint in (each for part in parts for each in part.document.hints_on_edits()):
            print(f"{title}: {hint}.", file=sys.stderr)
        if options.dry_run:
            _print_planned(parts, options.json)
            agree([part.leave for part in parts], yes=True)
            return Exit.DONE
        agree([part.leave for part in parts], options.yes)
        await _apply(opened, settings, parts)
        await _lead_on(settings, options, parts)
    return _print(parts, options.json)


async def _all_checked(opened: Session, settings: SettingsTree, host: str, wanted: Assignments) -> list[_Part]:
    """Every page before the first write: what any of them does not take is told at once, page by page."""
    parts: list[_Part] = []
    refused: list[tuple[str, InvalidSetting]] = []
    for resource, texts in wanted.items():
        try:
            parts.append(await _checked(opened, settings, host, resource, texts))
        except InvalidSetting as error:
            refused.append((resource, error))
    if refused and len(wanted) == 1:
        raise refused[0][1]
    if refused:
        lines = ((resource, line) for resource, error in refused for line in error.summary.split("\n"))
        summary = "\n".join(f"{resource}: {line}" for resource, line in lines)
        raise InvalidSetting(summary, path=refused[0][1].path, hint="Nothing was sent.")
    return parts


async def _checked(
    opened: Session, settings: SettingsTree, host: str, resource: str, texts: Mapping[str, str]
) -> _Part:
    """Everything that can be refused is refused before the first write."""
    loaded = await settings.load(resource)
    changes, held = assign(loaded, texts)
    return _Part(loaded, texts, changes, held, await consider(opened, host, loaded, changes))


async def _ordered_parts(
    opened: Session, settings: SettingsTree, options: argparse.Namespace, parts: list[_Part]
) -> list[_Part]:
    """What switches off what is in the way goes first, what may cut the camera off last."""
    edited = [part.document for part in parts if part.changes]
    try:
        order = await planned(opened, edited, anyway=options.all_the_same)
    except Foreseen as foreseen:
        refused = next(part for part in parts if part.document.resource == foreseen.path)
        refused.error = foreseen
        await _lead_on(settings, options, [refused, *(part for part in parts if part is not refused)])
        raise
    places = {resource: place for place, resource in enumerate(order)}
    return sorted(parts, key=lambda part: (bool(part.leave.strands), places.get(part.document.resource, -1)))


async def _apply(opened: Session, settings: SettingsTree, parts: Iterable[_Part]) -> None:
    """One after the other; a failure ends it, and what was done until then is told."""
    done: list[str] = []
    for part in parts:
        if not part.changes:
            continue
        try:
            with outcome_told(part.document.resource, done):
                proof, _ = await carried(settings.apply(part.document, part.changes))
        except CameraError as error:
            part.error = error
            return
        part.proof = proof
        done.append(part.document.resource)
        await keep_login(part.leave, opened, proof)
        if proof.lost is not None:
            return


async def _lead_on(settings: SettingsTree, options: argparse.Namespace, parts: list[_Part]) -> None:
    """Where something else was in the way of a part: says the command that does it, and what was not come to."""
    at = next((number for number, part in enumerate(parts) if isinstance(part.error, Excluded)), len(parts))
    left = parts[at:]
    error = left[0].error if left else None
    if isinstance(error, Excluded) and not any(change.secret for part in left for change in part.changes):
        with suppress(CameraError):  # the refusal itself is what people are told then
            await lead_on(error, settings, options, {part.document.resource: part.texts for part in left})


def assign(loaded: Document, texts: Mapping[str, str]) -> tuple[tuple[Change, ...], tuple[FieldProof, ...]]:
    """The changes to send, and a verdict for each field that holds the wanted value already."""
    placed: list[str] = []
    for named, text in texts.items():
        path = _placed(loaded, named)
        placed.append(path)
        _make_room(loaded, path)
        if lists.is_list(path) and loaded.list_at(path) is not None:
            text = _ordered(loaded, path, text)
        loaded.set_text(path, _meant(loaded, path, text))
    if len(problems := _problems(loaded)) > 1:
        raise InvalidSetting("\n".join(problems.values()), path=next(iter(problems)))
    changes = loaded.changes()
    held = []
    for path in placed:
        if not loaded.is_modified(path) and not lists.split_fresh(path):
            here = loaded.field(path)
            held.append(FieldProof(path, here.spec.title, here.text, here.text, Verdict.KEPT, here.text, _HELD))
    return changes, tuple(held)


def _meant(loaded: Document, path: str, text: str) -> str:
    """The value of an option that is named as people read it, "Constant bitrate" or "12.5" of "12.5 fps": refusals and
    `show` say it so. A text that the field takes as it is stays."""
    spec = loaded.field(path).spec
    if not spec.options or not values.problem(text, spec):
        return text
    said = text.strip().casefold()
    names = {said, f"{said} fps"} if spec.kind is Kind.FPS100 else {said}
    meant = {option.value for option in spec.options if (option.title or option.value).casefold() in names}
    return meant.pop() if len(meant) == 1 else text


def _problems(loaded: Document) -> dict[str, str]:
    """What is wrong, by the choices that people make: of one that is made of several settings once."""
    found: dict[str, str] = {}
    for path, problem in loaded.problems.items():
        home = loaded.home(path)
        said = loaded.problem_of(home, loaded.text(home)) if home != path else ""
        found.setdefault(home, f"{loaded.title_of(home)}: {said or problem}")
    return found


def _placed(loaded: Document, path: str) -> str:
    """Records as people count them: a path has no number where the camera has one record, and beyond those that it has
    stand the new ones that the command has added by then."""
    at = 0
    while (found := _NUMBER.search(path, at)) is not None:
        of = loaded.list_at(f"{path[: found.start()]}{lists.MARK}")
        at = found.end()
        if of is None:
            continue
        beyond = int(found[1]) - len(of.members)
        token = f"+{beyond}" if beyond > 0 else found[1]
        if token in (*of.order, *loaded.order(of.path)):
            place = of.place(token)
            path, at = f"{place}{path[found.end() :]}", len(place)
    return path


def _make_room(loaded: Document, path: str) -> None:
    """Adds the new record that a path is in, the outermost first."""
    found = lists.split_fresh(path)
    if found is None:
        return
    _make_room(loaded, found[0])
    if loaded.list_at(found[0]) is not None and found[1] not in loaded.order(found[0]):
        loaded.set_text(found[0], lists.format_order((*loaded.order(found[0]), found[1])))


def _ordered(loaded: Document, path: str, text: str) -> str:
    try:
        return lists.commanded(loaded.order(path), text)
    except ValueError:
        raise Refused(f"“{text}” does not fit {path}, which has {len(loaded.order(path))} entries.") from None


def of_words(words: Iterable[str]) -> Assignments:
    """RESOURCE PATH=VALUE... again and again: what begins with a slash or has no equals sign is a resource."""
    found: Assignments = {}
    resource = ""
    for word in words:
        path, equals, text = word.partition("=")
        if not resource or word.startswith("/") or not equals:
            if resource and not found[resource]:
                raise Refused(f"“{word}” is not PATH=VALUE.")
            resource = word
            found.setdefault(resource, {})
        else:
            _keep(found[resource], path, text, f"{path} is set twice in {resource}.")
    if resource and not found[resource]:
        raise Refused(f"Nothing is said of what to set in {resource}.", hint="PATH=VALUE is missing.")
    return found


def of_file(file: Path) -> Assignments:
    """A JSON object of objects, or lines; empty ones and those that begin with # are passed over."""
    try:
        with file.open("rb") as opened:
            data = opened.read(_LARGEST_FILE + 1)
        if len(data) > _LARGEST_FILE:
            raise Refused(f"{file} is too large for a list of settings.")
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Refused(f"{file} is no text.") from error
    if text.lstrip().startswith("{"):
        return _of_json(file, text)
    found: Assignments = {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.strip().split(None, 1)
        if words and not words[0].startswith("#"):
            path, equals, value = words[1].partition("=") if len(words) > 1 else ("", "", "")
            if not equals:
                raise Refused(f"{file}, line {number}, is not RESOURCE PATH=VALUE.")
            _keep(found.setdefault(words[0], {}), path, value, f"{file}, line {number}, sets {path} a second time.")
    return found


def _of_json(file: Path, text: str) -> Assignments:
    try:
        held = json.loads(text, object_pairs_hook=partial(_once_each, file))
    except (ValueError, RecursionError) as error:
        raise Refused(f"{file} is no JSON: {error}.") from error
    good = isinstance(held, dict) and all(isinstance(each, dict) and each for each in held.values())
    if not good or not all(isinstance(value, str | int | float) for each in held.values() for value in each.values()):
        raise Refused(f"{file} is not of the form {{RESOURCE: {{PATH: VALUE}}}}.")
    return {resource: {path: _text(value) for path, value in each.items()} for resource, each in held.items()}


def _once_each(file: Path, members: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON; which of two members with one name was meant, nobody knows."""
    found: dict[str, Any] = {}
    for name, value in members:
        _keep(found, name, value, f"{file} names {name} twice.")
    return found


def _keep(found: dict[str, Any], name: str, value: Any, twice: str) -> None:
    if name in found:
        raise Refused(twice, hint="Nothing was sent: leave one of the two out.")
    found[name] = value


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _print_planned(parts: list[_Part], as_json: bool) -> None:
    planned = [{"resource": part.document.resource, "changes": _planned(part)} for part in parts]
    if as_json:
        document(planned[0] if len(planned) == 1 else {"resources": planned})
    elif not any(part.changes for part in parts):
        print("The device holds these values already.")
    else:
        table(
            (change.title, _step(part.document, change), "not sent", f"({change.path})")
            for part in parts
            for change in part.changes
        )


def _planned(part: _Part) -> list[dict[str, Any]]:
    return [
        {
            "path": change.path,
            "old": None if hides(part.document, change) else change.old,
            "new": None if hides(part.document, change) else change.new,
            "verdict": "not sent",
            "read_back": None,
        }
        for change in part.changes
    ]


def _step(held: Document, change: Change) -> str:
    return "a new secret" if hides(held, change) else telling.change_told(held, change.path, change.old, change.new)


def _print(parts: list[_Part], as_json: bool) -> Exit:
    """What was done, also where a failure ended it."""
    failed = next((part for part in parts if part.error is not None), None)
    error = failed.error if failed is not None else None
    done = [part for part in parts if part.proof is not None or not part.changes]
    if error is not None and not any(part.proof for part in parts):
        raise error
    if len(parts) == 1:
        return print_proof(parts[0].outcome, as_json, parts[0].document)
    with reader_may_leave():
        if as_json:
            said = {"summary": error.summary, "hint": error.hint, "kind": type(error).__name__} if error else None
            document({"resources": [proof_document(part.outcome) for part in done], "error": said})
        else:
            for part in done:
                print(part.document.resource)
                print_proof(part.outcome, False, part.document)
    if failed is not None and error is not None:
        print(f"{failed.document.title} ({failed.document.resource}) was not written.", file=sys.stderr)
        failure(error, as_json=False)
        return Exit.FAILED
    ends = {exit_of(part.outcome) for part in done}
    return next((each for each in (Exit.FAILED, Exit.NOT_KEPT) if each in ends), Exit.DONE)
