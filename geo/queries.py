"""What is read of the ground."""

import math
import re
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import shapely
from django.contrib.gis.db.models.functions import AsWKB
from django.db import connection, transaction

from geo.addresses import apart_from_house, has_words, telling_words
from geo.areas import AreaIndex, Floats, Integers
from geo.models import Municipality, Place
from geo.revision import PerPeriod


def municipality_id_at(*, lon: float, lat: float, on: date) -> int | None:
    """The municipality that covers a point on a day, None outside the region.

    On a common border it is the one that was entered first.

    Args:
        lon, lat: WGS 84 degrees.
        on: the calendar day in the region.
    """
    keys, index = _municipalities.on(on)
    covering = index.sets[index.find(lon, lat)]
    return keys[covering[0]] if covering else None


def municipality_ids_at(*, lons: Floats, lats: Floats, on: date) -> Integers:
    """`municipality_id_at` for arrays of points of equal length; 0 outside the region."""
    keys, index = _municipalities.on(on)
    found = index.find_many(lons, lats)
    of_set = [keys[covering[0]] if covering else 0 for covering in index.sets]
    return np.array(of_set, dtype=np.int64)[found]


def _municipalities_on(day: date) -> tuple[list[int], AreaIndex]:
    rows = (
        Municipality.objects.filter(validity__contains=day)
        .order_by("pk")
        .annotate(wkb=AsWKB("polygon"))
        .values_list("pk", "wkb")
    )
    keys, polygons = [], []
    for pk, wkb in rows:
        keys.append(pk)
        polygons.append(shapely.from_wkb(bytes(wkb)))
    return keys, AreaIndex(polygons)


def days_of_change() -> list[date]:
    """The days from which some municipality is drawn otherwise than the day before."""
    validities = Municipality.objects.values_list("validity", flat=True)
    return [day for one in validities for day in (one.lower, one.upper) if day]


_municipalities = PerPeriod(days_of_change=days_of_change, make=_municipalities_on)


# --- Gazetteer ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FoundPlace:
    """A place of the gazetteer.

    Attributes:
        label: its full address.
        lon, lat: WGS 84 degrees.
        kind: what it is (`Place.Kind`).
        house: the number that was typed, where this is only the street and no such house is known.
    """

    label: str
    lon: float
    lat: float
    kind: str
    house: str = ""

    @property
    def address(self) -> str:
        """The full address, with the house that was asked for."""
        return f"{self.label}, {self.house}" if self.house else self.label


_INDEXED = 3
"""Letters from which on the index of trigrams finds a word."""
_STREETS = 2
"""Streets that are offered beside the houses."""
_ALIKE = 0.4
"""From this likeness of trigrams on a word is taken for another with a typing mistake."""
_NEAR = (("house", 60), ("street", 400), ("settlement", 15_000))
"""How near a thing must be, metres, for a point to be called by it."""


def find_places(*, text: str, limit: int = 8) -> list[FoundPlace]:
    """Places by what somebody types of an address: words in any order, the last one may be unfinished.

    Every word must be there, if need be with a typing mistake; larger settlements come first. Houses
    are looked up once a number is typed: the very number before those that begin with it, and always
    the street too; the street comes first where no such house is known. Settlements are known by
    their English names too.

    Args:
        text: as typed, such as «мытищи мира 12» or «г. Мытищи, ул. Мира, д. 12».
        limit: how many at most.
    """
    words = telling_words(text)
    if not words:
        return []
    found = _with_all(words, limit) or _named_in_english(words, limit)
    where, number = apart_from_house(words)
    if not number:
        return found
    exact = [place for place in found if has_words(place.label, number)]
    others = [place for place in found if place not in exact]
    known = {place.label for place in exact}
    streets = [
        place
        for place in _with_all(where, limit)
        if place.kind == "street" and place.label not in known
    ][:_STREETS]
    if exact:
        return [*[*exact, *others][: limit - len(streets)], *streets]
    unknown = [replace(place, house=" ".join(number)) for place in streets]
    return [*unknown, *others][:limit]


