"""The authority's desk: what it has answered, its last answers to compare with, and the warnings of each."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0004_subscriptions"),
        ("issues", "0005_search"),
    ]

    operations = [
        migrations.AddField(
            model_name="answer",
            name="warnings",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=16),
                db_default=[],
                default=list,
                help_text="codes of issues.reply_quality",
                size=None,
                verbose_name="sent against these warnings",
            ),
        ),
        migrations.AlterField(
            model_name="answer",
            name="authority",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="answers",
                to="authorities.authority",
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                fields=["authority", "-published_at", "-id"], name="answer_of_authority"
            ),
        ),
        migrations.AddIndex(
            model_name="answer",
            index=models.Index(
                condition=models.Q(("warnings__contains", ["personal"])),
                fields=["-published_at", "-id"],
                name="answer_with_personal_data",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(("answered_at__isnull", False)),
                fields=["authority", "-answered_at", "-id"],
                name="issue_authority_done",
            ),
        ),
    ]
