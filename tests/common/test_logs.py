"""A log says where something failed, and not on whose words."""

import logging
import sys

import pytest
from django.db import IntegrityError

from common.logs import DiscreetFormatter
from issues.models import Issue


@pytest.mark.django_db
def test_a_refused_row_is_not_quoted(issue: Issue) -> None:
    try:
        Issue.objects.filter(pk=issue.pk).update(kind="wish")
    except IntegrityError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", None, sys.exc_info())
    text = DiscreetFormatter("%(message)s").format(record)
    assert "IntegrityError" in text
    assert "test_logs.py" in text
    assert "DETAIL" not in text
    assert issue.description not in text
    assert issue.address not in text


def test_the_cause_is_told_before_what_it_led_to() -> None:
    try:
        try:
            int("один")
        except ValueError as error:
            raise LookupError("no number") from error
    except LookupError:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", None, sys.exc_info())
    text = DiscreetFormatter("%(message)s").format(record)
    assert text.index("ValueError") < text.index("LookupError: no number")
