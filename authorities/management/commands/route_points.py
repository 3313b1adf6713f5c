"""`manage.py route_points FILE.csv`: who answers at many points, as CSV."""

import csv
import math
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser

from authorities.models import Topic
from authorities.routing import route_many
from common import clock

COLUMNS = ["lon", "lat", "topic"]
AT_A_TIME = 20_000


class Command(BaseCommand):
    help = (
        "Reads lon,lat,topic (code) with a header and writes lon,lat,topic,authority,rule. A line"
        " that can not be read is named on the error stream and left out; the exit code is then 1."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="a CSV file, - for standard input")
        parser.add_argument("--on", type=date.fromisoformat, help="the day; today by default")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["on"] or clock.region_date(clock.now())
        if options["file"] == "-":
            bad = self._route(sys.stdin, day)
        else:
            try:
                with Path(options["file"]).open(encoding="utf-8-sig", newline="") as file:
                    bad = self._route(file, day)
            except OSError as error:
                raise CommandError(str(error)) from error
        if bad:
            raise CommandError(f"{bad} lines could not be read")

    def _route(self, file: TextIO, day: date) -> int:
        reader = csv.DictReader(file)
        if missing := set(COLUMNS) - set(reader.fieldnames or ()):
            raise CommandError(f"the header has no {', '.join(sorted(missing))}")
        self._keys = dict(Topic.objects.values_list("code", "pk"))
        self._bad = 0
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow([*COLUMNS, "authority", "rule"])
        points = self._points(reader)
        while batch := list(islice(points, AT_A_TIME)):
            writer.writerows(self._answers(batch, day))
        return self._bad

    def _points(self, reader: "csv.DictReader[str]") -> Iterator[tuple[float, float, str]]:
        rows = iter(reader)
        while True:
            try:
                row = next(rows)
            except StopIteration:
                return
            except csv.Error as error:
                self._name(reader.line_num, str(error))
                continue
            try:
                yield self._point(row)
            except ValueError as error:
                self._name(reader.line_num, str(error))

    def _point(self, row: Mapping[str, str | None]) -> tuple[float, float, str]:
        if not row["lon"] or not row["lat"]:
            raise ValueError("lon or lat is missing")
        lon, lat = float(row["lon"]), float(row["lat"])
        if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
            raise ValueError(f"{lon} {lat} is not on the earth")
        topic = (row["topic"] or "").strip()
        if topic not in self._keys:
            raise ValueError(f"there is no topic “{topic}”")
        return lon, lat, topic

    def _name(self, line: int, fault: str) -> None:
        self._bad += 1
        self.stderr.write(f"line {line}: {fault}")

    def _answers(
        self, batch: list[tuple[float, float, str]], day: date
    ) -> Iterable[tuple[float, float, str, str, int | str]]:
        lons, lats, topics = zip(*batch, strict=True)
        found = route_many(
            topic_ids=np.array([self._keys[topic] for topic in topics], dtype=np.int64),
            lons=np.array(lons),
            lats=np.array(lats),
            on=day,
        )
        told = [
            (one.rule.authority.slug, one.rule.id) if one.rule else ("", "")
            for one in found.decisions
        ]
        for point, which in zip(batch, found.which.tolist(), strict=True):
            yield (*point, *told[which])
