"""X.509 signatures: RSA-SHA256 over Body and Timestamp, the certificate as a token beside it (contract, 8).

Libraries look an id up wherever it stands first; here it is said which elements must have been signed,
and each id must be there once. So nothing can be wrapped: what was signed is what is read.
"""

import base64
import binascii
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import xmlsec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from lxml import etree

from msed_bridge.soap import (
    BASE64,
    SOAP,
    WSSE,
    WSU,
    X509,
    AuthenticationError,
    element,
    read_moment,
    tag,
    written,
)

DS = "http://www.w3.org/2000/09/xmldsig#"
_EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
_RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
_SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
VALID = timedelta(minutes=5)
"""How long a message may be on its way; source: contract, 8."""

_ID = tag("Id", WSU)


@dataclass(frozen=True)
class Keys:
    """Our key, and both sides' certificates.

    Attributes:
        key: PEM of our private key.
        certificate: ours, DER.
        partner: the partner's, DER; none other is believed.
    """

    key: bytes
    certificate: bytes
    partner: x509.Certificate


def keys() -> Keys | None:
    """The keys that are configured; None where messages are not signed."""
    if not settings.MSED_SIGNATURE_KEY_FILE:
        return None
    return _read_keys(
        settings.MSED_SIGNATURE_KEY_FILE,
        settings.MSED_SIGNATURE_CERTIFICATE_FILE,
        settings.MSED_PARTNER_CERTIFICATE_FILE,
    )


@cache
def _read_keys(key: str, certificate: str, partner: str) -> Keys:
    ours = x509.load_pem_x509_certificate(Path(certificate).read_bytes())
    return Keys(
        Path(key).read_bytes(),
        ours.public_bytes(Encoding.DER),
        x509.load_pem_x509_certificate(Path(partner).read_bytes()),
    )


def sign(message: bytes, keys: Keys, *, now: datetime) -> bytes:
    """An envelope with its Body and a Timestamp signed.

    Args:
        message: as `soap.envelope` writes it.
        keys: ours.
        now: the moment of sending, UTC.
    """
    root = element(message)
    header, body = root.find(tag("Header", SOAP)), root.find(tag("Body", SOAP))
    assert header is not None
    assert body is not None
    security = header.find(tag("Security", WSSE))
    if security is None:
        security = etree.SubElement(header, tag("Security", WSSE), nsmap={"wsse": WSSE})
    token = etree.SubElement(security, tag("BinarySecurityToken", WSSE), nsmap={"wsu": WSU})
    token.set("ValueType", X509)
    token.set("EncodingType", BASE64)
    token.text = base64.b64encode(keys.certificate).decode()
    stamp = etree.SubElement(security, tag("Timestamp", WSU), nsmap={"wsu": WSU})
    etree.SubElement(stamp, tag("Created", WSU)).text = written(now)
    etree.SubElement(stamp, tag("Expires", WSU)).text = written(now + VALID)
    for signed in (token, stamp, body):
        signed.set(_ID, f"id-{secrets.token_hex(8)}")

    signature = xmlsec.template.create(
        root, xmlsec.constants.TransformExclC14N, xmlsec.constants.TransformRsaSha256, ns="ds"
    )
    security.append(signature)
    for signed in (body, stamp):
        reference = xmlsec.template.add_reference(
            signature, xmlsec.constants.TransformSha256, uri=f"#{signed.get(_ID)}"
        )
        xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
    info = xmlsec.template.ensure_key_info(signature)
    named = etree.SubElement(info, tag("SecurityTokenReference", WSSE))
    etree.SubElement(named, tag("Reference", WSSE), URI=f"#{token.get(_ID)}", ValueType=X509)
    context = _context(xmlsec.Key.from_memory(keys.key, xmlsec.constants.KeyDataFormatPem), root)
    context.sign(signature)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def verify(root: etree._Element, keys: Keys, *, now: datetime) -> None:
    """Sees that the partner signed this very Body and a fresh Timestamp.

    Args:
        root: the envelope as it was parsed.
        keys: whose certificate is believed.
        now: the present moment, UTC.

    Raises:
        AuthenticationError: `InvalidSecurity`, `FailedAuthentication` or `MessageExpired`.
    """
    security = _only(root, f"{tag('Header', SOAP)}/{tag('Security', WSSE)}")
    signature = _only(security, tag("Signature", DS))
    stamp = _only(security, tag("Timestamp", WSU))
    token = _only(security, tag("BinarySecurityToken", WSSE))
    body = _only(root, tag("Body", SOAP))
    _check_method(signature, signed={_id(root, body), _id(root, stamp)})
    named = _only(signature, f"{tag('KeyInfo', DS)}/*/{tag('Reference', WSSE)}")
    if named.get("URI") != f"#{_id(root, token)}":
        raise AuthenticationError("InvalidSecurity", "the key is not the token's")
    if _certificate(token) != keys.partner.public_bytes(Encoding.DER):
        raise AuthenticationError("FailedAuthentication", "an unknown certificate")
    if not keys.partner.not_valid_before_utc <= now <= keys.partner.not_valid_after_utc:
        raise AuthenticationError("FailedAuthentication", "the certificate is out of date")
    pem = keys.partner.public_bytes(Encoding.PEM)
    context = _context(xmlsec.Key.from_memory(pem, xmlsec.constants.KeyDataFormatCertPem), root)
    try:
        context.verify(signature)
    except xmlsec.Error:
        raise AuthenticationError("FailedAuthentication", "the signature is wrong") from None
    _check_time(stamp, now)


