"""Verdicts on a write, and the edit state that leads to it."""

from __future__ import annotations

import pytest

from app.errors import InvalidSetting
from app.settings.changes import Proof, Verdict
from app.settings.document import Document
from app.settings.field import Field
from app.settings.proof import prove, unread
from app.settings.spec import Access, Kind, Spec

SPECS = {
    "rate": Spec(Kind.INT, "Bitrate", minimum=256, maximum=16384, unit="kbps"),
    "on": Spec(Kind.BOOL, "Enabled"),
    "mac": Spec(Kind.MAC, "MAC"),
    "name": Spec(Kind.TEXT, "Name", max_length=8),
    "key": Spec(Kind.PASSWORD, "Password"),
    "pin": Spec(Kind.TEXT, "Pin", access=Access.WRITE_ONLY),
    "uptime": Spec(Kind.INT, "Uptime", access=Access.READ_ONLY),
    "clock": Spec(Kind.DATETIME, "Clock"),
    "begin": Spec(Kind.TIME, "Begin"),
}
HELD = {
    "rate": "4096",
    "on": "false",
    "mac": "AA:BB:CC:00:11:22",
    "name": "Gate",
    "key": "",
    "pin": "",
    "uptime": "10",
    "clock": "2026-01-31T18:00:00+01:00",
    "begin": "06:00",
}


class Bytes:
    """A source that shows what it was asked for."""

    raw = b"raw"
    media_type = "text/plain"

    def encode(self, edits: dict[str, str]) -> bytes:
        return repr(edits).encode() if edits else self.raw


def document(**texts: str | None) -> Document:
    held = {**HELD, **texts}
    return Document(
        "/x", "Things", [Field(p, t, SPECS.get(p, SPECS["name"])) for p, t in held.items() if t is not None], Bytes()
    )


def proof_of(edits: dict[str, str], after: dict[str, str | None], *, reboot: bool = False) -> Proof:
    before = document()
    for path, text in edits.items():
        before.set_text(path, text)
    return prove(before, before.changes(), document(**after), reboot)


def verdicts(proof: Proof) -> dict[str, Verdict]:
    return {field.path: field.verdict for field in proof.fields}


@pytest.mark.parametrize(
    ("path", "asked", "got", "verdict"),
    [
        ("rate", "5000", "5000", Verdict.KEPT),
        ("rate", "5000", "05000", Verdict.KEPT),
        ("rate", "5000", "4999", Verdict.ADJUSTED),
        ("rate", "5000", "4096", Verdict.IGNORED),
        ("rate", "5000", "", Verdict.ADJUSTED),
        ("rate", "5000", "fast", Verdict.ADJUSTED),
        ("on", "true", "TRUE", Verdict.KEPT),
        ("on", "true", "0", Verdict.IGNORED),
        ("mac", "00:11:22:33:44:FF", "00-11-22-33-44-ff", Verdict.KEPT),
        ("rate", "5000", "5000.0", Verdict.KEPT),
        ("begin", "07:00", "07:00:00Z", Verdict.KEPT),
        ("begin", "07:00", "07:00:01", Verdict.ADJUSTED),
        ("name", "Yard 2", "Yard 2", Verdict.KEPT),
        ("name", "Yard 2", "yard 2", Verdict.ADJUSTED),
        ("begin", "07:00", "07:00:00", Verdict.KEPT),
        ("clock", "2026-02-01T00:00:00Z", "2026-02-01T01:00:00+01:00", Verdict.KEPT),
        ("clock", "2026-02-01T00:00:00Z", "2026-02-01T00:00:02", Verdict.KEPT),
        ("clock", "2026-02-01T00:00:00Z", "2026-02-01T02:00:00Z", Verdict.ADJUSTED),
        ("clock", "2026-02-01T00:00:00Z", "2026-01-31T18:00:03+01:00", Verdict.IGNORED),
        ("clock", "2026-02-01T00:00:00Z", "later", Verdict.ADJUSTED),
        ("name", "Yard", None, Verdict.NOT_VERIFIABLE),
        ("pin", "1234", "", Verdict.NOT_VERIFIABLE),
        ("key", "hunter2", "", Verdict.NOT_VERIFIABLE),
    ],
)
def test_verdict_on_an_edited_field(path: str, asked: str, got: str | None, verdict: Verdict) -> None:
    proof = proof_of({path: asked}, {path: got})
    assert verdicts(proof) == {path: verdict}
    field = proof.fields[0]
    assert proof.kept_everything is (verdict in (Verdict.KEPT, Verdict.NOT_VERIFIABLE))
    assert field.title == SPECS[path].title
    if verdict is Verdict.NOT_VERIFIABLE:
        assert field.reason
        assert field.read_back is None
    else:
        assert (field.old, field.new, field.read_back) == (HELD[path], asked, got)


