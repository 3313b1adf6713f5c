"""What one filing over HTTP asks of the database: every statement more is felt by all who file."""

import json

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from authorities.models import Authority, Topic
from issues.models import Issue

STATEMENTS = 13
"""Session and user 2, topic, limit, ground and rules 3, number, issue, entry, words, deliveries."""


def test_a_message_is_filed_with_few_statements(
    resident: User, topic: Topic, authority: Authority, client: Client
) -> None:
    client.force_login(resident)
    message = {
        "kind": "problem",
        "topic": topic.code,
        "lon": 37.5,
        "lat": 55.5,
        "address": "Квадратный, улица Мира, 1",
        "description": "У дома яма, машины объезжают её по тротуару.",
        "middle_name": "Ивановна",
        **{"last_name": "Иванова", "first_name": "Анна"},
    }

    def file() -> int:
        with CaptureQueriesContext(connection) as asked:
            answer = client.post("/new/", json.dumps(message), content_type="application/json")
        assert answer.status_code == 201, answer.content
        return sum(not query["sql"].startswith(("SAVEPOINT", "RELEASE")) for query in asked)

    file()  # the rules are read, and the name is kept
    assert file() <= STATEMENTS
    assert Issue.objects.count() == 2
