"""From МСЭД: a notification becomes one operation on the issue."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from lxml import etree

from authorities.models import Authority
from issues import operations as issues
from issues.models import Answer, Issue
from issues.policies import By
from issues.workflow import ActionRefusedError, Need, State
from msed_bridge.soap import NamedFile, attribute, tag, text

DECISIONS: Mapping[str, str] = {
    "Решено": Answer.Decision.DONE,
    "Разъяснено": Answer.Decision.EXPLAINED,
    "Отложено": Answer.Decision.DEFERRED,
    "Отказано": Answer.Decision.REFUSED,
}


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
                uid=uuid.UUID(attribute(found, "uid")),
                name=found.get("localName", ""),
                content_type=attribute(found, "mimeType"),
                size=int(found.get("size", "0")),
                sha256=text(found, "sha256").lower(),
            )
            for found in self.event.findall(tag("file"))
        ]


def read_notification(notification: etree._Element, *, by: By | None = None) -> Told:
    """Reads a `Notification` that the schema has checked; one of МСЭД, unless `by` says otherwise."""
    event = notification[0]
    return Told(
        uid=uuid.UUID(attribute(notification, "uid")),
        appeal_uid=uuid.UUID(attribute(notification, "appealUid")),
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
        code=attribute(told.event, "code"),
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
    uid = attribute(to, "uid") if to is not None else ""
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
    try:
        issues.answer_issue(by=told.by, issue=issue, reply=reply)
    except ActionRefusedError as refused:
        if refused.why != Need.PLANNED_DATE:
            raise
        # The contract lets «Отложено» come without a day; the author must read it all the same.
        note = _(
            "The authority puts the work off and names no day to come; the deadline stays: %(text)s"
        ) % {"text": words}
        issues.report_progress(by=told.by, issue=issue, note=note)


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
