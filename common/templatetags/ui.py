"""Template tags of the design system: icons, the last day of a term, the way back."""

from datetime import date, datetime
from functools import cache

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common import clock

register = template.Library()


@register.simple_tag
@cache  # a page has dozens of a few
def icon(name: str) -> SafeString:
    """An icon of `common/static/icons.svg`; it is decoration, so the words stand beside it."""
    return format_html(
        # Its own size is for the page whose style sheets have not come.
        '<svg class="icon" width="20" height="20" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.filter
def last_day(due_at: datetime | None) -> date | None:
    """The day to show for a deadline, which is kept as the first moment that is too late."""
    return clock.last_day(due_at) if due_at else None


@register.simple_tag(takes_context=True)
def return_address(context: template.Context) -> str:
    """Where the language switch leads back to: the present page, or the home page on an error."""
    request: HttpRequest | None = context.get("request")
    return request.get_full_path() if request and request.method == "GET" else "/"
