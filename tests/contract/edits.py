"""A legal value other than the one a field holds: what an installer might type. For tests over every document."""

from __future__ import annotations

from collections.abc import Iterator

from app.settings import values
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access, Kind

_SAMPLES = {
    Kind.BOOL: ("true", "false"),
    Kind.IPV4: ("192.0.2.7", "192.0.2.8"),
    Kind.IPV6: ("2001:db8::7", "2001:db8::8"),
    Kind.HOST: ("time.example", "198.51.100.9"),
    Kind.MAC: ("00:11:22:aa:bb:cc", "00:11:22:aa:bb:cd"),
    Kind.DATETIME: ("2031-02-03T04:05:06+01:00", "2031-02-03T04:05:07+01:00"),
    Kind.TIME: ("03:04:05", "03:04:06"),
    Kind.DATE: ("2031-02-03", "2031-02-04"),
    Kind.TIMEZONE: ("CST-8:00:00", "CET-1:00:00"),
}


def _numbers(field: Field) -> Iterator[str]:
    spec = field.spec
    for low, high in spec.ranges:
        yield f"{low:g}"
        yield f"{high:g}"
    for bound in (spec.minimum, spec.maximum):
        if bound is not None:
            yield f"{bound:g}"
    if spec.minimum is not None and spec.maximum is not None:
        yield f"{int((spec.minimum + spec.maximum) // 2)}"
    yield from ("7", "8", "1", "0")


def _texts(field: Field) -> Iterator[str]:
    if field.spec.kind is Kind.HEX:
        flipped = ("0" if field.text[:1] != "0" else "f") + field.text[1:]
        yield flipped
        yield "0" * len(field.text)
    spec = field.spec
    length = max(spec.min_length or 1, min(spec.max_length or 8, 8))
    yield "Dock & <gate> 7"[: spec.max_length] if spec.max_length else "Dock & <gate> 7"
    yield "x" * length
    yield "0" * length


def another(field: Field) -> str | None:
    """None where the field's limits leave nothing else to say."""
    spec = field.spec
    if spec.options:
        candidates: Iterator[str] = (option.value for option in spec.options)
    elif spec.kind in _SAMPLES:
        candidates = iter(_SAMPLES[spec.kind])
    elif spec.kind in (Kind.INT, Kind.FLOAT, Kind.PORT, Kind.FPS100):
        candidates = _numbers(field)
    else:
        candidates = _texts(field)
    for each in candidates:
        if values.problem(each, spec) == "" and not values.same(each, field.text, spec):
            return each
    return None


def editable(document: Document) -> Iterator[tuple[Field, str]]:
    """Every field that can be written, with another value for it."""
    for field in document.fields:
        if field.spec.access is not Access.READ_ONLY and field.present:
            new = another(field)
            if new is not None:
                yield field, new
