"""The hash chain of an issue's timeline: what is hashed, and how anyone verifies it (R1.4).

The hash of an entry is SHA-256 over the canonical JSON (`common.canonical`) of `content`. An entry holds
the hash of the one before it. Words that people wrote are covered by salted digests only: the public form
carries note and salt, so a reader can check them too, until the law erases both.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from common import canonical
from issues.models import Answer, EventNote, Issue, IssueEvent
from issues.workflow import ACTIONS

VERSION = 1


@dataclass(slots=True)
class Entry:
    """One entry as it is hashed.

    Attributes:
        number: the issue's public number.
        authority: slug of the authority that answers after the entry, None for none.
        hash: over all the others, see `content`.
    """

    number: str
    seq: int
    action: str
    actor: str
    at: datetime
    state_before: str
    state_after: str
    is_hidden: bool
    authority: str | None
    moderation_due_at: datetime
    registration_due_at: datetime | None
    answer_due_at: datetime | None
    data: Mapping[str, canonical.Json]
    note_digest: str
    private_digest: str
    previous_hash: str
    hash: str = ""


def content(entry: Entry) -> dict[str, canonical.Json]:
    """What the hash of `entry` covers."""
    return {
        "version": VERSION,
        "issue": entry.number,
        "seq": entry.seq,
        "action": entry.action,
        "actor": entry.actor,
        "at": canonical.moment(entry.at),
        "state_before": entry.state_before,
        "state_after": entry.state_after,
        "is_hidden": entry.is_hidden,
        "authority": entry.authority,
        "moderation_due_at": canonical.moment(entry.moderation_due_at),
        "registration_due_at": canonical.moment(entry.registration_due_at),
        "answer_due_at": canonical.moment(entry.answer_due_at),
        "data": entry.data,
        "note_digest": entry.note_digest,
        "private_digest": entry.private_digest,
        "previous_hash": entry.previous_hash,
    }


def digest(entry: Entry) -> str:
    """The hash of an entry whose data was looked at by `canonical.check`.

    All else in it is of the portal's own making, and is not looked at a second time.
    """
    return canonical.sha256(canonical.encoded(content(entry)))


_STORED = (
    *("issue__number", "seq", "action", "actor", "at", "state_before", "state_after", "is_hidden"),
    *("authority__slug", "moderation_due_at", "registration_due_at", "answer_due_at", "data"),
    *("note_digest", "private_digest", "previous_hash", "hash"),
)


def _public_entries(issue_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The entries of some issues as anyone may download them, by the issue's id; one query."""
    found: dict[int, list[dict[str, Any]]] = {pk: [] for pk in issue_ids}
    rows = (
        IssueEvent.objects.filter(issue__in=issue_ids)
        .order_by("issue_id", "seq")
        .values_list("issue_id", "words__note", "words__note_salt", *_STORED)
    )
    for issue_id, note, note_salt, *stored in rows.iterator(chunk_size=2000):
        entry = Entry(*stored)
        if not ACTIONS[entry.action].words_are_public:
            note = note_salt = ""
        words = {"hash": entry.hash, "note": note or "", "note_salt": note_salt or ""}
        found[issue_id].append({**content(entry), **words})
    return found


def public_form(issue: Issue) -> dict[str, Any]:
    """The timeline as anyone may download it: `/issues/<number>/timeline.json`."""
    entries = _public_entries([issue.pk])[issue.pk]
    return {"number": issue.number, "version": VERSION, "entries": entries}


