"""Alarms of the 48 hours, until they are told."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0006_entries_of_the_desk"),
        ("moderation", "0006_looks_at_files"),
    ]

    operations = [
        migrations.CreateModel(
            name="Alarm",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="issues.issueevent",
                        verbose_name="entry",
                    ),
                ),
                ("is_late", models.BooleanField(verbose_name="late")),
                ("raised_at", models.DateTimeField(verbose_name="raised")),
                (
                    "issue",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="issues.issue",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "alarm",
                "verbose_name_plural": "alarms",
                "ordering": ["event"],
            },
        ),
    ]
