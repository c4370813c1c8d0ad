"""Where no camera answers, the command line says what was tried."""

from __future__ import annotations

import argparse
from contextlib import asynccontextmanager

import pytest

from app.cli import devices
from app.cli.output import Exit
from app.discovery import Discovery
from app.families import families
from app.transport.dialer import NetworkDialer, loopback_only
from app.transport.interfaces import LocalInterface

pytestmark = pytest.mark.anyio


class Quiet:
    """An engine on an interface that is not there: nobody can answer, whatever else runs on this machine."""

    @asynccontextmanager
    async def discovery(self):
        gone = LocalInterface("eth9", "198.51.100.1", 24)
        async with Discovery(families(), NetworkDialer(allowed=loopback_only), (gone,), window=0.1) as discovery:
            yield discovery


async def test_an_empty_list_is_explained(monkeypatch, capsys):
    async def create(interfaces):
        return Quiet()

    monkeypatch.setattr(devices.Engine, "create", create)
    options = argparse.Namespace(interfaces=None, timeout=0.1, range=None, json=False)
    assert await devices.discover(options) is Exit.DONE
    said = capsys.readouterr().out
    assert said.startswith("0 found")
    assert "eth9 (198.51.100.1): nothing could be sent." in said
    assert "An interface refused to send." in said
