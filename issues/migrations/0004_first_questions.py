"""The first questions of the survey."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

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


class Migration(migrations.Migration):
    dependencies = [("issues", "0003_words")]

    operations = [migrations.RunPython(add_questions, migrations.RunPython.noop)]
