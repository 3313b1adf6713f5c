"""The timeline of an issue in plain words, the moves of its deadline, and photos in pairs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from authorities.models import Kind
from authorities.routing import in_words
from common import clock
from issues import deadlines
from issues.models import Attachment, Issue, IssueEvent
from issues.workflow import ACTIONS, ANSWER_CLOCK_STATES, State

WORDS: Mapping[str, Promise] = {
    "submit": _("The message was filed"),
    "amend": _("The author changed the message before a moderator read it"),
    "take": _("A moderator began to read the message"),
    "resubmit": _("The author corrected the message and sent it again"),
    "ask": _("The moderator asked the author; the 48 hours stand still until the answer"),
    "clarify": _("The author answered the moderator"),
    "end_question": _(
        "The author did not answer within three days: the message is judged as it is"
    ),
    "refer": _("The moderator left the message to the head moderator"),
    "take_over": _("Another moderator took the message over"),
    "merge": _("The message was merged into another about the same thing: No. %(main)s"),
    "separate": _("Message %(main)s is no longer public: this one is judged for itself"),
    "mark_urgent": _("The moderator marked the message as urgent"),
    "reject": _("The moderator did not accept the message"),
    "appeal": _("The author asked for a second look; 48 hours begin anew"),
    "take_up": _(
        "The head moderator has the rejected message looked at again; 48 hours begin anew"
    ),
    "uphold": _("Another moderator looked again: the message stays rejected"),
    "accept": _("The moderator accepted the message"),
    "publish": _("The message was published"),
    "assign": _("The message was given to: %(authority)s"),
    "withdraw": _("The author withdrew the message"),
    "erase": _("The author's personal data were erased at their request"),
    "retouch": _("The moderator had a photo drawn anew: parts of it blurred, or turned"),
    "hide": _("The moderator hid the message from the public"),
    "unhide": _("The message is shown again"),
    "dispatch": _("Sent to: %(authority)s"),
    "register": _("Registered by the authority: No. %(number)s of %(date)s"),
    "refuse_registration": _("The authority refused the registration; another one is looked for"),
    "start": _("Taken into work"),
    "report_progress": _("The authority told how the work goes on"),
    "extend": _("The authority moved the deadline to %(until)s"),
    "redirect": _("Handed over to another authority%(to)s"),
    "defer": _("Work is planned for %(planned_date)s; the authority gave an interim answer"),
    "answer": _("The authority answered"),
    "supplement": _("The author added to the message, for the authority"),
    "rate": _("The author rated the answer: %(stars)s, %(verdict)s"),
    "reopen": _("The author returned the answer: %(stars)s, not solved"),
    "close": _("The message was closed"),
    "control": _("Refused for the third time: under the control of the head of the authority"),
    "head_decides": _("The head of the authority decided"),
    "publish_words": _("A moderator published the author's words about the answer"),
    "withdraw_words": _(
        "A moderator took the author's words about the answer back from the public"
    ),
    "close_by_silence": _("Closed: the author said nothing within 14 days after the answer"),
    "acknowledge": _("The thanks were received and closed"),
    "remind": _("The portal reminded of the deadline"),
    "escalate": _("The deadline is missed; the superior was told"),
}
"""What each action of the workflow is called in a timeline."""

STAGES = (_("Moderator's check"), _("Hand-over"), _("Work"), _("Answer"), _("Outcome"))
"""What every message goes through that somebody has to answer."""

_STAGE_OF: Mapping[State, int] = {
    State.SUBMITTED: 0,
    State.ACCEPTED: 0,
    State.PUBLISHED: 1,
    State.DISPATCHED: 1,
    State.REDIRECTED: 1,
    State.REGISTERED: 2,
    State.IN_PROGRESS: 2,
    State.EXTENDED: 2,
    State.DEFERRED: 2,
    State.REOPENED: 2,
    State.ANSWERED: 4,  # the answer is there, the author's word is not
    State.RATED: 4,
    State.CLOSED: len(STAGES),
}

# Who is waited for after an answer is the author.
ASKED_AUTHOR = _("The portal asked the author for a verdict: without one the message is closed")
BY_RULE = _(
    "Accepted by rule: the checks found nothing, and the author's earlier messages were accepted"
)
# Their words stand on the page already, as the message and as the answer.
SAID_ABOVE = frozenset({"publish", "answer", "defer"})
# What the author, or the moderator, says to the authority alone.
TO_AUTHORITY = frozenset({"mark_urgent", "rate", "reopen", "supplement"})
# What is between the author and a moderator or the authority.
WITH_AUTHOR = frozenset(
    {"ask", "clarify", "reject", "appeal", "uphold", "rate", "reopen", "supplement"}
)
ALARMS = frozenset(
    {"reject", "uphold", "hide", "escalate", "reopen", "refuse_registration", "control"}
)


@dataclass(frozen=True)
class Entry:
    """One line of the timeline.

    Attributes:
        at: when, UTC.
        words: what happened.
        note: what somebody wrote to it, shown as it is.
        deadline: the last day for the answer from here on, where it changed; else None.
        deadline_before: the last day until then, None where there was none.
        moved_days: by how many days it moved, negative when it came nearer; 0 where it did not.
        is_alarm: whether it is bad news.
        hands_over: whether another authority got the message.
        unknown_to: the name of that one where the portal does not know it, else empty.
    """

    at: datetime
    words: str
    note: str
    deadline: date | None
    deadline_before: date | None
    moved_days: int
    is_alarm: bool
    hands_over: bool
    unknown_to: str


def entries(
    issue: Issue,
    *,
    to_moderator: bool = False,
    to_authority: bool = False,
    to_author: bool = False,
) -> list[Entry]:
    """The timeline of `issue` for those who may see its page, oldest first.

    Args:
        issue: the issue.
        to_moderator: whether a moderator reads; what moderators write to one another is theirs, and what
            one writes to the author is between the two.
        to_authority: whether the authority reads; the author's verdict and additions are addressed to it.
        to_author: whether the author reads, who wrote these, and to whom moderators wrote theirs.
    """
    events = issue.events.select_related("words", "authority").order_by("seq")
    told, before = [], None
    for event in events:
        due = clock.last_day(event.answer_due_at) if event.answer_due_at else None
        is_told = (
            ACTIONS[event.action].words_are_public
            or to_moderator
            or (to_authority and event.action in TO_AUTHORITY)
            or (to_author and event.action in WITH_AUTHOR)
        )
        told.append(_entry(event, due, before, with_note=is_told))
        before = due
    return told


def deadline_moves(told: Sequence[Entry]) -> list[Entry]:
    """The entries that set or moved the deadline of the answer."""
    return [entry for entry in told if entry.deadline]


def holder_unknown_to_us(told: Sequence[Entry]) -> str:
    """The authority that has the message now, where the portal does not know it; else empty."""
    return next((entry.unknown_to for entry in reversed(told) if entry.hands_over), "")


@dataclass(frozen=True)
class Term:
    """The deadline that runs now.

    Attributes:
        day: its last day.
        days_left: days from today to it; negative when it has passed.
    """

    day: date
    days_left: int


def term(issue: Issue) -> Term | None:
    """The term of the answer while it runs; None where nothing is due."""
    if issue.state not in ANSWER_CLOCK_STATES or issue.answer_due_at is None:
        return None
    day = clock.last_day(issue.answer_due_at)
    return Term(day, (day - clock.region_date(clock.now())).days)


@dataclass(frozen=True)
class Stage:
    """One of `STAGES` as a message has reached it.

    Attributes:
        words: what it is called.
        is_done: whether it is behind.
        is_now: whether the message stands there.
    """

    words: str
    is_done: bool
    is_now: bool


def stages(issue: Issue) -> list[Stage]:
    """How far `issue` has come; empty where it goes another way (thanks, or refused, or withdrawn)."""
    reached = _STAGE_OF.get(State(issue.state))
    if reached is None or issue.kind == Kind.THANKS:
        return []
    return [Stage(str(words), at < reached, at == reached) for at, words in enumerate(STAGES)]


def next_step(issue: Issue) -> str:
    """What everybody may expect next of `issue`; empty when nothing more happens."""
    match State(issue.state):
        case State.SUBMITTED if issue.asked_until:
            moment = _moment(issue.asked_until)
            return gettext("The author answers the moderator's question by %(moment)s.") % {
                "moment": moment
            }
        case State.MERGED if issue.merged_into:
            return gettext("Message No. %(number)s about the same thing goes on.") % {
                "number": issue.merged_into.number
            }
        case State.SUBMITTED if issue.is_appealed:
            moment = _moment(issue.moderation_due_at)
            return gettext("Another moderator looks at it a second time by %(moment)s.") % {
                "moment": moment
            }
        case State.SUBMITTED:
            moment = _moment(issue.moderation_due_at)
            return gettext("A moderator reads it by %(moment)s.") % {"moment": moment}
        case State.REJECTED:
            return gettext("The author may correct it and send it again.")
        case State.PUBLISHED if issue.kind == Kind.THANKS:
            return gettext("The thanks are passed on to those who earned them.")
        case State.PUBLISHED if issue.authority is None:
            return gettext("A moderator names the authority that answers.")
        case State.DISPATCHED if issue.registration_due_at and not issue.registration_number:
            day = date_format(clock.last_day(issue.registration_due_at), "DATE_FORMAT")
            return gettext("The authority registers it by %(day)s.") % {"day": day}
        case State.DEFERRED if issue.planned_date:
            day = date_format(issue.planned_date, "DATE_FORMAT")
            return gettext("The work is planned for %(day)s; then the final answer comes.") % {
                "day": day
            }
        case State.ANSWERED if issue.answered_at:
            day = date_format(end_by_silence(issue, issue.answered_at), "DATE_FORMAT")
            return gettext(
                "The author says whether it is solved; without a word it closes on %(day)s."
            ) % {"day": day}
        case state if state in ANSWER_CLOCK_STATES:
            return gettext("The authority works on it and answers here.")
        case _:
            return ""


def end_by_silence(issue: Issue, answered_at: datetime) -> date:
    """The day on which an answer without a word of the author ends it; never one that is past.

    Args:
        issue: one that waits for its author's word.
        answered_at: the moment of the answer, UTC.
    """
    now, told_at = clock.now(), None
    if now >= deadlines.silence_ends(answered_at):
        # The author has been told late, or will be told now at the earliest.
        reminded = issue.events.filter(action="remind", at__gte=answered_at).last()
        told_at = reminded.at if reminded else now
    return clock.region_date(deadlines.silence_ends(answered_at, told_at))


def _moment(at: datetime) -> str:
    return date_format(at.astimezone(clock.region_zone()), "DATETIME_FORMAT")


def why_this_authority(issue: Issue, told: Sequence[Entry], *, in_full: bool = False) -> list[str]:
    """How the authority was found, in sentences; a later change of hands unsays no rule.

    Args:
        issue: the issue.
        told: its timeline.
        in_full: whether every rule is told, for staff.
    """
    lines = in_words(issue.routing, in_full=in_full)
    if any(entry.hands_over for entry in told):
        lines.insert(1, gettext("Later it was handed over; the timeline tells when."))
    return lines


def _entry(event: IssueEvent, due: date | None, before: date | None, *, with_note: bool) -> Entry:
    words = getattr(event, "words", None) if event.action not in SAID_ABOVE else None
    return Entry(
        at=event.at,
        words=str(_called(event)) % _facts(event),
        note=words.note if words and with_note else "",
        deadline=due if due != before else None,
        deadline_before=before,
        moved_days=(due - before).days if due and before else 0,
        is_alarm=event.action in ALARMS,
        hands_over=event.action == "redirect",
        unknown_to=_unknown_to(event),
    )


def _called(event: IssueEvent) -> Promise:
    if event.action == "remind" and event.state_after == State.ANSWERED:
        return ASKED_AUTHOR
    if event.action == "accept" and event.data.get("by_rule"):
        return BY_RULE
    return WORDS[event.action]


def _unknown_to(event: IssueEvent) -> str:
    words = getattr(event, "words", None)
    if event.action != "redirect" or event.data.get("to") or words is None:
        return ""
    return str(words.note).partition("\n")[0]  # its name stands first


def _facts(event: IssueEvent) -> dict[str, str]:
    data: dict[str, Any] = event.data
    stars = data.get("stars") or 0
    return {
        "authority": str(event.authority) if event.authority else gettext("no authority yet"),
        "number": str(data.get("number", "")),
        "main": str(data.get("main", "")),
        "date": _day(data.get("date")),
        "until": _day(data.get("until")),
        "planned_date": _day(data.get("planned_date")),
        # One that the portal does not know is named in the words of the entry.
        "to": f": {data['to']}" if data.get("to") else "",
        "stars": ngettext("%(count)s star of 5", "%(count)s stars of 5", stars) % {"count": stars},
        "verdict": gettext("solved") if data.get("solved") else gettext("not solved"),
    }


def _day(text: str | None) -> str:
    day = parse_date(text) if text else None
    return date_format(day, "DATE_FORMAT") if day else ""


@dataclass(frozen=True)
class Comparison:
    """Two photos of one place to lay one over the other."""

    before: Attachment
    after: Attachment


@dataclass(frozen=True)
class Shown:
    """Files of an answer as they are shown.

    Attributes:
        comparisons: photos before and after the work, in pairs.
        files: all the others.
    """

    comparisons: list[Comparison]
    files: list[Attachment]


def paired(files: Iterable[Attachment], *, reported: Iterable[Attachment]) -> Shown:
    """Pairs an answer's photos; where it has none of before, the resident's first one is that.

    Args:
        files: of the answer.
        reported: files of the message, in the order in which they came.
    """
    sent = list(files)
    photos = {
        purpose: [file for file in sent if file.is_photo and file.purpose == purpose]
        for purpose in (Attachment.Purpose.BEFORE, Attachment.Purpose.AFTER)
    }
    before = photos[Attachment.Purpose.BEFORE] or [f for f in reported if f.is_photo][:1]
    pairs = [
        Comparison(*pair) for pair in zip(before, photos[Attachment.Purpose.AFTER], strict=False)
    ]
    together = {file.pk for pair in pairs for file in (pair.before, pair.after)}
    return Shown(pairs, [file for file in sent if file.pk not in together])
