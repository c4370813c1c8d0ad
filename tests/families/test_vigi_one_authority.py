"""Detections of VIGI cameras have two places on the camera, and the older one stays stale when its web page writes
(FIELD 36). Everything here reads and writes the one that is kept up to date, whoever has changed it."""

from __future__ import annotations

import json

import pytest

from app.families.base import Regions, SettingsTree
from app.families.vigi import FAMILY
from app.families.vigi.detections import DETECTIONS
from tests.families.vigi_rig import ADMIN, dialer, powered

DRAWN = [each for each in DETECTIONS if each.drawn]
_hosts = {each.name: f"127.83.5.{number}" for number, each in enumerate(DRAWN, 1)}

pytestmark = [pytest.mark.anyio, pytest.mark.timeout(120)]


def listened_to(session):
    """The methods that are called from now on."""
    channel, called = session._client.channel, []
    send = channel.send

    async def noting(request):
        called.append(json.loads(request.body)["method"])
        return await send(request)

    channel.send = noting
    return called


@pytest.mark.parametrize("detection", DRAWN, ids=lambda each: each.name)
async def test_every_place_of_a_detection_tells_what_the_web_page_has_set(detection):
    async with powered(_hosts[detection.name]) as (_, address):
        ours = await FAMILY.connect(dialer(), address, "openapi", ADMIN)
        web = await FAMILY.connect(dialer(), address, "openapi", ADMIN)  # its page writes through OpenAPI as well
        try:
            called = listened_to(ours)
            for _ in range(2):
                page = await web.offer(SettingsTree).load(detection.switch)
                now = "off" if page.text("enabled") in ("on", "true", "1") else "on"
                page.set_text("enabled", "true" if now == "on" else "false")
                proof, _ = await web.offer(SettingsTree).apply(page, page.changes())
                assert proof.kept_everything
                shown = await ours.offer(SettingsTree).load(detection.switch)
                layer = await ours.offer(Regions).load(detection.region)
                assert (shown.text("enabled") in ("on", "true", "1")) is (now == "on")
                assert layer.armed.is_on is (now == "on")
            assert {each for each in called if each.endswith("Switch")} == {detection.switch}
        finally:
            await ours.close()
            await web.close()
