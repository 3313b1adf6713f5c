"""Notifications as МСЭД would write them, and their delivery to the portal's end-point."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from lxml import etree

from issues.models import Issue
from msed_bridge import security, soap
from msed_bridge.soap import MSED, SOAP, tag

TIME = "<time>2026-03-02T10:00:00+03:00</time>"
ACCEPTED = (
    f"<documentAccepted>{TIME}<num><number>МСЭД-2026-17</number><date>2026-03-02</date></num>"
    "</documentAccepted>"
)
ASSIGNED = (
    f"<executorAssigned>{TIME}<executor><organization>Управление дорог</organization>"
    "<department>Отдел ремонта</department><person>Соколов И. П.</person></executor>"
    "</executorAssigned>"
)
COURSE = f"<courseChanged>{TIME}<courseText>Заказан асфальт.</courseText></courseChanged>"


def refused(reason: str = "Не наша дорога") -> str:
    return (
        f'<documentRefused code="WRONG_ADDRESSEE">{TIME}<reason>{reason}</reason></documentRefused>'
    )


def extended(until: str) -> str:
    return (
        f"<termExtended>{TIME}<controlDate>{until}</controlDate><reason>Ждём тепла.</reason>"
        "</termExtended>"
    )


def redirected(uid: str = "", name: str = "Министерство дорог") -> str:
    to = f' uid="{uid}"' if uid else ""
    return f"<redirected>{TIME}<to{to}><organization>{name}</organization></to></redirected>"


def answered(decision: str = "Решено", due: str = "") -> str:
    due = f"<dueDate>{due}</dueDate>" if due else ""
    return (
        f"<reportSent>{TIME}<report><number>ОТВ-1</number><date>2026-03-05</date></report>"
        "<text>Яма заделана.</text><signatory><organization>Управление дорог</organization>"
        "<person>Миронова Е. В.</person><post>начальник</post></signatory>"
        f"<decision>{decision}</decision>{due}</reportSent>"
    )


@dataclass
class Delivery:
    """One notification and the message that brings it."""

    issue: Issue
    seq: int
    event: str
    uid: str = field(default_factory=lambda: str(uuid.uuid4()))
    message_uid: str = field(default_factory=lambda: str(uuid.uuid4()))
    appeal_uid: str = ""
    source: str = ""

    @property
    def child(self) -> bytes:
        source = self.source or settings.MSED_PARTNER_UID
        return (
            f'<DeliverNotification xmlns="{MSED}"><header type="Уведомление" version="1.0"'
            f' uid="{self.message_uid}" created="2026-03-02T10:00:00Z">'
            f'<source uid="{source}"><organization>МСЭД</organization></source>'
            f'<destination uid="{settings.MSED_PORTAL_UID}"><organization>Портал</organization>'
            f'</destination></header><notification uid="{self.uid}" seq="{self.seq}"'
            f' appealUid="{self.appeal_uid or self.issue.uid}">{self.event}</notification>'
            "</DeliverNotification>"
        ).encode()


def token(now: datetime | None = None, password: str = "") -> bytes:
    theirs = security.Credentials(
        settings.MSED_CALLBACK_USERNAME, password or settings.MSED_CALLBACK_PASSWORD
    )
    return security.token(theirs, now=now or datetime.now(UTC))


def post(child: bytes, header: bytes | None = None, charset: str = "utf-8") -> HttpResponse:
    """Delivers a Body's child; without a header with a fresh token."""
    return post_raw(soap.envelope(child, token() if header is None else header), charset)


def post_raw(message: bytes, charset: str = "utf-8") -> HttpResponse:
    response = Client().post(
        "/msed/callback/", message, content_type=f"text/xml; charset={charset}"
    )
    assert isinstance(response, HttpResponse)
    return response


def receipt(response: HttpResponse) -> etree._Element:
    """The acknowledgment of a reply that is valid by the contract."""
    assert response.status_code == 200, response.content.decode()
    _header, child = soap.parse(response.content)
    soap.check(child)
    acknowledgment = child.find(tag("acknowledgment"))
    assert acknowledgment is not None
    return acknowledgment


def fault(response: HttpResponse) -> tuple[str, bool | None]:
    """Code of a fault and whether a retry helps; None for a header fault, which has no detail."""
    assert response.status_code == 500
    _header, child = soap.parse(response.content)
    assert child.tag == tag("Fault", SOAP)
    detail = child.find(f"detail/{tag('MsedFault')}")
    if detail is None:
        return child.findtext("faultcode") or "", None
    soap.check(detail)
    return soap.text(detail, "code"), soap.text(detail, "retryable") == "true"
