"""The field that a device means when it refuses a document."""

from __future__ import annotations

import pytest

from app.errors import DeviceBusy, DeviceFault
from app.settings.blame import name_field
from app.settings.changes import Change
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Kind, Spec
from tests.settings.test_lists import Rows

RATE = Change("Video/maxFrameRate", "2500", "5000", "Frame rate")
SIZE = Change("Video/width[2]", "640", "1920", "Width")
SECRET = Change("password", "", "hush-1234", "Password", secret=True)


def document() -> Document:
    kinds = {RATE: Kind.FPS100, SIZE: Kind.INT, SECRET: Kind.PASSWORD}
    return Document("/r", "Stream", [Field(c.path, c.old, Spec(kind, c.title)) for c, kind in kinds.items()], Rows(()))


def blamed(*changes: Change, detail: str = "") -> DeviceFault:
    refusal = DeviceFault("The camera refused a value.", hint="Check it.", detail=detail)
    name_field(refusal, document(), changes)
    return refusal


def test_the_only_field_is_meant() -> None:
    refusal = blamed(RATE)
    assert refusal.path == RATE.path
    assert str(refusal) == "The camera refused a value. It was asked to take “Frame rate” as 50 fps. Check it."
    assert "hush" not in str(blamed(SECRET))


def test_a_field_that_the_device_names_is_meant() -> None:
    refusal = blamed(RATE, SIZE, SECRET, detail="HTTP 400, badParameters, width is out of range")
    assert refusal.path == SIZE.path
    assert "“Width” as 1920" in refusal.summary


def test_any_of_several_may_be_meant() -> None:
    refusal = blamed(RATE, SIZE)
    assert refusal.summary == "The camera refused a value."
    assert "One of these is meant: “Frame rate”, “Width”." in refusal.hint


@pytest.mark.parametrize("kind", [DeviceBusy])
def test_a_busy_device_blames_nobody(kind: type[DeviceFault]) -> None:
    refusal = kind("Busy.")
    name_field(refusal, document(), (RATE,))
    assert str(refusal) == "Busy."
