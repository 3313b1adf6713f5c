"""Erasure: what a resident told of themselves goes; what the public was told stays, and stays whole."""

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.storage import default_storage
from django.test import Client, RequestFactory
from PIL import Image
from pytest_django import Settings

from accounts import operations as accounts
from accounts.models import Export, Role, User
from accounts.operations import ErasedError, StaffStaysError, note_access, set_photo
from common import clock, outbox, uploads
from issues import letters, operations, timeline
from issues.models import AbuseReport, Attachment, EventNote, Issue, Rating, Subscription, Support
from issues.operations import Followed, Message, Reply
from issues.policies import By
from issues.workflow import State
from notifications.client import Receiver
from notifications.models import Letter
from notifications.pushes import add_device
from portal.filing.draft import Draft
from portal.filing.keeping import keep
from portal.models import FilingDraft
from portal.my import exporting
from portal.my.erasing import erase_resident

pytestmark = pytest.mark.django_db

PASSWORD = "длинный-пароль-2026"
SECRET = "Мой телефон 8 900 123-45-67, квартира 12."


@pytest.fixture(autouse=True)
def _own_files(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def citizen(make_user: Callable[..., User]) -> User:
    person = make_user(
        last_name="Уникова", first_name="Зоя", phone="+7 900 123-45-67", email="zoya@example.org"
    )
    person.set_password(PASSWORD)
    person.save()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    return person


@pytest.fixture
def page(client: Client, citizen: User) -> Client:
    client.force_login(citizen)
    return client


def picture() -> uploads.Upload:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(out, "JPEG")
    return uploads.examine(io.BytesIO(out.getvalue()), name="Уникова.jpg")


@pytest.fixture
def answered(citizen: User, moderator: User, authority: object, message: Message) -> Issue:
    """Published with a masked text, answered, and returned once with words."""
    photo = operations.keep_waiting_file(owner=citizen, upload=picture())
    filed = operations.file_issue(
        by=By.author(citizen),
        message=replace(message, description=SECRET, attachments=[photo.uid]),
    )
    issue = operations.accept_issue(
        by=By.moderator(moderator), issue=filed, published_text="Яма у дома."
    )
    by = By.msed()
    operations.register_issue(by=by, issue=issue, number="В-1", registered_on=date(2026, 3, 2))
    reply = Reply(decision="done", text="Заделали.", signatory="Кравцов Д. Л.")
    operations.answer_issue(by=by, issue=issue, reply=reply)
    operations.rate_issue(
        by=By.author(citizen), issue=issue, stars=1, solved=False, comment=f"Нет. {SECRET}"
    )
    issue.refresh_from_db()
    return issue


@pytest.fixture
def rejected(citizen: User, moderator: User, authority: object, message: Message) -> Issue:
    photo = operations.keep_waiting_file(owner=citizen, upload=picture())
    issue = operations.file_issue(
        by=By.author(citizen), message=replace(message, description=SECRET, attachments=[photo.uid])
    )
    operations.reject_issue(
        by=By.moderator(moderator),
        issue=issue,
        reason=f"Уберите телефон: {SECRET}",
        code="personal_data",
    )
    return issue


def everything_of(issue: Issue) -> str:
    notes = EventNote.objects.filter(event__issue=issue).values("note", "private")
    rows = Issue.objects.filter(pk=issue.pk).values()
    ratings = Rating.objects.filter(answer__issue=issue).values()
    return f"{list(notes)} {list(rows)} {list(ratings)}"


def test_a_published_message_stays_without_its_author(citizen: User, answered: Issue) -> None:
    erase_resident(by=citizen)
    answered.refresh_from_db()
    assert answered.author is None
    assert answered.published_text == answered.description == "Яма у дома."
    assert answered.is_public
    assert answered.attachments.filter(owner=None).count() == 1
    assert Rating.objects.get().stars == 1
    told = everything_of(answered)
    for secret in ("900 123", "Уникова", str(citizen.email), f"'user': {citizen.pk}}}"):
        assert secret not in told
    assert timeline.verify(answered) == []
    assert answered.events.latest("seq").action == "erase"


def test_the_work_on_it_goes_on_and_ends(citizen: User, answered: Issue) -> None:
    erase_resident(by=citizen)
    by = By.msed()
    reply = Reply(decision="done", text="Теперь заделали.", signatory="Кравцов Д. Л.")
    operations.answer_issue(by=by, issue=Issue.objects.get(pk=answered.pk), reply=reply)
    while outbox.deliver_due(letters.CONSUMER):
        pass
    assert not Letter.objects.filter(to__contains="erased").exists()
    assert timeline.verify(Issue.objects.get(pk=answered.pk)) == []


def test_an_unpublished_message_loses_its_words_and_files(citizen: User, rejected: Issue) -> None:
    [file] = rejected.attachments.all()
    erase_resident(by=citizen)
    rejected.refresh_from_db()
    assert rejected.state == State.WITHDRAWN
    assert rejected.author is None
    assert not rejected.attachments.exists()
    assert "900 123" not in everything_of(rejected)
    assert timeline.verify(rejected) == []
    assert file.file.name
    note = EventNote.objects.get(event__issue=rejected, event__action="reject")
    assert note.erased_at is not None
    assert note.private["by"]["user"], "who of the staff judged it stays"


@pytest.mark.django_db(transaction=True)
def test_files_go_with_the_commit(citizen: User, rejected: Issue) -> None:
    waiting = operations.keep_waiting_file(owner=citizen, upload=picture())
    set_photo(by=citizen, upload=picture())
    citizen.refresh_from_db()
    [file] = rejected.attachments.all()
    names = [waiting.file.name, file.file.name, citizen.photo.name, citizen.photo_thumbnail.name]
    assert all(name and default_storage.exists(name) for name in names)
    erase_resident(by=citizen)
    assert not any(default_storage.exists(name) for name in names if name)
    assert not Attachment.objects.exists()


def test_the_account_is_an_empty_shell_that_nobody_enters(
    citizen: User, client: Client, published: Issue
) -> None:
    FilingDraft.objects.create(
        owner=citizen,
        uid="11111111-1111-4111-8111-111111111111",
        content={"description": SECRET},
        begun_at=clock.now(),
        saved_at=clock.now(),
    )
    operations.follow_list(by=citizen, what=Followed(), title="Всё")
    Letter.objects.create(key="x", to=citizen.email, subject="s", text=SECRET)
    Support.objects.create(issue=published, user=citizen, supported_at=clock.now())
    before = Issue.objects.get(pk=published.pk).support_count
    client.force_login(citizen)
    erase_resident(by=citizen)
    shell = User.objects.get(pk=citizen.pk)
    assert (shell.full_name, shell.phone, shell.is_active) == ("", "", False)
    assert shell.email.endswith("@erased.invalid")
    assert shell.erased_at is not None
    assert not shell.has_usable_password()
    for gone in (FilingDraft, Subscription, EmailAddress):
        assert not gone.objects.exists()
    assert not Letter.objects.filter(to="zoya@example.org").exists()
    assert Issue.objects.get(pk=published.pk).support_count == before
    assert client.get("/my/").status_code == 302, "an open session is over"
    assert not client.login(email="zoya@example.org", password=PASSWORD)


def test_what_was_on_its_way_in_another_window_does_not_come_after_it(
    citizen: User, message: Message, authority: object
) -> None:
    before = User.objects.get(pk=citizen.pk)
    erase_resident(by=citizen)
    late: list[Callable[[], object]] = [
        lambda: accounts.update_profile(by=before, last_name="Уникова"),
        lambda: set_photo(by=before, upload=picture()),
        lambda: accounts.ask_for_export(by=before),
        lambda: operations.file_issue(by=By.author(before), message=message),
        lambda: operations.keep_waiting_file(owner=before, upload=picture()),
        lambda: operations.follow_list(by=before, what=Followed(), title="Моя улица"),
        lambda: add_device(user=before, receiver=Receiver("https://push.example.org/1", "p", "a")),
    ]
    for act in late:
        with pytest.raises(ErasedError):
            act()
    request = RequestFactory().post("/new/save/")
    request.session, request.user = SessionStore(), before
    with pytest.raises(ErasedError):
        keep(request, Draft(description=SECRET))


@pytest.mark.parametrize(
    "rights", [{"is_staff": True}, {"is_superuser": True}, {"role": Role.MODERATOR}]
)
def test_staff_stay(
    make_user: Callable[..., User], client: Client, rights: dict[str, object]
) -> None:
    role = rights.pop("role", None)
    person = make_user(*([role] if role else []), **rights)
    with pytest.raises(StaffStaysError):
        erase_resident(by=person)
    client.force_login(person)
    text = client.post("/my/erase/", {"understood": "1", "password": "x"}).content.decode()
    assert "Вы работаете на портале" in text
    person.refresh_from_db()
    assert person.erased_at is None


def test_a_report_of_abuse_stays_without_its_words_and_whose_it_is_and_the_page_says_so(
    page: Client, citizen: User, published: Issue
) -> None:
    told = page.get("/my/erase/").content.decode()
    goes, stays = told.split('id="stays"')
    assert "в жалобах на сообщения" in goes
    assert "пожаловался: счёт не меняется" in stays
    operations.report_abuse(by=citizen, issue=published, reason="insult", words=SECRET)
    erase_resident(by=citizen)
    report = AbuseReport.objects.get()
    assert (report.user, report.words, report.reason) == (None, "", "insult")


def test_it_is_told_before_and_confirmed_by_the_password(
    page: Client, citizen: User, answered: Issue, rejected: Issue
) -> None:
    text = page.get("/my/erase/").content.decode()
    assert "Исчезнет навсегда" in text
    assert "1 неопубликованное сообщение" in text
    assert "1 опубликованного сообщения" in text
    for sent in ({"password": PASSWORD}, {"understood": "1", "password": "wrong"}, {}):
        assert page.post("/my/erase/", sent).status_code == 400
    citizen.refresh_from_db()
    assert citizen.erased_at is None
    done = page.post("/my/erase/", {"understood": "1", "password": PASSWORD})
    assert "Ваши данные стёрты" in done.content.decode()
    citizen.refresh_from_db()
    assert citizen.erased_at is not None


def test_passwords_are_not_guessed(page: Client, citizen: User) -> None:
    for _guess in range(5):
        page.post("/my/erase/", {"understood": "1", "password": "wrong"})
    late = page.post("/my/erase/", {"understood": "1", "password": PASSWORD})
    assert "через час" in late.content.decode()
    citizen.refresh_from_db()
    assert citizen.erased_at is None


# --- The copy -------------------------------------------------------------------------------------


def test_the_copy_has_all_that_there_is(
    citizen: User, answered: Issue, rejected: Issue, moderator: User, published: Issue
) -> None:
    operations.follow_list(by=citizen, what=Followed(), title="Всё")
    Support.objects.create(issue=published, user=citizen, supported_at=clock.now())
    operations.report_abuse(by=citizen, issue=published, reason="spam")
    note_access(by=moderator, place="moderation", subject=rejected.number)
    note_access(by=moderator, place="moderation", subject=published.number)
    set_photo(by=citizen, upload=picture())
    out = io.BytesIO()
    exporting.write(User.objects.get(pk=citizen.pk), out)
    with zipfile.ZipFile(out) as package:
        assert package.testzip() is None
        told = {
            name.removesuffix(".json"): json.loads(package.read(name))
            for name in package.namelist()
            if name.endswith(".json")
        }
        files = [name for name in package.namelist() if name.startswith("files/")]
        contents = package.read("README.txt").decode()
    assert all(f"{name}.json – " in contents for name in told), "each file is explained"
    assert citizen.full_name in contents
    assert told["profile"][0]["email"] == "zoya@example.org"
    assert {one["number"] for one in told["messages"]} == {answered.number, rejected.number}
    [first] = [one for one in told["messages"] if one["number"] == answered.number]
    assert first["description"] == SECRET
    assert first["answers"][0]["stars"] == 1
    assert first["timeline"][0]["words"]
    [second] = [one for one in told["messages"] if one["number"] == rejected.number]
    assert [one["note"] for one in second["timeline"] if one["note"]], "why it was rejected"
    assert [one["issue__number"] for one in told["reports"]] == [published.number]
    assert told["supports"][0]["issue__number"] == published.number
    assert told["subscriptions"][0]["title"] == "Всё"
    assert [one["subject"] for one in told["access"]] == [rejected.number]
    assert len(files) == 3
    assert moderator.email not in json.dumps(told)


def test_the_copy_is_made_in_the_background_for_its_owner_alone(
    page: Client, citizen: User, make_user: Callable[..., User]
) -> None:
    assert "Копия готовится" in page.post("/my/data/export/", follow=True).content.decode()
    page.post("/my/data/export/")
    assert Export.objects.count() == 1, "asked twice, made once"
    assert exporting.make_due() == 1
    page.post("/my/data/export/")
    assert exporting.make_due() == 0, "a fresh one is not made anew"
    export = Export.objects.get()
    path = f"/my/data/{export.uid}/"
    assert path in page.get("/my/data/").content.decode()
    answer = page.get(path)
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert zipfile.is_zipfile(io.BytesIO(content))
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert Letter.objects.filter(to=citizen.email, subject="Копия ваших данных готова").exists()
    other = Client()
    assert other.get(path).status_code == 302
    other.force_login(make_user())
    assert other.get(path).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_copy_is_ready_with_its_letter_or_not_at_all(
    page: Client, citizen: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.post("/my/data/export/")
    with monkeypatch.context() as patch:
        patch.setattr("notifications.operations.queue_letter", _full)
        assert exporting.make_due() == 0
    assert Export.objects.get().made_at is None
    User.objects.filter(pk=citizen.pk).update(email="new@example.org")
    with clock.told(clock.now() + accounts.EXPORT_LEASE):
        assert exporting.make_due() == 1
    assert Letter.objects.get(key__startswith="export:").to == "new@example.org"
    with Export.objects.get().file.open() as file:
        assert zipfile.is_zipfile(file)
    assert len(default_storage.listdir(exporting.FOLDER)[1]) == 1


@pytest.mark.django_db(transaction=True)
def test_the_copy_goes_after_three_days(page: Client, citizen: User) -> None:
    page.post("/my/data/export/")
    exporting.make_due()
    export = Export.objects.get()
    assert export.file.name
    accounts.forget_exports(before=clock.now() - accounts.EXPORT_KEPT)
    assert default_storage.exists(export.file.name)
    with clock.told(clock.now() + timedelta(days=3, minutes=1)):
        accounts.forget_exports(before=clock.now() - accounts.EXPORT_KEPT)
    assert not default_storage.exists(export.file.name)
    assert page.get(f"/my/data/{export.uid}/").status_code == 404


def test_a_copy_that_can_not_be_made_is_tried_again_and_then_said(
    page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.post("/my/data/export/")
    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "save", _full)
        moment = clock.now()
        for _attempt in range(accounts.EXPORT_ATTEMPTS + 1):
            with clock.told(moment):
                assert exporting.make_due() == 0
            moment += accounts.EXPORT_LEASE * 2
    assert "не удалось" in page.get("/my/data/").content.decode()
    page.post("/my/data/export/")
    assert exporting.make_due() == 1


def _full(*_args: object, **_named: object) -> str:
    raise OSError("no space left on the disk")
