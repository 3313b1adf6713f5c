import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("issues", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "issue",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="msed_appeal",
                        serialize=False,
                        to="issues.issue",
                    ),
                ),
                ("uid", models.UUIDField(unique=True, verbose_name="uid")),
                (
                    "channel",
                    models.CharField(
                        choices=[("msed", "МСЭД"), ("medo", "МЭДО")],
                        default="msed",
                        max_length=4,
                        verbose_name="channel",
                    ),
                ),
                (
                    "applied_seq",
                    models.PositiveIntegerField(default=0, verbose_name="notifications dealt with"),
                ),
                (
                    "is_open",
                    models.BooleanField(
                        default=True,
                        help_text="not since its registration was refused",
                        verbose_name="the other side has it",
                    ),
                ),
            ],
            options={
                "verbose_name": "appeal",
                "verbose_name_plural": "appeals",
            },
        ),
        migrations.CreateModel(
            name="Nonce",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("used_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="Partner",
            fields=[
                (
                    "channel",
                    models.CharField(
                        choices=[("msed", "МСЭД"), ("medo", "МЭДО")],
                        max_length=4,
                        primary_key=True,
                        serialize=False,
                        verbose_name="channel",
                    ),
                ),
                (
                    "queue_position",
                    models.PositiveBigIntegerField(default=0, verbose_name="queue is read up to"),
                ),
                (
                    "polled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="queue read at"),
                ),
                (
                    "failures",
                    models.PositiveIntegerField(default=0, verbose_name="failures in a row"),
                ),
                (
                    "open_until",
                    models.DateTimeField(blank=True, null=True, verbose_name="no calls before"),
                ),
                (
                    "last_problem",
                    models.CharField(blank=True, max_length=300, verbose_name="last problem"),
                ),
                (
                    "paused_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="paused by staff"),
                ),
            ],
            options={
                "verbose_name": "partner",
                "verbose_name_plural": "partners",
            },
        ),
        migrations.CreateModel(
            name="Exchange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(verbose_name="uid")),
                (
                    "channel",
                    models.CharField(
                        choices=[("msed", "МСЭД"), ("medo", "МЭДО")],
                        default="msed",
                        max_length=4,
                        verbose_name="channel",
                    ),
                ),
                (
                    "direction",
                    models.CharField(
                        choices=[("out", "from the portal"), ("in", "to the portal")],
                        max_length=3,
                        verbose_name="direction",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("RegisterAppeal", "appeal"),
                            ("AddToAppeal", "addition to an appeal"),
                            ("DeliverNotification", "notification"),
                        ],
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("purpose", models.CharField(blank=True, max_length=30, verbose_name="purpose")),
                (
                    "body",
                    models.BinaryField(
                        help_text="the Body's child, or the XML of МЭДО, byte for byte"
                    ),
                ),
                (
                    "document",
                    models.BinaryField(help_text="МЭДО: the text that goes beside it", null=True),
                ),
                (
                    "digest",
                    models.CharField(help_text="SHA-256 of its exclusive C14N", max_length=64),
                ),
                (
                    "state",
                    models.CharField(
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
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                (
                    "next_attempt_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="next attempt at"),
                ),
                (
                    "leased_until",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="in a worker's hands until"
                    ),
                ),
                ("receipt", models.BinaryField(help_text="the acknowledgment", null=True)),
                (
                    "accepted",
                    models.BooleanField(blank=True, null=True, verbose_name="had an effect"),
                ),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="receipt at")),
                ("fault_code", models.CharField(blank=True, max_length=40, verbose_name="fault")),
                (
                    "fault_text",
                    models.CharField(blank=True, max_length=500, verbose_name="words of the fault"),
                ),
                (
                    "dismissed_because",
                    models.CharField(blank=True, max_length=300, verbose_name="given up because"),
                ),
                (
                    "signatures",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=255),
                        blank=True,
                        default=list,
                        help_text="МЭДО: files with electronic signatures that came with it",
                        size=None,
                        verbose_name="signatures, not checked",
                    ),
                ),
                (
                    "dismissed_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="given up by",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="issues.issueevent",
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="msed_exchanges",
                        to="issues.issue",
                        verbose_name="issue",
                    ),
                ),
            ],
            options={
                "verbose_name": "message",
                "verbose_name_plural": "messages",
            },
        ),
        migrations.CreateModel(
            name="Intervention",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "action",
                    models.CharField(
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
                ("at", models.DateTimeField(verbose_name="at")),
                ("via", models.CharField(blank=True, max_length=100, verbose_name="via")),
                ("because", models.CharField(blank=True, max_length=300, verbose_name="because")),
                ("subject", models.CharField(blank=True, max_length=100, verbose_name="about")),
                ("outcome", models.TextField(blank=True, verbose_name="outcome")),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "intervention",
                "verbose_name_plural": "interventions",
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(unique=True, verbose_name="uid")),
                (
                    "channel",
                    models.CharField(
                        choices=[("msed", "МСЭД"), ("medo", "МЭДО")],
                        default="msed",
                        max_length=4,
                        verbose_name="channel",
                    ),
                ),
                ("appeal_uid", models.UUIDField(verbose_name="appeal")),
                ("seq", models.PositiveIntegerField(blank=True, null=True, verbose_name="number")),
                (
                    "happened_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="happened at"),
                ),
                ("kind", models.CharField(max_length=20, verbose_name="kind")),
                ("body", models.BinaryField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "position",
                    models.PositiveBigIntegerField(
                        blank=True, null=True, verbose_name="place in the queue"
                    ),
                ),
                (
                    "state",
                    models.CharField(
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
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="why not")),
                ("received_at", models.DateTimeField(verbose_name="received at")),
                (
                    "dealt_with_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="dealt with at"),
                ),
            ],
            options={
                "verbose_name": "notification",
                "verbose_name_plural": "notifications",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["appeal_uid"],
                        name="notice_waits",
                    ),
                    models.Index(
                        condition=models.Q(("state", "refused")),
                        fields=["-received_at"],
                        name="notice_for_person",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("appeal_uid", "seq"), name="notice_seq_once"),
                    models.CheckConstraint(
                        condition=models.Q(("seq__gte", 1)), name="notice_seq_from_one"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("channel", "msed"), ("seq__isnull", False)),
                            models.Q(
                                ("channel", "medo"),
                                ("happened_at__isnull", False),
                                ("seq__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="notice_has_its_place",
                    ),
                    models.CheckConstraint(
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
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "refused"), _negated=True),
                            models.Q(("reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="notice_refused_has_reason",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FileTransfer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(verbose_name="uid")),
                (
                    "direction",
                    models.CharField(
                        choices=[("out", "from the portal"), ("in", "to the portal")],
                        max_length=3,
                        verbose_name="direction",
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                ("content_type", models.CharField(max_length=100, verbose_name="type")),
                ("size", models.PositiveBigIntegerField(verbose_name="size, bytes")),
                ("sha256", models.CharField(max_length=64)),
                (
                    "held",
                    models.PositiveBigIntegerField(default=0, verbose_name="bytes that arrived"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "on its way"),
                            ("done", "arrived"),
                            ("failed", "given up"),
                        ],
                        default="waiting",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveIntegerField(default=0, verbose_name="attempts")),
                ("next_attempt_at", models.DateTimeField(verbose_name="next attempt at")),
                (
                    "give_up_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="no attempts after"),
                ),
                ("problem", models.CharField(blank=True, max_length=300, verbose_name="problem")),
                (
                    "attachment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="issues.attachment",
                    ),
                ),
                (
                    "exchange",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="msed_bridge.exchange",
                    ),
                ),
                (
                    "notice",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="msed_bridge.notice",
                    ),
                ),
            ],
            options={
                "verbose_name": "file on its way",
                "verbose_name_plural": "files on their way",
                "ordering": ["id"],
            },
        ),
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at", None)),
                        fields=["-refused_at"],
                        name="package_for_person",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="exchange",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["channel", "next_attempt_at"],
                name="exchange_due",
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
                condition=models.Q(("state", "failed")),
                fields=["-made_at"],
                name="exchange_for_person",
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
                condition=models.Q(
                    ("direction", "in"), models.Q(("signatures", []), _negated=True)
                ),
                fields=["-made_at"],
                name="exchange_signed",
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
        migrations.AddConstraint(
            model_name="exchange",
            constraint=models.UniqueConstraint(
                fields=("direction", "uid"), name="exchange_uid_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="exchange",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "replaced"), _negated=True),
                fields=("event",),
                name="exchange_event_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="exchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("direction", "in"),
                        ("event__isnull", True),
                        ("kind", "DeliverNotification"),
                    ),
                    models.Q(
                        ("direction", "out"),
                        ("event__isnull", False),
                        ("kind__in", ["RegisterAppeal", "AddToAppeal"]),
                    ),
                    _connector="OR",
                ),
                name="exchange_kind_fits_direction",
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
        migrations.AddConstraint(
            model_name="exchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("direction", "out"), ("state", "done"), _connector="OR"),
                name="exchange_in_is_receipted",
            ),
        ),
        migrations.AddIndex(
            model_name="intervention",
            index=models.Index(fields=["-at"], name="intervention_latest"),
        ),
        migrations.AddIndex(
            model_name="intervention",
            index=models.Index(fields=["subject"], name="intervention_about"),
        ),
        migrations.AddConstraint(
            model_name="intervention",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("by__isnull", False), ("via", "")),
                    models.Q(("by__isnull", True), ("via__gt", "")),
                    _connector="OR",
                ),
                name="intervention_is_somebodys",
            ),
        ),
        migrations.AddIndex(
            model_name="filetransfer",
            index=models.Index(
                condition=models.Q(("direction", "in"), ("state", "waiting")),
                fields=["next_attempt_at"],
                name="file_to_fetch",
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
        migrations.AddConstraint(
            model_name="filetransfer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("direction", "out")), fields=("uid",), name="file_out_uid_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="filetransfer",
            constraint=models.UniqueConstraint(
                fields=("notice", "uid"), name="file_in_once_a_notice"
            ),
        ),
        migrations.AddConstraint(
            model_name="filetransfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("attachment__isnull", False),
                        ("direction", "out"),
                        ("exchange__isnull", False),
                        ("notice__isnull", True),
                    ),
                    models.Q(
                        ("direction", "in"),
                        ("exchange__isnull", True),
                        ("give_up_at__isnull", False),
                        ("notice__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="file_belongs_to_its_message",
            ),
        ),
        migrations.AddConstraint(
            model_name="filetransfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "done"), _negated=True),
                    models.Q(("attachment__isnull", False), ("held", models.F("size"))),
                    _connector="OR",
                ),
                name="file_done_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="filetransfer",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "failed"), _negated=True),
                    models.Q(("problem", ""), _negated=True),
                    _connector="OR",
                ),
                name="file_failed_has_reason",
            ),
        ),
    ]
