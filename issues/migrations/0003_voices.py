"""What residents say: supports, words on repairs, a survey, reports of abuse; and the first questions."""

import uuid

import django.db.models.deletion
from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# In the transaction of the support itself, under the lock of the message's row: so it is always exact,
# whoever supports at the same time and whatever deletes a support.
COUNTED = """
CREATE FUNCTION issues_count_supports() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE issues_issue SET support_count = support_count + 1 WHERE id = NEW.issue_id;
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE issues_issue SET support_count = support_count - 1 WHERE id = OLD.issue_id;
    ELSIF (NEW.issue_id, NEW.user_id) <> (OLD.issue_id, OLD.user_id) THEN
        RAISE EXCEPTION 'a support is given or taken back, never handed on'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER support_is_counted
    AFTER INSERT OR UPDATE OR DELETE ON issues_support
    FOR EACH ROW EXECUTE FUNCTION issues_count_supports();
"""

COUNTED_BACK = """
DROP TRIGGER support_is_counted ON issues_support;
DROP FUNCTION issues_count_supports();
"""

QUESTIONS = (
    ("scale", "Насколько понятен ответ?", "How clear is the answer?"),
    ("scale", "Насколько вы довольны сроком?", "How content are you with the time it took?"),
    ("yes_no", "Связывался ли с вами исполнитель?", "Did the authority get in touch with you?"),
    ("yes_no", "Воспользуетесь ли вы порталом ещё раз?", "Would you use the portal again?"),
    ("text", "Что нам стоит улучшить?", "What should we do better?"),
)


