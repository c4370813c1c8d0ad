"""Which resources of the catalog a device should have, by the flags of its capabilities. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from app.families.isapi.survey import PTZ, Survey

# A step of the path -> the flag that stands for it, where "isSupport" + step is not its name. All lower case.
_ALIASES = {
    "snmp": "snmpcap",
    "ieee802.1x": "issupport802_1x",
    "extension": "issupportextnetcfg",
    "ntpservers": "issupportntp",
    "strobelampconf": "issupportstrobelamp",
    "holidays": "issupportholidy",
    "manualdeicing": "issupportdeicing",
    "bpfaceanalysis": "issupportfacedetect",
    "calibrations": "issupportsmartcalibration",
    "usercheck": "issupportusercheck",
    "illegalloginlock": "issupillegalloginlock",
    "devicecertificate": "issupcertificate",
    "questionconfiguration": "issupportsecurityquestionconfig",
}

# Whole services that only special devices have: shown only where a flag or block says so.
_SPECIAL = {
    "/Thermal": ("thermalcap", "issupportthermometry", "issupportfiredetection"),
    "/Traffic": ("issupporttraffic",),
    "/ITC": ("issupportitc", "itccap"),
    "/Intelligent": ("intellicap", "issupportintelligent"),
    "/GIS": ("issupportgis",),
    "/Compass": ("issupportcompass",),
    "/Panorama": ("issupportpanorama",),
    "/VideoIntercom": ("videointercomcap",),
    "/AccessControl": ("accesscontrolcap", "issupportaccesscontrol"),
    "/MasterSlaveTracking": ("issupporteagleeye",),
    "/WLAlarm/telecontrol": ("issupporttelecontrol",),
    "/WLAlarm/PIR": ("issupportpir",),
    "/WLAlarm/WLSensors": ("issupportwlsensors",),
    "/WLAlarm/callhelp": ("issupportcallhelp",),
    "/System/fisheye": ("issupportfisheye", "fisheyecap"),
    "/System/lowPower": ("issupportlowpower",),
    "/System/USBUpgrade": ("issupportusbupgrade",),
    "/System/externalDevice": ("issupportexternaldevice",),
    "/System/Hardware/deicing": ("issupportdeicing",),
    "/System/Hardware/manualDeicing": ("issupportdeicing",),
    "/System/Network/WirelessDial": ("issupportwirelessdial",),
    "/System/Network/wirelessServer": ("issupportwirelessserver", "issupportexternalwirelessserver"),
    "/System/Network/SIP": ("issupportsip",),
    "/System/Network/GB28181Service": ("issupportgb28181service",),
    "/System/setupCalibration": ("issupportsetupcalibration",),
    "/System/SetupParam": ("issupportsetupparam",),
    "/System/accessoryCardInfo": ("issupportaccessorycardinfo",),
    "/System/mutexFunctionErrorMsg": ("issupportgetmutexfuncerrmsg",),
    "/System/onlineUpgrade": ("issupportonlineupgrade", "issupportonlineupgradetask"),
    "/System/Serial": ("rs485portnums", "rs232portnums", "supportrs232config"),
    "/System/Video/Menu": ("issupportmenu",),
    "/System/Video/outputs": ("videooutputportnums",),
    "/ContentMgmt/InputProxy": ("inputproxynums",),
    "/Event/schedules/vehicledetects": ("issupporttraffic",),
    "/Event/schedules/HVTVehicleDetects": ("issupporttraffic",),
    "/Event/schedules/blackList": ("issupporttraffic",),
    "/Event/schedules/whiteList": ("issupporttraffic",),
    "/Event/schedules/illegalParkingDetections": ("issupporttraffic",),
}  # fmt: skip


# Detectors with a flag of their own: without it a device that tells its flags has no such detector.
_SMART = frozenset(
    [
        "roi",
        "facedetect",
        "intellitrace",
        "fielddetection",
        "linedetection",
        "defocusdetection",
        "audiodetection",
        "scenechangedetection",
        "regionentrance",
        "regionexiting",
        "loitering",
        "group",
        "rapidmove",
        "parking",
        "unattendedbaggage",
        "attendedbaggage",
        "peopledetection",
        "storagedetection",
        "hiddeninformation",
        "shipsdetection",
        "shipsdetectioncount",
        "channels",
    ]
)


def has(survey: Survey, tail: str) -> bool:
    """Whether the device should have this resource (path without prefix)."""
    flags = survey.flags
    special = next((_SPECIAL[each] for each in _ways_up(tail) if each in _SPECIAL), None)
    if special is not None:
        return any(_says(survey, name) for name in special)
    if tail.startswith("/PTZCtrl/"):
        return PTZ in survey.ids
    steps = [step.lower() for step in tail.strip("/").split("/")]
    for step in steps:
        for flag in (f"issupport{step}", _ALIASES.get(step, "")):
            if flags.switches.get(flag) is False:
                return False
    detector = _detector(steps)
    if detector in _SMART and flags.known:
        return flags.switches.get(f"issupport{detector}", False)
    return True


def _ways_up(tail: str) -> Iterator[str]:
    """The path and every one above it, the longest first."""
    while tail:
        yield tail
        tail = tail.rpartition("/")[0]


def _detector(steps: list[str]) -> str:
    """The analytics function that a page or its schedule belongs to; schedules name it in the plural."""
    if steps[0] == "smart" and len(steps) > 1:
        return steps[1]
    if steps[:2] == ["event", "schedules"] and len(steps) > 2:
        return steps[2].removesuffix("s")
    return ""


def _says(survey: Survey, name: str) -> bool:
    flags = survey.flags
    if name in flags.switches:
        return flags.switches[name]
    if name in flags.numbers:
        return flags.numbers[name] > 0
    return name in flags.blocks and not name.startswith("issupport")
