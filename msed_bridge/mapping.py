"""The one table between the portal and МСЭД, both ways: words, codes, actions.

Out: an event of the timeline becomes the values of a message, which the client writes down by the WSDL.
In: a notification becomes one operation on the issue.
"""

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import override
from lxml import etree

from authorities.models import Authority, Kind
from authorities.questions import answers_in_words
from common import clock
from issues import operations as issues
from issues.models import Answer, Attachment, Issue, IssueEvent
from issues.policies import By
from issues.queries.additions import additions
from issues.workflow import ActionRefusedError, Need, State
from msed_bridge.soap import tag, text

TOLD_ACTIONS = frozenset({"dispatch", "withdraw", "rate", "supplement"})
"""Actions whose events МСЭД may have to hear of; a return for rework is a `dispatch` from `reopened`."""

KINDS: Mapping[str, str] = {
    Kind.PROBLEM: "Проблема",
    Kind.PROPOSAL: "Предложение",
    Kind.THANKS: "Благодарность",
}
DECISIONS: Mapping[str, str] = {
    "Решено": Answer.Decision.DONE,
    "Разъяснено": Answer.Decision.EXPLAINED,
    "Отложено": Answer.Decision.DEFERRED,
    "Отказано": Answer.Decision.REFUSED,
}
ADDITION, REWORK = "Дополнение", "Возврат на доработку"
WITHDRAWAL, RATING = "Отзыв", "Оценка"

Values = dict[str, Any]

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NOT_GIVEN = "Не указано"


# --- To МСЭД --------------------------------------------------------------------------------------


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


# --- From МСЭД ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NamedFile:
    """A file that a notification names (`FileRef`)."""

    uid: uuid.UUID
    name: str
    content_type: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Told:
    """A notification, read.

    Attributes:
        uid, appeal_uid, seq: as in the contract.
        kind: name of its event.
        event: the event's element.
        by: the authority, speaking through МСЭД or МЭДО.
    """

    uid: uuid.UUID
    appeal_uid: uuid.UUID
    seq: int
    kind: str
    event: etree._Element
    by: By

    @property
    def files(self) -> list[NamedFile]:
        """The files it names."""
        return [
            NamedFile(
                uid=uuid.UUID(found.get("uid")),
                name=found.get("localName", ""),
                content_type=found.get("mimeType", ""),
                size=int(found.get("size", "0")),
                sha256=text(found, "sha256").lower(),
            )
            for found in self.event.findall(tag("file"))
        ]


def read_notification(notification: etree._Element, *, by: By | None = None) -> Told:
    """Reads a `Notification` that the schema has checked; one of МСЭД, unless `by` says otherwise."""
    event = notification[0]
    return Told(
        uid=uuid.UUID(notification.get("uid")),
        appeal_uid=uuid.UUID(notification.get("appealUid")),
        seq=int(notification.get("seq", "0")),
        kind=etree.QName(event).localname,
        event=event,
        by=by or By.msed(),
    )


@dataclass(frozen=True)
class FetchedFiles:
    """What came of the files that an answer names: those at hand, and names of the missing."""

    attachments: Sequence[uuid.UUID] = ()
    missing: Sequence[str] = ()


def follow(told: Told, issue: Issue, files: FetchedFiles) -> None:
    """Does to the issue what a notification tells.

    Raises:
        issues.workflow.ActionRefusedError: the workflow does not allow it now.
    """
    _OPERATIONS[told.kind](told, issue, files)


def _register(told: Told, issue: Issue, files: FetchedFiles) -> None:
    issues.register_issue(
        by=told.by,
        issue=issue,
        number=text(told.event, "num/number"),
        registered_on=_day(told.event, "num/date"),
    )


def _refuse(told: Told, issue: Issue, files: FetchedFiles) -> None:
    issues.refuse_registration(
        by=told.by,
        issue=issue,
        reason=text(told.event, "reason"),
        code=told.event.get("code", ""),
    )


def _start(told: Told, issue: Issue, files: FetchedFiles) -> None:
    # The body and its department; the person's name is nobody's business in public.
    parts = (text(told.event, "executor/organization"), text(told.event, "executor/department"))
    issues.start_work(
        by=told.by,
        issue=issue,
        executor=", ".join(filter(None, parts)),
        note=text(told.event, "comment"),
    )


def _redirect(told: Told, issue: Issue, files: FetchedFiles) -> None:
    to = told.event.find(tag("to"))
    uid = to.get("uid") if to is not None else None
    issues.redirect_issue(
        by=told.by,
        issue=issue,
        to=Authority.objects.filter(msed_uid=uid).first() if uid else None,
        to_name=text(told.event, "to/organization"),
        note=text(told.event, "comment"),
    )


def _extend(told: Told, issue: Issue, files: FetchedFiles) -> None:
    """Extends the term; one that the law does not allow is told, and our deadline stays."""
    until, reason = _day(told.event, "controlDate"), text(told.event, "reason")
    try:
        issues.extend_term(by=told.by, issue=issue, until=until, reason=reason)
    except ActionRefusedError as refused:
        if refused.why != Need.NEW_TERM:
            raise
        note = _(
            "The authority set itself the term %(until)s: %(reason)s. The portal does not move the "
            "deadline: an extension is later than the present term and at most 30 days beyond the "
            "first one (59-ФЗ, article 12)."
        ) % {"until": date_format(until, "d.m.Y"), "reason": reason}
        issues.report_progress(by=told.by, issue=issue, note=note)


def _tell_course(told: Told, issue: Issue, files: FetchedFiles) -> None:
    issues.report_progress(by=told.by, issue=issue, note=text(told.event, "courseText"))


def _answer(told: Told, issue: Issue, files: FetchedFiles) -> None:
    event = told.event
    words = text(event, "text")
    if files.missing:
        missing = ", ".join(f"«{name}»" for name in files.missing)
        words += (
            "\n\n"
            + _(
                "Files of the authority that are not shown, because they did not arrive whole or are "
                "not of a permitted kind: %s."
            )
            % missing
        )
    reply = issues.Reply(
        uid=told.uid,
        decision=DECISIONS[text(event, "decision")],
        text=words,
        signatory=text(event, "signatory/person") or text(event, "signatory/organization"),
        signatory_post=text(event, "signatory/post"),
        report_number=text(event, "report/number"),
        report_date=_day(event, "report/date"),
        due_date=_day(event, "dueDate") if text(event, "dueDate") else None,
        attachments=files.attachments,
    )
    issues.answer_issue(by=told.by, issue=issue, reply=reply)


_OPERATIONS: Mapping[str, Callable[[Told, Issue, FetchedFiles], None]] = {
    "documentAccepted": _register,
    "documentRefused": _refuse,
    "executorAssigned": _start,
    "redirected": _redirect,
    "termExtended": _extend,
    "courseChanged": _tell_course,
    "reportSent": _answer,
}

NO_EFFECT: Mapping[str, str] = {
    State.WITHDRAWN: "Обращение отозвано автором",
    State.CLOSED: "Обращение закрыто",
}
"""States in which what МСЭД tells is received and has no effect, with the words for its receipt."""


def _day(event: etree._Element, path: str) -> date:
    # A date of the schema may carry a zone; the day is its first ten characters.
    return date.fromisoformat(text(event, path)[:10])
