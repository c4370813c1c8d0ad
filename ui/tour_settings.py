"""The tour's stops on the pages that set: Settings with its review and verdicts, History, Maintenance."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton

from ui.pages.device import DevicePage
from ui.pages.history import HistoryPage
from ui.pages.maintenance import MaintenancePage
from ui.pages.settings import SettingsPage
from ui.tour_stops import Stops

RESOURCES = ("Clock", "Picture settings", "Text overlay", "TCP/IP", "Motion detection", "Users", "Main stream")
# Made to fail where the tour looks: the simulator is given these, so the names are its own.
RATE, NAME, REBOOT = "Video/vbrUpperCap", "channelName", "Video/SmartCodec/enabled"
QUIRKS = (f"clamps={RATE}:256:4000", f"ignores_field={NAME}", "reboot_seconds=3")


class SettingsTour(Stops):
    async def forms(self, device: DevicePage) -> None:
        """One of each kind."""
        settings = settings_of(device)
        device.show_page(SettingsPage.title)
        for title in RESOURCES:
            if await self.resource(settings, title):
                await self.shoot("settings-" + title.lower().replace(" ", "-").replace("/", "-"))

    async def resource(self, settings: SettingsPage, title: str) -> bool:
        nodes = [node for node in settings.tree.model.nodes if node.title == title]
        if nodes:
            settings.jump(nodes[0].id, "")
            await self.until(title, lambda: settings.panel.resource == nodes[0].id)
            await self.rest(2)
        return bool(nodes)

    async def edits(self, device: DevicePage) -> None:
        """Changes, a problem, the review, the proof."""
        settings = settings_of(device)
        document = settings.edits.document(settings.panel.resource)
        if document is None or device.current_page is not settings:
            self.missed.append("a form")
            return
        for path, text in ((NAME, "Loading dock 2"), (RATE, "99999")):
            document.set_text(path, text)
        settings.jump(document.resource, RATE)
        await self.rest(2)
        await self.shoot("settings-problem")
        document.set_text(RATE, "3072")
        settings.jump(document.resource, NAME)
        await self.rest(1)
        await self.shoot("settings-changes")
        settings.review()
        await self.shoot("review")
        if settings.sheet is None:
            self.missed.append("the review")
        else:
            for fold in settings.sheet.findChildren(QPushButton, "link")[:1]:
                fold.click()
            await self.shoot("review-request")
        settings.apply()
        await self.until("the proof", lambda: not settings.edits.count and not settings.writer.active)
        settings.jump(document.resource, NAME)
        await self.shoot("settings-kept")

    async def history(self, device: DevicePage) -> None:
        pages = [page for page in device.pages if isinstance(page, HistoryPage)]
        if not pages:
            self.missed.append("the history")
            return
        device.show_page(HistoryPage.title)
        await self.until("a change in the history", lambda: pages[0].table.rowCount())
        await self.shoot("history-change")
        pages[0].detail.fold.setChecked(True)
        await self.shoot("history-difference")
        pages[0].detail.fold.setChecked(False)
        await self._sides(device, pages[0])
        device.show_page(SettingsPage.title)

    async def maintenance(self, device: DevicePage) -> None:
        """Nothing is done: only what would be asked."""
        pages = [page for page in device.pages if isinstance(page, MaintenancePage)]
        if not pages:
            self.missed.append("maintenance")
            return
        device.show_page(MaintenancePage.title)
        await self.until("actions", lambda: pages[0].rows)
        dangerous = [b for row in pages[0].rows.values() for b in row.buttons if b.objectName() == "danger"]
        for button in dangerous:
            button.click()
            if pages[0].sheet is not None:
                await self.shoot("maintenance-confirm")
                pages[0].sheet.dismiss()
                break
        device.show_page(SettingsPage.title)

    async def _sides(self, device: DevicePage, history: HistoryPage) -> None:
        """A field that was changed since: the undo asks."""
        settings = settings_of(device)
        document = settings.edits.document(settings.panel.resource)
        if document is None:
            return
        document.set_text(RATE, "1500")
        settings.apply()
        await self.until("a second change", lambda: history.table.rowCount() == 2)
        history.list.choose(1)
        await self.rest(2)
        history.detail.undo.click()
        await self.until("three sides", lambda: history.sheet is not None)
        await self.shoot("history-undo")
        if history.sheet is not None:
            history.sheet.dismiss()

    async def verdicts(self, device: DevicePage) -> None:
        """A camera that clamps one value, ignores another and wants a reboot for the third."""
        device.show_page(SettingsPage.title)
        settings = settings_of(device)
        await self.until("the tree", lambda: settings.tree.model.nodes)
        await self.resource(settings, "Main stream")
        document = settings.edits.document(settings.panel.resource)
        if document is None:
            self.missed.append("the odd camera's form")
            return
        for path, text in ((NAME, "Loading dock 2"), (RATE, "4096"), (REBOOT, "true")):
            document.set_text(path, text)
        settings.apply()
        await self.until("verdicts", lambda: not settings.edits.count and not settings.writer.active)
        for path, name in ((NAME, "settings-ignored"), (RATE, "settings-verdicts")):
            settings.jump(document.resource, path)
            await self.rest(2)
            await self.shoot(name)


def settings_of(device: DevicePage) -> SettingsPage:
    return next(page for page in device.pages if isinstance(page, SettingsPage))
