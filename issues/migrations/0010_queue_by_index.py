"""The moderators' queue and what waits for authors, each by an index of its own."""

from django.db import migrations, models

# What waits is the newest: only after a look of the vacuum an index alone can tell of it, and by itself
# that would come after a fifth of the whole table was added.
SOONER = """
ALTER TABLE issues_issue SET (
    autovacuum_vacuum_insert_scale_factor = 0.005, autovacuum_vacuum_scale_factor = 0.01
);
"""
AS_USUAL = """
ALTER TABLE issues_issue RESET (
    autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_scale_factor
);
"""


class Migration(migrations.Migration):
    dependencies = [("issues", "0009_retouched_photos")]

    operations = [
        migrations.RemoveIndex(model_name="issue", name="issue_moderation_queue"),
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
        migrations.RunSQL(SOONER, AS_USUAL),
    ]
