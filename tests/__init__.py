"""Tests. A package, because a test peer (hikvisionapi) installs one of the same name."""
