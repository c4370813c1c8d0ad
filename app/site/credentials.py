"""Passwords are kept in the system's keyring, in memory where there is none, and in no file of ours."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Protocol

import keyring
import keyring.backend
import keyring.backends.chainer
import keyring.backends.fail
import keyring.backends.null
import keyring.errors

from app.families.base import Credentials
from app.model.device import Address

SERVICE = "camwright"

IN_MEMORY = "No keyring here: passwords are kept in memory until Camwright ends."

_log = logging.getLogger(__name__)


class Vault(Protocol):
    """User and password by device. key: the device's address, or any text that stays the same for it."""

    @property
    def description(self) -> str:
        """For people: where passwords are kept."""

    async def get(self, key: Address | str) -> Credentials | None: ...

    async def set(self, key: Address | str, credentials: Credentials) -> None: ...

    async def forget(self, key: Address | str) -> None:
        """Forgetting what is not there is no error."""


class MemoryVault:
    """Keeps until the program ends."""

    description = IN_MEMORY

    def __init__(self) -> None:
        self._kept: dict[str, Credentials] = {}

    def __repr__(self) -> str:
        return f"MemoryVault({len(self._kept)} devices)"

    async def get(self, key: Address | str) -> Credentials | None:
        return self._kept.get(str(key))

    async def set(self, key: Address | str, credentials: Credentials) -> None:
        self._kept[str(key)] = credentials

    async def forget(self, key: Address | str) -> None:
        self._kept.pop(str(key), None)


class KeyringVault:
    """The system's keyring, asked in a thread as it may wait for the user to unlock it.

    A keyring that fails is not asked again while the program runs: memory takes its place, and `description`
    says so.
    """

    def __init__(self, backend: keyring.backend.KeyringBackend) -> None:
        self._backend = backend
        self._memory = MemoryVault()
        self._broken = False
        self._lock = asyncio.Lock()  # some keyrings cannot be asked by two threads at once

    def __repr__(self) -> str:
        return f"KeyringVault({_name(self._backend)})"

    @property
    def description(self) -> str:
        if self._broken:
            return "The keyring failed: passwords are kept in memory until Camwright ends."
        return f"Passwords are kept in the system's keyring ({_name(self._backend)})."

    async def get(self, key: Address | str) -> Credentials | None:
        held = await self._memory.get(key)
        if held is not None or self._broken:
            return held
        return _from_text(await self._ask("get", key))

    async def set(self, key: Address | str, credentials: Credentials) -> None:
        text = json.dumps({"user": credentials.user, "password": credentials.password})
        if not self._broken:
            await self._ask("set", key, text)
        if self._broken:
            await self._memory.set(key, credentials)

    async def forget(self, key: Address | str) -> None:
        await self._memory.forget(key)
        if not self._broken:
            await self._ask("forget", key)

    async def _ask(self, what: str, key: Address | str, text: str = "") -> str | None:
        async with self._lock:
            try:
                return await asyncio.to_thread(self._call, what, str(key), text)
            except keyring.errors.PasswordDeleteError:
                return None  # there was none
            except Exception as error:  # noqa: BLE001 - backends raise whatever their system raises
                # Only the kind: a backend's text might quote what it was given.
                _log.warning("The keyring failed (%s); passwords stay in memory.", type(error).__name__)
                self._broken = True
                return None

    def _call(self, what: str, key: str, text: str) -> str | None:
        match what:
            case "get":
                return self._backend.get_password(SERVICE, key)
            case "set":
                self._backend.set_password(SERVICE, key, text)
            case "forget":
                self._backend.delete_password(SERVICE, key)
        return None


def open_vault() -> Vault:
    """The keyring where the system has a working one, else memory. Does not wait for anybody to unlock it."""
    try:
        backend = keyring.get_keyring()
        usable = _is_usable(backend)
    except Exception as error:  # noqa: BLE001 - looking for backends loads whatever is installed
        _log.warning("No keyring could be loaded (%s).", type(error).__name__)
        return MemoryVault()
    return KeyringVault(backend) if usable else MemoryVault()


def _is_usable(backend: keyring.backend.KeyringBackend) -> bool:
    if isinstance(backend, keyring.backends.fail.Keyring | keyring.backends.null.Keyring):
        return False
    if isinstance(backend, keyring.backends.chainer.ChainerBackend):
        return any(_is_usable(each) for each in backend.backends)
    return True


def _name(backend: keyring.backend.KeyringBackend) -> str:
    """What the backend calls itself, without the class names that only programmers know."""
    if isinstance(backend, keyring.backends.chainer.ChainerBackend):
        return ", ".join(_name(each) for each in backend.backends if _is_usable(each))
    module = type(backend).__module__.rpartition(".")[2]
    return {"Windows": "Windows Credential Manager", "macOS": "macOS Keychain"}.get(module, module)


def _from_text(text: str | None) -> Credentials | None:
    """An entry of another shape (another program's, an older version's) counts as none."""
    if text is None:
        return None
    try:
        entry = json.loads(text)
    except ValueError:
        return None
    if not isinstance(entry, dict):
        return None
    user, password = entry.get("user"), entry.get("password")
    if not isinstance(user, str) or not isinstance(password, str):
        return None
    return Credentials(user, password)