def _check_method(signature: etree._Element, *, signed: set[str]) -> None:
    """One way of signing is taken, over exactly these elements."""
    info = _only(signature, tag("SignedInfo", DS))
    methods = [
        _only(info, tag("CanonicalizationMethod", DS)).get("Algorithm"),
        _only(info, tag("SignatureMethod", DS)).get("Algorithm"),
    ]
    references = info.findall(tag("Reference", DS))
    for reference in references:
        methods += [
            _only(reference, f"{tag('Transforms', DS)}/{tag('Transform', DS)}").get("Algorithm"),
            _only(reference, tag("DigestMethod", DS)).get("Algorithm"),
        ]
    wanted = [_EXCLUSIVE, _RSA_SHA256] + [_EXCLUSIVE, _SHA256] * len(references)
    uris = [reference.get("URI") for reference in references]
    if methods != wanted or sorted(uris, key=str) != sorted(f"#{one}" for one in signed):
        raise AuthenticationError("InvalidSecurity", "Body and Timestamp are signed by RSA-SHA256")


def _check_time(stamp: etree._Element, now: datetime) -> None:
    try:
        created, expires = (
            read_moment(_only(stamp, tag(name, WSU)).text or "") for name in ("Created", "Expires")
        )
    except ValueError:
        raise AuthenticationError("InvalidSecurity", "unreadable Timestamp") from None
    if abs(now - created) > VALID or expires < now:
        raise AuthenticationError("MessageExpired", "the Timestamp is more than 5 minutes away")


def _only(parent: etree._Element, path: str) -> etree._Element:
    found = parent.findall(path)
    if len(found) != 1:
        name = path.rpartition("}")[2]
        raise AuthenticationError("InvalidSecurity", f"one {name} is wanted")
    return found[0]


def _id(root: etree._Element, signed: etree._Element) -> str:
    """The element's id, which no other element may have, by whatever name of the attribute."""
    own = signed.get(_ID, "")
    holders = sum(own == value for one in root.iter() for value in _ids(one))
    if not own or holders != 1:
        raise AuthenticationError("InvalidSecurity", "each signed element has an id of its own")
    return own


def _ids(one: etree._Element) -> Iterator[str]:
    for name, value in one.attrib.items():
        if etree.QName(str(name)).localname.lower() == "id":
            yield str(value)


def _certificate(token: etree._Element) -> bytes:
    try:
        return base64.b64decode("".join((token.text or "").split()), validate=True)
    except binascii.Error:
        raise AuthenticationError("InvalidSecurity", "an unreadable certificate") from None


def _context(key: xmlsec.Key, root: etree._Element) -> xmlsec.SignatureContext:
    context = xmlsec.SignatureContext()
    context.key = key
    for one in root.iter():
        if isinstance(one.tag, str) and one.get(_ID):
            context.register_id(one, "Id", WSU)
    return context
