"""Answers of authorities that a moderator should know of."""

from datetime import timedelta

from django.db.models import QuerySet

from common import clock
from issues.models import Answer, Issue
from moderation.models import FileLook
from moderation.queries.files import faces_on_answers

WATCHED = timedelta(days=30)
"""So long an answer with personal data stands on the moderators' list."""


def warned(issue: Issue) -> "QuerySet[Answer]":
    """The answers to an issue that were sent against the advice of the reply-quality check."""
    return (
        issue.answers.exclude(warnings=[])
        .select_related("issue__topic__category", "issue__author", "authority")
        .prefetch_related("attachments")
    )


def with_personal_data(limit: int = 100) -> "QuerySet[Answer]":
    """Answers of `WATCHED` that everybody can read and in which personal data were found."""
    found = Answer.objects.filter(
        warnings__contains=["personal"],
        published_at__gte=clock.now() - WATCHED,
        issue__is_hidden=False,
    )
    return found.select_related("issue", "authority").order_by("-published_at", "-pk")[:limit]


def with_faces(limit: int = 100) -> "QuerySet[FileLook]":
    """Photos of answers of `WATCHED` that everybody can see, with faces that were found and not blurred."""
    return faces_on_answers(since=clock.now() - WATCHED, limit=limit)
