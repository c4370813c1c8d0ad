"""The picture that a view has: the newest frame, or a still until there is one, turned as its camera hangs."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage

from app.video.frame import Frame
from ui.video.drawing import turned

NO_PICTURE = QSize(1920, 1080)  # the shape of what is not there yet


class Held:
    def __init__(self) -> None:
        self.rotation = 0  # degrees clockwise: 0, 90, 180 or 270
        self._image = QImage()
        self._still = QImage()
        self._frame: Frame | None = None  # keeps the memory under _image alive

    @property
    def is_live(self) -> bool:
        return not self._image.isNull()

    @property
    def image(self) -> QImage:
        """Null while there is none. Its memory may be the frame's: copy what is to be kept."""
        return self._image if self.is_live else self._still

    @property
    def size(self) -> QSize:
        return NO_PICTURE if self.image.isNull() else self.image.size()

    def take(self, frame: Frame) -> None:
        # The order matters: the old image must be gone before the memory under it may be.
        image = QImage(frame.data, frame.width, frame.height, frame.stride, QImage.Format.Format_RGB32)
        if self.rotation:
            self._image, self._frame = turned(image, self.rotation), None
        else:
            self._image, self._frame = image, frame
        if not self._still.isNull():
            self._still = QImage()

    def put_still(self, image: QImage) -> None:
        """To be shown until the first frame."""
        self._still = turned(image, self.rotation)

    def put(self, image: QImage) -> None:
        """In the place of everything else."""
        self._frame, self._image, self._still = None, turned(image, self.rotation), QImage()

    def clear(self) -> None:
        self._frame, self._image, self._still = None, QImage(), QImage()

    def turn_to(self, degrees: int) -> bool:
        """True where that is another way. What is held is turned at once."""
        turn = (degrees - self.rotation) % 360
        if not turn:
            return False
        self.rotation = degrees % 360
        self._still = turned(self._still, turn)
        self._image, self._frame = turned(self._image, turn), None
        return True

    def as_sent(self, across: float, down: float) -> tuple[float, float]:
        """A point of the picture as it is shown, in 0..1 -> the same in the picture as the camera sends it."""
        ways = {0: (across, down), 90: (down, 1 - across), 180: (1 - across, 1 - down), 270: (1 - down, across)}
        return ways[self.rotation]
