"""An author adds words and files while the authority works: it reads them, the public does not."""

import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from accounts.models import Role, User
from authorities.models import Authority, Official
from common import uploads
from issues import operations, telling, timeline
from issues.models import Attachment, Issue
from issues.policies import By
from issues.queries.additions import additions
from issues.workflow import MAX_ADDITIONS, ActionRefusedError
from notifications.models import Letter
from tests.issues.test_letters import deliver

pytestmark = pytest.mark.django_db

WORDS = "Яма стала глубже, вчера в ней застряла скорая."


@pytest.fixture(autouse=True)
def _media(settings: Settings, tmp_path: object) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def picture(shade: int = 90) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), (shade, 120, 90)).save(drawn, "JPEG")
    return drawn.getvalue()


def upload(name: str = "яма.jpg", shade: int = 90) -> uploads.Upload:
    return uploads.examine(io.BytesIO(picture(shade)), name=name)


def test_the_timeline_tells_that_something_was_added_and_not_what(
    published: Issue, resident: User
) -> None:
    before = (published.state, published.answer_due_at)
    event = operations.add_to_issue(
        by=By.author(resident), issue=published, words=f" {WORDS} ", files=[upload()]
    )
    published.refresh_from_db()
    assert (published.state, published.answer_due_at) == before
    assert timeline.verify(published) == []
    (added,) = additions(published)
    assert (added.event, added.words) == (event, WORDS)
    assert [file.name for file in added.files] == ["яма.jpg"]
    public = telling.entries(published)[-1]
    assert public.note == ""
    assert telling.entries(published, to_authority=True)[-1].note == WORDS
    assert WORDS not in str(timeline.public_form(published))
    assert str(added.files[0].uid) not in str(timeline.public_form(published))


def test_the_button_pressed_twice_adds_once(published: Issue, resident: User) -> None:
    by = By.author(resident)
    first = operations.add_to_issue(by=by, issue=published, words=WORDS, files=[upload()])
    again = operations.add_to_issue(by=by, issue=published, words=WORDS, files=[upload()])
    other = operations.add_to_issue(by=by, issue=published, words=WORDS, files=[upload(shade=9)])
    assert first == again
    assert other != first
    assert Attachment.objects.filter(purpose="addition").count() == 2


def test_only_the_author_only_with_words_only_while_somebody_works_and_not_for_ever(
    published: Issue, resident: User, moderator: User
) -> None:
    for by, words, why in (
        (By.moderator(moderator), WORDS, "actor"),
        (By.author(moderator), WORDS, "actor"),
        (By.author(resident), "  ", "reason"),
    ):
        with pytest.raises(ActionRefusedError, match=why):
            operations.add_to_issue(by=by, issue=published, words=words)
    for number in range(MAX_ADDITIONS):
        operations.add_to_issue(by=By.author(resident), issue=published, words=f"Ещё {number}.")
    with pytest.raises(ActionRefusedError, match="additions_left"):
        operations.add_to_issue(by=By.author(resident), issue=published, words=WORDS)
    operations.withdraw_issue(by=By.author(resident), issue=published)
    with pytest.raises(ActionRefusedError, match="state"):
        operations.add_to_issue(by=By.author(resident), issue=published, words=WORDS)


def test_ten_files_are_the_most(published: Issue, resident: User) -> None:
    by, seven = By.author(resident), [upload(shade=shade) for shade in range(7)]
    operations.add_to_issue(by=by, issue=published, words="Семь.", files=seven)
    with pytest.raises(ValueError, match="too many"):
        operations.add_to_issue(by=by, issue=published, words="Ещё.", files=seven[:4])
    assert len(additions(published)) == 1


def test_the_page_takes_words_and_files_without_a_script(
    client: Client, published: Issue, resident: User, make_user: Callable[..., User]
) -> None:
    client.force_login(resident)
    address = f"/my/{published.number}/add/"
    assert address in client.get(f"/my/{published.number}/").content.decode()
    assert 'enctype="multipart/form-data"' in client.get(address).content.decode()

    wrong = {"words": "", "files": [SimpleUploadedFile("полфото.jpg", picture()[:200])]}
    refused = client.post(address, wrong)
    assert refused.status_code == 400
    assert "полфото" in refused.content.decode()
    assert not additions(published)

    sent = {"words": WORDS, "files": [SimpleUploadedFile(f"{n}.jpg", picture(n)) for n in (1, 2)]}
    assert client.post(address, sent).status_code == 302
    own = client.get(f"/my/{published.number}/").content.decode()
    (added,) = additions(published)
    assert WORDS in own
    for file in added.files:
        assert client.get(f"/media/{file.uid}/").getvalue()
    public = Client().get(f"/issues/{published.number}/").content.decode()
    assert "Автор дополнил сообщение" in public
    assert WORDS not in public
    for user in (None, make_user()):
        stranger = Client()
        if user:
            stranger.force_login(user)
        assert stranger.get(f"/media/{added.files[0].uid}/").status_code == 404
        assert stranger.post(address, {"words": "Чужое"}).status_code in {302, 404}
    assert len(additions(published)) == 1


def test_the_officer_reads_it_and_is_written_to(
    client: Client,
    authority: Authority,
    make_user: Callable[..., User],
    issue: Issue,
    moderator: User,
    resident: User,
) -> None:
    authority.exchange = Authority.Exchange.CABINET
    authority.save()
    operations.accept_issue(by=By.moderator(moderator), issue=issue)
    officer = make_user(Role.OFFICER)
    Official.objects.create(user=officer, authority=authority, post="специалист")
    operations.add_to_issue(
        by=By.author(resident), issue=issue, words=WORDS, files=[upload("ров.jpg")]
    )
    deliver()

    client.force_login(officer)
    page = client.get(f"/cabinet/{issue.number}/").content.decode()
    (added,) = additions(issue)
    assert page.count(WORDS) == 2  # with the message and in the timeline
    assert str(added.files[0].uid) in page
    assert client.get(f"/media/{added.files[0].uid}/").getvalue()
    letter = Letter.objects.get(key__contains=":supplemented:")
    assert letter.to == authority.email
    assert WORDS not in letter.text


def test_an_erasure_takes_the_words_away(published: Issue, resident: User) -> None:
    operations.add_to_issue(by=By.author(resident), issue=published, words=WORDS, files=[upload()])
    operations.erase_resident(by=resident)
    published.refresh_from_db()
    (added,) = additions(published)
    assert (added.words, list(added.files)) == ("", [])
    assert timeline.verify(published) == []
