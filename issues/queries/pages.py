"""Messages by their numbers, with what cards and signs show of them."""

from collections.abc import Collection, Sequence

from django.db.models import Prefetch, QuerySet

from issues.models import Attachment, Issue


def cards(ids: Sequence[int], *, unsolved: Collection[int]) -> list[Issue]:
    """The rows of a page that `issues.columns` found, in its order, with all that cards show.

    Args:
        ids: of the messages.
        unsolved: those of them that have ended so.
    """
    rows = _told(for_cards(Issue.objects.filter(pk__in=ids)), unsolved)
    return [rows[number] for number in ids if number in rows]


def for_signs(ids: Sequence[int], *, unsolved: Collection[int]) -> dict[int, Issue]:
    """The messages that stand alone on the map, with what their signs say; as above."""
    told = ("number", "kind", "state", "address", "topic__name", "topic__name_en")
    return _told(Issue.objects.filter(pk__in=ids).select_related("topic").only(*told), unsolved)


def for_cards(issues: QuerySet[Issue]) -> QuerySet[Issue]:
    """With all that a card of a list shows: the topic, and photos of the message."""
    photos = Attachment.objects.filter(
        width__isnull=False, purpose=Attachment.Purpose.REPORT
    ).order_by("pk")
    unread = ("description", "routing", "details", "topic__questions", "topic__examples")
    return (
        issues.select_related("topic")
        .defer(*unread)
        .prefetch_related(Prefetch("attachments", photos, to_attr="photos"))
    )


def _told(issues: QuerySet[Issue], unsolved: Collection[int]) -> dict[int, Issue]:
    rows = issues.in_bulk()
    for number in unsolved:
        if number in rows:
            rows[number].is_unsolved = True
    return rows
