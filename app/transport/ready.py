"""A request that is complete but for its body, on a connection that is kept and logged in.

Whoever is in a hurry puts it on the wire in the step in which he wants to, from any thread: no other thread has to be
woken first, which is what takes longest where many threads share one interpreter.
"""

from __future__ import annotations

import socket
import threading


class ReadyRequest:
    """`fire` may be called from any thread and works once; the rest belongs to the loop of the channel that made it."""

    def __init__(self, head: bytes, wire: socket.socket) -> None:
        """head: up to the number of bytes of the body, which is its last header. wire: a second, non-blocking handle
        on the kept connection, closed by `withdraw`."""
        self.rest = b""  # what the network did not take at once; to be sent before the answer is read
        self._head = head
        self._wire = wire
        self._fired = False
        self._stands = True
        self._lock = threading.Lock()

    def fire(self, body: bytes) -> bool:
        """Whether it is on its way. Never waits: False leaves it to the ordinary way."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            if not self._stands:
                return False
            data = self._head + str(len(body)).encode("ascii") + b"\r\n\r\n" + body
            try:
                sent = self._wire.send(data)
            except OSError:
                return False  # full, or lost: whoever uses the connection next will see
            self.rest = data[sent:]
            self._fired, self._stands = True, False
            return True
        finally:
            self._lock.release()

    def withdraw(self) -> bool:
        """It cannot be fired any more. Whether it has been: then its answer is the next on the connection. May be asked
        again."""
        with self._lock:
            self._stands = False
            self._wire.close()
            return self._fired
