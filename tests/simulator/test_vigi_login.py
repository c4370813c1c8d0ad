"""doAuth of the simulated VIGI camera: both forms, tokens and their end, the lock, TLS and the odd manners."""

from __future__ import annotations

import asyncio
import hashlib
import ssl

import httpx
import pytest

from app.simulator.quirks import Quirks
from app.simulator.vigi.login import AUTH_NEEDED, EXPIRED, LOCKED, LOCKED_TOO, WRONG_PASSWORD, Login
from tests.simulator.conftest import PASSWORD
from tests.simulator.vigi_client import Caller, calling, sha

pytestmark = pytest.mark.anyio
MD5 = hashlib.md5(PASSWORD.encode()).hexdigest()


def md5_login(digest: str) -> dict[str, object]:
    return {"method": "doAuth", "params": {"password": digest, "passwdType": "md5"}}


async def test_the_challenge_lets_in_and_the_token_opens_the_calls(run_camera):
    async with run_camera(family="vigi") as farm, calling(farm, login=False) as caller:
        first = await caller.ask({"method": "doAuth", "params": None})
        assert first["errCode"] == AUTH_NEEDED
        assert first["authenticate"] | {"nonce": ""} == {
            "realm": "TP-LINK IP-Camera", "nonce": "", "algorithm": "SHA-256", "uri": "doAuth", "method": "POST",
        }  # fmt: skip
        told = await caller.prove(PASSWORD)
        assert told["errCode"] == 0
        assert len(told["stok"]) == 32
        assert told["stok"].endswith("(*")
        caller.token = told["stok"]
        assert (await caller.call("getDeviceInfo"))["errCode"] == 0
        # The same, with the token encoded as a careful client does.
        caller.token = told["stok"].replace("(", "%28").replace("*", "%2A")
        assert (await caller.call("getDeviceInfo"))["errCode"] == 0


async def test_without_a_token_nothing_is_told(run_camera):
    async with run_camera(family="vigi") as farm, calling(farm, login=False) as caller:
        assert (await caller.ask({"method": "getDeviceInfo"})) == {"method": "getDeviceInfo", "errCode": AUTH_NEEDED}
        caller.token = "A" * 32
        assert (await caller.call("getDeviceInfo"))["errCode"] == EXPIRED


async def test_a_proof_is_taken_once_and_only_for_a_nonce_of_ours(run_camera):
    async with run_camera(family="vigi") as farm, calling(farm, login=False) as caller:
        nonce = (await caller.ask({"method": "doAuth"}))["authenticate"]["nonce"]
        proof = sha(f"{sha(f'admin:TP-LINK IP-Camera:{PASSWORD}')}:{nonce}:{sha('POST:doAuth')}")
        request = {"method": "doAuth", "params": {"nonce": nonce, "response": proof}}
        assert (await caller.ask(request))["errCode"] == 0
        assert (await caller.ask(request))["errCode"] == AUTH_NEEDED


async def test_the_first_firmware_takes_the_md5(run_camera):
    async with run_camera(family="vigi", model="CW-V230") as farm, calling(farm, login=False) as caller:
        assert "authenticate" not in await caller.ask({"method": "doAuth", "params": None})
        assert (await caller.ask(md5_login("0" * 32)))["errCode"] == WRONG_PASSWORD
        for digest in (MD5.upper(), MD5):
            caller.token = (await caller.ask(md5_login(digest)))["stok"]
            assert (await caller.call("getDeviceAlias"))["errCode"] == 0


async def test_current_firmware_answers_the_md5_with_its_challenge(run_camera):
    async with run_camera("challenge_401", family="vigi") as farm, calling(farm, login=False) as caller:
        answer = await caller.post(md5_login(MD5))
        assert answer.status_code == 401
        assert answer.json()["authenticate"]["algorithm"] == "SHA-256"


@pytest.mark.parametrize(("quirks", "code"), [((), LOCKED), (("locks_with_10030",), LOCKED_TOO)])
async def test_five_wrong_passwords_lock_and_the_right_one_no_longer_helps(run_camera, quirks, code):
    async with run_camera(*quirks, family="vigi") as farm, calling(farm, login=False) as caller:
        codes = [(await caller.prove("wrong"))["errCode"] for _ in range(5)]
        assert codes == [WRONG_PASSWORD] * 4 + [code]
        assert (await caller.prove(PASSWORD))["errCode"] == code


async def test_a_right_password_clears_the_count(run_camera):
    async with run_camera(family="vigi") as farm, calling(farm, login=False) as caller:
        for _ in range(2):
            assert [(await caller.prove("wrong"))["errCode"] for _ in range(4)] == [WRONG_PASSWORD] * 4
            assert (await caller.prove(PASSWORD))["errCode"] == 0


def test_lock_and_token_end_with_time():
    now = [1000.0]
    login = Login("pw", Quirks.parse(["md5_login"]), lambda: now[0])
    right = {"password": hashlib.md5(b"pw").hexdigest(), "passwdType": "md5"}
    for _ in range(5):
        login.do_auth({**right, "password": ""})
    assert login.do_auth(right) == {"errCode": LOCKED}
    now[0] += 1801
    token = login.do_auth(right)["stok"]
    now[0] += 1799
    assert login.refusal(token) == 0
    now[0] += 2
    assert login.refusal(token) == EXPIRED


async def test_a_token_may_hold_for_some_calls_only(run_camera):
    async with run_camera("token_uses=2", family="vigi") as farm, calling(farm) as caller:
        codes = [(await caller.call("getDeviceAlias"))["errCode"] for _ in range(3)]
        assert codes == [0, 0, EXPIRED]


async def test_get_is_answered_without_a_status_line(run_camera):
    async with run_camera(family="vigi") as farm:
        place = farm.stations[0].place
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
        reader, writer = await asyncio.open_connection(place.host, place.port, ssl=trust)
        writer.write(b"GET / HTTP/1.1\r\nHost: camera\r\n\r\n")
        assert (await reader.read()).startswith(b"{")
        writer.close()
        await writer.wait_closed()
        async with calling(farm, login=False) as caller:
            with pytest.raises(httpx.RemoteProtocolError):
                await caller.http.get(caller.base + "/")


async def test_each_connection_carries_one_call(run_camera):
    async with run_camera(family="vigi") as farm, calling(farm) as caller:
        answer = await caller.post({"method": "getDeviceInfo"}, f"/stok={caller.token}")
        assert answer.headers["connection"] == "close"


async def certificate(caller: Caller) -> bytes:
    answer = await caller.post({"method": "doAuth"})
    return answer.extensions["network_stream"].get_extra_info("ssl_object").getpeercert(binary_form=True)


async def test_the_certificate_changes_once(run_camera):
    async with run_camera("new_certificate=2", family="vigi") as farm, calling(farm, login=False) as caller:
        seen = [await certificate(caller) for _ in range(4)]
        assert seen[0] == seen[1] != seen[2] == seen[3]


async def test_what_is_no_call_is_told(run_camera):
    async with run_camera(family="vigi") as farm, calling(farm) as caller:
        for body in (b"", b"{", b"[]", b'{"params":{}}', b"[" * 100_000):
            assert (await caller.ask(body))["errCode"] == -10001
