"""What is noted about people's work."""

from accounts.models import AccessRecord, User


def note_access(*, by: User, place: str, subject: str) -> None:
    """Notes that a member of staff looked at personal data (R13.1).

    Args:
        by: who looked.
        place: the desk, by its short name.
        subject: what was looked at: the number of a message, never a name.
    """
    AccessRecord.objects.create(user=by, place=place, subject=subject)
