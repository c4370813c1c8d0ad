"""The command that gets a refused write through: what was in its way is switched off in the same command, before it."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Mapping, Sequence

from app.errors import Excluded, Foreseen
from app.families.base import Exclusions, Session, SettingsTree
from app.settings import exclusion, sequence
from app.settings.document import Document

Assignments = Mapping[str, Mapping[str, str]]  # resource -> path -> text


def add_anyway(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--all-the-same",
        action="store_true",
        help="send also what the camera declares not to run beside something that is on;"
        " where it keeps both it is remembered and not told again",
    )


async def planned(session: Session, documents: Sequence[Document], *, anyway: bool) -> tuple[str, ...]:
    """The resources of edited documents in the order in which they are sent. Foreseen where the camera declares that
    it will refuse one of them; with anyway that is only said."""
    exclusions = session.offer(Exclusions)
    while True:
        try:
            plan = await sequence.planned(documents, exclusions.foresee if exclusions is not None else None)
            return plan.resources
        except Foreseen as foreseen:
            if exclusions is None or not anyway:
                raise
            exclusions.waive(foreseen)
            print(f"{foreseen.summary} It is sent all the same.", file=sys.stderr, flush=True)


async def lead_on(error: Excluded, settings: SettingsTree, options: argparse.Namespace, left: Assignments) -> None:
    """Ends the hint of a refusal with the command that does both. left is what was not written, the refused resource
    first, without secrets. Where it is not known what switches the other off, the hint stays as it is.

    Raises what reading the tree of settings raises.
    """
    refused = next(iter(left))
    pages = exclusion.places(await settings.tree())
    sides = await exclusion.sides(error.others, refused, pages, settings.load)
    if sides and not any(side.path in left.get(side.resource, {}) for side in sides):  # both are wanted: people decide
        steps: dict[str, dict[str, str]] = {resource: dict(texts) for resource, texts in left.items()}
        for side in sides:
            steps[side.resource] = {side.path: side.text, **steps.get(side.resource, {})}
        order = sequence.in_order(steps, sequence.behind(sides, refused))
        words = _command(options, {resource: steps[resource] for resource in order})
        error.hint = f"{error.hint}\nThis does both, in this order:\n{words}"
    if isinstance(error, Foreseen):
        error.hint = f"{error.hint}\nWith --all-the-same it is sent as it is."


def _command(options: argparse.Namespace, steps: Assignments) -> str:
    named = [word for name in ("user", "site") if (text := getattr(options, name)) for word in (f"--{name}", text)]
    words = [
        word
        for resource, texts in steps.items()
        for word in (resource, *(f"{path}={text}" for path, text in texts.items()))
    ]
    return shlex.join(["camwright", "set", options.host, *words, *named])