def _with_all(words: list[str], limit: int) -> list[FoundPlace]:
    """Places whose address has all the words, if need be with typing mistakes."""
    patterns = [_begins(word) if word == words[-1] else _is_or_begins(word) for word in words]
    if found := _places(words, patterns, limit):
        return found
    mended = [
        pattern if word[0].isdigit() or len(word) <= _INDEXED else _is_like(word) or pattern
        for word, pattern in zip(words, patterns, strict=True)
    ]
    return _places(words, mended, limit) if mended != patterns else []


def _named_in_english(words: list[str], limit: int) -> list[FoundPlace]:
    """Settlements whose English name begins with the words."""
    typed = " ".join(words)
    if len(typed) < _INDEXED or not typed.isascii():
        return []
    settlements = Place.objects.filter(kind="settlement", name_en__istartswith=typed)
    return [
        FoundPlace(place.label, place.point.x, place.point.y, place.kind)
        for place in settlements.order_by("-population", "label")[:limit]
    ]


def _begins(word: str) -> str:
    return rf"\m{re.escape(word)}"


def _is_or_begins(word: str) -> str:
    """An earlier word may still be a shortened one, a number or a letter may not."""
    return _begins(word) + (r"\M" if len(word) < _INDEXED or word[0].isdigit() else "")


def _is_like(word: str) -> str | None:
    """A pattern of the words of settlements and streets that `word` may be meant to be."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.strict_word_similarity_threshold', %s, true)", [str(_ALIKE)]
        )
        cursor.execute(
            r"SELECT known FROM geo_place, regexp_split_to_table(search, '[^[:alnum:]-]+') known"
            " WHERE kind <> 'house' AND %(word)s <<%% search AND similarity(known, %(word)s) >= %(least)s"
            " GROUP BY known ORDER BY similarity(known, %(word)s) DESC, known LIMIT 3",
            {"word": word, "least": _ALIKE},
        )
        known = [re.escape(row[0]) for row in cursor.fetchall()]
    return rf"\m(?:{'|'.join(known)})\M" if known else None


def _places(words: list[str], patterns: list[str], limit: int) -> list[FoundPlace]:
    """Places whose address has all the patterns, ranked by how well it has the words."""
    values: dict[str, str | int] = {"limit": limit}
    conditions, scores = [], []
    if not any(word[0].isdigit() for word in words):
        conditions.append("kind <> 'house'")
    if not any(len(word) >= _INDEXED for word in words):
        conditions.append("kind = 'settlement'")
    for number, (word, pattern) in enumerate(zip(words, patterns, strict=True)):
        values |= {f"word{number}": word, f"pattern{number}": pattern}
        conditions.append(f"search ~ %(pattern{number})s")
        scores.append(f"strict_word_similarity(%(word{number})s, search)")
    with connection.cursor() as cursor:
        # Only placeholders and our own words are put together here.
        cursor.execute(
            "SELECT label, ST_X(point), ST_Y(point), kind FROM geo_place"  # noqa: S608
            f" WHERE {' AND '.join(conditions)} ORDER BY {' + '.join(scores)} DESC,"
            " array_position(ARRAY['settlement', 'street', 'house'], kind::text),"
            " population DESC, length(label), label LIMIT %(limit)s",
            values,
        )
        return [FoundPlace(*row) for row in cursor.fetchall()]


def place_near(*, lon: float, lat: float) -> FoundPlace | None:
    """What a point is called by: the nearest house, else street, else settlement that is near enough.

    Args:
        lon, lat: WGS 84 degrees.
    """
    point = "ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326)"
    for kind, metres in _NEAR:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT label, ST_X(point), ST_Y(point), kind FROM geo_place"  # noqa: S608
                f" WHERE kind = %(kind)s AND point && ST_Expand({point}, %(across)s, %(up)s)"
                f" AND ST_DistanceSphere(point, {point}) <= %(metres)s"
                f" ORDER BY ST_DistanceSphere(point, {point}), id LIMIT 1",
                {
                    "lon": lon,
                    "lat": lat,
                    "kind": kind,
                    "metres": metres,
                    "up": metres / 110_000,
                    "across": metres / 110_000 / max(math.cos(math.radians(lat)), 0.01),
                },
            )
            if row := cursor.fetchone():
                return FoundPlace(*row)
    return None
