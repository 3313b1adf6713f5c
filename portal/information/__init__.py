"""Pages of information and the catalogue of services: versions by staff, Markdown, first texts from files."""
