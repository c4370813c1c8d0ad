"""Certificates as files, made anew for every test run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, NoEncryption, pkcs12


def made(name: str = "gate.example", begins: int = -1, ends: int = 365):
    """Key and certificate; begins and ends are days from now."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=begins))
        .not_valid_after(now + timedelta(days=ends))
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def key_pem(key) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, NoEncryption())


def pem(name: str = "gate.example", begins: int = -1, ends: int = 365, *, with_key: bool = False) -> bytes:
    key, certificate = made(name, begins, ends)
    return certificate.public_bytes(serialization.Encoding.PEM) + (key_pem(key) if with_key else b"")


def der(name: str = "gate.example") -> bytes:
    return made(name)[1].public_bytes(serialization.Encoding.DER)


def container(name: str = "gate.example", passphrase: str = "") -> bytes:
    key, certificate = made(name)
    hidden = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, None, hidden)


def signed(request: bytes, days: int = 90) -> bytes:
    """What a certificate authority makes of a request, as PEM."""
    asked = x509.load_pem_x509_csr(request) if request.startswith(b"-----") else x509.load_der_x509_csr(request)
    assert asked.is_signature_valid
    key, authority = made("Authority")
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(asked.subject)
        .issuer_name(authority.subject)
        .public_key(asked.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)
