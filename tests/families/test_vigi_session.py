"""Logging in to VIGI cameras, keeping the token, and what happens when the camera takes it away."""

from __future__ import annotations

import asyncio
import json
import logging

import pytest

from app.errors import (
    BadCredentials,
    CameraError,
    ConnectionLost,
    DeviceFault,
    LockedOut,
    NotSupported,
    ProtocolError,
    TransportError,
)
from app.families.base import Actions, Clue, Credentials, Events, Overview, SettingsTree
from app.families.ptz import Ptz
from app.families.vigi import FAMILY, answers, auth, discovery
from app.families.vigi.client import Client, Login
from app.model.device import Address
from app.settings.changes import Verdict
from app.simulator.http_server import Answer, Fault
from app.transport.dialer import NetworkDialer, guard_for
from app.transport.failures import CertificateChanged
from app.transport.tls import MemoryPins
from app.wire import odp
from app.wire.http import HttpRequest
from tests.families.vigi_rig import ADMIN, PASSWORD, camera, dialer, opened, powered, session, told

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("quirk", ["", "challenge_401", "md5_login"])
async def test_each_form_of_the_login_opens_a_session(quirk):
    async with session("127.67.30.1", *filter(None, [quirk])) as opened_:
        facts = await opened_.offer(Overview).facts()
        assert facts.model == "CW-V340"
        assert facts.mac.count(":") == 5
        assert not facts.notes


async def test_the_digest_of_a_published_vector():
    challenge = auth.Challenge("TP-LINK IP-Camera", "abc123")
    sent = json.loads(auth.answer(challenge, Credentials("admin", "password")))
    assert sent["params"] == {
        "nonce": "abc123",
        "response": "ac17ca2fb8735a42a1d2ce03671708ad1d4b9de5a181320342e5ae7683a30243",
    }


@pytest.mark.parametrize(
    ("quirks", "error"),
    [((), BadCredentials), (("md5_login",), BadCredentials), (("challenge_401",), BadCredentials)],
)
async def test_a_wrong_password_is_tried_once_and_never_again(quirks, error):
    async with camera("127.67.30.2", *quirks) as address:
        with pytest.raises(error, match="refused the password"):
            await FAMILY.connect(dialer(), address, "", Credentials("admin", "wrong"))
    tried = []

    def refuse(path, call):
        tried.append(call.get("params"))
        return {"errCode": -10021 if call.get("params") else -10020}

    async with told("127.67.30.2", refuse) as (address, _):
        client = Client(dialer().http(address, None, secure=True), Login(Credentials("admin", "wrong")))
        for _ in range(3):
            with pytest.raises(BadCredentials):
                await client.call("getDeviceInfo")
        assert len([each for each in tried if each]) == 1
        await client.channel.close()


@pytest.mark.parametrize("login", ["text", "challenge"])
@pytest.mark.parametrize(
    ("code", "error", "words"),
    [
        (-10020, BadCredentials, "refused the login and wants another one"),
        (-10021, BadCredentials, "refused the password"),
        (-10022, LockedOut, "locked after too many wrong passwords"),
        (-10030, LockedOut, "lets nobody log in"),
    ],
)
async def test_each_number_stops_at_once_and_says_which_it_was(login, code, error, words):
    """In both forms of the login: the password goes out once, and nothing at all goes out after that."""
    asked = {"errCode": -10020}
    if login == "challenge":
        asked["authenticate"] = {"realm": "r", "nonce": "n", "algorithm": "SHA-256", "uri": "doAuth", "method": "POST"}
    answer = lambda path, call: {"errCode": code} if call.get("params") else asked  # noqa: E731
    async with told("127.71.30.1", answer) as (address, server):
        client = Client(dialer().http(address, None, secure=True), Login(Credentials("admin", "wrong")))
        for _ in range(3):
            with pytest.raises(error, match=words) as refused:
                await client.call("getDeviceInfo")
            assert str(code) in refused.value.detail
            assert refused.value.hint
        assert [bool(call["params"]) for call in server.calls("doAuth")] == [False, True]
        assert len(server.asked) == 2
        await client.channel.close()


@pytest.mark.parametrize("code", [-10022, -10030])
async def test_a_lock_is_said_and_no_password_is_sent(code):
    async with told("127.67.30.3", lambda path, call: {"errCode": code}) as (address, server):
        with pytest.raises(LockedOut, match=r"locked") as refused:
            await FAMILY.connect(dialer(), address, "", ADMIN)
        assert str(code) in refused.value.detail
        assert [call["params"] for call in server.calls("doAuth")] == [None]


async def test_the_same_code_after_another_method_means_that_it_is_not_there():
    async with told("127.67.30.4", opened(lambda path, call: {"errCode": -10030})) as (address, _):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        with pytest.raises(NotSupported):
            await opened_.offer(SettingsTree).load("getDeviceAlias")
        await opened_.close()


