"""Forms: what is shown, what typing does to the document, and that the document stays the only owner."""

from __future__ import annotations

import pytest
from fakes_settings import MemorySource, stream_fields
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt, QVariantAnimation
from PySide6.QtGui import QFocusEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit

from app.settings.changes import FieldProof, Verdict
from app.settings.depends import Case, Choice, Combined, Depends, Need, texts
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access, Kind, Option, Spec
from ui.forms.change_bar import ChangeBar
from ui.forms.choices import ChoiceEditor
from ui.forms.editors import Fact, FrameRateEditor, NumberEditor, step_number
from ui.forms.edits import DeviceEdits
from ui.forms.form import Form
from ui.forms.places import section_title
from ui.forms.remarks import LINE
from ui.forms.row import ROW
from ui.forms.row_words import row_title
from ui.forms.switch import SwitchEditor

pytestmark = pytest.mark.gui


def make(fields=None) -> Document:
    fields = fields or stream_fields()
    return Document("/stream", "Main stream", fields, MemorySource({f.path: f.text for f in fields}))


@pytest.fixture
def document() -> Document:
    return make()


@pytest.fixture
def form(qtbot, document) -> Form:
    form = Form()
    qtbot.addWidget(form)
    form.resize(700, 600)
    form.show_document(document)
    form.show()
    qtbot.waitExposed(form)
    return form


def editor(form: Form, path: str):
    row = form.row(path)
    assert row is not None, path
    row.complete()  # as when somebody comes near
    return row.editor


def test_each_kind_gets_its_editor(form):
    assert isinstance(editor(form, "enabled"), SwitchEditor)
    assert isinstance(editor(form, "Video/codec"), ChoiceEditor)
    assert isinstance(editor(form, "Video/bitrate"), NumberEditor)
    assert isinstance(editor(form, "Video/rate"), ChoiceEditor)
    assert editor(form, "Video/rate").currentText() == "25 fps"
    assert editor(form, "secret").echoMode() is QLineEdit.EchoMode.Password


def test_typing_edits_the_document_and_typing_back_takes_the_edit_away(qtbot, form, document):
    line = editor(form, "Video/bitrate")
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "2048")
    assert document.changes()[0].new == "2048"
    line.selectAll()
    qtbot.keyClicks(line, "4096")
    assert document.edited_paths == ()


def test_a_wrong_value_stays_visible_with_its_problem_and_is_not_given_away(qtbot, form, document):
    line = editor(form, "Video/bitrate")
    line.setFocus()
    line.selectAll()
    qtbot.keyClicks(line, "99999")
    assert line.text() == "99999"
    assert form.row("Video/bitrate").remarks[0].role == "error"
    assert "Video/bitrate" in document.problems
    qtbot.keyClick(line, Qt.Key.Key_Escape)
    assert line.text() == "4096"
    assert document.problems == {}


def test_a_value_outside_its_own_limits_is_shown_as_it_is_and_said(form, document):
    assert editor(form, "Video/gain").text() == "60"
    assert any("60" in r.text and r.role == "warn" for r in form.row("Video/gain").remarks)
    assert document.edited_paths == ()


def test_an_option_that_the_device_does_not_list_is_kept(qtbot):
    spec = Spec(Kind.OPTION, "Codec", options=(Option("A", "Option A"),))
    document = make((Field("codec", "Z", spec),))
    form = Form()
    qtbot.addWidget(form)
    form.resize(500, 300)
    form.show_document(document)
    assert editor(form, "codec").currentText() == "Z"
    assert document.encode() == b"codec=Z"


@pytest.mark.parametrize(
    ("text", "delta", "expected"),
    [("456", 1, "1674"), ("1674", -1, "456"), ("0", -1, "0"), ("2009", 1, "2009"), ("1700", 1, "1701"), ("x", 1, None)],
)
def test_steps_jump_over_holes_and_stop_at_the_limits(text, delta, expected):
    spec = Spec(Kind.INT, "n", minimum=0, maximum=2009, ranges=((0, 0), (456, 456), (1674, 2009)))
    assert step_number(text, delta, spec) == expected


def test_frame_rate_without_options_is_typed_in_frames_a_second(qtbot):
    document = make((Field("rate", "2500", Spec(Kind.FPS100, "Frame rate")),))
    form = Form()
    qtbot.addWidget(form)
    form.resize(500, 300)
    form.show_document(document)
    line = editor(form, "rate")
    assert isinstance(line, FrameRateEditor)
    assert line.text() == "25"
    line.selectAll()
    qtbot.keyClicks(line, "12.5")
    assert document.text("rate") == "1250"


