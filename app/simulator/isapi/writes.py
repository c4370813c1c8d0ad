"""PUT, POST and DELETE of documents: the camera's own limits, then its quirks, then what follows from a change."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.simulator.isapi import drawn, elsewhere, motion, mutex
from app.simulator.isapi.answers import OK, REBOOT_REQUIRED, Outcome, Refusal
from app.simulator.isapi.model import Resource, View, select, select_rules
from app.simulator.isapi.rules import Refused, Written, blank, is_list, merge, model_of, problem
from app.simulator.isapi.state import IMAGE, STREAMS, State, show_stream
from app.simulator.isapi.tree import BadXml, Node, parse
from app.simulator.quirks import Quirks

USERS = "Security/users"
_CODES = {"badXmlFormat": 5, "deviceError": 3}


@dataclass(frozen=True, slots=True)
class Target:
    """What a path means: a resource, the steps to the part that is shown, and its view."""

    resource: Resource
    steps: str
    view: View
    is_item: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a write; changes name the leaves by their path below the target."""

    outcome: Outcome
    changes: tuple[Written, ...] = ()


def put(
    state: State, quirks: Quirks, target: Target, body: bytes, *, has_parts: bool, same_layout: bool = False
) -> Result:
    """has_parts: the target has sub-resources of its own; same_layout: a motion area is as the camera said it, to
    the byte. Refusal for anything the camera does not take."""
    if target.view.text:
        return _put_text(state, target, body)
    sent = _read(_recoded(body) if "gb2312_text" in quirks else body)
    before = state.read(target.resource)
    after = before.copy()
    node = select(after, target.steps)
    rules = select_rules(state.rules(target.resource, any_size=True), target.steps)
    if node is None or rules is None:
        raise Refusal(4, "notSupport")
    if sent.name != node.name:
        raise Refusal(6, "badXmlContent")
    if "records_only" in quirks and (is_list(rules) or _other_records(sent, node, rules)):
        raise Refusal(4, "notSupport")
    if "sub_resources_only" in quirks and has_parts:
        raise Refusal(4, "notSupport")
    shown = node.copy()
    if target.resource.path == STREAMS:
        show_stream(shown)  # what a camera does not show it cannot miss
    if "full_document_only" in quirks and _lacks(sent, shown):
        raise Refusal(3, "deviceError")
    if "partial_only" in quirks and _writable(shown) > 1 and not _lacks(sent, shown):
        raise Refusal(4, "notSupport")
    drawn.check_scenes(node, sent)
    try:
        written = merge(node, sent, rules)
        written = _misbehave(quirks, node, written)
        drawn.misdraw(node, any("position" in change.path or "List" in change.path for change in written), quirks)
        mixed_up = motion.mix_up(node, sent, quirks, to_the_byte=same_layout)
        if target.resource.path == IMAGE:
            state.finish_image(after)
        if target.resource.path == STREAMS:
            state.finish_stream(before, after, [_from_root(target, change) for change in written])
    except Refused as refused:
        raise Refusal(_CODES.get(refused.subcode, 6), refused.subcode) from refused
    if target.resource.path == USERS and after.item("1") is None:
        raise Refusal(4, "invalidOperation")
    if "mutex" in quirks:
        mutex.check(state, quirks.text("mutex"), target.resource, before, after)
    if written or mixed_up:
        state.keep(target.resource, after)
        for what in quirks.all("moves_others"):
            elsewhere.follow(state, what, target.resource, before, after)
    needs_reboot = any(change.reboot for change in written)
    return Result(REBOOT_REQUIRED if needs_reboot else OK, tuple(written))


def post(state: State, target: Target, body: bytes) -> Result:
    """Adds a member to a list; its id is in the outcome."""
    sent = _read(body)
    tree = state.read(target.resource)
    members = select(tree, target.steps)
    rules = select_rules(state.rules(target.resource), target.steps)
    if members is None or rules is None or not is_list(rules) or not rules.children:
        raise Refusal(4, "invalidOperation")
    if "fixed" in rules.attributes:
        raise Refusal(4, "methodNotAllowed")
    model = model_of(rules)
    if sent.name != model.name:
        raise Refusal(6, "badXmlContent")
    key = next((str(n) for n in range(1, int(rules.attributes["size"]) + 1) if members.item(str(n)) is None), "")
    if not key:
        raise Refusal(6, "badParameters")
    fresh = blank(model)
    fresh.put("id", key)
    if target.resource.path == USERS:
        _check_new_user(members, sent)
        fresh.put("userLevel", "Viewer")
    try:
        merge(fresh, sent, model)
    except Refused as refused:
        raise Refusal(6, refused.subcode) from refused
    members.children.append(fresh)
    state.keep(target.resource, tree)
    return Result(Outcome(1, "ok", id=key))


