"""Devices that are sent elsewhere, or given another password: followed by their serial number."""

from __future__ import annotations

import socket

import pytest

from app.errors import ConnectionLost, InvalidSetting
from app.families.base import Credentials, Overview, SettingsTree, Stranding
from app.families.isapi import following
from app.families.media import Streams
from app.settings.changes import Verdict
from app.settings.strands import StrandKind
from app.wire.http import HttpAnswer
from tests.families.isapi_rig import connect, farm, place, puts, session, writes

INTERFACE = "/ISAPI/System/Network/interfaces/1"
PORTS = "/ISAPI/Security/adminAccesses"
USERS = "/ISAPI/Security/users"


def field(document, end):
    return next(each.path for each in document.fields if each.path.endswith(end))


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    monkeypatch.setattr(following, "PAUSE", 0.2)
    monkeypatch.setattr(following, "LOOKS", 60)
    monkeypatch.setattr(following, "LOOKS_AT_RESTART", 60)


@pytest.mark.anyio
async def test_a_camera_is_followed_to_its_new_address():
    async with session("reboot_seconds=1", host="127.25.200.1") as (device, running):
        settings, stranding = device.offer(SettingsTree), device.offer(Stranding)
        document = await settings.load(INTERFACE)
        path = field(document, "IPAddress/ipAddress")
        document.set_text(path, "127.25.200.77")
        strands = stranding.strands(document, document.changes())
        assert [each.kind for each in strands] == [StrandKind.ADDRESS]
        name = (await device.offer(Overview).facts()).name
        assert name
        assert strands[0].text.startswith(f"{name} moves to 127.25.200.77.")
        assert await stranding.check(document, document.changes()) == ()
        proof, after = await settings.apply(document, document.changes())
        assert [each.verdict for each in proof.fields if each.path == path] == [Verdict.KEPT]
        assert proof.moved_to.host == "127.25.200.77"
        assert proof.lost is None
        assert after.text(path) == "127.25.200.77"
        assert running.stations[0].place.host == "127.25.200.77"
        # The session goes on there.
        assert device.address.host == "127.25.200.77"
        assert (await device.offer(Overview).facts()).model
        streams = device.offer(Streams)
        assert "127.25.200.77" in streams.endpoint((await streams.list())[0]).url


@pytest.mark.anyio
async def test_a_camera_is_followed_to_its_new_port(unused_tcp_port):
    async with session("reboot_seconds=1") as (device, running):
        settings = device.offer(SettingsTree)
        document = await settings.load(PORTS)
        path = next(each.path for each in document.fields if each.path.endswith("[1]/portNo"))
        document.set_text(path, str(unused_tcp_port))
        assert [each.kind for each in device.offer(Stranding).strands(document, document.changes())] == [
            StrandKind.PORT
        ]
        proof, _ = await settings.apply(document, document.changes())
        assert proof.moved_to.port == unused_tcp_port
        assert proof.kept_everything
        assert running.stations[0].place.http_port == unused_tcp_port


@pytest.fixture
def unused_tcp_port():
    with socket.socket() as probe:
        probe.bind(("127.25.199.1", 0))
        return probe.getsockname()[1]


@pytest.mark.anyio
async def test_the_own_password_is_changed_and_the_session_goes_on():
    async with session() as (device, running):
        settings = device.offer(SettingsTree)
        document = await settings.load(USERS)
        path = field(document, "password")
        assert not document.field(path).present
        assert document.encode() == document.source.raw
        document.set_text(path, "Better-4321")
        assert "Better-4321" not in settings.request_text(document)
        strands = device.offer(Stranding).strands(document, document.changes())
        assert [each.kind for each in strands] == [StrandKind.ACCOUNT]
        proof, _ = await settings.apply(document, document.changes())
        assert proof.password_changed
        assert proof.moved_to is None
        assert [each.verdict for each in proof.fields] == [Verdict.NOT_VERIFIABLE]
        assert (await device.offer(Overview).facts()).model
        address, _ = place(running)
        from app.families.isapi import FAMILY
        from app.transport.dialer import NetworkDialer, loopback_only

        again = await FAMILY.connect(
            NetworkDialer(allowed=loopback_only), address, "v2", Credentials("admin", "Better-4321")
        )
        await again.close()


