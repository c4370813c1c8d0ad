"""The log of the program: what is said of one device and one address again and again is there once (FIELD 33)."""

from __future__ import annotations

import logging

MOST = 10_000  # different lines that are remembered


class Once(logging.Filter):
    """Lets each line pass once. Faults with a traceback always pass: they are of the program, not of a device."""

    def __init__(self) -> None:
        super().__init__()
        self._said: set[tuple[str, int, str]] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            return True
        line = (record.name, record.levelno, record.getMessage())
        if line in self._said:
            return False
        if len(self._said) >= MOST:
            self._said.clear()
        self._said.add(line)
        return True


def handler() -> logging.Handler:
    """To standard error."""
    made = logging.StreamHandler()
    made.addFilter(Once())
    return made
