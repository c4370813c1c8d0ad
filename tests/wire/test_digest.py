"""Challenges as devices send them, answers as the standards and other programs compute them."""

from __future__ import annotations

import base64
import hashlib
import re
import shutil
import subprocess

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.auth import HTTPDigestAuth

from app.errors import InvalidSetting
from app.wire.digest import Challenge, DigestClient, parse_challenges, strongest

RFC7616_NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
RFC7616_OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"


def parameter(authorization: str | None, name: str) -> str:
    assert authorization is not None
    found = re.search(rf'(?:^|[ ,]){re.escape(name)}="?([^",]*)', authorization)
    return found.group(1) if found else ""


def answered(header: str, user: str, password: str, cnonce: str = "0a4f113b") -> DigestClient:
    client = DigestClient(user, password, make_cnonce=lambda: cnonce)
    assert client.answer(parse_challenges([header]))
    return client


class TestParsing:
    def test_one_plain_digest(self) -> None:
        (found,) = parse_challenges(['Digest realm="IP Camera(83813)", qop="auth", nonce="4e4a", stale="FALSE"'])
        assert found == Challenge("digest", "IP Camera(83813)", "4e4a", qop=("auth",))

    def test_two_headers_keep_their_order(self) -> None:
        found = parse_challenges(['Basic realm="r"', 'Digest realm="r", nonce="n"'])
        assert [each.scheme for each in found] == ["basic", "digest"]

    @pytest.mark.parametrize(
        "joined",
        [
            'Basic realm="a, b", Digest realm="a, b", nonce="n", qop="auth"',
            'Digest realm="a, b",nonce="n",qop="auth", Basic realm="a, b"',
            'Digest realm="a, b", nonce="n", qop="auth" Basic realm="a, b"',
            'BASIC  realm = "a, b" ,, dIGEST Realm="a, b" nonce=n , QOP=auth',
            'Negotiate, Basic realm="a, b", NTLM, Digest realm="a, b", nonce="n", qop="auth"',
        ],
    )
    def test_several_in_one_line(self, joined: str) -> None:
        found = {each.scheme: each for each in parse_challenges([joined])}
        assert found["basic"].realm == "a, b"
        assert found["digest"] == Challenge("digest", "a, b", "n", qop=("auth",))

    def test_token68_and_unknown_schemes_take_nothing_from_their_neighbours(self) -> None:
        found = parse_challenges(['Negotiate YIIabc==, Custom x="1", nonce="no", Digest realm="r", nonce="n"'])
        assert [each.scheme for each in found] == ["negotiate", "custom", "digest"]
        assert found[2].nonce == "n"

    def test_empty_opaque_is_not_a_missing_one(self) -> None:
        head = 'Digest realm="r", domain="::", nonce="n"'
        assert parse_challenges([f'{head}, opaque="", algorithm="MD5"'])[0].opaque == ""
        assert parse_challenges([head])[0].opaque is None

    def test_missing_quotes(self) -> None:
        (found,) = parse_challenges(["Digest realm=IP Camera, nonce=ab12, algorithm=SHA-256, qop=auth, stale=TRUE"])
        assert (found.realm, found.nonce, found.algorithm, found.qop) == (
            "IP Camera",
            "ab12",
            "SHA-256",
            ("auth",),
        )
        assert found.stale

    def test_missing_commas(self) -> None:
        (found,) = parse_challenges(["Digest realm=x y nonce=ab algorithm=MD5 qop=auth"])
        assert (found.realm, found.nonce, found.algorithm, found.qop) == ("x y", "ab", "MD5", ("auth",))

    def test_quote_that_is_never_closed(self) -> None:
        (found,) = parse_challenges(['Digest nonce="n", realm="open'])
        assert (found.nonce, found.realm) == ("n", "open")

    def test_first_of_a_repeated_parameter_wins(self) -> None:
        assert parse_challenges(['Digest nonce="a", nonce="b"'])[0].nonce == "a"

    def test_qop_list(self) -> None:
        assert parse_challenges(['Digest nonce="a", qop="auth, auth-int"'])[0].qop == ("auth", "auth-int")
        assert parse_challenges(['Digest nonce="a", qop="AUTH,auth-int,"'])[0].qop == ("auth", "auth-int")

    def test_no_control_characters_survive(self) -> None:
        (found,) = parse_challenges(['Digest realm="a\r\nX-Evil: 1", nonce="n\x00"'])
        assert (found.realm, found.nonce) == ("aX-Evil: 1", "n")

    def test_a_flood_is_cut(self) -> None:
        assert len(parse_challenges(["Basic realm=x"] * 10_000)) == 32
        assert len(parse_challenges(["Basic realm=x," * 10_000])) == 32

    @given(st.lists(st.text(max_size=300), max_size=5))
    def test_any_text(self, values: list[str]) -> None:
        self.use_all(parse_challenges(values))

    words = "Digest Basic NTLM realm nonce algorithm MD5-sess sha-256 qop auth auth-int stale true charset"
    pieces = st.sampled_from([*words.split(), *' ,="\\\té\n', "UTF-8", "userhash", "x"])

    @given(st.lists(pieces, max_size=60).map("".join))
    def test_any_mixture_of_pieces(self, value: str) -> None:
        self.use_all(parse_challenges([value]))

    @staticmethod
    def use_all(challenges: tuple[Challenge, ...]) -> None:
        """Whatever was read can be chosen and answered, and the answer is one header line that reads back."""
        client = DigestClient('us"er', "pass")
        if client.answer(challenges):
            value = client.authorization("GET", "/x")
            assert value is not None
            assert not any(sign in value for sign in "\r\n\0")
            if client.scheme == "digest":
                taken = strongest(challenges)
                assert taken is not None
                (echo,) = parse_challenges([value])
                assert (echo.realm, echo.nonce, echo.opaque) == (taken.realm, taken.nonce, taken.opaque)


