"""Half a year of a region's life: each message goes its way by the real operations, told its own time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from random import Random

from django.contrib.gis.geos import Point
from django.db import transaction

from accounts.models import User
from authorities.models import Authority, Official, Topic
from common import clock, outbox
from geo import queries as ground
from geo.models import Place
from issues import deadlines, operations
from issues.demo.album import Album
from issues.demo.details import answers
from issues.demo.texts import Texts
from issues.models import Answer, Attachment, Issue, Rating
from issues.operations.files import keep_issue_file
from issues.policies import By
from issues.workflow import ActionRefusedError, State

DAYS = 170
"""How far back the history goes."""


@dataclass(frozen=True)
class Cast:
    """Who takes part."""

    residents: list[User]
    moderator: User


class History:
    """Tells the lives of messages, one after the other, in the order of their filing."""

    def __init__(self, cast: Cast, *, seed: int = 1) -> None:
        self._random = Random(seed)  # noqa: S311  (a story, not a secret)
        self._texts = Texts(self._random)
        self._album = Album(self._random)
        self._cast = cast
        self._now = clock.now()
        self._topics = list(Topic.objects.filter(is_active=True).select_related("category"))
        self._weights = [4 if topic.code in self._album.scenes else 1 for topic in self._topics]
        self._settlements = list(
            Place.objects.filter(kind=Place.Kind.SETTLEMENT).order_by("source_id")
        )
        self._sizes = [max(place.population, 400) ** 0.6 for place in self._settlements]
        self._regional = list(Authority.objects.filter(level="regional", exchange="msed"))
        self._officers = {
            official.authority_id: official.user
            for official in Official.objects.select_related("user")
        }

    def tell(self, count: int, *, progress: Callable[[int], None]) -> None:
        """Makes `count` messages, each as old and as far as its life has come by now.

        Args:
            count: how many.
            progress: called with the number of messages told so far.
        """
        # The later the more: a portal grows. The last two days fill the moderators' queue.
        ages = sorted((self._random.random() ** 1.7 * DAYS for _ in range(count)), reverse=True)
        for number, age in enumerate(ages, start=1):
            filed_at = min(_at_hours(self._now - timedelta(days=age), 7, 23), self._now)
            with transaction.atomic():
                issue = self._filed(filed_at)
                self._live(issue, filed_at)
            progress(number)

    def _filed(self, moment: datetime) -> Issue:
        topic = self._random.choices(self._topics, self._weights)[0]
        wanted = self._random.choices(("problem", "proposal", "thanks"), (80, 12, 8))[0]
        kind = wanted if wanted in topic.kinds else topic.kinds[0]
        settlement = self._random.choices(self._settlements, self._sizes)[0]
        address, point = self._spot(settlement)
        author = self._random.choice(self._cast.residents)
        with clock.told(moment):
            issue = operations.file_issue(
                by=By.author(author),
                message=operations.Message(
                    kind=kind,
                    topic=topic,
                    lon=point.x,
                    lat=point.y,
                    address=address,
                    description=self._texts.description(topic, kind),
                    details=answers(topic, kind, on=clock.region_date(moment)),
                    is_anonymous=self._random.random() < 0.12,
                ),
                channel=self._random.choices(("web", "mobile", "hotline"), (62, 30, 8))[0],
            )
            if kind == "problem" and topic.code in self._album.scenes:
                photo = self._album.photo(topic.code, issue.pk)
                keep_issue_file(issue=issue, upload=photo, purpose=Attachment.Purpose.REPORT)
        return issue

    def _spot(self, settlement: Place) -> tuple[str, Point]:
        """An address of the settlement and a point near it, WGS 84 degrees."""
        known = list(settlement.children.all()[:40])
        place = self._random.choice(known) if known else settlement
        spread = 0.004 if known else 0.012
        point = Point(
            place.point.x + self._random.gauss(0, spread),
            place.point.y + self._random.gauss(0, spread / 1.8),
            srid=4326,
        )
        if (
            ground.municipality_id_at(lon=point.x, lat=point.y, on=clock.region_date(self._now))
            is None
        ):
            point = place.point  # the wind carried it over the region's border
        label = place.label
        return (f"{label}, {self._random.randint(1, 60)}" if known else label), point

    def _live(self, issue: Issue, filed_at: datetime) -> None:
        """Goes on until the present is reached or nothing more happens."""
        moment = filed_at
        while (step := self._next(issue)) is not None:
            pause, act = step
            moment = max(moment, _at_hours(moment + pause, 9, 18))
            if moment > self._now:
                return
            was_public = issue.is_public
            with clock.told(moment):
                try:
                    act()
                except ActionRefusedError:
                    return
            issue.refresh_from_db()
            if issue.is_public and not was_public and issue.kind != "thanks":
                self._joined(issue, moment)

    def _joined(self, issue: Issue, published_at: datetime) -> None:
        """Neighbours whom it concerns too say so in the days after; mostly few, at times many."""
        count = min(int(self._random.expovariate(0.5)), 12, len(self._cast.residents))
        for neighbour in self._random.sample(self._cast.residents, count):
            moment = published_at + timedelta(hours=self._random.expovariate(1 / 40))
            if neighbour.pk != issue.author_id and moment < self._now:
                with clock.told(moment):
                    operations.support_issue(by=neighbour, issue=issue)

    def _next(self, issue: Issue) -> tuple[timedelta, Callable[[], object]] | None:
        """What happens next to the issue and after how long."""
        chance, random = self._random.random(), self._random
        by = partial(self._by_authority, issue)
        match issue.state:
            case State.SUBMITTED:
                pause = timedelta(hours=random.gammavariate(4, 4.2))
                if chance < 0.02:
                    return pause, partial(
                        operations.withdraw_issue, by=By.author(self._author(issue)), issue=issue
                    )
                if chance < 0.1:
                    return pause, partial(self._reject, issue)
                moderator = By.moderator(self._cast.moderator)
                return pause, partial(operations.accept_issue, by=moderator, issue=issue)
            case State.PUBLISHED if issue.kind == "thanks":
                return timedelta(days=random.uniform(1, 4)), partial(
                    operations.acknowledge_thanks,
                    by=By.moderator(self._cast.moderator),
                    issue=issue,
                    note=self._texts.acknowledgement(),
                )
            case State.PUBLISHED:
                return timedelta(days=random.uniform(0.5, 4)), partial(self._assign, issue)
            case State.DISPATCHED if not issue.registration_number:
                pause = timedelta(hours=random.uniform(4, 60))
                if chance < 0.03:
                    return pause, partial(
                        operations.refuse_registration,
                        by=by(),
                        issue=issue,
                        reason="Вопрос не входит в полномочия органа.",
                        code="WRONG_ADDRESSEE",
                    )
                return pause, partial(self._register, issue)
            case State.REGISTERED | State.DISPATCHED:
                if chance < 0.1:
                    return timedelta(days=random.uniform(0.3, 2)), partial(self._redirect, issue)
                return timedelta(days=random.uniform(0.2, 2)), partial(
                    operations.start_work, by=by(), issue=issue, executor=""
                )
            case State.IN_PROGRESS if chance < 0.16:
                return timedelta(days=random.uniform(2, 7)), partial(self._extend, issue)
            case State.IN_PROGRESS | State.EXTENDED | State.REDIRECTED | State.DEFERRED:
                deferred = issue.state == State.DEFERRED
                days = random.uniform(20, 60) if deferred else random.gammavariate(2.2, 3.2)
                return timedelta(days=days), partial(self._answer, issue, final=deferred)
            case State.ANSWERED if chance < 0.3:
                return timedelta(days=deadlines.SILENCE_DAYS, minutes=5), partial(
                    operations.close_silent, issue=issue
                )
            case State.ANSWERED:
                return timedelta(days=random.uniform(0.2, 6)), partial(self._rate, issue)
        return None

    def _author(self, issue: Issue) -> User:
        assert issue.author is not None
        return issue.author

    def _by_authority(self, issue: Issue) -> By:
        officer = self._officers.get(issue.authority_id or 0)
        exchange = issue.authority.exchange if issue.authority else ""
        if officer and exchange == Authority.Exchange.CABINET:
            return By.officer(officer)
        return By.medo() if exchange == Authority.Exchange.MEDO else By.msed()

    def _assign(self, issue: Issue) -> None:
        operations.assign_authority(
            by=By.moderator(self._cast.moderator),
            issue=issue,
            authority=self._random.choice(self._regional),
        )

    def _reject(self, issue: Issue) -> None:
        reason = self._random.choice(self._texts.rejections)
        operations.reject_issue(
            by=By.moderator(self._cast.moderator),
            issue=issue,
            reason=reason["letter"],
            code=reason["code"],
            ground_of_law=reason.get("legal_ground", ""),
        )

    def _register(self, issue: Issue) -> None:
        operations.register_issue(
            by=self._by_authority(issue),
            issue=issue,
            number=f"{self._random.randint(1, 31):02}-{self._random.randint(100, 9899)}",
            registered_on=clock.region_date(clock.now()),
        )

    def _redirect(self, issue: Issue) -> None:
        assert issue.authority is not None
        others = Authority.objects.filter(level=issue.authority.level, exchange="msed").exclude(
            pk=issue.authority.pk
        )
        to = self._random.choice(list(others)) if others else None
        operations.redirect_issue(
            by=self._by_authority(issue),
            issue=issue,
            to=to,
            to_name=to.name if to else "Министерство благоустройства",
            note="Вопрос относится к полномочиям другого органа.",
        )

    def _extend(self, issue: Issue) -> None:
        assert issue.answer_due_at is not None
        if clock.now() >= issue.answer_due_at:
            self._answer(issue, final=False)  # too late to ask for more time
            return
        until = clock.region_date(issue.answer_due_at) + timedelta(days=self._random.randint(7, 25))
        operations.extend_term(
            by=self._by_authority(issue),
            issue=issue,
            until=until,
            reason="Нужна проверка на месте с участием подрядчика.",
        )

    def _answer(self, issue: Issue, *, final: bool) -> None:
        decision = self._random.choices(
            ("done", "explained", "refused", "deferred"), (62, 22, 6, 0 if final else 10)
        )[0]
        today = clock.region_date(clock.now())
        promised = today + timedelta(days=self._random.randint(30, 120))
        level = issue.authority.level if issue.authority else ""
        signatory = self._texts.signatory(level)
        deferred = decision == Answer.Decision.DEFERRED
        day = promised if deferred else today - timedelta(days=self._random.randint(0, 3))
        photos = []
        if decision == Answer.Decision.DONE and issue.attachments.exists():
            after = self._album.photo(issue.topic.code, issue.pk, repaired=True)
            kept = keep_issue_file(issue=issue, upload=after, purpose=Attachment.Purpose.AFTER)
            photos.append(kept.uid)
        operations.answer_issue(
            by=self._by_authority(issue),
            issue=issue,
            reply=operations.Reply(
                decision=decision,
                text=self._texts.answer(issue.topic, decision, day),
                signatory=signatory.name,
                signatory_post=signatory.post,
                report_number=f"исх-{self._random.randint(100, 9899)}",
                report_date=today,
                due_date=promised if deferred else None,
                attachments=photos,
            ),
        )

    def _rate(self, issue: Issue) -> None:
        answer = issue.answers.latest("published_at", "id")
        liked = 0.78 if answer.decision == Answer.Decision.DONE else 0.45
        solved = self._random.random() < liked
        stars = self._random.choice((4, 5, 5)) if solved else self._random.choice((1, 1, 2, 3))
        comment = self._texts.review(stars) if solved else self._texts.rework()
        operations.rate_issue(
            by=By.author(self._author(issue)),
            issue=issue,
            stars=stars,
            solved=solved,
            comment=comment,
        )
        if comment and issue.serial % 5:  # the others wait at the desk
            operations.publish_comment(
                by=By.moderator(self._cast.moderator),
                rating=Rating.objects.get(answer=answer),
                words=comment,
            )


def _at_hours(moment: datetime, first: int, last: int) -> datetime:
    """The same day with its hour moved, in proportion, between `first` and `last` (region's time)."""
    local = moment.astimezone(clock.region_zone())
    return local.replace(hour=first + local.hour * (last - first) // 24)


def send_what_waits() -> int:
    """Gives МСЭД and МЭДО what the story left on the way to them, so that the demo's exchange has work.

    Returns:
        How many issues were handed over.
    """
    waiting = Issue.objects.filter(
        state=State.DISPATCHED,
        registration_number="",
        authority__exchange__in=[Authority.Exchange.MSED, Authority.Exchange.MEDO],
    )
    with transaction.atomic():
        for issue in waiting:
            event = issue.events.filter(action="dispatch").latest("seq")
            outbox.enqueue(event_id=event.pk, key=issue.pk, action=event.action)
    return len(waiting)
