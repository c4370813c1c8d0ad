"""The scene is believable, repeatable and follows the picture settings."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops, ImageStat

from app.errors import NotSupported
from app.simulator.painter import Painter, snapshot_jpeg, still
from app.simulator.picture import EncoderSettings, OverlayText, PictureSettings
from app.simulator.scene import Scene, hand_at

NOW = 1_800_000_000.0
PLAIN = PictureSettings(seed=5, show_clock=False)


def paint(settings: PictureSettings, now: float = NOW, size: tuple[int, int] = (320, 180)) -> Image.Image:
    return Painter(*size).paint(settings, now).convert("RGB")


def differs(one: Image.Image, other: Image.Image) -> bool:
    return ImageChops.difference(one, other).getbbox() is not None


def test_the_same_seed_and_time_give_the_same_objects_and_picture() -> None:
    assert Scene(5).objects_at(NOW) == Scene(5).objects_at(NOW)
    assert not differs(paint(PLAIN), paint(PLAIN))


def test_another_seed_is_another_place() -> None:
    assert Scene(5).objects_at(NOW) != Scene(6).objects_at(NOW)
    assert differs(paint(PLAIN), paint(replace(PLAIN, seed=6)))


@given(seed=st.integers(0, 500), at=st.floats(0, 4e9))
def test_objects_are_inside_or_at_the_edge_and_stand_on_the_ground(seed: int, at: float) -> None:
    for each in Scene(seed).objects_at(at):
        assert each.kind in ("person", "car", "case")
        assert 0 < each.width < 0.6
        assert 0 < each.height < 0.4
        assert each.x < 1
        assert each.x + each.width > 0
        assert 0.5 < each.foot[1] <= 1


def test_somebody_leaves_a_case_in_one_round_and_takes_it_in_the_next() -> None:
    """It is where its owner is, or lies where he has left it, and both begin beside him."""
    scene, before, told = Scene(5), None, []
    for tick in range(1500):
        things = {each.name: each for each in scene.objects_at(NOW + tick / 10)}
        case, owner = things.get("case"), things.get("walker 3")
        lies = case is not None and before is not None and case.foot == before.foot
        if case is not None and not lies:
            assert owner is not None
            assert abs(case.foot[0] - owner.foot[0]) < owner.width
        if case is not None and before is not None and (not told or told[-1] is not lies):
            told.append(lies)
        before = case
    assert len(told) >= 4


def test_a_hand_comes_over_the_lens_and_goes() -> None:
    tops = [1.0 if hand is None else hand.y for hand in (hand_at(5, NOW + tick / 2) for tick in range(240))]
    assert min(tops) < 0.1
    assert 12 <= sum(top < 0.1 for top in tops) <= 40
    assert sum(top == 1.0 for top in tops) > 150
    covered = next(NOW + tick / 2 for tick in range(240) if tops[tick] < 0.1)
    bare, touched = paint(PLAIN, covered), paint(replace(PLAIN, touched=True), covered)
    box = ImageChops.difference(bare, touched).getbbox()
    assert box is not None
    assert (box[0] / 320, box[1] / 180, box[2] / 320) == pytest.approx((0.04, 0.08, 0.88), abs=0.01)
    assert len(touched.crop((60, 100, 240, 180)).getcolors() or ()) <= 2  # nothing else is seen there


def test_everybody_comes_by_within_two_minutes_and_moves_smoothly() -> None:
    scene = Scene(5)
    seen: dict[str, tuple[float, float]] = {}
    for tick in range(1200):
        at = NOW + tick / 10
        for each in scene.objects_at(at):
            before = seen.get(each.name)
            if before is not None and at - before[0] < 0.15:
                assert abs(each.x - before[1]) < 0.06
            seen[each.name] = (at, each.x)
    assert {name.split()[0] for name in seen} == {"walker", "car", "case"}
    assert len(seen) == 8


def test_the_picture_shows_the_objects_where_the_scene_says() -> None:
    painter = Painter(640, 360)
    empty = still(PLAIN, (640, 360)).convert("RGB")
    busy = next(NOW + tick for tick in range(600) if len(Scene(5).objects_at(NOW + tick)) >= 3)
    objects = Scene(5).objects_at(busy)
    changed = ImageChops.difference(empty, painter.paint(PLAIN, busy).convert("RGB")).convert("L")
    inside = Image.new("L", changed.size, 0)
    for each in objects:
        left, top = each.x * 640, each.y * 360
        box = (int(left) - 2, int(top) - 2, int(left + each.width * 640) + 3, int(top + each.height * 360) + 3)
        assert changed.crop(box).getbbox() is not None
        inside.paste(255, box)
    outside = ImageChops.multiply(changed, ImageChops.invert(inside))
    assert outside.getbbox() is None


def test_a_painter_leaves_no_trails() -> None:
    used = Painter(320, 180)
    for tick in range(50):
        used.paint(PLAIN, NOW + tick * 0.2)
    assert not differs(used.paint(PLAIN, NOW + 100).convert("RGB"), paint(PLAIN, NOW + 100))


def test_brightness_contrast_saturation_and_sharpness_change_the_picture() -> None:
    def mean(settings: PictureSettings) -> float:
        return ImageStat.Stat(paint(settings).convert("L")).mean[0]

    def spread(settings: PictureSettings) -> float:
        return ImageStat.Stat(paint(settings).convert("L")).stddev[0]

    def colour(settings: PictureSettings) -> float:
        return ImageStat.Stat(paint(settings).convert("HSV").getchannel("S")).mean[0]

    assert mean(replace(PLAIN, brightness=20)) < mean(PLAIN) - 10 < mean(replace(PLAIN, brightness=80)) - 20
    assert spread(replace(PLAIN, contrast=20)) < spread(PLAIN) < spread(replace(PLAIN, contrast=80))
    assert colour(replace(PLAIN, saturation=0)) < 1 < colour(PLAIN) < colour(replace(PLAIN, saturation=90))
    assert differs(paint(replace(PLAIN, sharpness=0)), paint(replace(PLAIN, sharpness=100)))


@pytest.mark.parametrize(
    ("flip", "turn"),
    [
        ("LEFTRIGHT", Image.Transpose.FLIP_LEFT_RIGHT),
        ("UPDOWN", Image.Transpose.FLIP_TOP_BOTTOM),
        ("CENTER", Image.Transpose.ROTATE_180),
    ],
)
def test_flip_turns_the_scene(flip: str, turn: Image.Transpose) -> None:
    turned = paint(PLAIN).transpose(turn)
    mean = ImageStat.Stat(ImageChops.difference(turned, paint(replace(PLAIN, flip=flip)))).mean
    assert max(mean) < 1  # sprites may sit half a pixel off
    for each in Scene(5).objects_at(NOW):
        twice = each.flipped(flip).flipped(flip)
        assert (twice.x, twice.y, twice.heading) == (pytest.approx(each.x), pytest.approx(each.y), each.heading)


def test_texts_and_clock_are_on_the_picture_and_not_turned_with_it() -> None:
    text = replace(PLAIN, overlays=(OverlayText("Gate 3", 0.5, 0.5),), flip="UPDOWN")
    box = ImageChops.difference(paint(replace(PLAIN, flip="UPDOWN")), paint(text)).getbbox()
    assert box is not None
    assert 155 <= box[0] <= 165
    assert 85 <= box[1] <= 97
    with_clock = replace(PLAIN, show_clock=True)
    box = ImageChops.difference(paint(PLAIN), paint(with_clock)).getbbox()
    assert box is not None
    assert box[3] < 30
    assert box[2] < 200


@pytest.mark.parametrize("text", ["", "a" * 500, "多语言 ünï ☃", "two\nlines"])
@pytest.mark.parametrize("at", [0.0, 1.0])
def test_any_text_at_any_place_stays_on_the_picture(text: str, at: float) -> None:
    assert paint(replace(PLAIN, overlays=(OverlayText(text, at, at),))).size == (320, 180)


class Still:
    def encoder_settings(self, stream_id: str) -> EncoderSettings | None:
        return EncoderSettings("h264", 640, 360, 25, 1000, 50) if stream_id == "101" else None

    def picture_settings(self) -> PictureSettings:
        return PLAIN

    def rtsp_challenges(self, method: str, uri: str, authorization: str | None, peer: str) -> tuple[str, ...] | None:
        return None


def test_snapshot_has_the_stream_s_size_or_the_wanted_one(tmp_path) -> None:
    for wanted, size in (((0, 0), (640, 360)), ((320, 240), (320, 240))):
        (tmp_path / "a.jpg").write_bytes(snapshot_jpeg(Still(), "101", *wanted))
        with Image.open(tmp_path / "a.jpg") as image:
            assert image.format == "JPEG"
            assert image.size == size
    with pytest.raises(NotSupported):
        snapshot_jpeg(Still(), "999")
