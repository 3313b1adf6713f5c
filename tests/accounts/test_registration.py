"""Registration by a confirmed e-mail: the letter, the way back to what was begun, no counting of accounts."""

import re
from collections.abc import Callable

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import is_mfa_enabled
from django.core import mail
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.django_db

FORM = {
    "email": "vera@example.org",
    "password1": "long-enough-word",
    "last_name": "Кузнецова",
    "first_name": "Вера",
}


def link_in_the_letter() -> str:
    found = re.search(r"/accounts/confirm-email/\S+/", str(mail.outbox[-1].body))
    assert found
    return found[0]


def test_the_letter_confirms_and_logs_in(client: Client) -> None:
    answer = client.post("/accounts/signup/", FORM)
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    (letter,) = mail.outbox
    assert letter.to == ["vera@example.org"]
    assert letter.subject == "Подтвердите адрес электронной почты"
    assert "Здравствуйте!" in letter.body
    assert "127.0.0.1" not in letter.subject

    page = client.get(link_in_the_letter()).content.decode()
    assert "vera@example.org" in page
    assert not client.get("/my/").context  # a look at the page confirms nothing
    client.post(link_in_the_letter())
    assert client.get("/my/").status_code == 200
    person = User.objects.get()
    assert (person.full_name, person.language) == ("Кузнецова Вера", "ru")


def test_names_may_wait(client: Client) -> None:
    client.post("/accounts/signup/", {"email": "a@example.org", "password1": "long-enough-word"})
    assert User.objects.get().full_name == ""


def test_what_was_begun_goes_on_after_the_confirmation(client: Client) -> None:
    session = client.session
    session["continue_at"] = "/new/check/"
    session.save()
    client.post("/accounts/signup/", FORM)
    assert client.post(link_in_the_letter()).headers["Location"] == "/new/check/"


def test_nobody_is_led_out_of_the_house(client: Client) -> None:
    session = client.session
    session["continue_at"] = "https://evil.example/"
    session.save()
    client.post("/accounts/signup/", FORM)
    assert client.post(link_in_the_letter()).headers["Location"] == "/"


def test_without_the_confirmation_nobody_gets_in(client: Client) -> None:
    client.post("/accounts/signup/", FORM)
    answer = client.post(
        "/accounts/login/", {"login": FORM["email"], "password": FORM["password1"]}
    )
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert client.get("/my/").status_code == 302


def test_a_taken_address_looks_like_a_free_one(
    client: Client, make_user: Callable[..., User]
) -> None:
    make_user(email="vera@example.org", password="another-word-here")
    answer = client.post("/accounts/signup/", FORM)
    assert answer.headers["Location"] == "/accounts/confirm-email/"
    assert User.objects.count() == 1


def test_a_forgotten_password_is_set_anew(client: Client, make_user: Callable[..., User]) -> None:
    person = make_user(email="vera@example.org", password="forgotten-word")
    client.post("/accounts/password/reset/", {"email": "vera@example.org"})
    found = re.search(r"/accounts/password/reset/key/\S+/", str(mail.outbox[-1].body))
    assert found
    page = client.get(found[0], follow=True)
    new = {"password1": "quite-a-new-word", "password2": "quite-a-new-word"}
    client.post(page.redirect_chain[-1][0], new)
    person.refresh_from_db()
    assert person.check_password("quite-a-new-word")


def test_guessing_a_password_is_slowed_down(client: Client, make_user: Callable[..., User]) -> None:
    make_user(email="vera@example.org", password="long-enough-word")
    for _each in range(12):
        last = client.post("/accounts/login/", {"login": "vera@example.org", "password": "wrong"})
    assert "Слишком много" in last.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/confirm-email/",
        "/accounts/confirm-email/worn-out/",
    ],
)
def test_the_doors_wear_the_portals_look(client: Client, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert "site-header" in page.content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/profile/",
        "/accounts/email/",
        "/accounts/password/change/",
        "/accounts/2fa/",
        "/accounts/logout/",
    ],
)
def test_the_rooms_wear_it_too(client: Client, make_user: Callable[..., User], path: str) -> None:
    client.force_login(make_user(password="long-enough-word"))
    page = client.get(path)
    assert page.status_code == 200
    assert 'href="/accounts/profile/"' in page.content.decode()


def test_who_comes_from_a_draft_is_told_that_it_waits(client: Client) -> None:
    assert "Начатое подождёт" not in client.get("/accounts/login/").content.decode()
    session = client.session
    session["continue_at"] = "/new/check/"
    session.save()
    assert "Начатое подождёт" in client.get("/accounts/login/").content.decode()


def test_a_second_factor_is_switched_on_and_asked_for(
    client: Client, make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_user(email="vera@example.org", password="long-enough-word")
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    entrance = {"login": person.email, "password": "long-enough-word"}
    client.post("/accounts/login/", entrance)
    asked = client.get("/accounts/2fa/totp/activate/").headers["Location"]
    assert asked.startswith("/accounts/reauthenticate/")
    page = client.post(asked, {"password": "long-enough-word"}, follow=True)
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    # The half minute of a code may end between its making and its sending.
    half_minute = next(totp.yield_hotp_counters_from_time())
    monkeypatch.setattr(totp, "yield_hotp_counters_from_time", lambda: iter([half_minute]))
    code = totp.format_hotp_value(totp.hotp_value(secret, half_minute))
    client.post("/accounts/2fa/totp/activate/", {"code": code})
    assert is_mfa_enabled(person)
    client.post("/accounts/logout/")
    assert (
        client.post("/accounts/login/", entrance).headers["Location"]
        == "/accounts/2fa/authenticate/"
    )
    assert client.get("/my/").status_code == 302


def test_the_entrance_speaks_plainly(client: Client, resident: User) -> None:
    page = client.get("/accounts/signup/").content.decode()
    assert "<h1>Регистрация</h1>" in page
    assert "Не короче 10 знаков" in page
    assert "Электронная почта" in page
    page = client.get("/accounts/login/").content.decode()
    assert "Забыли пароль?" in page
    assert "Нет учётной записи?" in page
    client.post("/accounts/password/reset/", {"email": resident.email})
    (letter,) = mail.outbox
    assert letter.subject == "Новый пароль на портале «Голос региона»"
    assert "Если вы этого не просили, ничего не делайте." in letter.body
    client.force_login(resident)
    assert "Не короче 10 знаков" in client.get("/accounts/password/set/").content.decode()
