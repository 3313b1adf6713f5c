"""How deadlines are counted (R1.3): moderation, registration, answer, extension."""

from datetime import date, datetime, timedelta

from common import clock, workdays
from issues.workflow import ANSWER_CLOCK_STATES, State

MODERATION = timedelta(hours=48)
"""Clock hours; source: seed document of «Добродел», R1.3."""
QUESTION = timedelta(days=3)
"""How long the author has to answer a moderator's question; the 48 hours stand still meanwhile."""
REGISTRATION_DAYS = 3
"""Calendar days; source: 59-ФЗ art. 8(2)."""
LONGEST_ANSWER_DAYS = 30
"""Calendar days; source: 59-ФЗ art. 12(1)."""
LONGEST_EXTENSION_DAYS = 30
"""Calendar days on top of the term; source: 59-ФЗ art. 12(2)."""
SILENCE_DAYS = 14
"""Calendar days after which an answer without a verdict is closed (R1.2)."""
SILENCE_NOTICE = timedelta(days=3)
"""How long before that the author is told."""
REMINDER_SHARE = 0.75
"""Share of a term after which the one who must act is reminded (R1.3)."""


def moderation_due(filed_at: datetime) -> datetime:
    """When a message filed at `filed_at` has to be judged, UTC."""
    return filed_at + MODERATION


def registration_due(dispatched_at: datetime) -> datetime:
    """When a message given to an authority has to be registered: the end of the third day, UTC."""
    return clock.end_of_day(clock.region_date(dispatched_at) + timedelta(days=REGISTRATION_DAYS))


def answer_date(start: date, term_days: int, *, calendar: workdays.Calendar | None = None) -> date:
    """The last day for the answer: the topic's term, never over 30 calendar days.

    Args:
        start: the day of publication or of the return; counting begins on the next one.
        term_days: the topic's term, working days.
        calendar: for one who counts many; by default it is read anew.

    Raises:
        common.workdays.CalendarUnknownError: the transferred days of a year are not known.
    """
    longest = start + timedelta(days=LONGEST_ANSWER_DAYS)
    calendar = calendar or workdays.Calendar()
    return calendar.add_working_days(start, term_days, until=longest)


def answer_due(started_at: datetime, term_days: int) -> datetime:
    """The moment after which the answer is late, UTC; see `answer_date`."""
    return clock.end_of_day(answer_date(clock.region_date(started_at), term_days))


def longest_answer_due(started_at: datetime) -> datetime:
    """The moment after which an answer is late by law alone, whatever the calendar, UTC."""
    day = clock.region_date(started_at) + timedelta(days=LONGEST_ANSWER_DAYS)
    return clock.end_of_day(day)


def deferred_due(
    due_at: datetime | None, term_due_at: datetime | None, planned: date, now: datetime
) -> datetime | None:
    """The deadline after the work was put off to a planned day, UTC.

    The promise is shown as what it is. The deadline follows it as far as an extension could, and no
    further; one that was missed stays missed.

    Args:
        due_at: the present deadline.
        term_due_at: the end of the term as it was first set.
        planned: the promised day in the region.
        now: the present moment, UTC.
    """
    if due_at is None or term_due_at is None or now >= due_at:
        return due_at
    return max(due_at, clock.end_of_day(min(planned, latest_extension(term_due_at))))


def latest_extension(term_due_at: datetime) -> date:
    """The last day that a term which ends at `term_due_at` may be extended to."""
    return clock.last_day(term_due_at) + timedelta(days=LONGEST_EXTENSION_DAYS)


def running(
    state: str,
    *,
    moderation_due_at: datetime,
    registration_due_at: datetime | None,
    answer_due_at: datetime | None,
    answered_at: datetime | None,
    asked_until: datetime | None = None,
) -> tuple[str, datetime] | None:
    """The deadline that runs in `state`, by its name, or None when nobody is waited for."""
    if state == State.SUBMITTED and asked_until:
        return "question", asked_until
    if state == State.SUBMITTED:
        return "moderation", moderation_due_at
    if state == State.DISPATCHED and registration_due_at:
        return "registration", registration_due_at
    if state in ANSWER_CLOCK_STATES and answer_due_at:
        return "answer", answer_due_at
    if state == State.ANSWERED and answered_at:
        return "verdict", silence_ends(answered_at)
    return None


def silence_ends(answered_at: datetime, told_at: datetime | None = None) -> datetime:
    """When an answer without a verdict is closed, UTC: never sooner than the notice says.

    Args:
        answered_at: the moment of the answer, UTC.
        told_at: when the author was told of the closing, UTC; None when it will be in time.
    """
    ends_at = answered_at + timedelta(days=SILENCE_DAYS)
    return max(ends_at, told_at + SILENCE_NOTICE) if told_at else ends_at


def reminder(started_at: datetime, due_at: datetime) -> datetime:
    """When to remind of a deadline: after 75 % of the time, UTC."""
    return started_at + (due_at - started_at) * REMINDER_SHARE
