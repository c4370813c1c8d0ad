"""The dynamic capabilities of a stream: sizes with their frame rates, what each codec can do. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from xml.sax.saxutils import escape

from app.families.isapi import constraints
from app.families.isapi.needs import leaves, reason_of
from app.families.isapi.titles import titles
from app.settings.depends import Case, Choice, Combined, Depends, Need, texts
from app.settings.spec import Kind, Option
from app.wire.xml import Element

_WIDTH, _HEIGHT, _RATE = "videoResolutionWidth", "videoResolutionHeight", "maxFrameRate"
_PROFILES = {"H.264": "H264Profile", "H.265": "H265Profile", "MPEG4": "Mpeg4Profile", "SVAC": "SVACProfile"}
_FULL = "0"
_HIGHEST, _AVERAGE = "vbrUpperCap", "vbrAverageCap"
_CONDITIONAL = ("isspportdynamiccapwithcondition", "issupportdynamiccapwithcondition")  # the text misspells it
_LARGEST_LIST = 200  # entries; a device that lists more sizes or rates than this is not believed


def is_stream(root: Element) -> bool:
    return root.name == "StreamingChannel" and root.find(f"Video/{_WIDTH}") is not None


def sizes(root: Element, capabilities: Element | None) -> Iterator[Combined]:
    """Sizes from the capabilities, where they list as many widths as heights: then these are pairs."""
    for video in [each for each in root.iter() if each.child(_WIDTH) is not None and each.child(_HEIGHT) is not None]:
        declared = _declared(capabilities, video.name)
        wide, high = (_options(declared, name) for name in (_WIDTH, _HEIGHT))
        if wide and len(wide) == len(high):
            yield _resolution(video, tuple(zip(wide, high, strict=True)))


def _declared(capabilities: Element | None, block: str) -> Element | None:
    if capabilities is None:
        return None
    return next((each for each in capabilities.iter() if each.name == block and each.children), None)


def _options(group: Element | None, name: str) -> tuple[str, ...]:
    leaf = group.child(name) if group is not None else None
    found = leaf.attributes.get("opt", "").split(",") if leaf is not None else []
    return tuple(each.strip() for each in found if each.strip().isascii() and each.strip().isdigit())


def _resolution(video: Element, pairs: Iterable[tuple[str, str]]) -> Combined:
    sizes = sorted(dict.fromkeys(pairs), key=lambda pair: (-int(pair[0]) * int(pair[1]), pair))
    return Combined(
        path=f"{video.path}/videoResolution",
        title="Resolution",
        parts=(f"{video.path}/{_WIDTH}", f"{video.path}/{_HEIGHT}"),
        options=tuple(Option(f"{wide}x{high}", f"{wide} × {high}") for wide, high in sizes[:_LARGEST_LIST]),
        help="Width and height of the picture in pixels",
    )


def completed(root: Element, capabilities: Element | None, dynamic: Element | None) -> Element | None:
    """The capabilities with the profiles of codecs that are not in use: cameras show them only with their codec, and
    say beforehand which codec has one."""
    told = dynamic.iter() if dynamic is not None else ()
    having = (
        each.text_of("videoCodecType")
        for each in told
        if each.name == "CodecParamDscriptor" and each.text_of("isSupportProfile").lower() == "true"
    )
    video = root.child("Video")
    declared = _declared(capabilities, "Video") if capabilities is not None else None
    if video is None or declared is None or capabilities is None:
        return capabilities
    here = {child.name for child in (*video.children, *declared.children)}
    wanted = [_PROFILES[codec] for codec in dict.fromkeys(having) if _PROFILES.get(codec, video.name) not in here]
    return _with_leaves(capabilities, declared, wanted) if wanted else capabilities


def _with_leaves(element: Element, group: Element, names: Sequence[str]) -> Element:
    """The tree with these empty leaves in the group, behind the profile that is there."""
    if element is not group:
        return replace(element, children=tuple(_with_leaves(each, group, names) for each in element.children))
    profiles = set(_PROFILES.values())
    at = max((n for n, each in enumerate(group.children, 1) if each.name in profiles), default=len(group.children))
    fresh = (Element(name, group.namespace, {}, "", (), f"{group.path}/{name}".lstrip("/")) for name in names)
    return replace(group, children=(*group.children[:at], *fresh, *group.children[at:]))


def of_stream(root: Element, dynamic: Element) -> Depends:
    """A stream's dynamic capabilities: sizes with their frame rates, what each codec can do, rates of sound."""
    video = root.child("Video")
    if video is None:
        return Depends()
    rates = _rates(dynamic, full=root.text_of(f"Video/{_RATE}") == _FULL)
    cases = tuple(
        Case(
            ((f"{video.path}/{_WIDTH}", wide), (f"{video.path}/{_HEIGHT}", high)),
            tuple(Option(rate, constraints.option_title(Kind.FPS100, _RATE, rate, titles())) for rate in found),
        )
        for (wide, high), found in rates.items()
        if found
    )
    has_rate = video.child(_RATE) is not None
    audio = tuple(_audio_rates(root, dynamic))
    return Depends(
        tuple(_codec_needs(root, video, dynamic)),
        (*((Choice(f"{video.path}/{_RATE}", cases),) if cases and has_rate else ()), *audio),
        (_resolution(video, rates),) if rates and video.child(_HEIGHT) is not None else (),
    )


