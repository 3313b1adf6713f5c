"""Pages of information with their versions, and messages that were begun and not sent."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("authorities", "0002_stamp_revision"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Page",
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
                        choices=[("page", "page"), ("service", "service")],
                        default="page",
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="the last part of /pages/…/",
                        max_length=60,
                        unique=True,
                        verbose_name="address",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "in_footer",
                    models.BooleanField(default=False, verbose_name="in the footer of every page"),
                ),
                ("is_shown", models.BooleanField(default=True, verbose_name="shown")),
            ],
            options={
                "verbose_name": "page of information",
                "verbose_name_plural": "pages of information",
                "ordering": ["kind", "position", "slug"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["page", "service"])),
                        name="page_known_kind",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FilingDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(help_text="of the message: sent twice, it is filed once")),
                ("content", models.JSONField(verbose_name="what was typed")),
                ("begun_at", models.DateTimeField(db_index=True, verbose_name="begun")),
                ("saved_at", models.DateTimeField(verbose_name="saved")),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="filing_drafts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "draft",
                "verbose_name_plural": "drafts",
                "constraints": [
                    models.UniqueConstraint(fields=("owner", "uid"), name="filing_draft_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="PageVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField(verbose_name="version")),
                (
                    "is_draft",
                    models.BooleanField(
                        help_text="the public goes on reading the last version that is none",
                        verbose_name="draft",
                    ),
                ),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                (
                    "title_en",
                    models.CharField(blank=True, max_length=200, verbose_name="title in English"),
                ),
                (
                    "summary",
                    models.CharField(blank=True, max_length=300, verbose_name="in one sentence"),
                ),
                (
                    "summary_en",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="in one sentence in English"
                    ),
                ),
                (
                    "text",
                    models.TextField(
                        help_text="in Markdown; HTML is shown as it is written", verbose_name="text"
                    ),
                ),
                ("text_en", models.TextField(blank=True, verbose_name="text in English")),
                ("audience", models.CharField(blank=True, max_length=300, verbose_name="for whom")),
                (
                    "audience_en",
                    models.CharField(
                        blank=True, max_length=300, verbose_name="for whom in English"
                    ),
                ),
                (
                    "link",
                    models.URLField(
                        blank=True, max_length=400, verbose_name="where to get the service"
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="what was changed and why"
                    ),
                ),
                ("saved_at", models.DateTimeField(verbose_name="saved")),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="authorities.authority",
                        verbose_name="authority",
                    ),
                ),
                (
                    "page",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="portal.page",
                        verbose_name="page",
                    ),
                ),
                (
                    "saved_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="saved by",
                    ),
                ),
            ],
            options={
                "verbose_name": "version",
                "verbose_name_plural": "versions",
                "ordering": ["page", "-number"],
                "constraints": [
                    models.UniqueConstraint(fields=("page", "number"), name="page_version_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number__gte", 1),
                            models.Q(("title", ""), _negated=True),
                            models.Q(("text", ""), _negated=True),
                        ),
                        name="page_version_says_something",
                    ),
                ],
            },
        ),
    ]
