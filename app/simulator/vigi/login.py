"""doAuth and its tokens (section 4.1.1), in both forms: the MD5 of the password, and a challenge with SHA-256.

No table of error codes is published: these were measured by others on real cameras.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.simulator.quirks import Quirks

EXPIRED = -10002
AUTH_NEEDED = -10020
WRONG_PASSWORD = -10021
LOCKED = -10022
LOCKED_TOO = -10030
REALM = "TP-LINK IP-Camera"
TRIES = 5
_NONCE_SECONDS = 300.0
_TOKENS = 32  # at once; the oldest goes
# Real tokens hold these as well, so a client that encodes or cuts them is found out.
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789(*"


@dataclass(slots=True)
class _Token:
    until: float
    uses_left: float


class Login:
    """The one account of a camera: admin."""

    def __init__(self, password: str, quirks: Quirks, clock: Callable[[], float] = time.monotonic) -> None:
        self._password = password
        self._quirks = quirks
        self._clock = clock
        self._nonces: dict[str, float] = {}
        self._tokens: dict[str, _Token] = {}
        self._wrong = 0
        self._locked_until = 0.0

    def do_auth(self, params: object) -> dict[str, Any]:
        """The members of the answer beside its method."""
        if self._is_locked():
            return {"errCode": self._locked_code}
        match params:
            case {"password": str(given), "passwdType": "md5"} if "md5_login" in self._quirks:
                return self._settle(hmac.compare_digest(given.upper().encode(), self.md5.encode()))
            case {"nonce": str(nonce), "response": str(response)} if "md5_login" not in self._quirks:
                if self._clock() > self._nonces.pop(nonce, 0.0):
                    return self._challenge()  # not one of ours, used, or too old: no wrong password
                return self._settle(hmac.compare_digest(response.lower().encode(), self._proof(nonce).encode()))
        return {"errCode": AUTH_NEEDED} if "md5_login" in self._quirks else self._challenge()

    def refusal(self, token: str | None) -> int:
        """0 lets a call with this token in; else its error code."""
        if token is None:
            return AUTH_NEEDED
        kept = self._tokens.get(token)
        if kept is None or self._clock() > kept.until or kept.uses_left <= 0:
            self._tokens.pop(token, None)
            return EXPIRED
        kept.uses_left -= 1
        return 0

    def forget(self) -> None:
        """A reboot ends every session and lock."""
        self._nonces.clear()
        self._tokens.clear()
        self._wrong, self._locked_until = 0, 0.0

    def lock(self) -> None:
        """Somebody else has had too many tries."""
        self._locked_until = self._clock() + self._quirks.number("lock_seconds")

    @property
    def _locked_code(self) -> int:
        return LOCKED_TOO if "locks_with_10030" in self._quirks else LOCKED

    def _is_locked(self) -> bool:
        return self._clock() < self._locked_until

    def _settle(self, right: bool) -> dict[str, Any]:
        if not right:
            self._wrong += 1
            if self._wrong >= TRIES and "no_lockout" not in self._quirks:
                self._wrong = 0
                self.lock()
                return {"errCode": self._locked_code}
            return {"errCode": WRONG_PASSWORD}
        self._wrong = 0
        token = "".join(secrets.choice(_LETTERS) for _ in range(30)) + "(*"
        uses = self._quirks.number("token_uses") if "token_uses" in self._quirks else float("inf")
        while len(self._tokens) >= _TOKENS:
            del self._tokens[next(iter(self._tokens))]
        self._tokens[token] = _Token(self._clock() + self._quirks.number("token_seconds"), uses)
        return {"stok": token, "errCode": 0}

    def _challenge(self) -> dict[str, Any]:
        nonce = secrets.token_hex(16)
        self._nonces = {each: until for each, until in self._nonces.items() if until > self._clock()}
        self._nonces[nonce] = self._clock() + _NONCE_SECONDS
        how = {"realm": REALM, "nonce": nonce, "algorithm": "SHA-256", "uri": "doAuth", "method": "POST"}
        return {"authenticate": how, "errCode": AUTH_NEEDED}

    @property
    def md5(self) -> str:
        """Of the password, as the first firmware takes it."""
        return hashlib.md5(self._password.encode()).hexdigest().upper()

    def _proof(self, nonce: str) -> str:
        def h(text: str) -> str:
            return hashlib.sha256(text.encode()).hexdigest()

        return h(f"{h(f'admin:{REALM}:{self._password}')}:{nonce}:{h('POST:doAuth')}")
