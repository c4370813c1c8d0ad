"""UPnP devices for the discovery tests, in a process of their own. All on loopback.

argv[1]: JSON list of devices {address, serial, max_age?, location?, body?, boot?, reply?}. Prints one JSON line
{address: port} when ready. Then obeys lines on standard input: alive ADDRESS, byebye ADDRESS, silent ADDRESS,
boot ADDRESS ID, fetched ADDRESS (prints the number of description fetches).
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys

GROUP, PORT = "239.255.255.250", 1900
LO = "127.0.0.1"


def description(device: dict) -> bytes:
    return (
        '<?xml version="1.0"?>\r\n<root xmlns="urn:schemas-upnp-org:device-1-0"><device>'
        f"<deviceType>urn:schemas-upnp-org:device:Basic:1</deviceType><friendlyName>{device['address']}</friendlyName>"
        f"<manufacturer>{device.get('maker', 'Testcam')}</manufacturer><modelName>T1</modelName>"
        f"<serialNumber>{device['serial']}</serialNumber><UDN>uuid:{device['address']}</UDN>"
        f"<presentationURL>http://{device['address']}:{device['port']}/</presentationURL></device></root>"
    ).encode()


class Device:
    def __init__(self, facts: dict) -> None:
        self.facts = facts
        self.address = facts["address"]
        self.silent = False
        self.fetched = 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((self.address, 0))
        self.socket.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(LO))

    async def serve(self) -> None:
        server = await asyncio.start_server(self.answer_http, self.address, 0)
        self.facts["port"] = server.sockets[0].getsockname()[1]
        self.server = server

    def headers(self) -> str:
        port = self.facts["port"]
        location = self.facts.get("location", "http://{address}:{port}/d.xml").format(address=self.address, port=port)
        lines = [
            f"CACHE-CONTROL: max-age={self.facts.get('max_age', 1800)}",
            f"LOCATION: {location}",
            "SERVER: Linux UPnP/1.0 Tester/1",
            f"USN: uuid:{self.address}::upnp:rootdevice",
        ]
        if self.facts.get("boot"):
            lines.append(f"BOOTID.UPNP.ORG: {self.facts['boot']}")
        return "\r\n".join(lines) + "\r\n\r\n"

    def answer_search(self, asker: tuple) -> None:
        if not self.silent and self.facts.get("reply", True):
            text = f"HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nEXT:\r\n{self.headers()}"
            self.socket.sendto(text.encode(), asker)

    def notify(self, sort: str) -> None:
        text = (
            f"NOTIFY * HTTP/1.1\r\nHOST: {GROUP}:{PORT}\r\nNT: upnp:rootdevice\r\nNTS: ssdp:{sort}\r\n{self.headers()}"
        )
        self.socket.sendto(text.encode(), (GROUP, PORT))

    async def answer_http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            self.fetched += 1
            await self.write_body(writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # the asker has gone, as some tests want it to
        finally:
            writer.close()

    async def write_body(self, writer: asyncio.StreamWriter) -> None:
        kind = self.facts.get("body", "good")
        body, status = description(self.facts), "200 OK"
        if kind == "html":
            body = b"<html><head><title>Login</title></head><body><p>Hello</body></html>"
        elif kind == "huge":
            body = b"<root>" + b" " * 1_000_000 + b"</root>"
        elif kind == "truncated":
            body = body[: len(body) // 2]
        elif kind == "missing":
            status = "404 Not Found"
        elif kind == "redirect":
            status = "302 Found\r\nLocation: http://127.14.255.254:9/"
        elif kind == "close":
            return
        head = (
            f"HTTP/1.1 {status}\r\nContent-Type: text/xml\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode())
        if kind == "slow":
            for byte in body:
                writer.write(bytes([byte]))
                await writer.drain()
                await asyncio.sleep(1)
        writer.write(body)


def searches() -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((GROUP, PORT))
    listener.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + socket.inet_aton(LO))
    listener.setblocking(False)
    return listener


async def main() -> None:
    devices = {facts["address"]: Device(facts) for facts in json.loads(sys.argv[1])}
    for device in devices.values():
        await device.serve()
    loop = asyncio.get_running_loop()
    listener = searches()

    def hear() -> None:
        payload, asker = listener.recvfrom(65536)
        if payload.startswith(b"M-SEARCH"):
            for device in devices.values():
                device.answer_search(asker)

    loop.add_reader(listener, hear)
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    print(json.dumps({address: device.facts["port"] for address, device in devices.items()}), flush=True)
    while line := (await commands.readline()).decode().split():
        command, address, *rest = line
        device = devices[address]
        if command in ("alive", "byebye"):
            device.notify(command)
        elif command == "silent":
            device.silent = True
        elif command == "boot":
            device.facts["boot"] = rest[0]
        elif command == "serial":
            device.facts["serial"] = rest[0]
        print(device.fetched, flush=True)


asyncio.run(main())
