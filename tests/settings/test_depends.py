"""Options and enabling that follow the working values."""

from __future__ import annotations

from app.settings.depends import Case, Choice, Combined, Depends, Need, texts
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Kind, Option, Spec


class Bytes:
    raw = b""
    media_type = ""

    def encode(self, edits):
        return repr(sorted(edits.items())).encode()


def options(*values):
    return tuple(Option(each, "") for each in values)


def stream():
    rates = {"1920": ("2500", "1200"), "1280": ("5000", "2500")}
    depends = Depends(
        needs=(
            Need("smart/level", "smart/on", texts("true"), "Switch it on first."),
            Need("gop", "codec", texts("MJPEG"), "Not with MJPEG.", negated=True),
        ),
        choices=(Choice("rate", tuple(Case((("wide", wide),), options(*each)) for wide, each in rates.items())),),
        combined=(Combined("size", "Resolution", ("wide", "high"), options("1920x1080", "1280x720")),),
    )
    fields = [
        Field("wide", "1280", Spec(Kind.INT, "Width")),
        Field("codec", "H.264", Spec(Kind.OPTION, "Codec", options=options("H.264", "MJPEG"))),
        Field("high", "720", Spec(Kind.INT, "Height")),
        Field("rate", "5000", Spec(Kind.FPS100, "Frame rate", options=options("5000", "2500", "1200"))),
        Field("gop", "50", Spec(Kind.INT, "GOP")),
        Field("smart/on", "FALSE", Spec(Kind.BOOL, "Smart")),
        Field("smart/level", "3", Spec(Kind.INT, "Level")),
    ]
    return Document("/s", "Stream", fields, Bytes(), depends)


def values(spec):
    return [each.value for each in spec.options]


def test_a_switch_enables_its_block():
    document = stream()
    assert document.enabled("smart/level") == (False, "Switch it on first.")
    document.set_text("smart/on", "1")
    assert document.enabled("smart/level") == (True, "")
    assert document.enabled("wide") == (True, "")


def test_a_negated_need():
    document = stream()
    assert document.enabled("gop")[0]
    document.set_text("codec", "MJPEG")
    assert document.enabled("gop") == (False, "Not with MJPEG.")


def test_options_follow_the_working_values():
    document = stream()
    assert values(document.spec("rate")) == ["5000", "2500"]
    document.set_text("wide", "1920")
    assert values(document.spec("rate")) == ["2500", "1200"]
    assert document.spec("rate").kind is Kind.FPS100
    # Nobody edited the rate: it is no problem, but it does not go with the rest.
    assert "rate" not in document.problems
    assert "another one" in document.note("rate")
    document.set_text("rate", "1200")
    assert document.problem("rate") == ""
    document.set_text("wide", "1280")
    assert document.problem("rate")


def test_an_unknown_combination_leaves_the_declared_constraints():
    document = stream()
    document.set_text("wide", "640")
    assert values(document.spec("rate")) == ["5000", "2500", "1200"]


def test_two_numbers_are_one_choice():
    document = stream()
    assert [field.path for field in document.shown] == ["size", "codec", "rate", "gop", "smart/on", "smart/level"]
    assert [field.path for field in document.fields][:3] == ["wide", "codec", "high"]
    assert document.text("size") == "1280x720"
    assert document.field("size").spec.title == "Resolution"
    document.set_text("size", "1920 × 1080")
    assert (document.text("wide"), document.text("high")) == ("1920", "1080")
    assert document.is_modified("size")
    assert [each.path for each in document.changes()] == ["wide", "high"]
    document.revert("size")
    assert not document.is_modified("size")
    assert document.edited_paths == ()


def test_a_pair_that_the_device_does_not_have_is_a_problem():
    document = stream()
    document.set_text("wide", "1920")
    assert "size" in document.problems
    document.set_text("high", "1080")
    assert document.problems == {}
    document.set_text("size", "nonsense")
    assert document.problem("size")
    assert document.problems


def test_listeners_hear_of_everything_that_may_look_different():
    document = stream()
    heard = []
    document.subscribe(heard.append)
    document.set_text("wide", "1920")
    assert heard[0] == "wide"
    assert {"rate", "size", "high"} <= set(heard)
    heard.clear()
    document.set_text("gop", "40")
    assert heard == ["gop"]


def test_facts_of_two_sources_are_merged():
    one = Depends(choices=(Choice("a", (Case((), options("1")),)),))
    two = Depends(choices=(Choice("a", (Case((), options("2")),)),), needs=(Need("b", "a", texts("2"), "no"),))
    both = one.merged(two)
    assert values(both.spec("a", Spec(Kind.INT, "A"), lambda _: "")) == ["2"]
    assert both.enabled("b", lambda _: "1") == (False, "no")
