"""Actions of the window as data: the menu, the palette, the shortcuts and the key list are made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """keys in Qt's portable text ("Ctrl+K"), "" for none."""

    id: str
    title: str
    run: Callable[[], None]
    keys: str = ""
    icon: str = "chevron-right"
