"""What an officer does at the desk: an act on the message as it was read, an answer step by step, templates."""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts.models import User
from authorities.models import Authority
from cabinet.models import AnswerDraft, AnswerTemplate
from common import clock, uploads
from issues import operations
from issues.models import Answer, Attachment, Issue
from issues.operations.writer import lock
from issues.policies import By

MOST_FILES = 10
"""Files of one answer."""
DRAFTS_KEPT = timedelta(days=30)
"""How long an answer that nobody goes on writing is kept."""


class ChangedError(Exception):
    """The message is no longer what the officer has read."""


@contextmanager
def as_read(issue: Issue, *, seen: int) -> Iterator[None]:
    """Holds the message inside as the officer has read it: of two officers the first one acts.

    Args:
        issue: the message.
        seen: how many entries its timeline had then.

    Raises:
        ChangedError: it has another one now.
    """
    with transaction.atomic():
        if lock(issue).event_count != seen:
            raise ChangedError
        yield


# --- An answer, step by step ------------------------------------------------------------------------


def save_draft(*, by: User, issue: Issue, fields: Mapping[str, str]) -> AnswerDraft:
    """Keeps what an officer has typed, right or wrong.

    Args:
        by: the officer.
        issue: the message that is answered.
        fields: the form's fields as they were typed, but for U+0000, which PostgreSQL takes in no text.
    """
    fields = {name: words.replace("\0", "") for name, words in fields.items()}
    with transaction.atomic():
        late = AnswerDraft.objects.filter(changed_at__lt=clock.now() - DRAFTS_KEPT)
        for draft in late.filter(officer=by).exclude(issue=issue):
            drop_draft(draft=draft)
        draft, _made = AnswerDraft.objects.update_or_create(
            issue=issue,
            officer=by,
            defaults={"fields": fields, "version": uuid.uuid4(), "changed_at": clock.now()},
        )
    return draft


def add_file(*, draft: AnswerDraft, upload: uploads.Upload, purpose: str) -> Attachment:
    """Keeps a file for an answer; it waits with its officer until the answer is sent.

    Args:
        draft: of the answer.
        upload: from `uploads.examine`.
        purpose: `before`, `after` or `answer`.

    Raises:
        issues.operations.TooManyFilesError: the answer has `MOST_FILES`, or too many wait.
    """
    with transaction.atomic():
        draft = AnswerDraft.objects.select_for_update().get(pk=draft.pk)
        if len(draft.files) >= MOST_FILES:
            raise operations.TooManyFilesError
        kept = operations.keep_waiting_file(owner=draft.officer, upload=upload, purpose=purpose)
        AnswerDraft.objects.filter(pk=draft.pk).update(
            files=[*draft.files, kept.uid], version=uuid.uuid4()
        )
    return kept


def remove_file(*, draft: AnswerDraft, uid: uuid.UUID) -> None:
    """Takes a file out of an answer that is not sent."""
    with transaction.atomic():
        draft = AnswerDraft.objects.select_for_update().get(pk=draft.pk)
        left = [file for file in draft.files if file != uid]
        AnswerDraft.objects.filter(pk=draft.pk).update(files=left, version=uuid.uuid4())
        if len(left) < len(draft.files):
            operations.drop_waiting_file(owner=draft.officer, uid=uid)


def drop_draft(*, draft: AnswerDraft) -> None:
    """Forgets an answer that was not sent, with its files."""
    with transaction.atomic():
        for uid in draft.files:
            operations.drop_waiting_file(owner=draft.officer, uid=uid)
        draft.delete()


def send_answer(
    *, by: By, draft: AnswerDraft, seen: int, version: uuid.UUID, reply: operations.Reply
) -> Answer:
    """Publishes what was read in the preview, and nothing else.

    Args:
        by: the officer.
        draft: the answer.
        seen: how many entries the timeline had in the preview.
        version: of the draft that was read there.
        reply: what the draft says.

    Raises:
        ChangedError: the message or the draft has changed since.
        ActionRefusedError: as for `issues.operations.answer_issue`.
    """
    with as_read(draft.issue, seen=seen):
        now = AnswerDraft.objects.select_for_update().filter(pk=draft.pk, version=version).first()
        if now is None:
            raise ChangedError
        reply = replace(reply, attachments=list(now.files))
        answer = operations.answer_issue(by=by, issue=draft.issue, reply=reply)
        now.delete()
    return answer


# --- Templates --------------------------------------------------------------------------------------

_PLACE = re.compile(r"\{([a-z_]+)\}")

PLACEHOLDERS: Mapping[str, Callable[[Issue], str]] = {
    "number": lambda issue: issue.number,
    "address": lambda issue: issue.address,
    "topic": lambda issue: issue.topic.name,
    "author": lambda issue: issue.author_public_name or gettext("resident"),
    "published": lambda issue: _day(clock.region_date(issue.published_at or clock.now())),
    "registration_number": lambda issue: issue.registration_number,
    "registration_date": lambda issue: _day(issue.registration_date),
    "today": lambda _issue: _day(clock.region_date(clock.now())),
}
"""What stands in a template for a fact of the message; the author is named as in public, or not at all."""


def filled_in(template: AnswerTemplate, issue: Issue) -> str:
    """The text of a template for one message; what is no known placeholder stays as it is."""
    return _PLACE.sub(
        lambda match: PLACEHOLDERS[match[1]](issue) if match[1] in PLACEHOLDERS else match[0],
        template.text,
    )


def unknown_placeholders(text: str) -> Sequence[str]:
    """Placeholders that nothing would fill in, in their order."""
    found = (match[1] for match in _PLACE.finditer(text))
    return list(dict.fromkeys(name for name in found if name not in PLACEHOLDERS))


def save_template(*, by: User, authority: Authority, template: AnswerTemplate) -> AnswerTemplate:
    """Keeps a template of an authority, new or changed.

    Raises:
        ValueError: it is another's, or common to all.
    """
    if template.pk and template.authority_id != authority.pk:
        raise ValueError("an authority changes its own templates")
    template.authority, template.changed_by = authority, by
    template.save()
    return template


def delete_template(*, authority: Authority, template: AnswerTemplate) -> None:
    """Deletes a template of an authority; answers that began with it stay.

    Raises:
        ValueError: it is another's, or common to all.
    """
    if template.authority_id != authority.pk:
        raise ValueError("an authority deletes its own templates")
    template.delete()


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""
