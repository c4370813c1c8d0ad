"""What a simulated camera's documents are: believable to read, strict to write."""

from __future__ import annotations

import asyncio
import json
import xml.etree.ElementTree as ET
import zlib

import httpx
import pytest

from app.simulator.farm import Farm

pytestmark = pytest.mark.anyio
PASSWORD = "Right-1234"
NS = "{http://www.hikvision.com/ver20/XMLSchema}"
SUB = "/ISAPI/Streaming/channels/102"
COLOR = "/ISAPI/Image/channels/1/color"
USERS = "/ISAPI/Security/users"


def client(farm: Farm, user: str = "admin", password: str = PASSWORD) -> httpx.AsyncClient:
    line = farm.camera_lines()[0]
    auth = httpx.DigestAuth(user, password)
    return httpx.AsyncClient(base_url=f"http://{line['address']}:{line['http_port']}", auth=auth, trust_env=False)


def outcome(answer: httpx.Response) -> tuple[int, str, str]:
    root = ET.fromstring(answer.content)
    assert root.tag == f"{NS}ResponseStatus"
    return answer.status_code, root.findtext(f"{NS}statusCode"), root.findtext(f"{NS}subStatusCode")


def leaf(answer: httpx.Response, path: str) -> ET.Element:
    found = ET.fromstring(answer.content).find("/".join(f"{NS}{step}" for step in path.split("/")))
    assert found is not None, path
    return found


def listed(body: bytes, above: str = "") -> list[str]:
    def walk(node: ET.Element, above: str) -> list[str]:
        found = []
        for entry in node.findall(f"{NS}Resource"):
            path = f"{above}/{entry.findtext(f'{NS}name')}"
            found.append(path)
            for below in entry.findall(f"{NS}ResourceList"):
                found += walk(below, path)
        return found

    return walk(ET.fromstring(body), above)


async def test_everything_in_the_recursive_index_answers(run_camera):
    async with run_camera() as farm, client(farm) as http:
        services = listed((await http.get("/ISAPI/index")).content)
        assert {"/System", "/Streaming", "/Image", "/Security", "/Event", "/Smart"} <= set(services)
        seen = 0
        for service in services:
            for path in listed((await http.get(f"/ISAPI{service}/indexr")).content, service):
                described = await http.get(f"/ISAPI{path}/description")
                assert described.status_code == 200, path
                readable = ET.fromstring(described.content).find(f"{NS}get") is not None
                # Nobody has uploaded a certificate, or had a request made, yet.
                if not readable or path.endswith(
                    ("alertStream", "deviceCertificate", "certSignReq", "downloadCertSignReq")
                ):
                    continue
                seen += 1
                answer = await http.get(f"/ISAPI{path}")
                assert answer.status_code == 200, path
                if answer.headers["content-type"].startswith("application/xml"):
                    assert answer.content.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\r\n<')
                    ET.fromstring(answer.content)
                caps = await http.get(f"/ISAPI{path}/capabilities")
                assert caps.status_code in (200, 403), path
                if caps.status_code == 200:
                    assert ET.fromstring(caps.content).tag == ET.fromstring(answer.content).tag
        assert seen > 60


async def test_every_document_can_be_written_back_unchanged(run_camera):
    async with run_camera() as farm, client(farm) as http:
        for service in listed((await http.get("/ISAPI/index")).content):
            for path in listed((await http.get(f"/ISAPI{service}/indexr")).content, service):
                description = ET.fromstring((await http.get(f"/ISAPI{path}/description")).content)
                writable = description.find(f"{NS}get") is not None and description.find(f"{NS}put") is not None
                if not writable or ("Certificate" in path and "web" not in path):
                    continue
                before = await http.get(f"/ISAPI{path}")
                if before.headers["content-type"].startswith("application/octet-stream"):
                    continue
                assert outcome(await http.put(f"/ISAPI{path}", content=before.content))[0] == 200, path
                if "/time" not in path:
                    assert (await http.get(f"/ISAPI{path}")).content == before.content, path


