"""VIGI OpenAPI: JSON over HTTPS with a token, found by ODP."""

from app.families.base import Family
from app.families.vigi.client import DEFAULT_PORT
from app.families.vigi.discovery import PROBES, fingerprint, recognise
from app.families.vigi.document import field_spec
from app.families.vigi.session import KEY, TITLE, connect

FAMILY = Family(
    key=KEY,
    title=TITLE,
    priority=30,
    default_port=DEFAULT_PORT,
    probes=PROBES,
    recognise=recognise,
    fingerprint=fingerprint,
    connect=connect,
    swept=True,
    field_spec=field_spec,
)

__all__ = ["FAMILY"]
