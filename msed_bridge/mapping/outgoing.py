"""To МСЭД: an event of the timeline becomes the values of a message, which the client writes by the WSDL."""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import override

from authorities.models import Authority, Kind
from authorities.questions import answers_in_words
from common import clock
from issues.models import Attachment, Issue, IssueEvent
from issues.queries.additions import additions

TOLD_ACTIONS = frozenset({"dispatch", "withdraw", "rate", "supplement"})
"""Actions whose events МСЭД may have to hear of; a return for rework is a `dispatch` from `reopened`."""

KINDS: Mapping[str, str] = {
    Kind.PROBLEM: "Проблема",
    Kind.PROPOSAL: "Предложение",
    Kind.THANKS: "Благодарность",
}
ADDITION, REWORK = "Дополнение", "Возврат на доработку"
WITHDRAWAL, RATING = "Отзыв", "Оценка"

Values = dict[str, Any]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_GIVEN = "Не указано"


@dataclass(frozen=True)
class SentFile:
    """A file that a message names: its identity in the exchange and what it is."""

    uid: uuid.UUID
    attachment: Attachment


def header(uid: uuid.UUID, *, at: datetime) -> Values:
    """The header of a message of the portal.

    Args:
        uid: the message's identity.
        at: the moment it was made, UTC.
    """
    return {
        "uid": str(uid),
        "type": "Документ",
        "created": at.isoformat(timespec="milliseconds"),
        "version": "1.0",
        "source": {"uid": settings.MSED_PORTAL_UID, "organization": settings.MSED_PORTAL_NAME},
        "destination": {
            "uid": settings.MSED_PARTNER_UID,
            "organization": settings.MSED_PARTNER_NAME,
        },
    }


def appeal(issue: Issue, event: IssueEvent, files: Sequence[SentFile]) -> Values:
    """The `appeal` of RegisterAppeal.

    Args:
        issue: with its topic, author and municipality.
        event: its `dispatch`: names the authority and the term.
        files: what was put before.
    """
    assert event.authority is not None
    values: Values = {
        "uid": str(issue.uid),
        "num": {
            "number": issue.number,
            "date": clock.region_date(issue.filed_at).isoformat(),
        },
        "kind": KINDS[issue.kind],
        "addressee": [_addressee(event.authority)],
        "correspondent": _correspondent(issue),
        "classifierCode": issue.topic.classifier_code,
        "annotation": _clean(f"{issue.topic.name}. {issue.address}", 4000),
        "text": _clean(_full_text(issue, event), 64000),
        "location": {
            "address": _clean(issue.address, 4000),
            "latitude": _degrees(issue.point.y),
            "longitude": _degrees(issue.point.x),
        },
        "controlDate": _control_date(event),
        "file": [_file(file) for file in files],
    }
    if issue.municipality and issue.municipality.oktmo:
        values["location"]["oktmo"] = issue.municipality.oktmo
    return values


def addition(issue: Issue, event: IssueEvent, files: Sequence[SentFile] = ()) -> Values:
    """What AddToAppeal says besides its header: addition, return for rework, withdrawal or rating.

    Args:
        issue: with its events.
        event: of an action in `TOLD_ACTIONS`.
        files: what was put before.
    """
    values: Values = {"appealUid": str(issue.uid)}
    match event.action:
        case "supplement":
            values["purpose"] = ADDITION
            values["text"] = _clean(_note(event), 64000)
        case "dispatch":
            values["purpose"] = REWORK
            back = sent_back_by(event)
            values["text"] = _clean(_note(back) if back else "", 64000)
            values["controlDate"] = _control_date(event)
        case "withdraw":
            values["purpose"] = WITHDRAWAL
            words = getattr(event, "words", None)
            values["text"] = _clean(str(words.private.get("words") or "") if words else "", 64000)
        case "rate":
            values["purpose"] = RATING
            values["text"] = _clean(_note(event), 64000)
            values["rating"] = event.data["stars"]
            values["solved"] = event.data["solved"]
        case other:
            raise ValueError(other)
    # The schema wants words; the contract gives these for a rating without any.
    values["text"] = (values["text"].strip() and values["text"]) or "Без комментария"
    values["file"] = [_file(file) for file in files]
    return values


def sent_back_by(event: IssueEvent) -> IssueEvent | None:
    """The entry that says why an appeal is to be worked on again: the author's return, or the hand-over
    or the refusal of an authority that had it meanwhile; None where it is given for the first time."""
    reasons = ["reopen", "redirect", "refuse_registration"]
    before = event.issue.events.filter(action__in=reasons, seq__lt=event.seq)
    return before.select_related("words").order_by("-seq").first()


def _addressee(authority: Authority) -> Values:
    party: Values = {"organization": _clean(authority.name, 255)}
    if authority.msed_uid:
        party["uid"] = str(authority.msed_uid)
    return party


def _correspondent(issue: Issue) -> Values:
    """Who writes. The schema insists on two names: a missing one is said to be missing."""
    author = issue.author
    values: Values = {"lastName": _NOT_GIVEN, "firstName": _NOT_GIVEN}
    if author is not None:
        values["lastName"] = _clean(author.last_name, 255).strip() or _NOT_GIVEN
        values["firstName"] = _clean(author.first_name, 255).strip() or _NOT_GIVEN
        for name, value in (
            ("middleName", author.middle_name),
            ("email", author.email),
            ("phone", author.phone),
        ):
            if value.strip():
                values[name] = _clean(value, 255)
    if issue.company_name.strip():
        values["organization"] = _clean(issue.company_name, 255)
    return values


def _full_text(issue: Issue, event: IssueEvent) -> str:
    """The description as the author wrote it, the answers to the topic's questions, what was added since."""
    with override("ru"):
        answers = answers_in_words(issue.topic.questions, issue.details)
    lines = [f"{question} {answer}" for question, answer in answers]
    # Said to an authority that has refused it: the next one was not there to hear it.
    added = [f"{ADDITION}: {one.words}" for one in additions(issue, before=event) if one.words]
    return "\n\n".join(filter(None, (issue.description, "\n".join(lines), *added)))


def _file(file: SentFile) -> Values:
    return {
        "uid": str(file.uid),
        "localName": _clean(file.attachment.name, 255).strip() or "file",
        "mimeType": file.attachment.content_type,
        "size": file.attachment.size,
        "group": "Текст приложения",
        "sha256": file.attachment.sha256,
    }


def _note(event: IssueEvent) -> str:
    words = getattr(event, "words", None)
    return words.note if words else ""


def _clean(words: str, longest: int) -> str:
    """`words` without characters that XML can not hold, at most `longest` long."""
    return _NOT_XML.sub("", words)[:longest]


def _degrees(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.0000001"))


def _control_date(event: IssueEvent) -> str:
    assert event.answer_due_at is not None
    return clock.last_day(event.answer_due_at).isoformat()
