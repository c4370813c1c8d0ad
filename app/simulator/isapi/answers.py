"""Status documents and the standard resources index, indexr and description."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Protocol

from app.simulator.access import Verdict
from app.simulator.http_server import Answer, Request
from app.simulator.isapi.tree import Node, Style

STATUS_TEXT = {
    1: "OK",
    2: "Device Busy",
    3: "Device Error",
    4: "Invalid Operation",
    5: "Invalid XML Format",
    6: "Invalid XML Content",
    7: "Reboot Required",
}
_HTTP = {1: 200, 2: 503, 3: 500, 4: 403, 5: 400, 6: 400, 7: 200}


@dataclass(frozen=True, slots=True)
class Outcome:
    """A ResponseStatus: code 1 to 7 with its sub-code. id is what a POST made; allow lists methods for a 405."""

    code: int
    subcode: str
    id: str = ""
    allow: str = ""

    @property
    def http_status(self) -> int:
        return 405 if self.allow else _HTTP[self.code]

    def document(self, url: str) -> Node:
        children = [
            Node("requestURL", text=url),
            Node("statusCode", text=str(self.code)),
            Node("statusString", text=STATUS_TEXT[self.code]),
        ]
        if self.id:
            children.append(Node("id", text=self.id))
        children.append(Node("subStatusCode", text=self.subcode))
        return Node("ResponseStatus", children=children)

    def in_json(self, url: str) -> bytes:
        said = {
            "requestURL": url,
            "statusCode": self.code,
            "statusString": STATUS_TEXT[self.code],
            "subStatusCode": self.subcode,
        }
        return json.dumps(said).encode()


class Refusal(Exception):
    """Ends the work on a request with an outcome."""

    def __init__(self, code: int, subcode: str, *, allow: str = "") -> None:
        super().__init__(subcode)
        self.outcome = Outcome(code, subcode, allow=allow)


class Answering(Protocol):
    """Who puts documents and outcomes into answers, in the manner of its camera."""

    @property
    def style(self) -> Style: ...

    def document(self, root: Node) -> Answer: ...

    def status(self, outcome: Outcome, request: Request) -> Answer: ...


OK = Outcome(1, "ok")
REBOOT_REQUIRED = Outcome(7, "rebootRequired")


def user_check(verdict: Verdict) -> Node:
    """The body that goes with 401 after a wrong password, and with 200 for userCheck."""
    if verdict.account is not None:
        texts = {"statusValue": "200", "statusString": "OK", "isDefaultPassword": "false", "isRiskPassword": "false"}
        texts["isActivated"] = "true"
    else:
        locked = verdict.locked_for > 0
        texts = {"statusValue": "401", "statusString": "Unauthorized"}
        texts["lockStatus"] = "lock" if locked else "unlock"
        if locked:
            texts["unlockTime"] = str(verdict.locked_for)
        texts["retryLoginTime"] = "0" if locked else str(verdict.tries_left)
    return Node("userCheck", children=[Node(name, text=text) for name, text in texts.items()])


def resource_list(paths: dict[str, str], above: str, *, deep: bool) -> Node:
    """paths maps every path to its type; the list shows what lies below above, one level or all of them."""
    start = f"{above}/" if above else ""
    names = dict.fromkeys(path[len(start) :].split("/")[0] for path in paths if path.startswith(start))
    listed = Node("ResourceList")
    for name in names:
        path = start + name
        kind = paths.get(path, "General Resource") if above else "Service"
        texts = {"name": name, "version": "2.0", "type": kind}
        entry = Node("Resource", {"block": "1"}, children=[Node(key, text=text) for key, text in texts.items()])
        if deep:
            below = resource_list(paths, path, deep=True)
            if below.children:
                below.attributes["block"] = "1"
                entry.children.append(below)
        listed.children.append(entry)
    return listed


_WHAT = {"GET": "Reads", "PUT": "Writes", "POST": "Adds to", "DELETE": "Clears"}


def description(name: str, kind: str, methods: list[str], document: str) -> Node:
    """What may be done with a resource. document is the name of its block, "" for none."""
    children = [Node("name", text=name), Node("version", text="2.0"), Node("type", text=kind)]
    for method in methods:
        reads = method == "GET"
        texts = {
            "description": f"{_WHAT[method]} {name}",
            "inboundData": "NONE" if reads or method == "DELETE" else document or "NONE",
            "successReturn": document if reads else "ResponseStatus",
        }
        operation = [Node("queryParameterList") if key == "" else Node(key, text=text) for key, text in texts.items()]
        operation.insert(1, Node("queryParameterList"))
        children.append(Node(method.lower(), children=operation))
    return Node("ResourceDescription", children=children)
