"""The desk reads the latest signed messages."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("msed_bridge", "0004_signatures")]

    operations = [
        migrations.AddIndex(
            "exchange",
            models.Index(
                fields=["-made_at"],
                condition=Q(direction="in") & ~Q(signatures=[]),
                name="exchange_signed",
            ),
        )
    ]