def _audio_rates(root: Element, dynamic: Element) -> Iterator[Choice]:
    """Each way of compression has its own bit rates (8.10.4)."""
    codec, rate = root.find("Audio/audioCompressionType"), root.find("Audio/audioBitRate")
    if codec is None or rate is None:
        return
    cases = []
    for each in dynamic.iter():
        if each.name == codec.name and each.text.strip():
            said = next((text for key, text in each.attributes.items() if key.lower() == "supportedaudiobitrate"), "")
            found = [text.strip() for text in said.split(",")[:_LARGEST_LIST] if text.strip().isascii()]
            rates = tuple(Option(text, text) for text in dict.fromkeys(found) if text.isdigit() and len(text) < 7)
            if rates:
                cases.append(Case(((codec.path, each.text.strip()),), rates))
    if cases:
        yield Choice(rate.path, tuple(cases))


def condition(root: Element, capabilities: Element | None) -> bytes:
    """What a stream's capabilities with condition are asked with: the average rate that goes with the highest one.
    b"" where the stream has none, or the device does not answer that."""
    declared = capabilities.iter() if capabilities is not None else ()
    said = (each.text.strip() for each in declared if each.name.lower() in _CONDITIONAL)
    highest, codec = root.text_of(f"Video/{_HIGHEST}"), root.text_of("Video/videoCodecType")
    if "true" not in said or root.find(f"Video/{_AVERAGE}") is None or not highest.isdigit():
        return b""
    which = {"1": "mainstream", "2": "substream"}.get(root.text_of("id")[-1:], "stream3")
    smart = {"H.264": "smart264", "H.265": "smart265"}.get(codec, codec)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\r\n<StreamingDescriptor><VbrAverageCapDynamicLinkTo>'
        f"<streamType>{which}</streamType><codeType>{escape(smart)}</codeType>"
        f"<videoQualityControlType>{escape(root.text_of('Video/videoQualityControlType'))}</videoQualityControlType>"
        f"<{_HIGHEST}>{highest}</{_HIGHEST}></VbrAverageCapDynamicLinkTo></StreamingDescriptor>\r\n"
    ).encode("ascii", "xmlcharrefreplace")


def of_average(root: Element, answer: Element) -> Depends:
    """The average rate that the device proposes while the highest one is what it was asked with."""
    highest, told = root.text_of(f"Video/{_HIGHEST}"), answer.text_of(_AVERAGE)
    if not (told.isascii() and told.isdigit() and len(told) < 7):
        return Depends()
    case = Case(((f"Video/{_HIGHEST}", highest),), maximum=int(highest), default=told)
    return Depends(choices=(Choice(f"Video/{_AVERAGE}", (case,)),))


def _rates(dynamic: Element, *, full: bool) -> dict[tuple[str, str], tuple[str, ...]]:
    """Size -> frame rates times 100, in the device's order; a size that is listed for several codecs has them all.

    full: recorders hold 0 for as fast as the camera can, which goes with every size and stands in none of the lists.
    """
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for each in dynamic.iter():
        wide, high = each.text_of(_WIDTH), each.text_of(_HEIGHT)
        if not (_is_size(wide) and _is_size(high)) or len(found) >= _LARGEST_LIST:
            continue
        told = each.find("supportedFrameRate")
        said = (told.text or told.attributes.get("opt", "")) if told is not None else ""
        rates = [rate.strip() for rate in said.split(",")[:_LARGEST_LIST]]
        good = [rate for rate in rates if rate.isascii() and rate.isdigit() and len(rate) < 7]
        if good and full:
            good.append(_FULL)
        found[wide, high] = tuple(dict.fromkeys((*found.get((wide, high), ()), *good)))
    return found


def _is_size(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 6 and int(text) > 0


def _codec_needs(root: Element, video: Element, dynamic: Element) -> Iterator[Need]:
    codec, smart = video.child("videoCodecType"), video.find("SmartCodec/enabled")
    if codec is None:
        return
    for each in dynamic.iter():
        if each.name != "CodecParamDscriptor":
            continue
        name = each.text_of("videoCodecType")
        lacks = [
            block
            for flag, blocks in (("isSupportProfile", ("H264Profile", "H265Profile")), ("isSupportSVC", ("SVC",)))
            if each.text_of(flag).lower() == "false"
            for block in blocks
        ]
        reason = reason_of(root, codec, (name,), titles(), unless=True)
        for leaf in _named(video, lacks):
            yield Need(leaf.path, codec.path, texts(name), reason, negated=True)
        fixed = each.find("SmartCodecCap/readOnlyParams")
        if smart is not None and fixed is not None and name == codec.text.strip():
            wanted = [part.strip() for part in fixed.attributes.get("opt", "").split(",")]
            for leaf in _named(video, [*wanted, *(f"H26{n}Profile" for n in "45" if "Profile" in wanted)]):
                yield Need(leaf.path, smart.path, texts("true"), "The smart codec sets it by itself.", negated=True)


def _named(video: Element, names: Iterable[str]) -> Iterator[Element]:
    wanted = set(names)
    for child in video.children:
        if child.name in wanted:
            yield from (child,) if child.is_leaf else leaves(child)
