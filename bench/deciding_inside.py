"""What the measurement of deciding needs from inside: moderators, each a process, at one queue.

While they decide, the process that sends what is due is killed again and again.
"""

import json
import multiprocessing
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from multiprocessing.queues import SimpleQueue
from random import Random
from typing import Any

import django

FIRST = 60
"""So many of the most pressing messages is what moderators reach for without taking them first."""
KILLED_EVERY = 3.0  # seconds
UNDONE = 0.1
"""The share of decisions that is taken back."""


def together(moderators: int, seconds: float) -> dict[str, Any]:
    """Lets moderators decide for some time, then compares what they were told with the timelines.

    Args:
        moderators: how many.
        seconds: for how long.

    Returns:
        `decided`: decisions that were taken and not undone; `undone`; `met`: how often somebody else was
        quicker; `dropped`; `kills`: of the sender; `faults`: what is wrong, in words, empty when nothing is.
    """
    from django.db import connections

    context = multiprocessing.get_context("fork")
    told: SimpleQueue[list[tuple[str, int, int]]] = context.SimpleQueue()
    people = _people(moderators, as_of=time.time_ns())
    connections.close_all()  # each process has its own
    until = time.monotonic() + seconds
    workers = [
        context.Process(target=_decide, args=(user, number, until, told))
        for number, user in enumerate(people)
    ]
    for worker in workers:
        worker.start()
    kills = 0
    sender = _sender(context)
    while time.monotonic() < until:
        time.sleep(KILLED_EVERY)
        os.kill(sender.pid or 0, signal.SIGKILL)
        sender.join()
        kills += 1
        sender = _sender(context)
    lists = [told.get() for _worker in workers]
    for worker in workers:
        worker.join()
    os.kill(sender.pid or 0, signal.SIGKILL)
    sender.join()
    return _compared([entry for one in lists for entry in one], kills)


def _people(count: int, as_of: int) -> list[int]:
    from accounts.models import Role, RoleGrant, User

    found = []
    for number in range(count):
        user = User.objects.create_user(
            f"decides{as_of}-{number}@bench.example.org", last_name="Зимина"
        )
        RoleGrant.objects.create(user=user, role=Role.MODERATOR)
        found.append(user.pk)
    return found


def _sender(context: Any) -> Any:
    from moderation import operations

    def send() -> None:
        while True:
            operations.send_due()
            time.sleep(0.2)

    process = context.Process(target=send, daemon=True)
    process.start()
    return process


def _decide(user: int, seed: int, until: float, told: Any) -> None:
    """One moderator's work; what was answered to each click is told at the end."""
    from accounts.models import User
    from issues.workflow import ActionRefusedError
    from moderation import operations, queries

    random = Random(seed)
    by = User.objects.get(pk=user)
    log: list[tuple[str, int, int]] = []
    verbs = ["accept"] * 6 + ["reject"] * 3 + ["ask", "refer"]
    while time.monotonic() < until:
        if random.random() < 0.5:
            issue = operations.claim_next(by=by)
        else:
            issue = random.choice(queries.waiting().order_by("moderation_due_at", "pk")[:FIRST])
        if issue is None:
            break
        verb = random.choice(verbs)
        try:
            _click(verb, by, issue)
            log.append((verb, user, issue.pk))
            if random.random() < UNDONE:
                operations.undo(by=by, issue=issue)
                log[-1] = ("undone", user, issue.pk)
                operations.release(by=by, issue=issue)
        except operations.GoneError:
            pass  # it was out already: it counts
        except (
            *(ActionRefusedError, operations.ChangedError),
            *(operations.ClaimedError, operations.DecidedError),
        ):
            log.append(("met", user, issue.pk))
    told.put(log)


def _click(verb: str, by: Any, issue: Any) -> None:
    from moderation import operations

    seen = issue.event_count
    match verb:
        case "accept":
            operations.accept(by=by, issue=issue, seen=seen, published_text=issue.description)
        case "reject":
            words = "Напишите, где это."
            operations.reject(by=by, issue=issue, seen=seen, code="unclear", words=words, ground="")
        case "ask":
            operations.ask(by=by, issue=issue, seen=seen, words="Где это?")
        case "refer":
            operations.refer(by=by, issue=issue, seen=seen, words="О руководителе")


def _compared(log: list[tuple[str, int, int]], kills: int) -> dict[str, Any]:
    from django.db.models import Count

    from issues import timeline
    from issues.models import Issue, IssueEvent
    from moderation import operations
    from moderation.models import DroppedDecision, HeldDecision

    deadline = time.monotonic() + 60
    while HeldDecision.objects.exists() and time.monotonic() < deadline:
        operations.send_due()
        time.sleep(0.2)
    verbs = ("accept", "reject", "ask", "refer")
    people = {user for _verb, user, _issue in log}
    expected = Counter(entry for entry in log if entry[0] in verbs)
    happened = Counter(
        (action, who, issue)
        for action, who, issue in IssueEvent.objects.filter(
            issue__in={issue for _verb, _user, issue in log}, action__in=verbs
        ).values_list("action", "words__private__by__user", "issue_id")
        if who in people
    )
    dropped = Counter(DroppedDecision.objects.values_list("verb", "moderator_id", "issue_id"))
    judged = [issue for verb, _who, issue in happened if verb in ("accept", "reject")]
    twice = Issue.objects.filter(pk__in=judged).annotate(
        verdicts=Count("events", filter=_verdicts())
    )
    faults = [f"held for ever: {held}" for held in HeldDecision.objects.all()[:5]]
    faults += [f"lost: {entry}" for entry in list(expected - happened - dropped)[:5]]
    faults += [f"nobody's: {entry}" for entry in list(happened - expected)[:5]]
    faults += [f"decided twice: {issue}" for issue in twice.filter(verdicts__gt=1)[:5]]
    for issue in Issue.objects.filter(pk__in=judged[:500]):
        faults += [f"{issue}: {fault}" for fault in timeline.verify(issue)]
    counts = Counter(verb for verb, _user, _issue in log)
    return {
        "decided": sum(counts[verb] for verb in verbs),
        "undone": counts["undone"],
        "met": counts["met"],
        "dropped": sum(dropped.values()),
        "kills": kills,
        "faults": faults,
    }


def _verdicts() -> Any:
    from django.db.models import Q

    return Q(events__action__in=("accept", "reject"))


def _run(work: Callable[[], dict[str, Any]]) -> None:
    print(json.dumps(work(), ensure_ascii=False))


if __name__ == "__main__":
    django.setup()
    _run(lambda: together(int(sys.argv[1]), float(sys.argv[2])))
