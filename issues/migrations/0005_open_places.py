"""The index of open places gets its condition: made of the field itself it had every message ever reported."""

import django.contrib.postgres.indexes
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("issues", "0004_first_questions")]

    operations = [
        migrations.RemoveIndex(model_name="issue", name="issue_open_places"),
        migrations.AddIndex(
            model_name="issue",
            index=django.contrib.postgres.indexes.GistIndex(
                models.F("point"),
                condition=models.Q(
                    is_hidden=False,
                    state__in=[
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
                name="issue_open_places",
            ),
        ),
    ]
