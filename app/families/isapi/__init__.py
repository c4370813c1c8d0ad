"""ISAPI: XML over HTTP, found by UPnP."""

from app.families.base import Family
from app.families.isapi.client import DEFAULT_PORT
from app.families.isapi.discovery import PROBES, fingerprint, recognise
from app.families.isapi.kept import kept_document
from app.families.isapi.outline import field_spec
from app.families.isapi.session import KEY, TITLE, connect

FAMILY = Family(
    key=KEY,
    title=TITLE,
    priority=10,
    default_port=DEFAULT_PORT,
    probes=PROBES,
    recognise=recognise,
    fingerprint=fingerprint,
    connect=connect,
    field_spec=field_spec,
    kept_document=kept_document,
)

__all__ = ["FAMILY"]
