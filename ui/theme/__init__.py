"""Colours, measures, icons and the style sheet, all from one table."""

from ui.theme.icons import draw, icon
from ui.theme.theme import Mode, Theme
from ui.theme.tokens import (
    BODY,
    DARK,
    GAP,
    GAP_WIDE,
    GRID,
    LIGHT,
    RADIUS,
    ROW_FORM,
    ROW_LIST,
    SMALL,
    TARGET,
    TITLE,
    Tokens,
    contrast,
    tokens,
)

__all__ = [
    "BODY",
    "DARK",
    "GAP",
    "GAP_WIDE",
    "GRID",
    "LIGHT",
    "RADIUS",
    "ROW_FORM",
    "ROW_LIST",
    "SMALL",
    "TARGET",
    "TITLE",
    "Mode",
    "Theme",
    "Tokens",
    "contrast",
    "draw",
    "icon",
    "tokens",
]
