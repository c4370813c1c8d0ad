"""One device's login over HTTP: one try of one password, then silence."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from app.errors import AuthError, BadCredentials, CredentialsNeeded, LockedOut
from app.model.device import Address
from app.transport import failures
from app.wire.digest import DigestClient, parse_challenges, strongest
from app.wire.http import HttpAnswer

ReadRefusal = Callable[[HttpAnswer], AuthError | None]

_PROOF_SECONDS = 30.0  # how long one good answer proves that a kept nonce is still welcome


class UserAndPassword(Protocol):
    """What a login needs; the families' Credentials are such."""

    @property
    def user(self) -> str: ...

    @property
    def password(self) -> str: ...


class Reply(Protocol):
    @property
    def status(self) -> int: ...


ReplyT = TypeVar("ReplyT", bound=Reply)
Authorize = Callable[[], str | None]


class Login:
    """Answers challenges, remembers a refusal for good, knows whether a kept nonce may be sent ahead.

    read_refusal lets a family read the body of a 401 (tries left, locked for how long).
    """

    def __init__(self, address: Address, credentials: UserAndPassword | None, *, allow_basic: bool = True) -> None:
        self.read_refusal: ReadRefusal | None = None
        self._address = address
        self._user = credentials.user if credentials else ""
        self._allow_basic = allow_basic
        self._client = (
            DigestClient(credentials.user, credentials.password, allow_basic=allow_basic) if credentials else None
        )
        self._refusal: AuthError | None = None
        self._answered = False
        self._ahead = True  # the device takes authorizations that it did not just ask for
        self._ahead_proven = float("-inf")

    @property
    def basic_used(self) -> bool:
        """The password went over the wire readable for everybody."""
        return self._client is not None and self._client.scheme == "basic"

    @property
    def is_on_trial(self) -> bool:
        """A request sent now carries a password that the device has not accepted yet."""
        return self._client is not None and self._client.is_on_trial

    @property
    def is_settled(self) -> bool:
        """The device has answered without asking for more: what is sent now is no try of a password."""
        return self._client is None or (self._answered and not self._client.is_on_trial)

    async def run(
        self, method: str, target: str, body: bytes, attempt: Callable[[Authorize], Awaitable[ReplyT]]
    ) -> ReplyT:
        """The reply that is no 401. `attempt` sends the request; a reply with 401 or 403 must be an HttpAnswer.

        It calls what it is given for each time it sends, so that no nonce count is used twice.
        """
        self.stop_if_refused()
        client = self._client
        if client is None:
            reply = await attempt(_nothing)
            if isinstance(reply, HttpAnswer) and reply.status == 401:
                raise self._asked(reply)
            return reply

        def authorize() -> str | None:
            return client.authorization(method, target, body)

        if not self._ahead:
            client.forget_challenge()
        ahead = client.scheme != ""
        reply = await attempt(authorize)
        if reply.status == 403 and ahead and self._doubtful(client):
            return await self._ask_afresh(client, authorize, attempt)
        reply = await self._answer_challenges(client, authorize, attempt, reply)
        if ahead and reply.status != 403:
            self._ahead_proven = time.monotonic()
        return reply

    def ahead(self, method: str, target: str) -> str | None:
        """An authorization for a request whose body nobody knows yet. None before the device has taken one, and where
        it wants the body to be part of it."""
        client = self._client
        if client is None or self._refusal is not None or not self._ahead:
            return None
        if not client.scheme or client.is_on_trial or client.signs_bodies:
            return None
        return client.authorization(method, target)

    def challenged(self, answer: HttpAnswer) -> None:
        """A 401 to what `ahead` gave: raises where the password is refused, else the next request answers it."""
        if self._client is not None:
            self._react(self._client, answer)

    def stop_if_refused(self) -> None:
        """Raises the refusal again without a word to the device."""
        if self._refusal is not None:
            raise self._refusal.with_traceback(None)

    def _doubtful(self, client: DigestClient) -> bool:
        """Some devices answer 403 to a nonce they have forgotten; a device that just took it means it."""
        return client.scheme == "digest" and time.monotonic() - self._ahead_proven > _PROOF_SECONDS

    async def _ask_afresh(
        self, client: DigestClient, authorize: Authorize, attempt: Callable[[Authorize], Awaitable[ReplyT]]
    ) -> ReplyT:
        client.forget_challenge()
        reply = await attempt(authorize)
        reply = await self._answer_challenges(client, authorize, attempt, reply)
        if reply.status == 403:
            self._ahead_proven = time.monotonic()  # the nonce was not the reason
        else:
            self._ahead = False
        return reply

    async def _answer_challenges(
        self,
        client: DigestClient,
        authorize: Authorize,
        attempt: Callable[[Authorize], Awaitable[ReplyT]],
        reply: ReplyT,
    ) -> ReplyT:
        while isinstance(reply, HttpAnswer) and reply.status == 401:
            self._react(client, reply)
            reply = await attempt(authorize)
        if client.scheme:
            client.accepted()
        self._answered = True
        return reply

    def _react(self, client: DigestClient, answer: HttpAnswer) -> None:
        """Raises, or leaves the client armed for one more request."""
        told = self.read_refusal(answer) if self.read_refusal else None
        if isinstance(told, LockedOut):
            raise self._remember(told)
        values = answer.all("www-authenticate")
        challenges = parse_challenges(values)
        tried = client.scheme != ""
        if client.answer(challenges):
            return
        if tried:
            raise self._remember(told or failures.bad_credentials(self._address, self._user))
        barred = not self._allow_basic and strongest(challenges) is not None
        offered = ", ".join(each.scheme + (f" {each.algorithm}" if each.algorithm else "") for each in challenges)
        raise failures.no_known_login(self._address, offered, barred)

    def _remember(self, error: AuthError) -> AuthError:
        """A family may read no more from a 401 than that the password is needed; tried once, it is refused."""
        if isinstance(error, CredentialsNeeded):
            error = BadCredentials(error.summary, hint=error.hint, detail=error.detail)
        self._refusal = error
        return error

    def _asked(self, answer: HttpAnswer) -> AuthError:
        told = self.read_refusal(answer) if self.read_refusal else None
        return told if isinstance(told, LockedOut) else failures.login_asked(self._address, answer)


def _nothing() -> None:
    return None
