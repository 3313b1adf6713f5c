"""The catalogue of topics as files: one YAML file for a category, read and checked before it is used.

Beside it, in `texts/`, stand messages by topic for the training of topic suggestion.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.core.exceptions import ValidationError

from authorities import questions
from authorities.models import Category, Kind, Topic
from authorities.topic_learning.fitting import Example

CATEGORY_KEYS = {"code", "name", "name_en", "icon", "topics"}
NEEDED = {"code", "name", "name_en", "kinds", "term_days", "level", "classifier_code", "keywords"}
EXAMPLES = {
    "examples": Kind.PROBLEM,
    "examples_proposal": Kind.PROPOSAL,
    "examples_thanks": Kind.THANKS,
}
TOPIC_KEYS = NEEDED | {"notice", "questions"} | EXAMPLES.keys()


class CatalogueError(ValueError):
    """The files do not say what they must.

    Attributes:
        faults: each names its file and its topic.
    """

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("\n".join(faults))


@dataclass(frozen=True)
class CategoryFile:
    """One category with its topics, not stored yet; `topic.category` is not set."""

    category: Category
    topics: list[Topic]


def read_catalogue(folder: Path) -> list[CategoryFile]:
    """The categories of `folder` in the order of the file names.

    Raises:
        CatalogueError: with everything that is wrong in all the files.
    """
    paths = sorted(folder.glob("*.yaml"))
    faults = [] if paths else [f"{folder}: there are no .yaml files"]
    found = []
    for position, path in enumerate(paths, start=1):
        try:
            found.append(_read(path, position))
        except CatalogueError as error:
            faults += error.faults
    faults += _taken_twice(found)
    if faults:
        raise CatalogueError(faults)
    return found


def _read(path: Path, position: int) -> CategoryFile:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise CatalogueError([f"{path.name}: not readable as YAML: {error}"]) from error
    if not isinstance(content, dict) or content.keys() != CATEGORY_KEYS:
        raise CatalogueError([f"{path.name}: exactly {', '.join(sorted(CATEGORY_KEYS))} expected"])
    category = Category(
        **{name: content[name] for name in ("code", "name", "name_en", "icon")}, position=position
    )
    faults = [f"{path.name}: {fault}" for fault in _field_faults(category)]
    topics = []
    for number, entry in enumerate(content["topics"] or [], start=1):
        code = entry.get("code") if isinstance(entry, dict) else None
        named = f"{path.name}, topic {code or number}"
        wrong = list(_shape_faults(entry))
        if not wrong:
            topic = _topic(entry, number)
            wrong = [*_field_faults(topic), *questions.faults(topic.questions)]
            topics.append(topic)
        faults += [f"{named}: {fault}" for fault in wrong]
    if faults:
        raise CatalogueError(faults)
    return CategoryFile(category, topics)


def _shape_faults(entry: object) -> Iterator[str]:
    if not isinstance(entry, dict):
        yield "a mapping is expected"
        return
    if missing := NEEDED - entry.keys():
        yield f"missing: {', '.join(sorted(missing))}"
    if unknown := entry.keys() - TOPIC_KEYS:
        yield f"unknown: {', '.join(sorted(map(str, unknown)))}"
    notice = entry.get("notice", {"ru": "", "en": ""})
    if not isinstance(notice, dict) or notice.keys() != {"ru", "en"}:
        yield "notice: ru and en are expected"


def _topic(entry: Mapping[str, Any], position: int) -> Topic:
    notice = entry.get("notice", {"ru": "", "en": ""})
    return Topic(
        **{name: entry[name] for name in NEEDED},
        notice=notice["ru"],
        notice_en=notice["en"],
        questions=entry.get("questions", []),
        examples={kind.value: entry[key] for key, kind in EXAMPLES.items() if key in entry},
        position=position,
    )


def _field_faults(row: Category | Topic) -> list[str]:
    try:
        row.clean_fields(exclude=["category"])
    except ValidationError as error:
        return [f"{name}: {' '.join(texts)}" for name, texts in error.message_dict.items()]
    return []


def _taken_twice(found: list[CategoryFile]) -> list[str]:
    seen: dict[str, str] = {}
    faults = []
    for file in found:
        rows: list[Category | Topic] = [file.category, *file.topics]
        for row in rows:
            key = f"{type(row).__name__.lower()} {row.code}"
            if key in seen:
                faults.append(f"{key}: in {seen[key]} and in {file.category.code}")
            seen[key] = file.category.code
    return faults


def examples_of(topics: Iterable[Topic]) -> list[Example]:
    """What the catalogue says of topics: their names, keywords and examples."""
    found = []
    for topic in topics:
        phrases = [topic.name, *topic.keywords, f"{topic.name} {', '.join(topic.keywords)}"]
        found += [Example(phrase, topic.code) for phrase in phrases]
        for kind in Kind.values:
            found += [Example(text, topic.code, kind) for text in topic.examples.get(kind, ())]
    return found


def read_texts(folder: Path) -> list[Example]:
    """The messages by topic in the files of `folder`: a mapping of codes to texts.

    A plain text is a problem; of another kind is what stands as `proposal: text` or `thanks: text`.

    Raises:
        CatalogueError: with everything that is wrong in all the files.
    """
    faults: list[str] = []
    found: list[Example] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            faults.append(f"{path.name}: not readable as YAML: {error}")
            continue
        if not isinstance(content, dict):
            faults.append(f"{path.name}: topics with their texts are expected")
            continue
        for code, texts in content.items():
            for entry in texts if isinstance(texts, list) else [texts]:
                match {Kind.PROBLEM.value: entry} if isinstance(entry, str) else entry:
                    case {**one} if len(one) == 1 and set(one) <= set(Kind.values):
                        found += [Example(str(text), code, str(kind)) for kind, text in one.items()]
                    case _:
                        faults.append(f"{path.name}, topic {code}: a text is expected: {entry}")
    if faults:
        raise CatalogueError(faults)
    return found
