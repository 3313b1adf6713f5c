"""The erasure of a resident, with what only the portal's rooms keep of them."""

from django.db import transaction

from accounts.models import User
from issues import operations
from portal.models import FilingDraft


def erase_resident(*, by: User) -> None:
    """Erases a resident's drafts and then the rest; see `issues.operations.erase_resident`."""
    with transaction.atomic():
        FilingDraft.objects.filter(owner=by).delete()
        operations.erase_resident(by=by)
