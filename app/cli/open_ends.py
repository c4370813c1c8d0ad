"""Changes without a known end, looked at when a command meets their device again: one line of what became of them."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from app.cli.output import visible
from app.errors import SiteError
from app.families.base import Session
from app.model.device import Recognition
from app.settings.changes import Verdict
from app.site.file import default_path
from app.site.journal import journalled
from app.site.open_ends import judge_open_ends
from app.site.records import ChangeSet
from app.site.site import Site

_WORDS = {
    Verdict.ADJUSTED: "adjusted by the camera",
    Verdict.IGNORED: "not taken",
    Verdict.KEPT: "kept",
    Verdict.NOT_VERIFIABLE: "cannot be checked",
}


@asynccontextmanager
async def looked_back(session: Session, recognition: Recognition, site: Site | None) -> AsyncIterator[None]:
    """A command that writes waits for the look, as it may be about the same settings; any other goes on meanwhile."""
    if site is not None:
        _tell(await judge_open_ends(session, site))
        yield
        return
    looking = asyncio.ensure_future(_look(session, recognition))
    try:
        yield
        _tell(await looking)
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)


async def _look(session: Session, recognition: Recognition) -> tuple[ChangeSet, ...]:
    """In the user's own site file, where there is one: these commands need none."""
    with suppress(SiteError):
        if await asyncio.to_thread(default_path().exists):
            site = await Site.open()
            try:
                return await judge_open_ends(journalled(session, site, recognition=recognition), site)
            finally:
                await asyncio.shield(site.close())
    return ()


def _tell(found: tuple[ChangeSet, ...]) -> None:
    if found:
        told = "; ".join(f"change {each.id} ({each.title}) {_outcome(each)}" for each in reversed(found))
        line = f"The end of some changes was not known, the camera was read again: {told}."
        print(visible(line), file=sys.stderr, flush=True)


def _outcome(change_set: ChangeSet) -> str:
    found = {field.verdict for field in change_set.fields}
    return ", ".join(words for verdict, words in _WORDS.items() if verdict in found)
