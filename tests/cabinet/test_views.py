"""The authority's desk: an officer brings a message from the registration to the answer by plain forms."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from accounts.models import AccessRecord, Role, User
from authorities.models import Authority, Official
from common import clock
from issues import operations, timeline
from issues.models import Answer, Issue
from issues.policies import By
from issues.workflow import State
from tests.cabinet.desk import answer, do, offered, photo, today


def test_from_registration_to_the_answer_with_a_photo(desk: Client, published: Issue) -> None:
    assert offered(desk, published) == ["register", "refuse_registration"]
    do(desk, published, "register", number="", registered_on=today())
    assert (published.state, published.registration_number) == (
        State.REGISTERED,
        f"П-{published.number}",
    )
    do(desk, published, "start", executor="Отдел дорог")
    do(desk, published, "report_progress", note="Заказан асфальт")
    assert published.state == State.IN_PROGRESS
    page = answer(
        desk, published, "Яма заделана 5 мая, работы приняты комиссией, акт № 8.", after=[photo()]
    )
    assert "The answer is published" in page
    given = Answer.objects.get()
    assert (given.signatory, given.signatory_post) == ("Громов Илья Олегович", "главный специалист")
    assert (given.attachments.get().purpose, given.warnings) == ("after", [])
    assert published.state == State.ANSWERED
    assert offered(desk, published) == []
    assert timeline.verify(published) == []
    assert published.number in desk.get("/cabinet/?done=1").content.decode()


def test_a_term_is_extended_within_the_law(desk: Client, at_work: Issue) -> None:
    assert at_work.answer_due_at
    due = clock.last_day(at_work.answer_due_at)
    too_late = (due + timedelta(days=31)).isoformat()
    page = do(desk, at_work, "extend", until=too_late, reason="Идут дожди")
    assert "within what the law allows" in page
    assert "Идут дожди" in page  # what was written is not lost
    until = due + timedelta(days=30)
    do(desk, at_work, "extend", until=until.isoformat(), reason="Идут дожди")
    assert at_work.state == State.EXTENDED
    assert clock.last_day(at_work.answer_due_at) == until
    # What is next is the answer; the work has begun already, the term can not grow any more.
    assert offered(desk, at_work) == ["report_progress", "redirect"]


def test_the_address_of_a_form_that_was_not_right_opens_the_message(
    desk: Client, at_work: Issue
) -> None:
    page = f"/cabinet/{at_work.number}/"
    wrong = desk.post(f"{page}extend/", {"until": "", "reason": ""})
    assert wrong.status_code == 200
    assert desk.get(f"{page}extend/").headers["Location"] == page
    assert desk.get(f"{page}answer/send/").headers["Location"] == f"{page}answer/preview/"
    assert desk.get(f"{page}nothing/").status_code == 404


def test_only_days_that_the_law_allows_are_offered(desk: Client, at_work: Issue) -> None:
    assert at_work.answer_due_at
    due = clock.last_day(at_work.answer_due_at)
    page = desk.get(f"/cabinet/{at_work.number}/").content.decode()
    assert f'min="{due + timedelta(days=1)}" max="{due + timedelta(days=30)}"' in page
    with clock.told(at_work.answer_due_at):
        response = desk.get(f"/cabinet/{at_work.number}/")
    assert "extend" not in [name for name, _form in response.context["acts"]]
    assert "The term is over already" in response.content.decode()


def test_nothing_is_counted_down_after_the_answer(desk: Client, at_work: Issue) -> None:
    assert "due in" in desk.get(f"/cabinet/{at_work.number}/").content.decode()
    page = answer(desk, at_work, "Яма заделана 5 мая, работы приняты по акту № 8.")
    assert "due in" not in page


def test_handed_over_it_is_the_neighbours(
    desk: Client, at_work: Issue, make_user: Callable[..., User]
) -> None:
    neighbour = Authority.objects.create(
        slug="roads", name="Дорожная служба", level="contractor", exchange="cabinet"
    )
    page = do(desk, at_work, "redirect", name="дорожная СЛУЖБА", note="Дорога областная")
    assert "handed over" in page
    assert at_work.authority == neighbour
    for path in ("", "answer/"):
        late = desk.get(f"/cabinet/{at_work.number}/{path}", follow=True).content.decode()
        assert "It is with: Дорожная служба" in late
    sent = desk.post(f"/cabinet/{at_work.number}/report_progress/", {"note": "x"}, follow=True)
    assert "It is with: Дорожная служба" in sent.content.decode()
    other = make_user(Role.OFFICER)
    Official.objects.create(user=other, authority=neighbour, post="мастер")
    desk.force_login(other)
    assert "register" in offered(desk, at_work)  # under a number of its own


def test_not_ours_goes_back_to_the_manual_queue(desk: Client, published: Issue) -> None:
    do(desk, published, "refuse_registration", reason="Это дорога садового товарищества")
    assert (published.state, published.authority) == (State.PUBLISHED, None)


def test_a_neighbours_message_is_not_there(
    published: Issue, client: Client, make_user: Callable[..., User], authority: Authority
) -> None:
    other = Authority.objects.create(
        slug="other", name="Сосед", level="municipal", exchange="cabinet"
    )
    neighbour = make_user(Role.OFFICER)
    Official.objects.create(user=neighbour, authority=other, post="специалист")
    client.force_login(neighbour)
    assert published.number not in client.get("/cabinet/").content.decode()
    assert client.get(f"/cabinet/{published.number}/").status_code == 404
    for action in ("register", "answer", "answer/send", "redirect"):
        assert client.post(f"/cabinet/{published.number}/{action}/").status_code == 404


def test_a_message_that_waits_for_moderation_is_not_there(desk: Client, issue: Issue) -> None:
    assert issue.authority
    assert desk.get(f"/cabinet/{issue.number}/").status_code == 404


def test_the_cabinet_is_for_officers(
    published: Issue, client: Client, resident: User, moderator: User
) -> None:
    assert client.get("/cabinet/").status_code == 302
    for stranger in (resident, moderator):
        client.force_login(stranger)
        assert client.get("/cabinet/").status_code == 403
        assert client.get(f"/cabinet/{published.number}/").status_code == 403


def test_an_authority_of_msed_reads_here_and_answers_there(
    desk: Client, published: Issue, authority: Authority
) -> None:
    authority.exchange = Authority.Exchange.MSED
    authority.save()
    assert offered(desk, published) == []
    response = desk.post(f"/cabinet/{published.number}/register/", {"registered_on": today()})
    assert response.status_code == 403
    assert "works in МСЭД" in desk.get("/cabinet/").content.decode()


def test_who_reads_an_authors_contact_is_noted(
    desk: Client, officer: User, published: Issue, resident: User
) -> None:
    assert resident.email in desk.get(f"/cabinet/{published.number}/").content.decode()
    record = AccessRecord.objects.get()
    assert (record.user, record.place, record.subject) == (officer, "cabinet", published.number)


def test_what_is_hidden_from_the_public_is_still_worked_on(
    desk: Client, published: Issue, moderator: User, make_user: Callable[..., User]
) -> None:
    operations.hide_issue(
        by=By.moderator(moderator), issue=published, reason="На фото лицо ребёнка"
    )
    assert offered(desk, published) == ["register", "refuse_registration"]
    picture = f"/issues/{published.number}/place.svg"
    assert desk.get(picture).status_code == 200
    desk.force_login(make_user(Role.OFFICER))
    assert desk.get(picture).status_code == 404


def test_of_two_officers_the_second_reads_what_has_happened_and_loses_no_word(
    desk: Client, at_work: Issue, authority: Authority, make_user: Callable[..., User]
) -> None:
    colleague = make_user(Role.OFFICER)
    Official.objects.create(user=colleague, authority=authority, post="начальник")
    other = Client()
    other.force_login(colleague)
    drawn = {"seen": Issue.objects.get(pk=at_work.pk).event_count}
    do(other, at_work, "report_progress", note="Завезли щебень")
    page = do(desk, at_work, "report_progress", note="Щебень на месте", **drawn)
    assert "Somebody else was quicker" in page
    assert "Завезли щебень" in page
    assert "Щебень на месте" in page
    assert at_work.events.filter(action="report_progress").count() == 1
    # Read, and sent again.
    do(desk, at_work, "report_progress", note="Щебень на месте")
    assert at_work.events.filter(action="report_progress").count() == 2


def test_a_button_pressed_twice_acts_once(desk: Client, at_work: Issue) -> None:
    neighbour = Authority.objects.create(
        slug="roads", name="Дорожная служба", level="contractor", exchange="cabinet"
    )
    drawn = {"seen": Issue.objects.get(pk=at_work.pk).event_count}
    words = {"name": neighbour.name, "note": "Дорога областная"}
    for _ in range(2):
        assert "handed over" in do(desk, at_work, "redirect", **words, **drawn)
    assert at_work.events.filter(action="redirect").count() == 1


def test_an_authority_is_looked_for_by_its_name(desk: Client, at_work: Issue) -> None:
    for slug, name in (("roads", "Дорожная служба"), ("rails", "Дорожная инспекция")):
        Authority.objects.create(slug=slug, name=name, level="regional", exchange="cabinet")
    Authority.objects.create(
        slug="gone", name="Дорожный фонд", level="regional", exchange="cabinet", is_active=False
    )
    page = do(desk, at_work, "redirect", name="дорожн", note="Дорога областная")
    assert "Choose one of those that were found" in page
    assert "Дорожная инспекция" in page
    assert 'type="radio"' in page
    assert "Дорога областная" in page
    assert "No authority of the portal" in do(desk, at_work, "redirect", name="Лес", note="Лес")
    assert "Say to which authority" in do(desk, at_work, "redirect", name=" ", note="Лес")
    chosen = Authority.objects.get(slug="rails")
    do(desk, at_work, "redirect", name="дорожн", to=chosen.pk, note="Дорога областная")
    assert at_work.authority == chosen
    assert at_work.events.get(action="redirect").data["to"] == "Дорожная инспекция"
