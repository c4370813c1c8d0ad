"""Who watches which stream: clients with their RTP state, and one encoder for all that watch the same."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Callable
from typing import Protocol, cast

from app.simulator import rtp_packets
from app.simulator.encoder import EncodedPicture, Encoder
from app.simulator.picture import EncoderSettings, VideoSource
from app.simulator.rtsp_messages import WantedTransport

_REPORT_EVERY = 5.0  # seconds between two RTCP sender reports
_QUEUED = 512 * 1024  # bytes a client may be behind before it loses pictures
_UNSENT = 12  # pictures the event loop may be behind before it loses pictures


class Carrier(Protocol):
    """The way of one client's packets."""

    def send_picture(self, packets: list[bytes]) -> None: ...

    def send_control(self, packet: bytes) -> None: ...

    @property
    def queued(self) -> int:
        """Bytes handed over and not yet taken by the network."""

    def close(self) -> None: ...

    def hang_up(self) -> None:
        """Ends the connection as well, where the packets have no way of their own."""


class SoundTrack(Protocol):
    """What `rtsp_sound.SoundTrack` is to its client."""

    def play(self) -> None: ...

    def pause(self) -> None: ...

    def close(self) -> None: ...


class Client:
    """One session's stream. A client that cannot follow loses pictures up to the next key frame."""

    def __init__(self, session: str, stream_id: str, carrier: Carrier, *, lose_every: int = 0) -> None:
        self.session = session
        self.stream_id = stream_id
        self.peer = ""  # the viewer's address
        self.carrier = carrier
        self.ssrc = secrets.randbits(32)
        self.sequence = secrets.randbits(16)
        self.offset = secrets.randbits(32)
        self.playing = False
        self.changed: Callable[[EncoderSettings], None] | None = None  # called before a picture with other settings
        self.described: EncoderSettings | None = None  # what the client knows of the pictures
        self.last_heard = time.monotonic()
        self.lost_pictures = 0
        self.sound: SoundTrack | None = None
        self._lose_every = lose_every
        self._wants_key = True
        self._packets = 0
        self._octets = 0
        self._reported = float("-inf")

    def heard(self) -> None:
        self.last_heard = time.monotonic()

    def pause(self) -> None:
        self.playing = False
        self._wants_key = True
        if self.sound is not None:
            self.sound.pause()

    def send(self, picture: EncodedPicture, payloads: list[rtp_packets.Payload]) -> bool:
        """False when the picture was left out because the client is behind."""
        if not self.playing or (self._wants_key and not picture.key):
            return True
        if self.carrier.queued > _QUEUED:
            self._wants_key = True
            self.lost_pictures += 1
            return False
        self._wants_key = False
        if self.changed is not None and picture.settings != self.described:
            self.described = picture.settings
            self.changed(picture.settings)
        ticks = self.offset + picture.ticks
        packets = []
        kind = rtp_packets.payload_type(picture.settings.codec)
        for body, last in payloads:
            head = rtp_packets.rtp_header(kind, self.sequence, ticks, self.ssrc, marker=last)
            self.sequence = (self.sequence + 1) & 0xFFFF
            self._packets += 1
            self._octets += len(body)
            if not (self._lose_every and self._packets % self._lose_every == 0):
                packets.append(head + body)
        self.carrier.send_picture(packets)
        self._report(picture.captured, ticks)
        return True

    def _report(self, wall: float, ticks: int) -> None:
        now = time.monotonic()
        if now - self._reported >= _REPORT_EVERY:
            self._reported = now
            report = rtp_packets.sender_report(self.ssrc, wall, ticks, self._packets, self._octets)
            self.carrier.send_control(report)

    def close(self) -> None:
        if self.playing:
            self.carrier.send_control(rtp_packets.goodbye(self.ssrc))
        self.playing = False
        if self.sound is not None:
            self.sound.close()
        self.carrier.close()


