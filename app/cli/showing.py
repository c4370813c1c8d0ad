"""One document for people or as JSON: values with their constraints, without secrets."""

from __future__ import annotations

from typing import Any

from app.cli.output import document, say, table
from app.settings import values
from app.settings.document import Document
from app.settings.field import Field
from app.settings.lists import RecordList
from app.settings.secrecy import is_hidden, told


def print_document(loaded: Document, as_json: bool) -> None:
    if as_json:
        rows = [_field(loaded, field) for field in loaded.fields]
        document({"resource": loaded.resource, "fields": rows, "lists": [_list(each) for each in loaded.lists]})
        return
    say(loaded.title)
    fields = (*(loaded.field(each.path) for each in loaded.lists), *loaded.fields)
    table(
        (
            field.path,
            "•••" if (text := told(field)) is None else values.display(text, field.spec),
            values.ranges_text(field.spec),
            loaded.note(field.path),
        )
        for field in fields
    )


def _list(of: RecordList) -> dict[str, Any]:
    return {"path": of.path, "title": of.title, "value": of.text, "entries": list(of.names), "min": of.least,
            "max": of.most}  # fmt: skip


def _field(loaded: Document, field: Field) -> dict[str, Any]:
    spec = field.spec
    return {
        "path": field.path,
        "value": None if is_hidden(field) else field.text,
        "kind": spec.kind,
        "title": spec.title,
        "min": spec.minimum if spec.minimum is not None else spec.min_length,
        "max": spec.maximum if spec.maximum is not None else spec.max_length,
        "ranges": [list(pair) for pair in spec.ranges],
        "options": [{"value": option.value, "title": option.title} for option in spec.options],
        "default": spec.default,
        "unit": spec.unit,
        "access": spec.access,
        "reboot": spec.reboot,
        "dynamic": spec.dynamic,
        "source": spec.source,
        "note": loaded.note(field.path),
    }
