"""TLS both ways: the stand-in wants the portal's certificate, and shows its own when it pushes."""

import http.client
import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from reference_servers.msed.security import Tls
from reference_servers.msed.soap import envelope
from tests.reference_servers.msed_process import Msed, Portal, new_uid, register, signed, wait_for


def certificate(folder: Path, name: str, issuer: str = "") -> None:
    """Write name.pem and name.key, signed by the issuer's key, or by its own as an authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signer, signer_name = key, subject
    if issuer:
        loaded = serialization.load_pem_private_key((folder / f"{issuer}.key").read_bytes(), None)
        assert isinstance(loaded, ec.EllipticCurvePrivateKey)
        signer = loaded
        signer_name = x509.load_pem_x509_certificate(
            (folder / f"{issuer}.pem").read_bytes()
        ).subject
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=not issuer, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(signer, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def post(port: int, context: ssl.SSLContext, body: bytes) -> int:
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
    try:
        connection.request("POST", "/msed", body, {"Content-Type": "text/xml; charset=utf-8"})
        return connection.getresponse().status
    finally:
        connection.close()


def test_only_a_portal_with_a_certificate_is_heard_and_pushes_show_one(tmp_path: Path) -> None:
    certificate(tmp_path, "authority")
    certificate(tmp_path, "msed", "authority")
    certificate(tmp_path, "portal", "authority")

    def tls(name: str) -> Tls:
        return Tls(
            str(tmp_path / f"{name}.pem"),
            str(tmp_path / f"{name}.key"),
            str(tmp_path / "authority.pem"),
        )

    portal = Portal(tls=tls("portal").server_context()).start()
    options = (
        "--tls-certificate",
        tls("msed").certificate,
        "--tls-key",
        tls("msed").key,
        "--tls-ca",
        tls("msed").authority,
    )
    msed = Msed(tmp_path / "books.sqlite3", portal.url, options).start()
    appeal = new_uid()
    message = envelope(register(appeal, new_uid()), signed())
    try:
        nameless = ssl.create_default_context(cafile=tls("portal").authority)
        with pytest.raises(OSError, match=r"(?i)certificate|reset|eof|pipe"):
            post(msed.port, nameless, message)
        assert post(msed.port, tls("portal").client_context(), message) == 200
        wait_for(lambda: len(portal.told(appeal)) == 3)
    finally:
        msed.kill()
        portal.stop()
