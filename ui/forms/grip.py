"""The line that somebody is typing into: what stands in it and where the cursor is, so that a newer document, or a form
that is made anew, can go on under the same hand."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit, QWidget


@dataclass(frozen=True, slots=True)
class Grip:
    """text as it stands there and as a wire text, cursor and anchor as places in it. is_typed: it was typed, not shown;
    is_edit: the document had it as an edit. place: where the cursor is in an editor that is no line."""

    text: str
    wire: str
    cursor: int
    anchor: int
    is_typed: bool
    is_edit: bool
    place: object = None


def grip_of(editor: QWidget, *, is_edit: bool) -> Grip | None:
    """None where nobody types."""
    if (editor.focusProxy() or editor).hasFocus() and hasattr(editor, "place"):
        return Grip("", "", 0, 0, False, is_edit, editor.place())
    line = line_of(editor)
    if isinstance(line, QPlainTextEdit) and line.hasFocus():
        at = line.textCursor()
        return Grip(
            line.toPlainText(), editor.typed(), at.position(), at.anchor(), line.document().isModified(), is_edit
        )
    if not isinstance(line, QLineEdit) or not editor.hasFocus():
        return None
    cursor, start = line.cursorPosition(), line.selectionStart()
    anchor = cursor if start < 0 else start + line.selectionLength() if start == cursor else start
    wire = editor.typed()  # type: ignore[attr-defined]  # every editor with a line has it
    return Grip(line.text(), wire, cursor, anchor, line.isModified(), is_edit)


def line_of(editor: QWidget) -> QLineEdit | QPlainTextEdit | None:
    """Where the letters of an editor stand."""
    line = editor.lineEdit() if isinstance(editor, QComboBox) else editor
    return line if isinstance(line, QLineEdit | QPlainTextEdit) else None


def mark_typed(line: QLineEdit | QPlainTextEdit, is_typed: bool) -> None:
    """Marks what stands there as typed by hand, or as shown."""
    (line if isinstance(line, QLineEdit) else line.document()).setModified(is_typed)


def put_cursor(editor: QWidget, grip: Grip) -> None:
    """Back to where it was; nothing where another text stands by now."""
    if hasattr(editor, "go_to") and grip.place is not None:
        editor.go_to(grip.place)
    line = line_of(editor)
    if isinstance(line, QPlainTextEdit) and line.toPlainText() == grip.text:
        at = line.textCursor()
        at.setPosition(grip.anchor)
        at.setPosition(grip.cursor, QTextCursor.MoveMode.KeepAnchor)
        line.setTextCursor(at)
    elif isinstance(line, QLineEdit) and line.text() == grip.text:
        line.setCursorPosition(grip.cursor)
        if grip.anchor != grip.cursor:
            line.setSelection(grip.anchor, grip.cursor - grip.anchor)
