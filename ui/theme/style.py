"""The one style sheet, `resources/style.qss`, filled from the tokens.

Widgets choose looks by object name (`primary`, `danger`, `link`, `flat`, `sheet`, `card`, `banner`, `pageTitle`,
`sectionTitle`) and by the properties role (`secondary`, `ok`, `warn`, `error`), mono and wrong.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from importlib.resources import files
from string import Template

from ui.theme.tokens import BODY, RADIUS, SMALL, TITLE, Tokens


@cache
def stylesheet(colours: Tokens) -> str:
    icons = files("resources") / "icons"
    sheet = Template((files("resources") / "style.qss").read_text("utf-8"))

    def image(name: str) -> str:
        return str(icons / f"{name}-{colours.name}.svg").replace("\\", "/")

    return sheet.substitute(
        asdict(colours),
        body=BODY,
        small=SMALL,
        title=TITLE,
        radius=RADIUS,
        chevron=image("chevron-down"),
        chevron_up=image("chevron-up"),
        chevron_right=image("chevron-right"),
        check=image("check"),
    )
