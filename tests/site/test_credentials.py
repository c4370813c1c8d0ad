"""Passwords in the keyring or in memory, and nowhere else."""

from __future__ import annotations

import logging

import keyring
import keyring.backend
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.errors
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.families.base import Credentials
from app.model.device import Address
from app.site.credentials import IN_MEMORY, SERVICE, KeyringVault, MemoryVault, Vault, _from_text, open_vault

pytestmark = pytest.mark.anyio

CAMERA = Address("127.13.0.1", 8080)
SECRET = Credentials("admin", "geheim-4711")


class Dictionary(keyring.backend.KeyringBackend):
    """A keyring that works, kept in the test."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.entries: dict[tuple[str, str], str] = {}
        self.broken = False
        self.calls = 0

    def _touch(self, text: str = "") -> None:
        self.calls += 1
        if self.broken:
            raise RuntimeError(f"locked while it was given {text}")

    def get_password(self, service: str, username: str) -> str | None:
        self._touch()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._touch(password)
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._touch()
        if (service, username) not in self.entries:
            raise keyring.errors.PasswordDeleteError("not found")
        del self.entries[service, username]


class Chain(keyring.backends.chainer.ChainerBackend):
    backends: list[keyring.backend.KeyringBackend] = []  # type: ignore[assignment]  # noqa: RUF012

    def __init__(self, *backends: keyring.backend.KeyringBackend) -> None:
        self.backends = list(backends)  # type: ignore[misc]


@pytest.fixture(params=["memory", "keyring", "broken keyring"])
def vault(request: pytest.FixtureRequest) -> Vault:
    if request.param == "memory":
        return MemoryVault()
    backend = Dictionary()
    backend.broken = request.param == "broken keyring"
    return KeyringVault(backend)


async def test_every_vault_keeps_and_forgets(vault: Vault) -> None:
    assert await vault.get(CAMERA) is None
    await vault.forget(CAMERA)
    await vault.set(CAMERA, SECRET)
    await vault.set("serial:1", Credentials("op", ""))
    assert await vault.get(CAMERA) == SECRET
    assert await vault.get("127.13.0.1:8080") == SECRET
    assert await vault.get(Address("127.13.0.1")) is None
    assert await vault.get("serial:1") == Credentials("op", "")
    await vault.set(CAMERA, Credentials("admin", "new"))
    assert await vault.get(CAMERA) == Credentials("admin", "new")
    await vault.forget(CAMERA)
    assert await vault.get(CAMERA) is None


async def test_the_keyring_holds_one_entry_for_each_device() -> None:
    backend = Dictionary()
    await KeyringVault(backend).set(CAMERA, Credentials('a"b', "密码"))
    assert list(backend.entries) == [(SERVICE, "127.13.0.1:8080")]
    assert await KeyringVault(backend).get(CAMERA) == Credentials('a"b', "密码")


async def test_a_keyring_that_fails_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    backend = Dictionary()
    vault = KeyringVault(backend)
    assert "Dictionary" not in vault.description
    assert "system's keyring" in vault.description
    backend.broken = True
    await vault.set(CAMERA, SECRET)
    assert "in memory" in vault.description
    assert await vault.get(CAMERA) == SECRET
    assert await vault.get("other") is None
    assert backend.calls == 1
    assert "RuntimeError" in caplog.text
    assert "geheim" not in caplog.text


async def test_secrets_show_nowhere(vault: Vault, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await vault.set(CAMERA, SECRET)
    told = [repr(vault), vault.description, repr(await vault.get(CAMERA)), caplog.text]
    assert not any("geheim" in text for text in told)


@pytest.mark.parametrize(
    "backend",
    [
        keyring.backends.fail.Keyring(),
        keyring.backends.null.Keyring(),
        Chain(),
        Chain(keyring.backends.fail.Keyring(), keyring.backends.null.Keyring()),
    ],
    ids=["fail", "null", "empty chain", "chain of nothing"],
)
def test_no_usable_keyring(backend: keyring.backend.KeyringBackend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    vault = open_vault()
    assert isinstance(vault, MemoryVault)
    assert vault.description == IN_MEMORY


def test_a_usable_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    for backend in (Dictionary(), Chain(keyring.backends.null.Keyring(), Dictionary())):
        monkeypatch.setattr(keyring, "get_keyring", lambda b=backend: b)
        vault = open_vault()
        assert isinstance(vault, KeyringVault)
        assert vault.description.startswith("Passwords are kept in the system's keyring (")


def test_a_keyring_that_cannot_even_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> keyring.backend.KeyringBackend:
        raise ImportError("no such library")

    monkeypatch.setattr(keyring, "get_keyring", fail)
    assert isinstance(open_vault(), MemoryVault)


def test_this_machine() -> None:
    """Whatever is installed here, opening asks nobody and describes itself."""
    assert open_vault().description.endswith(".")


@given(st.text() | st.recursive(st.none() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)).map(repr))
def test_entries_of_another_shape_count_as_none(text: str) -> None:
    assert _from_text(text) is None


def test_entries_of_nearly_the_right_shape() -> None:
    for text in ('{"user": "a"}', '{"user": 1, "password": "x"}', "[]", "null", '"admin"', "geheim"):
        assert _from_text(text) is None
