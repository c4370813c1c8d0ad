"""Documents as text and back: bytes survive, secrets stay hidden, commands say what they send."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.families.isapi.dialect import dialect
from app.families.isapi.settings import document_of
from app.site.raw import Paper
from app.wire.http import HttpAnswer

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\r\n'
SECRETS = (
    f'{HEAD}<User version="1.0">\r\n<id>1</id>\r\n<userName>admin</userName>\r\n<password>Tree &amp; leaf 9</password>'
    "\r\n<note>Tree &amp; leaf 9</note>\r\n</User>\r\n"
)


def paper(text: str | bytes) -> Paper:
    body = text if isinstance(text, bytes) else text.encode()
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), body)
    return Paper.of(document_of(dialect("v2"), "/ISAPI/Security/users/1", answer, None))


def test_what_nobody_touched_is_the_same_to_the_byte():
    gate = "仓库门口的摄像机一号楼".encode("gb2312")
    body = b'<?xml version="1.0" encoding="GB2312"?>\r\n<A>\n<name>' + gate + b"</name>\r\n<b>1</b>\n</A>\r"
    sheet = paper(body)
    assert "仓库门口" in sheet.shown
    assert "\r" not in sheet.shown
    assert sheet.body(sheet.shown) == body
    edited = sheet.shown.replace("<b>1</b>", "<b>门</b>")
    assert sheet.problem(edited) == ""
    assert sheet.body(edited) == body.replace(b"<b>1", b"<b>" + "门".encode("gb2312"))


def test_secrets_are_hidden_wherever_they_stand_and_come_back():
    sheet = paper(SECRETS)
    assert "leaf 9" not in sheet.shown
    assert sheet.body(sheet.shown) == SECRETS.encode()
    edited = sheet.shown.replace("<id>1</id>", "<id>2</id>")
    assert sheet.body(edited) == SECRETS.replace("<id>1<", "<id>2<").encode()
    assert "leaf 9" not in "".join(sheet.diff(edited))


def test_a_typed_secret_is_sent_and_a_moved_mark_is_refused():
    sheet = paper(SECRETS)
    assert b"<password>new</password>" in sheet.body(sheet.shown.replace("***hidden-1***", "new", 1))
    moved = sheet.shown.replace("<userName>admin<", "<userName>***hidden-1***<")
    assert "<password>" in sheet.problem(moved)
    assert "hides nothing" in sheet.problem(sheet.shown.replace("hidden-1", "hidden-9"))


def test_an_entry_taken_out_does_not_shift_the_others_secrets():
    users = "".join(f"<User>\n<id>{n}</id>\n<password>secret-{n}x</password>\n</User>\n" for n in range(3))
    sheet = paper(f"<UserList>\n{users}</UserList>")
    lines = sheet.shown.split("\n")
    del lines[1:5]
    kept = sheet.body("\n".join(lines))
    assert b"secret-0x" not in kept
    assert b"<id>1</id>\n<password>secret-1x</password>" in kept


def test_characters_that_do_not_fit_are_told_or_become_references():
    sheet = paper('<?xml version="1.0" encoding="ISO-8859-1"?>\n<A><b>\xe9t\xe9</b><c>1</c></A>'.encode("latin-1"))
    assert "&#8364;" in sheet.body(sheet.shown.replace(">1<", ">€<")).decode("latin-1")
    assert sheet.problem(sheet.shown.replace(">1<", ">€<")) == ""
    assert "encoding" in sheet.problem(sheet.shown.replace("ISO-8859-1", "UTF-8"))


def test_a_broken_character_survives_beside_an_edit_in_its_line():
    body = "<A><n>Tür</n><m>Straße und Tor".encode() + b"\xc3</m><v>1</v></A>"
    sheet = paper(body)
    assert "\ufffd" in sheet.shown
    edited = sheet.shown.replace("<v>1", "<v>22")
    assert sheet.problem(edited) == ""
    assert sheet.body(edited) == body.replace(b"<v>1", b"<v>22")
    assert "Line 1" in sheet.problem(edited.replace("<n>Tür", "<n>\ufffdr"))


def test_differences_have_their_lines_and_a_little_around_them():
    sheet = paper("<A>\n" + "".join(f"<n{n}>{n}</n{n}>\n" for n in range(30)) + "</A>")
    edited = sheet.shown.replace("<n3>3", "<n3>x").replace("<n5>5</n5>\n", "").replace("</A>", "<z>1</z>\n</A>")
    assert sheet.diff(edited) == (
        "@@ line 3 @@", " <n1>1</n1>", " <n2>2</n2>", "-<n3>3</n3>", "+<n3>x</n3>", " <n4>4</n4>", "-<n5>5</n5>",
        " <n6>6</n6>", " <n7>7</n7>",
        "@@ line 29 @@", " <n28>28</n28>", " <n29>29</n29>", "+<z>1</z>", " </A>",
    )  # fmt: skip
    assert sheet.diff(sheet.shown) == ()


line = st.text(st.sampled_from("ab <>&;é门*\u2028\ufffd"), max_size=12)


@given(st.lists(line, max_size=8), st.sampled_from(["\n", "\r\n"]))
def test_any_text_can_be_typed_and_looked_at(lines, end):
    sheet = paper(SECRETS.replace("\r\n", end))
    edited = "\n".join(lines)
    assert isinstance(sheet.problem(edited), str)
    if sheet.problem(edited) == "":
        assert sheet.body(edited) == end.join(lines).encode()
    sheet.diff(edited)
    sheet.curl("http://127.0.0.1/x", "admin", "", edited)


def run(command: str, **variables: str) -> list[str]:
    """What curl would get: its words, and its standard input where it takes the body from there."""
    script = (
        'curl() { for word in "$@"; do printf "%s\\001" "$word"; done; [ "$1" ] && case "$*" in *@-*) cat;; esac; }\n'
    )
    done = subprocess.run(["sh", "-c", script + command], capture_output=True, env=variables, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.decode("utf-8", "surrogateescape").split("\x01")


def test_curl_reads_with_the_user_name_alone():
    words = run(paper(SECRETS).curl("http://[::1]:80/a b", "it's me"))
    assert words == ["--digest", "-g", "-u", "it's me", "http://[::1]:80/a b", ""]


def test_curl_writes_exactly_the_body_and_asks_for_what_is_hidden():
    sheet = paper(SECRETS.replace("\r\n", "\n"))
    edited = sheet.shown.replace("admin", "it's $HOME `x` \\ %s é")
    command = sheet.curl("http://127.0.0.1/x", "admin", "application/xml", edited)
    assert "leaf 9" not in command
    words = run(command, HIDDEN_1="Tree &amp; leaf 9", HIDDEN_2="Tree &amp; leaf 9")
    assert words[words.index("--data-raw") + 1].encode() == sheet.body(edited)
    with pytest.raises(AssertionError, match="HIDDEN_1"):
        run(command)


def test_curl_of_other_encodings_and_line_ends_is_exact_too():
    sheet = paper(SECRETS)
    edited = sheet.shown.replace("admin", "100% 'x' \\n")
    words = run(
        sheet.curl("http://127.0.0.1/x", "admin", "", edited),
        HIDDEN_1="Tree &amp; leaf 9",
        HIDDEN_2="Tree &amp; leaf 9",
        PATH="/usr/bin:/bin",
    )
    assert words[-1].encode("utf-8", "surrogateescape") == sheet.body(edited)
