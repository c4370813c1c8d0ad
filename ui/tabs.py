"""The tabs of a device. Each is a function that imports its page: the window is painted before any of them."""

from __future__ import annotations

from ui.pages.base import Page


def _overview() -> type[Page]:
    from ui.pages.overview import OverviewPage

    return OverviewPage


def _live() -> type[Page]:
    from ui.pages.live import LivePage

    return LivePage


def _recordings() -> type[Page]:
    from ui.pages.recordings import RecordingsPage

    return RecordingsPage


def _settings() -> type[Page]:
    from ui.pages.settings import SettingsPage

    return SettingsPage


def _regions() -> type[Page]:
    from ui.pages.regions import RegionsPage

    return RegionsPage


def _events() -> type[Page]:
    from ui.pages.events import EventsPage

    return EventsPage


def _history() -> type[Page]:
    from ui.pages.history import HistoryPage

    return HistoryPage


def _maintenance() -> type[Page]:
    from ui.pages.maintenance import MaintenancePage

    return MaintenancePage


# The tabs of a device, in order. A new page is one more line here.
PAGES = (_overview, _live, _recordings, _settings, _regions, _events, _maintenance, _history)
TITLES = ("Overview", "Live", "Settings", "Regions", "Events", "Maintenance", "History", "Recordings")
