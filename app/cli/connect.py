"""From HOST on the command line to a session: who answers there, and with which password."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.cli.output import Refused
from app.compose import Engine
from app.families.base import Credentials, Session
from app.model.device import Address


def add_host(command: argparse.ArgumentParser) -> None:
    command.add_argument("host", metavar="HOST", help="address with optional port")
    command.add_argument("--user", help="account (default: the one in the vault, else $CAMWRIGHT_USER, else admin)")
    command.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def parse_host(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise Refused(f"{error}.") from None


async def find_credentials(options: argparse.Namespace, address: Address, engine: Engine) -> Credentials:
    """Environment, vault or standard input, in this order; never an argument, which every user of the machine sees."""
    stored = None
    user = options.user or os.environ.get("CAMWRIGHT_USER")
    if options.password_stdin:
        return Credentials(user or "admin", sys.stdin.readline().rstrip("\r\n"))
    password = os.environ.get("CAMWRIGHT_PASSWORD")
    if password is not None:
        return Credentials(user or "admin", password)
    stored = await engine.vault.get(str(address))
    if stored is not None and user in (None, stored.user):
        return stored
    if sys.stdin.isatty():
        name = user or "admin"
        return Credentials(name, getpass.getpass(f"Password of {name} at {address}: "))
    raise Refused(
        f"No password for {address} is known.",
        hint="Set CAMWRIGHT_PASSWORD, store it from the window, or give it on standard input with --password-stdin.",
    )


@asynccontextmanager
async def session(options: argparse.Namespace) -> AsyncIterator[Session]:
    """An open session with HOST, closed at the end."""
    address = parse_host(options.host)
    engine = await Engine.create()
    recognition = await engine.identify(address)
    credentials = await find_credentials(options, address, engine)
    opened = await engine.open(address, recognition, credentials)
    try:
        yield opened
    finally:
        await opened.close()
