"""Colours and measures: one table, two columns. Nothing else in the window names a colour."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QGuiApplication, QPalette


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours as #RRGGBB. The *_soft ones are backgrounds for banners and chips."""

    name: str
    window: str
    surface: str
    raised: str
    border: str
    divider: str
    text: str
    secondary: str
    disabled: str
    accent: str
    accent_hover: str
    accent_pressed: str
    on_accent: str
    ok: str
    warn: str
    error: str
    info: str
    modified: str
    hover: str
    selected: str
    accent_soft: str
    ok_soft: str
    warn_soft: str
    error_soft: str
    input_border: str  # controls need 3:1 against their surface, hairlines do not


LIGHT = Tokens(
    name="light",
    window="#F5F6F8",
    surface="#FFFFFF",
    raised="#FFFFFF",
    border="#D5DBE3",
    divider="#E6EAEF",
    text="#18212C",
    secondary="#566273",
    disabled="#98A2AF",
    accent="#0A63C2",
    accent_hover="#0957AB",
    accent_pressed="#084B94",
    on_accent="#FFFFFF",
    ok="#1A7F37",
    warn="#9A5B00",
    error="#C3221C",
    info="#0A63C2",
    modified="#0A63C2",
    hover="#F1F4F7",
    selected="#EBF3FD",
    accent_soft="#E8F1FB",
    ok_soft="#E9F6ED",
    warn_soft="#FDF4E3",
    error_soft="#FDEDEC",
    input_border="#7F8B99",
)

DARK = Tokens(
    name="dark",
    window="#14181D",
    surface="#1B2128",
    raised="#232B34",
    border="#313B46",
    divider="#27303A",
    text="#E7ECF2",
    secondary="#A0ADBB",
    disabled="#66727F",
    accent="#58A6F5",
    accent_hover="#73B5F7",
    accent_pressed="#4694E3",
    on_accent="#0B1520",
    ok="#4CC26B",
    warn="#E2A33B",
    error="#FF7B72",
    info="#58A6F5",
    modified="#58A6F5",
    hover="#252E38",
    selected="#1D3856",
    accent_soft="#182C42",
    ok_soft="#173022",
    warn_soft="#332815",
    error_soft="#3A1F20",
    input_border="#6E7B89",
)

# Measures in pixels, on a grid of four.
GRID = 4
GAP = 8  # inside a group
GAP_WIDE = 16  # between groups
ROW_LIST = 28
ROW_FORM = 32
TARGET = 28  # the least size of anything that is pressed
RADIUS = 4
BODY = 13
SMALL = 12
TITLE = 16


def tokens() -> Tokens:
    """The table in use: read off the application's palette, so that nobody has to be told of a change."""
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def contrast(first: str, second: str) -> float:
    """WCAG 2 contrast ratio of two #RRGGBB colours, 1..21."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    def linear(text: str) -> float:
        value = int(text, 16) / 255
        return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour[1:3]) + 0.7152 * linear(colour[3:5]) + 0.0722 * linear(colour[5:7])
