"""What people do with their own accounts, and what is noted about people's work."""

from dataclasses import replace
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from accounts.models import AccessRecord, Export, User
from common import clock, uploads

PORTRAITS = "portraits"
"""The folder of photos of people."""
EXPORT_KEPT = timedelta(days=3)
"""How long a copy of one's data can be downloaded."""
EXPORT_PAUSE = timedelta(hours=1)
"""How long the same copy is given instead of a new one."""
EXPORT_LEASE = timedelta(minutes=30)
"""How long one worker may take over the making of a copy."""
EXPORT_ATTEMPTS = 5


class StaffStaysError(Exception):
    """The account of a member of staff is not erased: what they did is kept with their name."""


class ErasedError(PermissionDenied):
    """The account was erased while this was on its way, by its owner in another window."""


PROFILE = (
    "last_name",
    "first_name",
    "middle_name",
    "phone",
    "company_name",
    "company_inn",
    "wants_letters",
    "language",
    "home_municipality",
)
"""What a person may change about themselves; the e-mail changes through a confirmation alone."""


def lock_person(user: User) -> User:
    """The person, as stored, locked until the end of the transaction: nothing personal comes after an erasure.

    Raises:
        ErasedError: the account is erased.
    """
    # Rows that point at the person do not wait.
    person = User.objects.select_for_update(no_key=True).get(pk=user.pk)
    if person.erased_at is not None:
        raise ErasedError
    return person


def update_profile(*, by: User, **fields: str | bool) -> User:
    """Changes the person's own profile.

    Args:
        by: whose it is.
        fields: new values of fields named in `PROFILE`, already validated.

    Raises:
        ValueError: a field is not of the profile.
        ErasedError: the account is erased.
    """
    if unknown := fields.keys() - set(PROFILE):
        raise ValueError(f"not of the profile: {', '.join(sorted(unknown))}")
    with transaction.atomic():
        person = lock_person(by)
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


def set_photo(*, by: User, upload: uploads.Upload | None) -> None:
    """Gives a person's profile another photo, or none.

    Args:
        by: whose it is.
        upload: a photo from `uploads.examine`; None takes the present one away.

    Raises:
        ValueError: the upload is no photo.
    """
    if upload is None:
        _keep_photo(by, "", "")
        return
    if not upload.is_photo:
        raise ValueError("not a photo")
    # A portrait is shown small: the large picture is not kept.
    small = replace(upload, content=b"")
    with uploads.kept(small, folder=PORTRAITS) as names:
        _keep_photo(by, names.page, names.thumbnail)


def _keep_photo(by: User, photo: str, thumbnail: str) -> None:
    with transaction.atomic():
        person = lock_person(by)
        before = (person.photo.name, person.photo_thumbnail.name)
        person.photo, person.photo_thumbnail = photo, thumbnail
        person.save(update_fields=["photo", "photo_thumbnail"])
        transaction.on_commit(lambda: uploads.delete(*filter(None, before)), robust=True)


# --- A copy of all that the portal has about a person ---------------------------------------------


def ask_for_export(*, by: User) -> Export:
    """Asks for a copy of one's data; while one is being made, or is fresh, it is that one."""
    with transaction.atomic():
        lock_person(by)
        fresh = Q(made_at__gt=clock.now() - EXPORT_PAUSE)
        there = by.exports.filter(fresh | Q(next_attempt_at__isnull=False)).first()
        if there:
            return there
        forget_exports(of=by)
        return Export.objects.create(user=by, asked_at=clock.now(), next_attempt_at=clock.now())


def lease_export() -> Export | None:
    """The next copy that is to be made, under a lease; None when none is."""
    now = clock.now()
    with transaction.atomic():
        export = (
            Export.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("user")
            .filter(next_attempt_at__lte=now)
            .order_by("next_attempt_at")
            .first()
        )
        if export is not None:
            export.attempts += 1
            # The last attempt is not followed by another, whatever becomes of it.
            more = export.attempts < EXPORT_ATTEMPTS
            export.next_attempt_at = now + EXPORT_LEASE if more else None
            export.save(update_fields=["attempts", "next_attempt_at"])
    return export


def finish_export(*, export: Export, file: str, size: int) -> bool:
    """Notes that a copy is made.

    Args:
        export: under our lease.
        file: its name in the default storage.
        size: bytes.

    Returns:
        False when it was erased meanwhile: then the file is nobody's.
    """
    made = Export.objects.filter(pk=export.pk, made_at=None).update(
        file=file, size=size, made_at=clock.now(), next_attempt_at=None
    )
    return made > 0


def forget_exports(*, of: User | None = None, before: datetime | None = None) -> int:
    """Deletes copies with their files: those of a person, or those made before a moment (UTC)."""
    with transaction.atomic():
        found = Export.objects.select_for_update()
        if of is not None:
            found = found.filter(user=of)
        if before is not None:
            found = found.filter(asked_at__lt=before)
        old = list(found)
        names = [export.file.name for export in old if export.file.name]
        Export.objects.filter(pk__in=[export.pk for export in old]).delete()
        transaction.on_commit(lambda: uploads.delete(*names), robust=True)
    return len(old)


# --- Erasure --------------------------------------------------------------------------------------


def lock_for_erasure(*, user: User) -> User:
    """The person, locked until the end of the transaction.

    Raises:
        StaffStaysError: it is a member of staff.
    """
    person = User.objects.select_for_update().get(pk=user.pk)
    if person.is_staff_member:
        raise StaffStaysError
    return person


def erase_person(*, user: User) -> None:
    """Leaves an empty shell of a locked account, which nobody can enter; see `issues.operations`."""
    EmailAddress.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    forget_exports(of=user)
    names = tuple(filter(None, (user.photo.name, user.photo_thumbnail.name)))
    transaction.on_commit(lambda: uploads.delete(*names), robust=True)
    for field in ("last_name", "first_name", "middle_name", "phone", "company_name", "company_inn"):
        setattr(user, field, "")
    user.photo = user.photo_thumbnail = user.home_municipality = ""
    # The reserved domain of RFC 2606: no letter ever leaves to it.
    user.email = f"erased-{user.pk}@erased.invalid"
    user.wants_letters = user.is_active = False
    user.last_login = None
    user.erased_at = clock.now()
    user.set_unusable_password()  # which ends every session, too
    user.save()
