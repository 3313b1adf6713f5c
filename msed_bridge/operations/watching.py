"""The two watches: no receipt, no word of the registration; and whom they wake."""

import logging

from django.conf import settings
from django.db import transaction

from accounts.models import Role, User
from common import clock
from msed_bridge import queries
from notifications.operations import queue_letter, write

logger = logging.getLogger(__name__)


def watch() -> int:
    """Tells the administrators what the exchange can not mend by itself; once a day, by letter.

    Returns:
        How many matters wait for a person.
    """
    now = clock.now()
    facts = {
        "without_receipt": queries.without_receipt(now).count(),
        "without_answer": queries.without_answer(now).count(),
        "failed": queries.for_person().count(),
        "refused": queries.refused_notices().count(),
        "packages": queries.refused_packages().count(),
        "page": f"{settings.PUBLIC_URL}/msed/",
    }
    matters = sum(count for count in facts.values() if isinstance(count, int))
    if not matters:
        return 0
    logger.warning("%s matters of the exchange wait for a person", matters)
    day = clock.region_date(now).isoformat()
    administrators = User.objects.filter(
        role_grants__role=Role.ADMINISTRATOR, is_active=True
    ).order_by("pk")
    with transaction.atomic():
        for person in administrators:
            words = write("msed_bridge/letters/watch.txt", facts, language=person.language)
            key = f"msed-watch-{day}-user-{person.pk}"
            queue_letter(key=key, to=person.email, words=words, user=person)
    return matters
