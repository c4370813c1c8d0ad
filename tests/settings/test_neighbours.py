"""Which other pages are looked at again after an Apply."""

from __future__ import annotations

import pytest

from app.settings import neighbours
from app.settings.changes import Change
from app.settings.document import Document
from app.settings.field import Field
from app.settings.spec import Access, Kind, Spec

SWITCH, FACT = Spec(Kind.BOOL, "On"), Spec(Kind.INT, "Uptime", access=Access.READ_ONLY)
ON = (Change("enabled", "false", "true"),)
OTHER = (Change("name", "a", "b"),)


class Bytes:
    media_type = "text/plain"

    def __init__(self, size=10):
        self.raw = b"x" * size

    def encode(self, edits):
        return self.raw


def page(resource, *, on=False, size=10, spec=SWITCH):
    return Document(resource, resource, [Field("enabled", "true" if on else "false", spec)], Bytes(size))


def chosen(held, changes=OTHER, follows=(), written="/cam/1/a"):
    def channel(resource):
        part = resource.split("/")[2]
        return None if part == "list" else "" if part == "all" else part

    found = neighbours.plan(page(written), changes, held, channel, lambda resource: resource in follows)
    return [each.resource for each in found.pages], found.seconds


def test_a_simple_edit_looks_at_a_few_pages_of_its_channel_and_at_no_other():
    held = [page(f"/cam/{n}/{name}") for n in (1, 2) for name in "abcdefgh"]
    resources, seconds = chosen(held)
    assert len(resources) == neighbours.MOST_GUESSED
    assert all(each.startswith("/cam/1/") for each in resources)
    assert "/cam/1/a" not in resources
    assert seconds == neighbours.LONGEST_GUESSED


def test_what_is_known_to_hang_on_it_is_looked_at_alone_and_wherever_it_is():
    held = [page(f"/cam/{n}/{name}") for n in (1, 2) for name in "abcd"]
    resources, seconds = chosen(held, follows=("/cam/2/c", "/cam/1/d"))
    assert resources == ["/cam/1/d", "/cam/2/c"]
    assert seconds == neighbours.LONGEST_KNOWN


def test_there_is_an_end_to_it():
    held = [page(f"/cam/{n}/x") for n in range(2, 40)]
    resources, _ = chosen(held, follows={each.resource for each in held})
    assert resources == [each.resource for each in held][: neighbours.MOST_KNOWN]


def test_what_is_switched_on_looks_first_at_what_runs():
    held = [page("/cam/1/off"), page("/cam/1/on", on=True)]
    follows = ("/cam/1/off", "/cam/1/on")
    assert chosen(held, ON, follows)[0] == ["/cam/1/on", "/cam/1/off"]
    assert chosen(held, OTHER, follows)[0] == ["/cam/1/off", "/cam/1/on"]


@pytest.mark.parametrize(
    "heavy",
    [
        page("/cam/1/large", size=neighbours.LARGEST + 1),
        page("/cam/1/fact", spec=FACT),
        page("/cam/list/x"),
        page("/cam/1/a/part"),
        page("/cam/1"),
    ],
    ids=["large", "nothing to compare", "a list", "a part of it", "it is a part of it"],
)
def test_what_costs_much_or_tells_nothing_is_never_looked_at(heavy):
    assert chosen([heavy, page("/cam/1/b")], follows=("/cam/1/large", "/cam/1/fact", "/cam/list/x"))[0] == ["/cam/1/b"]


def test_a_page_of_the_device_as_a_whole_has_no_channel_to_guess_from():
    assert chosen([page("/cam/all/b")], written="/cam/all/a") == ([], 0.0)


def test_pages_near_in_the_protocol_come_first():
    held = [page("/cam/1/x/y/z"), page("/cam/1/a/b/d"), page("/cam/1/a/e")]
    assert chosen(held, written="/cam/1/a/b/c")[0] == ["/cam/1/a/b/d", "/cam/1/a/e", "/cam/1/x/y/z"]


def test_a_part_of_a_page_that_is_looked_at_is_not_looked_at_once_more():
    held = [page("/cam/1/b/part"), page("/cam/1/b"), page("/cam/1/c/part")]
    assert chosen(held)[0] == ["/cam/1/b", "/cam/1/c/part"]
