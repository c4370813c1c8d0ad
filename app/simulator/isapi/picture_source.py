"""What an ISAPI camera's documents mean for its picture."""

from __future__ import annotations

from app.simulator.isapi import watching
from app.simulator.isapi.model import select
from app.simulator.isapi.state import IMAGE, STREAMS, State
from app.simulator.isapi.tree import Node
from app.simulator.picture import EncoderSettings, OverlayText, PictureSettings

INPUTS = "System/Video/inputs/channels"
_CODECS = {"H.264": "h264", "H.265": "h265", "MJPEG": "mjpeg"}
_SOUNDS = {"G.711ulaw": "pcmu", "G.711alaw": "pcma", "AAC": "aac"}


def encoder_settings(state: State, stream_id: str) -> EncoderSettings | None:
    """None: no such stream, or it is switched off."""
    stream = state.read(state.catalog.resources[STREAMS]).item(stream_id)
    if stream is None or stream.value("enabled") != "true":
        return None
    video = stream.child("Video")
    if video is None:
        return None
    mode = next(
        (m for m in state.modes(stream_id) if str(m.width) == video.value("videoResolutionWidth")),
        state.modes(stream_id)[0],
    )
    constant = video.value("videoQualityControlType") == "CBR"
    return EncoderSettings(
        codec=_CODECS[video.value("videoCodecType")],
        width=int(video.value("videoResolutionWidth")),
        height=int(video.value("videoResolutionHeight")),
        fps=int(video.value("maxFrameRate")) / 100 or mode.fps50,  # 0: as fast as it goes
        bitrate_kbps=int(video.value("constantBitRate" if constant else "vbrUpperCap")),
        gop_frames=int(video.value("GovLength", "50")),
    )


def sound_codec(state: State, stream_id: str) -> str:
    """ "" where the sound is switched off, or coded as nothing here can."""
    stream = state.read(state.catalog.resources[STREAMS]).item(stream_id)
    audio = stream.child("Audio") if stream is not None else None
    if audio is None or audio.value("enabled") != "true":
        return ""
    return _SOUNDS.get(audio.value("audioCompressionType"), "")


def picture_settings(state: State, seed: int, channel: str = "1") -> PictureSettings:
    """What channel shows; each channel has a scene of its own."""
    image = state.read(state.catalog.resources[IMAGE]).item(channel)
    shown = state.catalog.resources.get(f"{INPUTS}/{channel}/overlays")
    overlays = state.read(shown) if shown is not None else Node("VideoOverlay")
    clock = _clock(state, overlays, channel)
    if image is None:
        return PictureSettings(seed=seed)
    flipped = image.value("ImageFlip/enabled") == "true"
    number = int(channel) if channel.isdigit() else 1
    return PictureSettings(
        brightness=int(image.value("Color/brightnessLevel", "50")),
        contrast=int(image.value("Color/contrastLevel", "50")),
        # Heat has no colours.
        saturation=int(image.value("Color/saturationLevel", "0")),
        sharpness=int(image.value("Sharpness/SharpnessLevel", "50")),
        flip=image.value("ImageFlip/ImageFlipStyle") if flipped else "",
        overlays=tuple(_overlays(state, overlays, channel)),
        show_clock=clock is not None and clock.value("enabled") == "true",
        seed=seed,
        clock_at=_place(clock, overlays) if clock is not None else (0.0, 0.0),
        masks=_masks(state, number),
        touched=watching.guards_lens(state, number),  # to everybody else a hand only spoils the picture
    )


def _clock(state: State, overlays: Node, channel: str) -> Node | None:
    """The place of date and time; the first generation keeps it by itself."""
    own = state.catalog.resources.get(f"{INPUTS}/{channel}/osdDatetime")
    return state.read(own) if own is not None else overlays.child("DateTimeOverlay")


def _masks(state: State, channel: int) -> tuple[tuple[tuple[float, float], ...], ...]:
    drawn = [each for each in watching.masks(state) if each.channel == channel and each.armed]
    return tuple(tuple((point.x, point.y) for point in each.shape.points) for each in drawn)


def _overlays(state: State, overlays: Node, channel: str) -> list[OverlayText]:
    shown: list[OverlayText] = []
    name = overlays.child("channelNameOverlay")
    if name is not None and name.value("enabled") == "true":
        shown.append(_at(state.value(INPUTS, f"VideoInputChannel[{channel}]/name"), name, overlays))
    texts = select(overlays, "TextOverlayList")
    lines = texts.children if texts is not None else []
    said = ((line, line.value("displayText") or line.value("message")) for line in lines)
    wanted = ((line, text) for line, text in said if text and line.value("enabled") == "true")
    drawn = state.catalog.resources.get(f"{INPUTS}/{channel}/image")
    logos = [
        each for each in (state.read(drawn).children if drawn is not None else ()) if each.value("enabled") == "true"
    ]
    plates = [_at(f"[ {each.value('imageName')} ]", each, overlays) for each in logos]  # nobody has uploaded a picture
    return [*shown, *(_at(text, line, overlays) for line, text in wanted), *plates, *_counts(state, channel)]


def _counts(state: State, channel: str) -> list[OverlayText]:
    """How many came and went. Nobody keeps count here: what shows is where it stands."""
    counting = state.catalog.resources.get(f"{INPUTS}/{channel}/counting")
    document = state.read(counting) if counting is not None else None
    place = document.child("OverlayConfiguration") if document is not None else None
    if document is None or place is None or place.value("enabled") != "true":
        return []
    words = {"enter": "Enter: 0", "leave": "Leave: 0", "peoplePassing": "Passing: 0"}
    return [_at(words.get(place.value("OSDType"), "Enter: 0  Leave: 0"), place, document)]


def _at(text: str, place: Node, overlays: Node) -> OverlayText:
    return OverlayText(text, *_place(place, overlays))


def _place(place: Node, overlays: Node) -> tuple[float, float]:
    width = int(overlays.value("normalizedScreenSize/normalizedScreenWidth", "704"))
    height = int(overlays.value("normalizedScreenSize/normalizedScreenHeight", "576"))
    x, y = (int(place.value(f"position{axis}") or place.value(f"pos{axis}", "0")) for axis in "XY")
    return x / width, y / height