async def test_a_value_is_kept_and_the_rest_stays(run_camera):
    async with run_camera() as farm, client(farm) as http:
        before = (await http.get(COLOR)).content
        sent = b"<Color><brightnessLevel>71</brightnessLevel><madeUp>9</madeUp></Color>"
        assert outcome(await http.put(COLOR, content=sent)) == (200, "1", "ok")
        after = (await http.get(COLOR)).content
        assert after == before.replace(b"<brightnessLevel>50<", b"<brightnessLevel>71<")
        whole = await http.get("/ISAPI/Image/channels/1")
        assert leaf(whole, "Color/brightnessLevel").text == "71"
        assert farm.cameras[0].video.picture_settings().brightness == 71


@pytest.mark.parametrize(
    ("path", "body", "expected"),
    [
        (COLOR, b"<Color><brightnessLevel>101</brightnessLevel></Color>", (400, "6", "badParameters")),
        (COLOR, b"<Color><brightnessLevel>bright</brightnessLevel></Color>", (400, "6", "badXmlContent")),
        (COLOR, b"<Color><brightnessLevel>", (400, "5", "badXmlFormat")),
        (COLOR, b"", (400, "5", "badXmlFormat")),
        (COLOR, b'<!DOCTYPE a [<!ENTITY b "c">]><Color/>', (400, "5", "badXmlFormat")),
        (COLOR, b"<a>" * 9000, (400, "5", "badXmlFormat")),
        (COLOR, b"<Colour/>", (400, "6", "badXmlContent")),
        (
            "/ISAPI/System/Network/interfaces/1/ipAddress",
            b"<IPAddress><ipAddress>300.1.1.1</ipAddress></IPAddress>",
            (400, "6", "badIPv4Address"),
        ),
        (
            "/ISAPI/System/Network/interfaces/1/ipAddress",
            b"<IPAddress><subnetMask>255.0.255.0</subnetMask></IPAddress>",
            (400, "6", "badNetMask"),
        ),
        ("/ISAPI/System/Nothing", b"<a/>", (403, "4", "notSupport")),
        ("/ISAPI/System/deviceInfo/capabilities", b"<DeviceInfo/>", (403, "4", "methodNotAllowed")),
    ],
)
async def test_what_is_wrong_is_refused_and_changes_nothing(run_camera, path, body, expected):
    async with run_camera() as farm, client(farm) as http:
        before = (await http.get("/ISAPI/Image/channels/1")).content
        answer = await http.put(path, content=body)
        if expected[2] == "methodNotAllowed":
            assert answer.status_code == 405
            assert answer.headers["allow"] == "GET"
        else:
            assert outcome(answer) == expected
        assert (await http.get("/ISAPI/Image/channels/1")).content == before


async def test_unknown_paths_and_methods(run_camera):
    async with run_camera() as farm, client(farm) as http:
        assert (await http.get("/ISAPI/Nonsense")).status_code == 404
        assert (await http.get("/nothing")).status_code == 404
        answer = await http.delete("/ISAPI/System/deviceInfo")
        assert answer.status_code == 405
        assert answer.headers["allow"] == "GET, PUT"
        assert outcome(answer) == (405, "4", "methodNotAllowed")
        assert (await http.get("/ISAPI/System/deviceinfo")).status_code == 200, "letters may differ in case"


async def test_read_only_fields_are_ignored(run_camera):
    async with run_camera() as farm, client(farm) as http:
        sent = b"<DeviceInfo><deviceName>Gate</deviceName><serialNumber>mine</serialNumber></DeviceInfo>"
        assert outcome(await http.put("/ISAPI/System/deviceInfo", content=sent)) == (200, "1", "ok")
        after = await http.get("/ISAPI/System/deviceInfo")
        assert leaf(after, "deviceName").text == "Gate"
        assert leaf(after, "serialNumber").text.startswith("CW-D4M")


