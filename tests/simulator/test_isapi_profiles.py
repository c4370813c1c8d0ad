"""Every model: it answers what it lists, its capabilities are what it accepts, and models differ in what they are."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator

import httpx
import pytest

from app.simulator.camera import CameraPlan
from app.simulator.farm import Farm
from app.simulator.http_server import Request
from app.simulator.isapi import SIMULATOR
from app.simulator.isapi.camera import IsapiCamera
from app.simulator.isapi.model import MODELS as PROFILES
from app.simulator.isapi.model import select
from app.simulator.isapi.rules import is_list
from app.simulator.isapi.tree import Node, Style, parse, write
from app.simulator.quirks import Quirks

pytestmark = pytest.mark.anyio
PASSWORD = "Right-1234"
LOGIN = httpx.BasicAuth("admin", PASSWORD)._auth_header
MODELS = tuple(model.name for model in PROFILES)  # the first generation has paths and tests of its own
# Resources whose answer is no document, or one that ends only with the connection.
NO_DOCUMENT = ("alertStream", "deviceCertificate", "certSignReq", "downloadCertSignReq", "picture", "configurationData")


class Direct:
    """A camera spoken to without a socket, so that thousands of writes take seconds."""

    def __init__(self, model: str, *quirks: str) -> None:
        login = () if model == "CW-L1M" else ("both_challenges",)
        plan = CameraPlan("isapi", "127.27.1.1", password=PASSWORD, model=model, quirks=Quirks.parse((*login, *quirks)))
        self.camera = SIMULATOR.build(plan, lambda *_: b"\xff\xd8")
        assert isinstance(self.camera, IsapiCamera)

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
        request = Request(method, path, path, {}, {"authorization": LOGIN}, body, "127.0.0.1")
        answer = await self.camera.handle(request)
        if answer.stream is not None:
            await answer.stream.aclose()
        return answer.status, answer.body

    async def paths(self) -> list[str]:
        status, body = await self.ask("GET", "/ISAPI/index")
        if status != 200:  # the oldest have no index: their own catalogue, then
            return [f"/ISAPI/{path}" for path in self.camera.state.catalog.views]
        found: list[str] = []
        for service in listed(parse(body), ""):
            found += listed(parse((await self.ask("GET", f"/ISAPI{service}/indexr"))[1]), service)
        return [f"/ISAPI{path}" for path in found]


def listed(node: Node, above: str) -> list[str]:
    found = []
    for entry in (child for child in node.children if child.name == "Resource"):
        path = f"{above}/{entry.value('name')}"
        found.append(path)
        for below in (child for child in entry.children if child.name == "ResourceList"):
            found += listed(below, path)
    return found


@pytest.mark.parametrize("model", MODELS)
async def test_what_is_listed_answers_and_what_is_described_is_allowed(model):
    device = Direct(model)
    paths = await device.paths()
    assert len(paths) == len(set(paths))
    assert len(paths) > 50
    for path in paths:
        status, body = await device.ask("GET", f"{path}/description")
        assert status == 200, path
        described = {child.name for child in parse(body).children} & {"get", "put", "post", "delete"}
        for method in {"put", "post", "delete"} - described:
            status, body = await device.ask(method.upper(), path, b"<a/>")
            assert status in (403, 405), (method, path)
        if "get" not in described:
            status, body = await device.ask("GET", path)
            assert status in (403, 405), path
            continue
        if path.endswith(NO_DOCUMENT):
            continue
        status, body = await device.ask("GET", path)
        if path.endswith("Event/triggers") and "list_500" in device.camera.quirks:
            assert status == 500
            continue
        assert status == 200, path
        if body.lstrip().startswith(b"<"):
            root = parse(body).name
            status, body = await device.ask("GET", f"{path}/capabilities")
            assert status in (200, 403), path
            assert status == 403 or parse(body).name == root, path


@pytest.mark.parametrize("model", MODELS)
async def test_every_document_is_taken_back_unchanged(model):
    device = Direct(model)
    state = device.camera.state
    for path in await device.paths():
        target = path.removeprefix("/ISAPI/")
        status, before = await device.ask("GET", path)
        description = parse((await device.ask("GET", f"{path}/description"))[1])
        if status != 200 or description.child("put") is None or path.endswith(NO_DOCUMENT) or "ertificate/" in path:
            continue
        status, answer = await device.ask("PUT", path, before)
        assert status == 200, (path, answer)
        if "/time" not in path:
            assert (await device.ask("GET", path))[1] == before, path
    assert state.version < 20, "a document that holds nothing new is not a change"
    assert target


def leaves(rules: Node, steps: str = "") -> Iterator[tuple[str, Node]]:
    """Paths in the grammar of `select`, of the writable leaves that say their limits."""
    for index, rule in enumerate(rules.children):
        if is_list(rules):
            key = rule.value("id")
            if not key:
                continue
            here = f"{steps}/{rule.name}[{key}]".lstrip("/")
        else:
            here = f"{steps}/{rule.name}".lstrip("/")
        if rule.children or is_list(rule):
            yield from leaves(rule, here)
        elif {"opt", "min", "max"} & set(rule.attributes) and "ro" not in rule.attributes:
            yield here, rule
        assert index < 1000


def tries(rule: Node) -> Iterator[tuple[str, bool]]:
    """Values for a leaf as a client reads them from its capabilities, and whether they are to be taken."""
    limits = rule.attributes
    if "opt" in limits:
        options = [option.strip() for option in limits["opt"].split(",")]
        yield from ((option, True) for option in options)
        yield "none of these", False
        if limits.get("t") == "set":
            yield ",".join(options), True
            yield f"{options[0]},none", False
        return
    low, high = limits.get("min"), limits.get("max")
    if limits.get("t") in ("s", "hex"):
        assert low is not None
        assert high is not None
        yield "a" * int(low), True
        yield "a" * int(high), True
        yield "a" * (int(high) + 1), False
        if int(low) > 0:
            yield "a" * (int(low) - 1), False
        return
    step = 0.01 if "." in rule.text else 1
    assert low is not None
    assert high is not None
    number = float if "." in rule.text else int
    for text, good in ((low, True), (high, True), (number(low) - step, False), (number(high) + step, False)):
        yield (str(text) if isinstance(text, str) else f"{text:.2f}" if number is float else str(text)), good
    yield "soon", False


def sparse(root: Node, steps: str, text: str) -> Node:
    """The smallest document that says this leaf: members keep their id."""
    name, _, rest = steps.partition("/")
    bare, _, key = name.rstrip("]").partition("[")
    inner = Node(bare, text="" if rest else text)
    if key:
        inner.children.append(Node("id", text=key))
    if rest:
        inner = Node(bare, children=[*inner.children, *sparse(Node(bare), rest, text).children])
    return Node(root.name, children=[inner])


# What a leaf may be depends on others as well; these have tests of their own.
TOGETHER = ("videoResolutionWidth", "videoResolutionHeight", "maxFrameRate", "portNo", "ipAddress", "timeZone")


@pytest.mark.parametrize("model", MODELS)
async def test_capabilities_are_what_is_accepted(model):
    """Each leaf at both limits, beyond them, with each option and with a wrong one, alone in a document."""
    device = Direct(model)
    state, count = device.camera.state, 0
    for resource in list(state.catalog.resources.values()):
        if resource.template is None or "PUT" not in resource.levels or resource.do:
            continue
        path = f"/ISAPI/{resource.path}"
        status, body = await device.ask("GET", f"{path}/capabilities")
        shown = parse(body) if status == 200 else None
        rules = state.rules(resource)
        for steps, rule in leaves(rules):
            if rule.name in TOGETHER or resource.path == "Security/users" or in_shapes(rules, steps):
                continue
            seen = select(shown, steps) if shown is not None else None
            if seen is not None:
                assert {k: v for k, v in seen.attributes.items() if k in ("min", "max")} == {
                    k: v for k, v in rule.attributes.items() if k in ("min", "max")
                }, (path, steps)
            for text, good in tries(rule):
                status, answer = await device.ask("PUT", path, write(sparse(rules, steps, text), Style()))
                conflict = good and status == 403 and device.camera.in_the_way
                assert conflict or (status == 200) is good, (path, steps, text, answer)
                if good and not conflict and "wo" not in rule.attributes:
                    held = select(state.read(resource), steps)
                    assert held is not None
                    assert held.text == text, (path, steps)
                count += 1
            state.reset()
            device.camera.in_the_way = ()
    assert count > 300


def in_shapes(rules: Node, steps: str) -> bool:
    """Whether the leaf is a member of a list that a document replaces as a whole."""
    node: Node | None = rules
    for step in steps.split("/"):
        assert node is not None
        if is_list(node) and "fixed" not in node.attributes:
            return True
        name, _, key = step.rstrip("]").partition("[")
        node = node.item(key) if key else node.child(name)
    return False


def client(farm: Farm, user: str = "admin", password: str = PASSWORD) -> httpx.AsyncClient:
    line = farm.camera_lines()[0]
    auth = httpx.DigestAuth(user, password)
    return httpx.AsyncClient(base_url=f"http://{line['address']}:{line['http_port']}", auth=auth, trust_env=False)


def texts(answer: httpx.Response, name: str) -> list[str]:
    return [node.text or "" for node in ET.fromstring(answer.content).iter() if node.tag.rpartition("}")[2] == name]


async def test_the_old_one_takes_only_basic_and_counts_from_one(run_camera):
    async with run_camera(model="CW-L1M") as farm:
        line = farm.camera_lines()[0]
        url = f"http://{line['address']}:{line['http_port']}/ISAPI"
        async with httpx.AsyncClient(trust_env=False, auth=("admin", PASSWORD)) as http:
            refused = await http.get(f"{url}/System/deviceInfo", auth=httpx.DigestAuth("admin", PASSWORD))
            assert refused.status_code == 401
            assert refused.headers.get_list("www-authenticate")[0].startswith("Basic")
            assert texts(await http.get(f"{url}/Streaming/channels"), "id") == ["1", "2"]
            for spelling in ("1", "101"):
                assert texts(await http.get(f"{url}/Streaming/channels/{spelling}"), "id") == ["1"]
                assert farm.cameras[0].video.encoder_settings(spelling).width == 1280
            assert (await http.get(f"{url}/index")).status_code == 403
            assert (await http.get(f"{url}/Smart/capabilities")).status_code in (403, 404)
            caps = (await http.get(f"{url}/Image/channels/1/capabilities")).text
            assert " def=" in caps
            assert " default=" in caps
            assert (await http.get(f"{url}/System/time/ntpServers/capabilities")).status_code == 403


async def test_the_g2_fails_the_list_and_answers_each(run_camera):
    async with run_camera(model="CW-G4A") as farm, client(farm) as http:
        assert (await http.get("/ISAPI/Event/triggers")).status_code == 500
        one = await http.get("/ISAPI/Event/triggers/regionEntrance-1")
        assert texts(one, "eventType") == ["regionEntrance"]
        motion = await http.get("/ISAPI/System/Video/inputs/channels/1/motionDetection")
        assert texts(motion, "targetType") == ["human"]
        assert len(texts(motion, "Region")) == 1
        assert texts(await http.get("/ISAPI/Streaming/channels/101"), "audioCompressionType") == ["AAC"]
        wanted = b"<MotionDetectionLayout><targetType>human,vehicle</targetType></MotionDetectionLayout>"
        done = await http.put("/ISAPI/System/Video/inputs/channels/1/motionDetection/layout", content=wanted)
        assert done.status_code == 200


async def test_the_recorder_has_eight_of_everything_but_one(run_camera):
    async with run_camera(model="CW-N8R") as farm, client(farm) as http:
        listed = await http.get("/ISAPI/ContentMgmt/InputProxy/channels")
        assert texts(listed, "id") == [str(n) for n in range(1, 9)]
        assert ET.fromstring(listed.content).get("size") != "8"
        assert b"\r" not in listed.content
        assert b"isapi.org" in listed.content
        ids = texts(await http.get("/ISAPI/Streaming/channels"), "id")
        assert (ids[0], ids[-1], len(ids)) == ("101", "802", 16)
        states = texts(await http.get("/ISAPI/ContentMgmt/InputProxy/channels/status"), "chanDetectResult")
        assert [n for n, word in enumerate(states, 1) if word != "connect"] == [5]
        video = farm.cameras[0].video
        assert video.encoder_settings("501") is None
        assert video.encoder_settings("802").fps == 25
        seeds = {video.channel_picture(f"{n}01").seed for n in range(1, 9)}
        assert len(seeds) == 8
        name = b"<VideoInputChannel><name>Back door</name></VideoInputChannel>"
        assert (await http.put("/ISAPI/System/Video/inputs/channels/3", content=name)).status_code == 200
        assert "Back door" in [shown.text for shown in video.channel_picture("301").overlays]


async def test_heat_and_light(run_camera):
    async with run_camera(model="CW-H2T") as farm, client(farm) as http:
        ids = texts(await http.get("/ISAPI/Streaming/channels"), "id")
        assert ids == ["101", "102", "201", "202"]
        wanted = b"<ThermometryBasicParam><emissivity>0.30</emissivity></ThermometryBasicParam>"
        path = "/ISAPI/Thermal/channels/2/thermometry/basicParam"
        assert (await http.put(path, content=wanted)).status_code == 200
        assert texts(await http.get(path), "emissivity") == ["0.30"]
        assert (await http.put(path, content=wanted.replace(b"0.30", b"0.00"))).status_code == 400
        assert farm.cameras[0].video.channel_picture("201").saturation == 0
        assert farm.cameras[0].video.channel_picture("101").saturation == 50
