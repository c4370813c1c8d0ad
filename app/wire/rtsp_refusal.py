"""What it means when an RTSP server does not answer 200: another place, another try, or the end."""

from __future__ import annotations

from urllib.parse import urljoin

from app.errors import CameraError, Forbidden, VideoError
from app.wire.rtsp import Message
from app.wire.rtsp_target import Target

MOVED = (301, 302, 303, 305, 307)
LATER = frozenset({408, 429, 453, 454, 500, 502, 503, 504})


class StreamRefused(VideoError):
    """The server answered no. status is its number; later: another try may go well."""

    def __init__(self, summary: str, *, status: int, hint: str = "", detail: str = "") -> None:
        super().__init__(summary, hint=hint, detail=detail)
        self.status = status
        self.later = status in LATER


class Moved(VideoError):
    """The stream is at another address of the same host. Handled inside the transport."""

    def __init__(self, url: str) -> None:
        super().__init__("The camera moved the stream.", detail=url)
        self.url = url


def check(answer: Message, url: str, doing: str) -> None:
    """Raises what an answer other than 200 means. url is what was asked for."""
    if answer.status == 200:
        return
    if answer.status in MOVED:
        raise moved(answer, url)
    raise refusal(answer, doing)


def moved(answer: Message, url: str) -> CameraError:
    """`Moved` where the new place is on the same host, an error for people where it is not."""
    place = urljoin(url, answer.header("location")) if answer.header("location") else ""
    detail = f"RTSP {answer.status}, Location: {place[:200]}"
    try:
        old, new = Target.parse(url), Target.parse(place)
    except CameraError:
        return VideoError("The camera sends the stream's viewers to an address that makes no sense.", detail=detail)
    if old.host.lower() != new.host.lower():
        return StreamRefused(
            f"The camera sends the stream's viewers to another host, {new.host}. That is not followed.",
            status=answer.status,
            hint="Add that host as a device if it is meant.",
            detail=detail,
        )
    return Moved(new.url)


_REASONS: dict[int, tuple[str, str]] = {
    400: ("The camera did not understand the request for the stream.", ""),
    404: ("The camera has no stream at this address.", "Check that the stream is switched on in the camera."),
    405: ("The camera does not play streams at this address.", ""),
    415: ("The camera sends this stream in a form that is not known here.", ""),
    453: ("The camera has no bandwidth left for one more viewer.", "Close another view, or use the sub-stream."),
    454: ("The camera ended the session.", ""),
    461: ("The camera refuses this way to transport the stream.", "Choose the other transport, TCP or UDP."),
    500: ("The camera failed inside.", "If it stays so, restart the camera."),
    503: ("The camera is busy: it cannot serve the stream now.", "It may serve only a few viewers at a time."),
}


def refusal(answer: Message, doing: str) -> CameraError:
    """The error for a refusing status."""
    detail = f"RTSP {answer.status} {answer.reason} while {doing}"
    if answer.status == 403:
        return Forbidden("This account may not see the stream.", detail=detail)
    summary, hint = _REASONS.get(answer.status, ("The camera refused the stream.", ""))
    return StreamRefused(summary, status=answer.status, hint=hint, detail=detail)
