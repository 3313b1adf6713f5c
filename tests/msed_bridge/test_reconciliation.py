"""Both books are compared: each difference is told, and mended where it can be."""

from collections.abc import Callable

from issues.models import Issue
from issues.workflow import State
from msed_bridge import operations as bridge
from msed_bridge import tasks
from msed_bridge.models import Exchange, Intervention, Notice
from tests.reference_servers.msed_process import Msed, wait_for

Work = Callable[[], None]
Reach = Callable[[Issue, str], Issue]


def done(msed: Msed, issue: Issue, act: str, **values: str) -> None:
    msed.control("/control/act", {"appeal": str(issue.uid), "act": act, "values": values})


def test_what_was_never_pushed_is_fetched_by_night(
    msed: Msed, published: Issue, work: Work, reach: Reach
) -> None:
    msed.control("/control/auto", {"on": False})
    work()
    msed.fault("gap", "documentAccepted")
    done(msed, published, "accept")
    assert not Notice.objects.exists()

    tasks.reconcile.fn()

    (noted,) = Intervention.objects.all()
    assert noted.outcome.startswith(f"{published.uid}: МСЭД has told 1, here are 0")
    assert noted.outcome.endswith("; fetched")
    reach(published, State.REGISTERED)
    assert bridge.reconcile(by="test") == []


def test_an_appeal_that_msed_has_lost_is_given_to_it_again(
    msed: Msed, published: Issue, work: Work, reach: Reach
) -> None:
    msed.control("/control/auto", {"on": False})
    work()
    before = bytes(Exchange.objects.get().body)
    msed.kill()
    for file in msed.database.parent.glob(f"{msed.database.name}*"):
        file.unlink()
    msed.start()

    assert bridge.reconcile(by="test") == [
        f"{published.uid}: МСЭД does not know it; given again, 1 messages"
    ]
    reach(published, State.ANSWERED)
    assert bytes(Exchange.objects.get(direction="out").body) == before
    assert len(msed.state()["appeals"]) == 1


def test_another_number_than_was_told_is_for_a_person(
    msed: Msed, published: Issue, work: Work, reach: Reach
) -> None:
    msed.control("/control/auto", {"on": False})
    work()
    msed.fault("wrong_number", "documentAccepted")
    done(msed, published, "accept")
    wait_for(lambda: Notice.objects.exists(), seconds=90)
    issue = reach(published, State.REGISTERED)

    (difference,) = bridge.reconcile(by="test")

    assert f"here is {issue.registration_number}" in difference
    assert difference.endswith("; a person decides")
