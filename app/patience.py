"""Tells whoever asked for something that its device is busy and is tried again. A wait lies deep below what somebody
looks at: the listener goes along with the task, and with those that it starts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Listener = Callable[[], None]
_listener: ContextVar[Listener | None] = ContextVar("listener", default=None)


@contextmanager
def told_of_waits(listener: Listener) -> Iterator[None]:
    """Within it the listener is called before each wait for a busy device, in the loop's thread."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def tell_of_wait() -> None:
    """A busy device is about to be waited for."""
    listener = _listener.get()
    if listener is not None:
        listener()
