"""A wrong topic can be noticed too."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0008_fast_lane"),
    ]

    operations = [
        migrations.AlterField(
            model_name="finding",
            name="code",
            field=models.CharField(
                choices=[
                    ("profanity", "profanity"),
                    ("insult", "insult"),
                    ("threat", "threat"),
                    ("personal_data", "personal data"),
                    ("too_short", "too short"),
                    ("shouting", "shouting"),
                    ("transliteration", "Latin letters"),
                    ("outside", "outside the region"),
                    ("flooding", "flooding"),
                    ("duplicate", "likely duplicate"),
                    ("wrong_topic", "wrong topic"),
                    ("faces", "faces in photos"),
                    ("blank_photo", "blank photo"),
                    ("sent_before", "photo sent before"),
                    ("far", "photo from elsewhere"),
                    ("file_data", "personal data in a file"),
                    ("file_rudeness", "rude words in a file"),
                ],
                max_length=20,
                verbose_name="finding",
            ),
        ),
    ]
