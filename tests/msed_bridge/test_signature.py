"""X.509 signatures: both sides sign and check, by two ways of doing it; nothing can be wrapped round them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from issues.models import Issue
from msed_bridge import signature, soap
from msed_bridge.models import Exchange
from msed_bridge.soap import SOAP, AuthenticationError, tag
from tests.msed_bridge.notifications import ACCEPTED, Delivery, fault, post_raw, token
from tests.reference_servers.msed_process import Msed

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)


def make_keys(folder: Path, name: str, *, begins: datetime) -> None:
    """A key and its self-signed certificate as PEM files."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("keys")
    for name in ("portal", "msed", "stranger"):
        make_keys(found, name, begins=NOW - timedelta(days=365))
    return found


@pytest.fixture
def signing(settings: Settings, folder: Path) -> None:
    settings.MSED_SIGNATURE_KEY_FILE = str(folder / "portal.key")
    settings.MSED_SIGNATURE_CERTIFICATE_FILE = str(folder / "portal.pem")
    settings.MSED_PARTNER_CERTIFICATE_FILE = str(folder / "msed.pem")


def keys(folder: Path, own: str, partner: str) -> signature.Keys:
    return signature._read_keys(
        str(folder / f"{own}.key"), str(folder / f"{own}.pem"), str(folder / f"{partner}.pem")
    )


# --- The whole way --------------------------------------------------------------------------------


@pytest.fixture
def signing_msed(
    transactional_db: None,
    live_server: LiveServer,
    settings: Settings,
    signing: None,
    folder: Path,
    tmp_path: Path,
) -> Iterator[Msed]:
    options = (
        *("--portal-uid", settings.MSED_PORTAL_UID, "--msed-uid", settings.MSED_PARTNER_UID),
        *("--signature-key", str(folder / "msed.key")),
        *("--signature-certificate", str(folder / "msed.pem")),
        *("--portal-certificate", str(folder / "portal.pem")),
    )
    msed = Msed(tmp_path / "msed.sqlite3", f"{live_server.url}/msed/callback/", options).start()
    settings.MSED_URL = f"http://127.0.0.1:{msed.port}/msed"
    yield msed
    msed.kill()


def test_a_message_goes_its_way_signed_in_both_directions(
    signing_msed: Msed, with_photo: Issue, reach: Callable[[Issue, str], Issue]
) -> None:
    reach(with_photo, "answered")


def test_a_portal_that_does_not_sign_is_not_let_in_and_waits(
    signing_msed: Msed, with_photo: Issue, work: Callable[[], None], settings: Settings
) -> None:
    settings.MSED_SIGNATURE_KEY_FILE = ""
    work()
    exchange = Exchange.objects.get(direction="out")
    assert (exchange.state, exchange.fault_code) == ("waiting", "InvalidSecurity")


# --- What must not pass ---------------------------------------------------------------------------


@pytest.fixture
def from_msed(folder: Path) -> bytes:
    """Signed by МСЭД for the portal."""
    envelope = soap.envelope(b'<a xmlns="urn:x"><b>1</b></a>')
    return signature.sign(envelope, keys(folder, "msed", "portal"), now=NOW)


def verify(message: bytes, folder: Path, *, now: datetime = NOW) -> None:
    root = etree.fromstring(message)
    signature.verify(root, keys(folder, "portal", "msed"), now=now)


def test_what_was_signed_is_believed(from_msed: bytes, folder: Path) -> None:
    verify(from_msed, folder)


def test_a_changed_body_is_not(from_msed: bytes, folder: Path) -> None:
    with pytest.raises(AuthenticationError, match="FailedAuthentication"):
        verify(from_msed.replace(b"<b>1</b>", b"<b>2</b>"), folder)


def test_another_certificate_is_not(folder: Path) -> None:
    envelope = soap.envelope(b'<a xmlns="urn:x"/>')
    foreign = signature.sign(envelope, keys(folder, "stranger", "portal"), now=NOW)
    with pytest.raises(AuthenticationError, match="unknown certificate"):
        verify(foreign, folder)


def test_a_foreign_key_under_the_right_certificate_is_not(from_msed: bytes, folder: Path) -> None:
    forged = keys(folder, "stranger", "portal")
    right = keys(folder, "msed", "portal")
    mixed = signature.Keys(forged.key, right.certificate, right.partner)
    envelope = soap.envelope(b'<a xmlns="urn:x"/>')
    with pytest.raises(AuthenticationError, match="signature is wrong"):
        verify(signature.sign(envelope, mixed, now=NOW), folder)


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_stale_or_future_timestamp_is_not(from_msed: bytes, folder: Path, minutes: int) -> None:
    with pytest.raises(AuthenticationError, match="MessageExpired"):
        verify(from_msed, folder, now=NOW + timedelta(minutes=minutes))


def test_the_signed_body_moved_aside_for_another_is_not(from_msed: bytes, folder: Path) -> None:
    """Signature wrapping: the signed Body lies in the Header, an evil one stands in its place."""
    root = etree.fromstring(from_msed)
    body, header = root.find(tag("Body", SOAP)), root.find(tag("Header", SOAP))
    assert body is not None
    assert header is not None
    evil = etree.SubElement(root, tag("Body", SOAP))
    etree.SubElement(evil, "{urn:x}a").text = "evil"
    etree.SubElement(header, "{urn:x}wrapper").append(body)
    with pytest.raises(AuthenticationError):
        verify(etree.tostring(root), folder)
    evil.set(signature._ID, body.get(signature._ID, ""))
    with pytest.raises(AuthenticationError, match="an id of its own"):
        verify(etree.tostring(root), folder)
    evil.set(signature._ID, "other")
    with pytest.raises(AuthenticationError, match="are signed"):
        verify(etree.tostring(root), folder)


@pytest.mark.parametrize("name", ["Id", "ID", "{http://www.w3.org/XML/1998/namespace}id"])
def test_an_id_that_stands_twice_under_any_name_is_not(
    from_msed: bytes, folder: Path, name: str
) -> None:
    root = etree.fromstring(from_msed)
    body = root.find(tag("Body", SOAP))
    assert body is not None
    body[0].set(name, body.get(signature._ID, ""))
    with pytest.raises(AuthenticationError, match="an id of its own"):
        verify(etree.tostring(root), folder)


def test_a_signature_over_the_timestamp_alone_is_not(from_msed: bytes, folder: Path) -> None:
    root = etree.fromstring(from_msed)
    info = root.find(f".//{tag('SignedInfo', signature.DS)}")
    assert info is not None
    info.remove(info.findall(tag("Reference", signature.DS))[0])
    with pytest.raises(AuthenticationError, match="are signed"):
        verify(etree.tostring(root), folder)


def test_weaker_algorithms_are_not(from_msed: bytes, folder: Path) -> None:
    weak = from_msed.replace(
        b"http://www.w3.org/2001/04/xmlenc#sha256", b"http://www.w3.org/2000/09/xmldsig#sha1"
    )
    with pytest.raises(AuthenticationError, match="RSA-SHA256"):
        verify(weak, folder)


@pytest.mark.django_db
def test_an_unsigned_notification_is_refused_by_a_signed_fault(
    published: Issue, signing: None, folder: Path
) -> None:
    response = post_raw(soap.envelope(Delivery(published, 1, ACCEPTED).child, token()))
    assert fault(response) == ("wsse:InvalidSecurity", None)
    root = etree.fromstring(response.content)
    signature.verify(root, keys(folder, "msed", "portal"), now=datetime.now(UTC))
