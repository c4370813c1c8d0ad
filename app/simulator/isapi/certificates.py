"""Certificates and keys that a camera is given, and those that it makes for itself."""

from __future__ import annotations

from app.simulator.http_server import Answer
from app.simulator.isapi import rules
from app.simulator.isapi.answers import OK, REBOOT_REQUIRED, Refusal
from app.simulator.isapi.call import Call
from app.simulator.isapi.camera import SERVER_CERTIFICATE, IsapiCamera
from app.simulator.isapi.tree import BadXml, Node, parse
from app.simulator.making import Made, Subject, complete, facts, request, self_signed

_STARTS = (b"-----BEGIN ", b"\x30\x82", b"\x30\x81")
_ROOT = "application/x-x509-ca-cert"
_NAMES = Subject.__dataclass_fields__


async def certificate_file(camera: IsapiCamera, call: Call) -> Answer:
    """Certificates and keys as files, one of each kind."""
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip() or _ROOT
    if call.method == "GET":
        kept = camera.files.get((call.resource.path, _ROOT))
        if kept is None:
            raise Refusal(4, "invalidOperation")
        return Answer(body=kept, content_type=_ROOT)
    if not call.request.body.startswith(_STARTS):
        raise Refusal(6, "badParameters")
    camera.files[call.resource.path, kind] = call.request.body
    return camera.status(OK, call.request)


async def server_certificate(camera: IsapiCamera, call: Call) -> Answer:
    here = (call.resource.path, "")
    kept = camera.files.get(here)
    if call.method == "PUT":
        camera.files[here] = _with_key(camera, call.request.body)
        return camera.status(REBOOT_REQUIRED, call.request)
    if call.method == "DELETE":
        if kept is None:
            raise Refusal(4, "invalidOperation")
        del camera.files[here]
        return camera.status(OK, call.request)
    info = camera.state.read(call.resource)
    if kept is not None:
        _show(info, kept)
    return camera.document(info)


def _with_key(camera: IsapiCamera, body: bytes) -> bytes:
    """What was uploaded, with the key of the camera's own request where it is the answer to that."""
    if not body.startswith(_STARTS):
        raise Refusal(6, "badParameters")
    if camera.request is None or b"PRIVATE KEY-----" in body:
        return body
    whole = complete(body, camera.request)
    if whole is None:
        raise Refusal(6, "badParameters")  # it is for another key
    return whole


def _show(info: Node, kept: bytes) -> None:
    info.put("IssuerDN/commonName", "Uploaded")
    told = facts(kept)
    for path, text in told.items():
        info.put(path, text)


async def self_sign(camera: IsapiCamera, call: Call) -> Answer:
    """A certificate of its own making with the name that is asked for, instead of an uploaded one."""
    wanted = _wanted(camera, call, "CertificateReq")
    if "makes_nothing" in camera.quirks:
        return camera.status(OK, call.request)
    made = self_signed(_subject(wanted), int(wanted.value("validity") or 365))
    camera.files[SERVER_CERTIFICATE, ""] = made.key + made.body
    return camera.status(REBOOT_REQUIRED, call.request)


async def sign_request(camera: IsapiCamera, call: Call) -> Answer:
    """What a certificate authority is to sign; the key stays in the camera."""
    if call.method == "PUT":
        wanted = _wanted(camera, call, "CertificateReq")
        camera.request = None if "makes_nothing" in camera.quirks else request(_subject(wanted))
        return camera.status(OK, call.request)
    made = _request(camera)
    if call.method == "DELETE":
        camera.request = None
        return camera.status(OK, call.request)
    info = Node(
        "CertificateReqInfo", children=[Node("id", text="1"), Node("SubjectDN"), Node("keyAlgorithm", text="EC")]
    )
    info.children[1].children = [Node(name, text=text) for name in _NAMES if (text := getattr(made.subject, name))]
    return camera.document(info)


async def download_request(camera: IsapiCamera, call: Call) -> Answer:
    return Answer(body=_request(camera).body, content_type="application/pkcs10")


def _request(camera: IsapiCamera) -> Made:
    if camera.request is None:
        raise Refusal(4, "invalidOperation")
    return camera.request


def _wanted(camera: IsapiCamera, call: Call, block: str) -> Node:
    """What was sent, within the limits that the camera declares."""
    try:
        sent = parse(call.request.body)
    except BadXml:
        raise Refusal(5, "badXmlFormat") from None
    if sent.name.lower() != block.lower():
        raise Refusal(6, "badXmlContent")
    limits = call.resource.template
    assert limits is not None
    wanted = limits.copy()
    for _, node in wanted.walk():
        node.text = ""
    try:
        rules.merge(wanted, sent, limits)
    except rules.Refused as refused:
        raise Refusal(6, refused.subcode) from None
    for name in ("countryName", "commonName"):
        if not wanted.value(f"SubjectDN/{name}"):
            raise Refusal(6, "badParameters")
    return wanted


def _subject(wanted: Node) -> Subject:
    return Subject(**{name: wanted.value(f"SubjectDN/{name}") for name in _NAMES})
