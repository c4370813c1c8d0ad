"""Changes after which a camera may be out of reach: said in words, agreed to with --yes, told where it went."""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import dataclass
from typing import Any

from app.cli.connect import parse_host
from app.cli.output import Refused
from app.families.base import Session, Stranding
from app.model.device import Address
from app.settings.changes import Change, Proof
from app.settings.document import Document
from app.settings.strands import Strand
from app.site.credentials import open_vault
from app.site.moving import follow_login


def add_yes(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--yes", action="store_true", help="agree to changes after which the camera may be out of reach"
    )


@dataclass(frozen=True, slots=True)
class Leave:
    """What was agreed to for one document, and who and where the camera was before. No strands: nothing special."""

    strands: tuple[Strand, ...]
    changes: tuple[Change, ...]
    left: tuple[Address, ...]
    account: str
    consequences: tuple[str, ...]


async def consider(session: Session, host: str, document: Document, changes: tuple[Change, ...]) -> Leave:
    """Asks nobody but, where something strands, the network whether the new place is free. InvalidSetting for what
    cannot work."""
    stranding = session.offer(Stranding)
    strands = stranding.strands(document, changes) if stranding is not None else ()
    warnings = await stranding.check(document, changes) if stranding is not None and strands else ()
    words = tuple(dict.fromkeys([*(each.text for each in strands), *warnings]))
    return Leave(strands, changes, (parse_host(host), session.address), session.user, words)


def agree(leaves: list[Leave], yes: bool) -> None:
    """Says what will happen. Refused without --yes: then nothing was sent."""
    words = tuple(dict.fromkeys(text for leave in leaves for text in leave.consequences))
    if not words:
        return
    if not yes:
        raise Refused("\n".join(words), hint="Nothing was sent. With --yes it is done.")
    print("\n".join(words), file=sys.stderr, flush=True)


async def keep_login(leave: Leave, session: Session, proof: Proof) -> None:
    """The stored login follows the camera."""
    if leave.strands and (proof.moved_to is not None or proof.password_changed):
        vault = await asyncio.to_thread(open_vault)
        await follow_login(vault, session, leave.left, leave.account, leave.strands, leave.changes, proof)


def went_row(proof: Proof) -> dict[str, Any]:
    """For JSON."""
    lost = proof.lost
    return {
        "moved_to": str(proof.moved_to) if proof.moved_to is not None else None,
        "still_at": str(proof.stayed_at) if proof.stayed_at is not None else None,
        "lost": {"summary": lost.summary, "hint": lost.hint, "stranger": lost.stranger} if lost is not None else None,
    }


def print_went(proof: Proof) -> None:
    if proof.moved_to is not None:
        print(f"The camera is at {proof.moved_to} now.")
    if proof.stayed_at is not None:
        print(f"The camera is still at {proof.stayed_at}. It may take the new place over after a restart.")
    if proof.password_changed:
        print("The camera takes the new login now.")
    if proof.lost is not None:
        print(f"{proof.lost.summary} {proof.lost.hint}", file=sys.stderr, flush=True)
