"""What a refusal of an ISAPI device means, from status and body."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import (
    AuthError,
    BadCredentials,
    CameraError,
    DeviceBusy,
    DeviceFault,
    Forbidden,
    LockedOut,
    NotSupported,
    ProtocolError,
)
from app.families.isapi import errors
from app.families.isapi.status import Status, read_lock, read_status
from app.wire.http import HttpAnswer

WHERE = "/ISAPI/System/time"


def status(code, sub="", namespace="http://www.isapi.org/ver20/XMLSchema", extra=""):
    declared = f' xmlns="{namespace}"' if namespace else ""
    return (
        f'<?xml version="1.0"?><ResponseStatus version="2.0"{declared}><requestURL>{WHERE}</requestURL>'
        f"<statusCode>{code}</statusCode><statusString>text</statusString>"
        f"<subStatusCode>{sub}</subStatusCode>{extra}</ResponseStatus>"
    ).encode()


@pytest.mark.parametrize(
    ("http", "body", "expected"),
    [
        (200, status(4, "notSupport"), NotSupported),
        (403, status(4, "notSupport", namespace=""), NotSupported),
        (403, status(4, "invalidOperation"), NotSupported),
        (403, status(4, "lowPrivilege", namespace="http://www.hikvision.com/ver10/XMLSchema"), Forbidden),
        (403, status(4, "badAuthorization"), BadCredentials),
        (200, status(4), NotSupported),
        (200, status(2, "deviceBusy"), DeviceBusy),
        (503, status(2), DeviceBusy),
        (200, status(2, "upgrading"), DeviceBusy),
        (500, status(3, "deviceError"), DeviceFault),
        (400, status(5, "badXmlFormat"), DeviceFault),
        (400, status(6, "badXmlContent"), DeviceFault),
        (200, status(6, "somethingNew"), DeviceFault),
        (200, status("x", "somethingNew"), DeviceFault),
        (403, b"", NotSupported),
        (404, b"<html>not here</html>", NotSupported),
        (405, b"", NotSupported),
        (400, b"", DeviceFault),
        (500, b"<html>oops</html>", DeviceFault),
        (503, b"", DeviceBusy),
        (301, b"", ProtocolError),
        (401, b"", BadCredentials),
    ],
)
def test_each_refusal_becomes_its_own_error(http, body, expected):
    with pytest.raises(expected) as caught:
        errors.check(HttpAnswer(http, (), body), WHERE)
    assert caught.value.summary
    assert caught.value.detail or http == 401
    assert type(caught.value) is expected


def test_the_code_stays_out_of_the_sentence():
    with pytest.raises(DeviceFault) as caught:
        errors.check(HttpAnswer(400, (), status(6, "badXmlContent")), WHERE)
    assert "badXmlContent" not in caught.value.summary
    assert "badXmlContent" in caught.value.detail
    assert (caught.value.code, caught.value.subcode, caught.value.path) == ("6", "badXmlContent", WHERE)


@pytest.mark.parametrize("http", [200, 201, 204])
@pytest.mark.parametrize("body", [b"", status(1, "ok"), b"<DeviceInfo/>"])
def test_good_answers_are_ok(http, body):
    assert errors.check(HttpAnswer(http, (), body), WHERE).ok


def test_seven_is_done_but_wants_a_reboot():
    done = errors.check(HttpAnswer(200, (), status(7, "rebootRequired")), WHERE)
    assert done.ok
    assert done.reboot_required
    assert not errors.check(HttpAnswer(200, (), status(1, "ok")), WHERE).reboot_required


def test_ok_inside_a_server_error_is_not_ok():
    with pytest.raises(CameraError):
        errors.check(HttpAnswer(500, (), status(1, "ok")), WHERE)


LOCKED = (
    b'<?xml version="1.0" encoding="UTF-8" ?>\n<userCheck>\n<statusValue>401</statusValue>\n'
    b"<statusString>Unauthorized</statusString>\n<lockStatus>lock</lockStatus>\n<unlockTime>210</unlockTime>\n"
    b"<retryLoginTime>0</retryLoginTime>\n</userCheck>"
)


def test_a_locked_account_says_how_long():
    refused = errors.refusal(HttpAnswer(401, (), LOCKED))
    assert isinstance(refused, LockedOut)
    assert refused.seconds == 210
    assert "4 min" in refused.summary


def test_tries_left_are_told():
    body = LOCKED.replace(b">lock<", b">unlock<").replace(b">0</retry", b">4</retry").replace(b">210<", b"><")
    refused = errors.refusal(HttpAnswer(401, (), body))
    assert isinstance(refused, BadCredentials)
    assert refused.tries_left == 4
    assert "4 tries left" in refused.hint


@pytest.mark.parametrize("body", [b"", b"<html/>", b"\xff\xfe", b"<userCheck/>", b"<!DOCTYPE html><html><body>"])
def test_a_401_without_facts_says_nothing(body):
    assert errors.refusal(HttpAnswer(401, (), body)) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<!DOCTYPE html><html><head></head><body>Welcome</body></html>",
        b"<html><body><p>hi</p></body></html>",
        b'{"statusCode": 1}',
        b"<DeviceInfo><model>",
        b"not xml at all",
        status(1, "ok"),
    ],
)
def test_what_is_no_document_is_a_protocol_error(body):
    with pytest.raises(ProtocolError):
        errors.document(HttpAnswer(200, (), body), WHERE)


def test_every_subcode_has_words():
    for sub, (summary, hint) in errors.SUBCODES.items():
        assert sub == sub.lower()
        assert summary.endswith(".")
        assert hint == "" or hint.endswith(".")
        assert "please" not in (summary + hint).lower()


@given(st.integers(100, 599), st.binary(max_size=300))
def test_any_answer_gives_a_status_or_a_camera_error(http, body):
    try:
        done = errors.check(HttpAnswer(http, (), body), WHERE)
    except CameraError:
        return
    assert done.ok


@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_lock_facts_survive_any_texts(lock, seconds, tries):
    inner = "".join(
        f"<{name}>{text}</{name}>".replace("&", "")
        for name, text in (("lockStatus", lock), ("unlockTime", seconds), ("retryLoginTime", tries))
    )
    refused = errors.refusal(HttpAnswer(401, (), f"<userCheck>{inner}</userCheck>".encode("utf-8", "ignore")))
    assert refused is None or isinstance(refused, AuthError)


def test_recorded_refusals_are_understood(recorded):
    refusals = [each for each in recorded if each["root"] in ("ResponseStatus", "userCheck")]
    assert refusals
    for each in refusals:
        found = read_status(each["raw"]) or read_lock(each["raw"])
        assert found is not None, each["file"]


@pytest.mark.parametrize("sub", [*errors.SUBCODES, "", "neverHeardOf"])
@pytest.mark.parametrize("code", [2, 3, 4, 5, 6, None])
def test_every_refusal_names_the_camera(code, sub):
    problem = errors.status_error(Status(code, "Odd", sub), 400, "127.0.0.1")
    assert "127.0.0.1" in problem.summary
    assert "{" not in problem.summary
    assert problem.summary.endswith(".")


@pytest.mark.parametrize("http", [301, 400, 401, 403, 404, 405, 500, 503])
@pytest.mark.parametrize("body", [b"", b"<html></html>", b"<a"])
def test_every_http_refusal_names_the_camera(http, body):
    with pytest.raises(CameraError) as refused:
        errors.check(HttpAnswer(http, (), body), WHERE, "127.0.0.1")
    assert "127.0.0.1" in refused.value.summary


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"<html></html>", b"<a><b>", b"{}", status(1, "ok"), b"\xff\x00", b"<!DOCTYPE a><a/>"]
)
def test_every_unreadable_page_names_the_camera(body):
    with pytest.raises(CameraError) as refused:
        errors.document(HttpAnswer(200, (), body), WHERE, "127.0.0.1")
    assert "127.0.0.1" in refused.value.summary
    assert "The device" not in refused.value.summary


@pytest.mark.parametrize(
    ("text", "seconds"), [("7", 7.0), ("0", 0.0), ("", None), ("-1", None), ("Fri, 20 Nov 2026 10:00:00 GMT", None)]
)
def test_a_busy_device_says_when_to_come_back(text, seconds):
    busy = HttpAnswer(503, (("Retry-After", text),), status(2, "deviceBusy"))
    with pytest.raises(DeviceBusy) as refused:
        errors.check(busy, WHERE)
    assert refused.value.retry_after == seconds
