"""No two accounts of one name; what merely uses an account may share it."""

from __future__ import annotations

import pytest

from app.errors import InvalidSetting
from app.families.isapi.dialect import V2
from app.families.isapi.settings import document_of
from app.wire.http import HttpAnswer

USERS = b"""<UserList size="4"><User><id>1</id><userName>admin</userName></User>\
<User><id>2</id><userName>guest</userName></User></UserList>"""
HOSTS = b"""<FTPNotificationList size="4"><FTPNotification><id>1</id><hostName>a</hostName><userName>cam</userName>\
</FTPNotification><FTPNotification><id>2</id><hostName>b</hostName><userName>ftp</userName></FTPNotification>\
</FTPNotificationList>"""


def opened(resource, body):
    return document_of(V2, resource, HttpAnswer(200, (("Content-Type", "application/xml"),), body), None)


@pytest.fixture
def users():
    return opened("/ISAPI/Security/users", USERS)


def test_a_copy_waits_for_its_name(users):
    users.set_text("User[]", "1 2 +1")
    assert "name of its own" in users.problem("User[+1]/userName")
    with pytest.raises(InvalidSetting, match="name of its own") as caught:
        users.changes()
    assert caught.value.path == "User[+1]/userName"
    users.set_text("User[+1]/userName", "gate")
    assert users.problems == {}
    assert users.changes()


def test_another_name_must_be_free(users):
    users.set_text("User[2]/userName", "admin")
    assert list(users.problems) == ["User[2]/userName"]
    users.set_text("User[]", "2")  # the other one goes
    assert users.problems == {}


def test_two_new_ones_are_told_apart(users):
    users.set_text("User[]", "1 2 +1 +2")
    for token in ("+1", "+2"):
        users.set_text(f"User[{token}]/userName", "gate")
    assert list(users.problems) == ["User[+1]/userName", "User[+2]/userName"]
    users.set_text("User[+2]/userName", "door")
    assert users.problems == {}


def test_names_are_given_back_by_those_that_take_others(users):
    users.set_text("User[1]/userName", "guest")
    users.set_text("User[2]/userName", "admin")
    assert users.problems == {}


def test_two_servers_may_take_the_same_account():
    hosts = opened("/ISAPI/System/Network/ftp", HOSTS)
    hosts.set_text("FTPNotification[2]/userName", "cam")
    assert hosts.problems == {}