def test_the_switch_keeps_the_devices_spelling(qtbot):
    spec = Spec(Kind.BOOL, "WDR", options=(Option("ture", "On"), Option("false", "Off")))
    document = make((Field("wdr", "false", spec), Field("other", "0", Spec(Kind.BOOL, "Other"))))
    form = Form()
    qtbot.addWidget(form)
    form.resize(500, 300)
    form.show_document(document)
    qtbot.keyClick(editor(form, "wdr"), Qt.Key.Key_Space)
    assert document.text("wdr") == "ture"


def test_read_only_values_are_facts(qtbot):
    document = make((Field("id", "101", Spec(Kind.INT, "Stream", access=Access.READ_ONLY)),))
    form = Form()
    qtbot.addWidget(form)
    form.resize(500, 300)
    form.show_document(document)
    assert isinstance(editor(form, "id"), Fact)
    assert editor(form, "id").text() == "101"


def test_verdicts_stand_at_their_fields_until_the_field_is_edited(qtbot, form, document):
    verdict = FieldProof("Video/bitrate", "Bitrate", "4096", "4100", Verdict.ADJUSTED, "4000")
    form.show_verdicts({"Video/bitrate": verdict})
    remark = form.row("Video/bitrate").remarks[0]
    assert remark.role == "warn"
    assert "4000" in remark.text
    assert "4100" in remark.text
    qtbot.keyClick(editor(form, "Video/bitrate"), Qt.Key.Key_Up)
    assert all("4000" not in r.text for r in form.row("Video/bitrate").remarks)


def thousand() -> Document:
    return make(
        tuple(
            Field(
                f"s{i // 50}/f{i}",
                str(i),
                Spec(Kind.INT, f"Field {i}", minimum=0, maximum=2000),
                (f"Section {i // 50}",),
            )
            for i in range(1000)
        )
    )


def test_a_long_form_builds_only_what_is_near_and_jumps_anywhere(qtbot):
    form = Form()
    qtbot.addWidget(form)
    form.resize(700, 600)
    form.show_document(thousand())
    form.show()
    built = sum(1 for i in range(1000) if form.row(f"s{i // 50}/f{i}") is not None)
    assert 10 < built < 80
    assert form.jump_to("s19/f990")
    assert editor(form, "s19/f990").text() == "990"
    assert not form.jump_to("nowhere")


def test_tab_walks_the_fields_in_reading_order_even_where_rows_were_built_out_of_order(qtbot):
    form = Form()
    qtbot.addWidget(form)
    form.resize(700, 500)
    form.show_document(thousand())
    form.show()
    qtbot.waitExposed(form)
    form.jump_to("s19/f990")  # builds the end first
    form.jump_to("s0/f0")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
    seen = []
    for _ in range(40):
        focused = QApplication.focusWidget()
        if (row := focused.parentWidget()) is not None and hasattr(row, "path"):
            seen.append(int(row.path.rpartition("f")[2]))
        qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert seen == sorted(seen)
    assert len(seen) > 30


def test_the_find_box_filters_by_every_word(form):
    assert form.filter("bit rate") == 1
    assert form.filter("video") >= 4
    assert form.filter("no such thing") == 0
    assert form.filter("") == 7


def test_sections_fold(qtbot, form):
    height = form.widget().height()
    header = form.header(("Video",))
    header.setFocus()
    qtbot.keyClick(header, Qt.Key.Key_Space)
    assert form.widget().height() < height
    assert form.jump_to("Video/codec")  # jumping unfolds
    assert form.widget().height() == height


def test_undo_and_redo_of_edits_and_of_discard(qtbot, form, document):
    edits = DeviceEdits()
    edits.keep(document)
    line = editor(form, "Video/bitrate")
    line.selectAll()
    qtbot.keyClicks(line, "2048")
    qtbot.keyClick(editor(form, "enabled"), Qt.Key.Key_Space)
    assert edits.count == 2
    edits.undo_stack.undo()
    assert document.edited_paths == ("Video/bitrate",)
    edits.undo_stack.undo()  # typing four figures is one step
    assert document.edited_paths == ()
    assert line.text() == "4096"
    edits.undo_stack.redo()
    assert line.text() == "2048"
    edits.discard()
    assert edits.count == 0
    edits.undo_stack.undo()
    assert document.text("Video/bitrate") == "2048"


