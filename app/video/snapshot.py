"""A decoded picture as a file, at the stream's full size."""

from __future__ import annotations

import io
from pathlib import Path

from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from PIL import Image

from app.errors import InvalidSetting, VideoError
from app.video.decoder import colours

_FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}


def image(picture: VideoFrame) -> Image.Image:
    """An RGB image of its own memory. Safe in any thread, also while the picture is shown."""
    rgb = VideoReformatter().reformat(picture, format="rgb24", src_colorspace=colours(picture), threads=1)
    plane = rgb.planes[0]
    size = (rgb.width, rgb.height)
    return Image.frombytes("RGB", size, bytes(plane), "raw", "RGB", plane.line_size, 1)


def jpeg(picture: VideoFrame, quality: int = 92) -> bytes:
    target = io.BytesIO()
    image(picture).save(target, "JPEG", quality=quality)
    return target.getvalue()


def save(picture: VideoFrame, path: Path) -> None:
    """By the name's ending: .jpg, .jpeg or .png. InvalidSetting for others, VideoError where it cannot be written."""
    kind = _FORMATS.get(path.suffix.lower())
    if kind is None:
        raise InvalidSetting(f"A picture cannot be saved as “{path.suffix}”.", hint="Use .jpg or .png.")
    try:
        if kind == "JPEG":
            path.write_bytes(jpeg(picture))
        else:
            image(picture).save(path, kind)
    except OSError as error:
        raise VideoError(f"The picture could not be written to {path}.", detail=str(error)) from error
