"""What the measurement of filing needs from inside: people who are logged in, and where time goes."""

import json
import secrets
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import django

PROFILED = 400
FIRST = 100
"""Messages filed before the time is taken."""


def people(count: int) -> dict[str, Any]:
    """Residents with sessions, and what else the other side names in its inserts."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from accounts.models import User
    from authorities.models import Topic
    from authorities.routing import route
    from common import clock, outbox
    from geo.models import Place
    from issues.models import Issue

    users = User.objects.bulk_create(
        User(
            email=f"filer{number}@bench.example.org",
            password=f"!{secrets.token_hex(20)}",
            last_name="Иванова",
            first_name="Анна",
            middle_name="Сергеевна",
        )
        for number in range(2 * count)
    )
    # The other side writes in the name of the second half, so that nobody here meets the hourly limit.
    users, others = users[:count], users[count:]
    store = SessionStore()
    sessions = [
        Session(
            session_key=secrets.token_hex(16),
            session_data=store.encode(
                {
                    SESSION_KEY: str(user.pk),
                    BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
                    HASH_SESSION_KEY: user.get_session_auth_hash(),
                }
            ),
            expire_date=timezone.now() + timedelta(days=1),
        )
        for user in users
    ]
    Session.objects.bulk_create(sessions)
    # Topics that ask nothing more.
    topics = list(Topic.objects.filter(kinds__contains=["problem"], questions=[], is_active=True))
    places = Place.objects.filter(kind=Place.Kind.HOUSE).order_by("?")[:500]
    points = [(place.point.x, place.point.y) for place in places]
    found = route(
        topic=topics[0], lon=points[0][0], lat=points[0][1], on=clock.region_date(clock.now())
    )
    assert found.authority is not None
    assert not Issue.objects.exists()
    return {
        "sessions": [session.session_key for session in sessions],
        "first": others[0].pk,
        "last": others[-1].pk,
        "topics": [topic.code for topic in topics],
        "points": points,
        "topic": topics[0].pk,
        "authority": found.authority.pk,
        "routing": json.dumps(found.explanation, ensure_ascii=False).replace("'", "''"),
        "consumers": [name for name in outbox.consumers() if _wants_submit(outbox, name)],
    }


def _wants_submit(outbox: Any, name: str) -> bool:
    actions = outbox._consumers[name].actions
    return actions is None or "submit" in actions


def profile() -> list[str]:
    """Where the time of one filing goes, in process and by one client; milliseconds at the median."""
    from django.contrib.sessions.models import Session
    from django.db import connection
    from django.test import Client

    from authorities.models import Topic
    from geo.models import Place

    keys = list(Session.objects.order_by("-session_key").values_list("session_key", flat=True))
    topics = list(
        Topic.objects.filter(kinds__contains=["problem"], questions=[], is_active=True).values_list(
            "code", flat=True
        )
    )
    point = Place.objects.filter(kind=Place.Kind.HOUSE)[0].point
    client = Client(HTTP_HOST="127.0.0.1")
    rounds: list[dict[str, float]] = []
    for number in range(FIRST + PROFILED):
        client.cookies["sessionid"] = keys[number % len(keys)]
        body = {
            "kind": "problem",
            "topic": topics[number % len(topics)],
            "lon": point.x,
            "lat": point.y,
            "address": "Мытищи, улица Мира, 12",
            "description": "Во дворе не горит фонарь, вечером ничего не видно.",
        }
        spent: dict[str, float] = defaultdict(float)
        with _timed(connection, spent):
            start = time.perf_counter()
            answer = client.post("/new/", json.dumps(body), content_type="application/json")
            spent["whole"] = (time.perf_counter() - start) * 1000
        if answer.status_code == 429:
            continue
        assert answer.status_code == 201, answer.content
        if number >= FIRST:
            rounds.append(spent)
    names = sorted({name for spent in rounds for name in spent})
    medians = {name: statistics.median(spent[name] for spent in rounds) for name in names}
    queries = medians.pop("queries")
    whole = medians.pop("whole")
    rest = whole - sum(medians.values())
    lines = [f"of {whole:.2f} ms in process, one client, {queries:.0f} statements:"]
    lines += [
        f"  {value:5.2f} ms  {name}"
        for name, value in sorted(medians.items(), key=lambda pair: -pair[1])
    ]
    return [*lines, f"  {rest:5.2f} ms  Python: middleware, form, ORM, answer"]


@contextmanager
def _timed(connection: Any, spent: dict[str, float]) -> Iterator[None]:
    """Adds up the milliseconds of statements by what they do, of the commit, and of the cache."""
    from django.core.cache import cache

    def ask(execute: Callable[..., Any], statement: str, *arguments: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(statement, *arguments)
        finally:
            spent[f"statement: {_what(statement)}"] += (time.perf_counter() - start) * 1000
            spent["queries"] += 1

    def taking(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*arguments: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return call(*arguments, **named)
            finally:
                spent[name] += (time.perf_counter() - start) * 1000

        return timed

    with (
        connection.execute_wrapper(ask),
        patch.object(connection, "_commit", taking("commit", connection._commit)),
        patch.object(
            connection,
            "is_usable",
            taking("statement: is the connection alive", connection.is_usable),
        ),
        patch.object(cache, "get", taking("Redis: get", cache.get)),
        patch.object(cache, "set", taking("Redis: set", cache.set)),
    ):
        yield


def _what(statement: str) -> str:
    """`INSERT issues_issue`, `SELECT accounts_user` and so on."""
    words = statement.replace('"', "").replace("(", " ").split()
    verb = words[0].upper()
    after = {"INSERT": "INTO", "SELECT": "FROM", "DELETE": "FROM", "UPDATE": "UPDATE"}.get(verb)
    upper = [word.upper() for word in words]
    if after in upper[:-1]:
        return f"{verb} {words[upper.index(after) + 1]}"
    return " ".join(words[:2])


if __name__ == "__main__":
    django.setup()
    if sys.argv[1] == "--profile":
        print("\n".join(profile()))
    else:
        print(json.dumps(people(int(sys.argv[1])), ensure_ascii=False))
