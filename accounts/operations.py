"""What people do with their own accounts, and what is noted about people's work."""

from django.db import transaction

from accounts.models import AccessRecord, User

PROFILE = (
    "last_name",
    "first_name",
    "middle_name",
    "phone",
    "company_name",
    "company_inn",
    "wants_letters",
    "language",
)
"""What a person may change about themselves; the e-mail changes through a confirmation alone."""


def update_profile(*, by: User, **fields: str | bool) -> User:
    """Changes the person's own profile.

    Args:
        by: whose it is.
        fields: new values of fields named in `PROFILE`, already validated.

    Raises:
        ValueError: a field is not of the profile.
    """
    if unknown := fields.keys() - set(PROFILE):
        raise ValueError(f"not of the profile: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        person = User.objects.select_for_update().get(pk=by.pk)
        for name, value in fields.items():
            setattr(person, name, value)
        person.save(update_fields=[*fields])
    return person


def name_person(*, user: User, last_name: str, first_name: str, middle_name: str = "") -> None:
    """Fills in the name of a person whose profile has none; a name that is there stays."""
    if user.last_name and user.first_name:
        return
    update_profile(by=user, last_name=last_name, first_name=first_name, middle_name=middle_name)
    user.last_name, user.first_name, user.middle_name = last_name, first_name, middle_name


def note_access(*, by: User, place: str, subject: str) -> None:
    """Notes that a member of staff looked at personal data (R13.1).

    Args:
        by: who looked.
        place: the desk, by its short name.
        subject: what was looked at: the number of a message, never a name.
    """
    AccessRecord.objects.create(user=by, place=place, subject=subject)