class TestStrongest:
    md5 = Challenge("digest", nonce="n")
    sha = Challenge("digest", nonce="n", algorithm="SHA-256")
    basic = Challenge("basic")
    unknown = Challenge("digest", nonce="n", algorithm="SHA-512-256")

    def test_order(self) -> None:
        assert strongest([self.basic, self.md5, self.sha]) is self.sha
        assert strongest([self.basic, self.md5]) is self.md5
        assert strongest([self.basic]) is self.basic
        assert strongest([]) is None

    def test_first_of_equals(self) -> None:
        other = Challenge("digest", nonce="m")
        assert strongest([self.md5, other]) is self.md5

    def test_basic_is_allowed_or_not(self) -> None:
        assert strongest([self.basic], allow_basic=False) is None

    def test_an_unknown_digest_does_not_open_the_door_to_basic(self) -> None:
        assert strongest([self.unknown, self.basic]) is None
        assert strongest([Challenge("digest"), self.basic]) is None
        assert strongest([self.unknown, self.md5]) is self.md5


class TestVectors:
    def test_rfc2617(self) -> None:
        client = answered(
            'Digest realm="testrealm@host.com", qop="auth,auth-int", '
            'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
            "Mufasa",
            "Circle Of Life",
        )
        value = client.authorization("GET", "/dir/index.html")
        assert parameter(value, "response") == "6629fae49393a05397450978507c4ef1"
        assert parameter(value, "nc") == "00000001"
        assert parameter(value, "opaque") == "5ccc069c403ebaf9f0171e9517f40e41"
        assert parameter(value, "algorithm") == ""

    @pytest.mark.parametrize(
        ("algorithm", "response"),
        [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ],
    )
    def test_rfc7616(self, algorithm: str, response: str) -> None:
        client = answered(
            f'Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm={algorithm}, '
            f'nonce="{RFC7616_NONCE}", opaque="{RFC7616_OPAQUE}"',
            "Mufasa",
            "Circle of Life",
            "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        )
        value = client.authorization("GET", "/dir/index.html")
        assert parameter(value, "response") == response
        assert parameter(value, "algorithm") == algorithm
        assert f'realm="http-auth@example.org", nonce="{RFC7616_NONCE}", uri="/dir/index.html"' in (value or "")

    def test_basic(self) -> None:
        client = answered('Basic realm="WallyWorld"', "Aladdin", "open sesame")
        assert client.authorization("GET", "/") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="

    def test_basic_charset(self) -> None:
        assert answered('Basic realm="foo", charset="UTF-8"', "test", "123£").authorization("GET", "/") == (
            "Basic dGVzdDoxMjPCow=="
        )
        assert answered('Basic realm="foo"', "test", "123£").authorization("GET", "/") == (
            "Basic " + base64.b64encode("test:123£".encode("latin-1")).decode()
        )
        assert answered('Basic realm="foo"', "test", "密码").authorization("GET", "/") == (
            "Basic " + base64.b64encode("test:密码".encode()).decode()
        )

    @pytest.mark.parametrize("charset", ["", ', charset="UTF-8"'])
    @pytest.mark.parametrize("password", ["plain", "pässword", "密码"])
    def test_password_bytes(self, charset: str, password: str) -> None:
        client = answered(f'Digest realm="r", nonce="n"{charset}', "u", password)
        latin = not charset and password != "密码"
        secret = hashlib.md5(b"u:r:" + password.encode("latin-1" if latin else "utf-8")).hexdigest()
        asked = hashlib.md5(b"GET:/").hexdigest()
        expected = hashlib.md5(f"{secret}:n:{asked}".encode()).hexdigest()
        assert parameter(client.authorization("GET", "/"), "response") == expected

    def test_userhash(self) -> None:
        client = answered('Digest realm="r", nonce="n", algorithm=SHA-256, userhash=true', "Jäsøn Doe", "x")
        value = client.authorization("GET", "/")
        expected = hashlib.sha256("Jäsøn Doe:r".encode("latin-1")).hexdigest()
        assert parameter(value, "username") == expected
        assert parameter(value, "userhash") == "true"

    def test_a_user_beyond_latin_is_named_in_the_extended_form(self) -> None:
        client = answered('Digest realm="r", nonce="n", charset=UTF-8', "Jäsøn Doe", "x")
        assert "username*=UTF-8''J%C3%A4s%C3%B8n%20Doe" in (client.authorization("GET", "/") or "")


# httpx does not say its cnonce in a session algorithm without qop, so nobody could check that answer.
@pytest.mark.parametrize(
    ("algorithm", "qop"),
    [("", ""), ("MD5", ""), ("SHA-256", ""), ("", "auth"), ("MD5", "auth"), ("MD5-sess", "auth"), ("SHA-256", "auth")],
)
@given(
    user=st.text("abcXYZ019 ._-@", min_size=1, max_size=20),
    password=st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=30),
)
def test_same_response_as_httpx(algorithm: str, qop: str, user: str, password: str) -> None:
    header = 'Digest realm="IP Camera, (1)", nonce="abcd1234", opaque="o"'
    header += f', qop="{qop}"' if qop else ""
    header += f", algorithm={algorithm}" if algorithm else ""
    auth = httpx.DigestAuth(user, password)
    flow = auth.auth_flow(httpx.Request("PUT", "http://cam/ISAPI/a?b=1"))
    request = next(flow)
    request = flow.send(httpx.Response(401, headers={"www-authenticate": header}, request=request))
    theirs = request.headers["authorization"]
    ours = answered(header, user, password, parameter(theirs, "cnonce")).authorization("PUT", "/ISAPI/a?b=1")
    for name in ("response", "nc", "qop", "nonce", "realm", "uri", "opaque"):
        assert parameter(ours, name) == parameter(theirs, name)


