"""Documents of long ago, read again from the bytes that the journal keeps."""

from __future__ import annotations

from app.errors import CameraError
from app.families.isapi.dialect import V1, V2
from app.families.isapi.document import XML
from app.families.isapi.loading import document_of
from app.settings.document import Document
from app.wire.http import HttpAnswer


def kept_document(resource: str, raw: bytes) -> Document | None:
    """`Family.kept_document`: full path of a page, the document as it was sent."""
    dialect = V2 if resource.startswith(f"{V2.prefix}/") else V1
    try:
        return document_of(dialect, resource, HttpAnswer(200, (("Content-Type", XML),), raw), None)
    except CameraError:
        return None