def test_adjusted_says_to_what() -> None:
    assert proof_of({"rate": "5000"}, {"rate": "4000"}).fields[0].reason == "The camera set 4000 kbps instead."


def test_secrets_stay_out() -> None:
    proof = proof_of({"key": "hunter2"}, {"key": "hunter2"})
    assert "hunter2" not in repr(proof)
    assert proof.fields[0].secret
    before = document(key="hunter1")
    before.set_text("key", "hunter2")
    assert "hunter" not in repr(unread(before, before.changes(), "gone"))


def test_side_effects() -> None:
    proof = proof_of(
        {"rate": "5000"},
        {"rate": "5000", "on": "true", "name": None, "extra": "new", "mac": "aabbcc001122"},
        reboot=True,
    )
    assert verdicts(proof) == {
        "rate": Verdict.KEPT,
        "on": Verdict.SIDE_EFFECT,
        "name": Verdict.SIDE_EFFECT,
        "extra": Verdict.SIDE_EFFECT,
    }
    assert {f.path: (f.old, f.new, f.read_back) for f in proof.fields[1:]} == {
        "on": ("false", "false", "true"),
        "name": ("Gate", "Gate", None),
        "extra": ("", "", "new"),
    }
    assert all(f.reason for f in proof.fields[1:])
    assert proof.reboot_required
    assert not proof.kept_everything


def test_what_moves_by_itself_is_no_side_effect() -> None:
    moving = {"uptime": "12", "clock": "2026-01-31T18:00:05+01:00", "key": "***", "pin": None}
    assert verdicts(proof_of({"on": "true"}, {"on": "true", **moving})) == {"on": Verdict.KEPT}


def test_unread() -> None:
    before = document()
    before.set_text("rate", "5000")
    before.set_text("key", "x")
    proof = unread(before, before.changes(), "The camera did not answer.", reboot_required=True)
    assert set(verdicts(proof).values()) == {Verdict.NOT_VERIFIABLE}
    assert {f.reason for f in proof.fields} == {"The camera did not answer."}
    assert proof.reboot_required


def test_edit_state() -> None:
    here = document()
    told: list[str] = []
    stop = here.subscribe(told.append)
    here.set_text("rate", " 5000 ")
    here.set_text("name", "far too long a name")
    assert here.edited_paths == ("rate", "name")
    assert here.problem("name") == "At most 8 characters (yours has 19)"
    assert list(here.problems) == ["name"]
    with pytest.raises(InvalidSetting, match="At most 8"):
        here.encode()
    here.revert("name")
    assert here.encode() == b"{'rate': '5000'}"
    assert [c.new for c in here.changes()] == ["5000"]
    here.set_text("rate", " 4096\n")
    assert not here.is_modified("rate")
    assert here.encode() == b"raw"
    here.set_text("key", "x")
    here.set_text("key", "")
    assert here.changes() == ()
    stop()
    stop()
    here.set_text("rate", "1")
    assert told == ["rate", "name", "name", "rate", "key", "key"]
    here.revert()
    assert here.edited_paths == ()
    with pytest.raises(InvalidSetting, match="only be read"):
        here.set_text("uptime", "1")
    with pytest.raises(InvalidSetting, match="no field"):
        here.text("nothing")
    assert document(rate="60").note("rate")
