"""The way of an appeal to МСЭД and back, with a real stand-in."""

import pytest

from accounts.models import User
from authorities.models import Authority
from common import uploads
from issues import operations
from issues.models import Attachment, Issue
from issues.policies import By
from issues.workflow import State
from msed_bridge import operations as bridge
from msed_bridge.models import Channel, Exchange, Notice
from tests.msed_bridge.looking import Reach, Work, appeals, picture
from tests.reference_servers.msed_process import Msed, wait_for
from tests.timeline import actions


def test_a_message_with_a_photo_is_registered_answered_rated_and_closed(
    msed: Msed, with_photo: Issue, photo: Attachment, resident: User, reach: Reach, work: Work
) -> None:
    issue = reach(with_photo, State.ANSWERED)

    assert issue.registration_number.startswith("МСЭД-")
    assert actions(issue)[-4:] == ["dispatch", "register", "start", "answer"]
    (sent,) = [file for file in msed.state()["files"] if file["origin"] == "portal"]
    photo.refresh_from_db()
    assert sent["sha256"] == photo.sha256
    answer = issue.answers.get()
    assert answer.decision == "done"
    assert answer.signatory
    after = answer.attachments.get()
    assert after.is_photo
    assert after.content_type == "image/jpeg"  # redrawn: МСЭД had sent a PNG

    operations.rate_issue(by=By.author(resident), issue=issue, stars=5, solved=True)
    work()

    appeal = appeals(msed)[str(issue.uid)]
    assert [message["kind"] for message in appeal["messages"]] == ["RegisterAppeal", "AddToAppeal"]
    assert appeal["closed"]
    ours = Exchange.objects.filter(direction="out").order_by("pk")
    assert [message["digest"] for message in appeal["messages"]] == [sent.digest for sent in ours]
    assert set(Exchange.objects.values_list("state", "accepted")) == {("done", True)}
    assert set(Notice.objects.values_list("state", flat=True)) == {"applied"}


def test_an_answer_that_solved_nothing_goes_back_and_is_answered_again(
    msed: Msed, published: Issue, resident: User, reach: Reach
) -> None:
    issue = reach(published, State.ANSWERED)
    operations.rate_issue(
        by=By.author(resident), issue=issue, stars=1, solved=False, comment="Яма на месте."
    )

    issue = reach(issue, State.ANSWERED)

    assert actions(issue)[-4:] == ["reopen", "dispatch", "start", "answer"]
    returned = Exchange.objects.get(kind="AddToAppeal")
    assert returned.purpose == "Возврат на доработку"
    assert "Яма на месте." in bytes(returned.body).decode()
    assert issue.answers.count() == 2


def test_what_the_author_adds_and_shows_goes_after_the_appeal_in_order(
    msed: Msed, with_photo: Issue, resident: User, work: Work, reach: Reach
) -> None:
    issue, by = reach(with_photo, State.ANSWERED), By.author(resident)
    shown = uploads.examine(picture(1), name="всё ещё яма.jpg")
    operations.rate_issue(
        by=by, issue=issue, stars=1, solved=False, comment="Яма на месте.", photo=shown
    )
    msed.control("/control/auto", {"on": False})
    added = uploads.examine(picture(2), name="вчера.jpg")
    operations.add_to_issue(by=by, issue=issue, words="Вчера ещё шире.", files=[added])
    operations.withdraw_issue(by=by, issue=issue, note="Починили сами.")

    def all_there() -> bool:
        work()
        return len(appeals(msed)[str(issue.uid)]["messages"]) == 4

    wait_for(all_there, seconds=90)

    sent = Exchange.objects.filter(direction="out").order_by("pk")
    assert [one.purpose for one in sent] == ["", "Возврат на доработку", "Дополнение", "Отзыв"]
    assert [bool(one.accepted) for one in sent] == [True] * 4
    assert "Вчера ещё шире." in bytes(sent[2].body).decode()
    held = {file["sha256"] for file in msed.state()["files"] if file["origin"] == "portal"}
    assert {shown.sha256, added.sha256} <= held
    assert [sent[number].files.count() for number in (1, 2)] == [1, 1]


def test_another_authority_of_msed_hears_what_was_added_before(
    msed: Msed,
    published: Issue,
    resident: User,
    moderator: User,
    other_authority: Authority,
    reach: Reach,
    work: Work,
) -> None:
    msed.control("/control/auto", {"on": False})
    work()
    photo = uploads.examine(picture(3), name="вчера.jpg")
    operations.add_to_issue(
        by=By.author(resident), issue=published, words="Вчера ещё шире.", files=[photo]
    )
    work()
    uid = str(published.uid)
    values = {"code": "WRONG_ADDRESSEE", "reason": "Не наше"}
    msed.control("/control/act", {"appeal": uid, "act": "refuse", "values": values})
    issue = reach(published, State.PUBLISHED)
    operations.assign_authority(by=By.moderator(moderator), issue=issue, authority=other_authority)
    work()

    again = Exchange.objects.filter(kind="RegisterAppeal").latest("pk")
    assert (again.state, again.accepted) == ("done", True)
    assert "Дополнение: Вчера ещё шире." in bytes(again.body).decode()
    assert [file.sha256 for file in again.files.all()] == [photo.sha256]


def test_a_refused_appeal_goes_to_another_authority_under_its_own_uid(
    msed: Msed,
    published: Issue,
    moderator: User,
    other_authority: Authority,
    reach: Reach,
    work: Work,
) -> None:
    msed.control("/control/auto", {"on": False})
    work()
    refusal = {"code": "WRONG_ADDRESSEE", "reason": "Дорога региональная"}
    msed.control("/control/act", {"appeal": str(published.uid), "act": "refuse", "values": refusal})
    issue = reach(published, State.PUBLISHED)
    assert issue.authority is None
    operations.assign_authority(by=By.moderator(moderator), issue=issue, authority=other_authority)
    msed.control("/control/auto", {"on": True})

    issue = reach(issue, State.ANSWERED)

    assert issue.authority == other_authority
    assert len(appeals(msed)[str(issue.uid)]["messages"]) == 2
    assert Notice.objects.get(kind="documentAccepted").seq == 2


def test_a_withdrawn_message_is_withdrawn_there_too(
    msed: Msed, published: Issue, resident: User, work: Work
) -> None:
    msed.control("/control/auto", {"on": False})
    operations.withdraw_issue(by=By.author(resident), issue=published)
    work()

    assert appeals(msed)[str(published.uid)]["state"] == "Отозвано"
    assert list(Exchange.objects.order_by("pk").values_list("purpose", flat=True)) == ["", "Отзыв"]


def test_a_refusal_that_no_retry_helps_waits_for_a_person(
    msed: Msed, published: Issue, reach: Reach, work: Work
) -> None:
    msed.fault("soap_fault", "RegisterAppeal", code="HASH_MISMATCH")
    work()
    failed = Exchange.objects.get()
    assert (failed.state, failed.fault_code) == ("failed", "HASH_MISMATCH")

    anew = bridge.resend(by="test", exchange=failed)
    reach(published, State.ANSWERED)

    failed.refresh_from_db()
    assert failed.state == "replaced"
    assert anew.uid != failed.uid
    with pytest.raises(ValueError, match="without a receipt"):
        bridge.resend(by="test", exchange=anew)


def test_a_pause_keeps_everything_here_until_it_ends(
    msed: Msed, published: Issue, reach: Reach, work: Work
) -> None:
    bridge.pause(by="test", channel=Channel.MSED)
    work()
    assert not appeals(msed)
    bridge.resume(by="test", channel=Channel.MSED)

    reach(published, State.ANSWERED)
