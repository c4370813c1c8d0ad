"""What became of a write, printed; and what an opened session must offer for it."""

from __future__ import annotations

from typing import Any, TypeVar

from app.cli.output import Exit, document, reader_may_leave, table
from app.cli.strands import print_went, went_row
from app.errors import NotSupported
from app.families.base import Session
from app.settings.changes import FieldProof, Proof, Verdict

Interface = TypeVar("Interface")


def need(opened: Session, interface: type[Interface], what: str) -> Interface:
    offered = opened.offer(interface)
    if offered is None:
        raise NotSupported(f"{opened.address} offers no {what} through {opened.family_title}.")
    return offered


def print_proof(proof: Proof, as_json: bool) -> Exit:
    with reader_may_leave():
        if as_json:
            document(proof_document(proof))
        else:
            table((f.path, f"{f.old} -> {f.new}", f.verdict.value, f.read_back or "", f.reason) for f in proof.fields)
            if proof.reboot_required:
                print("The camera takes some of this over after a reboot.")
            print_went(proof)
    return exit_of(proof)


def proof_document(proof: Proof) -> dict[str, Any]:
    """For JSON."""
    rows = {"resource": proof.resource, "changes": proof_rows(proof), "reboot_required": proof.reboot_required}
    return {**rows, **went_row(proof)}


def exit_of(proof: Proof) -> Exit:
    if proof.lost is not None:
        return Exit.FAILED
    return Exit.DONE if holds(proof) else Exit.NOT_KEPT


def proof_rows(proof: Proof) -> list[dict[str, Any]]:
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
        for field in proof.fields
    ]


def holds(proof: Proof) -> bool:
    """Whether the device keeps all that was asked of it, as far as anybody can tell."""
    return all(map(_holds, proof.fields))


def _holds(field: FieldProof) -> bool:
    """Whether nothing speaks against the field: a secret cannot be read back, everything else must have been."""
    if field.verdict is Verdict.NOT_VERIFIABLE:
        return field.secret
    return field.verdict in (Verdict.KEPT, Verdict.SIDE_EFFECT)
