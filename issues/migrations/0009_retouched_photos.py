"""Photos drawn anew, with the ones that were sent; how far from the place told a photo was taken."""

import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("issues", "0008_second_look")]

    operations = [
        migrations.CreateModel(
            name="Retouching",
            fields=[
                (
                    "attachment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="retouching",
                        serialize=False,
                        to="issues.attachment",
                    ),
                ),
                ("original", models.FileField(max_length=255, upload_to="attachments/%Y/%m/%d")),
                ("blurred", models.JSONField(blank=True, default=list, verbose_name="blurred")),
                (
                    "quarters",
                    models.PositiveSmallIntegerField(
                        default=0, verbose_name="quarter turns, clockwise"
                    ),
                ),
            ],
            options={
                "verbose_name": "retouching",
                "verbose_name_plural": "retouchings",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quarters__lt", 4)), name="retouching_is_one_turn"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Camera",
            fields=[
                (
                    "attachment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="camera",
                        serialize=False,
                        to="issues.attachment",
                    ),
                ),
                (
                    "point",
                    django.contrib.gis.db.models.fields.PointField(
                        blank=True,
                        null=True,
                        spatial_index=False,
                        srid=4326,
                        verbose_name="place",
                    ),
                ),
                (
                    "metres_away",
                    models.PositiveIntegerField(
                        blank=True, null=True, verbose_name="metres from the place of the message"
                    ),
                ),
            ],
            options={
                "verbose_name": "camera",
                "verbose_name_plural": "cameras",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("point__isnull", True), ("metres_away__isnull", True), _connector="XOR"
                        ),
                        name="camera_place_or_distance",
                    )
                ],
            },
        ),
    ]
