"""What is a secret stays one wherever it turns up: by every name the catalogs have, in every shape, in what a camera
quotes, and in records that go."""

from __future__ import annotations

import re

import pytest

from app.errors import DeviceFault
from app.families.isapi import catalog, kinds
from app.families.isapi.dialect import V1, V2
from app.families.isapi.loading import document_of
from app.settings.field import Field
from app.settings.proof import prove
from app.settings.secrecy import is_secret
from app.settings.spec import Kind, Spec
from app.site.secrets import masked
from app.wire.http import HttpAnswer
from tests.site.test_journal import change

# Written down by hand from the texts: what ends so holds something that opens a door.
SECRET_ENDS = re.compile(
    r"(password|passwd|passphrase|psk|secret|community|communitystring|sharedkey|encryptionkey|privacykey"
    r"|authenticationkey|pincode|verificationcode|answer)$",
    re.I,
)
NUMBERS = (  # pages that no catalog knows, with secrets of nothing but digits
    b"<WirelessSecurity><EncryptionKeyList><encryptionKey>1234567890</encryptionKey></EncryptionKeyList>"
    b"<wpaKey>87654321</wpaKey><communityString>55555555</communityString><key>99999999</key>"
    b"<verificationCode>44444444</verificationCode><channel>11</channel></WirelessSecurity>"
)
MAILS = (
    b"<EmailList><mail><id>1</id><name>a</name><password>Old-Secret-1</password></mail>"
    b"<mail><id>2</id><name>b</name><password>Old-Secret-2</password></mail></EmailList>"
)


def document(raw: bytes, path: str = "/ISAPI/Custom/page"):
    return document_of(V2, path, HttpAnswer(200, (("Content-Type", "application/xml"),), raw), None)


def test_every_secret_of_the_catalogs_is_known_as_one():
    met = set()
    for dialect in (V1, V2):
        for resource in catalog.catalog(dialect).resources:
            for path, known in resource.fields.items():
                name = path.rpartition("/")[2]
                if not SECRET_ENDS.search(name) or known.kind in ("bool", "group") or name.startswith("is"):
                    continue
                met.add(name)
                kind = kinds.by_name(name, "12345678") or kinds.by_shape(name, "12345678")
                assert is_secret(Field(path, "12345678", Spec(kind, name))), (resource.template, path, kind)
    assert len(met) > 20


def test_a_secret_of_digits_is_hidden_and_a_number_is_not():
    hidden = masked(document(NUMBERS))
    assert not re.search(rb"\d{3}", hidden), hidden
    assert b"<channel>11</channel>" in hidden
    assert not is_secret(Field("key", "5", Spec(Kind.INT, "key", minimum=1, maximum=9)))


def test_the_secret_of_a_record_that_goes_is_in_no_verdict():
    before = document(MAILS)
    before.set_text("mail[]", "2")
    changes = before.changes()
    assert any(each.gone and each.secret for each in changes)
    for after in (MAILS, MAILS[:11] + MAILS[MAILS.index(b"<mail><id>2") :]):
        proof = prove(before, changes, document(after))
        told = {each.path: each for each in proof.fields}
        assert told["mail[1]/password"].secret
        assert "Old-Secret" not in repr(proof)


@pytest.mark.anyio
async def test_what_a_camera_quotes_of_a_secret_is_shown_to_nobody(open_site, journal_of, memory):
    new = "New-Secret-88"
    async with open_site() as site:
        session = journal_of(site)
        memory.refuse = DeviceFault(f"I do not like {new}", hint=f"{new} is short", detail=f"errorMsg {new}")
        with pytest.raises(DeviceFault) as told:
            await change(session, adminPassword=new)
        error = told.value
        assert new not in f"{error} {error.summary} {error.hint} {error.detail} {error.args} {error!r}"
        assert error.summary.startswith("I do not like")
