"""What is read of issues from the database."""

from issues.queries.clusters import CLUSTER_PIXELS, Cluster, clusters, extent, standing
from issues.queries.figures import (
    Figures,
    Record,
    count_by_state,
    figures,
    lately_solved,
    records,
)
from issues.queries.filters import PUBLIC, STAGES, Box, Filter
from issues.queries.one import by_number
from issues.queries.pages import PAGE, SORTS, Page, cards, for_cards, for_signs, page

__all__ = [
    "CLUSTER_PIXELS",
    "PAGE",
    "PUBLIC",
    "SORTS",
    "STAGES",
    "Box",
    "Cluster",
    "Figures",
    "Filter",
    "Page",
    "Record",
    "by_number",
    "cards",
    "clusters",
    "count_by_state",
    "extent",
    "figures",
    "for_cards",
    "for_signs",
    "lately_solved",
    "page",
    "records",
    "standing",
]
