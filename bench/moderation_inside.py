"""What the measurement of the desk needs from inside: messages that wait, and moderators who are logged in."""

import json
import sys
from datetime import timedelta
from random import Random
from typing import Any

import django

HOURS = 60
"""Messages wait for up to so many hours: a fifth of them too long."""
PASSWORD = "unused"


def waiting(count: int, seed: int = 1) -> None:
    """Files messages over the last hours that nobody has judged, with findings in every third one."""
    from django.db import connection, transaction

    from accounts.models import User
    from authorities.models import Topic
    from common import clock, outbox
    from geo.models import Place
    from issues import operations
    from issues.demo.texts import Texts
    from issues.policies import By
    from moderation.models import Code, Finding

    random = Random(seed)
    texts = Texts(random)
    authors = list(User.objects.filter(role_grants=None).order_by("pk")[: count // 2])
    topics = list(Topic.objects.filter(is_active=True, questions=[]))
    places = list(Place.objects.exclude(kind=Place.Kind.HOUSE).order_by("pk")[:4000])
    now = clock.now()
    findings = []
    with outbox.muted(), transaction.atomic():
        for number in range(count):
            topic = random.choice(topics)
            kind = random.choice(topic.kinds)
            place = random.choice(places)
            message = operations.Message(
                kind=kind,
                topic=topic,
                lon=place.point.x,
                lat=place.point.y,
                address=place.label,
                description=texts.description(topic, kind),
            )
            ago = timedelta(hours=HOURS) * (count - number) / count
            with clock.told(now - ago):
                filed = operations.file_issue(
                    by=By.author(random.choice(authors)),
                    message=message,
                    channel=random.choice(["web", "web", "mobile", "hotline"]),
                )
            if number % 3 == 0:
                code = random.choice(Code.values)
                findings.append(Finding(issue=filed, code=code))
        Finding.objects.bulk_create(findings)
    with connection.cursor() as cursor:
        # What comes in two days the server looks at by itself many times meanwhile.
        cursor.execute("VACUUM (ANALYZE) issues_issue, issues_issueevent, moderation_finding")


def moderators(count: int) -> list[str]:
    """Moderators with sessions; the keys of these."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from accounts.models import Role, RoleGrant, User

    keys = []
    for number in range(count):
        user = User.objects.create_user(
            f"moderator{number}@bench.example.org", PASSWORD, last_name="Зимина", first_name="Ольга"
        )
        RoleGrant.objects.create(user=user, role=Role.MODERATOR)
        session = SessionStore()
        facts: dict[str, Any] = {
            SESSION_KEY: str(user.pk),
            BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
            HASH_SESSION_KEY: user.get_session_auth_hash(),
        }
        session.update(facts)
        session.create()
        assert session.session_key is not None
        keys.append(session.session_key)
    return keys


if __name__ == "__main__":
    django.setup()
    waiting(int(sys.argv[1]))
    print(json.dumps(moderators(int(sys.argv[2]))))
