"""Named ways in which a simulated camera misbehaves; each was seen on a real device or reported by a user."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Quirk:
    """A switch. argument describes what follows `=`, "" where nothing may; default is taken without `=`."""

    name: str
    help: str
    argument: str = ""
    default: str = ""
    required: bool = False


_ALL = (
    # who is let in
    Quirk("basic_only", "offers only Basic, as old firmware does"),
    Quirk("sha256_only", "offers only Digest with SHA-256, as hardened firmware does"),
    Quirk("both_challenges", "offers Digest and Basic in two WWW-Authenticate headers"),
    Quirk("sha256_first", "offers Digest with SHA-256 and, in a second header, Digest with MD5"),
    Quirk("one_header", "puts Digest and Basic into one WWW-Authenticate header"),
    Quirk("https", "speaks HTTPS as well, with a certificate that it signed itself"),
    Quirk("short_nonces", "every nonce is good for one request, then stale"),
    Quirk("no_lockout", "never locks, however many passwords are wrong"),
    Quirk("locked_by_other", "after this many requests somebody else has locked the account", "N", "20"),
    Quirk("lock_seconds", "how long it locks after five wrong passwords", "SECONDS", "1800"),
    # what a write does
    Quirk("ignores_field", "says OK but keeps the old value of this field", "PATH", required=True),
    Quirk("clamps", "says OK but forces this field between two limits", "PATH:LOW:HIGH", required=True),
    Quirk("side_effect", "a changed brightness moves the contrast, a changed GOP the key frame interval"),
    Quirk("full_document_only", "refuses a document in which a field is missing, with Device Error"),
    Quirk("sub_resources_only", "refuses whole documents where there are sub-resources, with notSupport"),
    Quirk("partial_only", "refuses documents that hold everything, takes those that hold only what changes"),
    Quirk("reboots_on_write", "reboots after every accepted write"),
    Quirk("forgets_writes", "what was written is gone after the next reboot"),
    Quirk("moves_at_once", "a new address or port holds at once instead of after a reboot"),
    Quirk("mutex", "line crossing and intrusion, and WDR and backlight, exclude each other"),
    Quirk("swaps_options", "with WDR on the slow shutter times are no longer options"),
    Quirk("grid_and_regions", "motion detection holds the grid and, derived from it, a list of regions"),
    Quirk("squares_after_toggle", "a motion grid that comes back with its regions becomes a square, one region more"),
    Quirk("squares_after_rewrite", "the same, but not when the layout comes back to the byte"),
    Quirk("drops_over_limit", "says OK but keeps only this many of the regions of a list", "N", "2"),
    Quirk("rounds_regions", "says OK but moves corners to a grid of this many steps", "N", "22"),
    Quirk("reorders_points", "tells the corners of a region in another order than they were written"),
    Quirk("renumbers_regions", "counts its regions anew with every write, from the last to the first"),
    Quirk("origin_lower_left", "counts the corners of masks in pixels from the lower left, and says no scale"),
    Quirk("schema_changes", "after this many requests the image settings have other fields and limits", "N", "20"),
    Quirk("keeps_firmware", "says OK to an upgrade and comes back with the old version"),
    Quirk("read_only", "refuses every write with notSupport"),
    Quirk("ok_status_in_error", "sends error documents with HTTP 200"),
    # when it answers
    Quirk("busy", "answers Device Busy to this many requests, then works", "N", "3"),
    Quirk("slow", "waits this long before each answer", "SECONDS", "2"),
    Quirk("work_seconds", "how long an upgrade or a formatting takes", "SECONDS", "6"),
    Quirk("clock_drift", "the clock gains this much in each minute", "SECONDS", "30"),
    Quirk("reboot_seconds", "how long it is away after a reboot", "SECONDS", "8"),
    # broken HTTP
    Quirk("drip", "sends bodies one byte at a time", "SECONDS between bytes", "1"),
    Quirk("truncated", "closes the connection after half of the body"),
    Quirk("closes_at", "closes the connection after this many bytes of an answer", "N", "20"),
    Quirk("bare", "sends bodies without status line and headers"),
    Quirk("bad_chunks", "sends chunk sizes with a blank behind them"),
    Quirk("bad_length", "promises 48 bytes more than it sends"),
    Quirk("nameless_header", "sends a header line without a name"),
    Quirk("close_after_headers", "closes the connection after the headers"),
    Quirk("garbage", "answers with bytes that are not HTTP"),
    Quirk("silent", "takes requests and never answers"),
    Quirk("reset", "resets the connection instead of answering"),
    Quirk("gzip", "compresses documents"),
    Quirk("only_path", "restricts the broken answers to paths that hold this text", "TEXT", required=True),
    # odd documents
    Quirk("html_errors", "sends errors as web pages"),
    Quirk("html_documents", "answers every document request with a web page and HTTP 200"),
    Quirk("empty_documents", "answers every document request with an empty body"),
    Quirk("crlf", "ends lines with CR LF (the default)"),
    Quirk("lf", "ends lines with LF, as recorders do"),
    Quirk("bom", "starts documents with a byte order mark"),
    Quirk("mixed_namespaces", "inner blocks have another namespace than the document"),
    Quirk("no_namespace", "documents have no namespace"),
    Quirk("isapi_namespace", "documents have the namespace of the protocol text instead of the vendor's"),
    Quirk("gb2312_text", "documents say UTF-8, names are GB2312"),
    Quirk("raw_ampersand", "names hold an ampersand that is not escaped"),
    Quirk("entity_bomb", "documents carry a DTD with nested entities"),
    Quirk("deep", "documents are nested ten thousand levels deep"),
    Quirk("huge", "documents are padded to this many megabytes", "MEGABYTES", "100"),
    # what it says of itself
    Quirk("no_index", "has no index and no indexr"),
    Quirk("no_capabilities", "has no capabilities except those of the device"),
    Quirk("short_ids", "streams are 1, 2 and 3 instead of 101, 102 and 103"),
    Quirk("list_500", "this list answers Device Error, its members answer", "PATH", "Event/triggers"),
    Quirk("wrong_list_size", "the size of a list is not the number of its members"),
    Quirk("def_and_default", "spells “def” both as “def” and as “default” in one document"),
    Quirk("odd_attributes", "spells “def” as “default” and puts blanks into option lists"),
    # JSON
    Quirk("md5_login", "takes the MD5 of the password at once and has no challenge, as first firmware does"),
    Quirk("challenge_401", "sends the challenge of a login with HTTP 401 instead of 200"),
    Quirk("quoted_digest", "MULTITRANS asks for SHA-256 and refuses qop and nc without quotes"),
    Quirk("silent_end", "a recording that was played to its end just stops"),
    Quirk("codec_changes", "every second piece that it recorded is in another codec"),
    Quirk("token_seconds", "how long a login token holds", "SECONDS", "1800"),
    Quirk("token_uses", "a login token holds for this many calls", "N", "20"),
    Quirk("locks_with_10030", "calls a locked account -10030 instead of -10022"),
    Quirk("new_certificate", "after this many connections the TLS certificate is another one", "N", "5"),
    Quirk("loose_types", "sends numbers as texts and texts of digits as numbers"),
    Quirk("result_at_top", "puts the values of an answer beside its error code"),
    Quirk("result_nested", "wraps the values of an answer once more"),
    Quirk("error_code", "says error_code where errCode belongs"),
    Quirk("trailing_commas", "leaves a comma behind the last member, as the protocol text does"),
    Quirk("old_time_zone_only", "knows setTimezone and getTimezone, not setTimeZone and getTimeZone"),
    # its events
    Quirk("blind", "its detections see nothing; events only come when they are made by hand"),
    Quirk("alert_boundary", "alert stream: parts are separated by this text, not the announced one", "TEXT", "--MIME"),
    Quirk("alert_namespaces", "alert stream: every message has another namespace"),
    Quirk("alert_ampersand", "alert stream: descriptions hold an ampersand that is not escaped"),
    Quirk("alert_length", "alert stream: every Content-Length is wrong by this", "BYTES", "-20"),
    Quirk("alert_no_length", "alert stream: parts have no Content-Length"),
    Quirk("alert_batch", "alert stream: sends this many alerts in one part", "N", "3"),
    Quirk("alert_pictures", "alert stream: a picture follows each alert"),
    Quirk("alert_no_heartbeat", "alert stream: no signs of life"),
    Quirk("alert_closes", "alert stream: ends after this many parts", "N", "5"),
    Quirk("alert_cut", "alert stream: where it ends, it ends in the middle of an alert"),
    Quirk("alert_junk", "alert stream: junk between the parts"),
    Quirk("alert_flood", "sends this many made-up events a second", "N", "500"),
    # the picture
    Quirk("rtsp_refuse_tcp", "RTSP refuses interleaved transport"),
    Quirk("rtsp_refuse_udp", "RTSP refuses UDP transport"),
    Quirk("rtsp_off", "RTSP is switched off: no stream, and no encoder that runs"),
    Quirk("rtsp_silent", "RTSP plays, but no picture comes"),
    Quirk("rtsp_garbage", "RTSP sends nonsense instead of pictures"),
    Quirk("rtsp_no_parameter_sets", "the SDP has no parameter sets"),
    Quirk("rtsp_lose", "every N-th packet is lost", "N", "50"),
    # the dome
    Quirk("ptz_ignores_stop", "ignores this many stops after each movement", "N", "1"),
    Quirk("ptz_ignores_timeout", "momentary moves do not end by themselves"),
    Quirk("ptz_answers_late", "does at once what a PTZ command says and answers this much later", "SECONDS", "2"),
    Quirk("ptz_no_position", "does not say where it looks"),
    Quirk("ptz_continuous_only", "has no momentary moves"),
    Quirk("ptz_only_old", "knows only the PTZControl commands of the first protocol text"),
    # discovery
    Quirk("foreign_location", "SSDP points to another address", "HOST:PORT", "192.0.0.64:80"),
    Quirk("no_ssdp", "neither answers nor announces"),
    Quirk("notify_form", "answers searches in the form of an announcement (NT and NTS, no ST)"),
    Quirk("no_cache_control", "leaves CACHE-CONTROL out of SSDP answers"),
    Quirk("no_odp", "does not answer ODP"),
    Quirk("odp_wrong_checksum", "ODP answers carry a checksum that is not theirs"),
    Quirk("odp_foreign_serial", "ODP answers carry another serial than the question"),
    Quirk("odp_web_port", "ODP answers name the port of the web page instead of the control port"),
    Quirk("factory_default", "has never been set up, and says so in ODP answers"),
)
_KNOWN = {quirk.name: quirk for quirk in _ALL}
# Of each group a camera has one manner: what is asked for replaces what the model is used to.
_EITHER_OR = (
    {"basic_only", "sha256_only", "both_challenges", "sha256_first", "one_header"},
    {"lf", "crlf"},
    {"isapi_namespace", "no_namespace", "mixed_namespaces"},
    {"def_and_default", "odd_attributes"},
)


def list_quirks() -> tuple[Quirk, ...]:
    """Every switch, in the order in which help shows them."""
    return _ALL


@dataclass(frozen=True, slots=True)
class Quirks:
    """The switches of one camera. Names may repeat; values keep the order in which they were given."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def parse(cls, texts: Iterable[str]) -> Quirks:
        """From `NAME` or `NAME=value`; ValueError says what is wrong and what there is."""
        values: dict[str, tuple[str, ...]] = {}
        for text in texts:
            name, equals, value = text.strip().partition("=")
            quirk = _KNOWN.get(name)
            if quirk is None:
                raise ValueError(f"no quirk “{name}”; there are {', '.join(_KNOWN)}")
            if equals and not quirk.argument:
                raise ValueError(f"quirk “{name}” takes no value")
            if quirk.required and not value:
                raise ValueError(f"quirk “{name}” needs a value: {name}={quirk.argument}")
            _check(quirk, value or quirk.default)
            values[name] = (*values.get(name, ()), value or quirk.default)
        return cls(values)

    def over(self, manners: Quirks) -> Quirks:
        """These, and of the manners of a model those that they do not contradict."""
        settled = {name for group in _EITHER_OR if group & set(self.values) for name in group}
        kept = {name: value for name, value in manners.values.items() if name not in settled}
        return Quirks({**kept, **self.values})

    def __contains__(self, name: object) -> bool:
        return name in self.values

    def all(self, name: str) -> tuple[str, ...]:
        return self.values.get(name, ())

    def text(self, name: str) -> str:
        """The last value given, or the default of a switch that is off."""
        return self.values[name][-1] if name in self.values else _KNOWN[name].default

    def number(self, name: str) -> float:
        return float(self.text(name))


def _check(quirk: Quirk, value: str) -> None:
    if quirk.argument.startswith(("SECONDS", "N", "MEGABYTES")):
        try:
            good = 0 <= float(value) < 1e9
        except ValueError:
            good = False
        if not good:
            raise ValueError(f"quirk “{quirk.name}” needs a number, not “{value}”")
    if quirk.argument == "BYTES" and not re.fullmatch(r"[+-]?\d{1,6}", value):
        raise ValueError(f"quirk “{quirk.name}” needs a whole number, not “{value}”")
    if quirk.name == "clamps":
        parts = value.rsplit(":", 2)
        try:
            good = len(parts) == 3 and float(parts[1]) <= float(parts[2])
        except ValueError:
            good = False
        if not good:
            raise ValueError(f"quirk “clamps” needs PATH:LOW:HIGH with two numbers, not “{value}”")
