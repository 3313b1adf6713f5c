"""The partner's state: a circuit breaker over all calls, and the staff's pause."""

from collections.abc import Callable
from datetime import timedelta
from typing import ParamSpec, TypeVar

from django.conf import settings
from django.db import transaction

from common import clock
from common.outbox import pause_after
from msed_bridge.client import AuthenticationRefusedError, CallError, FaultError
from msed_bridge.models import Partner

Asked = ParamSpec("Asked")
Result = TypeVar("Result")

FAILURES_TO_OPEN = 5
"""So many calls in a row without a valid reply open the breaker."""
TRIAL = timedelta(seconds=60)
"""How long others stay away while one call tries whether МСЭД is back."""
LONGEST_BREAK = timedelta(minutes=2)
"""The breaker is never open longer: one call in two minutes is no burden, and what waits is caught up soon."""


def may_call() -> bool:
    """Whether a call makes sense now; once the breaker's time is over, true for one caller only."""
    partner = _partner()
    if partner.paused_at is not None:
        return False
    if partner.open_until is None:
        return True
    now = clock.now()
    if now < partner.open_until:
        return False
    trying = Partner.objects.filter(pk=partner.pk, open_until=partner.open_until)
    return bool(trying.update(open_until=now + TRIAL))


def call(do: Callable[Asked, Result], *args: Asked.args, **kwargs: Asked.kwargs) -> Result:
    """Makes a call of the client, so that the breaker hears how it went.

    Raises:
        CallError: as `do` does.
    """
    try:
        result = do(*args, **kwargs)
    except CallError as error:
        _note(error)
        raise
    _note(None)
    return result


def pause() -> None:
    """Stops all calls to МСЭД until `resume`; what it tells is received meanwhile."""
    Partner.objects.filter(pk=_partner().pk, paused_at=None).update(paused_at=clock.now())


def resume() -> None:
    """Lets calls go on, and closes the breaker: a person knows that МСЭД is back."""
    Partner.objects.filter(pk=_partner().pk).update(paused_at=None, open_until=None, failures=0)


def is_paused() -> bool:
    """Whether staff have stopped all calls."""
    return _partner().paused_at is not None


class _Known:
    """Whether the row was healthy when this process read it last: then a success has nothing to write.

    It is read before each batch; a failure that another process has noted since is undone after the next.
    """

    is_healthy = False


def _partner() -> Partner:
    partner = Partner.objects.get_or_create(uid=settings.MSED_PARTNER_UID)[0]
    _Known.is_healthy = partner.failures == 0 and partner.open_until is None
    return partner


def _note(error: CallError | None) -> None:
    # A fault of the contract is a reply of a living partner, except “busy”.
    if error is None or (isinstance(error, FaultError) and error.code != "BUSY"):
        if not _Known.is_healthy:
            ours = Partner.objects.filter(pk=settings.MSED_PARTNER_UID)
            ours.exclude(failures=0, open_until=None).update(failures=0, open_until=None)
            _Known.is_healthy = True
        return
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(pk=_partner().pk)
        partner.failures += 1
        partner.last_problem = str(error)[:300]
        too_many = partner.failures - FAILURES_TO_OPEN + 1
        if isinstance(error, AuthenticationRefusedError) or too_many > 0:
            pause = min(pause_after(max(too_many, 1)), LONGEST_BREAK)
            partner.open_until = clock.now() + pause
        partner.save(update_fields=["failures", "last_problem", "open_until"])
    _Known.is_healthy = False
