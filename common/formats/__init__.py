"""How days and moments are written in each language, one way on all pages and in all letters."""