def faults(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """What is wrong with a downloaded timeline, in words; empty when it is whole.

    Args:
        entries: the member `entries` of `public_form`.
    """
    found, previous = [], ""
    for seq, entry in enumerate(entries, start=1):
        covered = {k: v for k, v in entry.items() if k not in {"hash", "note", "note_salt"}}
        if entry["seq"] != seq:
            found.append(f"entry {seq} is missing, {entry['seq']} stands in its place")
        if entry["previous_hash"] != previous:
            found.append(f"entry {seq} does not follow the one before it")
        if canonical.digest(covered) != entry["hash"]:
            found.append(f"entry {seq} was changed")
        if entry["note"] and (
            canonical.salted_digest(entry["note_salt"], entry["note"]) != entry["note_digest"]
        ):
            found.append(f"the words of entry {seq} were changed")
        previous = entry["hash"]
    return found


def verify(issue: Issue) -> list[str]:
    """What is wrong with the stored timeline of `issue` and what it vouches for; empty when it is whole."""
    return _verify([issue.pk]).get(issue.number, [])


def verify_all(*, batch: int = 500) -> Iterator[tuple[int, dict[str, list[str]]]]:
    """Verifies every timeline there is, `batch` issues at a time, six queries for each batch.

    Yields:
        How many issues were looked at so far, and what is wrong in this batch by number.
    """
    looked_at, last = 0, 0
    while issues := list(
        Issue.objects.filter(pk__gt=last)
        .order_by("pk")
        .only("number", "state", "event_count", "head_hash")[:batch]
    ):
        looked_at, last = looked_at + len(issues), issues[-1].pk
        ids = [issue.pk for issue in issues]
        suspect = _verify(ids)
        if suspect:
            # An issue may have moved between the queries: those that look wrong are held still.
            with transaction.atomic():
                held = Issue.objects.select_for_update().filter(number__in=suspect)
                suspect = _verify(list(held.order_by("pk").values_list("pk", flat=True)))
        yield looked_at, suspect


def _verify(issue_ids: Collection[int]) -> dict[str, list[str]]:
    """What is wrong with some issues, by their numbers; those that are whole are left out."""
    entries, wrong = _public_entries(issue_ids), {}
    private = _private_faults(issue_ids)
    answers: dict[int, dict[str, str]] = {pk: {} for pk in issue_ids}
    for pk, uid, text in Answer.objects.filter(issue__in=issue_ids).values_list(
        "issue_id", "uid", "text"
    ):
        answers[pk][str(uid)] = text
    fields = ("number", "state", "event_count", "head_hash", "published_text")
    for issue in Issue.objects.filter(pk__in=issue_ids).only(*fields):
        found = _faults_of(issue, entries[issue.pk], answers[issue.pk])
        if found := found + private.get(issue.pk, []):
            wrong[issue.number] = found
    return wrong


def _private_faults(issue_ids: Collection[int]) -> dict[int, list[str]]:
    """Entries whose private words are not those they were written with; erased ones say nothing."""
    found: dict[int, list[str]] = {}
    told = Q(private_digest__gt="") | Q(note_digest__gt="")
    gone = IssueEvent.objects.filter(told, issue__in=issue_ids, words=None)
    for pk, seq in gone.values_list("issue_id", "seq"):
        found.setdefault(pk, []).append(f"the words of entry {seq} are gone")
    rows = EventNote.objects.filter(event__issue__in=issue_ids).exclude(private_salt="")
    for pk, seq, digest, private, salt in rows.values_list(
        "event__issue_id", "event__seq", "event__private_digest", "private", "private_salt"
    ).iterator(chunk_size=2000):
        if canonical.salted_digest(salt, canonical.dumps(private).decode()) != digest:
            found.setdefault(pk, []).append(f"the private words of entry {seq} were changed")
    return found


def _faults_of(
    issue: Issue, entries: list[dict[str, Any]], answers: Mapping[str, str]
) -> list[str]:
    found = faults(entries)
    if not entries:
        return ["there is no timeline"]
    last = entries[-1]
    if len(entries) != issue.event_count or last["hash"] != issue.head_hash:
        found.append("the timeline does not end where the issue says")
    if last["state_after"] != issue.state:
        found.append("the issue's state is not the one of its last entry")
    for entry in entries:
        # What the public reads is what was said when it was published; erased words vouch for nothing.
        if entry["action"] == "publish" and entry["note"] not in ("", issue.published_text):
            found.append("the published text is not the one that was published")
        if entry["action"] in ("answer", "defer") and entry["note"] not in (
            "",
            answers.get(str(entry["data"]["answer"])),
        ):
            found.append(f"the answer of entry {entry['seq']} is not the one that was given")
    return found
