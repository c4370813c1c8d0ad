"""Rows out of the bare pages of a site file, whatever became of the rest of it. Pure.

Does not ask SQLite, which gives up at the first damaged page. Every page that can be a leaf of a table is read cell
by cell; a row is told by its number of columns and their storage classes (see `schema`). The write-ahead log is
applied first, as far as its check sums hold. Format: https://www.sqlite.org/fileformat2.html
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Value = int | float | str | bytes | None

_LEAF = 0x0D
_OTHER_PAGES = (0x02, 0x05, 0x0A)  # of indexes, and the inner ones of tables
_WAL_MAGICS = (0x377F0682, 0x377F0683)
_WAL_HEADER, _FRAME_HEADER = 32, 24
_MOST_PAYLOAD = 256 * 1024 * 1024
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}  # serial type -> bytes


@dataclass(frozen=True, slots=True)
class Row:
    rowid: int
    values: tuple[Value, ...]


def rows(pages: Pages, tell: Callable[[int, int], None] = lambda done, total: None) -> Iterator[Row]:
    """Every row that can be read, in the order of the pages; tables are not told apart here."""
    for number in pages.numbers:
        yield from _leaf_rows(pages, number)
        tell(number, len(pages.numbers))


class Pages:
    """The file as it would be with its write-ahead log applied.

    database and log are the contents of the file and of its log (may be empty).
    """

    def __init__(self, database: bytes, log: bytes, page_size: int) -> None:
        self._database = database
        self._size = page_size
        self._newer = _committed(log, page_size)
        self.usable = page_size  # nothing is reserved at the end of our pages
        in_file = -(-len(database) // page_size)
        self.numbers = range(1, max([in_file, *self._newer]) + 1)

    def page(self, number: int) -> bytes:
        """Empty for a page that is not there; the last one may be cut short."""
        found = self._newer.get(number)
        if found is None:
            found = self._database[(number - 1) * self._size : number * self._size] if number > 0 else b""
        return found

    @property
    def has_log(self) -> bool:
        return bool(self._newer)

    def all(self) -> Iterator[bytes]:
        """Every page, whole: what SQLite would have in the file after the log."""
        for number in self.numbers:
            yield self.page(number).ljust(self._size, b"\0")


def _committed(log: bytes, page_size: int) -> dict[int, bytes]:
    """Pages of the write-ahead log up to its last whole transaction."""
    pages: dict[int, bytes] = {}
    open_transaction: dict[int, bytes] = {}
    if len(log) < _WAL_HEADER or struct.unpack(">I", log[:4])[0] not in _WAL_MAGICS:
        return pages
    order = ">" if log[3] & 1 else "<"
    salts = log[16:24]
    sums = _checksum(log[:24], (0, 0), order)
    at = _WAL_HEADER
    while at + _FRAME_HEADER + page_size <= len(log):
        head, body = log[at : at + _FRAME_HEADER], log[at + _FRAME_HEADER : at + _FRAME_HEADER + page_size]
        sums = _checksum(body, _checksum(head[:8], sums, order), order)
        if head[8:16] != salts or struct.unpack(">II", head[16:24]) != sums:
            break
        number, committed_size = struct.unpack(">II", head[:8])
        open_transaction[number] = body
        if committed_size:
            pages |= open_transaction
            open_transaction = {}
        at += _FRAME_HEADER + page_size
    return pages


def _checksum(data: bytes, start: tuple[int, int], order: str) -> tuple[int, int]:
    one, two = start
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for first, second in zip(words[::2], words[1::2], strict=True):
        one = (one + first + two) & 0xFFFFFFFF
        two = (two + second + one) & 0xFFFFFFFF
    return one, two


def _leaf_rows(pages: Pages, number: int) -> Iterator[Row]:
    page = pages.page(number)
    head = 100 if number == 1 else 0
    if len(page) < head + 8 or page[head] in _OTHER_PAGES:
        return
    # A page whose type was damaged may still be a leaf; what is not one yields no row that passes the checks.
    count = int.from_bytes(page[head + 3 : head + 5])
    if head + 8 + 2 * count > len(page):
        count = (len(page) - head - 8) // 2 if page[head] == _LEAF else 0
    seen: set[int] = set()
    for index in range(count):
        place = head + 8 + 2 * index
        at = int.from_bytes(page[place : place + 2])
        if at in seen:
            continue
        seen.add(at)
        row = _cell(pages, page, at)
        if row is not None:
            yield row


def _cell(pages: Pages, page: bytes, at: int) -> Row | None:
    try:
        length, at = _varint(page, at)
        rowid, at = _varint(page, at)
        if not 0 < length <= _MOST_PAYLOAD or rowid <= 0:
            return None
        return Row(rowid, _record(_payload(pages, page, at, length)))
    except (IndexError, ValueError, struct.error):
        return None


def _payload(pages: Pages, page: bytes, at: int, length: int) -> bytes:
    """The record, followed through its overflow pages. ValueError when a part is missing."""
    most = pages.usable - 35
    if length <= most:
        local = length
    else:
        least = (pages.usable - 12) * 32 // 255 - 23
        local = least + (length - least) % (pages.usable - 4)
        local = local if local <= most else least
    parts = [page[at : at + local]]
    if len(parts[0]) != local:
        raise ValueError("cut short")
    missing = length - local
    following = int.from_bytes(page[at + local : at + local + 4]) if missing else 0
    visited: set[int] = set()
    while missing:
        if following == 0 or following in visited:
            raise ValueError("the chain of pages is broken")
        visited.add(following)
        overflow = pages.page(following)
        part = overflow[4 : 4 + min(missing, pages.usable - 4)]
        if len(part) < min(missing, pages.usable - 4):
            raise ValueError("cut short")
        parts.append(part)
        missing -= len(part)
        following = int.from_bytes(overflow[:4])
    return b"".join(parts)


def _record(payload: bytes) -> tuple[Value, ...]:
    """Strict: a header and values that fill the payload exactly. ValueError for anything else."""
    head_length, at = _varint(payload, 0)
    if not 1 < head_length <= len(payload):
        raise ValueError("no header")
    types: list[int] = []
    while at < head_length:
        serial, at = _varint(payload, at)
        types.append(serial)
    if at != head_length:
        raise ValueError("the header is longer than it says")
    found: list[Value] = []
    for serial in types:
        value, at = _value(payload, at, serial)
        found.append(value)
    if at != len(payload):
        raise ValueError("something is left over")
    return tuple(found)


def _value(payload: bytes, at: int, serial: int) -> tuple[Value, int]:
    if serial == 0:
        return None, at
    if serial in _INTEGERS:
        end = at + _INTEGERS[serial]
        value: Value = int.from_bytes(payload[at:end], signed=True)
    elif serial == 7:
        end = at + 8
        value = float(struct.unpack(">d", payload[at:end])[0])
    elif serial in (8, 9):
        end, value = at, serial - 8
    elif serial >= 12:
        end = at + (serial - 12) // 2
        raw = payload[at:end]
        value = raw if serial % 2 == 0 else raw.decode("utf-8", "replace")
    else:
        raise ValueError("no such type")
    if end > len(payload):
        raise ValueError("cut short")
    return value, end


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(8):
        byte = data[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    return value << 8 | data[at + 8], at + 9