def test_the_change_bar_counts_names_and_blocks(qtbot, form, document):
    edits = DeviceEdits()
    edits.keep(document)
    bar = ChangeBar(edits, "Dock 2")
    qtbot.addWidget(bar)
    assert bar.isHidden()
    document.set_text("Video/bitrate", "2048")
    assert bar.text.text() == "1 change on Dock 2"
    assert bar.apply.isEnabled()
    document.set_text("name", "")
    assert bar.text.text() == "2 changes on Dock 2. Channel name: At least 1 character (yours has 0)"
    assert not bar.apply.isEnabled()
    with qtbot.waitSignal(bar.place_wanted) as wanted:
        bar.problem.click()
    assert wanted.args == ["/stream", "name"]


def test_show_leads_through_all_that_was_not_kept(qtbot, document):
    edits = DeviceEdits()
    edits.keep(document)
    bar = ChangeBar(edits, "Dock 2")
    qtbot.addWidget(bar)
    led = []
    bar.place_wanted.connect(lambda *place: led.append(place))
    bar.show_summary("1 ignored", "error", [("/stream", "name")])
    assert bar.problem.text() == "Show"
    bar.show_summary("1 adjusted, 1 ignored", "error", [("/stream", "name"), ("/time", "mode")])
    texts = []
    for _ in range(3):
        texts.append(bar.problem.text())
        bar.problem.click()
    assert texts == ["Show 1 of 2", "Show 2 of 2", "Show 1 of 2"]
    assert led == [("/stream", "name"), ("/time", "mode"), ("/stream", "name")]


def show(qtbot, *fields: Field) -> tuple[Form, Document]:
    document = make(fields)
    form = Form()
    qtbot.addWidget(form)
    form.resize(600, 400)
    form.show_document(document)
    form.show()
    qtbot.waitExposed(form)
    return form, document


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.sampled_from(list(Kind)), st.text(max_size=60), st.booleans(), st.booleans())
def test_looking_at_a_document_never_changes_it(qtbot, kind, text, listed, open_options):
    options = (Option("1", "One"), Option("2", "Two")) if listed or kind is Kind.OPTION else ()
    spec = Spec(kind, "Any", minimum=0, maximum=9, max_length=9, options=options, open_options=open_options)
    form, document = show(qtbot, Field("a", text, spec), Field("b", text, spec, ("S",)))
    for path in ("a", "b"):
        editor(form, path).setFocus()
        qtbot.keyClick(editor(form, path), Qt.Key.Key_Escape)
    form.resize(300, 200)
    assert document.edited_paths == ()
    assert document.encode() == document.source.raw
    form.deleteLater()


@pytest.mark.parametrize(
    ("held", "switched"), [("1", "0"), ("0", "1"), ("true", "false"), ("TRUE", "false"), ("false", "true")]
)
def test_switching_twice_is_no_change_whatever_the_spelling(qtbot, held, switched):
    form, document = show(qtbot, Field("on", held, Spec(Kind.BOOL, "On")))
    qtbot.mouseClick(editor(form, "on"), Qt.MouseButton.LeftButton)
    assert document.text("on") == switched
    qtbot.mouseClick(editor(form, "on"), Qt.MouseButton.LeftButton)
    assert document.edited_paths == ()


def test_open_options_take_free_text_and_give_options_by_their_titles(qtbot):
    options = (Option("a", "Alpha"), Option("b", "Beta"))
    form, document = show(qtbot, Field("o", "zeta", Spec(Kind.OPTION, "O", options=options, open_options=True)))
    combo = editor(form, "o")
    assert combo.currentText() == "zeta"
    combo.setFocus()
    combo.lineEdit().selectAll()
    qtbot.keyClicks(combo, "Alp")
    assert combo.currentText() == "Alp"  # nothing is completed behind one's back
    assert document.text("o") == "Alp"
    qtbot.keyClicks(combo, "ha")
    assert document.text("o") == "a"
    document.revert("o")
    assert combo.currentText() == "zeta"


def test_a_mask_in_place_of_a_password_is_not_typed_on(qtbot):
    form, document = show(qtbot, Field("p", "******", Spec(Kind.PASSWORD, "Password")))
    line = editor(form, "p")
    assert line.text() == ""
    qtbot.keyClicks(line, "s3cret")
    assert document.text("p") == "s3cret"
    line.clear()
    line.textEdited.emit("")
    assert document.edited_paths == ()