def add_questions(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """The questions to begin with; staff change them in the administration."""
    question = apps.get_model("issues", "SurveyQuestion")
    question.objects.bulk_create(
        question(kind=kind, text=text, text_en=text_en, place=place)
        for place, (kind, text, text_en) in enumerate(QUESTIONS, start=1)
    )


def _id() -> tuple[str, "models.BigAutoField[int, int]"]:
    return (
        "id",
        models.BigAutoField(
            auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
        ),
    )


_CASCADE = django.db.models.deletion.CASCADE
_PROTECT = django.db.models.deletion.PROTECT
_USER = settings.AUTH_USER_MODEL


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0002_guards"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="attachment",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("report", "to the message"),
                    ("answer", "to the answer"),
                    ("before", "before"),
                    ("after", "after"),
                    ("verdict", "to the verdict"),
                ],
                default="report",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="issueevent",
            index=models.Index(
                condition=models.Q(("action__in", ["control", "head_decides"])),
                fields=["authority", "action", "issue"],
                name="issue_event_of_control",
            ),
        ),
        migrations.CreateModel(
            name="Support",
            fields=[
                _id(),
                ("supported_at", models.DateTimeField(verbose_name="supported at")),
                (
                    "issue",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=_CASCADE,
                        related_name="supports",
                        to="issues.issue",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(on_delete=_CASCADE, related_name="supports", to=_USER),
                ),
            ],
            options={
                "verbose_name": "support",
                "verbose_name_plural": "supports",
                "constraints": [
                    models.UniqueConstraint(fields=("issue", "user"), name="support_once")
                ],
            },
        ),
        migrations.RunSQL(COUNTED, COUNTED_BACK),
        migrations.CreateModel(
            name="Confirmation",
            fields=[
                _id(),
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("supporter", "supported the message"),
                            ("neighbour", "lives in the municipality"),
                        ],
                        max_length=10,
                        verbose_name="standing",
                    ),
                ),
                ("is_fixed", models.BooleanField(verbose_name="fixed")),
                ("said_at", models.DateTimeField(verbose_name="said at")),
                (
                    "answer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=_CASCADE,
                        related_name="confirmations",
                        to="issues.answer",
                    ),
                ),
                ("user", models.ForeignKey(on_delete=_CASCADE, related_name="+", to=_USER)),
            ],
            options={
                "verbose_name": "word on a repair",
                "verbose_name_plural": "words on repairs",
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_fixed", False)),
                        fields=["said_at"],
                        name="confirmation_denials",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("answer", "user"), name="confirmation_once"),
                    models.CheckConstraint(
                        condition=models.Q(("standing__in", ["supporter", "neighbour"])),
                        name="confirmation_known_standing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="FollowUp",
            fields=[
                _id(),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("is_fixed", models.BooleanField(null=True, verbose_name="still fixed")),
                ("said_at", models.DateTimeField(blank=True, null=True, verbose_name="said at")),
                (
                    "answer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=_CASCADE,
                        related_name="follow_ups",
                        to="issues.answer",
                    ),
                ),
                ("user", models.ForeignKey(on_delete=_CASCADE, related_name="+", to=_USER)),
            ],
            options={
                "verbose_name": "question after four weeks",
                "verbose_name_plural": "questions after four weeks",
                "constraints": [
                    models.UniqueConstraint(fields=("answer", "user"), name="follow_up_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("is_fixed__isnull", True), ("said_at__isnull", True)),
                            models.Q(("is_fixed__isnull", False), ("said_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="follow_up_said_with_its_time",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyQuestion",
            fields=[
                _id(),
                ("text", models.CharField(max_length=255, verbose_name="question")),
                ("text_en", models.CharField(max_length=255, verbose_name="question in English")),
                (
                    "kind",
                    models.CharField(
                        choices=[("scale", "1 to 5"), ("yes_no", "yes or no"), ("text", "words")],
                        max_length=6,
                        verbose_name="kind",
                    ),
                ),
                (
                    "place",
                    models.PositiveSmallIntegerField(
                        choices=[(1, "1"), (2, "2"), (3, "3"), (4, "4"), (5, "5")],
                        help_text="Each of the five places holds one active question.",
                        verbose_name="place",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="asked")),
            ],
            options={
                "verbose_name": "question of the survey",
                "verbose_name_plural": "questions of the survey",
                "ordering": ["-is_active", "place", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["scale", "yes_no", "text"])),
                        name="survey_question_known_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("place__range", (1, 5))), name="survey_question_place"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("place",),
                        name="survey_question_one_at_a_place",
                        violation_error_message="Another active question has this place.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SurveyReply",
            fields=[
                _id(),
                (
                    "number",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="1 to 5; yes is 1, no is 0",
                        null=True,
                        verbose_name="number",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="words")),
                ("said_at", models.DateTimeField(verbose_name="said at")),
                (
                    "answer",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=_CASCADE,
                        related_name="replies",
                        to="issues.answer",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        on_delete=_PROTECT, related_name="replies", to="issues.surveyquestion"
                    ),
                ),
            ],
            options={
                "verbose_name": "reply to the survey",
                "verbose_name_plural": "replies to the survey",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("answer", "question"), name="survey_reply_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number__isnull", True), ("number__range", (0, 5)), _connector="OR"
                        ),
                        name="survey_reply_number",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("number__isnull", False),
                            models.Q(("words", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="survey_reply_says_something",
                    ),
                ],
            },
        ),
        migrations.RunPython(add_questions, migrations.RunPython.noop, elidable=False),
        migrations.CreateModel(
            name="AbuseReport",
            fields=[
                _id(),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("personal_data", "somebody's personal data are shown"),
                            ("insult", "insults, threats or swearing"),
                            ("false", "it is untrue"),
                            ("spam", "advertising or spam"),
                            ("other", "something else"),
                        ],
                        max_length=15,
                        verbose_name="reason",
                    ),
                ),
                ("words", models.TextField(blank=True, verbose_name="words")),
                ("reported_at", models.DateTimeField(verbose_name="reported at")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("nothing_wrong", "nothing wrong"),
                            ("hidden", "hidden from the public"),
                        ],
                        max_length=15,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "decided_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="decided at"),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True, null=True, on_delete=_PROTECT, related_name="+", to=_USER
                    ),
                ),
                (
                    "issue",
                    models.ForeignKey(
                        on_delete=_CASCADE, related_name="abuse_reports", to="issues.issue"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=_USER,
                    ),
                ),
            ],
            options={
                "verbose_name": "report of abuse",
                "verbose_name_plural": "reports of abuse",
                "indexes": [
                    models.Index(
                        condition=models.Q(("outcome", "")),
                        fields=["reported_at", "issue"],
                        name="abuse_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("user__isnull", False)),
                        fields=("issue", "user"),
                        name="abuse_report_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                ["personal_data", "insult", "false", "spam", "other"],
                            )
                        ),
                        name="abuse_report_known_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_at__isnull", True),
                                ("decided_by__isnull", True),
                                ("outcome", ""),
                            ),
                            models.Q(
                                ("decided_at__isnull", False),
                                ("decided_by__isnull", False),
                                ("outcome__in", ["nothing_wrong", "hidden"]),
                            ),
                            _connector="OR",
                        ),
                        name="abuse_report_decided_by_somebody",
                    ),
                ],
            },
        ),
    ]
