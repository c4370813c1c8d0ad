"""What became of a write, printed; and what an opened session must offer for it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from app.cli.output import Exit, document, reader_may_leave, say, table
from app.cli.strands import print_went, went_row
from app.errors import NotSupported
from app.families.base import Session
from app.settings import telling
from app.settings.changes import FieldProof, Proof, Verdict
from app.settings.document import Document

Interface = TypeVar("Interface")


def need(opened: Session, interface: type[Interface], what: str) -> Interface:
    offered = opened.offer(interface)
    if offered is None:
        raise NotSupported(f"{opened.address} offers no {what} through {opened.family_title}.")
    return offered


def print_proof(proof: Proof, as_json: bool, held: Document) -> Exit:
    """held: the document that was written to, which has the words for its values."""
    with reader_may_leave():
        if as_json:
            document(proof_document(proof))
        else:
            table(proof_line(each, held) for each in proof.fields)
            print_neighbours(proof)
            if proof.reboot_required:
                print("The camera takes some of this over after a reboot.")
            print_went(proof)
    return exit_of(proof)


def proof_line(field: FieldProof, held: Document) -> tuple[str, ...]:
    """Title, what was to become what, the verdict, what the device holds where that is something else, why, and the
    path for those who go on from there."""
    if field.secret:
        return field.title or field.path, "a secret", field.verdict.value, "", field.reason, f"({field.path})"
    holds = "" if field.verdict is Verdict.KEPT else telling.told(held, field.path, field.read_back)
    wanted = field.read_back if field.verdict is Verdict.SIDE_EFFECT else field.new
    change = telling.change_told(held, field.path, field.old, wanted)
    return field.title or field.path, change, field.verdict.value, holds, field.reason, f"({field.path})"


def proof_document(proof: Proof) -> dict[str, Any]:
    """For JSON."""
    rows = {"resource": proof.resource, "changes": proof_rows(proof.fields), "reboot_required": proof.reboot_required}
    return {**rows, "other_pages": neighbour_rows(proof), **went_row(proof)}


def print_neighbours(proof: Proof) -> None:
    """The other pages that were looked at after a write: what changed there, and what could not be looked at."""
    changed = [(page, field) for page in proof.neighbours for field in page.fields]
    if changed:
        print("Changed on other pages:")
        table(
            (f"{page.resource} {f.path}", *_sides(f), f.verdict.value, f"{page.title}: {f.title}. {f.reason}")
            for page, f in changed
        )
    looked = [page.title for page in proof.neighbours if not page.problem]
    if looked:
        say(f"Looked at as well: {', '.join(dict.fromkeys(looked))}.")
    for problem in dict.fromkeys(page.problem for page in proof.neighbours if page.problem):
        titles = dict.fromkeys(page.title for page in proof.neighbours if page.problem == problem)
        say(f"Not looked at: {', '.join(titles)}. {problem}")


def _sides(field: FieldProof) -> tuple[str, ...]:
    if field.secret:
        return ("a secret",)
    return (f"{field.old} -> {'gone' if field.read_back is None else field.read_back}",)


def neighbour_rows(proof: Proof) -> list[dict[str, Any]]:
    """For JSON."""
    return [
        {"resource": page.resource, "title": page.title, "changes": proof_rows(page.fields), "problem": page.problem}
        for page in proof.neighbours
    ]


def exit_of(proof: Proof) -> Exit:
    if proof.lost is not None:
        return Exit.FAILED
    return Exit.DONE if holds(proof) else Exit.NOT_KEPT


def proof_rows(fields: Iterable[FieldProof]) -> list[dict[str, Any]]:
    """For JSON; secrets are null."""
    return [
        {
            "path": field.path,
            "old": None if field.secret else field.old,
            "new": None if field.secret else field.new,
            "verdict": field.verdict,
            "read_back": None if field.secret else field.read_back,
            "reason": field.reason,
        }
        for field in fields
    ]


def holds(proof: Proof) -> bool:
    """Whether the device keeps all that was asked of it, as far as anybody can tell."""
    return all(map(_holds, proof.fields))


def _holds(field: FieldProof) -> bool:
    """Whether nothing speaks against the field: a secret cannot be read back, everything else must have been."""
    if field.verdict is Verdict.NOT_VERIFIABLE:
        return field.secret
    return field.verdict in (Verdict.KEPT, Verdict.SIDE_EFFECT)
