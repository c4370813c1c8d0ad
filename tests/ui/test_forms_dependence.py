"""Fields that hang on a value which the protocol's text names follow it while it is edited, in the form itself."""

from __future__ import annotations

import pytest

from app.families.isapi import dependence
from app.families.isapi.catalog import catalog
from app.families.isapi.dialect import V2
from app.families.isapi.settings import document_of
from app.families.isapi.titles import titles
from app.settings.document import Document
from app.wire import xml
from app.wire.http import HttpAnswer
from ui.forms.form import Form

pytestmark = pytest.mark.gui

XML = (("Content-Type", "application/xml"),)
USERS = "/ISAPI/System/Network/SNMP/advanced/users/1"
USER = (
    b"<SNMPUser><id>1</id><userName>x</userName><snmpAuthenticationMethod>none</snmpAuthenticationMethod>"
    b"<snmpAuthenticationKey>k</snmpAuthenticationKey><snmpPrivacyMethod>DES</snmpPrivacyMethod>"
    b"<snmpPrivacyKey>k</snmpPrivacyKey></SNMPUser>"
)
FILTERS = "/ISAPI/System/Network/ipFilter/filterAddresses/1"
FILTER = (
    b"<IPFilterAddress><id>1</id><addressFilterType>mask</addressFilterType>"
    b"<AddressRange><startIPAddress>10.0.0.1</startIPAddress></AddressRange>"
    b"<AddressMask><ipAddress>10.0.0.0</ipAddress><bitMask>24</bitMask></AddressMask></IPFilterAddress>"
)
STREAM = "/ISAPI/Streaming/channels/101"
VIDEO = (
    b"<StreamingChannel><id>101</id><Video><videoCodecType>H.264</videoCodecType>"
    b"<videoQualityControlType>CBR</videoQualityControlType><constantBitRate>512</constantBitRate>"
    b"<vbrUpperCap>1024</vbrUpperCap></Video></StreamingChannel>"
)


def opened(path: str, body: bytes) -> Document:
    known = catalog(V2).lookup(path)
    depends = dependence.of(xml.parse(body).root, None, titles(), known)
    return document_of(V2, path, HttpAnswer(200, XML, body), None, depends)


@pytest.mark.parametrize(
    ("path", "body", "decider", "value", "freed", "greyed"),
    [
        (USERS, USER, "snmpAuthenticationMethod", "SHA", "snmpAuthenticationKey", ""),
        (USERS, USER, "snmpPrivacyMethod", "none", "", "snmpPrivacyKey"),
        (FILTERS, FILTER, "addressFilterType", "range", "AddressRange/startIPAddress", "AddressMask/bitMask"),
        (STREAM, VIDEO, "Video/videoQualityControlType", "VBR", "Video/vbrUpperCap", "Video/constantBitRate"),
    ],
)
def test_a_field_follows_the_working_value_that_decides_on_it(qtbot, path, body, decider, value, freed, greyed):
    document = opened(path, body)
    form = Form()
    qtbot.addWidget(form)
    form.resize(700, 600)
    form.show_document(document)
    form.show()
    qtbot.waitExposed(form)

    def editable(leaf: str) -> bool:
        row = form.row(leaf)
        assert row is not None, leaf
        row.complete()
        return row.editor.isEnabled()

    held = document.text(decider)
    for working, first in ((held, True), (value, False), (held, True)):
        document.set_text(decider, working)
        assert not freed or editable(freed) is not first
        assert not greyed or editable(greyed) is first
    assert not document.edited_paths
