"""Sheets: panels inside the window, never boxes of their own."""
