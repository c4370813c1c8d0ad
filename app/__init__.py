"""Camwright's engine: protocols, settings with proof, live video, simulator. It knows no window."""

__version__ = "0.1.0"
