"""From the scene and the picture settings to pixels.

The still part is scaled and adjusted once per size and settings; after that a picture costs only what moves:
the places painted over last time are restored, then objects and texts are pasted.
"""

from __future__ import annotations

import time
from dataclasses import replace
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageEnhance, ImageFont

from app.errors import NotSupported
from app.simulator import dome
from app.simulator.picture import OverlayText, PictureSettings, VideoSource, picture_of
from app.simulator.scene import Scene, SceneObject
from app.simulator.scenery import backdrop
from app.simulator.sprites import sprite
from app.simulator.views import in_view

_TURNS = {
    "LEFTRIGHT": Image.Transpose.FLIP_LEFT_RIGHT,
    "UPDOWN": Image.Transpose.FLIP_TOP_BOTTOM,
    "CENTER": Image.Transpose.ROTATE_180,
}
Box = tuple[int, int, int, int]
MASK = (64, 64, 64, 255)


class Painter:
    """Pictures of one size. Belongs to one thread. Settings may change with every picture."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self._settings: PictureSettings | None = None
        self._scene = Scene()
        self._still = Image.new("RGBA", self.size)
        self._canvas = self._still.copy()
        self._painted: list[Box] = []
        self._masks: list[tuple[tuple[int, int], Image.Image]] = []

    def paint(self, settings: PictureSettings, now: float) -> Image.Image:
        """The picture at now (time.time() seconds), RGBA and opaque; valid until the next call."""
        if settings != self._settings:
            self._take(settings)
        self._restore()
        for each in in_view(self._scene, settings, now):
            self._object(each, settings)
        for corner, mask in self._masks:
            self._canvas.paste(mask, corner, mask)  # over whoever walks behind it
        for overlay in settings.overlays:
            self._text(overlay)
        if settings.show_clock:
            stamp = time.strftime("%Y-%m-%d  %H:%M:%S", time.gmtime(now + settings.clock_ahead))
            self._text(OverlayText(stamp, *settings.clock_at))
        return self._canvas

    def _take(self, settings: PictureSettings) -> None:
        if self._settings is None or settings.seed != self._settings.seed:
            self._scene = Scene(settings.seed)
        self._settings = settings
        # What is pasted on top has no part in the still picture: the cache is shared over it.
        bare = replace(settings, overlays=(), show_clock=False, clock_ahead=0, clock_at=(0.0, 0.0), masks=())
        bare = replace(bare, touched=False)
        self._still = still(bare, self.size)
        self._masks = [_mask(corners, self.size) for corners in settings.masks]
        if self._masks:
            self._still = self._still.copy()
            for corner, mask in self._masks:
                self._still.paste(mask, corner, mask)
        self._canvas = self._still.copy()
        self._painted.clear()

    def _restore(self) -> None:
        for box in self._painted:
            self._canvas.paste(self._still.crop(box), box)
        self._painted.clear()

    def _object(self, each: SceneObject, settings: PictureSettings) -> None:
        wide, tall = self.size
        # Steps of two pixels: an actor that comes nearer needs fewer different sprites.
        width, height = round(each.width * wide / 2) * 2, round(each.height * tall / 2) * 2
        pose = int(each.stride * 8) % 8
        image = _developed(each.kind, each.look, width, height, each.heading, pose, settings_of_colour(settings))
        if settings.flip in ("UPDOWN", "CENTER"):
            image = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        self._paste(image, round(each.x * wide), round(each.y * tall))

    def _text(self, overlay: OverlayText) -> None:
        wide, tall = self.size
        image = _stamp(overlay.text, max(10, tall // 28))
        left = max(0, min(round(overlay.x * wide), wide - image.width))
        top = max(0, min(round(overlay.y * tall), tall - image.height))
        self._paste(image, left, top)

    def _paste(self, image: Image.Image, left: int, top: int) -> None:
        self._canvas.paste(image, (left, top), image)
        wide, tall = self.size
        box = (max(0, left), max(0, top), min(wide, left + image.width), min(tall, top + image.height))
        if box[0] < box[2] and box[1] < box[3]:
            self._painted.append(box)


def _mask(corners: tuple[tuple[float, float], ...], size: tuple[int, int]) -> tuple[tuple[int, int], Image.Image]:
    """Where a mask stands, and what covers it."""
    pixels = [(round(x * size[0]), round(y * size[1])) for x, y in corners]
    left, top = min(x for x, _ in pixels), min(y for _, y in pixels)
    right, bottom = max(x for x, _ in pixels), max(y for _, y in pixels)
    image = Image.new("RGBA", (max(1, right - left + 1), max(1, bottom - top + 1)), (0, 0, 0, 0))
    ImageDraw.Draw(image).polygon([(x - left, y - top) for x, y in pixels], fill=MASK)
    return (left, top), image


ColourSettings = tuple[int, int, int]


def settings_of_colour(settings: PictureSettings) -> ColourSettings:
    return (settings.brightness, settings.contrast, settings.saturation)


@lru_cache(maxsize=8)
def still(settings: PictureSettings, size: tuple[int, int]) -> Image.Image:
    """The still part as this camera sees it, RGBA. Shared: not to be drawn on."""
    image = dome.view(backdrop(settings.seed), settings.window, size)
    image = _adjust(image, settings_of_colour(settings))
    if settings.sharpness != 50:
        image = ImageEnhance.Sharpness(image).enhance(max(0.0, 1 + (settings.sharpness - 50) / 16))
    if settings.flip in _TURNS:
        image = image.transpose(_TURNS[settings.flip])
    return image.convert("RGBA")


@lru_cache(maxsize=512)
def _developed(
    kind: str, look: int, width: int, height: int, heading: int, pose: int, colours: ColourSettings
) -> Image.Image:
    """A sprite under the camera's colour settings."""
    image = sprite(kind, look, width, height, heading, pose)
    if colours == (50, 50, 50):
        return image
    shape = image.getchannel("A")
    image = _adjust(image.convert("RGB"), colours).convert("RGBA")
    image.putalpha(shape)
    return image


