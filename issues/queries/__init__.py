"""What is read of issues from the database."""

from issues.queries.filters import PUBLIC, STAGES, Box, Filter, tell_unsolved
from issues.queries.one import by_number
from issues.queries.pages import cards, for_cards, for_signs
from issues.queries.watching import count_by_state

__all__ = [
    "PUBLIC",
    "STAGES",
    "Box",
    "Filter",
    "by_number",
    "cards",
    "count_by_state",
    "for_cards",
    "for_signs",
    "tell_unsolved",
]
