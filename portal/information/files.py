"""The first pages of information, as readable files of `fixtures/pages/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from authorities.models import Authority

TEXT_IN_ENGLISH = "\n=== in English ===\n"


@dataclass(frozen=True)
class PageFile:
    """One page of a file: facts in YAML between two lines of dashes, then the text in Markdown.

    Attributes:
        words: as `save_page` takes them.
    """

    slug: str
    kind: str
    position: int
    in_footer: bool
    words: Mapping[str, Any]


class PageFileError(Exception):
    """A file is not what a page is made of; the words say which one and why."""


def read(folder: Path) -> list[PageFile]:
    """All pages of a folder, by the names of their files.

    Raises:
        PageFileError: a file can not be read as a page.
    """
    return [_page(path) for path in sorted(folder.glob("*.md"))]


def _page(path: Path) -> PageFile:
    try:
        _, head, body = path.read_text(encoding="utf-8").split("---\n", 2)
        facts: dict[str, Any] = yaml.safe_load(head)
        text, _, text_en = body.partition(TEXT_IN_ENGLISH)
        authority = Authority.objects.filter(slug=facts.pop("authority", "")).first()
        page = {name: facts.pop(name) for name in ("kind", "position")}
        in_footer = facts.pop("in_footer", False)
    except (KeyError, ValueError, yaml.YAMLError) as error:
        raise PageFileError(f"{path.name}: {error}") from error
    words = {**facts, "text": text.strip(), "text_en": text_en.strip(), "authority": authority}
    return PageFile(slug=path.stem, in_footer=in_footer, words=words, **page)
