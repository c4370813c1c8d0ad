"""The command that gets a refused write through: what was in its way is switched off in the same command, before it."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping

from app.errors import Excluded
from app.families.base import SettingsTree
from app.settings import exclusion

Assignments = Mapping[str, Mapping[str, str]]  # resource -> path -> text


async def lead_on(error: Excluded, settings: SettingsTree, options: argparse.Namespace, left: Assignments) -> None:
    """Ends the hint of a refusal with the command that does both. left is what was not written, the refused resource
    first, without secrets. Where it is not known what switches the other off, the hint stays as it is.

    Raises what reading the tree of settings raises.
    """
    refused = next(iter(left))
    nodes = tuple(exclusion.pages(await settings.tree()))
    sides = await exclusion.sides(error.others, refused, nodes, settings.load)
    if not sides:
        return
    steps: dict[str, dict[str, str]] = {}
    for side in sides:
        steps.setdefault(side.resource, {})[side.path] = side.text
    for resource, texts in left.items():
        steps[resource] = {**steps.pop(resource, {}), **texts}
    error.hint = f"{error.hint}\nThis does both, in this order:\n{_command(options, steps)}"


def _command(options: argparse.Namespace, steps: Assignments) -> str:
    named = [word for name in ("user", "site") if (text := getattr(options, name)) for word in (f"--{name}", text)]
    words = [
        word
        for resource, texts in steps.items()
        for word in (resource, *(f"{path}={text}" for path, text in texts.items()))
    ]
    return shlex.join(["camwright", "set", options.host, *words, *named])
