"""Reconciliation: МСЭД is asked what it has told, what is missing on a side is given again (contract, 6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from msed_bridge import client, queries
from msed_bridge.models import Appeal, Channel, Partner
from msed_bridge.operations import incoming, outgoing, partner

BATCH = 500
"""Appeals in one call; source: contract, 6."""


class Remedy(Enum):
    """What helps against a difference."""

    FETCH = "fetch"
    GIVE = "give"
    PERSON = "person"


@dataclass(frozen=True)
class Difference:
    """What is not the same on both sides.

    Attributes:
        uid: the appeal's.
        words: in words for staff.
    """

    uid: str
    words: str
    remedy: Remedy


def reconcile() -> list[str]:
    """Compares the open appeals with МСЭД's books and repairs what can be repaired.

    Notifications that are missing here are read from its queue. An appeal that МСЭД does not know, though
    it gave a receipt, is given to it again, as long as it has told nothing of it. Anything else, such as
    another number of registration than the one that was told, a person decides.

    Returns:
        The differences found and what was done, in words for staff.

    Raises:
        client.CallError: МСЭД did not answer, or the calls are paused.
    """
    if partner.is_paused(Channel.MSED):
        raise client.UnreachableError("PAUSED")
    differences = list(_differences())
    left: set[tuple[str, Remedy]] = set()
    if any(one.remedy is Remedy.FETCH for one in differences):
        # From the beginning: it lies there for 90 days, and what is known is passed over.
        Partner.objects.filter(pk=Channel.MSED).update(queue_position=0)
        incoming.read_queue()
        left = {(one.uid, one.remedy) for one in _differences()}
    return [f"{one.words}; {_remedied(one, left)}" for one in differences]


def _differences() -> Iterator[Difference]:
    uids = queries.open_appeals()
    for start in range(0, len(uids), BATCH):
        batch = uids[start : start + BATCH]
        known, unknown = partner.call(Channel.MSED, client.get_statuses, batch)
        here, numbers = queries.last_seqs(batch), queries.numbers_told(batch)
        for status in known:
            ours = here.get(status.uid, 0)
            if status.last_seq != ours:
                words = f"{status.uid}: МСЭД has told {status.last_seq}, here are {ours} ({status.state})"
                remedy = Remedy.FETCH if status.last_seq > ours else Remedy.PERSON
                yield Difference(status.uid, words, remedy)
            number = numbers.get(status.uid, status.number)
            if status.number and status.number != number:
                words = f"{status.uid}: МСЭД has the number {status.number}, here is {number}"
                yield Difference(status.uid, words, Remedy.PERSON)
        for uid in unknown:
            yield Difference(uid, f"{uid}: МСЭД does not know it", Remedy.GIVE)


def _remedied(one: Difference, left: set[tuple[str, Remedy]]) -> str:
    if one.remedy is Remedy.FETCH:
        return "still missing" if (one.uid, one.remedy) in left else "fetched"
    if one.remedy is Remedy.GIVE:
        again = outgoing.give_again(appeal=Appeal.objects.get(uid=one.uid))
        if again:
            return f"given again, {again} messages"
    return "a person decides"
