"""What the filters of lists and the map offer: topics, categories, municipalities, authorities by their codes."""

from django.core.cache import cache
from django.utils.translation import get_language, gettext

from authorities.models import Authority, Category, Topic
from geo.models import Municipality

Choices = list[tuple[str, str]]
FRESH_SECONDS = 60
"""A new topic is offered so late at most: they are asked for at every page, and change once a month."""


def of(field: str) -> Choices:
    """The codes and names that a field of the filter offers, in the reader's language."""
    found: dict[str, Choices] = cache.get_or_set(
        f"portal:choices:{get_language()}", _read, FRESH_SECONDS
    )
    return found[field]


def or_any(field: str) -> Choices:
    """The same, for a field that chooses one of them or none."""
    return [("", gettext("any")), *of(field)]


def _read() -> dict[str, Choices]:
    # One row for each municipality, not for each of its boundaries.
    municipalities = Municipality.objects.order_by("code", "-validity").distinct("code")
    return {
        "category": [(one.code, str(one)) for one in Category.objects.all()],
        "topic": [(one.code, str(one)) for one in Topic.objects.select_related("category")],
        "municipality": sorted(
            ((one.code, str(one)) for one in municipalities.defer("polygon", "centre")),
            key=lambda pair: pair[1],
        ),
        "authority": [(one.slug, str(one)) for one in Authority.objects.all()],
    }
