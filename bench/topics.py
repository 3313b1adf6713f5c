"""How right the suggested topics are, on messages that no model has learned from, against the search by keywords."""

import json
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from authorities.topic_files import examples_of, read_catalogue, read_texts
from authorities.topic_learning.fitting import (
    Example,
    Figures,
    Subject,
    calibration_error,
    fit,
)
from authorities.topic_learning.learned import Learned
from bench import databases

ROOT = Path(__file__).parent.parent
TOPICS = ROOT / "fixtures" / "topics"
HELD = ROOT / "tests" / "authorities" / "held_topics"
IN_THREE = 3
LIMIT_MS = 150
"""For all findings of one message."""


@cache
def subjects() -> dict[str, Subject]:
    """The topics of the catalogue as the learning sees them."""
    return {
        topic.code: Subject(file.category.code, frozenset(topic.kinds))
        for file in read_catalogue(TOPICS)
        for topic in file.topics
    }


@cache
def learned_from_files() -> tuple[Learned, Figures]:
    """What is learned where no message was accepted yet."""
    examples = examples_of(topic for file in read_catalogue(TOPICS) for topic in file.topics)
    return fit([*examples, *written()], subjects())


def written() -> list[Example]:
    """The messages beside the catalogue, to learn from."""
    return read_texts(TOPICS / "texts")


def held() -> list[Example]:
    """The messages that no model learns from."""
    return read_texts(HELD)


@dataclass(frozen=True)
class Told:
    """What was suggested for the held messages.

    Attributes:
        right_first, right_in_three: the share whose topic came first, or among three, silent or not.
        silent: the share for which nothing would be shown.
        calibration_error: how far the confidence in the first topic is from the truth; None without one.
    """

    right_first: float
    right_in_three: float
    silent: float
    calibration_error: float | None


def told() -> Told:
    """What the model suggests; where it would be silent, its guess counts for what comes first."""
    learned = learned_from_files()[0]
    firsts, threes, silent, sure = [], [], [], []
    for one in held():
        judged = learned.judge(one.text, _offered(one.kind))
        order = np.argsort(-judged.shares, kind="stable")[:IN_THREE].tolist()
        codes = [judged.topics[at] for at in order]
        firsts.append(codes[0] == one.topic)
        threes.append(one.topic in codes)
        silent.append(not judged.best(IN_THREE))
        sure.append(learned.confidence(float(judged.shares[order[0]])))
    return Told(
        float(np.mean(firsts)),
        float(np.mean(threes)),
        float(np.mean(silent)),
        calibration_error(np.array(sure), np.array(firsts)),
    )


def contradicts(text: str, topic: str) -> bool:
    """Whether the finding `wrong_topic` would be shown of a problem."""
    learned = learned_from_files()[0]
    return learned.judge(text, _offered("problem")).contradicts(topic, learned.wrong)


def _offered(kind: str) -> list[str]:
    return [code for code, subject in subjects().items() if kind in subject.kinds]


def rows() -> list[dict[str, Any]]:
    """The figures of the held messages, and the time of all findings of a message, on a database."""
    mine, (_, unseen) = told(), learned_from_files()
    with (
        tempfile.TemporaryDirectory() as work,
        databases.prepared("bench_topics", work_folder=work) as environment,
    ):
        databases.manage(environment, "generate_load", "--issues", "2000")
        inside = json.loads(databases.manage(environment, module="bench.topics_inside"))
    keywords = Told(**inside["keywords"])
    right = {"unit": "of the held messages", "noise": 0.0, "baseline_name": "search by keywords"}
    return [
        right
        | {
            "name": f"the right topic first, of {len(held())} held messages",
            "value": mine.right_first,
            "baseline": keywords.right_first,
            "ratio": mine.right_first / keywords.right_first,
            "bar": 1.2,
            "notes": [
                f"silent for {mine.silent:.1%} (keywords {keywords.silent:.1%}),"
                f" error of calibration {mine.calibration_error:.3f}",
                f"unseen texts of the training: first {unseen.right_first:.1%}, among three"
                f" {unseen.right_in_three:.1%}, silent {unseen.silent:.1%},"
                f" error of calibration {unseen.calibration_error:.3f}",
            ],
        },
        right
        | {
            "name": "the right topic among three",
            "value": mine.right_in_three,
            "baseline": keywords.right_in_three,
            "ratio": mine.right_in_three / keywords.right_in_three,
            "bar": 1.2,
        },
        {
            "name": "all findings of one message, p95",
            "unit": "ms",
            "value": inside["findings_ms"],
            "baseline": inside["suggestion_ms"],
            "baseline_name": "the suggestion of topics alone, p95",
            "ratio": LIMIT_MS / inside["findings_ms"],
            "limit": LIMIT_MS,
            "noise": 0.0,
            "notes": [
                f"of {inside['messages']} messages; training took {inside['training_s']:.1f} s"
            ],
        },
    ]
