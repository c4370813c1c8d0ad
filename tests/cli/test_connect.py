"""Where the command line finds a password."""

from __future__ import annotations

import argparse

import pytest

from app.cli.connect import find_credentials
from app.compose import Engine
from app.families.base import Credentials
from app.model.device import Address
from app.site.credentials import MemoryVault


@pytest.mark.anyio
@pytest.mark.parametrize("kept_under", ["127.20.3.1", "127.20.3.1:80"])
async def test_a_password_kept_by_the_window_is_found_however_the_host_is_typed(monkeypatch, kept_under):
    monkeypatch.delenv("CAMWRIGHT_PASSWORD", raising=False)
    monkeypatch.delenv("CAMWRIGHT_USER", raising=False)
    vault = MemoryVault()
    await vault.set(kept_under, Credentials("admin", "kept-1"))
    engine = await Engine.create("127.0.0.1", vault=vault)
    options = argparse.Namespace(user=None, password_stdin=False)
    host = Address("127.20.3.1")
    found = await find_credentials(options, host, host.with_default_port(80), engine)
    assert (found.user, found.password) == ("admin", "kept-1")
