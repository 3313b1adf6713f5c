"""Views of the public pages, a module for each kind of page."""