@pytest.mark.anyio
async def test_an_address_in_use_is_refused_before_anything_is_sent():
    async with farm(host="127.25.200.9") as other:
        port = place(other)[0].port
        async with session(host="127.25.200.8") as (device, running):
            settings = device.offer(SettingsTree)
            # The other camera listens at a port of its own; ours would come up at the port it has now.
            device.address = device._client.channel._address = type(device.address)("127.25.200.8", port)
            document_path = INTERFACE
            device._client.channel._address = place(running)[0]
            document = await settings.load(document_path)
            document.set_text(field(document, "IPAddress/ipAddress"), "127.25.200.9")
            sent = puts(device)
            relocation = settings._relocation
            real = relocation.ground

            def there(client):
                ground = real(client)
                return type(ground)(ground.camera, type(ground.address)(ground.address.host, port), ground.credentials)

            relocation.ground = there
            with pytest.raises(InvalidSetting) as refused:
                await settings.apply(document, document.changes())
            assert "127.25.200.9" in refused.value.summary
            assert sent == []


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ({"IPAddress/ipAddress": "127.25.201.7", "DefaultGateway/ipAddress": "127.9.9.9"}, "gateway"),
        ({"IPAddress/ipAddress": "127.25.201.255"}, "network"),
        ({"IPAddress/ipAddress": "239.1.2.3"}, "cannot be"),
        ({"IPAddress/ipAddress": "0.0.0.0"}, "cannot be"),
        ({"IPAddress/subnetMask": "255.0.255.0"}, "mask"),
    ],
)
async def test_networks_that_cannot_work_are_refused(edits, words):
    async with session(host="127.25.201.1") as (device, _):
        settings = device.offer(SettingsTree)
        document = await settings.load(INTERFACE)
        for end, text in edits.items():
            document.set_text(field(document, end), text)
        sent = puts(device)
        with pytest.raises(InvalidSetting, match=words):
            await settings.apply(document, document.changes())
        assert sent == []


@pytest.mark.anyio
async def test_another_network_is_a_warning():
    async with session(host="127.25.202.1") as (device, _):
        document = await device.offer(SettingsTree).load(INTERFACE)
        document.set_text(field(document, "IPAddress/ipAddress"), "127.25.203.1")
        (warning,) = await device.offer(Stranding).check(document, document.changes())
        assert "another network" in warning


@pytest.mark.anyio
async def test_a_camera_that_does_not_come_back_is_lost_with_what_to_do(monkeypatch):
    monkeypatch.setattr(following, "LOOKS_AT_RESTART", 5)
    async with session("reboot_seconds=600") as (device, _):
        settings = device.offer(SettingsTree)
        document = await settings.load(INTERFACE)
        document.set_text(field(document, "IPAddress/ipAddress"), "127.25.204.77")
        proof, _ = await settings.apply(document, document.changes())
        assert proof.moved_to is None
        assert "has not come back" in proof.lost.summary
        assert "Scan again" in proof.lost.hint
        assert [each.verdict for each in proof.fields] == [Verdict.NOT_VERIFIABLE]


@pytest.mark.anyio
async def test_another_device_at_the_new_place_is_never_taken_for_ours():
    async with farm() as other, session() as (device, _):
        client = device._client
        who = await device._settings._identity.get()
        follower = following.Follower(device._settings._relocation.connect, client, device._settings.ladder.sleep)
        address, credentials = place(other)
        followed = await follower.follow(address, credentials, who.serial)
        assert isinstance(followed, following.Stayed)
        following.LOOKS = 3
        lost = await follower.follow(address, credentials, who.serial)
        assert lost.stranger
        assert lost.stranger != who.serial
        assert lost.stranger in lost.summary


@pytest.mark.anyio
async def test_other_accounts_and_other_ports_strand_nobody():
    async with session() as (device, _):
        stranding, settings = device.offer(Stranding), device.offer(SettingsTree)
        document = await settings.load(PORTS)
        document.set_text(field(document, "[3]/portNo"), "8554")
        assert stranding.strands(document, document.changes()) == ()
        image = await settings.load("/ISAPI/Image/channels/1")
        image.set_text("Color/contrastLevel", "3")
        assert stranding.strands(image, image.changes()) == ()


