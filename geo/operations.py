"""What can be done to the ground."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Point
from django.db import transaction
from django.db.models import Q

from geo.boundary_files import Boundary, BoundaryError, code_of
from geo.models import Municipality


@dataclass
class Replaced:
    """What a new set of boundaries did, by names of municipalities."""

    new: list[str] = field(default_factory=list)
    redrawn: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)


def replace_boundaries(*, boundaries: Sequence[Boundary], valid_from: date) -> Replaced:
    """Puts a new set of boundaries in force from a day on; before that day nothing changes (R3.1).

    What is in force the day before and is not in the set as it is ends with that day. A municipality
    keeps its code: it is known again by the code of the file, else by ОКТМО, else by name.

    Args:
        boundaries: the whole set.
        valid_from: the first day of the set, in the region.

    Raises:
        BoundaryError: a later set, or another one of this very day, is there already.
    """
    result = Replaced()
    with transaction.atomic():
        in_force = list(
            Municipality.objects.select_for_update()
            .filter(Q(validity__contains=valid_from) | Q(validity__startswith__gt=valid_from))
            .order_by("pk")
        )
        if later := [
            row.name for row in in_force if (row.validity.lower or valid_from) > valid_from
        ]:
            raise BoundaryError([f"there is a later set already: {later[0]} and others"])
        kept: set[int] = set()
        fresh: list[Municipality] = []
        for boundary in boundaries:
            before = _known(boundary, in_force)
            row = _row(boundary, before.code if before else None, valid_from)
            if before and _alike(before, row):
                kept.add(before.pk)
                result.same.append(row.name)
                continue
            (result.redrawn if before else result.new).append(row.name)
            fresh.append(row)
        _refuse_codes_twice(fresh, [row for row in in_force if row.pk in kept])
        codes = {row.code for row in fresh}
        for row in in_force:
            if row.pk in kept:
                continue
            if row.validity.lower == valid_from:
                raise BoundaryError([f"{row.name} is drawn otherwise from this very day already"])
            row.validity = (row.validity.lower, valid_from)
            row.save(update_fields=["validity"])
            if row.code not in codes:
                result.closed.append(row.name)
        Municipality.objects.bulk_create(fresh)
    return result


def _known(boundary: Boundary, in_force: Sequence[Municipality]) -> Municipality | None:
    for name in ("code", "oktmo", "name"):
        value = getattr(boundary, name)
        for row in in_force:
            if value and getattr(row, name) == value:
                return row
    return None


def _row(boundary: Boundary, known_code: str | None, valid_from: date) -> Municipality:
    centre = boundary.polygon.representative_point()
    polygon = GEOSGeometry(memoryview(shapely.to_wkb(boundary.polygon)), srid=4326)
    assert isinstance(polygon, MultiPolygon)
    return Municipality(
        code=boundary.code or known_code or code_of(boundary.name),
        name=boundary.name,
        name_en=boundary.name_en,
        oktmo=boundary.oktmo,
        polygon=polygon,
        centre=Point(centre.x, centre.y, srid=4326),
        validity=(valid_from, None),
    )


def _alike(before: Municipality, row: Municipality) -> bool:
    return (
        before.name == row.name
        and before.code == row.code
        and (not row.oktmo or before.oktmo == row.oktmo)
        and bytes(before.polygon.wkb) == bytes(row.polygon.wkb)
    )


def _refuse_codes_twice(fresh: Sequence[Municipality], kept: Sequence[Municipality]) -> None:
    named: dict[str, str] = {}
    for row in (*kept, *fresh):
        if row.code in named:
            raise BoundaryError([f"{named[row.code]} and {row.name} have the same code {row.code}"])
        named[row.code] = row.name
