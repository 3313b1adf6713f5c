"""Routing: (topic, point, day) → authority, with its explanation (R3.2)."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.geos import Point
from django.db.models import Q

from authorities.models import Authority, ServiceArea, Topic


@dataclass(frozen=True)
class Routing:
    """Who answers, and why.

    Attributes:
        authority: None where no rule matches: the issue then goes to the manual queue.
        explanation: the matching rule and those passed over, as JSON.
    """

    authority: Authority | None
    explanation: dict[str, Any]


def route(*, topic: Topic, lon: float, lat: float, on: date) -> Routing:
    """The authority that answers for `topic` at a point on a day.

    Args:
        topic: the topic.
        lon, lat: WGS 84 degrees.
        on: the calendar day in the region.
    """
    point = Point(lon, lat, srid=4326)
    rules = (
        ServiceArea.objects.filter(validity__contains=on)
        .filter(Q(municipality__polygon__covers=point) | Q(polygon__covers=point))
        .filter(Q(level="") | Q(level=topic.level))
        .filter(Q(topic=topic) | Q(category=topic.category_id) | Q(topic=None, category=None))
        .select_related("authority")
    )
    ranked = sorted(
        rules, key=lambda r: (-r.priority, r.topic_id is None, r.category_id is None, r.pk)
    )
    if not ranked:
        return Routing(None, {"rule": None, "passed_over": []})
    return Routing(
        ranked[0].authority,
        {"rule": ranked[0].pk, "passed_over": [rule.pk for rule in ranked[1:]]},
    )
