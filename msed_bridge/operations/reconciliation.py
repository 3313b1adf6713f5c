"""Reconciliation: МСЭД is asked what it has told, what is missing on a side is given again (contract, 6)."""

from collections.abc import Iterator

from django.conf import settings

from msed_bridge import client, queries
from msed_bridge.models import Appeal, Partner
from msed_bridge.operations import incoming, outgoing, partner

BATCH = 500
"""Appeals in one call; source: contract, 6."""


def reconcile() -> list[str]:
    """Compares the open appeals with МСЭД's books and repairs what can be repaired.

    Notifications that are missing here are read from its queue. An appeal that МСЭД does not know, though
    it gave a receipt, is given to it again, as long as it has told nothing of it; otherwise a person decides.

    Returns:
        The differences found and what was done, in words for staff.

    Raises:
        client.CallError: МСЭД did not answer.
    """
    differences = dict(_differences())
    if not differences:
        return []
    found = []
    if any(behind for behind, _words in differences.values()):
        # From the beginning: it lies there for 90 days, and what is known is passed over.
        Partner.objects.filter(pk=settings.MSED_PARTNER_UID).update(queue_position=0)
        incoming.read_queue()
        left = dict(_differences())
        for uid, (behind, words) in differences.items():
            if behind:
                found.append(f"{words}; {'still missing' if uid in left else 'fetched'}")
    for uid, (behind, words) in differences.items():
        if not behind:
            found.append(f"{words}; {_repair(uid)}")
    return found


def _differences() -> Iterator[tuple[str, tuple[bool, str]]]:
    """By the appeal's uid: whether МСЭД has told more than is here, and the difference in words."""
    uids = queries.open_appeals()
    for start in range(0, len(uids), BATCH):
        batch = uids[start : start + BATCH]
        known, unknown = partner.call(client.get_statuses, batch)
        here = queries.last_seqs(batch)
        for status in known:
            ours = here.get(status.uid, 0)
            if status.last_seq != ours:
                words = f"{status.uid}: МСЭД has told {status.last_seq}, here are {ours} ({status.state})"
                yield status.uid, (status.last_seq > ours, words)
        for uid in unknown:
            yield uid, (False, f"{uid}: МСЭД does not know it")


def _repair(uid: str) -> str:
    again = outgoing.give_again(appeal=Appeal.objects.get(uid=uid))
    return f"given again, {again} messages" if again else "a person decides"
