"""How an authority answers: its record and what authors said in the survey, counted now and then."""

from dataclasses import asdict

from django.core.cache import cache

from authorities.models import Authority
from issues import columns
from issues.columns import Record
from issues.models import SurveyQuestion
from issues.queries import Filter, voices
from issues.queries.voices import SurveyResult

KEPT_SECONDS = 300
"""All messages of an authority are counted for it: now and then is often enough."""

# Plain numbers are kept: a class of ours would not be read by the next version of the portal.


def record_of(authority: Authority | None) -> Record | None:
    """How the authority answers; None where it is not known yet, which keeps no page back."""
    if authority is None:
        return None
    key = f"portal:record:{authority.pk}"
    numbers = cache.get(key)
    if numbers is None or numbers.keys() != Record.__annotations__.keys():
        try:
            messages = columns.select(Filter(authority=authority.slug))
        except columns.BusyError:
            return None
        numbers = asdict(messages.records().get(authority.pk, Record()))
        cache.set(key, numbers, KEPT_SECONDS)
    return Record(**numbers)


def survey_of(authority: Authority | None) -> list[SurveyResult]:
    """What authors said of its answers in the survey, where enough of them did."""
    if authority is None:
        return []
    key = f"portal:survey:{authority.pk}"
    kept: list[tuple[int, int, float]] | None = cache.get(key)
    if kept is None:
        told = voices.survey_results(authority)
        kept = [(one.question.pk, one.replies, one.mean) for one in told]
        cache.set(key, kept, KEPT_SECONDS)
    questions = SurveyQuestion.objects.in_bulk([pk for pk, *_numbers in kept]) if kept else {}
    return [
        SurveyResult(questions[pk], replies, mean) for pk, replies, mean in kept if pk in questions
    ]