def test_a_newer_document_with_the_same_fields_keeps_widget_focus_and_scroll(qtbot):
    form, _ = show(qtbot, *thousand().fields)
    form.jump_to("s10/f500")
    qtbot.waitUntil(lambda: form.focused_path() == "s10/f500")
    line = editor(form, "s10/f500")
    scrolled = form.verticalScrollBar().value()
    newer = tuple(Field(f.path, "7", f.spec, f.section) for f in thousand().fields)
    form.show_document(make(newer))
    assert editor(form, "s10/f500") is line
    assert line.text() == "7"
    assert form.verticalScrollBar().value() == scrolled
    assert form.focused_path() == "s10/f500"
    form.show_document(make(newer[:900]))  # fields went away: built anew, focus and place stay
    assert form.focused_path() == "s10/f500"
    assert editor(form, "s10/f500") is not line


def test_finding_in_a_long_form_builds_only_what_fits(qtbot):
    form, _ = show(qtbot, *thousand().fields)
    assert form.filter("field 777") == 1
    built = sum(1 for i in range(1000) if form.row(f"s{i // 50}/f{i}") is not None)
    assert built < 80
    assert [section_title(s) for s in form.sections] == ["Section 15"]


def test_the_revert_sign_takes_the_edit_back(qtbot):
    form, document = show(qtbot, Field("n", "5", Spec(Kind.INT, "N", minimum=0, maximum=9)))
    document.set_text("n", "6")
    row = form.row("n")
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton, pos=row._revert_rect().center())
    assert document.edited_paths == ()
    assert editor(form, "n").text() == "5"


def test_the_sign_of_a_kept_value_fades_and_takes_no_room(qtbot):
    form, _ = show(qtbot, Field("n", "5", Spec(Kind.INT, "N")))
    height = form.row("n").wanted_height()
    verdicts = {"n": FieldProof("n", "N", "4", "5", Verdict.KEPT, "5")}
    form.show_verdicts(verdicts)
    assert form.row("n").tick > 0
    assert form.row("n").wanted_height() == height
    assert "Kept" in editor(form, "n").accessibleDescription()
    fade = form.findChild(QVariantAnimation)
    fade.setCurrentTime(fade.duration())
    qtbot.waitUntil(lambda: form.row("n").tick == 0)
    assert verdicts == {}


@pytest.mark.parametrize("width", [440, 480, 520, 700, 1000])
def test_the_sign_of_a_kept_value_is_not_cut_where_the_limits_take_the_room(qtbot, width):
    spec = Spec(Kind.TEXT, "Channel name", min_length=1, max_length=32)
    form, _ = show(qtbot, Field("n", "Dock", spec))
    form.resize(width, 400)
    form.show_verdicts({"n": FieldProof("n", "N", "4", "5", Verdict.KEPT, "5")})
    row = form.row("n")
    assert row._shown_beside(), "the limits stay as far as there is room"
    assert row.editor.geometry().right() < row._tick_rect().left()
    assert row._tick_rect().right() <= row.width()


def test_edits_survive_a_fresh_reading_and_undo_survives_it_in_every_document(document):
    edits = DeviceEdits()
    other = Document("/other", "Other", document.fields, document.source)
    edits.keep(document)
    edits.keep(other)
    document.set_text("Video/bitrate", "2048")
    other.set_text("name", "Ramp")
    edits.keep(make())
    assert edits.document("/stream").text("Video/bitrate") == "2048"
    edits.undo_stack.undo()
    assert other.edited_paths == ()
    edits.undo_stack.undo()
    assert edits.count == 0
    edits.undo_stack.redo()
    assert edits.document("/stream").text("Video/bitrate") == "2048"


def test_undo_of_a_field_that_the_device_no_longer_has_does_nothing(document):
    edits = DeviceEdits()
    edits.keep(document)
    document.set_text("name", "Ramp")
    edits.keep(make(tuple(f for f in document.fields if f.path != "name")))
    edits.undo_stack.undo()
    assert edits.count == 0


def test_typing_back_by_hand_leaves_no_undo_step(document):
    edits = DeviceEdits()
    edits.keep(document)
    for text in ("409", "40", "409", "4096"):
        document.set_text("Video/bitrate", text)
    assert edits.undo_stack.count() == 0


