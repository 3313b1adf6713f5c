"""The author goes on telling: words and files added while an authority works on the message."""

from collections.abc import Sequence

from django.db import transaction

from common import uploads
from issues.models import Attachment, Issue, IssueEvent
from issues.operations.files import keep_issue_file
from issues.operations.filing import MAX_ATTACHMENTS
from issues.operations.writer import lock, perform
from issues.policies import By
from issues.queries.additions import additions
from issues.workflow import MAX_ADDITIONS, Need


def add_to_issue(
    *, by: By, issue: Issue, words: str, files: Sequence[uploads.Upload] = ()
) -> IssueEvent:
    """Adds words and files for the authority; neither the state nor a deadline changes.

    The moderators may read them, the public may not: it is told only that something was added.

    Args:
        by: the author.
        issue: one that an authority works on.
        words: what is added.
        files: from `uploads.examine`, at most ten with all that was added before.

    Returns:
        The entry of the timeline; the one before where the same is sent twice.

    Raises:
        ActionRefusedError: no authority works on it, there are no words, or it was added to often
            enough (`additions_left`).
        ValueError: too many files.
    """
    words = words.strip()
    with transaction.atomic():
        issue = lock(issue)
        before = additions(issue)
        if before and before[-1].says(words, [file.sha256 for file in files]):
            return before[-1].event  # the button was pressed twice
        if len(files) + sum(len(one.files) for one in before) > MAX_ATTACHMENTS:
            raise ValueError("too many files")
        kept = [
            keep_issue_file(issue=issue, upload=file, purpose=Attachment.Purpose.ADDITION)
            for file in files
        ]
        return perform(
            issue,
            "supplement",
            by=by,
            note=words,
            private={"files": [str(file.uid) for file in kept]},
            given=frozenset({Need.ADDITIONS_LEFT} if len(before) < MAX_ADDITIONS else ()),
        )
