"""What a person does to the exchange: each is done, and noted with who, when and why.

`by` is the member of staff; for a command or the clock, its name.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import transaction

from accounts.models import User
from common import clock
from msed_bridge import queries
from msed_bridge.client import CallError
from msed_bridge.models import Appeal, Channel, Exchange, Intervention, Notice, RefusedPackage
from msed_bridge.operations import following, outgoing, partner, reconciliation, taking

Done = TypeVar("Done")
By = User | str
Action = Intervention.Action


def pause(*, by: By, channel: Channel, because: str = "") -> None:
    """Stops all calls by a channel until `resume`; what comes by it is received meanwhile."""
    _noted(Action.PAUSE, by, because, lambda: partner.pause(channel), about=channel.value)


def resume(*, by: By, channel: Channel, because: str = "") -> None:
    """Lets calls go on, and closes the breaker: a person knows that the partner is back."""
    _noted(Action.RESUME, by, because, lambda: partner.resume(channel), about=channel.value)


def resend(*, by: By, exchange: Exchange, because: str = "") -> Exchange:
    """Sends a message again; see `outgoing.resend`.

    Raises:
        ValueError: it is not an outgoing message, or has its receipt.
    """
    return _noted(
        Action.RESEND, by, because, lambda: outgoing.resend(exchange=exchange), about=exchange
    )


def resend_failed(*, by: By, code: str, because: str = "") -> int:
    """Sends again all messages that failed by one fault.

    Args:
        code: the fault's, as the books have it.

    Returns:
        How many will be sent.
    """
    return _noted(
        Action.RESEND,
        by,
        because,
        lambda: outgoing.resend_failed(code=code),
        about=code,
        told=str,
    )


def resend_watched(*, by: By, watch: str, because: str = "") -> int:
    """Sends again all that a watch has found, now and byte for byte.

    What МСЭД has already it answers with the receipt it gave before (contract, 2).

    Args:
        watch: `receipt`: what waits too long for its receipt; `answer`: appeals that have one, and are
            neither registered nor refused.

    Returns:
        How many messages will be sent.

    Raises:
        ValueError: there is no such watch.
    """
    if watch not in _WATCHES:
        raise ValueError("there is no such watch")
    return _noted(Action.RESEND, by, because, _WATCHES[watch], about=watch, told=str)


def follow_again(*, by: By, notice: Notice, because: str = "") -> Notice:
    """Follows a refused notification once more; see `following.follow_again`.

    Raises:
        ValueError: it is not a refused one.
    """
    return _noted(
        Action.FOLLOW,
        by,
        because,
        lambda: following.follow_again(notice=notice),
        about=notice,
        told=lambda found: found.reason or found.state,
    )


def dismiss(*, by: User, exchange: Exchange, because: str) -> Exchange:
    """Gives a failed addition up; see `outgoing.dismiss`.

    Raises:
        ValueError: it is no failed addition, or there is no reason.
    """
    return _noted(
        Action.DISMISS,
        by,
        because,
        lambda: outgoing.dismiss(by=by, exchange=exchange, because=because),
        about=exchange,
    )


def settle_package(*, by: By, package: RefusedPackage, because: str = "") -> RefusedPackage:
    """Takes a refused package off the desk; see `taking.settle_package`.

    Raises:
        ValueError: somebody has dealt with it before.
    """
    return _noted(
        Action.SETTLE,
        by,
        because,
        lambda: taking.settle_package(package=package),
        about=package.name[:100],
        told=lambda settled: settled.reason,
    )


def settle_packages(*, by: By, code: str, because: str = "") -> int:
    """Takes all packages that were refused by one reason off the desk.

    Args:
        code: the reason's.

    Returns:
        How many they were.
    """
    return _noted(
        Action.SETTLE,
        by,
        because,
        lambda: taking.settle_packages(code=code),
        about=code,
        told=str,
    )


def reconcile(*, by: By, because: str = "") -> list[str]:
    """Compares the books with МСЭД's, and notes each difference and what was done about it.

    Returns:
        The differences, in words for staff.

    Raises:
        client.CallError: МСЭД did not answer, or the calls are paused; that is noted too.
    """
    try:
        found = reconciliation.reconcile()
    except CallError as error:
        _note(Action.RECONCILE, by, because, outcome=f"not compared: {error.code}")
        raise
    _note(Action.RECONCILE, by, because, outcome="\n".join(found))
    return found


def _resend_without_answer() -> int:
    issues = queries.without_answer(clock.now()).values("issue")
    appeals = Appeal.objects.filter(issue__in=issues).order_by("pk")
    return sum(outgoing.give_again(appeal=appeal) for appeal in appeals)


_WATCHES = {"receipt": outgoing.resend_waiting, "answer": _resend_without_answer}


def _noted(
    action: Action,
    by: By,
    because: str,
    do: Callable[[], Done],
    *,
    about: Exchange | Notice | str = "",
    told: Callable[[Done], str] = lambda _done: "",
) -> Done:
    # Done and noted, or neither.
    with transaction.atomic():
        done = do()
        _note(action, by, because, about=about, outcome=told(done))
    return done


def _note(
    action: Action, by: By, because: str, *, about: Exchange | Notice | str = "", outcome: str = ""
) -> None:
    Intervention.objects.create(
        action=action,
        at=clock.now(),
        by=by if isinstance(by, User) else None,
        via="" if isinstance(by, User) else by,
        because=because.strip()[:300],
        subject=about if isinstance(about, str) else str(about.uid),
        outcome=outcome,
    )
