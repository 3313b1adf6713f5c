"""The settings of the fast lane: a table that only grows."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ONLY_GROWS = """
CREATE TRIGGER fastlane_append_only
    BEFORE UPDATE OR DELETE ON moderation_fastlane
    FOR EACH ROW EXECUTE FUNCTION moderation_refuse_change();
"""
ONLY_GROWS_BACK = "DROP TRIGGER fastlane_append_only ON moderation_fastlane;"


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0007_alarms"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FastLane",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_on", models.BooleanField(default=False, verbose_name="on")),
                (
                    "least_accepted",
                    models.PositiveSmallIntegerField(
                        default=5,
                        help_text="published and not hidden",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="accepted messages of the author, at least",
                    ),
                ),
                (
                    "clean_days",
                    models.PositiveSmallIntegerField(
                        default=365,
                        validators=[django.core.validators.MinValueValidator(30)],
                        verbose_name="days without a rejected or hidden message",
                    ),
                ),
                ("set_at", models.DateTimeField(verbose_name="set")),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="set by",
                    ),
                ),
            ],
            options={
                "verbose_name": "setting of the fast lane",
                "verbose_name_plural": "fast lane",
                "ordering": ["-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("clean_days__gte", 30), ("least_accepted__gte", 1)),
                        name="fast_lane_asks_for_a_record",
                    )
                ],
            },
        ),
        migrations.RunSQL(ONLY_GROWS, ONLY_GROWS_BACK),
    ]
