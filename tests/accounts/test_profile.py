"""The profile: one's own data and nobody else's; staff see the least."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from accounts.models import Role, User
from accounts.operations import name_person, update_profile
from geo.models import Municipality

PROFILE = {
    "last_name": "Кузнецова",
    "first_name": "Вера",
    "middle_name": "Ильинична",
    "phone": "+7 900 000-00-00",
    "company_name": "",
    "company_inn": "",
    "language": "en",
}


@pytest.fixture
def page(client: Client, resident: User) -> Client:
    client.force_login(resident)
    return client


def test_the_profile_is_saved(page: Client, resident: User) -> None:
    assert page.post("/accounts/profile/", PROFILE).status_code == 302
    resident.refresh_from_db()
    assert resident.full_name == "Кузнецова Вера Ильинична"
    assert (resident.language, resident.wants_letters) == ("en", False)


def test_e_mail_and_rights_do_not_change_by_the_form(page: Client, resident: User) -> None:
    before = resident.email
    page.post(
        "/accounts/profile/",
        PROFILE | {"email": "other@example.org", "is_staff": "on", "is_superuser": "on"},
    )
    resident.refresh_from_db()
    assert (resident.email, resident.is_staff, resident.is_superuser) == (before, False, False)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"company_name": "ООО «Ромашка»"}, "company_inn"),
        ({"company_inn": "7707083893"}, "company_name"),
        ({"company_name": "ООО «Ромашка»", "company_inn": "7707083894"}, "company_inn"),
        ({"phone": "позвоните"}, "phone"),
    ],
)
def test_mistakes_are_named(page: Client, change: dict[str, str], field: str) -> None:
    answer = page.post("/accounts/profile/", PROFILE | change)
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {field}
    assert f'href="#id_{field}"' in answer.content.decode()


def test_a_name_that_is_there_stays(resident: User) -> None:
    name_person(user=resident, last_name="Другая", first_name="Совсем")
    resident.refresh_from_db()
    assert resident.full_name == "Иванова Анна"


def test_only_the_profile_can_be_updated(resident: User) -> None:
    with pytest.raises(ValueError, match="is_superuser"):
        update_profile(by=resident, is_superuser=True)


@pytest.mark.parametrize("inn", ["7707083893", "5024002119", "500100732259"])
def test_a_real_inn_is_taken(page: Client, inn: str) -> None:
    company = {"company_name": "ООО «Лебедь»", "company_inn": inn}
    assert page.post("/accounts/profile/", PROFILE | company).status_code == 302


@pytest.mark.parametrize("inn", ["7707083894", "500100732258", "50010073225", "٧٧٠٧٠٨٣٨٩٣"])
def test_an_inn_with_a_mistake_is_not_taken(page: Client, inn: str) -> None:
    company = {"company_name": "ООО «Лебедь»", "company_inn": inn}
    answer = page.post("/accounts/profile/", PROFILE | company)
    assert answer.status_code == 400
    assert set(answer.context["form"].errors) == {"company_inn"}


def test_staff_give_roles_and_see_the_least(
    client: Client, make_user: Callable[..., User], resident: User
) -> None:
    chief = make_user(is_staff=True, is_superuser=True)
    update_profile(by=resident, phone="+7 900 000-00-00")
    client.force_login(chief)
    path = f"/admin/accounts/user/{resident.pk}/change/"
    text = client.get(path).content.decode()
    assert resident.email in text
    assert "+7 900" not in text
    client.post(
        path,
        {
            "is_active": "on",
            "role_grants-TOTAL_FORMS": "1",
            "role_grants-INITIAL_FORMS": "0",
            "role_grants-0-role": Role.MODERATOR,
            "role_grants-0-user": resident.pk,
        },
    )
    assert User.objects.get(pk=resident.pk).has_role(Role.MODERATOR)
    assert client.get(f"/admin/accounts/user/{resident.pk}/delete/").status_code == 403


# --- What needs the ground, and the photo ---------------------------------------------------------


def test_the_municipality_of_interest_is_one_that_there_is(
    page: Client, resident: User, municipality: Municipality
) -> None:
    assert (
        page.post("/accounts/profile/", PROFILE | {"home_municipality": "atlantis"}).status_code
        == 400
    )
    assert (
        page.post("/accounts/profile/", PROFILE | {"home_municipality": "square"}).status_code
        == 302
    )
    resident.refresh_from_db()
    assert resident.home_municipality == "square"


def test_a_phone_is_kept_as_everybody_dials_it(page: Client, resident: User) -> None:
    page.post("/accounts/profile/", PROFILE | {"phone": "8 (900) 123-45-67"})
    resident.refresh_from_db()
    assert resident.phone == "+7 900 123-45-67"
    answer = page.post("/accounts/profile/", PROFILE | {"phone": "8 900 123", "last_name": "Тихая"})
    assert answer.status_code == 400
    assert "Тихая" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_photo_is_drawn_anew_and_shown_to_its_owner_alone(
    page: Client,
    resident: User,
    make_user: Callable[..., User],
    settings: Settings,
    tmp_path: Path,
) -> None:
    settings.MEDIA_ROOT = tmp_path
    picture = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    Image.new("RGB", (900, 600), "red").save(picture, "JPEG", exif=exif)
    sent = SimpleUploadedFile("я.jpg", picture.getvalue())
    assert page.post("/accounts/photo/", {"photo": sent}).status_code == 302
    shown = page.get("/accounts/photo/?size=thumbnail")
    content = b"".join(shown.streaming_content)  # type: ignore[attr-defined]
    assert Image.open(io.BytesIO(content)).size == (320, 213)
    assert b"secret place" not in content
    assert shown.headers["Cache-Control"] == "private, no-store"
    stranger = Client()
    assert stranger.get("/accounts/photo/").status_code == 302
    stranger.force_login(make_user())
    assert stranger.get("/accounts/photo/").status_code == 404
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(kept) == 2
    page.post("/accounts/photo/", {"remove": "1"})
    assert not any(path.exists() for path in kept)
    assert page.get("/accounts/photo/").status_code == 404


@pytest.mark.parametrize("content", [None, b"", b"<svg onload=alert(1)>", b"%PDF-1.4 no photo"])
def test_what_is_no_photo_is_refused_with_words(page: Client, content: bytes | None) -> None:
    sent = {"photo": SimpleUploadedFile("x.jpg", content)} if content is not None else {}
    answer = page.post("/accounts/photo/", sent)
    assert answer.status_code == 400
    assert 'role="alert"' in answer.content.decode()
