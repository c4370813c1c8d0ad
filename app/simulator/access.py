"""Who is let in: accounts with levels, Digest and Basic challenges, and the lock after wrong passwords."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import math
import re
import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import IntEnum
from urllib.parse import urlsplit

TRIES = 5
NONCE_SECONDS = 300
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}
_ENCODINGS = ("utf-8", "latin-1")  # of names and passwords, as clients send them
_PARAMETER = re.compile(r'([A-Za-z0-9_-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))')


class Level(IntEnum):
    """What an account may do; each level includes the ones below it."""

    VIEWER = 1
    OPERATOR = 2
    ADMINISTRATOR = 3


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    password: str = field(repr=False)
    level: Level = Level.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Scheme:
    """One way in that is offered: kind "digest" or "basic", algorithm "MD5" or "SHA-256" for digest."""

    kind: str
    algorithm: str = "MD5"
    name_algorithm: bool = False  # old firmware leaves the word MD5 out


@dataclass(frozen=True, slots=True)
class Verdict:
    """account when let in. Otherwise tried says whether a password was wrong (and counted), stale that only the
    nonce was too old; locked_for is in seconds, 0 when not locked."""

    account: Account | None = None
    tried: bool = False
    stale: bool = False
    locked_for: int = 0
    tries_left: int = TRIES


class Gate:
    """Checks Authorization headers of one camera. Thread-safe enough: single dictionary operations only."""

    def __init__(
        self,
        realm: str,
        schemes: Iterable[Scheme],
        accounts: Callable[[], Iterable[Account]],
        *,
        lock_seconds: float = 1800.0,
        lockout: bool = True,
        one_use: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.realm = realm
        self.schemes = tuple(schemes)
        self._accounts = accounts
        self._lock_seconds = lock_seconds
        self._lockout = lockout
        self._one_use = one_use
        self._clock = clock
        self._locked_until = 0.0  # for everybody, by somebody else's wrong passwords
        self._key = secrets.token_bytes(16)
        self._serial = 0
        self._used: dict[str, set[str]] = {}
        self._wrong: dict[str, tuple[int, float]] = {}  # peer -> wrong passwords, locked until

    def challenges(self, *, stale: bool = False, qop: bool = True) -> tuple[str, ...]:
        """WWW-Authenticate values, the strongest first. qop False: the RTSP form."""
        return tuple(self._challenge(scheme, stale, qop) for scheme in self.schemes)

    def check(self, method: str, target: str, authorization: str | None, peer: str) -> Verdict:
        """The verdict on one request; counts a wrong password of a scheme that is offered."""
        locked = self.locked_for(peer)
        if locked:
            return Verdict(locked_for=locked, tries_left=0)
        if not authorization:
            return Verdict(tries_left=self._tries_left(peer))
        word, _, rest = authorization.strip().partition(" ")
        offered = {scheme.kind for scheme in self.schemes}
        if word.lower() not in offered:
            # A client that begins with Basic where only Digest is offered has not guessed a password.
            return Verdict(tries_left=self._tries_left(peer))
        if word.lower() == "basic":
            account = self._basic(rest)
            return self._settle(peer, account, nonce_fresh=True)
        return self._digest(method, target, rest, peer)

    def locked_for(self, peer: str) -> int:
        """Seconds until this address may try again, rounded up; 0 when it may now."""
        elsewhere = self._locked_until - self._clock()
        if elsewhere > 0:
            return math.ceil(elsewhere)
        count, until = self._wrong.get(peer, (0, 0.0))
        if count < TRIES or not self._lockout:
            return 0
        left = until - self._clock()
        if left > 0:
            return math.ceil(left)
        self._wrong.pop(peer, None)
        return 0

    def lock_for_all(self) -> None:
        """Somebody else has had too many tries: the account is locked, whoever asks."""
        self._locked_until = self._clock() + self._lock_seconds

    def forget(self) -> None:
        """A reboot forgets nonces and locks."""
        self._locked_until = 0.0
        self._key = secrets.token_bytes(16)
        self._used.clear()
        self._wrong.clear()

    def _tries_left(self, peer: str) -> int:
        return max(0, TRIES - self._wrong.get(peer, (0, 0.0))[0])

    def _settle(self, peer: str, account: Account | None, *, nonce_fresh: bool) -> Verdict:
        if account is not None and not nonce_fresh:
            return Verdict(stale=True, tries_left=self._tries_left(peer))
        if account is not None:
            self._wrong.pop(peer, None)
            return Verdict(account)
        count = self._wrong.get(peer, (0, 0.0))[0] + 1
        self._wrong[peer] = (count, self._clock() + self._lock_seconds)
        return Verdict(tried=True, locked_for=self.locked_for(peer), tries_left=self._tries_left(peer))

    def _basic(self, text: str) -> Account | None:
        try:
            pair = base64.b64decode(text.strip(), validate=True)
        except (binascii.Error, ValueError):
            return None
        name, _, password = pair.partition(b":")
        for account in self._accounts():
            for encoding in _ENCODINGS:
                try:
                    wanted = account.name.encode(encoding), account.password.encode(encoding)
                except UnicodeEncodeError:
                    continue
                if hmac.compare_digest(name, wanted[0]) and hmac.compare_digest(password, wanted[1]):
                    return account
        return None

    def _digest(self, method: str, target: str, text: str, peer: str) -> Verdict:
        given = _parameters(text)
        algorithm = given.get("algorithm", "MD5").upper()
        if not any(s.kind == "digest" and s.algorithm == algorithm for s in self.schemes):
            return Verdict(tries_left=self._tries_left(peer))
        nonce = given.get("nonce", "")
        age = self._nonce_age(nonce)
        if age is None:
            # Not one of ours, or from before a reboot: a fresh challenge, no wrong password counted.
            return Verdict(stale=True, tries_left=self._tries_left(peer))
        account = None
        if given.get("realm") == self.realm and _same_target(given.get("uri", ""), target):
            account = self._proven(method, given)
        fresh = age <= NONCE_SECONDS and (account is None or self._first_use(nonce, given.get("nc", "")))
        return self._settle(peer, account, nonce_fresh=fresh)

    def _proven(self, method: str, given: dict[str, str]) -> Account | None:
        for account in self._accounts():
            # A challenge without a charset leaves it to the client which bytes a password beyond ASCII has.
            proofs = (_response(account, self.realm, method, given, encoding) for encoding in _ENCODINGS)
            if account.name == given.get("username") and given.get("response", "") in proofs:
                return account
        return None

    def _challenge(self, scheme: Scheme, stale: bool, qop: bool) -> str:
        if scheme.kind == "basic":
            return f'Basic realm="{self.realm}"'
        parts = ['qop="auth"'] if qop else []
        parts += [f'realm="{self.realm}"', f'nonce="{self._nonce()}"']
        if scheme.name_algorithm or scheme.algorithm != "MD5":
            parts.append(f"algorithm={scheme.algorithm}")
        parts.append(f'stale="{"TRUE" if stale else "FALSE"}"')
        return "Digest " + ", ".join(parts)

    def _nonce(self) -> str:
        self._serial += 1
        stamp = f"{int(self._clock() * 1000):x}.{self._serial:x}"
        return f"{stamp}.{self._mark(stamp)}".encode().hex()

    def _mark(self, stamp: str) -> str:
        return hmac.new(self._key, stamp.encode(), hashlib.sha256).hexdigest()[:16]

    def _nonce_age(self, nonce: str) -> float | None:
        """Seconds since we gave this nonce out; None when we did not."""
        try:
            stamp, _, mark = bytes.fromhex(nonce).decode("ascii").rpartition(".")
            born = int(stamp.partition(".")[0], 16) / 1000
        except ValueError:
            return None
        return self._clock() - born if hmac.compare_digest(mark, self._mark(stamp)) else None

    def _first_use(self, nonce: str, count: str) -> bool:
        """False for a replayed request, and for every second request where a nonce is good for one."""
        if len(self._used) > 256:
            self._used = {key: uses for key, uses in self._used.items() if self._young(key)}
        uses = self._used.setdefault(nonce, set())
        if (self._one_use and uses) or (count and count in uses):
            return False
        uses.add(count)
        return True

    def _young(self, nonce: str) -> bool:
        age = self._nonce_age(nonce)
        return age is not None and age <= NONCE_SECONDS


def schemes_of(flags: Callable[[str], bool]) -> tuple[Scheme, ...]:
    """The ways in that a camera with these quirks offers; plain MD5 Digest without any."""
    if flags("basic_only"):
        return (Scheme("basic"),)
    if flags("sha256_only"):
        return (Scheme("digest", "SHA-256"),)
    if flags("sha256_first"):
        return (Scheme("digest", "SHA-256"), Scheme("digest", "MD5", name_algorithm=True))
    if flags("both_challenges") or flags("one_header"):
        return (Scheme("digest", "MD5", name_algorithm=True), Scheme("basic"))
    return (Scheme("digest"),)


def _parameters(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _PARAMETER.finditer(text):
        quoted, plain = match.group(2), match.group(3)
        found[match.group(1).lower()] = re.sub(r"\\(.)", r"\1", quoted) if quoted is not None else plain
    return found


def _response(account: Account, realm: str, method: str, given: dict[str, str], encoding: str) -> str | None:
    """What proves this account's password (RFC 7616); None where the encoding cannot say it."""
    digest = _HASHES[given.get("algorithm", "MD5").upper()]

    def h(text: str) -> str:
        return digest(text.encode(encoding)).hexdigest()

    middle = given["nonce"]
    if given.get("qop") == "auth":
        middle += f":{given.get('nc', '')}:{given.get('cnonce', '')}:auth"
    try:
        ha1 = h(f"{account.name}:{realm}:{account.password}")
        ha2 = h(f"{method}:{given.get('uri', '')}")
        return h(f"{ha1}:{middle}:{ha2}")
    except UnicodeEncodeError:
        return None


def _same_target(uri: str, target: str) -> bool:
    """Clients send the path or the whole URL; RTSP clients may keep to the URL of the presentation."""
    said, asked = urlsplit(uri).path.rstrip("/"), urlsplit(target).path.rstrip("/")
    if target.startswith("rtsp:") or uri.startswith("rtsp:"):
        return said.startswith(asked) or asked.startswith(said)
    return said == asked
