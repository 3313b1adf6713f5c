"""Where a message would be, and who would answer, were its topic or its place another."""

from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import Point

from authorities import routing
from authorities.models import Authority, Topic
from common import clock
from geo import queries as ground
from issues.models import Issue


@dataclass(frozen=True)
class Placing:
    """A topic at a place, on the day when the message was filed.

    Attributes:
        topic, point: what was asked.
        municipality_id: None outside the region.
        authority: None where no rule matches.
        routing: the explanation, as JSON; see `authorities.routing.in_words`.
    """

    topic: Topic
    point: Point
    municipality_id: int | None
    authority: Authority | None
    routing: dict[str, Any]


def placing(issue: Issue, *, topic: Topic, point: Point) -> Placing:
    """What becomes of `issue` with another topic or another place.

    Args:
        issue: a message; it is not changed.
        topic: its own, or another one.
        point: its own, or another place (WGS 84).
    """
    day = clock.region_date(issue.filed_at)
    found = routing.route(topic=topic, lon=point.x, lat=point.y, on=day)
    municipality = ground.municipality_id_at(lon=point.x, lat=point.y, on=day)
    return Placing(topic, point, municipality, found.authority, found.explanation)
