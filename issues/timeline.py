"""The hash chain of an issue's timeline: what is hashed, and how anyone verifies it (R1.4).

The hash of an entry is SHA-256 over the canonical JSON (`common.canonical`) of `content`. An entry holds
the hash of the one before it. Words that people wrote are covered by salted digests only: the public form
carries note and salt, so a reader can check them too, until the law erases both.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from common import canonical
from issues.models import Issue, IssueEvent

VERSION = 1


def content(event: IssueEvent, *, number: str, authority: str | None) -> dict[str, canonical.Json]:
    """What the hash of `event` covers.

    Args:
        event: the entry.
        number: the issue's public number.
        authority: slug of the authority that answers after the entry, None for none.
    """
    return {
        "version": VERSION,
        "issue": number,
        "seq": event.seq,
        "action": event.action,
        "actor": event.actor,
        "at": canonical.moment(event.at),
        "state_before": event.state_before,
        "state_after": event.state_after,
        "is_hidden": event.is_hidden,
        "authority": authority,
        "moderation_due_at": canonical.moment(event.moderation_due_at),
        "registration_due_at": canonical.moment(event.registration_due_at),
        "answer_due_at": canonical.moment(event.answer_due_at),
        "data": event.data,
        "note_digest": event.note_digest,
        "private_digest": event.private_digest,
        "previous_hash": event.previous_hash,
    }


def public_form(issue: Issue) -> dict[str, Any]:
    """The timeline as anyone may download it: `/issues/<number>/timeline.json`."""
    entries = []
    events = issue.events.select_related("words", "authority").order_by("seq")
    for event in events:
        slug = event.authority.slug if event.authority else None
        entry: dict[str, Any] = dict(content(event, number=issue.number, authority=slug))
        entry["hash"] = event.hash
        words = getattr(event, "words", None)
        entry["note"] = words.note if words else ""
        entry["note_salt"] = words.note_salt if words else ""
        entries.append(entry)
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
    """What is wrong with the stored timeline of `issue`; empty when it is whole."""
    entries = public_form(issue)["entries"]
    found = faults(entries)
    if not entries:
        return ["there is no timeline"]
    last = entries[-1]
    if len(entries) != issue.event_count or last["hash"] != issue.head_hash:
        found.append("the timeline does not end where the issue says")
    if last["state_after"] != issue.state:
        found.append("the issue's state is not the one of its last entry")
    return found
