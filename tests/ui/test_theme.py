"""Colours that can be read, icons that exist and follow the theme."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from ui.theme import DARK, LIGHT, Mode, Theme, Tokens, contrast, icon, tokens
from ui.theme.icons import NAMES, glyph
from ui.theme.style import stylesheet

BACKGROUNDS = ("window", "surface", "raised", "hover", "selected")
TEXTS = ("text", "secondary", "accent", "ok", "warn", "error", "info", "modified")


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda each: each.name)
@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("background", BACKGROUNDS)
def test_text_can_be_read(colours: Tokens, text: str, background: str) -> None:
    assert contrast(getattr(colours, text), getattr(colours, background)) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda each: each.name)
def test_banners_buttons_and_shapes_can_be_seen(colours: Tokens) -> None:
    for role in ("ok", "warn", "error"):
        assert contrast(getattr(colours, role), getattr(colours, f"{role}_soft")) >= 4.5
    assert contrast(colours.text, colours.accent_soft) >= 4.5
    for background in (colours.accent, colours.accent_hover, colours.accent_pressed):
        assert contrast(colours.on_accent, background) >= 4.5
    for background in (colours.surface, colours.window, colours.raised):
        assert contrast(colours.input_border, background) >= 3


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=lambda each: each.name)
def test_the_style_sheet_is_filled_and_its_pictures_exist(colours: Tokens) -> None:
    from pathlib import Path

    sheet = stylesheet(colours)
    assert "$" not in sheet.replace("Two dollar signs do not occur; $name is a token", "")
    pictures = re.findall(r"url\(([^)]+)\)", sheet)
    assert pictures
    assert all(Path(each).is_file() for each in pictures)


def test_every_icon_exists(qapp: QApplication) -> None:
    for name in NAMES:
        assert glyph(name)[1]
    with pytest.raises(KeyError):
        icon("no such icon")


def test_icons_follow_the_theme(qapp: QApplication, theme: Theme) -> None:
    picture = icon("settings", 16)
    for mode, colours in ((Mode.LIGHT, LIGHT), (Mode.DARK, DARK)):
        theme.use(mode)
        assert tokens() == colours
        image = picture.pixmap(QSize(16, 16)).toImage()
        inked = [image.pixelColor(x, y) for x in range(16) for y in range(16)]
        strongest = max(inked, key=lambda colour: colour.alpha())
        assert strongest.alpha() > 100
        distance = abs(strongest.lightness() - QColor(colours.text).lightness())
        assert distance < 40


def test_a_fixed_theme_stays_when_the_system_changes(qapp: QApplication, theme: Theme) -> None:
    theme.use(Mode.DARK)
    theme._system_changed()
    assert QGuiApplication.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    changes: list[int] = []
    theme.changed.connect(lambda: changes.append(1))
    theme.use(Mode.LIGHT)
    assert changes == [1]
    assert tokens() == LIGHT
