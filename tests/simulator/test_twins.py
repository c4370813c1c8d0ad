"""Twins: read with care, replayed faithfully, made from recorded answers."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.simulator.farm import Farm, plan_cameras
from app.twin.format import Twin, TwinAnswer, TwinAuth, TwinError, load_twin, save_twin
from app.twin.importer import PASSWORD, USER, import_isapi

INFO = "/ISAPI/System/deviceInfo"
BODY = b"<DeviceInfo>\r\n<deviceName>Recorded</deviceName>\r\n</DeviceInfo>\r\n"


def a_twin(scheme: str = "digest", *more: TwinAnswer) -> Twin:
    answers = (TwinAnswer("GET", INFO, 200, "application/xml", "a/0001.xml", BODY), *more)
    return Twin("isapi", "v2", "DS-TEST", TwinAuth(scheme, "olga", "Twin-9"), 404, answers)


def description(**changes: object) -> dict[str, object]:
    answers = [{"method": "GET", "path": INFO, "status": 200, "content_type": "text/xml", "file": "a.xml"}]
    base = {"format": 1, "family": "isapi", "dialect": "v2", "model": "M", "default_status": 404, "answers": answers}
    return {**base, "auth": {"scheme": "none", "user": "", "password": ""}, **changes}


def write_folder(folder: Path, document: object) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "a.xml").write_bytes(BODY)
    (folder / "twin.json").write_text(json.dumps(document))
    return folder


def test_what_is_saved_is_loaded_from_folder_and_zip(tmp_path):
    twin = a_twin("basic", TwinAnswer("GET", "/x?y=1", 403))
    folder = save_twin(twin, tmp_path / "twin")
    assert load_twin(folder) == twin
    with zipfile.ZipFile(tmp_path / "twin.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.rglob("*"):
            archive.write(file, file.relative_to(folder))
    assert load_twin(tmp_path / "twin.zip") == twin


def an_answer(**changes: object) -> dict[str, object]:
    return description(answers=[{"method": "GET", "path": "/a", "status": 200, "file": "a.xml", **changes}])


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ([], "object"),
        (description(format=2), "format"),
        (description(model=3), "model"),
        (description(auth={"scheme": "magic"}), "scheme"),
        (description(auth="digest"), "auth"),
        (description(default_status="404"), "default_status"),
        (description(default_status=99), "default_status"),
        (description(answers={}), "answers"),
        (description(answers=[1]), "answers"),
        (an_answer(method="BREW"), "method"),
        (an_answer(path="no slash"), "slash"),
        (an_answer(status=True), "status"),
        (an_answer(content_type="a\r\nX: y"), "content_type"),
        (an_answer(file="missing.xml"), "missing.xml"),
        (an_answer(file="../a.xml"), "leads out"),
        (an_answer(file="/etc/passwd"), "leads out"),
        (an_answer(file="b/../../a.xml"), "leads out"),
        (an_answer(file="C:\\a.xml"), "leads out"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, document, says):
    folder = write_folder(tmp_path / "twin", document)
    with pytest.raises(TwinError) as error:
        load_twin(folder)
    assert says in str(error.value)
    assert str(folder) in str(error.value)


def test_links_out_of_the_folder_are_refused(tmp_path):
    (tmp_path / "secret").write_text("secret")
    folder = write_folder(tmp_path / "twin", an_answer(file="link.xml"))
    (folder / "link.xml").symlink_to(tmp_path / "secret")
    with pytest.raises(TwinError, match="leads out"):
        load_twin(folder)


def test_broken_files_are_refused(tmp_path):
    with pytest.raises(TwinError, match="no twin"):
        load_twin(tmp_path / "nothing")
    (tmp_path / "not.zip").write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(TwinError, match="neither"):
        load_twin(tmp_path / "not.zip")
    folder = write_folder(tmp_path / "twin", {})
    (folder / "twin.json").write_text("{")
    with pytest.raises(TwinError, match="not JSON"):
        load_twin(folder)
    (folder / "twin.json").write_text("[" * 100_000)
    with pytest.raises(TwinError, match="not JSON"):
        load_twin(folder)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(description())), inner, max_size=7)
        ),
    )
)
def test_any_json_is_a_twin_or_a_clear_error(tmp_path, document):
    said = "a twin"
    try:
        load_twin(write_folder(tmp_path / "any", document))
    except TwinError as error:
        said = error.summary
    assert said


class Running:
    """One twin behind HTTP."""

    def __init__(self, folder: Path, host: str) -> None:
        self.farm = Farm(plan_cameras(twin=folder, bind=host, http_port=0), ssdp=False)

    async def __aenter__(self) -> str:
        await self.farm.start()
        line = self.farm.camera_lines()[0]
        self.line = line
        return f"http://{line['address']}:{line['http_port']}"

    async def __aexit__(self, *unused: object) -> None:
        await self.farm.stop()


@pytest.mark.anyio
@pytest.mark.parametrize("scheme", ["digest", "basic", "none"])
async def test_replayed_byte_for_byte_behind_its_own_login(tmp_path, scheme):
    folder = save_twin(
        a_twin(
            scheme, TwinAnswer("GET", "/ISAPI/x", 500), TwinAnswer("GET", "/q?a=1", 200, "text/plain", "q.txt", b"one")
        ),
        tmp_path / "t",
    )
    running = Running(folder, "127.16.30.1")
    async with running as url, httpx.AsyncClient(trust_env=False) as http:
        assert (running.line["model"], running.line["user"], running.line["rtsp_port"]) == ("DS-TEST", "olga", 0)
        auth = {"digest": httpx.DigestAuth, "basic": httpx.BasicAuth, "none": lambda *a: None}[scheme]("olga", "Twin-9")
        assert (await http.get(url + INFO)).status_code == (200 if scheme == "none" else 401)
        answer = await http.get(url + INFO, auth=auth)
        assert (answer.content, answer.headers["content-type"]) == (BODY, "application/xml")
        assert (await http.get(url + "/ISAPI/system/DEVICEINFO", auth=auth)).content == BODY
        assert (await http.get(url + "/q?a=1", auth=auth)).content == b"one"
        assert (await http.get(url + "/q", auth=auth)).status_code == 404
        refused = await http.get(url + "/ISAPI/x", auth=auth)
        assert refused.status_code == 500
        assert b"<statusCode>3</statusCode>" in refused.content
        assert (await http.get(url + "/upnpdevicedesc.xml")).status_code == 200


@pytest.mark.anyio
async def test_a_write_is_the_next_answer(tmp_path):
    folder = save_twin(a_twin("none", TwinAnswer("GET", "/ISAPI/no", 403)), tmp_path / "t")
    async with Running(folder, "127.16.30.2") as url, httpx.AsyncClient(trust_env=False) as http:
        answer = await http.put(url + INFO, content=b"<DeviceInfo>new\n</DeviceInfo>")
        assert answer.status_code == 200
        assert b"<statusCode>1</statusCode>" in answer.content
        assert (await http.get(url + INFO)).content == b"<DeviceInfo>new\n</DeviceInfo>"
        assert (await http.put(url + "/ISAPI/no", content=b"x")).status_code == 403
        assert (await http.put(url + "/ISAPI/unknown", content=b"x")).status_code == 404
    assert load_twin(folder).answers[0].body == BODY, "the recording itself stays"


@pytest.mark.shared
def test_recorded_devices_become_twins(shared, tmp_path):
    made = import_isapi(shared / "realdata" / "isapi", tmp_path / "twins")
    twins = {twin.model: twin for twin in map(load_twin, made)}
    assert len(twins) >= 12
    assert len({path.name for path in made}) == len(made)
    camera = twins["DS-2CD2146G2-ISU"]
    source = shared / "realdata" / "isapi" / "DS-2CD2146G2-ISU__ISAPI_Streaming_channels_101.xml"
    by_path = {answer.path: answer for answer in camera.answers}
    assert by_path["/ISAPI/Streaming/channels/101"].body == source.read_bytes()
    assert by_path["/ISAPI/System/Holidays"].status == 404
    assert (camera.auth.scheme, camera.auth.user, camera.auth.password) == ("digest", USER, PASSWORD)
    assert twins["DS-FB2127"].auth.scheme == "basic"
    assert "DS-2CD2032-I" not in twins, "only bodies of a client were recorded"


def test_a_folder_without_recordings_is_refused(tmp_path):
    with pytest.raises(TwinError, match="manifest"):
        import_isapi(tmp_path, tmp_path / "out")
    (tmp_path / "http_errors.json").write_text("[]")
    (tmp_path / "manifest.json").write_text(
        '[{"device": "a", "path": "/b", "file": "../../etc/passwd", "method": "GET"}]'
    )
    with pytest.raises(TwinError, match="not in"):
        import_isapi(tmp_path, tmp_path / "out")