@pytest.mark.anyio
async def test_a_wrong_password_is_tried_once_while_following():
    async with session() as (device, running):
        follower = following.Follower(
            device._settings._relocation.connect, device._client, device._settings.ladder.sleep
        )
        who = await device._settings._identity.get()
        tries = []
        connect_once = follower.connect

        async def counted(address, credentials):
            tries.append(address)
            return await connect_once(address, credentials)

        follower.connect = counted
        address, _ = place(running)
        found = await follower.follow(address, Credentials("admin", "not this one"), who.serial)
        assert isinstance(found, following.Stayed)
        assert len(tries) == 1
        again = await connect(running)
        await again.close()


@pytest.mark.anyio
async def test_an_address_whose_listener_says_nothing_is_taken():
    async with session(host="127.25.200.90") as (device, _):
        settings, stranding = device.offer(SettingsTree), device.offer(Stranding)
        port = device.address.port
        with socket.socket() as listener:
            listener.bind(("127.25.200.91", port))
            listener.listen()
            document = await settings.load(INTERFACE)
            path = field(document, "IPAddress/ipAddress")
            document.set_text(path, "127.25.200.91")
            sent = puts(device)
            with pytest.raises(InvalidSetting, match=r"answers at 127\.25\.200\.91"):
                await stranding.check(document, document.changes())
            assert sent == []


@pytest.mark.anyio
async def test_a_camera_that_stays_where_it_was_is_said_to_be_there(monkeypatch):
    monkeypatch.setattr(following, "STAYS", 2)
    async with session("ignores_field=IPAddress/ipAddress", host="127.25.200.95") as (device, _):
        settings = device.offer(SettingsTree)
        document = await settings.load(INTERFACE)
        path = field(document, "IPAddress/ipAddress")
        document.set_text(path, "127.25.200.96")
        proof, _ = await settings.apply(document, document.changes())
        assert proof.moved_to is None
        assert proof.stayed_at == device.address
        assert [each.verdict for each in proof.fields if each.path == path] == [Verdict.IGNORED]


@pytest.mark.anyio
@pytest.mark.parametrize("how", ["hangs up", "refuses"])
async def test_a_camera_that_answers_the_restart_badly_is_followed_all_the_same(monkeypatch, how):
    monkeypatch.setattr(following, "STAYS", 2)
    host = "127.25.210.1" if how == "hangs up" else "127.25.211.1"
    async with session("reboot_seconds=1", host=host) as (device, running):
        send = device._client.channel.send

        async def cut(request):
            if request.path.endswith("/System/reboot"):
                if how == "refuses":
                    return HttpAnswer(403, (), b"")
                await send(request)
                raise ConnectionLost("The camera closed the connection before it answered.")
            return await send(request)

        device._client.channel.send = cut
        settings = device.offer(SettingsTree)
        document = await settings.load(INTERFACE)
        path = field(document, "IPAddress/ipAddress")
        document.set_text(path, f"{host}77")
        proof, _ = await settings.apply(document, document.changes())
        if how == "hangs up":
            assert proof.moved_to.host == f"{host}77"
            assert running.stations[0].place.host == f"{host}77"
        else:
            assert proof.stayed_at == device.address
            assert proof.reboot_required


@pytest.mark.anyio
async def test_a_camera_that_keeps_its_old_password_is_found_out():
    async with session("ignores_field=password") as (device, _):
        settings = device.offer(SettingsTree)
        document = await settings.load(USERS)
        path = field(document, "password")
        document.set_text(path, "Better-4321")
        proof, _ = await settings.apply(document, document.changes())
        assert not proof.password_changed
        assert [each.verdict for each in proof.fields] == [Verdict.IGNORED]
        assert "old one" in proof.fields[0].reason
        assert "Better-4321" not in repr(proof)
        assert (await device.offer(Overview).facts()).model


@pytest.mark.anyio
async def test_the_account_in_use_is_not_removed():
    async with session() as (device, _):
        settings, stranding = device.offer(SettingsTree), device.offer(Stranding)
        users = await settings.load(USERS)
        users.set_text("User[]", "1 +1")
        users.set_text("User[+1]/userName", "guest")
        users.set_text("User[+1]/password", "Walk-the-line-7")
        await settings.apply(users, users.changes())
        users = await settings.load(USERS)
        users.set_text("User[]", "2")
        assert [each.kind for each in stranding.strands(users, users.changes())] == [StrandKind.ACCOUNT]
        sent = writes(device)
        with pytest.raises(InvalidSetting, match="account in use"):
            await settings.apply(users, users.changes())
        assert sent == []
        users.set_text("User[]", "1")  # another one goes as it likes
        assert stranding.strands(users, users.changes()) == ()
