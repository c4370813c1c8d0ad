"""Where a stream's URL leads."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from app.errors import InvalidSetting, NotSupported

SCHEMES = {
    "rtsp": (554, False, False),
    "rtsps": (322, True, False),
    "rtsph": (80, False, True),
    "rtsphs": (443, True, True),
}  # port, inside TLS, inside HTTP


@dataclass(frozen=True, slots=True)
class Target:
    """Where a stream's URL leads. url is clean: no credentials, nothing that breaks a request line; its scheme is
    rtsp or rtsps, whatever carries it. secure: inside TLS (rtsps, rtsphs); tunnel: inside HTTP (rtsph, rtsphs)."""

    host: str
    port: int
    url: str
    secure: bool = False
    tunnel: bool = False

    @classmethod
    def parse(cls, url: str) -> Target:
        """NotSupported for another scheme, InvalidSetting for what is no URL. Credentials in it are dropped."""
        try:
            parts = urlsplit(url.strip())
            host, own_port = parts.hostname or "", parts.port
        except ValueError as error:
            raise InvalidSetting("The stream's address is not a URL.", detail=str(error)) from None
        scheme = parts.scheme.lower()
        if scheme not in SCHEMES:
            raise NotSupported(f"Streams over “{parts.scheme[:20]}” cannot be played.", hint="Use an rtsp:// address.")
        if not host:
            raise InvalidSetting("The stream's address names no host.")
        shown = f"[{host}]" if ":" in host else host
        rest = quote(parts.path, safe="/%:@!$&'()*+,;=~-._")
        query = f"?{quote(parts.query, safe='/%:@!$&()*+,;=~-._?')}" if parts.query else ""
        default, secure, tunnel = SCHEMES[scheme]
        port = own_port or default
        name = "rtsps" if secure else "rtsp"
        return cls(host, port, f"{name}://{shown}:{port}{rest}{query}", secure, tunnel)
