"""TCP connections of one thread, with or without TLS: blocking calls with deadlines, ended at once by `shutdown`.

Every wait is a selector that also watches a wake-up socket, so that connecting, asking and receiving can be ended in
the same way on every system.
"""

from __future__ import annotations

import errno
import selectors
import socket
import ssl
import time

from app.errors import CameraError, ConnectionLost, TimedOut, TransportError, Unreachable
from app.model.device import Address
from app.transport.tls import PinStore, pin_problem, pinning_context

_CHUNK = 256 * 1024
_UNDER_WAY = (errno.EINPROGRESS, errno.EWOULDBLOCK, getattr(errno, "WSAEWOULDBLOCK", -1))


class Line:
    """What one thread waits for. `shutdown` may come from any other; whatever waits then raises ConnectionLost."""

    def __init__(self) -> None:
        self._wake_end, self._wake = socket.socketpair()
        self._stopped = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._wake_end, selectors.EVENT_READ)

    def add(self, each: socket.socket, events: int = selectors.EVENT_READ) -> None:
        self._selector.register(each, events)

    def remove(self, each: socket.socket) -> None:
        self._selector.unregister(each)

    def ready(self, until: float) -> list[socket.socket]:
        """The sockets with something to do, at most until this time.monotonic(). ConnectionLost after `shutdown`."""
        events = self._selector.select(max(until - time.monotonic(), 0))
        if self._stopped:
            raise ConnectionLost("The view was closed.")
        return [key.fileobj for key, _ in events if isinstance(key.fileobj, socket.socket)]

    def wait_writable(self, each: socket.socket, until: float) -> bool:
        """False when the time is over. The socket must be one that was added."""
        self._selector.modify(each, selectors.EVENT_WRITE)
        try:
            while each not in self.ready(until):
                if time.monotonic() >= until:
                    return False
            return True
        finally:
            self._selector.modify(each, selectors.EVENT_READ)

    def shutdown(self) -> None:
        """Ends whatever the owner's thread waits for, at once."""
        self._stopped = True
        try:
            self._wake.send(b"\0")
        except OSError:
            pass  # already closed: nobody waits any more

    def close(self) -> None:
        """By the owner's thread, after its sockets."""
        self._selector.close()
        self._wake.close()
        self._wake_end.close()

    def connect(self, address: Address, seconds: float, pins: PinStore | None = None) -> Wire:
        """A connection, with TLS where there are pins. Unreachable, TimedOut, CertificateChanged, TransportError."""
        until = time.monotonic() + seconds
        try:
            places = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise Unreachable(f"The name {address.host} leads nowhere.", detail=str(error)) from error
        reason = ""
        for family, kind, protocol, _, place in places:
            tcp = socket.socket(family, kind, protocol)
            tcp.setblocking(False)
            self.add(tcp)
            wire = Wire(self, tcp)
            try:
                code = self._connect_one(tcp, place, until)
                if code == 0:
                    tcp.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    if pins is not None:
                        wire.encrypt(address, pins, until)
                    return wire
            except BaseException:
                wire.close()
                raise
            wire.close()
            reason = f"{errno.errorcode.get(code, '')} {code}".strip()
            if code == errno.ETIMEDOUT:
                raise TimedOut(f"The stream's port at {address} does not answer.", detail=reason)
        raise Unreachable(
            f"Nothing answers at the stream's port {address}.",
            hint="Check that RTSP is switched on and its port is right.",
            detail=reason,
        )

    def _connect_one(self, tcp: socket.socket, place: object, until: float) -> int:
        """0 or an errno; ETIMEDOUT when the deadline passed."""
        code = tcp.connect_ex(place)  # type: ignore[arg-type]
        if code not in _UNDER_WAY:
            return code
        if not self.wait_writable(tcp, until):
            return errno.ETIMEDOUT
        return tcp.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


class Wire:
    """One connection of a line."""

    def __init__(self, line: Line, tcp: socket.socket) -> None:
        self.socket = tcp
        self._line = line
        self._tls: ssl.SSLObject | None = None
        self._from_net, self._to_net = ssl.MemoryBIO(), ssl.MemoryBIO()

    @property
    def peer(self) -> str:
        return str(self.socket.getpeername()[0])

    @property
    def own(self) -> str:
        return str(self.socket.getsockname()[0])

    def encrypt(self, address: Address, pins: PinStore, until: float) -> None:
        """The handshake, pinned to the certificate of the first time."""
        context = pinning_context(address, pins)
        tls = context.wrap_bio(self._from_net, self._to_net)
        try:
            while True:
                try:
                    tls.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    self._write(self._to_net.read(), until)
                    self._await(until)
                    self._from_net.write(self._read())
            self._write(self._to_net.read(), until)
        except ssl.SSLError as error:
            changed = pin_problem(address, error)
            if changed is not None:
                raise changed from error
            raise TransportError(
                f"{address} and this computer found no common way to encrypt.",
                hint="The port may be one without TLS, or the camera knows outdated encryption only.",
                detail=str(error),
            ) from error
        self._tls = tls

    def receive(self) -> bytes:
        """What has arrived, b"" for nothing yet. ConnectionLost at the end."""
        data = self._read()
        if self._tls is None or not data:
            return data
        self._from_net.write(data)
        plain = bytearray()
        try:
            while chunk := self._tls.read(_CHUNK):
                plain += chunk
        except ssl.SSLWantReadError:
            pass  # the rest of a record is still on its way
        except ssl.SSLError as error:
            raise ConnectionLost("The camera broke the connection.", detail=str(error)) from error
        return bytes(plain)

    def send(self, data: bytes, until: float) -> None:
        """All of it. TimedOut, ConnectionLost."""
        self._write(self._sealed(data), until)

    def offer(self, data: bytes) -> None:
        """What the network takes at once, for what may get lost: nothing waits, nothing is raised."""
        try:
            self.socket.send(self._sealed(data))
        except (OSError, CameraError):
            pass  # a lost connection shows when it is read

    def end(self) -> None:
        """No more from here."""
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # the other side was quicker

    def close(self) -> None:
        if self.socket.fileno() >= 0:
            self._line.remove(self.socket)
            self.socket.close()

    def _sealed(self, data: bytes) -> bytes:
        if self._tls is None:
            return data
        try:
            self._tls.write(data)
        except ssl.SSLError as error:
            raise ConnectionLost("The camera broke the connection.", detail=str(error)) from error
        return self._to_net.read()

    def _read(self) -> bytes:
        try:
            data = self.socket.recv(_CHUNK)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise ConnectionLost("The camera broke the connection.", detail=str(error)) from error
        if not data:
            raise ConnectionLost("The camera closed the connection.")
        return data

    def _await(self, until: float) -> None:
        while self.socket not in self._line.ready(until):
            if time.monotonic() >= until:
                raise TimedOut("The camera did not finish the handshake for encryption.")

    def _write(self, data: bytes, until: float) -> None:
        view = memoryview(data)
        while view:
            try:
                view = view[self.socket.send(view) :]
            except BlockingIOError:
                if not self._line.wait_writable(self.socket, until):
                    raise TimedOut("The camera does not read what it is asked.") from None
            except OSError as error:
                raise ConnectionLost("The camera broke the connection.", detail=str(error)) from error
