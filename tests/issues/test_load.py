"""A generated history keeps every rule that a lived one keeps, though it was poured in past the triggers."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import Count

from accounts.models import User
from authorities.models import Authority, Topic
from common import clock
from common.models import Delivery
from geo.models import Place
from issues import operations, timeline
from issues.load import queries, rows
from issues.load.operations import generate_load
from issues.models import (
    Answer,
    EventNote,
    Issue,
    IssueEvent,
    NumberCounter,
    Posting,
    Rating,
    SearchText,
)
from issues.policies import By
from issues.workflow import ACTIONS, Actor, Need, State, next_state

ISSUES = 300
# What a history tells depends on the day on which it ends: on the first of January there is a new year
# with no message in it, after holidays nothing was answered lately.
TODAY = datetime(2026, 9, 16, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _one_and_the_same_day() -> Iterator[None]:
    with clock.told(TODAY):
        yield


def silent(_what: str, _done: int, _of: int) -> None:
    """Nobody watches."""


@pytest.fixture
def region(topic: Topic, authority: Authority, moderator: User) -> Topic:
    """A settlement with a street, texts for the topic, and a second authority of the level."""
    topic.examples = {"problem": ["Яма во дворе.", "Выбоина\tна переходе,\nдва метра \\ три."]}
    topic.save()
    town = Place.objects.create(
        kind="settlement",
        name="Квадратный",
        label="Квадратный",
        point=Point(37.5, 55.5, srid=4326),
        population=9000,
        source_id="town",
    )
    Place.objects.create(
        kind="street",
        name="улица Мира",
        label="Квадратный, улица Мира",
        parent=town,
        point=Point(37.51, 55.51, srid=4326),
        source_id="street",
    )
    Authority.objects.create(
        slug="other", name="Другое ведомство", level="municipal", exchange="cabinet"
    )
    return topic


@pytest.fixture
def loaded(region: Topic) -> list[Issue]:
    generate_load(issues=ISSUES, seed=7, workers=0, progress=silent)
    return list(Issue.objects.order_by("pk"))


def test_every_timeline_is_whole_and_told_in_order(loaded: list[Issue]) -> None:
    assert len(loaded) == ISSUES
    assert [found for _looked_at, found in timeline.verify_all(batch=70) if found] == []
    for issue in loaded:
        times = [event.at for event in issue.events.order_by("seq")]
        assert times == sorted(times)
        assert times[0] == issue.filed_at
        assert times[-1] <= clock.now()


def test_each_step_is_one_of_the_workflow(loaded: list[Issue]) -> None:
    every_need = frozenset(Need)
    for issue in loaded:
        state, hidden = None, False
        for event in issue.events.order_by("seq"):
            action = ACTIONS[event.action]
            state = next_state(
                action, state, actor=Actor(event.actor), hidden=hidden, given=every_need
            )
            hidden = hidden if action.sets_hidden is None else action.sets_hidden
            assert (state, hidden) == (event.state_after, event.is_hidden)
        assert (state, hidden) == (issue.state, issue.is_hidden)


def test_numbers_have_no_gap_and_follow_the_time(loaded: list[Issue]) -> None:
    by_year: dict[int, list[Issue]] = {}
    for issue in loaded:
        by_year.setdefault(clock.region_date(issue.filed_at).year, []).append(issue)
    assert len(by_year) > 1
    for year, issues in by_year.items():
        assert [issue.number for issue in issues] == [
            f"{year}-{serial}" for serial in range(1, len(issues) + 1)
        ]
        assert NumberCounter.objects.get(year=year).last == len(issues)
    assert all(earlier.filed_at <= later.filed_at for earlier, later in pairwise(loaded))


def test_the_database_finds_nothing_to_refuse(loaded: list[Issue]) -> None:
    """Every row is touched, so that each CHECK and trigger looks at it again."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE issues_issue SET state = state, head_hash = head_hash")
        cursor.execute("UPDATE issues_rating SET stars = stars")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # Entries themselves are append-only: a copy of them is asked.
        cursor.execute("CREATE TEMP TABLE again (LIKE issues_issueevent INCLUDING ALL)")
        cursor.execute("INSERT INTO again SELECT * FROM issues_issueevent")
    connection.check_constraints()


def test_the_search_knows_the_words_of_what_is_public(loaded: list[Issue]) -> None:
    published = [issue.pk for issue in loaded if issue.published_text]
    assert list(SearchText.objects.order_by("pk").values_list("pk", flat=True)) == published
    assert not SearchText.objects.filter(is_pending=True).exists()
    assert Posting.objects.exists()
    noted = "SELECT string_agg(words::text, ';' ORDER BY issue_id) FROM issues_searchtext"
    with connection.cursor() as cursor:
        cursor.execute(noted)
        by_the_load = cursor.fetchone()
        # Erased and written anew by the trigger, as for a message that is filed.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DELETE FROM issues_searchtext")
        cursor.execute("ALTER TABLE issues_issue DISABLE TRIGGER issue_changes_with_an_entry")
        cursor.execute(
            "UPDATE issues_issue SET published_text = published_text || ' '"
            " WHERE published_text <> ''"
        )
        cursor.execute(noted)
        assert by_the_load == cursor.fetchone()


