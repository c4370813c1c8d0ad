"""Digest and Basic authentication for HTTP and RTSP, sans-IO (RFC 7616, 2617, 2069, 7617).

Texts are header texts: every character stands for one byte (latin-1), as header readers give and take them.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from app.errors import InvalidSetting

MAX_HEADER = 8192  # characters of one header that are looked at
MAX_CHALLENGES = 32

_HASHES = {
    "": "md5",
    "MD5": "md5",
    "MD5-SESS": "md5",
    "SHA-256": "sha256",
    "SHA256": "sha256",
    "SHA-256-SESS": "sha256",
    "SHA256-SESS": "sha256",
}
_KNOWN_SCHEMES = ("basic", "digest")
_SEPARATORS = " \t,"
_NOT_IN_TOKEN = frozenset('()<>@,;:\\"/[]?={} \t')


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge. realm, nonce and opaque are as they stood between their quotes, to be echoed unchanged.

    scheme is lower case; algorithm keeps its spelling and is "" where the device does not say (MD5 then);
    qop lists the lower-case options; opaque is None where the device sent none.
    """

    scheme: str
    realm: str = ""
    nonce: str = ""
    algorithm: str = ""
    qop: tuple[str, ...] = ()
    opaque: str | None = None
    stale: bool = False
    utf8: bool = False
    userhash: bool = False

    @property
    def strength(self) -> int:
        """0 cannot be answered, 1 Basic, 2 Digest with MD5, 3 Digest with SHA-256."""
        if self.scheme == "basic":
            return 1
        if self.scheme != "digest" or not self.nonce:
            return 0
        return {"md5": 2, "sha256": 3}.get(self.hash_name, 0)

    @property
    def hash_name(self) -> str:
        """The name hashlib knows, "" for an algorithm that is not known here."""
        return _HASHES.get(self.algorithm.upper(), "")

    @property
    def is_session(self) -> bool:
        return self.algorithm.upper().endswith("-SESS")


def parse_challenges(values: Iterable[str]) -> tuple[Challenge, ...]:
    """Every challenge of any number of WWW-Authenticate values, in order.

    Never fails: what makes no sense is skipped.
    """
    found: list[Challenge] = []
    for value in values:
        for scheme, params in _split(value[:MAX_HEADER]):
            found.append(_challenge(scheme, params))
            if len(found) == MAX_CHALLENGES:
                return tuple(found)
    return tuple(found)


def strongest(challenges: Iterable[Challenge], allow_basic: bool = True) -> Challenge | None:
    """The challenge to answer: SHA-256 before MD5.

    Basic only where no Digest is offered, not even one of an unknown algorithm: nobody can talk us down.
    """
    offered = tuple(challenges)
    has_digest = any(each.scheme == "digest" for each in offered)
    usable = [
        each for each in offered if each.strength > 0 and (each.scheme != "basic" or (allow_basic and not has_digest))
    ]
    return max(usable, key=lambda each: each.strength, default=None)


