"""Is it one of ours? From an ODP answer, and from one question asked without a password."""

from __future__ import annotations

from app.errors import AuthError, ProtocolError, TransportError
from app.families.base import Clue, Dialer, Probe, Question
from app.families.vigi import answers, auth
from app.families.vigi.client import DEFAULT_PORT, JSON
from app.model.device import Address, Recognition
from app.transport.failures import LoginAsked
from app.wire import odp
from app.wire.http import HttpAnswer, HttpRequest

FAMILY = "vigi"
DIALECT = "openapi"
_WEB_PORTS = (80, 443)  # what some firmware names as its port: the web page's, not this interface's


def _ask(number: int, everybody: bool) -> bytes:
    return odp.request(number, broadcast=everybody)


PROBES = (
    Probe(
        "odp",
        odp.PORT,
        "",
        question=Question(_ask, odp.expected_serial),
        direct=True,
        ether_type=odp.ETHER_TYPE,
    ),
)


def recognise(clue: Clue) -> Recognition | None:
    """A claim on an ODP answer."""
    if clue.kind != "odp":
        return None
    try:
        device = odp.read_answer(clue.body)
    except ProtocolError:
        return None
    if not (device.mac or device.model or device.name):
        return None
    return Recognition(
        family=FAMILY,
        dialect=DIALECT,
        confidence=95,
        name=device.name,
        model=device.model,
        mac=spelled_mac(device.mac),
        port=None if device.http_port in _WEB_PORTS else device.http_port,
        needs_setup=device.factory_default,
        host=device.ip,
    )


def spelled_mac(text: str) -> str:
    """One spelling for the three that one camera may use; "" for what is no MAC address."""
    digits = odp.plain_mac(text).lower()
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


async def fingerprint(dialer: Dialer, address: Address) -> Recognition | None:
    """Asks for the challenge of the login, inside TLS and by POST: to a GET such cameras answer no proper HTTP.

    TransportError: nobody is there.
    """
    channel = dialer.http(address.with_default_port(DEFAULT_PORT), None, secure=True)
    try:
        request = HttpRequest("POST", "/", body=auth.question(), content_type=JSON, deadline=6.0, limit=64 * 1024)
        try:
            answer = await channel.send(request)
        except LoginAsked as asked:
            answer = asked.answer
        except TransportError:
            raise
        except (AuthError, ProtocolError):
            return None
        points = judge(answer)
    finally:
        await channel.close()
    if not points:
        return None
    return Recognition(family=FAMILY, dialect=DIALECT, confidence=points, port=channel.address.port)


def judge(answer: HttpAnswer) -> int:
    """Confidence 0..100 that this is an answer to doAuth."""
    try:
        reply = answers.read(answer.body, auth.METHOD, "The camera")
    except ProtocolError:
        return 0
    if auth.challenge_in(reply) is not None:
        return 95
    if not reply.code:
        return 0
    return 90 if reply.root.text_of("method") == auth.METHOD else 60 if reply.code.startswith("-100") else 0
