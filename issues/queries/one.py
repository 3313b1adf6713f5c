"""One issue, with all that its page shows."""

from django.db.models import Prefetch, QuerySet

from issues.models import Answer, Attachment, Issue


def by_number(number: str) -> QuerySet[Issue]:
    """The issue of a public number, with all that its page shows but the timeline."""
    answers = Answer.objects.select_related("authority", "rating").prefetch_related("attachments")
    own_files = Attachment.objects.filter(purpose=Attachment.Purpose.REPORT).order_by("pk")
    return (
        Issue.objects.filter(number=number)
        .select_related("topic__category", "authority", "municipality")
        .defer(
            "municipality__polygon", "municipality__centre", "topic__examples", "topic__keywords"
        )
        .prefetch_related(
            Prefetch("answers", answers.order_by("published_at", "pk")),
            Prefetch("attachments", own_files),
        )
    )