async def test_limits_follow_other_settings(run_camera):
    async with run_camera() as farm, client(farm) as http:
        main = "/ISAPI/Streaming/channels/101"
        rates = leaf(await http.get(f"{main}/capabilities"), "Video/maxFrameRate").get("opt").split(",")
        assert rates[0] == "5000"
        bigger = (await http.get(main)).content.replace(b">1280<", b">2560<").replace(b">720<", b">1440<")
        assert outcome(await http.put(main, content=bigger)) == (200, "1", "ok")
        rates = leaf(await http.get(f"{main}/capabilities"), "Video/maxFrameRate").get("opt").split(",")
        assert rates[0] == "2500"
        fast = bigger.replace(b"<maxFrameRate>2500<", b"<maxFrameRate>5000<")
        assert outcome(await http.put(main, content=fast)) == (400, "6", "badParameters")
        odd = bigger.replace(b"<videoResolutionHeight>1440<", b"<videoResolutionHeight>7<")
        assert outcome(await http.put(main, content=odd)) == (400, "6", "badParameters")
        h265 = bigger.replace(b">H.264<", b">H.265<")
        assert outcome(await http.put(main, content=h265)) == (200, "1", "ok")
        profile = leaf(await http.get(f"{main}/capabilities"), "Video/H265Profile")
        assert profile.get("opt") == "Main"
        assert b"H264Profile" not in (await http.get(main)).content


async def test_one_side_of_the_size_takes_the_other_along_and_the_rate_follows(run_camera):
    async with run_camera() as farm, client(farm) as http:
        main = "/ISAPI/Streaming/channels/101"
        fast = b"<StreamingChannel><Video><maxFrameRate>5000</maxFrameRate></Video></StreamingChannel>"
        assert outcome(await http.put(main, content=fast)) == (200, "1", "ok")
        wide = b"<StreamingChannel><Video><videoResolutionWidth>1920</videoResolutionWidth></Video></StreamingChannel>"
        assert outcome(await http.put(main, content=wide)) == (200, "1", "ok")
        after = await http.get(main)
        assert leaf(after, "Video/videoResolutionHeight").text == "1080"
        assert leaf(after, "Video/maxFrameRate").text == "2500"


async def test_the_stream_follows_its_settings(run_camera):
    async with run_camera() as farm, client(farm) as http:
        video = farm.cameras[0].video
        sent = (
            b"<StreamingChannel><Video><videoCodecType>MJPEG</videoCodecType><videoResolutionWidth>352"
            b"</videoResolutionWidth><videoResolutionHeight>288</videoResolutionHeight><maxFrameRate>600</maxFrameRate>"
            b"<videoQualityControlType>CBR</videoQualityControlType><constantBitRate>777</constantBitRate>"
            b"<GovLength>12</GovLength></Video></StreamingChannel>"
        )
        assert outcome(await http.put(SUB, content=sent)) == (200, "1", "ok")
        now = video.encoder_settings("102")
        assert (now.codec, now.width, now.height, now.fps) == ("mjpeg", 352, 288, 6.0)
        assert (now.bitrate_kbps, now.gop_frames) == (777, 12)
        off = b"<StreamingChannel><enabled>false</enabled></StreamingChannel>"
        assert outcome(await http.put(SUB, content=off)) == (200, "1", "ok")
        assert video.encoder_settings("102") is None
        assert video.encoder_settings("999") is None
        overlays = "/ISAPI/System/Video/inputs/channels/1/overlays"
        text = b"<TextOverlay><enabled>true</enabled><displayText>Ramp &amp; door</displayText></TextOverlay>"
        assert outcome(await http.put(f"{overlays}/text/2", content=text)) == (200, "1", "ok")
        assert "Ramp & door" in [shown.text for shown in video.picture_settings().overlays]


