"""Letters about the timeline: the author at each step, the authority that works here, the superior."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from accounts.models import Role, User
from authorities.models import Authority, Official, ServiceArea, Topic
from common import clock, outbox
from common.models import Delivery
from issues import letters, operations
from issues.models import Answer, Issue, IssueEvent
from issues.policies import By
from issues.workflow import ACTIONS
from notifications.models import Letter

REPLY = operations.Reply(
    decision=Answer.Decision.DONE,
    text="Яма заделана <b>3 июня</b> & принята.",
    signatory="Сидоров С. С.",
    signatory_post="глава",
)


@pytest.fixture
def resident(make_user: Callable[..., User]) -> User:
    return make_user(language="en", email="anna@example.org")


@pytest.fixture
def cabinet(authority: Authority) -> Authority:
    """The authority of the square, working in the cabinet."""
    superior = Authority.objects.create(
        slug="ministry",
        name="Министерство",
        level="regional",
        exchange="cabinet",
        email="ministry@example.org",
    )
    authority.exchange = Authority.Exchange.CABINET
    authority.superior = superior
    authority.save()
    return authority


def today() -> date:
    return clock.region_date(clock.now())


def deliver() -> None:
    """Lets the consumer handle all that waits for it."""
    outbox.deliver_due(letters.CONSUMER)
    assert not Delivery.objects.filter(consumer=letters.CONSUMER).exists()


def templates(to: str) -> list[str]:
    keys = Letter.objects.filter(to=to).order_by("pk").values_list("key", flat=True)
    return [key.split(":")[2] for key in keys]


def letter(template: str, to: str = "anna@example.org") -> Letter:
    return Letter.objects.get(key__contains=f":{template}:", to=to)


def test_the_author_is_told_at_each_step_of_the_way(published: Issue, resident: User) -> None:
    msed = By.msed()
    operations.register_issue(
        by=msed, issue=published, number="01-12/345", registered_on=date(2026, 6, 1)
    )
    operations.start_work(by=msed, issue=published, executor="Отдел дорог")
    operations.report_progress(by=msed, issue=published, note="Ждём асфальт")
    published.refresh_from_db()
    assert published.answer_due_at
    until = clock.region_date(published.answer_due_at) + timedelta(days=10)
    operations.extend_term(by=msed, issue=published, until=until, reason="Идут дожди")
    operations.answer_issue(by=msed, issue=published, reply=REPLY)
    operations.rate_issue(
        by=By.author(resident), issue=published, stars=1, solved=False, comment="Яма на месте"
    )
    deliver()
    assert templates("anna@example.org") == [
        *("submitted", "published", "registered", "started", "progress"),
        *("extended", "answered", "reopened"),
    ]
    number = published.number
    for found in Letter.objects.filter(to="anna@example.org"):
        assert number in found.subject, found.key
        assert found.user == resident
        assert f"/my/{number}/" in found.text
        # Who filed it and how to reach them is nobody's business on the way.
        assert "Иванова" not in found.text
    assert "48 hours" in letter("submitted").text
    assert "No. 01-12/345 of 1 June 2026" in letter("registered").text
    assert "Отдел дорог" in letter("started").text
    assert "Ждём асфальт" in letter("progress").text
    assert "Идут дожди" in letter("extended").text
    assert f"{until.day} {until:%B %Y}" in letter("extended").text
    answered = letter("answered")
    assert "Яма заделана <b>3 июня</b> & принята." in answered.text
    assert "&lt;b&gt;" in answered.html
    assert "Сидоров С. С., глава" in answered.text
    assert "14 days" in answered.text


def test_a_rejection_gives_the_reason_the_ground_and_the_way_to_correct(
    issue: Issue, moderator: User
) -> None:
    previewed = letters.rejection(issue, reason="Нет адреса.", ground="59-ФЗ, ст. 7")
    operations.reject_issue(
        by=By.moderator(moderator),
        issue=issue,
        reason="Нет адреса.",
        code="address",
        ground_of_law="59-ФЗ, ст. 7",
    )
    deliver()
    sent = letter("rejected")
    assert "Нет адреса." in sent.text
    assert "Ground: 59-ФЗ, ст. 7." in sent.text
    assert "correct the message" in sent.text
    # The moderator has read exactly what the author gets.
    assert (previewed.subject, previewed.text, previewed.html) == (
        sent.subject,
        sent.text,
        sent.html,
    )


def test_an_author_whose_message_was_edited_is_told_so_and_where_to_see_it(
    issue: Issue, moderator: User
) -> None:
    operations.accept_issue(by=By.moderator(moderator), issue=issue, published_text="Яма у дома.")
    deliver()
    told = letter("published")
    assert "the page of the message shows what is different" in told.text
    assert f"/my/{issue.number}/" in told.text


def test_one_whose_message_was_left_as_it_is_reads_nothing_of_edits(published: Issue) -> None:
    deliver()
    assert "what is different" not in letter("published").text


def test_thanks_are_promised_no_answer(
    resident: User, topic: Topic, authority: Authority, message: operations.Message
) -> None:
    topic.kinds = ["problem", "thanks"]
    topic.save()
    thanks = replace(message, kind="thanks", topic=topic)
    operations.file_issue(by=By.author(resident), message=thanks)
    deliver()
    receipt = Letter.objects.get(key__contains=":submitted:").text
    assert "those you thank will see it" in receipt
    assert "answer" not in receipt.split("Page of the message")[0]


def test_one_who_wants_no_letters_still_gets_receipt_refusal_and_answer(
    published: Issue, resident: User
) -> None:
    resident.wants_letters = False
    resident.save()
    operations.register_issue(
        by=By.msed(), issue=published, number="1", registered_on=date(2026, 6, 1)
    )
    operations.answer_issue(by=By.msed(), issue=published, reply=REPLY)
    deliver()
    assert templates("anna@example.org") == ["submitted", "answered"]


def test_a_message_without_authority_is_told_twice_when_it_is_published_and_when_sent_on(
    issue: Issue, moderator: User, authority: Authority
) -> None:
    ServiceArea.objects.all().delete()
    operations.accept_issue(by=By.moderator(moderator), issue=issue, topic=issue.topic)
    later = clock.now() + timedelta(hours=1)
    with clock.told(later):
        operations.assign_authority(by=By.moderator(moderator), issue=issue, authority=authority)
        deliver()
    assert templates("anna@example.org") == ["submitted", "published", "dispatched"]
    assert "by hand" in letter("published").text


def test_the_authority_learns_of_new_work_only_where_it_works_in_the_cabinet(
    cabinet: Authority, published: Issue, make_user: Callable[..., User]
) -> None:
    deliver()
    assert templates("square@example.org") == ["new_work"]
    work = letter("new_work", "square@example.org")
    assert f"/cabinet/{published.number}/" in work.text
    assert work.subject.startswith("Новое сообщение")
    assert "Иванова" not in work.text
    assert "anna@example.org" not in work.text


def test_returned_work_is_called_so(
    cabinet: Authority, published: Issue, resident: User, make_user: Callable[..., User]
) -> None:
    officer = make_user(Role.OFFICER)
    Official.objects.create(user=officer, authority=cabinet, post="специалист")
    by = By.officer(officer)
    operations.register_issue(by=by, issue=published, number="1", registered_on=today())
    operations.answer_issue(by=by, issue=published, reply=REPLY)
    operations.rate_issue(
        by=By.author(resident), issue=published, stars=1, solved=False, comment="Нет."
    )
    deliver()
    subjects = Letter.objects.filter(to="square@example.org").order_by("pk")
    assert [one.subject.partition(" 2")[0] for one in subjects] == [
        "Новое сообщение",
        "Автор вернул ответ на сообщение",
    ]


def test_without_a_common_address_the_officers_are_told(
    cabinet: Authority, issue: Issue, moderator: User, make_user: Callable[..., User]
) -> None:
    Authority.objects.update(email="")
    officer = make_user(Role.OFFICER, language="en")
    Official.objects.create(user=officer, authority=cabinet, post="специалист")
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    deliver()
    assert templates(officer.email) == ["new_work"]


def test_handed_over_the_author_learns_it_once_and_the_new_authority_gets_work(
    cabinet: Authority, published: Issue, make_user: Callable[..., User]
) -> None:
    officer = make_user(Role.OFFICER)
    Official.objects.create(user=officer, authority=cabinet, post="специалист")
    by = By.officer(officer)
    operations.register_issue(by=by, issue=published, number="1", registered_on=today())
    operations.redirect_issue(by=by, issue=published, to=None, to_name="Росавтодор")
    deliver()
    assert templates("square@example.org") == ["new_work"]
    assert "Росавтодор" in letter("redirected").text
    Letter.objects.all().delete()
    other = Authority.objects.get(slug="ministry")
    operations.redirect_issue(by=by, issue=published, to=other, to_name=other.name)
    deliver()
    assert templates("ministry@example.org") == ["new_work"]
    assert templates("anna@example.org") == ["redirected"]
    assert "Министерство" in letter("redirected").text


def test_a_deadline_reminds_the_authority_and_a_missed_one_tells_its_superior(
    cabinet: Authority, published: Issue
) -> None:
    assert published.escalate_at
    assert published.registration_due_at
    with clock.told(published.escalate_at):
        assert operations.escalate_issue(issue=published)
    with clock.told(published.registration_due_at):
        assert operations.escalate_issue(issue=published)
        deliver()
    assert templates("square@example.org") == ["new_work", "deadline_near", "deadline_missed"]
    assert templates("ministry@example.org") == ["deadline_missed_below"]


def test_an_event_that_is_handled_again_tells_nothing_twice(published: Issue) -> None:
    deliver()
    before = Letter.objects.count()
    for event in IssueEvent.objects.filter(action__in=letters.ACTIONS):
        letters.handle(event.pk)
    assert Letter.objects.count() == before


def test_every_letter_of_the_table_belongs_to_an_action() -> None:
    assert set(ACTIONS) >= letters.ACTIONS
