"""What was seen in the files of messages."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0009_retouched_photos"),
        ("moderation", "0005_held_decisions"),
    ]

    operations = [
        migrations.AlterField(
            model_name="finding",
            name="code",
            field=models.CharField(
                choices=[
                    ("profanity", "profanity"),
                    ("insult", "insult"),
                    ("threat", "threat"),
                    ("personal_data", "personal data"),
                    ("too_short", "too short"),
                    ("shouting", "shouting"),
                    ("transliteration", "Latin letters"),
                    ("outside", "outside the region"),
                    ("flooding", "flooding"),
                    ("duplicate", "likely duplicate"),
                    ("faces", "faces in photos"),
                    ("blank_photo", "blank photo"),
                    ("sent_before", "photo sent before"),
                    ("far", "photo from elsewhere"),
                    ("file_data", "personal data in a file"),
                    ("file_rudeness", "rude words in a file"),
                ],
                max_length=20,
                verbose_name="finding",
            ),
        ),
        migrations.CreateModel(
            name="FileLook",
            fields=[
                (
                    "attachment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="look",
                        serialize=False,
                        to="issues.attachment",
                    ),
                ),
                (
                    "next_attempt_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="next attempt"),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "failure",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("slow", "took too long to look at"),
                            ("broken", "could not be looked at"),
                        ],
                        max_length=10,
                        verbose_name="failure",
                    ),
                ),
                ("regions", models.JSONField(blank=True, default=list, verbose_name="regions")),
                ("blank", models.CharField(blank=True, max_length=10, verbose_name="blank")),
                (
                    "fingerprint",
                    models.BigIntegerField(blank=True, null=True, verbose_name="fingerprint"),
                ),
                (
                    "bands",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), blank=True, default=list, size=None
                    ),
                ),
                (
                    "words",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "came_before",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="issues.issue",
                    ),
                ),
            ],
            options={
                "verbose_name": "look at a file",
                "verbose_name_plural": "looks at files",
                "indexes": [
                    models.Index(
                        condition=models.Q(("next_attempt_at__isnull", False)),
                        fields=["next_attempt_at"],
                        name="file_look_due",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["bands"], name="file_look_bands"
                    ),
                ],
            },
        ),
    ]
