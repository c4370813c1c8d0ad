"""Digest, Basic, stale nonces, levels and the lock, over real sockets."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import xml.etree.ElementTree as ET

import anyio
import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.simulator.access import Account, Gate, Scheme
from app.simulator.farm import Farm

PASSWORD = "Right-1234"
INFO = "/ISAPI/System/deviceInfo"
NS = "{http://www.hikvision.com/ver20/XMLSchema}"


def base(farm: Farm) -> str:
    line = farm.camera_lines()[0]
    return f"http://{line['address']}:{line['http_port']}"


async def curl(*arguments: str) -> str:
    command = ["curl", "-s", "--noproxy", "*", "--max-time", "20", "-w", "%{http_code}", "-o", "/dev/null", *arguments]
    done = await anyio.to_thread.run_sync(lambda: subprocess.run(command, capture_output=True, text=True, check=False))
    return done.stdout


@pytest.mark.anyio
@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize(
    ("quirk", "how", "status"),
    [
        ("", "--digest", "200"),
        ("", "--anyauth", "200"),
        ("", "--basic", "401"),
        ("basic_only", "--basic", "200"),
        ("basic_only", "--anyauth", "200"),
        ("basic_only", "--digest", "401"),
        ("sha256_only", "--digest", "200"),
        ("sha256_first", "--digest", "200"),
        ("both_challenges", "--anyauth", "200"),
        ("both_challenges", "--basic", "200"),
        ("short_nonces", "--digest", "200"),
    ],
)
async def test_curl_gets_in_as_offered(run_camera, quirk, how, status):
    async with run_camera(*([quirk] if quirk else [])) as farm:
        url = base(farm) + INFO
        assert await curl(how, "-u", f"admin:{PASSWORD}", url) == status
        assert await curl(how, "-u", "admin:wrong", url) == "401"


@pytest.mark.anyio
@pytest.mark.parametrize("quirk", ["", "sha256_only", "basic_only"])
@pytest.mark.parametrize("password", ["p wä-1234", "密码-1234"])
async def test_passwords_beyond_ascii_as_utf8_and_as_latin_1(run_camera, quirk, password):
    """Without a charset in the challenge a client may take either; ours takes Latin-1 where it can, others do not."""
    async with run_camera(*([quirk] if quirk else []), password=password) as farm:
        how = httpx.BasicAuth if quirk == "basic_only" else httpx.DigestAuth
        for encoding in ("utf-8", "latin-1") if password.startswith("p") else ("utf-8",):
            for given, status in ((password, 200), (password + "x", 401)):
                auth = how(b"admin", given.encode(encoding))
                async with httpx.AsyncClient(auth=auth, trust_env=False) as http:
                    assert (await http.get(base(farm) + INFO)).status_code == status, encoding


@pytest.mark.anyio
async def test_one_nonce_serves_many_requests_but_no_replay(run_camera):
    async with run_camera() as farm, httpx.AsyncClient(trust_env=False) as http:
        auth = httpx.DigestAuth("admin", PASSWORD)
        first = await http.get(base(farm) + INFO, auth=auth)
        again = await http.get(base(farm) + INFO, auth=auth)
        assert (first.status_code, again.status_code) == (200, 200)
        assert not again.history, "the nonce was still good"
        header = {"Authorization": again.request.headers["Authorization"]}
        replayed = await http.get(base(farm) + INFO, headers=header)
        assert replayed.status_code == 401
        assert 'stale="TRUE"' in replayed.headers["www-authenticate"]
        elsewhere = await http.get(base(farm) + "/ISAPI/Security/users", headers=header)
        assert elsewhere.status_code == 401, "an authorization is for its own path only"


@pytest.mark.anyio
async def test_short_nonces_are_stale_at_the_second_use(run_camera):
    async with run_camera("short_nonces") as farm, httpx.AsyncClient(trust_env=False) as http:
        auth = httpx.DigestAuth("admin", PASSWORD)
        assert (await http.get(base(farm) + INFO, auth=auth)).status_code == 200
        again = await http.get(base(farm) + INFO, auth=auth)
        assert again.status_code == 200
        assert len(again.history) == 1


@pytest.mark.anyio
async def test_five_wrong_passwords_lock_and_the_body_says_how_long(run_camera):
    async with run_camera() as farm, httpx.AsyncClient(trust_env=False) as http:
        url = f"{base(farm)}/ISAPI/Security/userCheck"
        for left in (4, 3, 2, 1):
            answer = await http.get(url, auth=httpx.DigestAuth("admin", "wrong"))
            assert answer.status_code == 401
            body = ET.fromstring(answer.content)
            assert body.findtext(f"{NS}retryLoginTime") == str(left)
            assert body.findtext(f"{NS}lockStatus") == "unlock"
        await http.get(url, auth=httpx.DigestAuth("admin", "wrong"))
        answer = await http.get(url, auth=httpx.DigestAuth("admin", PASSWORD))
        assert answer.status_code == 401, "locked for the right password as well"
        body = ET.fromstring(answer.content)
        assert body.findtext(f"{NS}lockStatus") == "lock"
        assert 1790 <= int(body.findtext(f"{NS}unlockTime")) <= 1800
        assert farm.cameras[0].video.rtsp_challenges("DESCRIBE", "rtsp://x/", None, "127.0.0.1")


@pytest.mark.anyio
async def test_the_lock_ends_by_itself(run_camera):
    async with run_camera("lock_seconds=1") as farm, httpx.AsyncClient(trust_env=False) as http:
        url = base(farm) + INFO
        for _ in range(5):
            await http.get(url, auth=httpx.DigestAuth("admin", "wrong"))
        assert (await http.get(url, auth=httpx.DigestAuth("admin", PASSWORD))).status_code == 401
        with anyio.fail_after(20):
            while (await http.get(url, auth=httpx.DigestAuth("admin", PASSWORD))).status_code != 200:
                await anyio.sleep(0.05)


@pytest.mark.anyio
async def test_without_lockout_nobody_is_locked_out(run_camera):
    async with run_camera("no_lockout") as farm, httpx.AsyncClient(trust_env=False) as http:
        for _ in range(7):
            await http.get(base(farm) + INFO, auth=httpx.DigestAuth("admin", "wrong"))
        assert (await http.get(base(farm) + INFO, auth=httpx.DigestAuth("admin", PASSWORD))).status_code == 200


@pytest.mark.anyio
async def test_the_login_can_be_changed_by_setting(run_camera):
    async with run_camera() as farm, httpx.AsyncClient(trust_env=False) as http:
        assert (await http.get(base(farm) + INFO, auth=("admin", PASSWORD))).status_code == 401
        sent = b"<WebCertificate><CertificateType>digest/basic</CertificateType></WebCertificate>"
        auth = httpx.DigestAuth("admin", PASSWORD)
        assert (
            await http.put(f"{base(farm)}/ISAPI/Security/webCertificate", content=sent, auth=auth)
        ).status_code == 200
        assert (await http.get(base(farm) + INFO, auth=("admin", PASSWORD))).status_code == 200
        challenges = (await http.get(base(farm) + INFO)).headers.get_list("www-authenticate")
        assert [text.partition(" ")[0] for text in challenges] == ["Digest", "Basic"]


@pytest.mark.anyio
async def test_a_right_password_forgets_the_wrong_ones(run_camera):
    async with run_camera() as farm, httpx.AsyncClient(trust_env=False) as http:
        url = base(farm) + INFO
        for _ in range(3):
            for _ in range(4):
                await http.get(url, auth=httpx.DigestAuth("admin", "wrong"))
            assert (await http.get(url, auth=httpx.DigestAuth("admin", PASSWORD))).status_code == 200


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def gate(time: Time, *schemes: Scheme) -> Gate:
    account = Account("admin", "pass: wörd")
    return Gate("realm", schemes or (Scheme("basic"),), lambda: (account,), lock_seconds=60, clock=time)


def test_the_lock_is_per_address_and_ends():
    time = Time()
    door = gate(time)
    for _ in range(5):
        assert door.check("GET", "/", "Basic bm86bm8=", "10.0.0.1").tried
    good = httpx.BasicAuth("admin", "pass: wörd")._auth_header
    assert door.check("GET", "/", good, "10.0.0.1").locked_for == 60
    assert door.check("GET", "/", good, "10.0.0.2").account is not None
    time.now += 30
    assert door.check("GET", "/", good, "10.0.0.1").locked_for == 30
    time.now += 31
    assert door.check("GET", "/", good, "10.0.0.1").account is not None


def test_an_old_nonce_is_stale_and_not_a_wrong_password():
    time = Time()
    door = gate(time, Scheme("digest"))
    challenge = door.challenges()[0]
    flow = httpx.DigestAuth("admin", "pass: wörd").auth_flow(request := httpx.Request("GET", "http://x/"))
    next(flow)
    flow.send(httpx.Response(401, headers={"WWW-Authenticate": challenge}, request=request))
    header = request.headers["Authorization"]
    time.now += 301
    verdict = door.check("GET", "/", header, "peer")
    assert (verdict.account, verdict.stale, verdict.tried) == (None, True, False)


@given(st.text(max_size=200))
def test_any_header_is_answered(text: str):
    door = gate(Time(), Scheme("digest"), Scheme("basic"))
    for word in ("", "Digest ", "Basic "):
        assert door.check("GET", "/", word + text, "peer").account is None


@pytest.mark.anyio
async def test_https_by_quirk_and_by_setting(run_camera):
    pytest.importorskip("cryptography")
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE

    async def get(port: int, host: str, verify: ssl.SSLContext | bool = trusting) -> httpx.Response:
        async with httpx.AsyncClient(auth=httpx.DigestAuth("admin", PASSWORD), trust_env=False, verify=verify) as http:
            return await http.get(f"https://{host}:{port}/ISAPI/System/deviceInfo")

    async with run_camera("https", "reboot_seconds=0") as farm:
        line = farm.camera_lines()[0]
        assert (await get(line["https_port"], line["address"])).status_code == 200
        with pytest.raises(httpx.ConnectError, match="self-signed"):
            await get(line["https_port"], line["address"], verify=True)
        before = await asyncio.to_thread(ssl.get_server_certificate, (line["address"], line["https_port"]))
        farm.stations[0].reboot(0)
        async with asyncio.timeout(20):
            while not (farm.cameras[0].reboots and farm.stations[0].is_up):
                await asyncio.sleep(0.005)
        after = farm.camera_lines()[0]
        same = await asyncio.to_thread(ssl.get_server_certificate, (after["address"], after["https_port"]))
        assert same == before
    async with run_camera("reboot_seconds=0", "basic_only") as farm:
        line = farm.camera_lines()[0]
        assert "https_port" not in line
        base = f"http://{line['address']}:{line['http_port']}/ISAPI"
        async with httpx.AsyncClient(auth=("admin", PASSWORD), trust_env=False) as http:
            on = b"<AdminAccessProtocol><id>2</id><enabled>true</enabled></AdminAccessProtocol>"
            answer = await http.put(f"{base}/Security/adminAccesses/2", content=on)
            assert b"<statusCode>7<" in answer.content
            await http.put(f"{base}/System/reboot")
        async with asyncio.timeout(20):
            while not (farm.cameras[0].reboots and farm.stations[0].is_up):
                await asyncio.sleep(0.005)
        assert farm.stations[0].place.https_port
