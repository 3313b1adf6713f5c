"""One life after the other: each message goes its way by the workflow's own writer, in memory."""

import secrets
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, cast

from accounts.models import User
from authorities.models import Authority, Kind
from common import clock, workdays
from issues import deadlines
from issues.demo.texts import Texts
from issues.load.life import Draft, Facts, Life, Reply, Told
from issues.load.region import Region
from issues.models import Answer, Issue
from issues.operations.answering import WITH_NOBODY
from issues.operations.verdict import due_escalation
from issues.operations.writer import tell
from issues.policies import By
from issues.workflow import MAX_RETURNS, Need, State

Dues = dict[tuple[date, int], datetime]
"""When the answer is due, UTC, by the day that the term begins on and its working days."""

_ANSWERED = frozenset({Need.ANSWER})
_RATED = frozenset({Need.RATING})
_CONTROLLED = frozenset({Need.CONTROL})
_SYSTEM, _MSED, _MEDO = By.system(), By.msed(), By.medo()


class Lives:
    """Tells lives up to the present moment.

    Times are those of a city portal: moderation 16.5 h and the first answer 7.4 days after filing, at
    the median; 15 % change hands.
    """

    def __init__(self, region: Region, *, random: Random, now: datetime, dues: Dues) -> None:
        """Begins with no life.

        Args:
            region: where they are lived.
            random: their chance.
            now: the present moment, UTC.
            dues: answers' terms that were counted before; those counted now are added.
        """
        self._region, self._random, self._now = region, random, now
        self._texts = Texts(random)
        self._calendar = workdays.Calendar()
        self._dues = dues
        self._new_salt = _salts().__next__
        self._user = User()
        self._author = By.author(self._user)

    def live(self, issue: Draft) -> Life:
        """The life of a message that has been drawn: from its filing to the present, or to its end."""
        self._life = Life(issue)
        # Only the id of who acts is written down: one person plays all the authors.
        self._user.pk = issue.author_id
        moment = issue.filed_at
        self._tell("submit", self._author, moment, data=self._filed_facts())
        while (step := self._next()) is not None:
            pause, act = step
            moment += pause
            self._pass_deadlines(min(moment, self._now))
            if moment > self._now:
                break
            act(moment)
        return self._life

    def new_uid(self) -> str:
        """A random uid as `uuid4` makes it, written out."""
        digits = self._new_salt()
        variant = "89ab"[int(digits[16], 16) % 4]
        last = f"{variant}{digits[17:20]}-{digits[20:]}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{last}"

    # --- What happens next ------------------------------------------------------------------------

    def _next(self) -> tuple[timedelta, Any] | None:
        issue, random = self._life.issue, self._random
        chance = random.random()
        match issue.state:
            case State.SUBMITTED:
                pause = _hours(random.gammavariate(3.2, 5.8))
                if chance < 0.02:
                    return pause, self._withdraw
                return pause, self._reject if chance < 0.1 else self._accept
            case State.REJECTED if chance < 0.25 and issue.event_count < 6:
                return _hours(random.gammavariate(2, 14)), self._resubmit
            case State.PUBLISHED if issue.kind == Kind.THANKS:
                return _hours(random.uniform(12, 90)), self._acknowledge
            case State.PUBLISHED if issue.authority is None:
                return _hours(random.gammavariate(2, 9)), self._assign
            case State.DISPATCHED if not issue.registration_number:
                if chance < 0.03:
                    return _hours(random.uniform(2, 30)), self._refuse
                if chance < 0.032 and not issue.is_hidden:
                    return _hours(random.uniform(1, 20)), self._hide
                return _hours(random.gammavariate(2.2, 9)), self._register
            case State.REGISTERED | State.DISPATCHED:
                return _hours(random.gammavariate(2, 7)), (
                    self._redirect if chance < 0.12 else self._start
                )
            case State.IN_PROGRESS if chance < 0.14:
                return _days(random.uniform(1, 6)), self._extend
            case State.EXTENDED:
                return _days(random.gammavariate(3, 5)), self._answer
            case State.IN_PROGRESS | State.REDIRECTED:
                return _days(random.gammavariate(2.0, 2.5)), (
                    self._defer if 0.14 <= chance < 0.2 else self._answer
                )
            case State.CLOSED if self._life.told[-1].entry.action == "control" and chance < 0.9:
                return _days(random.gammavariate(3, 4)), self._head_decides
            case State.DEFERRED:
                return _days(random.uniform(15, 60)), self._answer
            case State.ANSWERED if chance < 0.45:
                return timedelta(days=deadlines.SILENCE_DAYS, minutes=5), self._close_silent
            case State.ANSWERED:
                return _days(random.gammavariate(1.5, 1.6)), self._judge
        return None

    def _pass_deadlines(self, until: datetime) -> None:
        issue = self._life.issue
        while issue.escalate_at and issue.escalate_at <= until:
            at = issue.escalate_at
            due = due_escalation(cast(Issue, issue), at)
            if due is None:
                return
            self._tell(due.action, _SYSTEM, at, **due.told)

    # --- The author and the moderator -------------------------------------------------------------

    def _filed_facts(self) -> Facts:
        issue = self._life.issue
        return {"kind": issue.kind, "topic": issue.topic.code, "channel": issue.channel}

    def _withdraw(self, at: datetime) -> None:
        self._tell("withdraw", self._author, at, private={"words": ""}, changes={"closed_at": at})

    def _reject(self, at: datetime) -> None:
        reason = self._random.choice(self._texts.rejections)
        data = {"reason": reason["code"], "ground": reason.get("legal_ground", "")}
        self._tell("reject", self._moderator(), at, note=reason["letter"], data=data)

    def _resubmit(self, at: datetime) -> None:
        issue = self._life.issue
        self._tell(
            "resubmit",
            self._author,
            at,
            private={"before": {"description": issue.description, "address": issue.address}},
            data=self._filed_facts(),
            changes={
                "description": f"{issue.description} Сообщение исправлено по замечаниям.",
                "moderation_due_at": deadlines.moderation_due(at),
            },
        )

    def _accept(self, at: datetime) -> None:
        issue = self._life.issue
        self._tell(
            "accept",
            self._moderator(),
            at,
            data={"edited": [], "topic": issue.topic.code},
            changes={"published_text": issue.description},
        )
        due = None if issue.kind == Kind.THANKS else self._answer_due(at)
        changes = {"published_at": at, "answer_due_at": due}
        self._tell("publish", _SYSTEM, at, note=issue.published_text, changes=changes)
        self._dispatch(at)

    def _assign(self, at: datetime) -> None:
        authority = self._random.choice(list(self._region.authorities.values()))
        routing = {"chosen_by": "moderator"}
        changes = {"authority": authority, "routing": routing}
        self._tell("assign", self._moderator(), at, changes=changes)
        self._dispatch(at)

    def _hide(self, at: datetime) -> None:
        self._tell("hide", self._moderator(), at, note="В тексте личные данные соседей.")

    def _acknowledge(self, at: datetime) -> None:
        note = self._texts.acknowledgement()
        self._tell("acknowledge", self._moderator(), at, note=note, changes={"closed_at": at})

    def _dispatch(self, at: datetime) -> None:
        issue = self._life.issue
        if issue.authority is None or issue.kind == Kind.THANKS:
            return
        due = None if issue.registration_number else deadlines.registration_due(at)
        self._tell("dispatch", _SYSTEM, at, changes={"registration_due_at": due})

    # --- The authority ----------------------------------------------------------------------------

    def _register(self, at: datetime) -> None:
        number = f"{self._random.randint(1, 31):02}-{self._random.randint(100, 99999)}"
        day = clock.region_date(at)
        self._tell(
            "register",
            self._officer(),
            at,
            data={"number": number, "date": day.isoformat()},
            changes={"registration_number": number, "registration_date": day},
        )

    def _refuse(self, at: datetime) -> None:
        self._tell(
            "refuse_registration",
            self._officer(),
            at,
            note="Вопрос не входит в полномочия органа.",
            data={"code": "WRONG_ADDRESSEE", "refused_by": self._authority.slug},
            changes=WITH_NOBODY,
        )

    def _start(self, at: datetime) -> None:
        self._tell("start", self._officer(), at)

    def _redirect(self, at: datetime) -> None:
        others = self._region.colleagues.get(self._authority.level) or [self._authority]
        to = self._random.choice(others)
        self._tell(
            "redirect",
            self._officer(),
            at,
            note="Вопрос относится к полномочиям другого органа.",
            data={"to": to.name},
            changes={"authority": to},
        )

    def _extend(self, at: datetime) -> None:
        term = self._life.issue.answer_due_at
        assert term is not None
        until = deadlines.latest_extension(term) - timedelta(days=self._random.randint(0, 22))
        due = clock.end_of_day(until)
        if due <= max(at, term):
            self._answer(at)
            return
        self._tell(
            "extend",
            self._officer(),
            at,
            note="Нужна проверка на месте с участием подрядчика.",
            data={"until": until.isoformat()},
            changes={"answer_due_at": due},
        )

    def _answer(self, at: datetime) -> None:
        decision = self._random.choices(("done", "explained", "refused"), (66, 26, 8))[0]
        reply = self._reply(decision, at, None)
        self._tell(
            "answer",
            self._officer(),
            at,
            note=reply.text,
            data={"answer": reply.uid, "decision": decision},
            given=_ANSWERED,
            changes={"answered_at": at},
        )

    def _defer(self, at: datetime) -> None:
        day = clock.region_date(at) + timedelta(days=self._random.randint(30, 120))
        reply = self._reply(Answer.Decision.DEFERRED, at, day)
        data = {"answer": reply.uid, "decision": reply.decision}
        term = self._life.issue.answer_due_at
        due = deadlines.deferred_due(term, term, day, at)
        self._tell(
            "defer",
            self._officer(),
            at,
            note=reply.text,
            data={**data, "planned_date": day.isoformat()},
            given=_ANSWERED,
            changes={"planned_date": day, "answer_due_at": due},
        )

    def _reply(self, decision: str, at: datetime, promised: date | None) -> Reply:
        today = clock.region_date(at)
        signatory = self._texts.signatory(self._authority.level)
        work_day = promised or today - timedelta(days=self._random.randint(0, 3))
        reply = Reply(
            uid=self.new_uid(),
            authority_id=self._authority.id,
            decision=decision,
            text=self._texts.answer(self._life.issue.topic, decision, work_day),
            signatory=signatory.name,
            signatory_post=signatory.post,
            report_number=f"исх-{self._random.randint(100, 99999)}",
            report_date=today,
            due_date=promised,
            published_at=at,
        )
        self._life.replies.append(reply)
        return reply

    # --- The verdict ------------------------------------------------------------------------------

    def _close_silent(self, at: datetime) -> None:
        self._tell("close_by_silence", _SYSTEM, at, changes={"closed_at": at})

    def _judge(self, at: datetime) -> None:
        issue, random, reply = self._life.issue, self._random, self._life.replies[-1]
        liked = 0.8 if reply.decision == Answer.Decision.DONE else 0.45
        reply.solved = random.random() < liked
        reply.stars = random.choice((4, 5, 5) if reply.solved else (1, 1, 2, 3))
        reply.comment = self._texts.review(reply.stars) if reply.solved else self._texts.rework()
        reply.rated_at = at
        facts: Facts = {"stars": reply.stars, "solved": reply.solved, "answer": reply.uid}
        if not reply.solved and issue.returns < MAX_RETURNS:
            changes = {
                "returns": issue.returns + 1,
                "answer_due_at": self._answer_due(at),
                "planned_date": None,
            }
            self._rate("reopen", at, reply.comment, facts, changes)
            self._dispatch(at)
        else:
            self._rate("rate", at, reply.comment, facts, {})
            end = "close" if reply.solved else "control"
            self._tell(end, _SYSTEM, at, changes={"closed_at": at})

    def _head_decides(self, at: datetime) -> None:
        note = "Работы взяты на личный контроль, подрядчик заменён, срок – до конца месяца."
        self._tell("head_decides", self._moderator(), at, note=note, given=_CONTROLLED)

    def _rate(
        self,
        action: str,
        at: datetime,
        note: str,
        facts: Facts,
        changes: dict[str, Any],
    ) -> None:
        by = self._author
        self._tell(action, by, at, note=note, data=facts, given=_RATED, changes=changes)

    # --- Who acts, and the telling ----------------------------------------------------------------

    @property
    def _authority(self) -> Authority:
        authority = self._life.issue.authority
        assert authority is not None
        return authority

    def _moderator(self) -> By:
        return self._random.choice(self._region.moderators)

    def _officer(self) -> By:
        by_machine = _MEDO if self._authority.exchange == Authority.Exchange.MEDO else _MSED
        return self._region.officers.get(self._authority.id) or by_machine

    def _answer_due(self, at: datetime) -> datetime:
        """`deadlines.answer_due`, counted once for each day and term."""
        start, term = clock.region_date(at), self._life.issue.topic.term_days
        if (due := self._dues.get((start, term))) is None:
            day = deadlines.answer_date(start, term, calendar=self._calendar)
            due = self._dues[start, term] = clock.end_of_day(day)
        return due

    def _tell(self, action: str, by: By, at: datetime, **how: Any) -> None:
        issue = self._life.issue
        entry, words = tell(
            cast(Issue, issue), action, by=by, at=at, new_salt=self._new_salt, **how
        )
        self._life.told.append(Told(entry, words, issue.authority_id))


def _salts() -> Iterator[str]:
    """Salts as the writer's, 128 random bits each: to ask the kernel for each alone takes a sixth of a load."""
    while True:
        digits = secrets.token_hex(16 * 4096)
        yield from (digits[start : start + 32] for start in range(0, len(digits), 32))


def _hours(count: float) -> timedelta:
    return timedelta(seconds=round(count * 3600, 3))


def _days(count: float) -> timedelta:
    return _hours(count * 24)
