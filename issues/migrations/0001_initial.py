"""The issue with its timeline, answers, voices, files, subscriptions, and what a search needs."""

import uuid

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("authorities", "0001_initial"),
        ("geo", "0002_stamp_revision"),
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
                            ("merged", "merged"),
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
                    "is_referred",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="for the head moderator"
                    ),
                ),
                (
                    "is_appealed",
                    models.BooleanField(
                        db_default=False, default=False, verbose_name="for a second look"
                    ),
                ),
                (
                    "asked_until",
                    models.DateTimeField(
                        blank=True,
                        help_text="while it is submitted",
                        null=True,
                        verbose_name="the author is asked until",
                    ),
                ),
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
                    "merged_into",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merged",
                        to="issues.issue",
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
                    "warnings",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16),
                        db_default=[],
                        default=list,
                        help_text="codes of issues.reply_quality",
                        size=None,
                        verbose_name="sent against these warnings",
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        db_index=False,
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
                            ("verdict", "to the verdict"),
                            ("addition", "to an addition"),
                            ("repair", "to a word on the repair"),
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
            name="AbuseReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("personal_data", "somebody's personal data are shown"),
                            ("insult", "insults, threats or swearing"),
                            ("false", "it is untrue"),
                            ("spam", "advertising or spam"),
                            ("other", "something else"),
                        ],
                        max_length=15,
                        verbose_name="reason",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="words")),
                ("reported_at", models.DateTimeField(verbose_name="reported at")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("nothing_wrong", "nothing wrong"),
                            ("hidden", "hidden from the public"),
                        ],
                        max_length=15,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="abuse_reports",
                        to="issues.issue",
                    ),
                ),
            ],
            options={
                "verbose_name": "report of abuse",
                "verbose_name_plural": "reports of abuse",
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stem",
                        "block",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("stem", models.TextField()),
                ("block", models.PositiveIntegerField()),
                ("members", models.BinaryField()),
            ],
            options={
                "indexes": [models.Index(fields=["block"], name="posting_of_block")],
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
                (
                    "published_comment",
                    models.TextField(blank=True, db_default="", verbose_name="published comment"),
                ),
                (
                    "comment_judged_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="comment judged at"),
                ),
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
        migrations.CreateModel(
            name="Subscription",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("title", models.CharField(max_length=200, verbose_name="name")),
                (
                    "kind",
                    models.CharField(
                        blank=True,
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
                    "municipality",
                    models.CharField(blank=True, max_length=80, verbose_name="municipality"),
                ),
                (
                    "area",
                    django.contrib.gis.db.models.fields.PolygonField(
                        blank=True, null=True, srid=4326, verbose_name="area"
                    ),
                ),
                (
                    "letters",
                    models.CharField(
                        choices=[
                            ("never", "no letters"),
                            ("daily", "every morning"),
                            ("weekly", "on Monday mornings"),
                        ],
                        default="daily",
                        max_length=6,
                        verbose_name="letters",
                    ),
                ),
                ("push", models.BooleanField(default=False, verbose_name="pushes in the browser")),
                ("told_up_to", models.BigIntegerField(default=0, editable=False)),
                ("next_digest_at", models.DateTimeField(editable=False, null=True)),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="made"
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="authorities.authority",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="authorities.category",
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follows",
                        to="issues.issue",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="authorities.topic",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subscriptions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "subscription",
                "verbose_name_plural": "subscriptions",
                "ordering": ["-created_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Support",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("supported_at", models.DateTimeField(verbose_name="supported at")),
                (
                    "issue",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="supports",
                        to="issues.issue",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="supports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "support",
                "verbose_name_plural": "supports",
            },
        ),
        migrations.CreateModel(
            name="SurveyQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("text", models.CharField(max_length=255, verbose_name="question")),
                ("text_en", models.CharField(max_length=255, verbose_name="question in English")),
                (
                    "kind",
                    models.CharField(
                        choices=[("scale", "1 to 5"), ("yes_no", "yes or no"), ("text", "words")],
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                (
                    "place",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5")],
                        help_text="Each of the five places holds one active question.",
                        verbose_name="place",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="asked")),
            ],
            options={
                "verbose_name": "question of the survey",
                "verbose_name_plural": "questions of the survey",
                "ordering": ["-is_active", "place", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["scale", "yes_no", "text"])),
                        name="survey_question_known_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place__range", (1, 5))), name="survey_question_place"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("place",),
                        name="survey_question_one_at_a_place",
                        violation_error_message="Another active question has this place.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyReply",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="1 to 5; yes is 1, no is 0",
                        null=True,
                        verbose_name="number",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="words")),
                ("said_at", models.DateTimeField(verbose_name="said at")),
                (
                    "answer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="replies",
                        to="issues.answer",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replies",
                        to="issues.surveyquestion",
                    ),
                ),
            ],
            options={
                "verbose_name": "reply to the survey",
                "verbose_name_plural": "replies to the survey",
            },
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                ("word", models.TextField(primary_key=True, serialize=False)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["word"], name="word_trigrams", opclasses=["gin_trgm_ops"]
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
                        blank=True, null=True, spatial_index=False, srid=4326, verbose_name="place"
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
            name="Confirmation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("supporter", "supported the message"),
                            ("neighbour", "lives in the municipality"),
                        ],
                        max_length=10,
                        verbose_name="standing",
                    ),
                ),
                ("is_fixed", models.BooleanField(verbose_name="fixed")),
                ("said_at", models.DateTimeField(verbose_name="said at")),
                (
                    "photo_outcome",
                    models.CharField(
                        blank=True,
                        choices=[("shown", "shown to everybody"), ("withheld", "not shown")],
                        max_length=8,
                        verbose_name="outcome for the photo",
                    ),
                ),
                (
                    "photo_judged_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="photo judged at"),
                ),
                (
                    "answer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="confirmations",
                        to="issues.answer",
                    ),
                ),
                (
                    "photo",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="confirmation",
                        to="issues.attachment",
                    ),
                ),
                (
                    "photo_judged_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "word on a repair",
                "verbose_name_plural": "words on repairs",
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_fixed", False)),
                        fields=["said_at"],
                        name="confirmation_denials",
                    ),
                    models.Index(
                        condition=models.Q(("photo__isnull", False), ("photo_outcome", "")),
                        fields=["said_at"],
                        name="confirmation_photo_waiting",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("answer", "user"), name="confirmation_once"),
                    models.CheckConstraint(
                        condition=models.Q(("standing__in", ["supporter", "neighbour"])),
                        name="confirmation_known_standing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("photo_judged_at__isnull", True),
                                ("photo_judged_by__isnull", True),
                                ("photo_outcome", ""),
                            ),
                            models.Q(
                                ("photo__isnull", False),
                                ("photo_judged_at__isnull", False),
                                ("photo_judged_by__isnull", False),
                                ("photo_outcome__in", ["shown", "withheld"]),
                            ),
                            _connector="OR",
                        ),
                        name="confirmation_photo_judged_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("is_fixed", models.BooleanField(null=True, verbose_name="still fixed")),
                ("said_at", models.DateTimeField(blank=True, null=True, verbose_name="said at")),
                (
                    "answer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="follow_ups",
                        to="issues.answer",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "question after four weeks",
                "verbose_name_plural": "questions after four weeks",
                "constraints": [
                    models.UniqueConstraint(fields=("answer", "user"), name="follow_up_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_fixed__isnull", True), ("said_at__isnull", True)),
                            models.Q(("is_fixed__isnull", False), ("said_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="follow_up_said_with_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "issue",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_text",
                        serialize=False,
                        to="issues.issue",
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                (
                    "is_pending",
                    models.BooleanField(default=True, help_text="the postings do not know it yet"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_pending", True)),
                        fields=["issue"],
                        name="search_text_pending",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="issueevent",
            index=models.Index(
                condition=models.Q(("action__in", ["control", "head_decides"])),
                fields=["authority", "action", "issue"],
                name="issue_event_of_control",
            ),
        ),
        migrations.AddIndex(
            model_name="issueevent",
            index=models.Index(
                condition=models.Q(
                    (
                        "action__in",
                        ["accept", "ask", "merge", "refer", "reject", "uphold", "withdraw"],
                    )
                ),
                fields=["at"],
                include=("action", "moderation_due_at", "state_before"),
                name="issue_event_of_desk",
            ),
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
            index=django.contrib.postgres.indexes.GistIndex(
                models.F("point"),
                condition=models.Q(
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
                name="issue_open_places",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(("asked_until__isnull", True), ("state", "submitted")),
                fields=["moderation_due_at", "id"],
                include=(
                    "kind",
                    "channel",
                    "topic",
                    "municipality",
                    "is_urgent",
                    "is_referred",
                    "is_appealed",
                ),
                name="issue_moderation_queue",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(("asked_until__isnull", False), ("state", "submitted")),
                fields=["moderation_due_at", "id"],
                name="issue_asked",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(("state", "merged")), fields=["merged_into"], name="issue_merged"
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
            index=models.Index(
                condition=models.Q(("answered_at__isnull", False)),
                fields=["authority", "-answered_at", "-id"],
                name="issue_authority_done",
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
                            "merged",
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
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "merged"), _negated=True),
                    ("merged_into__isnull", False),
                    _connector="OR",
                ),
                name="issue_merged_has_main",
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
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                fields=["authority", "-published_at", "-id"], name="answer_of_authority"
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                condition=models.Q(("warnings__contains", ["personal"])),
                fields=["-published_at", "-id"],
                name="answer_with_personal_data",
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
        migrations.AddIndex(
            model_name="abusereport",
            index=models.Index(
                condition=models.Q(("outcome", "")),
                fields=["reported_at", "issue"],
                name="abuse_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="abusereport",
            constraint=models.UniqueConstraint(
                condition=models.Q(("user__isnull", False)),
                fields=("issue", "user"),
                name="abuse_report_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="abusereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reason__in", ["personal_data", "insult", "false", "spam", "other"])
                ),
                name="abuse_report_known_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="abusereport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at__isnull", True), ("decided_by__isnull", True), ("outcome", "")
                    ),
                    models.Q(
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                        ("outcome__in", ["nothing_wrong", "hidden"]),
                    ),
                    _connector="OR",
                ),
                name="abuse_report_decided_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="rating",
            index=models.Index(
                condition=models.Q(
                    ("comment_judged_at__isnull", True), models.Q(("comment", ""), _negated=True)
                ),
                fields=["-rated_at", "-id"],
                name="rating_comment_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.CheckConstraint(
                condition=models.Q(("stars__range", (1, 5))), name="rating_one_to_five"
            ),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_comment", ""), ("comment_judged_at__isnull", False), _connector="OR"
                ),
                name="rating_comment_published_by_judgement",
            ),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(fields=["user", "-created_at"], name="subscription_of_user"),
        ),
        migrations.AddIndex(
            model_name="subscription",
            index=models.Index(
                condition=models.Q(("next_digest_at__isnull", False)),
                fields=["next_digest_at", "user"],
                name="subscription_digest_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.UniqueConstraint(
                condition=models.Q(("issue__isnull", False)),
                fields=("user", "issue"),
                name="subscription_to_issue_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("issue__isnull", True),
                    models.Q(
                        ("area__isnull", True),
                        ("authority__isnull", True),
                        ("category__isnull", True),
                        ("kind", ""),
                        ("municipality", ""),
                        ("topic__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="subscription_to_issue_is_narrow_enough",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(("letters__in", ["never", "daily", "weekly"])),
                name="subscription_known_frequency",
            ),
        ),
        migrations.AddConstraint(
            model_name="subscription",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("letters", "never"), ("next_digest_at__isnull", True)),
                    models.Q(
                        models.Q(("letters", "never"), _negated=True),
                        ("next_digest_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="subscription_with_letters_is_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="support",
            constraint=models.UniqueConstraint(fields=("issue", "user"), name="support_once"),
        ),
        migrations.AddConstraint(
            model_name="surveyreply",
            constraint=models.UniqueConstraint(
                fields=("answer", "question"), name="survey_reply_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="surveyreply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number__isnull", True), ("number__range", (0, 5)), _connector="OR"
                ),
                name="survey_reply_number",
            ),
        ),
        migrations.AddConstraint(
            model_name="surveyreply",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("number__isnull", False),
                    models.Q(("words", ""), _negated=True),
                    _connector="OR",
                ),
                name="survey_reply_says_something",
            ),
        ),
    ]
