"""Indexes for the public lists: most supported, nearest deadline, words. To be folded into 0001."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authorities", "0002_stamp_revision"),
        ("geo", "0002_search_landscape_revision"),
        ("issues", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                fields=["answer_due_at", "id"],
                name="issue_public_deadline",
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
    ]
