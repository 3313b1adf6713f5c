"""Double checks of decisions: tables that only grow."""

import uuid

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

ONLY_GROW = """
CREATE FUNCTION moderation_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'double checks are append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER checkshares_append_only
    BEFORE UPDATE OR DELETE ON moderation_checkshares
    FOR EACH ROW EXECUTE FUNCTION moderation_refuse_change();
CREATE TRIGGER doublecheck_append_only
    BEFORE UPDATE OR DELETE ON moderation_doublecheck
    FOR EACH ROW EXECUTE FUNCTION moderation_refuse_change();
CREATE TRIGGER secondverdict_append_only
    BEFORE UPDATE OR DELETE ON moderation_secondverdict
    FOR EACH ROW EXECUTE FUNCTION moderation_refuse_change();
CREATE TRIGGER settlement_append_only
    BEFORE UPDATE OR DELETE ON moderation_settlement
    FOR EACH ROW EXECUTE FUNCTION moderation_refuse_change();
"""

ONLY_GROW_BACK = """
DROP TRIGGER settlement_append_only ON moderation_settlement;
DROP TRIGGER secondverdict_append_only ON moderation_secondverdict;
DROP TRIGGER doublecheck_append_only ON moderation_doublecheck;
DROP TRIGGER checkshares_append_only ON moderation_checkshares;
DROP FUNCTION moderation_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0006_entries_of_the_desk"),
        ("moderation", "0003_findings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DoubleCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "verdict",
                    models.CharField(
                        choices=[("accept", "accept"), ("reject", "reject")],
                        max_length=6,
                        verbose_name="first verdict",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, max_length=40, verbose_name="reason of the rejection"
                    ),
                ),
                ("decided_at", models.DateTimeField(db_index=True, verbose_name="decided")),
                ("share", models.PositiveSmallIntegerField(verbose_name="share at that time, %")),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="double_check",
                        to="issues.issueevent",
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="double_checks",
                        to="issues.issue",
                    ),
                ),
                (
                    "moderator",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "double check",
                "verbose_name_plural": "double checks",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), ("verdict", "accept")),
                            ("verdict", "reject"),
                            _connector="OR",
                        ),
                        name="double_check_known_verdict",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CheckShares",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "of_people",
                    models.PositiveSmallIntegerField(
                        default=5,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="of moderators' decisions, %",
                    ),
                ),
                (
                    "of_the_rule",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="of the fast lane's decisions, %",
                    ),
                ),
                ("set_at", models.DateTimeField()),
                (
                    "set_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "shares of double checks",
                "verbose_name_plural": "shares of double checks",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("of_people__lte", 100), ("of_the_rule__lte", 100)),
                        name="check_shares_are_percents",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SecondVerdict",
            fields=[
                (
                    "check_of",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="second",
                        serialize=False,
                        to="moderation.doublecheck",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[("accept", "accept"), ("reject", "reject")],
                        max_length=6,
                        verbose_name="second verdict",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True, max_length=40, verbose_name="reason of the rejection"
                    ),
                ),
                ("said_at", models.DateTimeField(verbose_name="said")),
                (
                    "moderator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "second verdict",
                "verbose_name_plural": "second verdicts",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), ("verdict", "accept")),
                            models.Q(("reason__gt", ""), ("verdict", "reject")),
                            _connector="OR",
                        ),
                        name="second_verdict_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Settlement",
            fields=[
                (
                    "check_of",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="settlement",
                        serialize=False,
                        to="moderation.doublecheck",
                    ),
                ),
                (
                    "verdict",
                    models.CharField(
                        choices=[("accept", "accept"), ("reject", "reject")],
                        max_length=6,
                        verbose_name="right",
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=2000, verbose_name="why")),
                ("settled_at", models.DateTimeField(verbose_name="settled")),
                (
                    "head",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "settlement",
                "verbose_name_plural": "settlements",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["accept", "reject"])),
                        name="settlement_known_verdict",
                    )
                ],
            },
        ),
        migrations.RunSQL(ONLY_GROW, ONLY_GROW_BACK),
    ]
