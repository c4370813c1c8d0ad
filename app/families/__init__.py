"""All protocol families, found by walking the sub-packages: a new one is a new folder and nothing else."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache

from app.families.base import Family


def family_modules() -> Iterator[str]:
    """Full names of the family packages; the frozen build asks the same question."""
    for module in pkgutil.iter_modules(__path__):
        if module.ispkg:
            yield f"{__name__}.{module.name}"


@cache
def families() -> tuple[Family, ...]:
    """Every family, the one to be asked first at the front."""
    found: list[Family] = [importlib.import_module(name).FAMILY for name in family_modules()]
    return tuple(sorted(found, key=lambda family: (family.priority, family.key)))


def family(key: str) -> Family:
    """The family with this key; KeyError names the known ones."""
    for each in families():
        if each.key == key:
            return each
    raise KeyError(f"no family “{key}”; there are {', '.join(f.key for f in families())}")
