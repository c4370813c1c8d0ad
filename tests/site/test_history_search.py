"""Looking for change sets: every word, wherever it stands, in whatever case, and only what was not kept."""

from __future__ import annotations

import pytest

from app.families.base import SettingsTree
from app.site.history import Search

pytestmark = pytest.mark.anyio


async def change(session, resource="/one", **values):
    settings = session.offer(SettingsTree)
    document = await settings.load(resource)
    for path, text in values.items():
        document.set_text(path, text)
    await settings.apply(document, document.changes())
    return settings.last_id


async def test_every_word_is_found_wherever_it_stands(open_site, journal_of):
    async with open_site() as site:
        session, find = journal_of(site), site.history.find
        rate = await change(session, rate="4096")
        name = await change(session, name="ÜBERDACHUNG")
        other = await change(session, "/two", rate="1024")
        for words, found in (
            ("", (other, name, rate)),
            ("bitrate", (other, rate)),  # a field's title
            ("4096", (rate,)),  # a value
            ("überdachung", (name,)),  # of whatever case, in whatever language
            ("page /TWO bitrate", (other,)),  # every word, in different places
            ("dock 2", (other, name, rate)),  # the camera
            ("installer", (other, name, rate)),  # the account
            ("4096 überdachung", ()),
        ):
            assert await find(Search(words=words)) == found, words


async def test_only_what_was_not_kept(open_site, journal_of, memory):
    async with open_site() as site:
        session = journal_of(site)
        await change(session, rate="4096")
        memory.meanwhile = lambda values: values.update(rate="4000")
        adjusted = await change(session, rate="5000")
        assert await site.history.find(Search(odd=True)) == (adjusted,)
        assert await site.history.find(Search(words="name", odd=True)) == ()


async def test_a_device_finds_its_own_only(open_site, journal_of, memory_session, memory):
    async with open_site() as site:
        mine = await change(journal_of(site), rate="4096")
        theirs = await change(journal_of(site, serial="", address="127.23.0.2:80"), rate="1024")
        entry = await site.history.get(mine)
        assert await site.history.find(Search(device_ids=(entry.device_id,))) == (mine,)
        assert [each.id for each in await site.history.some((mine, theirs, 99))] == [theirs, mine]
        assert await site.history.some(()) == ()


async def test_what_is_secret_cannot_be_found(open_site, journal_of):
    async with open_site() as site:
        session = journal_of(site)
        await change(session, adminPassword="Very-secret-1")
        assert await site.history.find(Search(words="very-secret-1")) == ()
        assert len(await site.history.find(Search(words="password"))) == 1


async def test_what_is_shown_is_found_once_it_is_learnt(open_site, journal_of, memory):
    async with open_site() as site:
        session, history = journal_of(site), site.history
        rate = await change(session, rate="4096")
        memory.meanwhile = lambda values: values.update(rate="4000")
        adjusted = await change(session, rate="5000")

        def told(entry):
            return " ".join([*(f"{field.new} KBPS" for field in entry.fields), *(f.verdict for f in entry.fields)])

        assert await history.find(Search(words="5000 kbps")) == ()
        assert await history.learn(told)
        assert not await history.learn(told), "each is asked for once"
        assert await history.find(Search(words="5000 kbps")) == (adjusted,)
        assert await history.find(Search(words="kbps")) == (adjusted, rate)
        assert await history.find(Search(words="adjusted bitrate 4000")) == (adjusted,), "words and what was kept"
        later = await change(session, name="Yard")
        assert await history.find(Search(words="yard kbps")) == ()
        assert await history.learn(told)
        assert await history.find(Search(words="yard kbps")) == (later,)
