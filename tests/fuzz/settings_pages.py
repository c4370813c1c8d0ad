"""Pages of settings for the fuzzer: what devices say of their values and of what these may be, and files of both."""

from __future__ import annotations

import contextlib

from app.errors import InvalidSetting
from app.families.isapi import catalog, dependence, exclusion, raw
from app.families.isapi import dynamic as dynamic_cap
from app.families.isapi.dialect import V2
from app.families.isapi.loading import document_of
from app.families.isapi.titles import titles
from app.settings import values
from app.settings.document import Document
from app.settings.proof import prove
from app.site import secrets, snapshot
from app.wire import xml
from app.wire.http import HttpAnswer

STREAM = "/ISAPI/Streaming/channels/101"
STREAM_PAGE = (
    b"<StreamingChannel version='2.0'><id>101</id><channelName>Gate</channelName><enabled>true</enabled><Video>"
    b"<videoCodecType>H.264</videoCodecType><videoResolutionWidth>1920</videoResolutionWidth><videoResolutionHeight>1080"
    b"</videoResolutionHeight><constantBitRate>2048</constantBitRate><maxFrameRate>2500</maxFrameRate></Video>"
    b"<List size='2'><Entry><id>1</id><on>true</on></Entry><Entry><id>2</id><on>false</on></Entry></List>"
    b"</StreamingChannel>"
)
STREAM_CAPABILITIES = (
    b"<StreamingChannel version='2.0'><id opt='101'>101</id><channelName min='0' max='32'>Gate</channelName>"
    b"<enabled opt='true,false' def='true'>true</enabled><mutexAbility opt='smd,pdc'/><Video>"
    b"<videoCodecType opt='H.264,H.265' dynamic='true'>H.264</videoCodecType><videoResolutionWidth opt='1920,1280'>1920"
    b"</videoResolutionWidth><videoResolutionHeight opt='1080,720'>1080</videoResolutionHeight>"
    b"<constantBitRate min='32' max='16384' range='0,456,1674~2009' reqReboot='true'>2048</constantBitRate>"
    b"<maxFrameRate opt='2500,0' default='0'>2500</maxFrameRate></Video>"
    b"<List size='4'><Entry><id min='1' max='4'>1</id><on opt='true,false'/></Entry></List>"
    b"</StreamingChannel>"
)
DYNAMIC = (
    b"<DynamicCap><ResolutionAvailableDscriptorList><ResolutionAvailableDscriptor><videoResolutionWidth>1920"
    b"</videoResolutionWidth><videoResolutionHeight>1080</videoResolutionHeight><supportedFrameRate>2500,1250"
    b"</supportedFrameRate></ResolutionAvailableDscriptor></ResolutionAvailableDscriptorList><CodecParamDscriptorList>"
    b"<CodecParamDscriptor><videoCodecType>H.264</videoCodecType><isSupportProfile>true</isSupportProfile>"
    b"</CodecParamDscriptor></CodecParamDscriptorList></DynamicCap>"
)
SNAPSHOT = (
    b'{"kind":"camwright-settings","format":1,"resources":[{"resource":"/a","title":"A","values":'
    b'[{"path":"x","text":"1","kind":"int"}],"raw":"PGEvPg=="}],"refused":[]}'
)


def page(data: bytes) -> None:
    """An answer as a page without capabilities: what nobody touched goes back as it came, and nothing has happened."""
    made = _document(data, None)
    _used(made)
    assert made.source.encode({}) == data
    assert prove(made, (), made).fields == ()
    secrets.masked(made)


def capabilities(data: bytes) -> None:
    """The same page under whatever a device says that it may hold."""
    said = xml.parse(data).root
    made = _document(STREAM_PAGE, said)
    _used(made)
    assert made.source.encode({}) == STREAM_PAGE
    exclusion.declared(said)


def dynamic(data: bytes) -> None:
    root, said = xml.parse(STREAM_PAGE).root, xml.parse(data).root
    dynamic_cap.of_stream(root, said)
    dynamic_cap.of_average(root, said)


def by_hand(data: bytes) -> None:
    """A page that somebody, or something, has edited as text."""
    made = _document(STREAM_PAGE, None)
    editor = raw.IsapiRaw(None, None)  # type: ignore[arg-type]
    editor.check_raw(made, data)
    editor.raw_changes(made, data)


def file(data: bytes) -> None:
    snapshot.load(data)


def _document(body: bytes, said: xml.Element | None) -> Document:
    answer = HttpAnswer(200, (("Content-Type", "application/xml"),), body)
    known = catalog.catalog(V2).lookup(STREAM)
    root = xml.parse(body).root
    return document_of(V2, STREAM, answer, said, dependence.of(root, said, titles(), known))


def _used(made: Document) -> None:
    """Whatever a form asks of it."""
    for each in made.fields:
        spec = made.spec(each.path)
        made.note(each.path)
        made.enabled(each.path)
        values.ranges_text(spec)
        values.display(each.text, spec)
        made.problem_of(each.path, each.text)
        with contextlib.suppress(InvalidSetting):
            made.set_text(each.path, "1")
            made.problem(each.path)
            made.revert()
    for of in made.lists:
        of.spec()
        of.problem("1 +1")
