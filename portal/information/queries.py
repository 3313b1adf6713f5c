"""Pages of information as the public reads them."""

from collections.abc import Sequence

from django.core.cache import cache
from django.db.models import Max, QuerySet

from portal.models import Page, PageVersion

FOOTER_KEY = "portal:footer"
FOOTER_SECONDS = 600


def shown(kind: str = "") -> list[PageVersion]:
    """The newest public version of each page that is shown, in the order of the pages."""
    found = PageVersion.objects.filter(is_draft=False, page__is_shown=True)
    if kind:
        found = found.filter(page__kind=kind)
    newest = found.values("page").annotate(newest=Max("id")).values("newest")
    return list(
        PageVersion.objects.filter(pk__in=newest)
        .select_related("page", "authority")
        .order_by("page__kind", "page__position", "page__slug")
    )


def editions(slug: str) -> QuerySet[PageVersion]:
    """All that ever stood in public on a page that is shown, the newest first."""
    return (
        PageVersion.objects.filter(page__slug=slug, page__is_shown=True, is_draft=False)
        .select_related("page", "authority")
        .order_by("-number")
    )


def footer() -> Sequence[tuple[str, str, str]]:
    """Slug, title and English title of the pages that the footer names; from the cache if it is there."""
    found: Sequence[tuple[str, str, str]] | None = cache.get(FOOTER_KEY)
    if found is None:
        found = [
            (version.page.slug, version.title, version.title_en or version.title)
            for version in shown(Page.Kind.PAGE)
            if version.page.in_footer
        ]
        cache.set(FOOTER_KEY, found, FOOTER_SECONDS)
    return found
