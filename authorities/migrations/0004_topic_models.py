"""What was learned of topics from texts, by versions."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("authorities", "0003_medo"),
    ]

    operations = [
        migrations.CreateModel(
            name="TopicModel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(unique=True, verbose_name="version")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="learned at"
                    ),
                ),
                ("is_active", models.BooleanField(default=False, verbose_name="in use")),
                (
                    "figures",
                    models.JSONField(
                        help_text="of texts as judged by a model that has not seen them",
                        verbose_name="figures",
                    ),
                ),
                ("learned", models.BinaryField(verbose_name="what was learned")),
            ],
            options={
                "verbose_name": "model of topics",
                "verbose_name_plural": "models of topics",
                "ordering": ["-version"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("is_active",),
                        name="topic_model_in_use",
                    )
                ],
            },
        ),
    ]
