"""Reconciliation: МСЭД is asked what it has told, and what is missing here is fetched (contract, 6)."""

from django.conf import settings

from msed_bridge import client, queries
from msed_bridge.models import Partner
from msed_bridge.operations import incoming, partner

BATCH = 500
"""Appeals in one call; source: contract, 6."""


def reconcile() -> list[str]:
    """Compares the open appeals with МСЭД's books and reads missed notifications from its queue.

    Returns:
        The differences found, in words for staff. An appeal that МСЭД does not know is only
        reported: sending it again is a person's decision.

    Raises:
        client.CallError: МСЭД did not answer.
    """
    found: list[str] = []
    behind = False
    uids = queries.open_appeals()
    for start in range(0, len(uids), BATCH):
        batch = uids[start : start + BATCH]
        known, unknown = partner.call(client.get_statuses, batch)
        here = queries.last_seqs(batch)
        for status in known:
            if status.last_seq != here.get(status.uid, 0):
                behind = behind or status.last_seq > here.get(status.uid, 0)
                found.append(
                    f"{status.uid}: МСЭД has told {status.last_seq}, "
                    f"here are {here.get(status.uid, 0)} ({status.state})"
                )
        found += [f"{uid}: МСЭД does not know it" for uid in unknown]
    if behind:
        # From the beginning: it lies there for 90 days, and what is known is passed over.
        Partner.objects.filter(pk=settings.MSED_PARTNER_UID).update(queue_position=0)
        incoming.read_queue()
    return found
