"""Capabilities that are a trap: the page itself still loads and can be changed, and nothing is believed of the rest."""

from __future__ import annotations

import contextlib

import pytest

from app.errors import CameraError
from app.settings.changes import Verdict
from tests.families.middleman import http, status
from tests.families.test_isapi_fate import IMAGE, applied, lied_to

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "&%c;&%c;&%c;&%c;">' % (b, b - 1, b - 1, b - 1, b - 1) for b in range(98, 117))
    + b"]><ImageChannel><WDR><WDRLevel max='9'>&t;</WDRLevel></WDR></ImageChannel>"
)
NONSENSE = (
    b"<ImageChannel size='-3'><WDR dynamic='perhaps'><WDRLevel min='low' max='' range='~,~~,9~1' opt=',,,' size='x'"
    b" def='&#233;' reqReboot='2'>never</WDRLevel><mode opt='' max='NaN'/></WDR><Color min='1e999'/></ImageChannel>"
)
TWICE = (
    b"<ImageChannel>"
    + b"".join(
        b"<WDR><WDRLevel min='%d' max='100' opt='%s'>1</WDRLevel></WDR>" % (n, b",".join([b"7"] * 500))
        for n in range(50)
    )
    + b"</ImageChannel>"
)
INSIDE_OUT = b"<ImageChannel><WDRLevel><WDR><ImageChannel><WDRLevel/></ImageChannel></WDR></WDRLevel></ImageChannel>"

PAGES = {
    "a bomb of entities": http("200 OK", BOMB),
    "a depth without end": http("200 OK", b"<ImageChannel>" + b"<a>" * 200_000),
    "fifty megabytes": http("200 OK", b"<ImageChannel>" + b" " * 50_000_000 + b"</ImageChannel>"),
    "attributes that are nonsense": http("200 OK", NONSENSE),
    "everything fifty times": http("200 OK", TWICE),
    "inside out": http("200 OK", INSIDE_OUT),
    "a web page": http("200 OK", b"<html><body>log in</body></html>"),
    "nothing": http("200 OK"),
    "an OK": http("200 OK", status(1, "ok")),
    "a fault": http("500 Internal Server Error", b"oops"),
    "half of itself": http("200 OK", b"<ImageChannel>")[:-5],
    "silence and a closed door": b"",
    "bytes": http("200 OK", bytes(range(256)) * 20),
}


def instead_of(end, said):
    def rule(wire, asked, between):
        if asked.method == "GET" and asked.path.endswith(end) and "authorization" in asked.headers:
            return wire.send(said) and False
        return None

    return rule


@pytest.mark.anyio
@pytest.mark.parametrize("said", PAGES.values(), ids=PAGES)
async def test_a_page_can_be_set_whatever_is_said_of_its_values(said):
    async with lied_to() as (settings, between):
        between.rule = instead_of(f"{IMAGE}/capabilities", said)
        document = await settings.load(IMAGE)
        assert document.encode() == document.source.raw
        assert document.text("WDR/WDRLevel") == "50"
        if said is not PAGES["everything fifty times"]:  # that one is believed: nothing but 7 is an option then
            proof, _ = await applied(settings, WDRLevel="77")
            assert [each.verdict for each in proof.fields] == [Verdict.KEPT]


@pytest.mark.anyio
@pytest.mark.parametrize("said", PAGES.values(), ids=PAGES)
async def test_a_page_that_is_a_trap_itself_fails_in_words_and_spoils_no_other(said):
    async with lied_to() as (settings, between):
        between.rule = instead_of(IMAGE, said)
        with contextlib.suppress(CameraError):
            document = await settings.load(IMAGE)
            assert document.encode() == document.source.raw
        assert (await settings.load("/ISAPI/System/time")).fields
