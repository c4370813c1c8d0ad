"""One endpoint that a device refuses every time (FIELD 33): asked for all the same when somebody wants it, told at its
node, and at most once in the log."""

from __future__ import annotations

import logging

import pytest

from app.cli.once import Once
from app.errors import NotSupported
from app.families.base import SettingsTree
from app.families.isapi import FAMILY
from app.transport.dialer import NetworkDialer, loopback_only
from tests.families.isapi_rig import farm, place
from tests.families.middleman import http, middleman, status

OUTPUT = "/ISAPI/System/IO/outputs/1"
TIMES = 20


def refusing(wire, asked, between):
    if asked.path.startswith("/ISAPI/System/IO/outputs/1") and "authorization" in asked.headers:
        wire.send(http("403 Forbidden", status(4, "invalidOperation")))
        return False
    return None


@pytest.mark.anyio
@pytest.mark.timeout(120)
async def test_what_is_refused_every_time_is_told_at_its_node_and_logged_at_most_once(caplog):
    async with farm() as running:
        camera, credentials = place(running)
        with middleman(camera, refusing) as between, caplog.at_level(logging.DEBUG):
            device = await FAMILY.connect(NetworkDialer(allowed=loopback_only), between.address, "v2", credentials)
            try:
                settings = device.offer(SettingsTree)
                for _ in range(TIMES):
                    with pytest.raises(NotSupported) as said:
                        await settings.load(OUTPUT)
                    node = found(await settings.tree(), OUTPUT)
                    assert node.reason == said.value.summary
            finally:
                await device.close()
    told = [each.getMessage() for each in caplog.records if each.name.startswith("app") and "outputs" in str(each.msg)]
    assert len(told) <= 1


def found(node, resource):
    if node.id == resource:
        return node
    return next((hit for each in node.children if (hit := found(each, resource)) is not None), None)


def test_a_line_passes_once_and_a_fault_of_the_program_always():
    once = Once()

    def record(text, *given, error=None):
        return logging.LogRecord("app.one", logging.WARNING, __file__, 1, text, given, error)

    refused = "%s refuses %s"
    assert once.filter(record(refused, "Gate", OUTPUT))
    assert not once.filter(record(refused, "Gate", OUTPUT))
    assert once.filter(record(refused, "Gate", "/ISAPI/System/IO/outputs/2"))
    assert once.filter(record(refused, "Yard", OUTPUT))
    fault = (ValueError, ValueError("x"), None)
    assert all(once.filter(record("fault", error=fault)) for _ in range(3))
