"""An HTTP exchange as two frozen values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from app.wire.redact import redact

Headers = tuple[tuple[str, str], ...]

DOCUMENT_LIMIT = 16 * 1024 * 1024  # bytes; the largest configuration answer seen is below 100 KB


@dataclass(frozen=True, slots=True, repr=False)
class HttpRequest:
    """path includes the query. deadline is for the whole exchange, in seconds. Some protocols carry passwords in the
    path or the body: neither is shown as it is.

    repeatable: sending it twice does no harm, as with a direction or a stop; it may use the kept connection.
    progress(done, total) is told while the body is sent, or while the answer to a GET comes in (total 0: unknown).
    """

    method: str
    path: str
    body: bytes = b""
    content_type: str = ""
    headers: Headers = ()
    deadline: float = 10.0
    limit: int = DOCUMENT_LIMIT
    repeatable: bool = False
    progress: Callable[[int, int], None] | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        return f"HttpRequest({self.method} {redact(self.path)}, {len(self.body)} bytes)"


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """headers keep their order and repetitions. flaws lists what a strict reader would have refused."""

    status: int
    headers: Headers
    body: bytes = field(repr=False)
    flaws: tuple[str, ...] = ()

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.headers if key.lower() == name.lower())

    def header(self, name: str) -> str:
        return next(iter(self.all(name)), "")

    @property
    def content_type(self) -> str:
        """Lower case, without parameters."""
        return self.header("content-type").partition(";")[0].strip().lower()
