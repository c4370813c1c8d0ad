"""Which characters an XML answer holds, without ever losing sight of its bytes.

Devices declare one encoding and send another, cut names in the middle of a character, and mix both in one
document. `read` always finds a text; bytes that are no characters become lone low surrogates (U+DC00 plus the
byte), so that every character still knows how many bytes it stands for.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_KEEP_BYTES = "camwright-keep-bytes"
_STRAY = re.compile("[\udc00-\udcff]")
_STRAY_RUN = re.compile("([\udc00-\udcff]+)")
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?\bencoding\s*[=:]\s*[\"']\s*([A-Za-z][\w.:-]*)")
_CHINESE = frozenset({"gb2312", "gbk", "gb18030", "cp936", "ms936", "euc_cn", "euccn", "x_gbk"})
# Single-byte and East Asian sets whose ASCII range is ASCII; anything else is not trusted.
_KNOWN = re.compile(r"(iso8859-\d+|cp125\d|cp437|cp850|cp866|koi8-[ru]|big5|big5hkscs|euc_kr|cp949|euc_jp|shift_jis)")


def _keep_bytes(error: UnicodeError) -> tuple[str | bytes, int]:
    if isinstance(error, UnicodeDecodeError):
        bad = error.object[error.start : error.end]
        return "".join(chr(0xDC00 + byte) for byte in bad), error.end
    if isinstance(error, UnicodeEncodeError):
        lost = error.object[error.start : error.end]
        if not _STRAY.sub("", lost):
            return bytes(ord(char) - 0xDC00 for char in lost), error.end
    raise error


codecs.register_error(_KEEP_BYTES, _keep_bytes)


@dataclass(frozen=True, slots=True)
class Reading:
    """text is the whole answer after its byte order mark of bom bytes, one character per source character.

    codec reads the answer, writer is what new text is written in, flaws is what had to be guessed.
    """

    text: str
    codec: str
    writer: str
    bom: int
    flaws: tuple[str, ...] = ()

    def back(self, text: str) -> bytes:
        """The very bytes that these characters of the answer were read from."""
        if not self.codec.startswith("utf-16"):
            return text.encode(self.codec, _KEEP_BYTES)
        parts = _STRAY_RUN.split(text)  # the codec would make two bytes of a stray one
        return b"".join(
            bytes(ord(char) - 0xDC00 for char in part) if n % 2 else part.encode(self.codec)
            for n, part in enumerate(parts)
        )

    def write(self, text: str, *, ascii_only: bool = False) -> bytes:
        """New text in this answer's encoding; characters that it cannot hold become references."""
        return text.encode("ascii" if ascii_only else self.writer, "xmlcharrefreplace")


def read(data: bytes) -> Reading:
    """Never fails; what comes out may still be no XML at all."""
    for mark, codec in (
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if data.startswith(mark):
            return _read_as(data[len(mark) :], codec, len(mark))
    for start, codec in ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be")):
        if data.startswith(start):
            return _read_as(data, codec, 0, "utf-16 without a byte order mark")
    found = _DECLARED.search(data[:1024])
    declared = found[1].decode("ascii").lower() if found else "utf-8"
    return _read_declared(data, declared)


def _read_as(body: bytes, codec: str, bom: int, *flaws: str, writer: str = "") -> Reading:
    text = body.decode(codec, _KEEP_BYTES)
    if _STRAY.search(text):
        flaws = (*flaws, f"some bytes are no {codec} text")
    return Reading(text, codec, writer or codec, bom, flaws)


def _read_declared(body: bytes, declared: str) -> Reading:
    codec = _canonical(declared)
    if body.isascii():
        wrong = codec == "" or codec.startswith("utf-16")
        flaws = (f"declared {declared}, read as utf-8",) if wrong else ()
        writer = "utf-8" if wrong else _writer(codec)
        return Reading(body.decode("ascii"), "utf-8" if wrong else _reader(codec), writer, 0, flaws)
    if codec and codec not in ("utf-8", "ascii", "gb2312", "gbk", "gb18030") and not codec.startswith("utf-16"):
        reading = _read_as(body, codec, 0)
        if body == reading.text.encode(codec, _KEEP_BYTES):
            return reading
    return _read_chinese(body, declared, codec) if codec.startswith("gb") else _read_unicode(body, declared, codec)


def _read_unicode(body: bytes, declared: str, codec: str) -> Reading:
    flaws = () if codec == "utf-8" else (f"declared {declared}, read as utf-8",)
    lenient = _read_as(body, "utf-8", 0, *flaws)
    strays = len(_STRAY.findall(lenient.text))
    good = len(re.findall("[\x80-\ud7ff\ue000-\U0010ffff]", lenient.text))
    if strays < good or not strays:
        return lenient  # also a name that the device cut in the middle of a character
    if _fits(body, "gb18030") and _looks_chinese(body):
        return _read_as(body, "gb18030", 0, f"declared {declared}, read as gb18030", writer=_chinese_writer(body))
    if re.search("[\u0800-\ud7ff\ue000-\uffff]", lenient.text):
        return lenient
    return _read_as(body, "latin-1", 0, f"declared {declared}, read as latin-1")


def _read_chinese(body: bytes, declared: str, codec: str) -> Reading:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if re.search("[\u0800-\uffff]", text):  # three-byte characters all through: no accident
        return Reading(text, "utf-8", "utf-8", 0, (f"declared {declared}, read as utf-8",))
    flaws = () if codec == "gb18030" or _fits(body, codec) else (f"declared {declared}, read as gb18030",)
    reading = _read_as(body, "gb18030", 0, *flaws, writer=codec if codec == "gb18030" else _chinese_writer(body))
    if reading.text.encode("gb18030", _KEEP_BYTES) != body:
        return _read_as(body, "latin-1", 0, f"declared {declared}, read as latin-1")
    return reading


def _looks_chinese(body: bytes) -> bool:
    """Common Chinese is pairs of high bytes; a Latin word has single ones between ASCII letters (Tür)."""
    high = sum(len(run) for run in re.findall(rb"[\x80-\xff]{2,}", body))
    return high >= len(re.findall(rb"[\x80-\xff]", body)) - high


def _fits(body: bytes, codec: str) -> bool:
    """Whether these bytes are text in this encoding and come out the same again."""
    try:
        return body.decode(codec).encode(codec) == body
    except UnicodeError:
        return False


def _reader(codec: str) -> str:
    return "gb18030" if codec.startswith("gb") else codec


def _writer(codec: str) -> str:
    return "gbk" if codec == "gb2312" else codec


def _chinese_writer(body: bytes) -> str:
    """Devices that say GB2312 send the two bytes of GBK for what it lacks, and so does this program. Four bytes for
    one character (GB18030) take only those that send some."""
    return "gbk" if _fits(body, "gbk") else "gb18030"


def _canonical(declared: str) -> str:
    """Python's name for a declared encoding; "" for one that is unknown or not to be trusted."""
    name = declared.replace("-", "_")
    if name in _CHINESE:
        return name if name in ("gbk", "gb18030") else ("gbk" if "936" in name or "gbk" in name else "gb2312")
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        return ""
    return name if name in ("utf-8", "ascii") or name.startswith("utf-16") or _KNOWN.fullmatch(name) else ""
