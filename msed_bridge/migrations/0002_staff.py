"""What a person may do with a message that failed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0006_cabinet_index"),
        ("msed_bridge", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="exchange",
            name="exchange_state_is_true",
        ),
        migrations.RemoveIndex(
            model_name="exchange",
            name="exchange_order",
        ),
        migrations.AddField(
            model_name="exchange",
            name="dismissed_because",
            field=models.CharField(blank=True, max_length=300, verbose_name="given up because"),
        ),
        migrations.AddField(
            model_name="exchange",
            name="dismissed_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="given up by",
            ),
        ),
        migrations.AlterField(
            model_name="exchange",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waits"),
                    ("done", "receipt is there"),
                    ("failed", "needs a person"),
                    ("replaced", "replaced by a new message"),
                    ("dismissed", "given up by a person"),
                ],
                default="waiting",
                max_length=9,
                verbose_name="state",
            ),
        ),
        migrations.AddIndex(
            model_name="exchange",
            index=models.Index(
                condition=models.Q(("direction", "out"), ("state__in", ["waiting", "failed"])),
                fields=["issue", "event"],
                name="exchange_order",
            ),
        ),
        migrations.AddIndex(
            model_name="exchange",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["made_at"], name="exchange_waits"
            ),
        ),
        migrations.AddIndex(
            model_name="exchange",
            index=models.Index(
                condition=models.Q(("direction", "out"), ("state", "done")),
                fields=["done_at"],
                name="exchange_sent",
            ),
        ),
        migrations.AddIndex(
            model_name="filetransfer",
            index=models.Index(
                condition=models.Q(("direction", "in"), models.Q(("state", "done"), _negated=True)),
                fields=["state"],
                name="file_in_unfinished",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("state", "refused")),
                fields=["-received_at"],
                name="notice_for_person",
            ),
        ),
        migrations.AddConstraint(
            model_name="exchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("next_attempt_at__isnull", False),
                        ("receipt__isnull", True),
                        ("state", "waiting"),
                    ),
                    models.Q(
                        ("accepted__isnull", False), ("receipt__isnull", False), ("state", "done")
                    ),
                    models.Q(
                        ("fault_code__gt", ""),
                        ("receipt__isnull", True),
                        ("state__in", ["failed", "replaced"]),
                    ),
                    models.Q(
                        ("dismissed_because__gt", ""),
                        ("dismissed_by__isnull", False),
                        ("receipt__isnull", True),
                        ("state", "dismissed"),
                    ),
                    _connector="OR",
                ),
                name="exchange_state_is_true",
            ),
        ),
    ]
