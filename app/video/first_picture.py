"""The first picture of a stream as a JPEG."""

from __future__ import annotations

import time

from app.errors import VideoError
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits
from app.video import snapshot
from app.video.decoder import Decoder
from app.video.opening import open_source

PATIENCE = 12.0  # seconds for the first picture: some cameras send a complete one every ten


class FirstPicture:
    """`jpeg` blocks; `shutdown` ends it from another thread, at any time."""

    def __init__(self, endpoint: StreamEndpoint) -> None:
        self._source = open_source(endpoint, Limits())

    def jpeg(self) -> bytes:
        """CameraError as the stream's own, VideoError where no picture comes."""
        source = self._source
        try:
            source.open()
            decoder = Decoder(source.codec)
            until = time.monotonic() + PATIENCE
            while (now := time.monotonic()) < until:
                for arrived in source.read(until - now):
                    for picture in decoder.decode(arrived.unit):
                        return snapshot.jpeg(picture)
            raise VideoError(f"No picture came within {PATIENCE:g} s.", hint="Look at the live view, or try again.")
        finally:
            source.close()

    def shutdown(self) -> None:
        self._source.shutdown()