class DigestClient:
    """Answers the challenges of one device with one pair of credentials; counts nonces, never loops.

    Call `answer` with the challenges of each 401, `authorization` for each request, `accepted` after each
    request that was sent with an authorization and not refused. InvalidSetting for a user name that no header
    can carry.
    """

    def __init__(
        self,
        user: str,
        password: str,
        *,
        allow_basic: bool = True,
        make_cnonce: Callable[[], str] = lambda: secrets.token_hex(16),
    ) -> None:
        self.quotes_all = False  # qop and nc in quotes behind the cnonce, where a device refuses the form of RFC 7616
        if any(ord(sign) < 32 or ord(sign) == 127 for sign in user):
            raise InvalidSetting("The user name holds a control character, which no device accepts.")
        self._user = user
        self._password = password
        self._allow_basic = allow_basic
        self._make_cnonce = make_cnonce
        self._challenge: Challenge | None = None
        self._cnonce = ""
        self._count = 0
        self._proven = False
        self._second_try = False

    def __repr__(self) -> str:
        return f"DigestClient(user={self._user!r}, scheme={self.scheme!r})"

    @property
    def scheme(self) -> str:
        """ "digest", "basic", or "" before the first challenge."""
        return self._challenge.scheme if self._challenge else ""

    @property
    def is_on_trial(self) -> bool:
        """The next authorization is the first one for its challenge: sending it twice would be two tries."""
        return self._challenge is not None and not self._proven

    @property
    def signs_bodies(self) -> bool:
        """An authorization holds for one body only (auth-int)."""
        return self._challenge is not None and _choose_qop(self._challenge.qop) == "auth-int"

    def answer(self, challenges: Iterable[Challenge]) -> bool:
        """True: send the request once more, with a new `authorization`. False: the credentials are refused.

        The first challenge is worth a request. So is a new nonce for one that grew stale; where the
        credentials have worked before, a new nonce is enough, as many cameras let nonces expire and do not
        say stale. Two refusals in a row are never answered.
        """
        offered = tuple(challenges)
        best = strongest(offered, self._allow_basic)
        if best is None:
            return False
        if self._challenge is not None:
            fresh = best.scheme == "digest" and best.nonce != self._challenge.nonce
            if self._second_try or not fresh or not (best.stale or self._proven):
                return False
            self._second_try = True
        self._take(best)
        return True

    def accepted(self) -> None:
        """The device took the last authorization: these credentials are good."""
        self._proven = True
        self._second_try = False

    def forget_challenge(self) -> None:
        """The next request goes out bare and the next challenge counts as the first one."""
        self._challenge = None
        self._proven = False
        self._second_try = False

    def authorization(self, method: str, uri: str, body: bytes = b"") -> str | None:
        """The Authorization value for the next request; None before the first challenge.

        uri is the request target as it stands in the request line. Each call uses up one nonce count.
        """
        if self._challenge is None:
            return None
        if self._challenge.scheme == "basic":
            return self._basic(self._challenge)
        return self._digest(self._challenge, method, uri, body)

    def _take(self, challenge: Challenge) -> None:
        self._challenge = challenge
        self._cnonce = self._make_cnonce()
        self._count = 0
        self._proven = False

    def _basic(self, challenge: Challenge) -> str:
        pair = _encode(f"{self._user}:{self._password}", challenge.utf8)
        return "Basic " + base64.b64encode(pair).decode("ascii")

    def _digest(self, challenge: Challenge, method: str, uri: str, body: bytes) -> str:
        self._count += 1
        count = f"{self._count:08x}"
        qop = _choose_qop(challenge.qop)
        response = self._response(challenge, method, uri, body, qop, count)
        parts = [
            *self._name_parts(challenge),
            f'realm="{challenge.realm}"',
            f'nonce="{challenge.nonce}"',
            f'uri="{uri}"',
            f'response="{response}"',
        ]
        if challenge.algorithm:
            parts.append(f"algorithm={challenge.algorithm}")
        if challenge.opaque is not None:
            parts.append(f'opaque="{challenge.opaque}"')
        if qop and self.quotes_all:
            parts += [f'qop="{qop}"', f'cnonce="{self._cnonce}"', f'nc="{count}"']
        elif qop:
            parts += [f"qop={qop}", f"nc={count}", f'cnonce="{self._cnonce}"']
        elif challenge.is_session:
            parts.append(f'cnonce="{self._cnonce}"')
        return "Digest " + ", ".join(parts)

    def _response(self, challenge: Challenge, method: str, uri: str, body: bytes, qop: str, count: str) -> str:
        def digest(*parts: bytes) -> str:
            return hashlib.new(challenge.hash_name, b":".join(parts), usedforsecurity=False).hexdigest()

        nonce, cnonce = _encode(challenge.nonce), _encode(self._cnonce)
        secret = digest(
            _encode(self._user, challenge.utf8),
            _encode(_unescape(challenge.realm)),
            _encode(self._password, challenge.utf8),
        )
        if challenge.is_session:
            secret = digest(secret.encode("ascii"), nonce, cnonce)
        asked = [_encode(method), _encode(uri)]
        if qop == "auth-int":
            asked.append(digest(body).encode("ascii"))
        between = [_encode(count), cnonce, _encode(qop)] if qop else []
        return digest(secret.encode("ascii"), nonce, *between, digest(*asked).encode("ascii"))

    def _name_parts(self, challenge: Challenge) -> tuple[str, ...]:
        name = _encode(self._user, challenge.utf8)
        if challenge.userhash:
            hashed = hashlib.new(
                challenge.hash_name,
                name + b":" + _encode(_unescape(challenge.realm)),
                usedforsecurity=False,
            )
            return (f'username="{hashed.hexdigest()}"', "userhash=true")
        if challenge.utf8 and not self._user.isascii():
            return (f"username*=UTF-8''{quote(name, safe='')}",)
        return (f'username="{_escape(name.decode("latin-1"))}"',)


