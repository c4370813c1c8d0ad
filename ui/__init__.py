"""The window. Everything that imports PySide6 lives here; it knows sessions and what they offer, no protocol."""