def delete(state: State, target: Target) -> Result:
    """Removes a member, or all members of a list; the first account stays."""
    tree = state.read(target.resource)
    parent_steps = target.steps.rpartition("/")[0] if target.is_item else target.steps
    members = select(tree, parent_steps)
    rules = select_rules(state.rules(target.resource), parent_steps)
    if members is None or rules is None:
        raise Refusal(4, "notSupport")
    if "fixed" in rules.attributes:
        raise Refusal(4, "methodNotAllowed")
    key = re.sub(r".*\[|\]", "", target.steps) if target.is_item else ""
    users = target.resource.path == USERS
    if users and key == "1":
        raise Refusal(4, "invalidOperation")
    members.children[:] = [
        child
        for child in members.children
        if (key and child.value("id") != key)
        or (not key and users and child.value("id") == "1")
        or (not key and child.child("id") is None)
    ]
    state.keep(target.resource, tree)
    return Result(OK)


def _check_new_user(members: Node, sent: Node) -> None:
    name = sent.value("userName")
    if not name or not sent.value("password"):
        raise Refusal(6, "badXmlContent")
    if any(member.value("userName") == name for member in members.children):
        raise Refusal(6, "badParameters")


def _put_text(state: State, target: Target, body: bytes) -> Result:
    """A resource that is one plain text."""
    try:
        text = body.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise Refusal(6, "badParameters") from None
    tree = state.read(target.resource)
    leaf, rule = select(tree, target.steps), select(state.rules(target.resource), target.steps)
    if leaf is None or rule is None or problem(text, rule):
        raise Refusal(6, "badParameters")
    change = Written(target.steps, leaf.text, text, "reqReboot" in rule.attributes)
    leaf.text = text
    state.keep(target.resource, tree)
    return Result(OK, (change,))


def _recoded(body: bytes) -> bytes:
    """A camera that writes GB2312 under any name takes it as well."""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode("gb18030", "replace").encode()
    return body


def _read(body: bytes) -> Node:
    try:
        return parse(body)
    except BadXml:
        raise Refusal(5, "badXmlFormat") from None


def _lacks(sent: Node, node: Node) -> bool:
    """Whether a writable leaf is missing."""
    for child in node.children:
        if "wo" in child.attributes or "ro" in child.attributes:
            continue
        other = sent.child(child.name)
        if other is None or (child.children and not is_list(child) and _lacks(other, child)):
            return True
    return False


def _other_records(sent: Node, node: Node, rules: Node) -> bool:
    """Whether a list somewhere below has other records than before, or in another order. What has no number of its own
    is no record that could be asked for: it belongs to the one around it."""
    for rule in rules.children:
        now, before = sent.child(rule.name), node.child(rule.name)
        if now is None or before is None:
            continue
        keys = [[each.value("id") for each in group.children] for group in (now, before)]
        if is_list(rule):
            if any(keys[0] + keys[1]) and keys[0] != keys[1]:
                return True
        elif _other_records(now, before, rule):
            return True
    return False


def _writable(node: Node) -> int:
    """How many leaves may be written."""
    return sum(1 for _, each in node.walk() if not each.children and not {"ro", "wo"} & set(each.attributes))


def _from_root(target: Target, change: Written) -> Written:
    path = f"{target.steps}/{change.path}" if target.steps else change.path.lstrip("/")
    return Written(path, change.old, change.new, change.reboot)


def names(path: str, wanted: str) -> bool:
    """Whether a quirk's PATH means this leaf: its whole path or its end, list keys may be left out."""
    bare = re.sub(r"\[[^\]]*\]", "", path)
    return any(text == wanted or text.endswith("/" + wanted) for text in (path, bare))


def _misbehave(quirks: Quirks, node: Node, written: list[Written]) -> list[Written]:
    """Undoes, bends and adds to what was written; the answer stays OK."""
    kept: list[Written] = []
    for change in written:
        leaf = select(node, change.path.lstrip("/"))
        if leaf is None or leaf.children:
            kept.append(change)
            continue
        if any(names(change.path, path) for path in quirks.all("ignores_field")):
            leaf.text = change.old
            continue
        for path, low, high in (value.rsplit(":", 2) for value in quirks.all("clamps")):
            if names(change.path, path):
                leaf.text = _clamp(leaf.text, float(low), float(high))
        if "trims_texts" in quirks:
            leaf.text = leaf.text.strip()
        if "side_effect" in quirks:
            _side_effect(node, change)
        kept.append(change)
    return kept


def _clamp(text: str, low: float, high: float) -> str:
    try:
        return f"{min(max(float(text), low), high):g}"
    except ValueError:
        return text


def _side_effect(node: Node, change: Written) -> None:
    above, _, name = change.path.rpartition("/")
    parent = select(node, above.lstrip("/"))
    if parent is None:
        return
    if name == "brightnessLevel":
        contrast = int(parent.value("contrastLevel", "50"))
        parent.put("contrastLevel", str(contrast - 1 if contrast > 50 else contrast + 1))
    if name == "GovLength":
        rate = max(1, int(parent.value("maxFrameRate", "2500")))
        parent.put("keyFrameInterval", str(int(change.new) * 100_000 // rate))
