"""What watches the portal sees it; others do not see what it sees."""

import pytest
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from issues.models import Issue


def test_the_process_answers_without_the_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, db: None
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_ready_with_database_and_queue(client: Client, settings: Settings) -> None:
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["status"]) == (200, "ok")
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    away = client.get("/readyz")
    assert (away.status_code, away.json()) == (
        503,
        {"status": "not ready", "database": "ok", "queue": "away"},
    )


@pytest.mark.django_db
def test_not_ready_without_the_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OperationalError

    monkeypatch.setattr(connection, "cursor", refuse)
    assert client.get("/readyz").json()["database"] == "away"


def test_metrics_count_what_waits(client: Client, published: Issue) -> None:
    told = client.get("/metrics").content.decode()
    assert 'portal_issues{state="dispatched"} 1.0' in told
    assert 'portal_deliveries_waiting{to="' in told
    assert "process_cpu_seconds_total" in told


@pytest.mark.django_db
def test_metrics_are_not_for_everybody(client: Client, settings: Settings) -> None:
    assert client.get("/metrics", REMOTE_ADDR="203.0.113.5").status_code == 404
    assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 404
    settings.METRICS_TOKEN = "secret-of-the-watch"
    given = {"X-Forwarded-For": "203.0.113.5", "Authorization": "Bearer secret-of-the-watch"}
    assert client.get("/metrics", headers=given).status_code == 200
    given["Authorization"] = "Bearer wrong"
    assert client.get("/metrics", headers=given).status_code == 404