class Feed:
    """One stream's encoder and its clients. Made and used in the event loop; ended(feed) is called there too,
    when the encoder stopped by itself."""

    def __init__(self, source: VideoSource, stream_id: str, ended: Callable[[Feed], None]) -> None:
        self.stream_id = stream_id
        self.clients: set[Client] = set()
        self._loop = asyncio.get_running_loop()
        self._ended = ended
        self._lock = threading.Lock()
        self._unsent = 0
        self._missed = False
        self._encoder = Encoder(source, stream_id, self._from_encoder, self._encoder_ended)
        self._encoder.start()

    def force_key(self) -> None:
        self._encoder.force_key()

    def stop(self) -> None:
        """Returns at once; `join` waits for the thread."""
        self._encoder.stop()

    def join(self) -> None:
        self._encoder.join()

    @property
    def alive(self) -> bool:
        return self._encoder.alive

    def _from_encoder(self, picture: EncodedPicture) -> None:
        """In the encoder's thread: packets are made here, once for all clients."""
        with self._lock:
            if self._unsent >= _UNSENT:
                self._missed = True  # the loop is busy elsewhere: nothing may pile up
                return
            if self._missed and not picture.key:
                self._encoder.force_key()
                return
            self._missed = False
            self._unsent += 1
        self._call(self._send, picture, rtp_packets.payloads(picture.settings.codec, picture.data))

    def _send(self, picture: EncodedPicture, payloads: list[rtp_packets.Payload]) -> None:
        with self._lock:
            self._unsent -= 1
        for client in tuple(self.clients):
            client.send(picture, payloads)

    def _encoder_ended(self, reason: str) -> None:
        self._call(self._ended, self)

    def _call(self, function: Callable[..., None], *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError:  # the loop was closed: there is nobody left to tell
            self._encoder.stop()


class InterleavedCarrier:
    """RTP inside the RTSP connection; reports: with RTCP on the channel behind."""

    def __init__(self, transport: asyncio.WriteTransport, channel: int, *, reports: bool = True) -> None:
        self._transport = transport
        self._channel = channel
        self._reports = reports

    @property
    def queued(self) -> int:
        return self._transport.get_write_buffer_size()

    def send_picture(self, packets: list[bytes]) -> None:
        if not self._transport.is_closing():
            self._transport.write(b"".join(framed(self._channel, packet) for packet in packets))

    def send_control(self, packet: bytes) -> None:
        if self._reports and not self._transport.is_closing():
            self._transport.write(framed(self._channel + 1, packet))

    def close(self) -> None:
        """The connection belongs to the RTSP conversation."""

    def hang_up(self) -> None:
        self._transport.close()


def framed(channel: int, packet: bytes) -> bytes:
    """An interleaved packet (RFC 2326 10.12)."""
    return bytes((0x24, channel)) + len(packet).to_bytes(2, "big") + packet


class _Listener(asyncio.DatagramProtocol):
    """Receiver reports of the client keep its session alive; datagrams of others do not."""

    def __init__(self, peer: str, heard: Callable[[], None]) -> None:
        self._peer = peer
        self._heard = heard

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr[0] == self._peer:
            self._heard()


class UdpCarrier:
    """RTP and RTCP from a pair of ports to the client's pair."""

    def __init__(self, rtp: asyncio.DatagramTransport, rtcp: asyncio.DatagramTransport, peer: str) -> None:
        self._rtp = rtp
        self._rtcp = rtcp
        self._peer = peer
        self.client_ports = (0, 0)
        self.server_ports = (
            rtp.get_extra_info("sockname")[1],
            rtcp.get_extra_info("sockname")[1],
        )

    @classmethod
    async def open(cls, host: str, peer: str, heard: Callable[[], None]) -> UdpCarrier:
        """An even port and the next one on host; OSError when none is free."""
        loop = asyncio.get_running_loop()
        fault: OSError | None = None
        for _ in range(40):
            rtp, _listener = await loop.create_datagram_endpoint(lambda: _Listener(peer, heard), local_addr=(host, 0))
            port = rtp.get_extra_info("sockname")[1]
            if port % 2 == 0:
                try:
                    rtcp, _listener = await loop.create_datagram_endpoint(
                        lambda: _Listener(peer, heard), local_addr=(host, port + 1)
                    )
                    return cls(rtp, rtcp, peer)
                except OSError as taken:
                    fault = taken
            rtp.close()
        raise OSError("no pair of UDP ports is free") from fault

    @property
    def queued(self) -> int:
        # Both kinds of event loop count it, but the type of datagram transports does not say so.
        return cast("asyncio.WriteTransport", self._rtp).get_write_buffer_size()

    def send_picture(self, packets: list[bytes]) -> None:
        for packet in packets:
            self._rtp.sendto(packet, (self._peer, self.client_ports[0]))

    def send_control(self, packet: bytes) -> None:
        self._rtcp.sendto(packet, (self._peer, self.client_ports[1]))

    def close(self) -> None:
        self._rtp.close()
        self._rtcp.close()

    def hang_up(self) -> None:
        """There is no connection that carries only this."""


async def carry(
    wanted: WantedTransport,
    connection: asyncio.WriteTransport,
    host: str,
    peer: str,
    heard: Callable[[], None],
    channel: int,
) -> tuple[Carrier, str]:
    """The way that a SETUP asks for, and what its Transport header then says. channel: the first of the two inside the
    connection where the client leaves it open; heard: called with every sign of life by UDP. OSError without ports."""
    if wanted.kind == "tcp":
        first = wanted.ports[0] if wanted.ports else channel
        return InterleavedCarrier(connection, first), f"RTP/AVP/TCP;unicast;interleaved={first}-{first + 1}"
    carrier = await UdpCarrier.open(host, peer, heard)
    ports = carrier.client_ports = wanted.ports or (0, 0)
    own = carrier.server_ports
    return carrier, f"RTP/AVP;unicast;client_port={ports[0]}-{ports[1]};server_port={own[0]}-{own[1]}"
