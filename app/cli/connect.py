"""From HOST on the command line to a session: who answers there, and with which password."""

from __future__ import annotations

import argparse
import getpass
import math
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.cli.interrupt import Teller
from app.cli.open_ends import looked_back
from app.cli.output import Refused
from app.compose import Engine
from app.families.base import Credentials, Session
from app.model.device import Address
from app.patience import told_of_waits
from app.site.records import Origin
from app.site.site import Site

LONGEST = 86_400  # seconds; a day


def optional_word(command: argparse.ArgumentParser, name: str, text: str) -> None:
    """A positional argument that may be left out and may stand behind an option: what argparse calls "?" is taken for
    left out as soon as an option comes before it."""
    command.add_argument(name, metavar=f"[{name.upper()}]", help=text).required = False


def add_host(command: argparse.ArgumentParser, *, positional: bool = True, optional: bool = False) -> None:
    """HOST and how to log in there; without positional only the latter."""
    if positional:
        if optional:
            optional_word(command, "host", "address with optional port")
        else:
            command.add_argument("host", metavar="HOST", help="address with optional port")
    command.add_argument("--user", help="account (default: the one in the vault, else $CAMWRIGHT_USER, else admin)")
    command.add_argument("--password-stdin", action="store_true", help="read the password from standard input")


def add_site(command: argparse.ArgumentParser) -> None:
    """For commands that write into the journal or read it."""
    command.add_argument(
        "--site", metavar="FILE", help="site file with the journal (default: $CAMWRIGHT_SITE, else the user's own)"
    )


@asynccontextmanager
async def site_file(options: argparse.Namespace) -> AsyncIterator[Site | None]:
    """The open site file; None for commands without a journal, which leave it alone."""
    if not hasattr(options, "site"):
        yield None
        return
    site = await Site.open(Path(options.site) if options.site else None)
    try:
        yield site
    finally:
        await site.close()


def seconds(text: str) -> float:
    """For argparse: a length of time that can be waited for."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not 0 < value <= LONGEST:
        raise argparse.ArgumentTypeError(f"“{text}” is not a number of seconds above 0 (at most {LONGEST})")
    return value


def parse_host(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise Refused(f"{error}.") from None


async def find_credentials(
    options: argparse.Namespace, address: Address, there: Address, engine: Engine
) -> Credentials:
    """Environment, vault or standard input, in this order; never an argument, which every user of the machine sees.

    there is the address with the port that answered: the window keeps passwords under it.
    """
    user = options.user or os.environ.get("CAMWRIGHT_USER")
    if options.password_stdin:
        return Credentials(user or "admin", sys.stdin.readline().rstrip("\r\n"))
    password = os.environ.get("CAMWRIGHT_PASSWORD")
    if password is not None:
        return Credentials(user or "admin", password)
    stored = await engine.vault.get(str(address)) or await engine.vault.get(str(there))
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
    """An open session with HOST, closed at the end; journalled when the command has a site file."""
    async with site_file(options) as site, session_at(options, options.host, site) as opened:
        yield opened


@asynccontextmanager
async def session_at(options: argparse.Namespace, host: str, site: Site | None) -> AsyncIterator[Session]:
    """The same with any host and a site file that is open already."""
    address = parse_host(host)
    engine = await Engine.create(site=site, origin=Origin.CLI)
    with told_of_waits(Teller(host)):
        recognition = await engine.identify(address)
        credentials = await find_credentials(options, address, engine.place(address, recognition), engine)
        opened = await engine.open(address, recognition, credentials)
        try:
            async with looked_back(opened, recognition, site):
                yield opened
        finally:
            await opened.close()
