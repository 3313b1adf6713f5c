"""The people who write: invented residents with names of the demo, who can not log in."""

from datetime import datetime, timedelta
from functools import cache
from random import Random

import yaml

from accounts.demo import TEXTS
from issues.load.plan import DAYS
from issues.load.rows import line

DIFFERENT_NAMES = 2000
_PARTS = ("last_name", "first_name", "patronymic")
TABLE = "accounts_user"
COLUMNS = (
    *("id", "email", "password", "last_name", "first_name", "middle_name", "phone"),
    *("company_name", "company_inn", "wants_letters", "language", "is_superuser", "is_active"),
    *("is_staff", "joined_at", "home_municipality", "photo", "photo_thumbnail"),
)


def residents(*, first: int, count: int, seed: int, now: datetime) -> bytes:
    """Lines of people for COPY.

    Args:
        first: the first one's id.
        count: how many.
        seed: of the random choice of names.
        now: the present moment; they joined before all that is told of them.
    """
    random = Random(seed)  # noqa: S311  (passwords that nobody can use)
    joined_at = now - timedelta(days=DAYS + 2)
    lines = []
    for pk in range(first, first + count):
        last, name, middle = name_of(pk, seed)
        # An unusable password, as Django marks it.
        values = (pk, f"resident{pk}@load.example.org", f"!{random.getrandbits(160):040x}")
        told = (*values, last, name, middle, "", "", "", True, "ru", False, True, False, joined_at)
        lines.append(line((*told, "", "", "")))
    return "".join(lines).encode()


def name_of(pk: int, seed: int) -> tuple[str, str, str]:
    """Last name, first name and patronymic of the resident with an id."""
    names = _names(seed)
    return names[pk % len(names)]


@cache
def _names(seed: int) -> list[tuple[str, str, str]]:
    random = Random(seed)  # noqa: S311  (names, not secrets)
    people = yaml.safe_load((TEXTS / "residents.yaml").read_text())
    by_gender = [
        [person for person in people if person["gender"] == gender] for gender in ("female", "male")
    ]
    names = []
    for _name in range(DIFFERENT_NAMES):
        alike = random.choice(by_gender)
        last, first, middle = (str(random.choice(alike)[part]) for part in _PARTS)
        names.append((last, first, middle))
    return names
