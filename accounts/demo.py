"""People of the demo: one login for each role (R0.4), and residents who write."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from allauth.account.models import EmailAddress
from django.conf import settings

from accounts.models import Role, RoleGrant, User

PASSWORD = "demo-portal-2026"  # noqa: S105  (the demo is refused on a public address)
TEXTS = Path(settings.BASE_DIR) / "fixtures" / "demo" / "texts"


@dataclass(frozen=True)
class Login:
    """A login of the demo.

    Attributes:
        name: what it is called in the list that `make run` prints.
        email: the login.
        roles: roles that it holds.
        person: last, first and middle name.
    """

    name: str
    email: str
    roles: Sequence[str]
    person: tuple[str, str, str]


LOGINS = (
    Login("resident", "resident@example.org", (), ("Воронцова", "Анна", "Сергеевна")),
    Login("business", "business@example.org", (), ("Лебедев", "Игорь", "Олегович")),
    Login("moderator", "moderator@example.org", (Role.MODERATOR,), ("Зимина", "Ольга", "Павловна")),
    Login(
        "head moderator", "head@example.org", (Role.HEAD_MODERATOR,), ("Громов", "Павел", "Ильич")
    ),
    Login(
        "authority officer", "officer@example.org", (Role.OFFICER,), ("Кравцов", "Денис", "Львович")
    ),
    Login(
        "hotline operator", "operator@example.org", (Role.OPERATOR,), ("Белова", "Нина", "Юрьевна")
    ),
    Login("clerk", "clerk@example.org", (Role.CLERK,), ("Орлова", "Вера", "Андреевна")),
    Login("agency (ОВ)", "agency@example.org", (Role.AGENCY,), ("Титов", "Роман", "Егорович")),
    Login("office (ОС)", "office@example.org", (Role.OFFICE,), ("Ершова", "Мария", "Олеговна")),
    Login("control (КОВ)", "control@example.org", (Role.CONTROL,), ("Носов", "Олег", "Петрович")),
    Login(
        "reception moderator",
        "reception@example.org",
        (Role.RECEPTION_MODERATOR,),
        ("Дроздова", "Ирина", "Игоревна"),
    ),
    Login("governor", "governor@example.org", (Role.GOVERNOR,), ("Соколов", "Андрей", "Юрьевич")),
    Login(
        "administrator", "admin@example.org", (Role.ADMINISTRATOR,), ("Рябов", "Илья", "Сергеевич")
    ),
)


def load_people() -> tuple[dict[str, User], list[User]]:
    """Makes the logins and the residents, once.

    Returns:
        The logins by their names, and the residents who write messages.
    """
    logins = {login.name: _login(login) for login in LOGINS}
    known = {user.email: user for user in User.objects.filter(email__endswith="@demo.example.org")}
    residents = []
    for number, entry in enumerate(_residents(), start=1):
        email = f"resident{number}@demo.example.org"
        residents.append(
            known.get(email)
            or User.objects.create_user(
                email,
                last_name=entry["last_name"],
                first_name=entry["first_name"],
                middle_name=entry["patronymic"],
            )
        )
    return logins, residents


def _login(login: Login) -> User:
    user = User.objects.filter(email=login.email).first()
    if user is None:
        last_name, first_name, middle_name = login.person
        company = {"company_name": "ООО «Лебедь»", "company_inn": "5003012340"}
        user = User.objects.create_user(
            login.email,
            PASSWORD,
            last_name=last_name,
            first_name=first_name,
            middle_name=middle_name,
            is_staff=Role.ADMINISTRATOR in login.roles,
            is_superuser=Role.ADMINISTRATOR in login.roles,
            **(company if login.name == "business" else {}),
        )
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    for role in login.roles:
        RoleGrant.objects.get_or_create(user=user, role=role)
    return user


def _residents() -> list[dict[str, Any]]:
    residents: list[dict[str, Any]] = yaml.safe_load((TEXTS / "residents.yaml").read_text())
    return residents
