"""Devices of earlier days, as rows of the site pane."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.model.device import Address, DeviceState
from app.site.identity import Identity
from app.site.records import Sighting
from app.site.remembered import remembered
from app.site.site import Site

pytestmark = pytest.mark.anyio


async def test_what_was_met_comes_back_as_lost(tmp_path: Path) -> None:
    site = await Site.open(tmp_path / "a.site")
    identity = Identity.of("SN123456", "44:47:cc:00:00:01", "127.29.3.1:8080")
    await site.devices.remember(Sighting(identity, "127.29.3.1:8080", "isapi", "v2", "Gate", "M1", "V5"))
    nowhere = Identity.of("SN999999", "", "")
    await site.devices.remember(Sighting(nowhere, "", "isapi", "v2", "Nowhere", "M2", "V5"))
    (found,) = await remembered(site)
    assert (found.address, found.state, found.name) == (Address("127.29.3.1", 8080), DeviceState.LOST, "Gate")
    assert {"serial:sn123456", "mac:44:47:cc:00:00:01"} <= found.keys
    await site.close()
