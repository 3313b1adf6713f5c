"""The public messages as columns in memory: the one answer to what is there, for map, lists and figures.

Each web process keeps some sixty bytes of every public message, and asks the database at each use what
has changed since (one short query, by an index). A filter is a vector mask, so whatever is asked of one
selection agrees to the unit, and a million messages cost milliseconds:

    chosen = columns.select(Filter(kinds=("problem",), states=("open",), box=box))
    chosen.count                              # how many
    page = chosen.page(sort="newest", after=request.GET.get("after", ""), size=20)
    queries.cards(page.ids, unsolved=chosen.unsolved(page.ids))  # the rows of a page in its order
    page.after                                # the next page's key
    chosen.clusters(zoom)                     # signs of the map, exact
    chosen.figures()                          # open, overdue, answered, decided, solved
    chosen.by("kind"), chosen.records()       # counts by a column; how authorities answer
    chosen.version                            # for ETags: equal in all processes with the same content

`select` asks once; several selections of one page share one moment by `now = columns.current()` and
`columns.choose(now, filter)`.
"""

from issues.columns.clusters import CLUSTER_PIXELS, Cluster
from issues.columns.keeper import BusyError, current, warm
from issues.columns.selection import PAGE, SORTS, Figures, Page, Record, Selection, choose
from issues.columns.table import Table
from issues.queries.filters import Filter

__all__ = [
    "CLUSTER_PIXELS",
    "PAGE",
    "SORTS",
    "BusyError",
    "Cluster",
    "Figures",
    "Page",
    "Record",
    "Selection",
    "Table",
    "choose",
    "current",
    "select",
    "warm",
]


def select(chosen: Filter) -> Selection:
    """What the filter lets through, as everything committed by now has it.

    Raises:
        BusyError: this process is still reading all messages for the first time.
    """
    return choose(current(), chosen)
