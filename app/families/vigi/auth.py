"""doAuth in both of its forms. Pure: what is sent, what the answers mean.

The text (section 4.1.1) sends the MD5 of the password. Current firmware answers a question without a password with a
challenge instead, and wants a SHA-256 digest over it. The password itself never goes over the wire.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field

from app.errors import AuthError, BadCredentials, LockedOut, ProtocolError
from app.families.base import Credentials
from app.families.vigi.answers import Reply

METHOD = "doAuth"
EXPIRED = "-10002"
NEEDED = "-10020"
WRONG = "-10021"
LOCKED = "-10022"
LOCKED_TOO = "-10030"  # after doAuth; after any other method it means that the camera does not know it
REFUSALS = (NEEDED, WRONG)
LOCKS = (LOCKED, LOCKED_TOO)
LIFE = 25 * 60.0  # seconds; the text gives a token half an hour
USER = "admin"  # the only account of this protocol; the name is part of the digest


@dataclass(frozen=True, slots=True)
class Challenge:
    realm: str
    nonce: str
    algorithm: str = "SHA-256"
    uri: str = METHOD
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Token:
    """What a login gave. born is a time.monotonic()."""

    text: str = field(repr=False)
    born: float

    def is_fresh(self, now: float) -> bool:
        return now - self.born < LIFE


def question() -> bytes:
    """The first step, which carries nothing that could be wrong."""
    return json.dumps({"method": METHOD, "params": None}).encode()


def challenge_in(reply: Reply) -> Challenge | None:
    """The challenge of an answer to `question`, None where the camera knows the form of the text only."""
    said = reply.root.child("authenticate") or (reply.result.child("authenticate") if reply.result else None)
    if said is None or not said.text_of("nonce"):
        return None
    return Challenge(
        said.text_of("realm"),
        said.text_of("nonce"),
        said.text_of("algorithm", "SHA-256"),
        said.text_of("uri", METHOD),
        said.text_of("method", "POST"),
    )


def answer(challenge: Challenge, credentials: Credentials) -> bytes:
    """The second step. ProtocolError for an algorithm that is not known here: nothing was tried."""
    hashes = {"SHA-256": hashlib.sha256, "SHA256": hashlib.sha256, "MD5": hashlib.md5}
    made = hashes.get(challenge.algorithm.upper())
    if made is None:
        raise ProtocolError(
            "The camera asks for a login that is not known here.", detail=f"algorithm {challenge.algorithm[:40]}"
        )

    def digest(text: str) -> str:
        return str(made(text.encode()).hexdigest())

    one = digest(f"{credentials.user or USER}:{challenge.realm}:{credentials.password}")
    two = digest(f"{challenge.method}:{challenge.uri}")
    response = digest(f"{one}:{challenge.nonce}:{two}")
    return json.dumps({"method": METHOD, "params": {"nonce": challenge.nonce, "response": response}}).encode()


def password_form(credentials: Credentials) -> bytes:
    """The form of the text, in one step."""
    word = hashlib.md5(credentials.password.encode()).hexdigest().upper()
    return json.dumps({"method": METHOD, "params": {"password": word, "passwdType": "md5"}}).encode()


def token_in(reply: Reply) -> str:
    """ "" where the answer gives none."""
    return reply.root.text_of("stok") or (reply.result.text_of("stok") if reply.result else "")


def problem(code: str, camera: str) -> AuthError | None:
    """What an error code of doAuth means once a password was sent; None for one that says nothing of it."""
    if code in LOCKS:
        return locked(code, camera)
    if code == WRONG:
        return BadCredentials(
            f"{camera} refused the password. It was tried once.",
            hint="Check Caps Lock. OpenAPI takes the administrator's password of the camera's own web page.",
            detail=f"error {code}: wrong password",
        )
    if code == NEEDED:
        return BadCredentials(
            f"{camera} refused the login and wants another one. The password was tried once.",
            hint="Check the password of the camera's own web page, and whether its administrator is called admin.",
            detail=f"error {code}: login needed or failed",
        )
    return None


def locked(code: str, camera: str) -> LockedOut:
    """The two sources of LOCKED_TOO disagree: one met it as a lock, one as a method that is not there."""
    if code == LOCKED_TOO:
        return LockedOut(
            f"{camera} lets nobody log in: it is locked, or its OpenAPI takes no logins.",
            hint="Wait half an hour or restart the camera. If it goes on, look in its web page under Network Settings "
            "whether OpenAPI is on.",
            detail=f"error {code}: administrator locked, or method not known",
        )
    return LockedOut(
        f"{camera} is locked after too many wrong passwords.",
        hint="Wait half an hour, or restart the camera, before you try again.",
        detail=f"error {code}: too many tries",
    )
