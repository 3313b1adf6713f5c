"""Claims, findings, held decisions, double checks, alarms, and how moderators work."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("issues", "0001_initial"),
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
            },
        ),
        migrations.CreateModel(
            name="RejectionReason",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=40, unique=True, verbose_name="code")),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("name_en", models.CharField(max_length=200, verbose_name="name in English")),
                ("legal_ground", models.CharField(max_length=300, verbose_name="legal ground")),
                (
                    "legal_ground_en",
                    models.CharField(max_length=300, verbose_name="legal ground in English"),
                ),
                ("letter", models.TextField(verbose_name="letter text")),
                ("letter_en", models.TextField(verbose_name="letter text in English")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
            ],
            options={
                "verbose_name": "reason for rejection",
                "verbose_name_plural": "reasons for rejection",
                "ordering": ["position", "name"],
            },
        ),
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
        migrations.CreateModel(
            name="DroppedDecision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("accept", "accepted"),
                            ("reject", "rejected"),
                            ("uphold", "rejection upheld"),
                            ("ask", "the author is asked"),
                            ("merge", "merged"),
                            ("refer", "left to the head moderator"),
                        ],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("arguments", models.JSONField(default=dict, verbose_name="what belongs to it")),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
                ("why", models.CharField(max_length=60, verbose_name="why")),
                ("dropped_at", models.DateTimeField(verbose_name="dropped")),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="issues.issue",
                        verbose_name="message",
                    ),
                ),
                (
                    "moderator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="moderator",
                    ),
                ),
            ],
            options={
                "verbose_name": "dropped decision",
                "verbose_name_plural": "dropped decisions",
                "ordering": ["dropped_at", "pk"],
            },
        ),
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
            },
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
            },
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
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
                            ("wrong_topic", "wrong topic"),
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
                (
                    "spans",
                    models.JSONField(
                        blank=True,
                        default=list,
                        help_text="slices of the description",
                        verbose_name="marked words",
                    ),
                ),
                (
                    "values",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="figures of its sentence"
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="findings",
                        to="issues.issue",
                        verbose_name="message",
                    ),
                ),
            ],
            options={
                "verbose_name": "finding",
                "verbose_name_plural": "findings",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="HeldDecision",
            fields=[
                (
                    "verb",
                    models.CharField(
                        choices=[
                            ("accept", "accepted"),
                            ("reject", "rejected"),
                            ("uphold", "rejection upheld"),
                            ("ask", "the author is asked"),
                            ("merge", "merged"),
                            ("refer", "left to the head moderator"),
                        ],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("arguments", models.JSONField(default=dict, verbose_name="what belongs to it")),
                ("decided_at", models.DateTimeField(verbose_name="decided")),
                (
                    "issue",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="held",
                        serialize=False,
                        to="issues.issue",
                        verbose_name="message",
                    ),
                ),
                (
                    "seen",
                    models.PositiveIntegerField(
                        help_text="how long the timeline was that the moderator has read",
                        verbose_name="entries seen",
                    ),
                ),
                ("leaves_at", models.DateTimeField(db_index=True, verbose_name="goes out")),
                (
                    "moderator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="moderator",
                    ),
                ),
            ],
            options={
                "verbose_name": "held decision",
                "verbose_name_plural": "held decisions",
                "ordering": ["leaves_at", "issue"],
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
            name="Claim",
            fields=[
                (
                    "issue",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="claim",
                        serialize=False,
                        to="issues.issue",
                        verbose_name="message",
                    ),
                ),
                ("taken_at", models.DateTimeField(verbose_name="taken")),
                ("expires_at", models.DateTimeField(verbose_name="kept until")),
                (
                    "undone",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="fills the form as it was",
                        verbose_name="undone decision",
                    ),
                ),
                (
                    "moderator",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="moderator",
                    ),
                ),
            ],
            options={
                "verbose_name": "claim",
                "verbose_name_plural": "claims",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("taken_at"))),
                        name="claim_lasts",
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
            },
        ),
        migrations.AddConstraint(
            model_name="doublecheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), ("verdict", "accept")),
                    ("verdict", "reject"),
                    _connector="OR",
                ),
                name="double_check_known_verdict",
            ),
        ),
        migrations.AddConstraint(
            model_name="fastlane",
            constraint=models.CheckConstraint(
                condition=models.Q(("clean_days__gte", 30), ("least_accepted__gte", 1)),
                name="fast_lane_asks_for_a_record",
            ),
        ),
        migrations.AddIndex(
            model_name="filelook",
            index=models.Index(
                condition=models.Q(("next_attempt_at__isnull", False)),
                fields=["next_attempt_at"],
                name="file_look_due",
            ),
        ),
        migrations.AddIndex(
            model_name="filelook",
            index=models.Index(
                condition=models.Q(("regions__contains", [{"kind": "face"}])),
                fields=["attachment"],
                name="file_look_with_face",
            ),
        ),
        migrations.AddIndex(
            model_name="filelook",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["bands"], name="file_look_bands"
            ),
        ),
        migrations.AddConstraint(
            model_name="finding",
            constraint=models.UniqueConstraint(fields=("issue", "code"), name="finding_once"),
        ),
        migrations.AddConstraint(
            model_name="secondverdict",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), ("verdict", "accept")),
                    models.Q(("reason__gt", ""), ("verdict", "reject")),
                    _connector="OR",
                ),
                name="second_verdict_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="settlement",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", ["accept", "reject"])),
                name="settlement_known_verdict",
            ),
        ),
    ]