@pytest.mark.parametrize("typed", ["1e3", "1_0", "nan", "inf", "12.", "12,5", "-1"])
def test_frame_rates_that_are_no_plain_numbers_stay_as_typed(qtbot, typed):
    form, document = show(qtbot, Field("r", "2500", Spec(Kind.FPS100, "Rate", minimum=100, maximum=6000)))
    line = editor(form, "r")
    line.selectAll()
    qtbot.keyClicks(line, typed)
    assert line.text() == typed
    good = {"12.": "1200", "12,5": "1250"}
    assert document.text("r") == good.get(typed, typed)
    assert bool(document.problem("r")) == (typed not in good)


# Dependence: what may be chosen, and whether, follows the other values


def following(depends: Depends, *fields: Field) -> Document:
    return Document("/s", "Stream", fields, MemorySource({f.path: f.text for f in fields}), depends)


def choice(title: str, *values: str) -> Spec:
    return Spec(Kind.OPTION, title, options=tuple(Option(v, v) for v in values))


@pytest.fixture
def stream() -> Document:
    smart = ("Smart codec",)
    needs = [Need(f"smart/{n}", "smart/enabled", texts("true"), "Switch on “Smart codec” first.") for n in "ab"]
    rates = Choice("rate", (Case((("codec", "MJPEG"),), (Option("500", "5 fps"),)),))
    return following(
        Depends(tuple(needs), (rates,), (Combined("size", "Resolution", ("w", "h"), SIZES),)),
        Field("codec", "H.264", choice("Codec", "H.264", "MJPEG")),
        Field("w", "1920", Spec(Kind.INT, "Width")),
        Field("h", "1080", Spec(Kind.INT, "Height")),
        Field("rate", "2500", Spec(Kind.FPS100, "Frame rate", options=(Option("2500", "25 fps"),))),
        Field("smart/enabled", "false", Spec(Kind.BOOL, "On"), smart),
        Field("smart/a", "1", Spec(Kind.INT, "Level"), smart),
        Field("smart/b", "1", Spec(Kind.INT, "Average"), smart),
    )


SIZES = (Option("1920x1080", "1920 × 1080"), Option("1280x720", "1280 × 720"))


def shown(qtbot, document: Document) -> Form:
    form = Form()
    qtbot.addWidget(form)
    form.resize(700, 500)
    form.show_document(document)
    form.show()
    qtbot.waitExposed(form)
    return form


def test_options_follow_another_value_and_what_no_longer_goes_stays_to_be_seen(qtbot, stream):
    form = shown(qtbot, stream)
    codec = editor(form, "codec")
    codec.setFocus()
    qtbot.keyClick(codec, Qt.Key.Key_Down)
    assert stream.text("codec") == "MJPEG"
    rate = editor(form, "rate")
    assert [rate.itemText(n) for n in range(len(rate.spec.options))] == ["5 fps"]
    assert rate.currentText() == "25 fps"
    assert form.row("rate").remarks[0].role == "warn"
    assert stream.edited_paths == ("codec",)  # looking at it chose nothing
    qtbot.keyClick(codec, Qt.Key.Key_Up)
    assert [o.title for o in editor(form, "rate").spec.options] == ["25 fps"]
    assert form.row("rate").remarks == ()


def test_an_edit_that_another_edit_makes_impossible_is_a_problem_at_its_field(qtbot, stream):
    form = shown(qtbot, stream)
    stream.set_text("codec", "MJPEG")
    stream.set_text("rate", "500")
    assert form.row("rate").remarks == ()
    stream.set_text("codec", "H.264")
    assert editor(form, "rate").currentText() == "5 fps"
    assert form.row("rate").remarks[0].role == "error"
    assert "rate" in stream.problems


def test_a_row_that_gets_another_editor_keeps_the_tab_order_and_the_focus(qtbot, stream):
    form = shown(qtbot, stream)
    editor(form, "rate").setFocus()
    qtbot.waitUntil(lambda: form.focused_path() == "rate")
    stream.set_text("codec", "MJPEG")
    assert form.focused_path() == "rate"
    seen = []
    editor(form, "codec").setFocus()
    for _ in range(4):
        seen.append(form.focused_path())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert seen[:3] == ["codec", "size", "rate"]


