"""A new set of boundaries: what is wrong is named, what is right comes into force on its day."""

import json
import shutil
import subprocess
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.contrib.gis.gdal import DataSource
from django.core.management import CommandError, call_command
from shapely.geometry import Polygon, box

from authorities.models import Authority, Topic
from authorities.routing import route
from geo.boundary_files import BoundaryError, area_km2, code_of, read_boundaries
from geo.models import Municipality
from geo.queries import municipality_id_at

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


def geojson(folder: Path, *features: tuple[dict[str, Any], Any]) -> Path:
    file = folder / "set.geojson"
    content = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": facts,
                "geometry": shapely.geometry.mapping(shape) if shape else None,
            }
            for facts, shape in features
        ],
    }
    file.write_text(json.dumps(content), encoding="utf-8")
    return file


def imported(file: Path, day: str = "2026-07-01", **options: Any) -> str:
    out = StringIO()
    call_command("import_boundaries", str(file), "--valid-from", day, stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
class TestComingIntoForce:
    def test_the_old_set_ends_where_the_new_one_begins(
        self, tmp_path: Path, municipality: Municipality, authority: Authority, topic: Topic
    ) -> None:
        file = geojson(
            tmp_path,
            ({"name": "Квадратный округ", "oktmo": "46700000"}, box(37, 55, 37.5, 56)),
            ({"name": "Новый округ", "name:en": "New"}, box(37.5, 55, 38, 56)),
        )
        said = imported(file)
        assert "1 new, 1 redrawn, 0 as they were, 0 closed" in said
        municipality.refresh_from_db()
        assert municipality.validity.upper == date(2026, 7, 1)
        new = Municipality.objects.get(name="Новый округ")
        assert (new.code, new.name_en) == ("novyy_okrug", "New")

        before, after = date(2026, 6, 30), date(2026, 7, 1)
        assert municipality_id_at(lon=37.8, lat=55.5, on=before) == municipality.pk
        assert municipality_id_at(lon=37.8, lat=55.5, on=after) == new.pk
        old_way = route(topic=topic, lon=37.8, lat=55.5, on=before)
        assert old_way.authority == authority
        assert route(topic=topic, lon=37.8, lat=55.5, on=after).authority is None
        assert route(topic=topic, lon=37.2, lat=55.5, on=after).authority == authority

    def test_the_same_set_again_changes_nothing(self, tmp_path: Path, db: None) -> None:
        file = geojson(tmp_path, ({"name": "Округ"}, box(37, 55, 38, 56)))
        imported(file)
        assert "0 new, 0 redrawn, 1 as they were" in imported(file)
        assert "0 new, 0 redrawn, 1 as they were" in imported(file, "2026-09-01")
        assert Municipality.objects.count() == 1

    def test_a_dry_run_says_it_and_leaves_all_as_it_was(
        self, tmp_path: Path, municipality: Municipality, authority: Authority
    ) -> None:
        file = geojson(tmp_path, ({"name": "Иной"}, box(37, 55, 38, 56)))
        said = imported(file, dry_run=True)
        assert "closed: Квадратный округ" in said
        assert "rule without ground from then on: Администрация Квадратного округа" in said
        assert "dry run" in said
        assert Municipality.objects.get().validity.upper is None

    def test_history_is_not_rewritten(self, tmp_path: Path, db: None) -> None:
        imported(geojson(tmp_path, ({"name": "Округ"}, box(37, 55, 38, 56))), "2026-07-01")
        other = geojson(tmp_path, ({"name": "Округ"}, box(37, 55, 39, 56)))
        with pytest.raises(CommandError, match="there is a later set"):
            imported(other, "2026-06-01")
        with pytest.raises(CommandError, match="from this very day"):
            imported(other, "2026-07-01")


class TestReading:
    def test_overlaps_and_gaps_are_measured(self, tmp_path: Path) -> None:
        ring = box(37, 55, 38, 56).difference(box(37.4, 55.4, 37.6, 55.6))
        file = read_boundaries(
            geojson(tmp_path, ({"name": "А"}, ring), ({"name": "Б"}, box(37.9, 55, 39, 56)))
        )
        [(one, other, km2)] = file.overlaps
        assert (one, other) == ("А", "Б")
        assert km2 == pytest.approx(area_km2(box(37.9, 55, 38, 56)), rel=1e-6)
        [(hole, (lon, lat))] = file.gaps
        assert hole == pytest.approx(281.5, rel=0.01), "km² by the sphere"
        assert 37.4 < lon < 37.6
        assert 55.4 < lat < 55.6

    def test_a_ring_that_crosses_itself_by_a_hair_is_repaired_and_named(
        self, tmp_path: Path
    ) -> None:
        knot = [
            (37.0, 55.0),
            (38.0, 55.0),
            (38.0, 56.0),
            (37.5, 56.0),
            (37.5001, 56.0001),
            (37.5001, 55.9999),
            (37, 56),
        ]
        path = geojson(tmp_path, ({"name": "Узел"}, Polygon(knot)))
        file = read_boundaries(path)
        assert "feature 1 «Узел»: Self-intersection" in file.repaired[0]
        assert file.boundaries[0].polygon.is_valid
        with pytest.raises(BoundaryError, match="feature 1 «Узел»: Self-intersection"):
            read_boundaries(path, repair=False)

    def test_what_can_not_be_used_is_named_all_at_once(self, tmp_path: Path) -> None:
        bow = Polygon([(37, 55), (38, 56), (38, 55), (37, 56)])
        path = geojson(
            tmp_path,
            ({"name": "Бант"}, bow),
            ({"name": "Пусто"}, None),
            ({"name": "Точка"}, shapely.Point(37, 55)),
            ({"name": "Метры"}, box(4_100_000, 7_300_000, 4_200_000, 7_400_000)),
            ({"name": "Код", "oktmo": "12"}, box(37, 55, 38, 56)),
            ({"name": ""}, box(37, 55, 38, 56)),
            ({"name": "Дважды"}, box(37, 55, 38, 56)),
            ({"name": "Дважды"}, box(38, 55, 39, 56)),
        )
        with pytest.raises(BoundaryError) as refused:
            read_boundaries(path)
        for words in (
            "«Бант»",
            "«Пусто»: it has no geometry",
            "«Точка»: a Point",
            "«Метры»: its coordinates",
            "«Код»: ОКТМО 12",
            "«»: it has no name",
            "the name Дважды is there 2 times",
        ):
            assert words in str(refused.value)

    def test_fields_may_be_named(self, tmp_path: Path) -> None:
        path = geojson(tmp_path, ({"district": "Округ", "id": "7"}, box(37, 55, 38, 56)))
        with pytest.raises(BoundaryError, match="which field is the name"):
            read_boundaries(path)
        with pytest.raises(BoundaryError, match="there is no field nothing"):
            read_boundaries(path, fields={"name": "nothing"})
        [boundary] = read_boundaries(path, fields={"name": "district", "code": "id"}).boundaries
        assert (boundary.name, boundary.code) == ("Округ", "7")

    @pytest.mark.parametrize("content", ["", "{}", "not a map"])
    def test_what_is_no_map_is_refused(self, tmp_path: Path, content: str) -> None:
        file = tmp_path / "set.geojson"
        file.write_text(content)
        with pytest.raises(BoundaryError, match=r"set\.geojson"):
            read_boundaries(file)

    def test_another_format_is_refused(self, tmp_path: Path) -> None:
        file = tmp_path / "set.csv"
        file.write_text("name,WKT\nОкруг,POINT (1 2)\n", encoding="utf-8")
        with pytest.raises(BoundaryError, match="CSV is none of"):
            read_boundaries(file)

    @pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="ogr2ogr is not there")
    @pytest.mark.parametrize(
        ("name", "how"),
        [
            ("set.gpkg", ["-t_srs", "EPSG:3857"]),
            ("set.shp", ["-t_srs", "EPSG:28407", "-lco", "ENCODING=CP1251"]),
        ],
    )
    def test_other_formats_and_projections(self, tmp_path: Path, name: str, how: list[str]) -> None:
        drawn = box(37, 55, 38, 56)
        source = geojson(tmp_path, ({"name": "Округ Щёлково", "oktmo": 46788000}, drawn))
        subprocess.run(["ogr2ogr", tmp_path / name, source, *how], check=True, capture_output=True)
        [boundary] = read_boundaries(tmp_path / name).boundaries
        assert (boundary.name, boundary.oktmo) == ("Округ Щёлково", "46788000")
        assert shapely.hausdorff_distance(boundary.polygon, drawn) < 1e-4, "about 10 m by the datum"

    def test_codes_are_made_of_russian_names(self) -> None:
        assert code_of("городской округ Щёлково") == "gorodskoy_okrug_shchyolkovo"


@pytest.mark.django_db
def test_sixty_real_municipalities(tmp_path: Path) -> None:
    file = DATA / "municipalities_moscow_oblast.geojson"
    if not file.exists():
        pytest.skip(f"real boundaries are not at {file}")
    said = imported(file)
    assert "60 new, 0 redrawn" in said
    assert "overlap" not in said
    assert "gap: " in said
    moscow, mytishchi = (37.62, 55.75), (37.73, 55.91)
    day = date(2026, 7, 1)
    assert municipality_id_at(lon=moscow[0], lat=moscow[1], on=day) is None
    found = municipality_id_at(lon=mytishchi[0], lat=mytishchi[1], on=day)
    assert found
    assert Municipality.objects.get(pk=found).oktmo == "46746000"
    assert len(DataSource(file)[0]) == Municipality.objects.count()
