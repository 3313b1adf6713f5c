"""Pages of the authority's desk."""
