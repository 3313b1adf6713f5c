"""Whether the other end of a channel is to be called: a circuit breaker over all calls, and the staff's pause."""

from collections.abc import Callable
from datetime import timedelta
from typing import ParamSpec, TypeVar

from django.db import transaction

from common import clock
from common.outbox import pause_after
from msed_bridge.client import AuthenticationRefusedError, CallError, FaultError
from msed_bridge.models import Channel, Partner

Asked = ParamSpec("Asked")
Result = TypeVar("Result")

FAILURES_TO_OPEN = 5
"""So many calls in a row without a valid reply open the breaker."""
TRIAL = timedelta(seconds=60)
"""How long others stay away while one call tries whether the partner is back."""
LONGEST_BREAK = timedelta(minutes=2)
"""The breaker is never open longer: one call in two minutes is no burden, and what waits is caught up soon."""


def may_call(channel: Channel) -> bool:
    """Whether a call makes sense now; once the breaker's time is over, true for one caller only."""
    partner = _partner(channel)
    if partner.paused_at is not None:
        return False
    if partner.open_until is None:
        return True
    now = clock.now()
    if now < partner.open_until:
        return False
    trying = Partner.objects.filter(pk=partner.pk, open_until=partner.open_until)
    return bool(trying.update(open_until=now + TRIAL))


def call(
    channel: Channel, do: Callable[Asked, Result], *args: Asked.args, **kwargs: Asked.kwargs
) -> Result:
    """Makes a call by a channel, so that its breaker hears how it went.

    Raises:
        CallError: as `do` does.
    """
    try:
        result = do(*args, **kwargs)
    except CallError as error:
        note(channel, error)
        raise
    note(channel, None)
    return result


def note(channel: Channel, error: CallError | None) -> None:
    """Tells the breaker how a call went; none is an error that the partner made no reply to."""
    # A fault of the contract is a reply of a living partner, except “busy”.
    if error is None or (isinstance(error, FaultError) and error.code != "BUSY"):
        if channel not in _known_healthy:
            ours = Partner.objects.filter(pk=channel)
            ours.exclude(failures=0, open_until=None).update(failures=0, open_until=None)
            _known_healthy.add(channel)
        return
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(pk=_partner(channel).pk)
        partner.failures += 1
        partner.last_problem = str(error)[:300]
        too_many = partner.failures - FAILURES_TO_OPEN + 1
        if isinstance(error, AuthenticationRefusedError) or too_many > 0:
            pause = min(pause_after(max(too_many, 1)), LONGEST_BREAK)
            partner.open_until = clock.now() + pause
        partner.save(update_fields=["failures", "last_problem", "open_until"])
    _known_healthy.discard(channel)


def note_seen(channel: Channel, code: str, problem: CallError | None) -> None:
    """Tells the breaker what was seen of a partner without a call: it opens at once, or is closed again.

    Args:
        channel: whose.
        code: of the problem that was looked for.
        problem: as it was found; None closes a breaker that this problem had opened.
    """
    ours = Partner.objects.filter(pk=_partner(channel).pk)
    if problem is None:
        opened = ours.filter(last_problem__startswith=code).exclude(open_until=None)
        opened.update(failures=0, open_until=None)
        return
    # One that is open stays so, one that is half open waits for its trial.
    ours.filter(open_until=None).update(
        open_until=clock.now() + LONGEST_BREAK, last_problem=str(problem)[:300]
    )
    _known_healthy.discard(channel)


def pause(channel: Channel) -> None:
    """Stops all calls by a channel until `resume`; what comes by it is received meanwhile."""
    Partner.objects.filter(pk=_partner(channel).pk, paused_at=None).update(paused_at=clock.now())


def resume(channel: Channel) -> None:
    """Lets calls go on, and closes the breaker: a person knows that the partner is back."""
    ours = Partner.objects.filter(pk=_partner(channel).pk)
    ours.update(paused_at=None, open_until=None, failures=0)


def is_paused(channel: Channel) -> bool:
    """Whether staff have stopped all calls by a channel."""
    return _partner(channel).paused_at is not None


_known_healthy: set[Channel] = set()
"""Whose row was healthy when this process read it last: then a success has nothing to write.

It is read before each batch; a failure that another process has noted since is undone after the next.
"""


def _partner(channel: Channel) -> Partner:
    partner = Partner.objects.get_or_create(channel=channel)[0]
    if partner.failures == 0 and partner.open_until is None:
        _known_healthy.add(channel)
    else:
        _known_healthy.discard(channel)
    return partner
