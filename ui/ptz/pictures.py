"""What the camera saw when a preset was set: small pictures, kept in the site file where there is one."""

from __future__ import annotations

import asyncio
import logging

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage

from app.errors import SiteError
from app.families.base import Session
from app.site.journal import Subject
from app.site.site import Site

log = logging.getLogger(__name__)
SIZE = QSize(144, 81)  # twice what the list shows, for dense screens
QUALITY = 80


class PresetPictures:
    """images is by the id of the preset. A site file that cannot be used costs the pictures' lasting, nothing else."""

    def __init__(self, session: Session, site: Site | None) -> None:
        self.images: dict[str, QImage] = {}
        self._subject = Subject(session)
        self._site = site
        self._device: int | None = None

    async def load(self) -> None:
        if self._site is None:
            return
        try:
            found = await self._site.preset_views.of(await self._id(self._site))
        except SiteError as error:
            log.warning("no pictures of presets: %s", error)
            return
        for key, view in found.items():
            image = QImage.fromData(view.body)
            if not image.isNull():
                self.images[key] = image

    async def keep(self, preset: str, name: str, seen: QImage) -> None:
        if seen.isNull():
            return
        keep, smooth = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        image, body = await asyncio.to_thread(lambda: _packed(seen.scaled(SIZE, keep, smooth)))
        self.images[preset] = image
        if self._site is not None:
            size = (image.width(), image.height())
            await self._site.preset_views.keep(await self._id(self._site), preset, body, size, name=name)

    async def forget(self, preset: str) -> None:
        self.images.pop(preset, None)
        if self._site is not None:
            await self._site.preset_views.forget(await self._id(self._site), preset)

    async def _id(self, site: Site) -> int:
        if self._device is None:
            self._device = (await site.devices.remember(await self._subject.sighting())).id
        return self._device


def _packed(image: QImage) -> tuple[QImage, bytes]:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "JPEG", QUALITY)
    buffer.close()
    return image, bytes(data.data())
