"""The issue with its timeline, answers, ratings and attachments."""

import uuid

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("authorities", "0001_initial"),
        ("geo", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="IssueEvent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seq", models.PositiveIntegerField()),
                ("action", models.CharField(max_length=24)),
                ("actor", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                ("state_before", models.CharField(blank=True, max_length=12)),
                ("state_after", models.CharField(max_length=12)),
                ("is_hidden", models.BooleanField()),
                ("moderation_due_at", models.DateTimeField()),
                ("registration_due_at", models.DateTimeField(null=True)),
                ("answer_due_at", models.DateTimeField(null=True)),
                ("data", models.JSONField(default=dict)),
                ("note_digest", models.CharField(blank=True, max_length=64)),
                ("private_digest", models.CharField(blank=True, max_length=64)),
                ("previous_hash", models.CharField(blank=True, max_length=64)),
                ("hash", models.CharField(max_length=64)),
                (
                    "authority",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authorities.authority",
                    ),
                ),
            ],
            options={
                "verbose_name": "timeline entry",
                "verbose_name_plural": "timeline entries",
                "ordering": ["issue", "seq"],
            },
        ),
        migrations.CreateModel(
            name="Issue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("year", models.PositiveSmallIntegerField(editable=False)),
                ("serial", models.PositiveIntegerField(editable=False)),
                (
                    "number",
                    models.CharField(
                        editable=False, max_length=16, unique=True, verbose_name="number"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("problem", "problem"),
                            ("proposal", "proposal"),
                            ("thanks", "thanks"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("web", "portal"),
                            ("mobile", "mobile app"),
                            ("hotline", "hotline"),
                            ("reception", "reception"),
                            ("kiosk", "video booth"),
                            ("open311", "Open311"),
                        ],
                        default="web",
                        max_length=10,
                        verbose_name="channel",
                    ),
                ),
                (
                    "author_name",
                    models.CharField(
                        blank=True,
                        help_text="as it was when it was judged",
                        max_length=255,
                        verbose_name="author's name",
                    ),
                ),
                (
                    "is_anonymous",
                    models.BooleanField(
                        default=False, verbose_name="do not show my name in public"
                    ),
                ),
                (
                    "company_name",
                    models.CharField(blank=True, max_length=255, verbose_name="company"),
                ),
                (
                    "company_inn",
                    models.CharField(blank=True, max_length=12, verbose_name="company's ИНН"),
                ),
                ("address", models.CharField(max_length=400, verbose_name="address")),
                (
                    "point",
                    django.contrib.gis.db.models.fields.PointField(srid=4326, verbose_name="point"),
                ),
                (
                    "description",
                    models.TextField(
                        help_text="as the author wrote it", verbose_name="description"
                    ),
                ),
                (
                    "published_text",
                    models.TextField(
                        blank=True,
                        help_text="what the public reads, masked if need be",
                        verbose_name="published text",
                    ),
                ),
                (
                    "details",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="answers to the topic's questions"
                    ),
                ),
                (
                    "routing",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="how the authority was found"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("submitted", "on moderation"),
                            ("rejected", "rejected"),
                            ("accepted", "accepted"),
                            ("published", "published"),
                            ("dispatched", "sent to the authority"),
                            ("registered", "registered"),
                            ("in_progress", "in progress"),
                            ("extended", "term extended"),
                            ("redirected", "redirected"),
                            ("deferred", "deferred"),
                            ("answered", "answered"),
                            ("reopened", "returned for rework"),
                            ("rated", "rated"),
                            ("closed", "closed"),
                            ("withdrawn", "withdrawn"),
                        ],
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("is_hidden", models.BooleanField(default=False, verbose_name="hidden")),
                ("is_urgent", models.BooleanField(default=False, verbose_name="urgent")),
                (
                    "returns",
                    models.PositiveSmallIntegerField(default=0, verbose_name="returns for rework"),
                ),
                (
                    "support_count",
                    models.PositiveIntegerField(default=0, verbose_name="supporters"),
                ),
                ("filed_at", models.DateTimeField(verbose_name="filed")),
                (
                    "published_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="published at"),
                ),
                (
                    "answered_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="answered at"),
                ),
                (
                    "closed_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="closed at"),
                ),
                ("moderation_due_at", models.DateTimeField(verbose_name="moderation due")),
                (
                    "registration_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="registration due"),
                ),
                (
                    "answer_due_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="answer due"),
                ),
                (
                    "escalate_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="next reminder"
                    ),
                ),
                (
                    "planned_date",
                    models.DateField(blank=True, null=True, verbose_name="planned date"),
                ),
                (
                    "registration_number",
                    models.CharField(blank=True, max_length=31, verbose_name="registration number"),
                ),
                (
                    "registration_date",
                    models.DateField(blank=True, null=True, verbose_name="registration date"),
                ),
                ("event_count", models.PositiveIntegerField(default=0, editable=False)),
                ("head_hash", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "author",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issues",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="author",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="issues",
                        to="authorities.authority",
                        verbose_name="authority",
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="geo.municipality",
                        verbose_name="municipality",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="authorities.topic",
                        verbose_name="topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "issue",
                "verbose_name_plural": "issues",
            },
        ),
        migrations.CreateModel(
            name="NumberCounter",
            fields=[
                ("year", models.PositiveSmallIntegerField(primary_key=True, serialize=False)),
                ("last", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("done", "done"),
                            ("explained", "explained"),
                            ("refused", "refused"),
                            ("deferred", "deferred"),
                        ],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("text", models.TextField(verbose_name="text")),
                ("signatory", models.CharField(max_length=255, verbose_name="signed by")),
                (
                    "signatory_post",
                    models.CharField(blank=True, max_length=255, verbose_name="post"),
                ),
                (
                    "report_number",
                    models.CharField(blank=True, max_length=31, verbose_name="number of the reply"),
                ),
                (
                    "report_date",
                    models.DateField(blank=True, null=True, verbose_name="date of the reply"),
                ),
                ("due_date", models.DateField(blank=True, null=True, verbose_name="promised by")),
                ("published_at", models.DateTimeField(verbose_name="published at")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="authorities.authority",
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="answers",
                        to="issues.issue",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer",
                "verbose_name_plural": "answers",
                "ordering": ["published_at", "id"],
            },
        ),
        migrations.CreateModel(
            name="EventNote",
            fields=[
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="issues.issueevent",
                    ),
                ),
                (
                    "note",
                    models.TextField(blank=True, help_text="shown in public", verbose_name="note"),
                ),
                ("note_salt", models.CharField(blank=True, max_length=32)),
                ("private", models.JSONField(default=dict, help_text="never shown in public")),
                ("private_salt", models.CharField(blank=True, max_length=32)),
                ("erased_at", models.DateTimeField(blank=True, null=True, verbose_name="erased")),
            ],
            options={
                "verbose_name": "note",
                "verbose_name_plural": "notes",
            },
        ),
        migrations.AddField(
            model_name="issueevent",
            name="issue",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="issues.issue",
            ),
        ),
        migrations.CreateModel(
            name="Attachment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "purpose",
                    models.CharField(
                        choices=[
                            ("report", "to the message"),
                            ("answer", "to the answer"),
                            ("before", "before"),
                            ("after", "after"),
                        ],
                        default="report",
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("content_type", models.CharField(max_length=100)),
                ("size", models.PositiveIntegerField(verbose_name="size, bytes")),
                ("sha256", models.CharField(max_length=64)),
                ("file", models.FileField(max_length=255, upload_to="attachments/%Y/%m/%d")),
                (
                    "page",
                    models.FileField(blank=True, max_length=255, upload_to="attachments/%Y/%m/%d"),
                ),
                (
                    "thumbnail",
                    models.FileField(blank=True, max_length=255, upload_to="attachments/%Y/%m/%d"),
                ),
                ("width", models.PositiveIntegerField(blank=True, null=True)),
                ("height", models.PositiveIntegerField(blank=True, null=True)),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
                (
                    "answer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="issues.answer",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attachments",
                        to="issues.issue",
                    ),
                ),
            ],
            options={
                "verbose_name": "attachment",
                "verbose_name_plural": "attachments",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Rating",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stars", models.PositiveSmallIntegerField(verbose_name="rating")),
                ("solved", models.BooleanField(verbose_name="solved")),
                ("comment", models.TextField(blank=True, verbose_name="comment")),
                ("rated_at", models.DateTimeField(verbose_name="rated at")),
                (
                    "answer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rating",
                        to="issues.answer",
                    ),
                ),
            ],
            options={
                "verbose_name": "rating",
                "verbose_name_plural": "ratings",
            },
        ),
        migrations.AddConstraint(
            model_name="issueevent",
            constraint=models.UniqueConstraint(
                fields=("issue", "seq"), name="issue_event_seq_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="issueevent",
            constraint=models.CheckConstraint(
                condition=models.Q(("seq__gte", 1)), name="issue_event_seq_from_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="issueevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("previous_hash", ""), ("seq", 1)),
                    models.Q(("previous_hash__gt", ""), ("seq__gt", 1)),
                    _connector="OR",
                ),
                name="issue_event_chained",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(
                    ("is_hidden", False),
                    (
                        "state__in",
                        [
                            "answered",
                            "closed",
                            "deferred",
                            "dispatched",
                            "extended",
                            "in_progress",
                            "published",
                            "rated",
                            "redirected",
                            "registered",
                            "reopened",
                        ],
                    ),
                ),
                fields=["-published_at", "-id"],
                name="issue_public_newest",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(
                    ("is_hidden", False),
                    (
                        "state__in",
                        [
                            "answered",
                            "closed",
                            "deferred",
                            "dispatched",
                            "extended",
                            "in_progress",
                            "published",
                            "rated",
                            "redirected",
                            "registered",
                            "reopened",
                        ],
                    ),
                ),
                fields=["-support_count", "-id"],
                name="issue_public_supported",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(
                    ("answer_due_at__isnull", False),
                    ("is_hidden", False),
                    (
                        "state__in",
                        [
                            "deferred",
                            "dispatched",
                            "extended",
                            "in_progress",
                            "published",
                            "redirected",
                            "registered",
                            "reopened",
                        ],
                    ),
                ),
                fields=["answer_due_at", "id"],
                name="issue_public_deadline",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(
                    ("closed_at__isnull", False),
                    ("is_hidden", False),
                    (
                        "state__in",
                        [
                            "answered",
                            "closed",
                            "deferred",
                            "dispatched",
                            "extended",
                            "in_progress",
                            "published",
                            "rated",
                            "redirected",
                            "registered",
                            "reopened",
                        ],
                    ),
                ),
                fields=["-closed_at", "-id"],
                name="issue_public_closed",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector(
                    "published_text", "address", config="russian"
                ),
                condition=models.Q(
                    ("is_hidden", False),
                    (
                        "state__in",
                        [
                            "answered",
                            "closed",
                            "deferred",
                            "dispatched",
                            "extended",
                            "in_progress",
                            "published",
                            "rated",
                            "redirected",
                            "registered",
                            "reopened",
                        ],
                    ),
                ),
                name="issue_public_words",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(("state", "submitted")),
                fields=["moderation_due_at", "id"],
                name="issue_moderation_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(
                    ("authority__isnull", True),
                    ("state", "published"),
                    models.Q(("kind", "thanks"), _negated=True),
                ),
                fields=["answer_due_at", "id"],
                name="issue_routing_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "deferred",
                            "dispatched",
                            "extended",
                            "in_progress",
                            "redirected",
                            "registered",
                        ],
                    )
                ),
                fields=["authority", "answer_due_at", "id"],
                name="issue_authority_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(fields=["author", "-filed_at"], name="issue_of_author"),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(("escalate_at__isnull", False)),
                fields=["escalate_at"],
                name="issue_to_escalate",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(("state", "answered")),
                fields=["answered_at"],
                name="issue_waits_for_verdict",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.UniqueConstraint(fields=("year", "serial"), name="issue_number_once"),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "number",
                        django.db.models.functions.text.Concat(
                            django.db.models.functions.comparison.Cast("year", models.CharField()),
                            models.Value("-"),
                            django.db.models.functions.comparison.Cast(
                                "serial", models.CharField()
                            ),
                        ),
                    )
                ),
                name="issue_number_is_year_and_serial",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "accepted",
                            "answered",
                            "closed",
                            "deferred",
                            "dispatched",
                            "extended",
                            "in_progress",
                            "published",
                            "rated",
                            "redirected",
                            "registered",
                            "rejected",
                            "reopened",
                            "submitted",
                            "withdrawn",
                        ],
                    )
                ),
                name="issue_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["problem", "proposal", "thanks"])),
                name="issue_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("channel__in", ["web", "mobile", "hotline", "reception", "kiosk", "open311"])
                ),
                name="issue_known_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("address", ""), _negated=True),
                    models.Q(("description", ""), _negated=True),
                ),
                name="issue_address_and_text",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(("returns__lte", 2)), name="issue_returns_limited"
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "state__in",
                            [
                                "answered",
                                "closed",
                                "deferred",
                                "dispatched",
                                "extended",
                                "in_progress",
                                "published",
                                "rated",
                                "redirected",
                                "registered",
                                "reopened",
                            ],
                        ),
                        _negated=True,
                    ),
                    models.Q(("published_at__isnull", False), ("published_text__gt", "")),
                    _connector="OR",
                ),
                name="issue_public_is_published",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["registered", "in_progress"]), _negated=True),
                    models.Q(("registration_date__isnull", False), ("registration_number__gt", "")),
                    _connector="OR",
                ),
                name="issue_registered_has_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "dispatched"), _negated=True),
                    ("authority__isnull", False),
                    _connector="OR",
                ),
                name="issue_dispatched_has_authority",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "deferred"), _negated=True),
                    ("planned_date__isnull", False),
                    _connector="OR",
                ),
                name="issue_deferred_has_date",
            ),
        ),
        migrations.AddIndex(
            model_name="attachment",
            index=models.Index(
                condition=models.Q(("issue__isnull", True)),
                fields=["owner", "uploaded_at"],
                name="attachment_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answer__isnull", True), ("issue__isnull", False), _connector="OR"
                ),
                name="attachment_of_answer_is_of_issue",
            ),
        ),
        migrations.AddConstraint(
            model_name="attachment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("issue__isnull", False), ("owner__isnull", False), _connector="OR"
                ),
                name="attachment_waits_with_its_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision__in", ["done", "explained", "refused", "deferred"])),
                name="answer_known_decision",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decision", "deferred"), _negated=True),
                    ("due_date__isnull", False),
                    _connector="OR",
                ),
                name="answer_deferred_has_date",
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="answer_has_text"
            ),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.CheckConstraint(
                condition=models.Q(("stars__range", (1, 5))), name="rating_one_to_five"
            ),
        ),
    ]
