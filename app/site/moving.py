"""What whoever keeps logins has to learn when a device answers elsewhere, or takes another password."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from app.families.base import Credentials, Session
from app.model.device import Address
from app.settings.changes import Change, Proof
from app.settings.strands import Strand, StrandKind


class Keeper(Protocol):
    """What this needs of a vault."""

    async def get(self, key: str) -> Credentials | None: ...

    async def set(self, key: str, credentials: Credentials) -> None: ...


async def follow_login(
    vault: Keeper,
    session: Session,
    left: Iterable[Address],
    account: str,
    strands: Iterable[Strand],
    changes: Iterable[Change],
    proof: Proof,
) -> bool:
    """Brings a stored login to where the device is now, with the password that it takes now; whether there was one.

    left: the addresses under which it may be stored; account: who was logged in before the change. What was not
    stored is not stored by this. The entry of the old address stays: a device may come back from there.
    """
    there = proof.moved_to
    if there is None and not proof.password_changed:
        return False
    password = _new_password(strands, changes) if proof.password_changed else None
    found = False
    for address in dict.fromkeys(left):
        stored = await vault.get(str(address))
        if stored is None or stored.user != account:
            continue
        found = True
        now = Credentials(session.user, stored.password if password is None else password)
        await vault.set(str(there or address), now)
    return found


def _new_password(strands: Iterable[Strand], changes: Iterable[Change]) -> str | None:
    """None where only the name of the account has changed."""
    own = {each.path for each in strands if each.kind is StrandKind.ACCOUNT}
    return next((change.new for change in changes if change.secret and change.path in own), None)
