"""What the filters of lists and the map offer: topics, categories, municipalities, authorities by their codes."""

from django.core.cache import cache
from django.utils.translation import get_language

from authorities.models import Authority, Category, Topic
from geo.models import Municipality

Choices = list[tuple[str, str]]
FRESH_SECONDS = 60
"""A new topic is offered so late at most: they are asked for at every page, and change once a month."""


def offered() -> dict[str, Choices]:
    """The codes and names that can be chosen, by the field of the filter, in the reader's language."""
    key = f"portal:choices:{get_language()}"
    found: dict[str, Choices] | None = cache.get_or_set(key, _read, FRESH_SECONDS)
    return found or _read()


def municipalities() -> Choices:
    """Codes and names by the alphabet, each once, whatever its boundaries were."""
    rows = Municipality.objects.order_by("code", "-validity").distinct("code").only("code", "name")
    return sorted(((row.code, row.name) for row in rows), key=lambda row: row[1])


def _read() -> dict[str, Choices]:
    return {
        "category": [(one.code, str(one)) for one in Category.objects.all()],
        "topic": [(one.code, str(one)) for one in Topic.objects.select_related("category")],
        "municipality": municipalities(),
        "authority": [(one.slug, str(one)) for one in Authority.objects.all()],
    }
