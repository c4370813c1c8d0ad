"""Certificates that people choose for a device, and what the device shows of its own.

Private keys pass through to the device; nothing of them is kept, shown or compared.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.errors import CameraError, InvalidSetting
from app.families.isapi.client import Client

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

SERVER = "/Security/serverCertificate/certificate"
DEVICE = "/Security/deviceCertificate"
CLIENT, KEY = f"{DEVICE}#client", f"{DEVICE}#key"  # one resource, told apart by the type of what is sent (8.9.15)

# What the device makes for itself (8.9.18 to 8.9.20): where it is told to, and where the request is fetched.
SELF_SIGNED, REQUEST = "/Security/serverCertificate/selfSignCert", "/Security/serverCertificate/certSignReq"
DOWNLOAD = "/Security/serverCertificate/downloadCertSignReq"

_PKCS12 = bytes.fromhex("06092a864886f70d010701")  # what every PKCS#12 container begins its content with
_HEX, _LONGEST_SERIAL = re.compile(r"[0-9A-Fa-f]+"), 40  # digits: 20 bytes are the most (RFC 5280, 4.1.2.2)
_CHOOSE = "Nothing was sent. Choose another file."


@dataclass(frozen=True, slots=True)
class Certificate:
    """name is the common name of its subject; begins and ends are aware; fingerprint is SHA-256, lower-case hex, key
    the same of its public key."""

    name: str
    begins: datetime
    ends: datetime
    serial: int
    fingerprint: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What an authority is to sign. key as in `Certificate`, key_words for people ("RSA 2048 bit")."""

    name: str
    key: str
    key_words: str


@dataclass(frozen=True, slots=True)
class Shown:
    """What the device says of its own (CertificateInfo)."""

    name: str
    serial: str

    @property
    def number(self) -> int | None:
        """The serial number, None where it is none: some devices show an identity of their own there."""
        text = self.serial.replace(":", "").replace(" ", "").removeprefix("0x")
        return int(text, 16) if 0 < len(text) <= _LONGEST_SERIAL and _HEX.fullmatch(text) else None

    def is_that(self, certificate: Certificate) -> bool:
        serial = self.serial.replace(":", "").replace(" ", "").lower().removeprefix("0x").lstrip("0")
        return serial in (str(certificate.serial), f"{certificate.serial:x}")


def read(data: bytes) -> Certificate | None:
    """The first certificate of PEM, DER or PKCS#12; None for a container with a passphrase. InvalidSetting for anything
    else, and for one that has expired."""
    found: Certificate | None
    if b"-----BEGIN" in data:
        found = _first_of_pem(data)
    elif is_container(data):
        found = _in_container(data)
    else:
        found = _from_der(data)
    if found is not None and found.ends < datetime.now(UTC):
        raise InvalidSetting(f"The certificate “{found.name}” expired on {found.ends:%Y-%m-%d}.", hint=_CHOOSE)
    return found


def is_container(data: bytes) -> bool:
    """PKCS#12, which holds the key as well."""
    return data.startswith(b"\x30") and _PKCS12 in data[:64]


def check_key(data: bytes) -> None:
    """InvalidSetting for what is no private key in PEM."""
    if b"PRIVATE KEY-----" not in data:
        raise InvalidSetting("This file holds no private key.", hint=_CHOOSE)


def _first_of_pem(data: bytes) -> Certificate:
    from cryptography import x509  # only those who send certificates need it

    try:
        return _facts(x509.load_pem_x509_certificates(data)[0])
    except (ValueError, IndexError) as error:
        alone = "a private key and no certificate" if b"PRIVATE KEY" in data else "no certificate that can be read"
        raise InvalidSetting(f"This file holds {alone}.", hint=_CHOOSE) from error


def _from_der(data: bytes) -> Certificate:
    from cryptography import x509

    try:
        return _facts(x509.load_der_x509_certificate(data))
    except ValueError as error:
        raise InvalidSetting("This file is no certificate.", hint=_CHOOSE) from error


def _in_container(data: bytes) -> Certificate | None:
    from cryptography.hazmat.primitives.serialization import pkcs12

    try:
        found = pkcs12.load_pkcs12(data, None).cert
    except ValueError:
        return None  # its passphrase is the device's matter
    return _facts(found.certificate) if found is not None else None


def _facts(certificate: object) -> Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    assert isinstance(certificate, x509.Certificate)
    return Certificate(
        _common_name(certificate.subject),
        certificate.not_valid_before_utc,
        certificate.not_valid_after_utc,
        certificate.serial_number,
        hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
        _key_print(certificate.public_key()),
    )


def read_request(data: bytes) -> Request | None:
    """PKCS#10, as PEM or bare (8.9.20); None for anything else, and for one that its key has not signed."""
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        load = x509.load_pem_x509_csr if b"-----BEGIN" in data else x509.load_der_x509_csr
        found = load(data)
        if not found.is_signature_valid:
            return None
        return Request(_common_name(found.subject), _key_print(found.public_key()), _key_words(found.public_key()))
    except (ValueError, UnsupportedAlgorithm):
        return None


def _common_name(subject: x509.Name) -> str:
    from cryptography import x509

    names = subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    return str(names[0].value) if names else subject.rfc4514_string()


def _key_print(key: CertificatePublicKeyTypes) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _key_words(key: CertificatePublicKeyTypes) -> str:
    kind = "RSA" if type(key).__name__.startswith(("RSA", "_RSA")) else "elliptic"
    size = getattr(key, "key_size", None)
    return f"{kind} key of {size} bit" if size else "its own kind of key"


async def shown(client: Client) -> Shown | None:
    """None where the device does not say."""
    try:
        root = (await client.read(SERVER)).root
    except CameraError:
        return None
    return Shown(root.text_of("SubjectDN/commonName"), root.text_of("serialNumber"))


async def held(client: Client) -> Certificate | None:
    """The root certificate for 802.1X that the device gives back; None where it gives none."""
    try:
        answer = await client.answer(DEVICE)
        return read(answer.body) if 200 <= answer.status < 300 else None
    except CameraError:
        return None
