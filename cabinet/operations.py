"""What an officer does that is more than one act on the issue: an answer together with its files."""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction

from common import uploads
from issues import operations
from issues.models import Answer, Attachment, Issue
from issues.policies import By


def answer(
    *, by: By, issue: Issue, reply: operations.Reply, files: Sequence[uploads.Upload] = ()
) -> Answer:
    """Answers an issue, with files that are published only if the answer is.

    Args:
        by: the officer.
        issue: one of the officer's authority.
        reply: the answer.
        files: judged by `uploads.examine` before.

    Raises:
        ActionRefusedError: as for `issues.operations.answer_issue`.
    """
    with transaction.atomic():
        kept = [
            operations.keep_issue_file(
                issue=issue, upload=upload, purpose=Attachment.Purpose.ANSWER
            ).uid
            for upload in files
        ]
        return operations.answer_issue(by=by, issue=issue, reply=replace(reply, attachments=kept))
