"""Files of messages are looked at by workers, after filing, each once; the consumer “files” of the timeline."""

import logging
import threading
from dataclasses import asdict
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet

from common import clock
from common.hints import Hint
from issues.models import Attachment, Issue, IssueEvent
from issues.operations.writer import lock
from moderation.findings.attached import attached, same_picture
from moderation.findings.looking import Look, NotSeenError, look
from moderation.findings.wording import wording
from moderation.models import OF_FILES, FileLook, Finding
from moderation.queries.files import bands, files_to_look_at, looks_like, repairs_to_look_at

logger = logging.getLogger(__name__)

CONSUMER = "files"
ERASE = "erase"
ACTIONS = frozenset({"submit", "resubmit", "amend", "answer", "defer", ERASE})
"""The actions whose events this consumer wants."""
LEASE = timedelta(minutes=3)
"""After so long another worker takes a file: whoever had it has died."""
LATER = timedelta(minutes=10)
"""After so long a file that took too long is looked at again: the machine may have been busy."""
MOST_ATTEMPTS = 2
MOST_PUT_DOWN = 100
"""Photos of repairs that are put down in one go."""
MOST_TAKEN = 5
"""A file that so many workers did not come back from is left alone."""

_looking = threading.Lock()
hint: Hint[[]] = Hint()
"""There are files to look at."""


def handle(event_id: int) -> None:
    """Puts the files of the event's message down to be looked at; called by the outbox, in its transaction."""
    event = IssueEvent.objects.select_related("issue").get(pk=event_id)
    if event.action == ERASE:
        FileLook.objects.filter(attachment__issue=event.issue, attachment__answer=None).delete()
    else:
        put_down(event.issue)
    tell(event.issue)


def put_down(issue: Issue) -> int:
    """Puts those files of a message down to be looked at that nobody has looked at; returns how many."""
    return _put_down(files_to_look_at(issue).filter(look=None))


def _put_down(waiting: QuerySet[Attachment]) -> int:
    now = clock.now()
    made = FileLook.objects.bulk_create(
        [FileLook(attachment=file, next_attempt_at=now) for file in waiting], ignore_conflicts=True
    )
    if made:
        hint.after_commit()
    return len(made)


def look_at_due(*, limit: int = 10) -> int:
    """Looks at files that wait, one after the other; returns at how many.

    One at a time in a process: a look takes 250 MB and a processor. Who comes meanwhile leaves it to the other.

    Args:
        limit: files at most; the rest is left to the next call.
    """
    if not _looking.acquire(blocking=False):
        return 0
    try:
        # What a resident says of a repair is no entry of the timeline: nobody has put it down.
        _put_down(repairs_to_look_at(MOST_PUT_DOWN))
        for done in range(limit):
            taken = _take()
            if taken is None:
                return done
            _look_at(taken)
    finally:
        _looking.release()
    hint.now()
    return limit


def tell(issue: Issue) -> None:
    """Writes down what is noticed about a message's files instead of what had been before."""
    with transaction.atomic():
        # Two of its files may be looked at at the same time; whoever changes a message locks it first.
        issue = lock(issue)
        Finding.objects.filter(issue=issue, code__in=OF_FILES).delete()
        Finding.objects.bulk_create(
            Finding(issue=issue, code=one.code, values=dict(one.values)) for one in attached(issue)
        )


def _take() -> FileLook | None:
    now = clock.now()
    with transaction.atomic():
        taken = (
            FileLook.objects.select_for_update(skip_locked=True, of=("self",))
            .filter(next_attempt_at__lte=now, attempts__lt=MOST_TAKEN)
            .select_related("attachment__issue", "attachment__retouching")
            .order_by("next_attempt_at")
            .first()
        )
        if taken is not None:
            taken.attempts += 1
            taken.next_attempt_at = now + LEASE
            taken.save(update_fields=["attempts", "next_attempt_at"])
    return taken


def _look_at(taken: FileLook) -> None:
    file = taken.attachment
    try:
        with file.as_sent.open("rb") as content:
            seen = look(content.read(), file.content_type)
    except NotSeenError as error:
        logger.warning("file %s could not be looked at: %s", file.pk, error.why)
        _give_up(taken, FileLook.Failure(error.why))
    except OSError as error:
        logger.warning("file %s could not be read: %s", file.pk, type(error).__name__)
        _give_up(taken, FileLook.Failure.BROKEN)
    else:
        _write_down(taken, seen)


def _give_up(taken: FileLook, failure: FileLook.Failure) -> None:
    again = taken.attempts < MOST_ATTEMPTS
    taken.failure = failure
    taken.next_attempt_at = clock.now() + LATER if again else None
    _ours(taken).update(failure=failure, next_attempt_at=taken.next_attempt_at)


def _write_down(taken: FileLook, seen: Look) -> None:
    values: dict[str, object] = {
        "failure": "",
        "regions": [asdict(region) for region in seen.regions],
        "blank": seen.blank,
        "words": sorted({str(one.code) for one in wording(seen.text)}) if seen.text else [],
    }
    if seen.fingerprint is not None:
        # PostgreSQL has no unsigned numbers.
        fingerprint = seen.fingerprint - (seen.fingerprint >> 63 << 64)
        likes = looks_like(taken.attachment, fingerprint)
        before = next((one for one in likes if same_picture(taken.attachment, one)), None)
        values |= {
            "fingerprint": fingerprint,
            "bands": bands(fingerprint),
            "came_before": before and before.issue,
        }
    # It stays taken until it is told, so that a death in between is made up for. Not in one transaction:
    # a row that names another message must not be written while this one is locked.
    issue = taken.attachment.issue
    if not _ours(taken).update(**values) or issue is None:
        return
    with transaction.atomic():
        tell(issue)
        _ours(taken).update(next_attempt_at=None)


def _ours(taken: FileLook) -> QuerySet[FileLook]:
    """The row, unless another worker has taken it since, or the file is gone."""
    return FileLook.objects.filter(pk=taken.pk, attempts=taken.attempts)
