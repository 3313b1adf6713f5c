"""Decisions of moderators are found by their day, however long the timelines grow."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("issues", "0005_decisions")]

    operations = [
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
    ]