def test_a_block_that_is_off_is_grey_and_says_why_once(qtbot, stream):
    form = shown(qtbot, stream)
    first, second = form.row("smart/a"), form.row("smart/b")
    assert not first.editor.isEnabled()
    assert first._beside() == "Switch on “Smart codec” first."
    assert second._beside() == ""
    assert "Switch on" in second.editor.accessibleDescription()
    assert "Switch on" in second._help()
    qtbot.mouseClick(editor(form, "smart/enabled"), Qt.MouseButton.LeftButton)
    assert first.editor.isEnabled()
    assert second.editor.isEnabled()
    stream.set_text("smart/a", "5")
    qtbot.mouseClick(editor(form, "smart/enabled"), Qt.MouseButton.LeftButton)
    assert first.remarks[0].role == "warn"  # the edit is not lost, and it is said that it may be in vain
    qtbot.mouseClick(first, Qt.MouseButton.LeftButton, pos=first._revert_rect().center())
    assert stream.edited_paths == ()


def test_values_that_are_chosen_together_are_one_row_one_undo_step_and_one_verdict(qtbot, stream):
    form = shown(qtbot, stream)
    edits = DeviceEdits()
    edits.keep(stream)
    size = editor(form, "size")
    assert size.currentText() == "1920 × 1080"
    assert form.row("w") is form.row("size")
    size.setFocus()
    qtbot.keyClick(size, Qt.Key.Key_Down)
    assert (stream.text("w"), stream.text("h")) == ("1280", "720")
    edits.undo_stack.undo()
    assert stream.edited_paths == ()
    assert not edits.undo_stack.canUndo()
    edits.undo_stack.redo()
    assert (stream.text("w"), stream.text("h")) == ("1280", "720")
    assert form.jump_to("h")
    verdict = FieldProof("h", "Height", "1080", "720", Verdict.ADJUSTED, "704")
    form.show_verdicts({"w": FieldProof("w", "Width", "1920", "1280", Verdict.KEPT, "1280"), "h": verdict})
    assert "704" in form.row("size").remarks[0].text


@pytest.mark.parametrize(
    ("title", "label"),
    [("On", "Enabled"), ("PTZ on", "PTZ"), ("Mirror", "Mirror")],
)
def test_the_label_of_a_switch_does_not_repeat_what_the_switch_says(qtbot, title, label):
    form, _ = show(qtbot, Field("s/enabled", "true", Spec(Kind.BOOL, title), ("Smart codec",)))
    assert row_title(form.row("s/enabled").spec) == label
    assert editor(form, "s/enabled").accessibleName() == f"{label}, Smart codec"
    assert editor(form, "s/enabled").text() == "On"


def test_a_box_paints_its_value_before_it_has_a_list_and_the_list_comes_by_itself(qtbot):
    options = (Option("a", "Alpha"), Option("b", "Beta"))
    form, document = show(qtbot, Field("o", "b", Spec(Kind.OPTION, "O", options=options)))
    combo = form.row("o").editor
    before = combo.grab().toImage()
    qtbot.waitUntil(lambda: combo.is_complete)
    assert (combo.count(), combo.currentText()) == (2, "Beta")
    assert combo.grab().toImage() == before  # nothing moves when it does
    assert document.edited_paths == ()


def _focus(box) -> None:
    QApplication.sendEvent(box, QFocusEvent(QEvent.Type.FocusIn, Qt.FocusReason.TabFocusReason))


@pytest.mark.parametrize("come", [_focus, lambda box: QTest.mousePress(box, Qt.MouseButton.LeftButton)])
def test_whoever_comes_near_a_box_finds_its_list(qtbot, come):
    spec = Spec(Kind.OPTION, "O", options=(Option("a", "Alpha"),), open_options=True)
    form, _ = show(qtbot, Field("o", "strange", spec))
    combo = form.row("o").editor
    come(combo)
    assert combo.is_complete
    assert (combo.currentText(), combo.isEditable()) == ("strange", True)


@pytest.mark.parametrize("width", [420, 900])
def test_what_there_is_to_say_is_never_cut(qtbot, width):
    options = (Option("a", "Alpha"),)
    form, _ = show(
        qtbot, Field("o", "strange", Spec(Kind.OPTION, "O", options=options)), Field("p", "1", Spec(Kind.INT, "P"))
    )
    form.resize(width, 400)
    row = form.row("o")
    (remark,) = row.remarks
    wanted = row.fontMetrics().horizontalAdvance(remark.text)
    qtbot.waitUntil(lambda: row.height() == row.wanted_height())
    lines = (row.height() - ROW) // LINE
    assert lines * (form.viewport().width() - row.editor.x()) > wanted
    assert lines == (1 if width > 800 else 2)
    assert form.row("p").y() == row.geometry().bottom() + 1  # what is below moves down