def _adjust(image: Image.Image, colours: ColourSettings) -> Image.Image:
    brightness, contrast, saturation = colours
    if saturation != 50:
        image = ImageEnhance.Color(image).enhance(saturation / 50)
    if (brightness, contrast) == (50, 50):
        return image
    slope = 0.25 + 0.75 * contrast / 50
    lift = (brightness - 50) / 50 * 110
    return image.point([max(0, min(255, round((value - 128) * slope + 128 + lift))) for value in range(256)] * 3)


@lru_cache(maxsize=64)
def _stamp(text: str, size: int) -> Image.Image:
    """A line of white text with a dark outline, as cameras write on the picture."""
    font = ImageFont.load_default(size)
    stroke = max(1, size // 12)
    text = " ".join(text.split())[:128]
    left, top, right, bottom = font.getbbox(text, stroke_width=stroke)
    image = Image.new("RGBA", (max(1, round(right - left)), max(1, round(bottom - top))), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    draw.text((-left, -top), text, (255, 255, 255, 255), font, stroke_width=stroke, stroke_fill=(0, 0, 0, 200))
    return image


def snapshot_jpeg(source: VideoSource, stream_id: str, width: int = 0, height: int = 0) -> bytes:
    """The stream's picture now, as baseline JPEG of its own or the given size.

    NotSupported when the camera has no such stream. Takes some milliseconds: not for the event loop.
    """
    encoding = source.encoder_settings(stream_id)
    if encoding is None:
        raise NotSupported(f"There is no stream {stream_id}.")
    size = (width or encoding.width, height or encoding.height)
    return jpeg(Painter(*size).paint(picture_of(source, stream_id), time.time()), quality=85)


def jpeg(image: Image.Image, quality: int) -> bytes:
    """Baseline, 4:2:0, standard Huffman tables: what RFC 2435 can carry."""
    buffer = BytesIO()
    image.convert("RGB").save(buffer, "JPEG", quality=quality, subsampling="4:2:0", optimize=False)
    return buffer.getvalue()
