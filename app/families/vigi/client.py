"""Calls of one camera: a connection for each, a token for all of them, renewed when it must be.

A call that meets an expired token is sent once more after a new login: the camera has not carried it out. A refused
password or a lock ends everything at once and for good, so that nothing here ever tries a password twice.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from app.errors import AuthError, CameraError, ProtocolError
from app.families.base import Credentials, HttpChannel
from app.families.vigi import answers, auth
from app.families.vigi.answers import Reply
from app.families.vigi.auth import Token
from app.model.device import Address
from app.patience import Sleep, patiently
from app.transport.failures import LoginAsked
from app.wire.http import HttpAnswer, HttpRequest
from app.wire.redact import MASK

JSON = "application/json"
DEFAULT_PORT = 20443
DEADLINE = 10.0
WRITE_DEADLINE = 20.0  # seconds; a changed stream restarts the encoder before the camera answers
_UNESCAPED = "!$&'()*+,;=:@-._~"  # what a path may hold as it is; tokens have some of these

_UNAVAILABLE = 503

Params = Mapping[str, Any]


def called(address: Address) -> str:
    """How messages name a camera: the address as people type it."""
    return str(replace(address, port=None) if address.port == DEFAULT_PORT else address)


Post = Callable[[bytes], Awaitable[Reply]]


class Login:
    """The token of one camera, for every connection to it. A refusal is remembered: no password is tried twice."""

    def __init__(self, credentials: Credentials, clock: Callable[[], float] = time.monotonic) -> None:
        self.refusal: AuthError | None = None
        self._credentials = credentials
        self._clock = clock
        self._token: Token | None = None
        self._busy = asyncio.Lock()

    async def token(self, post: Post, camera: str, instead_of: Token | None = None) -> Token:
        """One that is good for some minutes; a new one where the camera no longer takes `instead_of`."""
        async with self._busy:
            if self.refusal is not None:
                raise self.refusal.with_traceback(None)
            held = self._token
            if held is not None and held is not instead_of and held.is_fresh(self._clock()):
                return held
            self._token = None
            try:
                self._token = Token(await self._log_in(post, camera), self._clock())
            except AuthError as refusal:
                self.refusal = refusal
                raise
            return self._token

    def twin(self) -> Login:
        """The same account with a token of its own, for another event loop. It knows of a refusal."""
        made = Login(self._credentials, self._clock)
        made.refusal = self.refusal
        return made

    def hidden(self, text: str) -> str:
        """A text without the token."""
        return text if self._token is None else text.replace(self._token.text, MASK)

    async def _log_in(self, post: Post, camera: str) -> str:
        asked = await post(auth.question())
        if asked.code in auth.LOCKS:
            raise auth.locked(asked.code, camera)
        challenge = auth.challenge_in(asked)
        form = auth.password_form
        body = form(self._credentials) if challenge is None else auth.answer(challenge, self._credentials)
        reply = await post(body)
        token = auth.token_in(reply)
        if reply.is_ok and token:
            return token
        refusal = auth.problem(reply.code, camera)
        if refusal is not None:
            raise refusal
        if reply.is_ok:
            raise ProtocolError(f"{camera} took the password but opened no session.", detail=auth.METHOD)
        raise answers.fault(reply.code, auth.METHOD, camera)


class Client:
    """One camera. channel must send each POST over a connection of its own, as `app.transport` does."""

    def __init__(self, channel: HttpChannel, login: Login, sleep: Sleep = asyncio.sleep) -> None:
        self.channel = channel
        self.login = login
        self._sleep = sleep
        self.name = ""  # what the camera calls itself, where it said so

    def __repr__(self) -> str:
        return f"Client({self.channel.address})"

    @property
    def camera(self) -> str:
        """The camera in messages: by its own name, as people know it, else by its address."""
        return self.name or called(self.channel.address)

    async def log_in(self) -> None:
        """Gets a token, with one try of the password. BadCredentials, LockedOut, ProtocolError, TransportError."""
        await self.token()

    async def token(self, instead_of: Token | None = None) -> Token:
        return await self.login.token(self._ask, self.camera, instead_of)

    async def call(self, method: str, params: Params | None = None, *, deadline: float = DEADLINE) -> Reply:
        """The answer that says OK; waits while the camera is busy, and raises what any other answer stands for."""
        return await self.send(method, _body(method, params), deadline=deadline)

    async def call_once(self, method: str, params: Params | None = None) -> Reply:
        """The same without a second try: for what must be done now or not at all."""
        return await self._send(method, _body(method, params), DEADLINE)

    async def send(self, method: str, body: bytes, *, deadline: float = DEADLINE) -> Reply:
        """As `call`, with a body that was made elsewhere."""
        return await patiently(lambda: self._send(method, body, deadline), self._sleep)

    async def _send(self, method: str, body: bytes, deadline: float) -> Reply:
        token = await self.token()
        reply = await self._post(self.path(token), method, body, deadline)
        if reply.code in (auth.EXPIRED, auth.NEEDED):
            token = await self.token(instead_of=token)
            reply = await self._post(self.path(token), method, body, deadline)
        if reply.is_ok:
            return reply
        raise self._problem(reply.code, method)

    def _problem(self, code: str, method: str) -> CameraError:
        if code in (auth.EXPIRED, auth.NEEDED):
            return ProtocolError(
                f"{self.camera} does not accept the session that it has just opened.",
                hint="Restart the camera, or close other programs that use it.",
                detail=f"{method}: error {code}",
            )
        if code in (auth.WRONG, auth.LOCKED):
            refusal = auth.problem(code, self.camera)
            if refusal is not None:
                self.login.refusal = refusal
                return refusal
        return answers.fault(code, method, self.camera)

    def path(self, token: Token) -> str:
        return f"/stok={quote(token.text, safe=_UNESCAPED)}"

    async def _ask(self, body: bytes) -> Reply:
        return await self._post("/", auth.METHOD, body, DEADLINE)

    async def _post(self, path: str, method: str, body: bytes, deadline: float) -> Reply:
        request = HttpRequest("POST", path, body=body, content_type=JSON, deadline=deadline, limit=answers.LIMIT)
        try:
            answer = await self._answer(request)
        except CameraError as problem:
            problem.detail = self.login.hidden(problem.detail)
            raise
        if answer.status == _UNAVAILABLE:
            raise answers.fault(str(answer.status), method, self.camera)
        if not answer.body.strip():
            raise ProtocolError(
                f"{self.camera} sent an empty answer.", detail=f"{method}: HTTP {answer.status}, no bytes"
            )
        return answers.read(answer.body, method, self.camera)

    async def _answer(self, request: HttpRequest) -> HttpAnswer:
        """Challenges come with status 200 or 401."""
        try:
            return await self.channel.send(request)
        except LoginAsked as asked:
            return asked.answer


def _body(method: str, params: Params | None) -> bytes:
    body: dict[str, Any] = {"method": method}
    if params is not None:
        body["params"] = params
    return json.dumps(body, ensure_ascii=False).encode()