async def test_picture_and_key_frame(run_camera):
    async with run_camera() as farm, client(farm) as http:
        answer = await http.get("/ISAPI/Streaming/channels/1/picture")
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.content.endswith(b"101 1280x720")
        small = {"videoResolutionWidth": "320", "videoResolutionHeight": "180"}
        answer = await http.get("/ISAPI/Streaming/channels/101/picture", params=small)
        assert answer.content.endswith(b"101 320x180")
        refused = await http.get("/ISAPI/Streaming/channels/101/picture", params={"videoResolutionWidth": "x"})
        assert outcome(refused) == (400, "6", "badParameters")
        assert outcome(await http.put("/ISAPI/Streaming/channels/101/requestKeyFrame")) == (200, "1", "ok")


async def test_lists_of_shapes_are_replaced_and_lists_of_things_are_not(run_camera):
    async with run_camera() as farm, client(farm) as http:
        fields = "/ISAPI/Smart/FieldDetection/1"
        two = (
            b"<FieldDetection><FieldDetectionRegionList>"
            + b"".join(
                b"<FieldDetectionRegion><id>%d</id><enabled>true</enabled><RegionCoordinatesList>%s</RegionCoordinatesList>"
                b"</FieldDetectionRegion>"
                % (
                    key,
                    b"".join(
                        b"<RegionCoordinates><positionX>%d</positionX><positionY>%d"
                        b"</positionY></RegionCoordinates>" % point
                        for point in ((1, 2), (3, 4), (500, 6))
                    ),
                )
                for key in (1, 2)
            )
            + b"</FieldDetectionRegionList></FieldDetection>"
        )
        assert outcome(await http.put(fields, content=two)) == (200, "1", "ok")
        after = ET.fromstring((await http.get(fields)).content)
        regions = after.findall(f".//{NS}FieldDetectionRegion")
        assert [region.findtext(f"{NS}id") for region in regions] == ["1", "2"]
        assert [p.findtext(f"{NS}positionX") for p in regions[1].iter(f"{NS}RegionCoordinates")] == ["1", "3", "500"]
        outside = two.replace(b"<positionX>500<", b"<positionX>5000<")
        assert outcome(await http.put(fields, content=outside)) == (400, "6", "badParameters")
        short = two.replace(
            b"<RegionCoordinates><positionX>3</positionX><positionY>4</positionY></RegionCoordinates>", b""
        )
        assert outcome(await http.put(fields, content=short)) == (400, "6", "badParameters")
        empty = b"<FieldDetection><FieldDetectionRegionList/></FieldDetection>"
        assert outcome(await http.put(fields, content=empty)) == (200, "1", "ok")
        assert b"<FieldDetectionRegion " not in (await http.get(fields)).content
        ports = b"<AdminAccessProtocolList/>"
        assert outcome(await http.put("/ISAPI/Security/adminAccesses", content=ports)) == (200, "1", "ok")
        assert (await http.get("/ISAPI/Security/adminAccesses")).content.count(b"<AdminAccessProtocol ") == 4


async def test_accounts_and_their_levels(run_camera):
    async with run_camera() as farm, client(farm) as http:
        new = b"<User><userName>%s</userName><password>Secret-9</password><userLevel>%s</userLevel></User>"
        made = await http.post(USERS, content=new % (b"olga", b"Operator"))
        assert outcome(made) == (200, "1", "ok")
        assert ET.fromstring(made.content).findtext(f"{NS}id") == "2"
        assert outcome(await http.post(USERS, content=new % (b"vera", b"Viewer"))) == (200, "1", "ok")
        assert outcome(await http.post(USERS, content=new % (b"vera", b"Viewer"))) == (400, "6", "badParameters")
        shown = (await http.get(USERS)).content + (await http.get(f"{USERS}/capabilities")).content
        assert b"Secret-9" not in shown
        async with client(farm, "vera", "Secret-9") as viewer, client(farm, "olga", "Secret-9") as operator:
            assert (await viewer.get(COLOR)).status_code == 200
            write = b"<Color><contrastLevel>40</contrastLevel></Color>"
            assert outcome(await viewer.put(COLOR, content=write)) == (403, "4", "lowPrivilege")
            assert outcome(await operator.put(COLOR, content=write)) == (200, "1", "ok")
            assert outcome(await operator.get(USERS)) == (403, "4", "lowPrivilege")
        change = b"<User><password>Other-77</password></User>"
        assert outcome(await http.put(f"{USERS}/2", content=change)) == (200, "1", "ok")
        async with client(farm, "olga", "Other-77") as operator:
            assert (await operator.get(COLOR)).status_code == 200
        assert outcome(await http.delete(f"{USERS}/1")) == (403, "4", "invalidOperation")
        assert outcome(await http.delete(f"{USERS}/2")) == (200, "1", "ok")
        assert b"olga" not in (await http.get(USERS)).content


