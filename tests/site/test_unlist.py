"""A device that is taken out of the list stays out, and its history stays in the file."""

from __future__ import annotations

import pytest

from app.families.base import SettingsTree
from app.site.remembered import remembered

pytestmark = pytest.mark.anyio
MAIN = "/ISAPI/Streaming/channels/101"


async def test_what_is_taken_out_of_the_list_is_not_remembered_but_its_history_is(open_site, run_camera):
    async with open_site() as site, run_camera(site) as session:
        settings = session.offer(SettingsTree)
        document = await settings.load(MAIN)
        document.set_text("Video/GovLength", "33")
        await settings.apply(document, document.changes())
        (row,) = await remembered(site)
        assert row.address == session.address
        await site.devices.unlist("127.9.9.9:80")
        assert len(await remembered(site)) == 1
        await site.devices.unlist(str(row.address))
        assert await remembered(site) == ()
        assert [entry.resource for entry in await site.history.page()] == [MAIN]
        document = await settings.load(MAIN)
        document.set_text("Video/GovLength", "34")
        await settings.apply(document, document.changes())
        assert len(await remembered(site)) == 1, "met again, it is listed again, as the same device"
        assert len(await site.devices.all()) == 1
