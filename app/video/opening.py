"""Which way to the pictures an endpoint asks for, and after which errors another try is no use."""

from __future__ import annotations

from app.errors import AuthError, CameraError, InvalidSetting, NotSupported
from app.model.stream import StreamEndpoint
from app.transport.packets import Limits
from app.video.foreign import FOREIGN_SCHEMES, ForeignSource
from app.video.http_source import HttpSource
from app.video.source import RtspSource, Source
from app.wire.rtsp_refusal import StreamRefused

_FILES = (".m3u8", ".flv", ".ts", ".mp4", ".mkv")  # over HTTP: FFmpeg's business


def open_source(endpoint: StreamEndpoint, limits: Limits) -> Source:
    """The source for an endpoint: by its own connection where a family brings one, else by its URL's scheme."""
    if endpoint.connection is not None:
        return RtspSource(endpoint, limits)
    scheme, _, rest = endpoint.url.partition("://")
    scheme = scheme.strip().lower()
    if scheme in ("http", "https") and not rest.partition("?")[0].lower().endswith(_FILES):
        return HttpSource(endpoint, limits)
    if scheme in FOREIGN_SCHEMES:
        return ForeignSource(endpoint, limits)
    return RtspSource(endpoint, limits)


def is_final(error: CameraError) -> bool:
    """True where another try would only repeat the refusal, or lock the account."""
    if isinstance(error, StreamRefused):
        return not error.later
    return isinstance(error, AuthError | NotSupported | InvalidSetting)
