"""What authors have added to their messages while an authority worked on them."""

from collections.abc import Sequence
from dataclasses import dataclass

from issues.models import Attachment, Issue, IssueEvent


@dataclass(frozen=True)
class Addition:
    """What was added at once.

    Attributes:
        event: the entry of the timeline.
        words: what was written; empty once it is erased.
        files: in the order in which they were sent.
    """

    event: IssueEvent
    words: str
    files: Sequence[Attachment]

    def says(self, words: str, sha256: Sequence[str]) -> bool:
        """Whether it has these words and files with these hashes."""
        return self.words == words and [file.sha256 for file in self.files] == list(sha256)


def additions(issue: Issue, *, before: IssueEvent | None = None) -> list[Addition]:
    """All additions to `issue`, the oldest first.

    Args:
        issue: the issue.
        before: only those that stand before this entry.
    """
    events = issue.events.filter(action="supplement").select_related("words").order_by("seq")
    if before is not None:
        events = events.filter(seq__lt=before.seq)
    sent = issue.attachments.filter(purpose=Attachment.Purpose.ADDITION)
    by_uid = {str(file.uid): file for file in sent} if events else {}
    return [_addition(event, by_uid) for event in events]


def files_of(event: IssueEvent) -> list[Attachment]:
    """The files that the author has sent to the authority with an entry: an addition or a verdict."""
    words = getattr(event, "words", None)
    uids = words.private.get("files", ()) if words else ()
    return list(event.issue.attachments.filter(uid__in=uids).order_by("pk")) if uids else []


def _addition(event: IssueEvent, by_uid: dict[str, Attachment]) -> Addition:
    uids = event.words.private.get("files", ())
    return Addition(event, event.words.note, [by_uid[uid] for uid in uids if uid in by_uid])
