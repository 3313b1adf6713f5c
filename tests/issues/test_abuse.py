"""Reports of abuse: made by anybody, decided by a moderator."""

from collections.abc import Callable

import pytest

from accounts.models import User
from issues.models import AbuseReport, Issue
from issues.operations import VoiceRefusedError, decide_abuse, report_abuse
from issues.policies import By
from issues.queries import voices
from issues.workflow import ActionRefusedError


def test_once_a_person_and_anonymous_ones_beside(
    published: Issue, make_user: Callable[..., User]
) -> None:
    reader = make_user()
    report_abuse(by=reader, issue=published, reason="insult", words=" Брань в тексте. ")
    with pytest.raises(VoiceRefusedError, match="said"):
        report_abuse(by=reader, issue=published, reason="spam")
    for _ in range(2):
        report_abuse(by=None, issue=published, reason="personal_data")
    (found,) = voices.reported_for_abuse()
    assert (len(found.reports), found.reports[0].words) == (3, "Брань в тексте.")
    assert voices.count_reported() == 1
    assert voices.of_issue(published, reader).is_reported


def test_hiding_decides_all_reports_at_once(published: Issue, moderator: User) -> None:
    for _ in range(2):
        report_abuse(by=None, issue=published, reason="insult")
    by = By.moderator(moderator)
    with pytest.raises(ActionRefusedError, match="reason"):
        decide_abuse(by=by, issue=published, hide=True)
    assert decide_abuse(by=by, issue=published, hide=True, reason="Оскорбления.") == 2
    published.refresh_from_db()
    assert published.is_hidden
    assert voices.reported_for_abuse() == []
    assert set(AbuseReport.objects.values_list("outcome", "decided_by")) == {
        ("hidden", moderator.pk)
    }
    with pytest.raises(VoiceRefusedError, match="state"):
        report_abuse(by=None, issue=published, reason="insult")


def test_nothing_wrong_leaves_it_as_it_is(published: Issue, moderator: User) -> None:
    report_abuse(by=None, issue=published, reason="false")
    decide_abuse(by=By.moderator(moderator), issue=published, hide=False)
    published.refresh_from_db()
    assert published.is_public
    with pytest.raises(VoiceRefusedError, match="said"):
        decide_abuse(by=By.moderator(moderator), issue=published, hide=True, reason="Поздно.")
    published.refresh_from_db()
    assert published.is_public  # the second moderator came too late and has hidden nothing


def test_only_moderators_decide(published: Issue, resident: User) -> None:
    report_abuse(by=None, issue=published, reason="false")
    for by in (By.moderator(resident), By.author(resident), By.system()):
        with pytest.raises(ActionRefusedError, match="actor"):
            decide_abuse(by=by, issue=published, hide=False)


def test_what_is_not_public_is_not_reported(issue: Issue) -> None:
    with pytest.raises(VoiceRefusedError, match="state"):
        report_abuse(by=None, issue=issue, reason="insult")
