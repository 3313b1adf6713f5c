"""Templates of answers, drafts of them, and the first templates common to all authorities."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

COMMON = (
    (
        "Работа выполнена",
        "done",
        "Здравствуйте! По вашему сообщению № {number} ({address}) выполнено: [указать, что сделано и кем]. "
        "Работа закончена [дата], акт № ___.",
    ),
    (
        "Разъяснение",
        "explained",
        "Здравствуйте! Мы рассмотрели ваше сообщение № {number}. [Указать ответ одной простой фразой.] "
        "Основание: [указать закон, акт осмотра или договор].",
    ),
    (
        "Отложено до срока",
        "deferred",
        "Здравствуйте! Необходимость работ по адресу {address} подтверждена осмотром [дата]. "
        "Сделаем до [дата], подрядчик: [указать]. До этого на месте: [указать временные меры].",
    ),
    (
        "Отказ",
        "refused",
        "Здравствуйте! Выполнить просьбу по сообщению № {number} нельзя: [указать причину и норму]. "
        "Решение можно обжаловать: [указать куда].",
    ),
)


def add_common(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    """Texts to begin with; each blank in them is noticed before an answer is sent."""
    template = apps.get_model("cabinet", "AnswerTemplate")
    template.objects.bulk_create(
        template(name=name, decision=decision, text=text) for name, decision, text in COMMON
    )


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("authorities", "0001_initial"),
        ("issues", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AnswerDraft",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("fields", models.JSONField(default=dict)),
                (
                    "files",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), default=list, size=None
                    ),
                ),
                ("version", models.UUIDField(default=uuid.uuid4)),
                ("changed_at", models.DateTimeField()),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answer_drafts",
                        to="issues.issue",
                    ),
                ),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answer_drafts",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "draft of an answer",
                "verbose_name_plural": "drafts of answers",
                "constraints": [
                    models.UniqueConstraint(fields=("issue", "officer"), name="answer_draft_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="AnswerTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "decision",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("done", "done"),
                            ("explained", "explained"),
                            ("refused", "refused"),
                            ("deferred", "deferred"),
                        ],
                        max_length=10,
                        verbose_name="decision",
                    ),
                ),
                ("text", models.TextField(max_length=20000, verbose_name="text")),
                ("changed_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                (
                    "authority",
                    models.ForeignKey(
                        blank=True,
                        help_text="empty: offered to all",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answer_templates",
                        to="authorities.authority",
                        verbose_name="authority",
                    ),
                ),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "template of answers",
                "verbose_name_plural": "templates of answers",
                "ordering": ["name", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("authority", "name"),
                        name="answer_template_name_once",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("name", ""), _negated=True),
                            models.Q(("text", ""), _negated=True),
                        ),
                        name="answer_template_is_not_empty",
                    ),
                ],
            },
        ),
        migrations.RunPython(add_common, migrations.RunPython.noop),
    ]