async def test_the_clock_can_be_set(run_camera):
    async with run_camera() as farm, client(farm) as http:
        sent = (
            b"<Time><timeMode>manual</timeMode><localTime>2031-05-06T07:08:09</localTime>"
            b"<timeZone>CST-8:00:00</timeZone></Time>"
        )
        assert outcome(await http.put("/ISAPI/System/time", content=sent)) == (200, "1", "ok")
        now = leaf(await http.get("/ISAPI/System/time"), "localTime").text
        assert now.startswith("2031-05-06T07:08")
        assert now.endswith("+08:00")
        text = await http.get("/ISAPI/System/time/timeZone")
        assert (text.headers["content-type"], text.text.strip()) == ("text/plain", "CST-8:00:00")
        for impossible in (b"2031-02-31T00:00:00", b"1900-01-01T00:00:00", b"now"):
            answer = await http.put("/ISAPI/System/time/localTime", content=impossible)
            assert outcome(answer) == (400, "6", "badParameters")
        assert outcome(await http.put("/ISAPI/System/time/timeZone", content=b"soon")) == (400, "6", "badParameters")


async def test_backup_and_restore(run_camera):
    async with run_camera("reboot_seconds=0") as farm, client(farm) as http:
        await http.put(COLOR, content=b"<Color><contrastLevel>11</contrastLevel></Color>")
        user = b"<User><userName>vera</userName><password>Secret-9</password></User>"
        assert outcome(await http.post(USERS, content=user)) == (200, "1", "ok")
        backup = (await http.get("/ISAPI/System/configurationData")).content
        await http.delete(f"{USERS}/2")
        await http.put(COLOR, content=b"<Color><contrastLevel>99</contrastLevel></Color>")
        foreign = {"Image/channels": ["ImageChannellist", {}, "", [["ImageChannel", {}, "", [["id", {}, "9", []]]]]]}
        for bad in (foreign, {"Nowhere": ["a", {}, "", []]}, {"System/time": 1}, [1], [[[[]]]]):
            crafted = b"CWSIMCFG" + zlib.compress(json.dumps(bad).encode())
            refused = await http.put("/ISAPI/System/configurationData", content=crafted)
            assert outcome(refused) == (400, "6", "importErrorData"), bad
        for bad in (b"rubbish", b"CWSIMCFG", b"CWSIMCFG" + zlib.compress(b"[" * 100_000), backup[:-20]):
            refused = await http.put("/ISAPI/System/configurationData", content=bad)
            assert outcome(refused) == (400, "6", "importErrorData")
        assert outcome(await http.put("/ISAPI/System/configurationData", content=backup)) == (200, "1", "ok")
        camera = farm.cameras[0]
        assert camera.video.picture_settings().contrast == 11
        assert camera.gate.check("GET", "/", None, "x").account is None
        async with asyncio.timeout(20):
            while not (camera.reboots and farm.stations[0].is_up):
                await asyncio.sleep(0.01)
        async with client(farm, "vera", "Secret-9") as viewer:
            assert (await viewer.get(COLOR)).status_code == 200
