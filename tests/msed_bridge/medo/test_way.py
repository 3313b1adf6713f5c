"""The way of an appeal by МЭДО: a real gateway process behind a folder, and its faults."""

from pathlib import Path

import pytest

from accounts.models import User
from authorities.models import Authority
from issues import operations
from issues.models import Issue
from issues.policies import By
from issues.workflow import State
from msed_bridge import operations as bridge
from msed_bridge.models import Appeal, Exchange, Notice, RefusedPackage
from tests.msed_bridge.medo.gateway import ADDRESS, Gateway
from tests.msed_bridge.medo.looking import look, reach
from tests.reference_servers.msed_process import wait_for
from tests.timeline import actions

pytestmark = pytest.mark.django_db


def test_a_message_with_a_photo_is_written_out_registered_answered_published_and_rated(
    by_medo: Authority, gateway: Gateway, with_photo: Issue, resident: User, root: Path
) -> None:
    gateway.start()

    issue = reach(with_photo, State.ANSWERED)

    assert issue.registration_number.startswith("МЭДО-")
    assert actions(issue)[-4:] == ["dispatch", "register", "start", "answer"]
    answer = issue.answers.get()
    assert (answer.decision, answer.signatory) == ("done", "Рябов Константин Львович")
    assert {file.content_type for file in answer.attachments.all()} == {"image/jpeg", "text/plain"}
    (brought,) = gateway.book()["messages"].values()
    assert brought["address"] == ADDRESS
    assert brought["files"] == ["document.xml", "file01.jpg", "text.txt"]

    operations.rate_issue(by=By.author(resident), issue=issue, stars=5, solved=True)

    def all_closed() -> bool:
        look()
        open_ones = Exchange.objects.exclude(state="done").exists()
        return not open_ones and len(gateway.book()["receipts"]) >= 4

    wait_for(all_closed, seconds=90)
    kinds = [told["kind"] for told in gateway.book()["messages"].values()]
    assert kinds == ["Обращение гражданина", "Оценка"]
    assert {accepted for _of, accepted in gateway.book()["receipts"]} == {True}
    # “Report sent” comes after the answer itself: it is overtaken, and nobody is called.
    assert set(Notice.objects.values_list("kind", "state")) == {
        ("documentAccepted", "applied"),
        ("executorAssigned", "applied"),
        ("reportSent", "applied"),
        ("courseChanged", "late"),
    }
    assert not RefusedPackage.objects.exists()
    assert list((root / "in").iterdir()) == list((root / "out").iterdir()) == []


def test_an_answer_that_solved_nothing_goes_back_and_is_answered_again(
    by_medo: Authority, gateway: Gateway, published: Issue, resident: User
) -> None:
    gateway.start()
    issue = reach(published, State.ANSWERED)
    operations.rate_issue(
        by=By.author(resident), issue=issue, stars=1, solved=False, comment="Яма на месте."
    )

    issue = reach(issue, State.ANSWERED)

    assert actions(issue)[-4:] == ["reopen", "dispatch", "start", "answer"]
    returned = Exchange.objects.get(kind="AddToAppeal")
    assert "Яма на месте." in bytes(returned.document or b"").decode()
    assert issue.answers.count() == 2


@pytest.mark.parametrize("fault", ["duplicate", "truncated", "slow", "out_of_order"])
def test_what_comes_twice_cut_slowly_or_in_a_wrong_order_ends_the_same(
    by_medo: Authority, gateway: Gateway, published: Issue, fault: str
) -> None:
    gateway.fault(fault)
    gateway.start()

    issue = reach(published, State.ANSWERED)

    assert actions(issue).count("register") == actions(issue).count("answer") == 1
    refused = [package.reason for package in RefusedPackage.objects.all()]
    assert refused == (["SCHEMA: not well-formed XML"] if fault == "truncated" else [])
    assert not Notice.objects.filter(state="refused").exists()


def test_a_refused_registration_lets_a_moderator_choose_another_authority(
    by_medo: Authority, gateway: Gateway, published: Issue
) -> None:
    gateway.fault("refuse")
    gateway.start()

    issue = reach(published, State.PUBLISHED)

    assert issue.authority is None
    (refusal,) = issue.events.filter(action="refuse_registration")
    assert refusal.words.note == "Ошибка адресации. Дорога не на балансе администрации."
    assert not Appeal.objects.get().is_open


def test_a_receipt_with_another_hash_calls_a_person_who_has_it_written_anew(
    by_medo: Authority, gateway: Gateway, published: Issue, resident: User
) -> None:
    gateway.fault("wrong_hash")
    gateway.start(step_seconds=60)

    def failed() -> Exchange | None:
        look()
        return Exchange.objects.filter(state="failed").first()

    exchange = wait_for(failed, seconds=90)
    assert exchange.fault_code == "HASH_MISMATCH"

    bridge.resend(by=resident, exchange=exchange)

    def done() -> bool:
        look()
        return Exchange.objects.filter(direction="out", state="done").exists()

    wait_for(done, seconds=90)
    assert Exchange.objects.get(pk=exchange.pk).state == "replaced"
