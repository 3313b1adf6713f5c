"""Authorities are also reached by МЭДО: the channel of each row, what is not numbered, refused packages."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("msed_bridge", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RefusedPackage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("reason", models.CharField(max_length=300, verbose_name="why not")),
                ("refused_at", models.DateTimeField(verbose_name="refused at")),
                (
                    "settled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="dealt with at"),
                ),
            ],
            options={
                "verbose_name": "refused package",
                "verbose_name_plural": "refused packages",
            },
        ),
        migrations.RemoveConstraint(
            model_name="notice",
            name="notice_state_is_true",
        ),
        migrations.RemoveIndex(
            model_name="exchange",
            name="exchange_due",
        ),
        migrations.AddField(
            model_name="appeal",
            name="channel",
            field=models.CharField(
                choices=[("msed", "МСЭД"), ("medo", "МЭДО")],
                default="msed",
                max_length=4,
                verbose_name="channel",
            ),
        ),
        migrations.AddField(
            model_name="exchange",
            name="channel",
            field=models.CharField(
                choices=[("msed", "МСЭД"), ("medo", "МЭДО")],
                default="msed",
                max_length=4,
                verbose_name="channel",
            ),
        ),
        migrations.AddField(
            model_name="exchange",
            name="document",
            field=models.BinaryField(help_text="МЭДО: the text that goes beside it", null=True),
        ),
        migrations.AddField(
            model_name="notice",
            name="channel",
            field=models.CharField(
                choices=[("msed", "МСЭД"), ("medo", "МЭДО")],
                default="msed",
                max_length=4,
                verbose_name="channel",
            ),
        ),
        migrations.AddField(
            model_name="notice",
            name="happened_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="happened at"),
        ),
        migrations.AlterField(
            model_name="appeal",
            name="is_open",
            field=models.BooleanField(
                default=True,
                help_text="not since its registration was refused",
                verbose_name="the other side has it",
            ),
        ),
        migrations.AlterField(
            model_name="exchange",
            name="body",
            field=models.BinaryField(
                help_text="the Body's child, or the XML of МЭДО, byte for byte"
            ),
        ),
        migrations.AlterField(
            model_name="exchange",
            name="direction",
            field=models.CharField(
                choices=[("out", "from the portal"), ("in", "to the portal")],
                max_length=3,
                verbose_name="direction",
            ),
        ),
        migrations.AlterField(
            model_name="filetransfer",
            name="direction",
            field=models.CharField(
                choices=[("out", "from the portal"), ("in", "to the portal")],
                max_length=3,
                verbose_name="direction",
            ),
        ),
        migrations.AlterField(
            model_name="notice",
            name="seq",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="number"),
        ),
        migrations.AlterField(
            model_name="notice",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "waits"),
                    ("applied", "applied"),
                    ("refused", "the portal could not follow"),
                    ("moot", "the author had withdrawn"),
                    ("late", "overtaken"),
                ],
                default="waiting",
                max_length=8,
                verbose_name="state",
            ),
        ),
        migrations.AddIndex(
            model_name="exchange",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["channel", "next_attempt_at"],
                name="exchange_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("channel", "msed"), ("seq__isnull", False)),
                    models.Q(
                        ("channel", "medo"), ("happened_at__isnull", False), ("seq__isnull", True)
                    ),
                    _connector="OR",
                ),
                name="notice_has_its_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("dealt_with_at__isnull", True), ("state", "waiting")),
                    models.Q(
                        ("dealt_with_at__isnull", False),
                        ("state__in", ["applied", "refused", "moot", "late"]),
                    ),
                    _connector="OR",
                ),
                name="notice_state_is_true",
            ),
        ),
        migrations.AddField(
            model_name="refusedpackage",
            name="settled_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="dealt with by",
            ),
        ),
        migrations.AddIndex(
            model_name="refusedpackage",
            index=models.Index(
                condition=models.Q(("settled_at", None)),
                fields=["-refused_at"],
                name="package_for_person",
            ),
        ),
    ]