def _choose_qop(offered: tuple[str, ...]) -> str:
    """Unknown options count as absent, which is the form of RFC 2069."""
    return next((qop for qop in ("auth", "auth-int") if qop in offered), "")


def _encode(text: str, utf8: bool = False) -> bytes:
    if utf8:
        return text.encode("utf-8", "surrogatepass")
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _unescape(text: str) -> str:
    """Only what must be escaped is taken as escaped: some realms hold a bare backslash."""
    return text.replace('\\"', '"').replace("\\\\", "\\")


def _challenge(scheme: str, params: dict[str, str]) -> Challenge:
    return Challenge(
        scheme=scheme.lower(),
        realm=params.get("realm", ""),
        nonce=params.get("nonce", ""),
        algorithm=params.get("algorithm", "").strip(),
        qop=tuple(params.get("qop", "").lower().replace(",", " ").split()),
        opaque=params.get("opaque"),
        stale=params.get("stale", "").strip().lower() == "true",
        utf8=params.get("charset", "").strip().lower() == "utf-8",
        userhash=params.get("userhash", "").strip().lower() == "true",
    )


def _split(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Scheme and parameters of each challenge in one header value.

    A word is a scheme at the start of a value, where it is a known scheme, or where a parameter follows it
    after a comma; any other word without "=" is noise.
    """
    # Controls would break the header that echoes them.
    text = "".join(sign for sign in text if (ord(sign) >= 32 and ord(sign) != 127) or sign == "\t")
    scheme: str | None = None
    params: dict[str, str] = {}
    at = 0
    after_comma = True
    while at < len(text):
        if text[at] in _SEPARATORS:
            after_comma = after_comma or text[at] == ","
            at += 1
            continue
        word, end = _token(text, at)
        if not word:  # a sign that starts nothing
            at += 1
            continue
        equals = _skip_blanks(text, end)
        if equals < len(text) and text[equals] == "=":
            value, at = _value(text, _skip_blanks(text, equals + 1))
            if scheme is not None:
                params.setdefault(word.lower(), value)
        else:
            if word.lower() in _KNOWN_SCHEMES or scheme is None or (after_comma and _param_at(text, equals)):
                if scheme is not None:
                    yield scheme, params
                scheme, params = word, {}
            at = end
        after_comma = False
    if scheme is not None:
        yield scheme, params


def _token(text: str, at: int) -> tuple[str, int]:
    end = at
    while end < len(text) and text[end] not in _NOT_IN_TOKEN:
        end += 1
    return text[at:end], end


def _skip_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t":
        at += 1
    return at


def _param_at(text: str, at: int) -> bool:
    word, end = _token(text, at)
    end = _skip_blanks(text, end)
    return bool(word) and end < len(text) and text[end] == "="


def _value(text: str, at: int) -> tuple[str, int]:
    """The value at a place and where it ends. A quote that is never closed runs to the end of the header."""
    if at < len(text) and text[at] == '"':
        end = at + 1
        while end < len(text) and text[end] != '"':
            end += 2 if text[end] == "\\" and end + 1 < len(text) else 1
        return _closed(text[at + 1 : end]), end + 1
    # Without quotes: to the comma, or to a blank before the next parameter or a known scheme.
    end = at
    while end < len(text) and text[end] != ",":
        if text[end] in " \t":
            following = _skip_blanks(text, end)
            if _param_at(text, following) or _token(text, following)[0].lower() in _KNOWN_SCHEMES:
                break
            end = following
        else:
            end += 1
    return _escape(text[at:end].strip().replace('"', "")), end


def _closed(raw: str) -> str:
    """A lone backslash at the end would escape the closing quote of the echo."""
    tail = len(raw) - len(raw.rstrip("\\"))
    return raw if tail % 2 == 0 else raw + "\\"
