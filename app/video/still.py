"""A picture of a camera whose protocol has none: the first one of its stream, on a connection of its own."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from app.errors import VideoError
from app.families.around import SessionAround
from app.families.base import Session
from app.families.media import Snapshot, Streams


class StreamSnapshot:
    """Implements `media.Snapshot` and `media.FromStream`."""

    from_stream = True

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    async def jpeg(self, channel: int = 1) -> bytes:
        """Of the main stream. CameraError as the stream's, VideoError where no picture comes. Cancelling ends the
        connection."""
        found = [each for each in await self._streams.list() if each.channel == channel]
        if not found:
            raise VideoError(f"The camera has no stream of channel {channel}.")
        main = next((each for each in found if each.role == "main"), found[0])
        endpoint = replace(self._streams.endpoint(main), audio=False)
        # The decoders are loaded by whoever needs them: most sessions of the command line need none.
        from app.video.first_picture import FirstPicture

        look = FirstPicture(endpoint)
        work = asyncio.ensure_future(asyncio.to_thread(look.jpeg))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            look.shutdown()
            await asyncio.wait([work])
            if not work.cancelled():
                work.exception()
            raise


def with_stills(session: Session) -> Session:
    """The session itself where it has pictures of its own, or no stream to take them from."""
    streams = session.offer(Streams)
    if streams is None or session.offer(Snapshot) is not None:
        return session
    return SessionAround(session, {Snapshot: StreamSnapshot(streams)})
