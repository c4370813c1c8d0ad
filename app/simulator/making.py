"""Keys, certificates and requests that simulated cameras make, by a library that real software uses as well.

It is loaded when a camera makes the first one: only those with HTTPS need it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import Name


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a certificate is for, in the protocol's words (8.9.17, DN)."""

    countryName: str = ""
    stateOrProvinceName: str = ""
    localityName: str = ""
    organizationName: str = ""
    organizationUnitName: str = ""
    commonName: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """PEM of a private key and of the certificate, or the request, that goes with it."""

    subject: Subject
    key: bytes = field(repr=False)
    body: bytes


def self_signed(subject: Subject, days: int) -> Made:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization

    key, now = _key(), datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(subject))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return Made(subject, _pem(key), certificate.public_bytes(serialization.Encoding.PEM))


def request(subject: Subject) -> Made:
    """PKCS#10."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization

    key = _key()
    made = x509.CertificateSigningRequestBuilder().subject_name(_name(subject)).sign(key, hashes.SHA256())
    return Made(subject, _pem(key), made.public_bytes(serialization.Encoding.PEM))


def complete(certificate: bytes, made: Made) -> bytes | None:
    """A certificate, PEM or DER, with the key of the request that it was made from; None for that of another key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization

    try:
        pem = certificate.startswith(b"-----")
        found = (x509.load_pem_x509_certificate if pem else x509.load_der_x509_certificate)(certificate)
        asked = x509.load_pem_x509_csr(made.body)
    except ValueError:
        return None
    form = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if found.public_key().public_bytes(*form) != asked.public_key().public_bytes(*form):
        return None
    return made.key + found.public_bytes(serialization.Encoding.PEM)


def facts(pem: bytes) -> dict[str, str]:
    """Fields of CertificateInfo by path; none for what cannot be read."""
    from cryptography import x509

    try:
        found = x509.load_pem_x509_certificates(pem)[0]
    except (ValueError, IndexError):
        return {}
    told = {
        "startDate": f"{found.not_valid_before_utc:%Y-%m-%dT%H:%M:%SZ}",
        "endDate": f"{found.not_valid_after_utc:%Y-%m-%dT%H:%M:%SZ}",
        "serialNumber": f"{found.serial_number:x}",
    }
    for side, name in (("SubjectDN", found.subject), ("IssuerDN", found.issuer)):
        common = name.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        told[f"{side}/commonName"] = str(common[0].value) if common else ""
    return told


def _key() -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _name(subject: Subject) -> Name:
    from cryptography import x509

    kinds = {
        "countryName": x509.NameOID.COUNTRY_NAME,
        "stateOrProvinceName": x509.NameOID.STATE_OR_PROVINCE_NAME,
        "localityName": x509.NameOID.LOCALITY_NAME,
        "organizationName": x509.NameOID.ORGANIZATION_NAME,
        "organizationUnitName": x509.NameOID.ORGANIZATIONAL_UNIT_NAME,
        "commonName": x509.NameOID.COMMON_NAME,
        "email": x509.NameOID.EMAIL_ADDRESS,
    }
    told = ((kind, getattr(subject, name)) for name, kind in kinds.items())
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in told if text])
