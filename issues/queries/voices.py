"""What residents say of a message: supports, words on the repair, the survey, reports of abuse."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.db.models import Avg, Count, Exists, F, Min, OuterRef, Q, QuerySet

from accounts.models import User
from authorities.models import Authority
from common import clock
from issues.models import (
    AbuseReport,
    Answer,
    Confirmation,
    FollowUp,
    Issue,
    Rating,
    Support,
    SurveyQuestion,
    SurveyReply,
)
from issues.policies import may_conclude, may_support
from issues.queries.control import Control, control_of
from issues.queries.filters import PUBLIC
from issues.workflow import MAX_RETURNS, OPEN_STATES, State

REPAIRED_STATES = frozenset({State.ANSWERED, State.RATED, State.CLOSED})
"""States in which the last answer stands: a returned one is spoken of no more."""
DENIALS = 3
"""So many “not fixed”, and more of them than of “fixed”, mark a closed message as denied."""
MOST_PHOTOS = 12
"""Photos of a repair on the page of a message: the newest tell how it is now."""
FOLLOW_UP_AFTER = timedelta(weeks=4)
"""When those who saw a message end as solved are asked again."""
FOLLOW_UP_WITHIN = timedelta(weeks=1)
"""How late the question may come: after a longer standstill it is dropped."""
FEWEST_REPLIES = 5
"""With fewer replies to a question nothing is told of them: whoever replied could be recognised."""
LINK_HOLDS = timedelta(days=90)
"""How long the link in the letter opens the question."""


@dataclass(frozen=True)
class Repair:
    """What residents say of the last answer, where it says that the work is done.

    Attributes:
        answer: that answer.
        fixed, not_fixed: how many found it so at once.
        mine: what the reader said, None for nothing.
        my_photo: the reader's own photo of it, shown to others or not.
        photos: words with a photo that a moderator has shown, the newest first.
        standing: a value of `Confirmation.Standing`; empty for a reader who has no say.
        asked, still_fixed, broken_again: of the question four weeks later.
        is_denied: whether many deny a message that is closed.
    """

    answer: Answer
    fixed: int
    not_fixed: int
    mine: bool | None
    my_photo: Confirmation | None
    photos: list[Confirmation]
    standing: str
    asked: int
    still_fixed: int
    broken_again: int
    is_denied: bool


@dataclass(frozen=True)
class Voices:
    """All that the page of a message needs of what residents say, for one reader.

    Attributes:
        is_own: whether the reader is the author.
        is_open: whether it can be supported at all.
        is_supported, may_support: the reader's support.
        repair: words on the repair; None where no answer says “done”.
        is_reported: whether the reader's report of abuse waits for a moderator.
        survey_waits: whether the reader is asked the survey.
        control: the control of the head; None where it never came to that.
        may_conclude: whether the reader may enter what the head decides.
    """

    is_own: bool = False
    is_open: bool = False
    is_supported: bool = False
    may_support: bool = False
    repair: Repair | None = None
    is_reported: bool = False
    survey_waits: bool = False
    control: Control | None = None
    may_conclude: bool = False


def of_issue(issue: Issue, reader: User | None) -> Voices:
    """The voices of one message; seven queries at most, none of them for each answer or person.

    Args:
        issue: as `by_number` finds it: its answers are read already.
        reader: who reads, None for nobody known.
    """
    is_own = reader is not None and reader.pk == issue.author_id
    supported_at = _supported_at(reader, issue)
    is_third_refusal = issue.state == State.CLOSED and issue.returns == MAX_RETURNS
    control = control_of(issue) if is_third_refusal else None
    is_waiting = control is not None and control.decided_at is None
    return Voices(
        is_own=is_own,
        is_open=issue.is_public and issue.state in OPEN_STATES,
        is_supported=supported_at is not None,
        may_support=reader is not None and may_support(reader, issue),
        repair=_repair(issue, reader, supported_at),
        is_reported=reader is not None
        and AbuseReport.objects.filter(issue=issue, user=reader, outcome="").exists(),
        survey_waits=is_own and bool(survey_for(issue)),
        control=control,
        may_conclude=is_waiting and reader is not None and may_conclude(reader, issue),
    )


# --- The repair -----------------------------------------------------------------------------------


def last_answer(issue: Issue) -> Answer | None:
    """The answer that stands, None where there is none or the author returned it."""
    answers = sorted(issue.answers.all(), key=lambda answer: (answer.published_at, answer.pk))
    return answers[-1] if answers and issue.state in REPAIRED_STATES else None


def repair_of(issue: Issue) -> Answer | None:
    """The standing answer of a public message, where it says that the work is done."""
    answer = last_answer(issue) if issue.is_public else None
    return answer if answer and answer.decision == Answer.Decision.DONE else None


def standing(user: User, issue: Issue, answer: Answer) -> str:
    """In what standing a person may confirm or deny a repair; empty for none.

    Supporters are those from before the answer; neighbours are those whose municipality of interest is
    the message's. The author gives the verdict instead, and who works for the authority has no say.
    """
    return _standing(user, issue, answer, _supported_at(user, issue))


def _standing(user: User, issue: Issue, answer: Answer, supported_at: datetime | None) -> str:
    official = getattr(user, "official", None)
    is_interested = official is not None and official.authority_id == answer.authority_id
    if user.pk == issue.author_id or is_interested:
        return ""
    if supported_at is not None and supported_at <= answer.published_at:
        return Confirmation.Standing.SUPPORTER
    home = issue.municipality.code if issue.municipality else ""
    is_neighbour = bool(home) and user.home_municipality == home
    return Confirmation.Standing.NEIGHBOUR if is_neighbour else ""


def _supported_at(user: User | None, issue: Issue) -> datetime | None:
    if user is None or user.pk == issue.author_id:
        return None
    found = Support.objects.filter(issue=issue, user=user)
    return found.values_list("supported_at", flat=True).first()


def _repair(issue: Issue, reader: User | None, supported_at: datetime | None) -> Repair | None:
    if (answer := repair_of(issue)) is None:
        return None
    said = Confirmation.objects.filter(answer=answer).order_by()
    rows = list(said.values_list("is_fixed", "user", "photo"))
    fixed = sum(is_fixed for is_fixed, _user, _photo in rows)
    not_fixed = len(rows) - fixed
    mine = {user: is_fixed for is_fixed, user, _photo in rows}.get(reader.pk) if reader else None
    photos = _photos(answer, reader) if any(photo for _is_fixed, _user, photo in rows) else []
    later: list[bool | None] = []
    if issue.closed_at is not None and clock.now() >= issue.closed_at + FOLLOW_UP_AFTER:
        asked = FollowUp.objects.filter(answer=answer).order_by()
        later = list(asked.values_list("is_fixed", flat=True))
    is_many = not_fixed >= DENIALS and not_fixed > fixed
    return Repair(
        answer=answer,
        fixed=fixed,
        not_fixed=not_fixed,
        mine=mine,
        my_photo=next((one for one in photos if reader and one.user_id == reader.pk), None),
        photos=[one for one in photos if one.photo_outcome == Confirmation.PhotoOutcome.SHOWN],
        standing=_standing(reader, issue, answer, supported_at) if reader else "",
        is_denied=is_many and issue.state == State.CLOSED,
        asked=len(later),
        still_fixed=later.count(True),
        broken_again=later.count(False),
    )


def _photos(answer: Answer, reader: User | None) -> list[Confirmation]:
    shown = Q(photo_outcome=Confirmation.PhotoOutcome.SHOWN)
    if reader is not None:
        shown |= Q(user=reader)
    found = Confirmation.objects.filter(shown, answer=answer, photo__isnull=False)
    return list(found.select_related("photo").order_by("-said_at")[:MOST_PHOTOS])


@dataclass(frozen=True)
class Denied:
    """A closed message whose repair more residents deny than confirm."""

    issue: Issue
    denials: int
    confirmations: int


def denied(authority: Authority | None = None, *, limit: int = 50) -> list[Denied]:
    """Closed public messages that many residents deny, the most denied first.

    Args:
        authority: whose; None for all.
        limit: messages at most.
    """
    later = Answer.objects.filter(issue=OuterRef("answer__issue"), pk__gt=OuterRef("answer"))
    mine = {"answer__issue__authority": authority} if authority else {}
    # First those few answers that are denied at all, by an index of their own.
    suspect = Confirmation.objects.filter(is_fixed=False).values("answer")
    rows = (
        Confirmation.objects.filter(
            ~Exists(later), answer__in=suspect, answer__issue__state=State.CLOSED, **mine
        )
        .order_by()
        .values("answer__issue")
        .annotate(
            denials=Count("pk", Q(is_fixed=False)), confirmations=Count("pk", Q(is_fixed=True))
        )
        .filter(denials__gte=DENIALS, denials__gt=F("confirmations"))
        .order_by("-denials", "-answer__issue")[:limit]
    )
    counted = {row["answer__issue"]: row for row in rows}
    issues = Issue.objects.filter(PUBLIC).select_related("topic", "authority").in_bulk(counted)
    return [
        Denied(issues[pk], row["denials"], row["confirmations"])
        for pk, row in counted.items()
        if pk in issues
    ]


# --- Four weeks later -----------------------------------------------------------------------------

_SALT = "issues.follow-up"


def follow_up_token(follow_up: FollowUp) -> str:
    """What the link of its letter carries: signed, and nothing that tells of the person."""
    return signing.dumps(follow_up.uid.hex, salt=_SALT)


def follow_up_by_token(token: str) -> FollowUp | None:
    """The question of a link, None for a link that is forged, too old, or cut by a mail program."""
    try:
        uid = uuid.UUID(signing.loads(token, salt=_SALT, max_age=LINK_HOLDS))
    except (signing.BadSignature, ValueError):
        return None
    return FollowUp.objects.select_related("answer__issue__topic").filter(uid=uid).first()


def to_follow_up(now: datetime) -> QuerySet[Issue]:
    """Messages that ended as done and solved four weeks ago, whose people have not been asked yet."""
    reachable = Q(author__is_active=True, author__wants_letters=True)
    supported = Support.objects.filter(
        issue=OuterRef("pk"), user__is_active=True, user__wants_letters=True
    )
    asked = FollowUp.objects.filter(answer__issue=OuterRef("pk"))
    # What was explained or refused can not break again.
    solved = Rating.objects.filter(
        answer__issue=OuterRef("pk"), answer__decision=Answer.Decision.DONE, solved=True
    )
    latest = now - FOLLOW_UP_AFTER
    return Issue.objects.filter(
        PUBLIC,
        reachable | Exists(supported),
        ~Exists(asked),
        Exists(solved),
        state=State.CLOSED,
        closed_at__gt=latest - FOLLOW_UP_WITHIN,
        closed_at__lte=latest,
    ).order_by("closed_at")


def people_to_ask(issue: Issue) -> QuerySet[User]:
    """The author and the supporters of a message, as far as they want letters."""
    people = Q(pk=issue.author_id) | Q(pk__in=Support.objects.filter(issue=issue).values("user"))
    return User.objects.filter(people, is_active=True, wants_letters=True).order_by("pk")


# --- The survey -----------------------------------------------------------------------------------


def survey_for(issue: Issue) -> list[SurveyQuestion]:
    """What the author is still to be asked about the standing answer; nothing once it is replied to."""
    if (answer := last_answer(issue)) is None:
        return []
    replied = SurveyReply.objects.filter(answer=answer)
    return list(SurveyQuestion.objects.filter(~Exists(replied), is_active=True).order_by("place"))


@dataclass(frozen=True)
class SurveyResult:
    """What authors said to one question.

    Attributes:
        question: one that numbers answer.
        replies: how many.
        mean: of a scale 1 to 5, or the share of “yes” from 0 to 1.
    """

    question: SurveyQuestion
    replies: int
    mean: float

    @property
    def percent(self) -> int:
        """How many of a hundred say “yes”."""
        return round(100 * self.mean)


def survey_results(authority: Authority, *, fewest: int = FEWEST_REPLIES) -> list[SurveyResult]:
    """What authors said in numbers of an authority's answers, the present questions first.

    Args:
        authority: whose answers.
        fewest: a question with fewer replies is left out: they could be told apart.
    """
    replies = SurveyReply.objects.filter(answer__authority=authority, number__isnull=False)
    counted = replies.order_by().values("question").annotate(count=Count("pk"), mean=Avg("number"))
    rows = {row["question"]: row for row in counted.filter(count__gte=fewest)}
    questions = SurveyQuestion.objects.filter(pk__in=rows).order_by("-is_active", "place", "pk")
    return [SurveyResult(one, rows[one.pk]["count"], rows[one.pk]["mean"]) for one in questions]


# --- Reports of abuse -----------------------------------------------------------------------------


@dataclass(frozen=True)
class Reported:
    """A message with the reports that no moderator has decided on, oldest first."""

    issue: Issue
    reports: list[AbuseReport]


def reported_for_abuse(*, limit: int = 50) -> list[Reported]:
    """Messages with reports of abuse; the one that has waited longest comes first."""
    waiting = AbuseReport.objects.filter(outcome="").order_by("reported_at", "pk")
    found = (
        Issue.objects.filter(abuse_reports__outcome="")
        .annotate(first_at=Min("abuse_reports__reported_at"))
        .select_related("topic", "author")
        .order_by("first_at", "pk")[:limit]
    )
    by_issue: dict[int, list[AbuseReport]] = {issue.pk: [] for issue in found}
    for report in waiting.filter(issue__in=by_issue):
        by_issue[report.issue_id].append(report)
    return [Reported(issue, by_issue[issue.pk]) for issue in found]


def count_reported() -> int:
    """How many messages have reports that no moderator has decided on."""
    waiting = AbuseReport.objects.filter(outcome="")
    counted: int = waiting.aggregate(count=Count("issue", distinct=True))["count"]
    return counted