async def test_a_token_that_ran_out_in_the_middle_of_a_change_set_is_renewed_once():
    async with session("127.67.30.5", "token_uses=2") as opened_:
        settings = opened_.offer(SettingsTree)
        for page, edits in (("DeviceAlias", {"alias": "Yard"}), ("SpeakerVolume", {"volume": "11"})):
            document = await settings.load(page)
            for path, text in edits.items():
                document.set_text(path, text)
            proof, _ = await settings.apply(document, document.changes())
            assert [each.verdict for each in proof.fields] == [Verdict.KEPT]


async def test_a_camera_that_refuses_every_token_is_not_asked_for_ever():
    async with told("127.67.30.6", opened(lambda path, call: {"errCode": -10002})) as (address, server):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        with pytest.raises(ProtocolError, match="session"):
            await opened_.offer(SettingsTree).load("getDeviceAlias")
        assert len(server.calls("getDeviceAlias")) == 2
        await opened_.close()


async def test_the_token_is_renewed_before_it_runs_out_and_shared_by_all_calls():
    now = [0.0]
    async with camera("127.67.30.7") as address:
        client = Client(dialer().http(address, None, secure=True), Login(ADMIN, clock=lambda: now[0]))
        paths = {client.path(token) for token in await asyncio.gather(*(client.token() for _ in range(5)))}
        assert len(paths) == 1
        now[0] = auth.LIFE - 1
        assert {client.path(await client.token())} == paths
        now[0] = auth.LIFE + 1
        assert not {client.path(await client.token())} & paths
        await client.channel.close()


async def test_odd_signs_of_a_token_go_out_as_they_came():
    token = "ym(WCEIUs8n4uv3*4J3SJ4o9v3nx94Ez"

    def answer(path, call):
        if call["method"] == "doAuth":
            return {"stok": token, "errCode": 0} if call["params"] else {"errCode": -10020}
        return {"errCode": 0, "result": {"alias": "x"}}

    async with told("127.67.30.8", answer) as (address, server):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        await opened_.offer(SettingsTree).load("getDeviceAlias")
        assert server.asked[-1][0] == f"/stok={token}"
        await opened_.close()


async def test_a_connection_for_each_call_and_never_a_get():
    async with told("127.67.30.9", opened(lambda p, c: {"errCode": 0, "result": {"alias": "x"}})) as (address, server):
        assert (await FAMILY.fingerprint(dialer(), address)).confidence == 60
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        await opened_.offer(SettingsTree).load("getDeviceAlias")
        assert set(server.methods) == {"POST"}
        await opened_.close()


async def test_another_certificate_stops_everything():
    """Whatever is tried then, not a byte of it reaches who pretends to be the camera."""
    async with powered("127.67.30.10", "new_certificate=3", model="CW-V540") as (simulated, address):
        pinned = NetworkDialer(allowed=guard_for(["127.0.0.1"]), pins=MemoryPins())
        opened_ = await FAMILY.connect(pinned, address, "", ADMIN)
        asked, stop = simulated._requests, opened_.offer(Ptz)
        tries = (
            lambda: opened_.offer(SettingsTree).load("getDeviceAlias"),
            lambda: opened_.offer(SettingsTree).load("getDeviceAlias"),
            lambda: opened_.offer(Overview).facts(),
            lambda: opened_.offer(Actions).run("manualAlarm?stop"),
            lambda: anext(opened_.offer(Events).reports()),
            stop.stop,
            lambda: FAMILY.connect(pinned, address, "", ADMIN),
        )
        for once in tries:
            with pytest.raises(CertificateChanged):
                await once()
        assert simulated._requests == asked
        await stop.close()
        await opened_.close()


async def test_a_connection_closed_at_every_byte_of_an_answer():
    good = {"errCode": 0, "result": {"alias": "Yard"}}
    body = json.dumps(good).encode()
    head = len(f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n") + 40
    at = [0]

    def answer(path, call):
        if call["method"] != "getDeviceAlias":
            return opened(lambda *_: good)(path, call)
        return Answer(body=body, content_type="application/json", fault=Fault("closes_at", at=at[0]))

    async with told("127.67.30.11", answer) as (address, _):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        seen = set()
        for at[0] in range(0, head + len(body) + 80):
            try:
                document = await opened_.offer(SettingsTree).load("getDeviceAlias")
                assert document.text("alias") == "Yard"
                seen.add("whole")
            except (ConnectionLost, ProtocolError) as problem:
                seen.add(type(problem).__name__)
        assert {"ConnectionLost", "whole"} <= seen
        await opened_.close()


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"<html></html>", b"[]", b'"x"', b'{"errCode":', b'{"errCode":0,"result":' + b"[" * 5000, b"\xff\xfe{",
     b'{"errCode":0}' * 400_000, b'{"result":{"alias":1e999,}', b"{" + b'"a":1,' * 150_000 + b'"b":2}'],
)  # fmt: skip
async def test_answers_that_are_none_are_said_in_words(body):
    async with told("127.67.30.12", opened(lambda *_: body)) as (address, _):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        with pytest.raises((ProtocolError, NotSupported, TransportError)) as refused:
            await opened_.offer(SettingsTree).load("getDeviceAlias")
        assert "127.67.30.12" in refused.value.summary
        assert refused.value.summary.endswith(".")
        await opened_.close()


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"errCode": 0, "result": {"alias": "a"}}, "a"),
        ({"error_code": "0", "result": {"alias": 5}}, "5"),
        ({"errCode": 0, "alias": "a"}, "a"),
        ({"errCode": 0, "deviceAlias": {"alias": "a"}}, "a"),
        ({"result": {"deviceAlias": {"alias": "a"}, "errCode": "0"}}, "a"),
        ({"result": {"alias": {"alias": "a"}}}, "a"),
    ],
)
async def test_values_wherever_they_stand(answer, text):
    async with told("127.67.30.13", opened(lambda *_: answer)) as (address, _):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        assert (await opened_.offer(SettingsTree).load("getDeviceAlias")).text("alias") == text
        await opened_.close()


