"""A camera is opened whose last change was cut off: what became of it is found out, said, and one click away."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import replace

import pytest
from aio import context, gone, told, until  # noqa: F401 - fixtures
from fakes import found
from simulated import sessions, site_file

from app.errors import ConnectionLost
from app.families.base import Credentials, SettingsTree
from app.site.journal import journalled
from app.site.records import ChangeState
from app.site.site import Site
from ui.bridge.messages import Level
from ui.models.status import Login
from ui.pages.device import DevicePage
from ui.pages.history import HistoryPage
from ui.pages.settings import SettingsPage
from ui.sessions import Sessions

pytestmark = [pytest.mark.gui, pytest.mark.timeout(180)]
STREAM, BITRATE, LENGTH = "/ISAPI/Streaming/channels/101", "Video/vbrUpperCap", "Video/GovLength"


async def cut_off(session, path: str, text: str, *, sent: bool = True) -> None:
    settings = session.offer(SettingsTree)
    document = await settings.load(STREAM)
    document.set_text(path, text)
    changes = document.changes()

    async def lost():
        if sent:
            await settings.inner.apply(document, changes)
        raise ConnectionLost("The camera hung up.")

    with pytest.raises(ConnectionLost):
        await settings.record(document, changes, lost)


@pytest.fixture
def opened(run, context, tmp_path):  # noqa: F811
    """Runs `scene(page, site)` on the page of a camera that was opened after prepare(session)."""

    async def work(prepare, scene) -> None:
        async with AsyncExitStack() as stack:
            site: Site = await stack.enter_async_context(site_file(tmp_path / "ends.site"))
            (bare,) = await stack.enter_async_context(sessions("127.83.3.1"))
            session = journalled(bare, site)
            await prepare(session)

            async def connect(*_):
                return session

            gate = found(0)
            here = replace(context, connect=connect, site_file=site)
            shared = Sessions(here, lambda _: None)
            stack.push_async_callback(shared.close)
            page = DevicePage(gate, here, (lambda: SettingsPage, lambda: HistoryPage), shared)
            stack.push_async_callback(gone, page)
            stack.push_async_callback(page.close)
            page.resize(1280, 720)
            page.show()
            page._began = page._in_front = True  # as after `activated`, with a login of our own
            page.scope.start(page.door._log_in(Credentials("admin", ""), lambda: connect(gate)))
            await until(lambda: page.standing.login is Login.OPEN)
            await scene(page, site)

    return lambda prepare, scene: run(work(prepare, scene))


def test_a_change_that_was_cut_off_is_told_with_a_way_to_the_history(opened, told):  # noqa: F811
    async def prepare(session):
        await cut_off(session, BITRATE, "1500", sent=False)

    async def scene(page, site):
        await until(lambda: told)
        (message,) = told
        assert message.level is Level.WARNING
        assert message.text.startswith(f"{page.name} did not take the change of “")
        (entry,) = await site.history.page()
        assert entry.state is ChangeState.DONE
        assert message.action.text == "Show in the history"
        message.action.run()
        history = page.current_page
        assert isinstance(history, HistoryPage)
        await until(lambda: history.chosen_id == entry.id)
        await until(lambda: "was not known" in message.hint and history.detail.undo.isEnabled())

    opened(prepare, scene)


def test_several_are_told_in_one_line_and_the_tree_goes_first(opened, told):  # noqa: F811
    async def prepare(session):
        await cut_off(session, BITRATE, "1500")
        await cut_off(session, LENGTH, "41")
        settings = session.offer(SettingsTree)
        tree, load = settings.inner.tree, settings.inner.load

        async def asked_tree():
            order.append("tree")
            return await tree()

        async def asked_page(resource):
            order.append(resource)
            return await load(resource)

        settings.inner.tree, settings.inner.load = asked_tree, asked_page

    async def scene(page, site):
        await until(lambda: told)
        (message,) = told
        assert message.level is Level.INFO
        assert message.text == f"2 changes on {page.name} had been cut off and were read again."
        assert order[0] == "tree"
        assert {each.state for each in await site.history.page()} == {ChangeState.DONE}

    order = []
    opened(prepare, scene)


def test_nothing_is_said_where_every_end_is_known(opened, told):  # noqa: F811
    async def prepare(session):
        settings = session.offer(SettingsTree)
        document = await settings.load(STREAM)
        document.set_text(BITRATE, "1500")
        await settings.apply(document, document.changes())

    async def scene(page, site):
        page._look_back(page.session)
        await until(lambda: page.scope.active == 0)
        assert told == []

    opened(prepare, scene)
