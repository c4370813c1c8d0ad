"""The tour's stops on the Regions page: choosing, drawing, limits, review, verdicts, grid, walk test."""

from __future__ import annotations

from collections.abc import Sequence

from app.model.geometry import Point
from app.model.region import Purpose, Region, ShapeKind
from app.regions.shaping import moved
from ui.canvas.marks import WalkState
from ui.pages.device import DevicePage
from ui.pages.regions import RegionsPage
from ui.tour_stops import Stops

FIELD = (Point(0.56, 0.3), Point(0.92, 0.34), Point(0.86, 0.78), Point(0.6, 0.7))
CROSSED = (Point(0.56, 0.3), Point(0.92, 0.34), Point(0.6, 0.7), Point(0.9, 0.8), Point(0.7, 0.2))


class RegionsTour(Stops):
    async def good(self, device: DevicePage) -> None:
        """A camera that keeps what it is told."""
        page = await self._open(device)
        if page is None or not self._take(page, Purpose.INTRUSION):
            return
        page.desk.step(1)
        await self.rest(1)
        await self.shoot("regions-chosen")
        self._begin(page, CROSSED)
        await self.shoot("regions-problem")
        page.canvas.tool.cancel(page.desk)
        self._draw(page, FIELD)
        page.desk.step(1)
        first = page.desk.chosen_regions[0]
        page.desk.rewrite({first.key: _nudged(first.region)}, "")
        await self.rest(1)
        await self.shoot("regions-changed")
        page.review()
        await self.shoot("regions-review")
        page.apply()
        await self.until("the proof of regions", lambda: not page.edits.count and not page.writer.active)
        await self.shoot("regions-kept")
        await self._walk(page)
        await self._grid(page)

    async def odd(self, device: DevicePage) -> None:
        """A camera that rounds coarsely and has less room than it says."""
        page = await self._open(device)
        if page is None or not self._take(page, Purpose.INTRUSION):
            return
        self._draw(page, FIELD)
        self._draw(page, tuple(point.moved(-0.3, 0.15) for point in FIELD))
        page.apply()
        await self.until("verdicts on regions", lambda: not page.edits.count and not page.writer.active)
        await self.rest(1)
        await self.shoot("regions-verdicts")

    async def _open(self, device: DevicePage) -> RegionsPage | None:
        page = next((each for each in device.pages if isinstance(each, RegionsPage)), None)
        if page is None:
            self.missed.append("regions")
            return None
        device.show_page(RegionsPage.title)
        await self.until("the layers", lambda: len(page.edits.layers) > 3)
        await self.until("a picture under the regions", lambda: page.view.painted > 3)
        return page

    def _take(self, page: RegionsPage, purpose: Purpose) -> bool:
        found = next((each for each in page.edits.layers if each.info.purpose is purpose), None)
        if found is None:
            self.missed.append(f"a layer for {purpose.value}")
            return False
        page.show_layer(found.info.id)
        return True

    def _begin(self, page: RegionsPage, points: Sequence[Point]) -> None:
        page.canvas.use("polygon")
        for point in points:
            page.canvas.tool.press(page.desk, page.canvas.pointer(point))
        page.canvas.tool.hover(page.desk, page.canvas.pointer(points[-1]))

    def _draw(self, page: RegionsPage, points: Sequence[Point]) -> None:
        self._begin(page, points)
        page.canvas.tool.finish(page.desk)
        page.canvas.use("select")

    async def _walk(self, page: RegionsPage) -> None:
        layer = page.desk.layer_id
        regions = page.desk.sheet.regions
        for region, state in zip(regions, (WalkState.PASSED, WalkState.UNTESTED), strict=False):
            page.canvas.set_walk_state(layer, region.id, state)
        page.canvas.flash(layer, regions[0].id, page.tr("person"))
        await self.shoot("regions-walk")
        page.canvas.clear_marks()

    async def _grid(self, page: RegionsPage) -> None:
        if not self._take(page, Purpose.MOTION) or page.desk.limits.shapes != (ShapeKind.CELLS,):
            return
        page.canvas.use("brush")
        page.canvas.zoom(1.6)
        await self.rest(2)
        await self.shoot("regions-grid")
        page.canvas.fit()
        page.canvas.use("select")


def _nudged(region: Region) -> Region:
    return region.with_shape(moved(region.shape, 0.02, 0.0))
