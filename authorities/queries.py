"""What routing reads: rules, their ground, the days from which they change; and what is learned of topics."""

from datetime import date

import shapely
from django.contrib.gis.db.models import MultiPolygonField
from django.contrib.gis.db.models.functions import Area, AsWKB
from django.db.models.functions import Cast

from authorities.models import ServiceArea, Topic, TopicModel
from authorities.rules import Rule, RuleBook, Subject
from authorities.topic_files import examples_of
from authorities.topic_learning import fitting
from geo import queries as geo_queries
from geo.areas import AreaIndex
from geo.models import Municipality


def rule_book(day: date) -> RuleBook:
    """The rules that are valid on a day, with the ground on which each of them holds.

    A rule names a municipality of one period and means it in every period: its ground is what has
    the same code on that day. So a new set of boundaries leaves the rules as they are.
    """
    grounds: dict[bytes, int] = {}
    municipalities = {
        code: (name, grounds.setdefault(bytes(wkb), len(grounds)), m2.sq_km)
        for code, name, wkb, m2 in Municipality.objects.filter(validity__contains=day)
        .annotate(wkb=AsWKB("polygon"), m2=_area("polygon"))
        .order_by("pk")
        .values_list("code", "name", "wkb", "m2")
    }
    rules = []
    for area in (
        ServiceArea.objects.filter(validity__contains=day)
        .select_related("authority", "topic", "category", "municipality")
        .defer("polygon", "municipality__polygon")
        .annotate(wkb=AsWKB("polygon"), m2=_area("polygon"))
        .order_by("pk")
    ):
        if area.municipality is None:
            # Many rules share one ground: it is indexed once.
            ground = ("", grounds.setdefault(bytes(area.wkb), len(grounds)), area.m2.sq_km)
        elif area.municipality.code in municipalities:
            ground = municipalities[area.municipality.code]
        else:
            continue
        rules.append(
            Rule(
                id=area.pk,
                authority=area.authority,
                topic_id=area.topic_id,
                category_id=area.category_id,
                level=area.level,
                priority=area.priority,
                ground_name=ground[0],
                ground=ground[1],
                km2=ground[2],
                of=next((thing.name for thing in (area.topic, area.category) if thing), ""),
            )
        )
    subjects = {
        row[0]: Subject(*row) for row in Topic.objects.values_list("pk", "category_id", "level")
    }
    return RuleBook(rules, subjects, AreaIndex([shapely.from_wkb(wkb) for wkb in grounds]))


def _area(field: str) -> Area:
    return Area(Cast(field, MultiPolygonField(srid=4326, geography=True)))


def rules_without_ground(day: date) -> list[ServiceArea]:
    """Rules that are valid on a day, while no municipality has their code then."""
    codes = Municipality.objects.filter(validity__contains=day).values("code")
    return list(
        ServiceArea.objects.filter(validity__contains=day, municipality__isnull=False)
        .exclude(municipality__code__in=codes)
        .select_related("authority", "topic", "category")
        .order_by("pk")
    )


def days_of_change() -> list[date]:
    """The days from which routing may differ from the day before."""
    validities = ServiceArea.objects.values_list("validity", flat=True)
    own = [day for one in validities for day in (one.lower, one.upper) if day]
    return [*own, *geo_queries.days_of_change()]


def offered_topics(kind: str) -> dict[str, int]:
    """Keys of the topics that take messages of a kind, by code."""
    offered = Topic.objects.filter(is_active=True, category__is_active=True, kinds__contains=[kind])
    return dict(offered.order_by().values_list("code", "pk"))


def topic_model_in_use() -> int | None:
    """The key of the model that is asked, None where none was trained."""
    return TopicModel.objects.filter(is_active=True).order_by().values_list("pk", flat=True).first()


def topic_subjects() -> dict[str, fitting.Subject]:
    """The topics on offer as the learning sees them, by code."""
    offered = Topic.objects.filter(is_active=True, category__is_active=True)
    return {
        code: fitting.Subject(category, frozenset(kinds))
        for code, category, kinds in offered.values_list("code", "category__code", "kinds")
    }


def catalogue_examples() -> list[fitting.Example]:
    """What the catalogue itself says of its topics: names, keywords and examples."""
    return examples_of(Topic.objects.filter(is_active=True))