@pytest.mark.parametrize("algorithm", ["MD5", "MD5-sess", "SHA-256"])
def test_same_response_as_requests(algorithm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.urandom", lambda count: b"\x05" * count)
    monkeypatch.setattr("time.ctime", lambda: "Mon")
    auth = HTTPDigestAuth("admin", "pa:ss word")
    auth.init_per_thread_state()
    auth._thread_local.chal = {"realm": "r", "nonce": "n1", "qop": "auth", "algorithm": algorithm}
    theirs = auth.build_digest_header("GET", "http://cam/a?b=c")
    header = f'Digest realm="r", nonce="n1", qop="auth", algorithm={algorithm}'
    ours = answered(header, "admin", "pa:ss word", parameter(theirs, "cnonce")).authorization("GET", "/a?b=c")
    assert parameter(ours, "response") == parameter(theirs, "response")


class TestTries:
    first = parse_challenges(['Digest realm="r", nonce="1", qop="auth"'])
    second = parse_challenges(['Digest realm="r", nonce="2", qop="auth"'])
    stale = parse_challenges(['Digest realm="r", nonce="2", qop="auth", stale=true'])
    stale_again = parse_challenges(['Digest realm="r", nonce="3", qop="auth", stale=true'])

    def test_nothing_before_a_challenge(self) -> None:
        assert DigestClient("u", "p").authorization("GET", "/") is None

    def test_counts_and_keeps_its_cnonce(self) -> None:
        client = DigestClient("u", "p")
        client.answer(self.first)
        values = [client.authorization("GET", "/") for _ in range(17)]
        assert [parameter(value, "nc") for value in values] == [f"{n:08x}" for n in range(1, 18)]
        assert len({parameter(value, "cnonce") for value in values}) == 1

    def test_a_wrong_password_is_refused_at_the_second_challenge(self) -> None:
        client = DigestClient("u", "p")
        assert client.answer(self.first)
        assert not client.answer(self.second)

    def test_stale_is_answered_once(self) -> None:
        client = DigestClient("u", "p")
        assert client.answer(self.first)
        assert client.answer(self.stale)
        assert parameter(client.authorization("GET", "/"), "nc") == "00000001"
        assert not client.answer(self.stale_again)

    def test_stale_with_the_same_nonce_is_a_lie(self) -> None:
        client = DigestClient("u", "p")
        assert client.answer(self.stale)
        assert not client.answer(self.stale)

    def test_a_nonce_that_expires_silently_costs_one_request(self) -> None:
        client = DigestClient("u", "p")
        assert client.answer(self.first)
        client.accepted()
        assert client.answer(self.second)
        assert not client.answer(self.stale_again)

    def test_and_may_expire_again_after_it_worked_again(self) -> None:
        client = DigestClient("u", "p")
        assert not client.is_on_trial
        assert client.answer(self.first)
        assert client.is_on_trial
        client.accepted()
        assert not client.is_on_trial
        assert client.answer(self.second)
        assert client.is_on_trial
        client.accepted()
        assert client.answer(self.stale_again)

    def test_basic_is_never_repeated(self) -> None:
        client = DigestClient("u", "p")
        basic = parse_challenges(['Basic realm="r"'])
        assert client.answer(basic)
        client.accepted()
        assert not client.answer(basic)

    def test_a_proven_digest_is_not_talked_down_to_basic(self) -> None:
        client = DigestClient("u", "p")
        assert client.answer(self.first)
        client.accepted()
        assert not client.answer(parse_challenges(['Basic realm="r"']))

    def test_forgotten_challenge(self) -> None:
        client = DigestClient("u", "p")
        assert client.answer(self.first)
        client.forget_challenge()
        assert client.authorization("GET", "/") is None
        assert client.answer(self.first)

    def test_no_challenge_at_all(self) -> None:
        assert not DigestClient("u", "p").answer(())
        assert not DigestClient("u", "p", allow_basic=False).answer(parse_challenges(["Basic"]))


def test_auth_int_covers_the_body() -> None:
    client = answered('Digest realm="r", nonce="n", qop="auth-int"', "u", "p")
    one = client.authorization("PUT", "/", b"<a/>")
    assert parameter(one, "qop") == "auth-int"
    secret = hashlib.md5(b"u:r:p").hexdigest()
    asked = hashlib.md5(f"PUT:/:{hashlib.md5(b'<a/>').hexdigest()}".encode()).hexdigest()
    expected = hashlib.md5(f"{secret}:n:00000001:0a4f113b:auth-int:{asked}".encode()).hexdigest()
    assert parameter(one, "response") == expected


def test_realm_is_echoed_as_it_came() -> None:
    for realm in (r"DOMAIN\name", r"a \"b\"", r"back\\slash", "caf\xe9", r"end\\"):
        client = answered(f'Digest realm="{realm}", nonce="n"', "u", "p")
        assert f'realm="{realm}", nonce' in (client.authorization("GET", "/") or "")


def test_user_names() -> None:
    client = answered('Digest realm="r", nonce="n"', r'a"b\c', "p")
    assert r'username="a\"b\\c"' in (client.authorization("GET", "/") or "")
    with pytest.raises(InvalidSetting):
        DigestClient("a\r\nX: y", "p")


def test_the_password_shows_nowhere() -> None:
    client = answered('Digest realm="r", nonce="n"', "user", "geheim-4711")
    assert "geheim-4711" not in repr(client)
    assert "geheim-4711" not in (client.authorization("GET", "/") or "")


@pytest.mark.peer
@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_same_response_as_curl(algorithm: str) -> None:
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("curl is not installed")
    import socket
    import threading

    header = f'Digest realm="Cam, 1", nonce="abcd", qop="auth", algorithm={algorithm}'
    seen: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(30)
        port = server.getsockname()[1]

        def serve() -> None:
            for status, extra in (("401 No", f"WWW-Authenticate: {header}\r\n"), ("200 OK", "")):
                connection, _ = server.accept()
                with connection:
                    connection.settimeout(30)
                    asked = b""
                    while b"\r\n\r\n" not in asked:
                        asked += connection.recv(4096)
                    seen.append(asked.decode("latin-1"))
                    head = f"HTTP/1.1 {status}\r\n{extra}Content-Length: 0\r\nConnection: close\r\n\r\n"
                    connection.sendall(head.encode())

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{port}/ISAPI/x?y=1"
        subprocess.run(
            [curl, "-sS", "-q", "--noproxy", "*", "--digest", "-u", "admin:p w", url], check=True, timeout=30
        )
        thread.join(30)
    theirs = re.search(r"(?i)^authorization: (.*?)\r$", seen[1], re.MULTILINE)
    assert theirs is not None
    ours = answered(header, "admin", "p w", parameter(theirs.group(1), "cnonce"))
    value = ours.authorization("GET", "/ISAPI/x?y=1")
    assert parameter(value, "response") == parameter(theirs.group(1), "response")
