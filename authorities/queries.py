"""What is read of topics, authorities and rules."""

from datetime import date

import shapely
from django.contrib.gis.db.models import MultiPolygonField
from django.contrib.gis.db.models.functions import Area, AsWKB
from django.db.models import Q
from django.db.models.functions import Cast, Coalesce

from authorities.models import ServiceArea, Topic
from authorities.rules import Rule, RuleBook, Subject
from geo import queries as ground
from geo.areas import AreaIndex


def rule_book(day: date) -> RuleBook:
    """The rules that are valid on a day, with the ground on which each of them holds."""
    areas = (
        ServiceArea.objects.filter(validity__contains=day)
        .filter(Q(municipality__isnull=True) | Q(municipality__validity__contains=day))
        .select_related("authority", "topic", "category", "municipality")
        .defer("polygon", "municipality__polygon")
        .annotate(
            wkb=AsWKB(Coalesce("polygon", "municipality__polygon")),
            m2=Area(
                Cast(
                    Coalesce("polygon", "municipality__polygon"),
                    MultiPolygonField(srid=4326, geography=True),
                )
            ),
        )
        .order_by("pk")
    )
    place_of: dict[bytes, int] = {}
    rules = [
        Rule(
            id=area.pk,
            authority=area.authority,
            topic_id=area.topic_id,
            category_id=area.category_id,
            level=area.level,
            priority=area.priority,
            # Many rules share one ground: it is indexed once.
            ground=place_of.setdefault(bytes(area.wkb), len(place_of)),
            ground_name=area.municipality.name if area.municipality else "",
            km2=area.m2.sq_km,
            of=str(
                (area.topic and area.topic.name) or (area.category and area.category.name) or ""
            ),
        )
        for area in areas
    ]
    subjects = {
        row[0]: Subject(*row) for row in Topic.objects.values_list("pk", "category_id", "level")
    }
    return RuleBook(rules, subjects, AreaIndex([shapely.from_wkb(wkb) for wkb in place_of]))


def days_of_change() -> list[date]:
    """The days from which routing may differ from the day before."""
    validities = ServiceArea.objects.values_list("validity", flat=True)
    own = [day for one in validities for day in (one.lower, one.upper) if day]
    return [*own, *ground.days_of_change()]
