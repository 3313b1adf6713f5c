"""Markdown of staff as HTML for a page: no HTML of their own, no styles, no pictures from elsewhere."""

import re
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token


@dataclass(frozen=True)
class Heading:
    """A heading of the second level, for the contents of a long page."""

    anchor: str
    words: str


@dataclass(frozen=True)
class Rendered:
    """A text as HTML that needs no further escaping."""

    html: SafeString
    headings: tuple[Heading, ...]


class _Renderer(RendererHTML):
    """Tables scroll by themselves on a narrow screen."""

    def table_open(self, *_: Any) -> str:
        return '<div class="table" tabindex="0"><table>'

    def table_close(self, *_: Any) -> str:
        return "</table></div>"


_ELSEWHERE = re.compile(r"https?:|//", re.IGNORECASE)
_markdown = (
    MarkdownIt("commonmark", {"html": False, "typographer": False}, renderer_cls=_Renderer)
    .enable("table")
    .disable("image")
)


@lru_cache(maxsize=128)
def render(text: str) -> Rendered:
    """`text` as HTML; its headings begin below the page's own.

    Links lead to http, https, mailto, tel and addresses of the portal itself; others stay words.
    """
    environment: MutableMapping[str, Any] = {}
    tokens = _markdown.parse(text, environment)
    headings: list[Heading] = []
    for index, token in enumerate(tokens):
        # A column that is set to the right would be an inline style, which the policy forbids.
        token.attrs.pop("style", None)
        if token.type == "heading_open":
            _lower(token, tokens[index + 1], headings)
        elif token.type == "heading_close":
            token.tag = _below(token.tag)
        elif token.type == "inline":
            _mark_outside(token.children or ())
    html = _markdown.renderer.render(tokens, _markdown.options, environment)
    # The parser escapes all that is not Markdown, and HTML is switched off.
    return Rendered(mark_safe(html), tuple(headings))  # noqa: S308


def _below(tag: str) -> str:
    """The page's title is its only `h1`."""
    return "h2" if tag == "h1" else tag


def _lower(opening: Token, inline: Token, headings: list[Heading]) -> None:
    opening.tag = _below(opening.tag)
    if opening.tag == "h2":
        anchor = f"part-{len(headings) + 1}"
        words = "".join(child.content for child in inline.children or ())
        opening.attrSet("id", anchor)
        headings.append(Heading(anchor, escape(words)))


def _mark_outside(children: Sequence[Token]) -> None:
    for child in children:
        # `//host/` leads elsewhere as well.
        if child.type == "link_open" and _ELSEWHERE.match(str(child.attrGet("href"))):
            child.attrSet("rel", "noopener")
