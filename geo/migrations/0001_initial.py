"""The ground and its gazetteer, with the extensions of PostgreSQL that all of the portal needs."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.contrib.postgres.operations import BtreeGistExtension, CreateExtension, TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateExtension("postgis"),
        TrigramExtension(),
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Landscape",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("water", "water"),
                            ("river", "river"),
                            ("forest", "forest"),
                            ("road", "road"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=200, verbose_name="name")),
                (
                    "name_en",
                    models.CharField(blank=True, max_length=200, verbose_name="name in English"),
                ),
                (
                    "geometry",
                    django.contrib.gis.db.models.fields.GeometryField(
                        srid=4326, verbose_name="geometry"
                    ),
                ),
                (
                    "source_id",
                    models.CharField(
                        max_length=60, unique=True, verbose_name="number in the source"
                    ),
                ),
            ],
            options={
                "verbose_name": "landscape",
                "verbose_name_plural": "landscapes",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["water", "river", "forest", "road"])),
                        name="landscape_known_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Municipality",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.SlugField(
                        help_text="the same in every period", max_length=80, verbose_name="code"
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "name_en",
                    models.CharField(blank=True, max_length=200, verbose_name="name in English"),
                ),
                ("oktmo", models.CharField(blank=True, max_length=11, verbose_name="ОКТМО")),
                (
                    "polygon",
                    django.contrib.gis.db.models.fields.MultiPolygonField(
                        srid=4326, verbose_name="polygon"
                    ),
                ),
                (
                    "centre",
                    django.contrib.gis.db.models.fields.PointField(
                        srid=4326, verbose_name="centre"
                    ),
                ),
                (
                    "validity",
                    django.contrib.postgres.fields.ranges.DateRangeField(
                        verbose_name="valid during"
                    ),
                ),
            ],
            options={
                "verbose_name": "municipality",
                "verbose_name_plural": "municipalities",
                "ordering": ["name"],
                "constraints": [
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[("code", "="), ("validity", "&&")],
                        name="municipality_one_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("oktmo__regex", "^(\\d{8}|\\d{11})?$")),
                        name="municipality_oktmo_digits",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("stamp", models.UUIDField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="revision_is_one_row"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("settlement", "settlement"),
                            ("street", "street"),
                            ("house", "house"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                (
                    "name_en",
                    models.CharField(blank=True, max_length=200, verbose_name="name in English"),
                ),
                (
                    "label",
                    models.CharField(
                        help_text="as it is shown and searched",
                        max_length=400,
                        verbose_name="full address",
                    ),
                ),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Replace(
                            django.db.models.functions.text.Lower(models.F("label")),
                            models.Value("ё"),
                            models.Value("е"),
                        ),
                        help_text="the full address as it is compared: small letters, no «ё»",
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "point",
                    django.contrib.gis.db.models.fields.PointField(srid=4326, verbose_name="point"),
                ),
                (
                    "population",
                    models.PositiveIntegerField(
                        default=0,
                        help_text="of the settlement, with its streets and houses too",
                        verbose_name="population",
                    ),
                ),
                (
                    "source_id",
                    models.CharField(
                        max_length=60, unique=True, verbose_name="number in the source"
                    ),
                ),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="children",
                        to="geo.place",
                    ),
                ),
            ],
            options={
                "verbose_name": "place",
                "verbose_name_plural": "places",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["search"], name="place_search_trigrams", opclasses=["gin_trgm_ops"]
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("kind", "house"), _negated=True),
                        fields=["search"],
                        name="place_name_trigrams",
                        opclasses=["gin_trgm_ops"],
                    ),
                    models.Index(fields=["kind", "-population"], name="place_by_size"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["settlement", "street", "house"])),
                        name="place_known_kind",
                    )
                ],
            },
        ),
    ]
