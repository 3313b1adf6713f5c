"""What the portal itself keeps: pages of information with all their versions."""

from portal.models.pages import Page, PageVersion

__all__ = ["Page", "PageVersion"]
