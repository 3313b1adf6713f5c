"""What was done to the exchange by hand: noted for good."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ONLY_ADDED = """
CREATE FUNCTION msed_bridge_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'interventions are only added' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER intervention_only_added
    BEFORE UPDATE OR DELETE ON msed_bridge_intervention
    FOR EACH ROW EXECUTE FUNCTION msed_bridge_refuse_change();
"""

MAY_CHANGE = """
DROP TRIGGER intervention_only_added ON msed_bridge_intervention;
DROP FUNCTION msed_bridge_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("msed_bridge", "0002_medo"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Intervention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("pause", "calls paused"),
                            ("resume", "calls let go on"),
                            ("resend", "sent again"),
                            ("follow", "followed again"),
                            ("dismiss", "addition given up"),
                            ("reconcile", "books compared"),
                        ],
                        max_length=9,
                        verbose_name="action",
                    ),
                ),
                ("at", models.DateTimeField(verbose_name="at")),
                ("via", models.CharField(blank=True, max_length=100, verbose_name="via")),
                ("because", models.CharField(blank=True, max_length=300, verbose_name="because")),
                ("subject", models.CharField(blank=True, max_length=100, verbose_name="about")),
                ("outcome", models.TextField(blank=True, verbose_name="outcome")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "intervention",
                "verbose_name_plural": "interventions",
                "indexes": [
                    models.Index(fields=["-at"], name="intervention_latest"),
                    models.Index(fields=["subject"], name="intervention_about"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("by__isnull", False), ("via", "")),
                            models.Q(("by__isnull", True), ("via__gt", "")),
                            _connector="OR",
                        ),
                        name="intervention_is_somebodys",
                    )
                ],
            },
        ),
        migrations.RunSQL(ONLY_ADDED, MAY_CHANGE),
    ]
