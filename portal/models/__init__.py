"""What the portal itself keeps: pages of information with all their versions, and drafts."""

from portal.models.drafts import FilingDraft
from portal.models.pages import Page, PageVersion

__all__ = ["FilingDraft", "Page", "PageVersion"]
