"""Who has dealt with a refused package is noted with all else that people do."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("msed_bridge", "0003_interventions"),
    ]

    operations = [
        migrations.RemoveField(
            model_name="refusedpackage",
            name="settled_by",
        ),
        migrations.AlterField(
            model_name="intervention",
            name="action",
            field=models.CharField(
                choices=[
                    ("pause", "calls paused"),
                    ("resume", "calls let go on"),
                    ("resend", "sent again"),
                    ("follow", "followed again"),
                    ("dismiss", "addition given up"),
                    ("reconcile", "books compared"),
                    ("settle", "package dealt with"),
                ],
                max_length=9,
                verbose_name="action",
            ),
        ),
    ]
