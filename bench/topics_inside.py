"""What the measurement of topics needs from inside: the search by keywords, and all findings of stored messages."""

import json
import time
from dataclasses import asdict
from io import StringIO
from statistics import quantiles
from typing import Any

import django

MESSAGES = 400


def measure() -> dict[str, Any]:
    """The held messages by keywords, then the times of findings by a model."""
    from django.core.management import call_command

    from authorities.suggesting import suggest_topics
    from bench.topics import IN_THREE, Told, held
    from issues.models import Issue
    from moderation.findings.keeping import examine

    firsts = threes = silent = 0
    texts = held()
    for one in texts:
        codes = [
            found.topic.code
            for found in suggest_topics(text=one.text, kind=one.kind, limit=IN_THREE)
        ]
        firsts += codes[:1] == [one.topic]
        threes += one.topic in codes
        silent += not codes
    start = time.perf_counter()
    call_command("train_topics", stdout=StringIO())
    training = time.perf_counter() - start
    suggestion, findings = [], []
    suggest_topics(text="яма", kind="problem")  # the model is read once in a process
    for issue in Issue.objects.select_related("topic").order_by("-id")[:MESSAGES]:
        start = time.perf_counter()
        examine(issue)
        findings.append(1000 * (time.perf_counter() - start))
    for one in texts:
        start = time.perf_counter()
        suggest_topics(text=one.text, kind=one.kind)
        suggestion.append(1000 * (time.perf_counter() - start))
    share = 1 / len(texts)
    return {
        "keywords": asdict(Told(firsts * share, threes * share, silent * share, None)),
        "training_s": training,
        "messages": len(findings),
        "findings_ms": quantiles(findings, n=20)[-1],
        "suggestion_ms": quantiles(suggestion, n=20)[-1],
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(measure()))
