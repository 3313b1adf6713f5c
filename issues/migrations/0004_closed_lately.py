"""Index for what was fixed lately. To be folded into 0001."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authorities", "0002_stamp_revision"),
        ("geo", "0002_search_landscape_revision"),
        ("issues", "0003_public_lists"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
    ]
