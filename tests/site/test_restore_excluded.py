"""Settings of a file go back onto a camera on which, by now, another function is in their way."""

from __future__ import annotations

import pytest

from app.families.base import SettingsTree
from app.model.device import DeviceFacts
from app.site.restore import plan_restore, restore
from app.site.snapshot import take

LINES, FIELD = (f"/ISAPI/Smart/{name}/1" for name in ("LineDetection", "FieldDetection"))

pytestmark = pytest.mark.anyio


async def switched(session, resource, text):
    settings = session.offer(SettingsTree)
    document = await settings.load(resource)
    document.set_text("enabled", text)
    return await settings.apply(document, document.changes())


@pytest.mark.parametrize("how", ["told", "lenient"])
@pytest.mark.parametrize(("was_on", "is_on"), [(LINES, FIELD), (FIELD, LINES)])
async def test_what_is_in_the_way_is_switched_off_first(run_camera, open_site, how, was_on, is_on):
    async with open_site() as site, run_camera(site, f"mutex={how}") as session:
        await switched(session, was_on, "true")
        before = await take(session, DeviceFacts())
        await switched(session, was_on, "false")
        await switched(session, is_on, "true")
        plan = await plan_restore(before, session, [LINES, FIELD])
        done = await restore(plan, session)
        assert [each.resource for each in done] == [is_on, was_on]
        assert all(each.proof is not None and each.proof.kept_everything for each in done)
        assert not (await plan_restore(before, session, [LINES, FIELD])).wanted
