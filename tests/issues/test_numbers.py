"""Numbers have no gap and no double, however many processes file at once (R1.1)."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import User
from authorities.models import Authority, Topic
from issues.models import Issue, NumberCounter

PROCESSES = 8
EACH = 12

FILER = """
import os, sys
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = sys.argv[1]
from django.db import transaction
from accounts.models import User
from authorities.models import Topic
from issues import operations
from issues.policies import By

user, topic = User.objects.get(pk=int(sys.argv[2])), Topic.objects.get(pk=int(sys.argv[3]))
class GoneWrong(Exception): pass
for turn in range(int(sys.argv[4])):
    message = operations.Message(kind="problem", topic=topic, lon=37.5, lat=55.5,
                                 address="Квадратный", description=f"Сообщение {turn}")
    try:
        with transaction.atomic():
            operations.file_issue(by=By.author(user), message=message)
            if turn % 3 == 0:
                raise GoneWrong
    except GoneWrong:
        pass
"""


@pytest.mark.django_db(transaction=True)
def test_eight_processes_file_at_once_and_some_fail(
    make_user: Callable[..., User], authority: Authority, topic: Topic
) -> None:
    user = make_user()
    name = connection.settings_dict["NAME"]
    # One that dies while it holds the counter must not cost a number either.
    started = [
        subprocess.Popen(
            [sys.executable, "-c", FILER, str(name), str(user.pk), str(topic.pk), str(EACH)],
            cwd=Path(__file__).parents[2],
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"},
        )
        for _ in range(PROCESSES)
    ]
    assert [process.wait(timeout=200) for process in started] == [0] * PROCESSES
    serials = sorted(Issue.objects.values_list("serial", flat=True))
    expected = PROCESSES * (EACH - len(range(0, EACH, 3)))
    assert serials == list(range(1, expected + 1))
    assert NumberCounter.objects.get().last == expected