@pytest.mark.parametrize(
    "answer", [{"errCode": 0}, {"errCode": 0, "result": {}}, {"method": "getDeviceAlias", "errCode": 0}]
)
async def test_ok_without_a_value_is_no_support(answer):
    async with told("127.67.30.14", opened(lambda *_: answer)) as (address, _):
        opened_ = await FAMILY.connect(dialer(), address, "", ADMIN)
        with pytest.raises(NotSupported):
            await opened_.offer(SettingsTree).load("getDeviceAlias")
        await opened_.close()


async def test_secrets_stay_out_of_texts_and_logs(caplog):
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "asyncio")
    async with camera("127.67.30.15") as address:
        client = Client(dialer().http(address, None, secure=True), Login(ADMIN))
        token = (await client.token()).text
        path = client.path(await client.token())
        shown = repr(client) + repr(await client.token()) + repr(HttpRequest("POST", path, body=b"secret"))
        with pytest.raises(CameraError) as refused:
            await client.call("getNothing")
        texts = shown + str(refused.value) + refused.value.detail + caplog.text
        assert PASSWORD not in texts
        assert token not in texts
        assert "secret" not in texts
        await client.channel.close()


async def test_who_is_not_one_of_these():
    async with told("127.67.30.16", lambda *_: b"<html>hello</html>") as (address, _):
        assert await FAMILY.fingerprint(dialer(), address) is None
        with pytest.raises(NotSupported, match="OpenAPI"):
            await FAMILY.connect(dialer(), address, "", ADMIN)
    with pytest.raises(TransportError):
        await FAMILY.fingerprint(dialer(), Address("127.67.30.16", 9))


def test_what_an_odp_answer_claims():
    def clue(**said):
        body = json.dumps({"error_code": 0, "result": said}).encode()
        packet = odp.OdpPacket(odp.OdpFlag.REPLY, 1, body, result=odp.OK)
        return Clue("odp", Address("127.67.30.17"), {}, odp.encode(packet))

    claim = FAMILY.recognise(clue(mac="AABBCCDDEEFF", device_model="C340", http_port=443, factory_default=True))
    assert (claim.mac, claim.model, claim.port, claim.needs_setup) == ("aa:bb:cc:dd:ee:ff", "C340", None, True)
    assert FAMILY.recognise(clue(mac="AABBCCDDEEFF", http_port=20500)).port == 20500
    assert FAMILY.recognise(clue()) is None
    assert FAMILY.recognise(Clue("ssdp", Address("127.67.30.17"), {}, clue(mac="AABBCCDDEEFF").body)) is None


async def test_error_codes_without_a_table_are_said_with_their_number():
    error = answers.fault("-40101", "setX", "Yard")
    assert isinstance(error, DeviceFault)
    assert "-40101" in error.detail
    assert answers.fault("-7", "setX", "Yard").summary == "Yard refused this."
    assert discovery.spelled_mac("98-ba-5f-00-00-01") == "98:ba:5f:00:00:01"


@pytest.mark.shared
async def test_recorded_pairs_are_replayed(shared):
    """What clients of real cameras recorded: the login in two steps, a port as a text, a list with error_code."""
    pairs = {each["name"]: each for each in json.loads((shared / "realdata/vigi/openapi_pairs.json").read_text())}
    challenge, done = pairs["doAuth step 1 (challenge)"], pairs["doAuth step 2 (success)"]

    def replay(path, call):
        if call["method"] == "doAuth":
            return challenge["answer"] if call["params"] is None else done["answer"]
        return pairs[call["method"]]["answer"]

    async with told("127.67.30.18", replay) as (address, server):
        client = Client(dialer().http(address, None, secure=True), Login(ADMIN))
        reply = await client.call("getStreamPort")
        assert reply.values(("streamPort",)).text_of("streamPort") == "554"
        assert server.asked[0] == ("/", challenge["request"]["body"])
        assert server.asked[1][1]["params"].keys() == done["request"]["body"]["params"].keys()
        assert server.asked[2] == ("/stok=" + done["answer"]["stok"], pairs["getStreamPort"]["request"]["body"])
        media = (await client.call("getMediaList", pairs["getMediaList"]["request"]["body"]["params"])).root.child(
            "media"
        )
        assert media.child("file_id").items() == ("00010000000001", "00010000000002")
        await client.channel.close()
