"""Decisions that can still be undone, and those that could not go out."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0008_second_look"),
        ("moderation", "0004_double_checks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="undone",
            field=models.JSONField(
                blank=True,
                default=dict,
                help_text="fills the form as it was",
                verbose_name="undone decision",
            ),
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
    ]
