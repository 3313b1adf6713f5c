"""An index of the places where something is open."""

from django.contrib.postgres.indexes import GistIndex
from django.db import migrations, models

OPEN = [
    *("deferred", "dispatched", "extended", "in_progress"),
    *("published", "redirected", "registered", "reopened"),
]


class Migration(migrations.Migration):
    dependencies = [("issues", "0006_cabinet_index")]

    operations = [
        migrations.AddIndex(
            model_name="issue",
            index=GistIndex(
                condition=models.Q(state__in=OPEN, is_hidden=False),
                fields=["point"],
                name="issue_open_places",
            ),
        ),
    ]
