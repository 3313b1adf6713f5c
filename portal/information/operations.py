"""What staff do to pages of information: each save is a version, an old one comes back as a new one."""

from collections.abc import Mapping
from typing import Any

from django.core.cache import cache
from django.db import transaction

from accounts.models import User
from common import clock
from portal.information.files import PageFile
from portal.information.queries import FOOTER_KEY
from portal.models import Page, PageVersion

WORDS = (
    *("title", "title_en", "summary", "summary_en", "text", "text_en"),
    *("audience", "audience_en", "link", "authority"),
)
"""What a version says; the rest of it tells of the save."""


@transaction.atomic
def save_page(
    *, by: User | None, page: Page, words: Mapping[str, Any], is_draft: bool, note: str = ""
) -> PageVersion | None:
    """Saves a page and what stands on it from now on.

    Args:
        by: who saves; None for the first texts that come with the portal.
        page: new or changed.
        words: a value for each of `WORDS`; those that are missing are empty.
        is_draft: whether the public goes on reading the version before it.
        note: what was changed and why, for the list of versions.

    Returns:
        The new version, None where nothing of the text has changed.
    """
    page.save()
    # The row's lock makes the numbers of its versions gap-free.
    Page.objects.select_for_update().get(pk=page.pk)
    last = page.versions.first()
    transaction.on_commit(forget_footer)
    if last and last.is_draft == is_draft and _same(last, words):
        return None
    return PageVersion.objects.create(
        page=page,
        number=last.number + 1 if last else 1,
        is_draft=is_draft,
        note=note,
        saved_by=by,
        saved_at=clock.now(),
        **{name: words[name] for name in WORDS if name in words},
    )


def load_pages(files: list[PageFile]) -> int:
    """Makes the pages that are not there yet; staff's own words are never written over.

    Returns:
        How many were made.
    """
    known = set(Page.objects.values_list("slug", flat=True))
    new = [file for file in files if file.slug not in known]
    for file in new:
        page = Page(
            slug=file.slug, kind=file.kind, position=file.position, in_footer=file.in_footer
        )
        save_page(by=None, page=page, words=file.words, is_draft=False)
    return len(new)


def forget_footer() -> None:
    """Makes every page look anew which pages the footer names."""
    cache.delete(FOOTER_KEY)


def _same(version: PageVersion, words: Mapping[str, Any]) -> bool:
    return all(getattr(version, name) == words.get(name, "") for name in WORDS[:-1]) and (
        version.authority == words.get("authority")
    )
