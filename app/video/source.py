"""Where coded pictures come from: RTSP here, or whatever connection of RTP packets a family brings along in its
endpoints (`StreamEndpoint.connection`); HTTP multipart and foreign URLs keep to the same few calls."""

from __future__ import annotations

import logging
import random
import time
from typing import NamedTuple, Protocol

from app.errors import ConnectionLost, ProtocolError
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits, Media
from app.transport.rtsp import connection_of
from app.wire.depacketise import depacketiser
from app.wire.rtcp import Bye, SenderReport, parse_rtcp, receiver_report
from app.wire.rtp import AccessUnit, Depacketiser, Sequencer, is_rtcp, parse_packet
from app.wire.rtp_audio import SoundReader, SoundUnit, sound_reader
from app.wire.sdp import Track

log = logging.getLogger(__name__)

_REORDER_DEPTH = 64  # packets; UDP only
_REPORT_EVERY = 5.0  # seconds (RFC 3550 6.2)
_SOUNDS = 500  # units that wait to be taken
_BAD_LIMIT = 1000  # packets in a row that are no RTP


class Arrived(NamedTuple):
    """A coded picture and when its last packet came (time.monotonic() seconds)."""

    unit: AccessUnit
    arrival: float


class Source(Protocol):
    """open, then read until it raises, then close: in one thread. shutdown from any thread ends a wait at once.

    codec is "H264", "H265", "JPEG" or FFmpeg's name of another one; sound is the audio track, None without one.
    """

    codec: str
    transport: str
    sound: Track | None

    @property
    def received_bytes(self) -> int: ...

    @property
    def packets(self) -> int: ...

    @property
    def gaps(self) -> int: ...

    @property
    def jitter(self) -> float: ...

    def open(self) -> None: ...

    def read(self, wait: float) -> list[Arrived]: ...

    def take_sound(self) -> list[SoundUnit]:
        """What `read` heard meanwhile; each unit once."""

    def shutdown(self) -> None: ...

    def close(self) -> None: ...


class RtspSource:
    """The first video track of an RTSP stream, or of another connection of RTP packets, as access units."""

    def __init__(self, endpoint: StreamEndpoint, limits: Limits = Limits()) -> None:  # noqa: B008 - frozen
        self.codec = ""
        self.transport = ""
        self.sound: Track | None = None
        self.received_bytes = 0
        self.last_report: SenderReport | None = None
        self._connection = connection_of(endpoint, limits)
        self._depacketiser: Depacketiser | None = None
        self._sequencer = Sequencer()
        self._sound_reader: SoundReader | None = None
        self._sound_sequencer = Sequencer()
        self._sounds: list[SoundUnit] = []
        self._clock = 90000
        self._payload_type = -1
        self._left: list[Media] = []
        self._bad = 0
        self._own_ssrc = random.getrandbits(32)
        self._report_heard = 0.0
        self._next_report = 0.0

    @property
    def packets(self) -> int:
        """Packets of pictures that arrived."""
        return self._sequencer.received

    @property
    def gaps(self) -> int:
        """Packets known to be missing."""
        return self._sequencer.lost

    @property
    def jitter(self) -> float:
        """Seconds."""
        return self._sequencer.jitter

    def open(self) -> None:
        """Raises CameraError; NotSupported for a codec that cannot be shown."""
        playing = self._connection.open()
        track = playing.track
        self._depacketiser = depacketiser(track)
        self._clock = track.clock_rate
        self._payload_type = track.payload_type
        self.codec, self.transport = track.encoding, playing.transport
        self._sequencer = Sequencer(_REORDER_DEPTH if playing.transport == "udp" else 0, track.clock_rate)
        if playing.audio is not None:
            self.sound = sound = playing.audio.track
            self._sound_reader = sound_reader(sound)
            self._sound_sequencer = Sequencer(_REORDER_DEPTH if playing.transport == "udp" else 0, sound.clock_rate)
        self._next_report = time.monotonic() + 1.0

    def read(self, wait: float) -> list[Arrived]:
        """Pictures that were completed within `wait` seconds, perhaps none. Raises CameraError."""
        done: list[Arrived] = []
        found, self._left = self._left or self._connection.read(wait), []
        for place, media in enumerate(found):
            self.received_bytes += len(media.data)
            if media.track is not None:
                if done:
                    self._left = found[place:]  # what was decoded by the old description goes first
                    break
                self._change(media.track)
            elif media.audio:
                self._hear(media)
            elif media.control or is_rtcp(media.data):
                self._control(media)
            else:
                done += self._packet(media)
        if time.monotonic() >= self._next_report:
            self._report()
        return done

    def take_sound(self) -> list[SoundUnit]:
        found, self._sounds = self._sounds, []
        return found

    def shutdown(self) -> None:
        self._connection.shutdown()

    def close(self) -> None:
        self._connection.close()

    def _change(self, track: Track) -> None:
        """The camera goes on with other pictures."""
        self._depacketiser = depacketiser(track)
        self._payload_type = track.payload_type
        self.codec = track.encoding

    def _packet(self, media: Media) -> list[Arrived]:
        assert self._depacketiser is not None
        try:
            packet = parse_packet(media.data)
        except ProtocolError:
            self._bad += 1
            if self._bad >= _BAD_LIMIT:
                raise
            return []
        self._bad = 0
        if self._payload_type >= 0 and packet.payload_type != self._payload_type:
            return []  # metadata or repair packets on the same channel
        return [
            Arrived(unit, media.arrival)
            for due, lost in self._sequencer.push(packet, media.arrival)
            for unit in self._depacketiser.push(due, lost)
        ]

    def _hear(self, media: Media) -> None:
        """Sound that is broken is left out; its reports do not matter here."""
        reader, sound = self._sound_reader, self.sound
        if reader is None or sound is None or media.control or is_rtcp(media.data):
            return
        try:
            packet = parse_packet(media.data)
        except ProtocolError as error:
            log.debug("sound: %s", error)
            return
        if packet.payload_type != sound.payload_type:
            return
        for due, lost in self._sound_sequencer.push(packet, media.arrival):
            self._sounds += reader.push(due, lost)
        del self._sounds[:-_SOUNDS]

    def _control(self, media: Media) -> None:
        try:
            parts = parse_rtcp(media.data)
        except ProtocolError as error:
            log.debug("control packet: %s", error)
            return
        for part in parts:
            if isinstance(part, SenderReport):
                self.last_report, self._report_heard = part, media.arrival
            elif isinstance(part, Bye) and (not part.ssrcs or self._sequencer.ssrc in part.ssrcs):
                raise ConnectionLost("The camera ended the stream.", detail="RTCP BYE")

    def _report(self) -> None:
        now = time.monotonic()
        self._next_report = now + _REPORT_EVERY
        if self._sequencer.ssrc is None:
            return
        last = self.last_report
        self._connection.send_control(
            receiver_report(
                self._own_ssrc,
                ssrc=self._sequencer.ssrc,
                highest=self._sequencer.highest,
                lost=self._sequencer.lost,
                jitter_ticks=int(self._sequencer.jitter * self._clock),
                last_report=last.ntp_middle if last else 0,
                since_report=now - self._report_heard if last else 0.0,
            )
        )
