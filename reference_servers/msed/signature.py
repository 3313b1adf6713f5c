"""X.509 signatures by the bare rules (XML Signature, WSS X.509 token profile): no library of the portal's.

Two ways of doing the same that understand each other say more than one that understands itself.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from reference_servers.msed.security import BASE64, FRESH, WSU
from reference_servers.msed.soap import SOAP, WSSE, SecurityFault, canonical

DS = "http://www.w3.org/2000/09/xmldsig#"
X509 = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"
EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
ID = f"{{{WSU}}}Id"


@dataclass(frozen=True)
class Keys:
    key: rsa.RSAPrivateKey
    certificate: x509.Certificate
    partner: x509.Certificate

    @classmethod
    def load(cls, key: str, certificate: str, partner: str) -> "Keys":
        """From PEM files."""
        loaded = serialization.load_pem_private_key(Path(key).read_bytes(), None)
        assert isinstance(loaded, rsa.RSAPrivateKey)
        ours, theirs = (
            x509.load_pem_x509_certificate(Path(file).read_bytes())
            for file in (certificate, partner)
        )
        return cls(loaded, ours, theirs)


def signed(envelope: bytes, keys: Keys, *, now: datetime) -> bytes:
    root = etree.fromstring(envelope)
    header = root.find(f"{{{SOAP}}}Header")
    if header is None:
        header = etree.Element(f"{{{SOAP}}}Header")
        root.insert(0, header)
    security = header.find(f"{{{WSSE}}}Security")
    if security is None:
        security = etree.SubElement(header, f"{{{WSSE}}}Security", nsmap={"wsse": WSSE})
    body = root.find(f"{{{SOAP}}}Body")
    assert body is not None
    body.set(ID, _new_id())
    stamp = etree.SubElement(security, f"{{{WSU}}}Timestamp", {ID: _new_id()})
    for name, moment in (("Created", now), ("Expires", now + timedelta(minutes=5))):
        etree.SubElement(stamp, f"{{{WSU}}}{name}").text = moment.astimezone(UTC).isoformat()
    token = etree.SubElement(
        security,
        f"{{{WSSE}}}BinarySecurityToken",
        {ID: _new_id(), "ValueType": X509, "EncodingType": BASE64},
    )
    der = keys.certificate.public_bytes(serialization.Encoding.DER)
    token.text = base64.b64encode(der).decode()
    signature = etree.SubElement(security, f"{{{DS}}}Signature", nsmap={"ds": DS})
    info = etree.SubElement(signature, f"{{{DS}}}SignedInfo")
    etree.SubElement(info, f"{{{DS}}}CanonicalizationMethod", Algorithm=EXCLUSIVE)
    etree.SubElement(info, f"{{{DS}}}SignatureMethod", Algorithm=RSA_SHA256)
    for element in (stamp, body):
        reference = etree.SubElement(info, f"{{{DS}}}Reference", URI=f"#{element.get(ID)}")
        transforms = etree.SubElement(reference, f"{{{DS}}}Transforms")
        etree.SubElement(transforms, f"{{{DS}}}Transform", Algorithm=EXCLUSIVE)
        etree.SubElement(reference, f"{{{DS}}}DigestMethod", Algorithm=SHA256)
        etree.SubElement(reference, f"{{{DS}}}DigestValue").text = _digest(element)
    value = keys.key.sign(canonical(info), padding.PKCS1v15(), hashes.SHA256())
    etree.SubElement(signature, f"{{{DS}}}SignatureValue").text = base64.b64encode(value).decode()
    named = etree.SubElement(
        etree.SubElement(signature, f"{{{DS}}}KeyInfo"), f"{{{WSSE}}}SecurityTokenReference"
    )
    etree.SubElement(named, f"{{{WSSE}}}Reference", URI=f"#{token.get(ID)}", ValueType=X509)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def check(root: etree._Element, keys: Keys, *, now: datetime) -> None:
    """Raise SecurityFault unless the portal signed the Body and a fresh Timestamp of this envelope."""
    security = _one(root, f"{{{SOAP}}}Header/{{{WSSE}}}Security")
    stamp, body = _one(security, f"{{{WSU}}}Timestamp"), _one(root, f"{{{SOAP}}}Body")
    token = _one(security, f"{{{WSSE}}}BinarySecurityToken")
    signature = _one(security, f"{{{DS}}}Signature")
    info = _one(signature, f"{{{DS}}}SignedInfo")
    der = keys.partner.public_bytes(serialization.Encoding.DER)
    if "".join((token.text or "").split()) != base64.b64encode(der).decode():
        raise SecurityFault("FailedAuthentication", "an unknown certificate")
    if _one(info, f"{{{DS}}}SignatureMethod").get("Algorithm") != RSA_SHA256:
        raise SecurityFault("InvalidSecurity", "RSA-SHA256 is wanted")
    digests = {
        reference.get("URI"): reference.findtext(f"{{{DS}}}DigestValue")
        for reference in info.findall(f"{{{DS}}}Reference")
    }
    if digests != {f"#{element.get(ID)}": _digest(element) for element in (stamp, body)}:
        raise SecurityFault("FailedAuthentication", "Body and Timestamp are not what was signed")
    public = keys.partner.public_key()
    assert isinstance(public, rsa.RSAPublicKey)
    value = base64.b64decode(signature.findtext(f"{{{DS}}}SignatureValue") or "")
    try:
        public.verify(value, canonical(info), padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature as error:
        raise SecurityFault("FailedAuthentication", "the signature is wrong") from error
    created = datetime.fromisoformat(stamp.findtext(f"{{{WSU}}}Created") or "")
    if abs(now - created) > FRESH:
        raise SecurityFault("MessageExpired", "the Timestamp is more than 5 minutes away")


def _one(parent: etree._Element, path: str) -> etree._Element:
    found = parent.findall(path)
    if len(found) != 1:
        raise SecurityFault("InvalidSecurity", f"one {path.rpartition('}')[2]} is wanted")
    return found[0]


def _digest(element: etree._Element) -> str:
    return base64.b64encode(hashlib.sha256(canonical(element)).digest()).decode()


def _new_id() -> str:
    return f"id-{secrets.token_hex(8)}"
