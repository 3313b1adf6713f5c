"""The demo region's authorities and their rules: administrations, ministries, federal bodies, contractors."""

import uuid
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.contrib.gis.geos import MultiPolygon
from django.db import transaction

from authorities import operations
from authorities.models import Authority, Category, Level, ServiceArea, Topic
from authorities.topic_files import read_catalogue
from geo import demo as ground
from geo.models import Municipality

FIXTURES = Path(__file__).resolve().parent.parent / "fixtures"
HOUSING = ("housing", "yards")
CENTRE_KM = 2.5


@cache
def _description() -> Mapping[str, Any]:
    content: Mapping[str, Any] = yaml.safe_load(
        (FIXTURES / "region" / "authorities.yaml").read_text(encoding="utf-8")
    )
    return content


def load_authorities() -> None:
    """Loads the demo's authorities where they are not there yet; `geo.demo.load_region` comes first.

    Every topic finds an authority at every place of the region, but for `communications_post`.
    """
    with transaction.atomic():
        if not Category.objects.exists():
            operations.import_topics(catalogue=read_catalogue(FIXTURES / "topics"))
        region = ground.outline()
        facts = _description()
        government = _authority("government", Level.REGIONAL, facts["government"])
        inspection = _authority("inspection", Level.REGIONAL, facts["inspection"], government)
        superiors = {Level.REGIONAL: government, Level.CONTRACTOR: inspection}
        for level in (Level.REGIONAL, Level.FEDERAL, Level.CONTRACTOR):
            for slug, body in facts[level.value].items():
                if "name" in body:
                    authority = _authority(slug, level, body, superiors.get(level))
                else:
                    authority = Authority.objects.get(slug=slug)
                _region_wide_rules(authority, body, region)
        for municipality in _municipalities():
            _load_local(municipality, government, inspection)


def _municipalities() -> Iterable[Municipality]:
    codes = ground.description()["municipalities"]
    return Municipality.objects.filter(code__in=codes).order_by("code", "pk").distinct("code")


def _authority(
    slug: str, level: Level, names: Mapping[str, Any], superior: Authority | None = None
) -> Authority:
    exchange = Authority.Exchange.CABINET
    if level != Level.CONTRACTOR:
        exchange = Authority.Exchange.MSED
    if names.get("medo") and settings.MEDO_FOLDER:
        # Without a gateway beside it, its messages would only wait.
        exchange = Authority.Exchange.MEDO
    uid = None if exchange == Authority.Exchange.CABINET else msed_uid(slug)
    authority, _made = Authority.objects.get_or_create(
        slug=slug,
        defaults={
            "name": names["name"],
            "name_en": names["name_en"],
            "short_name": names["short_name"],
            "level": level,
            "superior": superior,
            "exchange": exchange,
            "msed_uid": uid,
            "medo_uid": uid if names.get("medo") else None,
            "medo_address": f"{slug.upper()}~MEDOGU" if names.get("medo") else "",
            "email": f"{slug}@example.org",
            "phone": "+7 495 000-00-00",
            "site": f"https://{slug}.example.org/",
        },
    )
    return authority


def msed_uid(slug: str) -> uuid.UUID:
    """The uid under which МСЭД knows a demo authority: the same in every loading."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://portal.example.org/authorities/{slug}/")


def _region_wide_rules(authority: Authority, body: Mapping[str, Any], region: MultiPolygon) -> None:
    for code in body.get("categories", ()):
        _rule(authority, category=Category.objects.get(code=code), polygon=region)
    for code in body.get("topics", ()):
        _rule(authority, topic=Topic.objects.get(code=code), polygon=region)
    if body.get("any"):
        _rule(authority, polygon=region)


def _load_local(municipality: Municipality, government: Authority, inspection: Authority) -> None:
    place, place_en = _of(municipality.name), municipality.name_en
    administration = _authority(
        f"administration-{municipality.code.replace('_', '-')}",
        Level.MUNICIPAL,
        {
            "name": f"Администрация {place}",
            "name_en": f"Administration of {place_en}",
            "short_name": f"Администрация {place}",
        },
        government,
    )
    _rule(administration, municipality=municipality)
    # Where no company keeps the houses, the administration answers for what a contractor would.
    _rule(administration, municipality=municipality, level=Level.CONTRACTOR)
    company = _description()["housing"].get(municipality.code)
    if company is None:
        return
    town, _name, town_en = ground.description()["municipalities"][municipality.code]
    slug = municipality.code.replace("_", "-")
    keeper = _authority(
        f"housing-{slug}",
        Level.CONTRACTOR,
        {
            "name": f"Управляющая компания «{town}-Комфорт»",
            "name_en": f"Management company “{town_en} Comfort”",
            "short_name": f"УК «{town}-Комфорт»",
        },
        inspection,
    )
    _housing_rules(keeper, municipality=municipality)
    if company.get("centre"):
        centre = _authority(
            f"housing-{slug}-centre",
            Level.CONTRACTOR,
            {
                "name": f"Управляющая компания «{town}. Старый город»",
                "name_en": f"Management company “{town_en} Old Town”",
                "short_name": f"УК «{town}. Старый город»",
            },
            inspection,
        )
        _housing_rules(centre, polygon=ground.around_centre(municipality, CENTRE_KM))


def _of(municipality: str) -> str:
    """The genitive: «городской округ Клин» → «городского округа Клин»."""
    if municipality.startswith("городской округ "):
        return municipality.replace("городской округ", "городского округа")
    return municipality.replace("ий городской округ", "ого городского округа")


def _housing_rules(keeper: Authority, **where: Any) -> None:
    for category in Category.objects.filter(code__in=HOUSING):
        _rule(keeper, category=category, **where)


def _rule(authority: Authority, **rule: Any) -> None:
    """One rule at the authority's own level, unless it is there."""
    rule.setdefault("level", authority.level)
    wanted = {name: rule.get(name) for name in ("topic", "category", "level")}
    if not ServiceArea.objects.filter(authority=authority, **wanted).exists():
        valid_from = ground.description()["valid_from"]
        ServiceArea.objects.create(authority=authority, validity=(valid_from, None), **rule)