def test_rules_and_indexes_are_back_as_they_were(region: Topic) -> None:
    def rules() -> list[list[str]]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conname, conrelid::regclass::text, convalidated::text,"
                " pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid::regclass::text"
                " LIKE 'issues_%' UNION ALL SELECT indexname, tablename, '', indexdef FROM pg_indexes"
                " WHERE tablename LIKE 'issues_%' UNION ALL SELECT tgname, tgrelid::regclass::text,"
                " tgenabled::text, '' FROM pg_trigger WHERE NOT tgisinternal"
            )
            # PostgreSQL writes the casts of a condition otherwise once it has read its own words.
            casts = r"::(text|character varying)(\[\])?|[()]"
            return sorted([re.sub(casts, "", word) for word in row] for row in cursor.fetchall())

    before = rules()
    generate_load(issues=20, seed=1, workers=0, progress=silent)
    assert rules() == before


def test_life_goes_on_after_a_load(
    loaded: list[Issue], message: operations.Message, resident: User
) -> None:
    year = clock.region_date(clock.now()).year
    last = NumberCounter.objects.get(year=year).last
    filed = operations.file_issue(by=By.author(resident), message=message)
    assert filed.number == f"{year}-{last + 1}"
    waiting = next(issue for issue in loaded if issue.state == State.ANSWERED)
    assert waiting.author is not None
    operations.rate_issue(by=By.author(waiting.author), issue=waiting, stars=5, solved=True)
    assert timeline.verify(Issue.objects.get(pk=waiting.pk)) == []


def test_it_looks_like_a_portal(loaded: list[Issue]) -> None:
    states = Counter(issue.state for issue in loaded)
    assert states[State.CLOSED] > ISSUES / 2
    assert {State.REJECTED, State.ANSWERED, State.IN_PROGRESS} <= set(states)
    assert Answer.objects.exists()
    assert Rating.objects.filter(solved=True).exists()
    assert EventNote.objects.exclude(note="").exists()
    assert {issue.kind for issue in loaded} == {"problem", "proposal", "thanks"}
    assert any("\t" in issue.description and "\\" in issue.description for issue in loaded)
    # History is told to nobody, and no reminder of it is overdue.
    assert not Delivery.objects.exists()
    assert not Issue.objects.filter(escalate_at__lt=clock.now()).exists()


def test_the_same_seed_tells_the_same_stories(region: Topic) -> None:
    stories = []
    with clock.told(clock.now()):
        for _turn in range(2):
            begin = IssueEvent.objects.count()
            generate_load(issues=40, seed=3, workers=0, progress=silent)
            events = IssueEvent.objects.order_by("pk")[begin:]
            stories.append([(event.action, event.at) for event in events])
    assert stories[0] == stories[1]


def test_a_term_that_ends_before_the_registration_is_due(region: Topic) -> None:
    """Of both missed deadlines it is told once, though one look comes at the very moment of each."""
    region.term_days = 1
    region.save()
    generate_load(issues=150, seed=2, workers=0, progress=silent)
    for issue in Issue.objects.all():
        told = [event.data["deadline"] for event in issue.events.filter(action="escalate")]
        assert told.count("registration") <= 2
    assert [found for _looked_at, found in timeline.verify_all() if found] == []


def test_a_row_that_its_timeline_does_not_tell_is_noticed(loaded: list[Issue]) -> None:
    assert queries.untold(loaded[0].pk) == 0
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE issues_issue DISABLE TRIGGER issue_change_is_told")
        cursor.execute(
            "UPDATE issues_issue SET state = 'withdrawn' WHERE id IN"
            " (SELECT id FROM issues_issue WHERE state = 'closed' LIMIT 2)"
        )
    assert queries.untold(loaded[0].pk) == 2


@pytest.mark.parametrize(
    "model", [Issue, IssueEvent, EventNote, Answer, Rating], ids=lambda model: model.__name__
)
def test_no_column_is_forgotten(model: type) -> None:
    meta = model._meta  # type: ignore[attr-defined]
    assert set(rows.COLUMNS[meta.db_table]) == {field.column for field in meta.concrete_fields}


def test_without_a_region_it_says_what_to_run(db: None) -> None:
    with pytest.raises(CommandError, match="import_topics"):
        call_command("generate_load", "--issues", "1")


def test_without_settlements_it_says_what_to_run(topic: Topic) -> None:
    with pytest.raises(CommandError, match="load_demo"):
        call_command("generate_load", "--issues", "1")


@pytest.mark.django_db(transaction=True)
def test_workers_write_what_one_process_writes(
    region: Topic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("issues.load.operations.BATCH", 10)
    call_command("generate_load", "--issues", "60", "--workers", "2", "--seed", "5")
    assert [found for _looked_at, found in timeline.verify_all() if found] == []
    told = IssueEvent.objects.aggregate(issues=Count("issue", distinct=True))
    assert told == {"issues": 60}
    assert not SearchText.objects.filter(is_pending=True).exists()
