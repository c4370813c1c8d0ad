"""Certificates that simulated cameras make for themselves, as real ones do when they leave the factory."""

from __future__ import annotations

import ipaddress
import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path


def server_context(host: str, name: str) -> ssl.SSLContext:
    """A context with a fresh key and a certificate that nobody has signed. OSError where it cannot be made."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    renew_certificate(context, host, name)
    return context


def load_certificate(context: ssl.SSLContext, pem: bytes) -> bool:
    """A certificate with its key that somebody has uploaded, for connections that come from now on. False where it
    cannot be used."""
    try:
        _load(context, pem)
    except (ssl.SSLError, OSError, ValueError):
        return False
    return True


def _load(context: ssl.SSLContext, pem: bytes) -> None:
    # The module reads keys from files only.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "camera.pem"
        file.touch(mode=0o600)
        file.write_bytes(pem)
        context.load_cert_chain(file, password="")


def renew_certificate(context: ssl.SSLContext, host: str, name: str) -> None:
    """Another key and certificate, for connections that come from now on. OSError as for `server_context`."""
    try:
        # Only cameras with HTTPS need the package, so only they ask for it.
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.x509.oid import NameOID
    except ImportError as error:
        raise OSError("simulated HTTPS needs the Python package “cryptography”") from error
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(host))])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=3650))
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    _load(context, pem)
