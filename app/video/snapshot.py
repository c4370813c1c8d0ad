"""A decoded picture as a file, at the stream's full size."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from PIL import Image
from PIL.ExifTags import IFD, Base

from app.disk import write_whole
from app.errors import InvalidSetting
from app.video.decoder import colours

_ORIENTATIONS = {90: 6, 180: 3, 270: 8}  # EXIF 2.32, 4.6.4 A
_FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}


def image(picture: VideoFrame) -> Image.Image:
    """An RGB image of its own memory. Safe in any thread, also while the picture is shown."""
    rgb = VideoReformatter().reformat(picture, format="rgb24", src_colorspace=colours(picture), threads=1)
    plane = rgb.planes[0]
    size = (rgb.width, rgb.height)
    return Image.frombytes("RGB", size, bytes(plane), "raw", "RGB", plane.line_size, 1)


@dataclass(frozen=True, slots=True)
class Label:
    """What a picture's file says of itself: the device's name and model, when it was taken (time.time() seconds), and
    by how many degrees clockwise (a multiple of 90) it has to be turned to be seen as it was on the screen."""

    device: str = ""
    taken: float | None = None
    model: str = ""
    rotation: int = 0

    def exif(self) -> Image.Exif:
        found = Image.Exif()
        found[Base.Software] = "Camwright"
        if self.device:
            # The tag is ASCII by its rule; readers in use take UTF-8, and a name must not be lost.
            found[Base.ImageDescription] = self.device
        if self.model or self.device:
            found[Base.Model] = self.model or self.device
        if self.rotation:
            found[Base.Orientation] = _ORIENTATIONS[self.rotation]
        if self.taken is not None:
            local = datetime.fromtimestamp(self.taken).astimezone()
            text = local.strftime("%Y:%m:%d %H:%M:%S")
            found[Base.DateTime] = text
            details = found.get_ifd(IFD.Exif)
            details[Base.DateTimeOriginal] = text
            details[Base.OffsetTimeOriginal] = local.strftime("%z")[:3] + ":" + local.strftime("%z")[3:5]
            details[Base.SubsecTimeOriginal] = f"{local.microsecond // 1000:03}"
        return found


def jpeg(picture: VideoFrame, label: Label = Label(), quality: int = 92) -> bytes:
    target = io.BytesIO()
    image(picture).save(target, "JPEG", quality=quality, exif=label.exif())
    return target.getvalue()


def save(picture: VideoFrame, path: Path, label: Label = Label()) -> None:
    """By the name's ending: .jpg, .jpeg or .png. InvalidSetting for others, SiteError where it cannot be written."""
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise InvalidSetting(f"A picture cannot be saved as “{path.suffix}”.", hint="Use .jpg or .png.")
    write_whole(path, jpeg(picture, label) if kind == "JPEG" else _png(picture, label))


def _png(picture: VideoFrame, label: Label) -> bytes:
    target = io.BytesIO()
    image(picture).save(target, "PNG", exif=label.exif())
    return target.getvalue()
