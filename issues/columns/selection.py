"""What a filter lets through of the columns: counted, paged, put on the map, told in figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, reduce
from typing import Final

import numpy as np

from authorities.models import Authority, Category, Topic
from common import clock
from geo.models import Municipality
from issues.columns.clusters import Cluster, clusters
from issues.columns.table import Column, Mask, Table, across, down
from issues.queries import search
from issues.queries.changes import KINDS, STATES
from issues.queries.filters import Box, Filter
from issues.workflow import ANSWER_CLOCK_STATES, State

PAGE: Final = 20

SORTS: Final[Mapping[str, tuple[str, bool]]] = {
    "newest": ("published", True),
    "supported": ("supporters", True),
    "deadline": ("due", False),
    "category": ("topic", False),
    "closed": ("closed", True),
}
"""The orders of a list by their names in addresses: the column, and whether it falls.

Ties go by the row's number, of a category the newest first.
"""


@dataclass(frozen=True)
class Page:
    """One page of a list.

    Attributes:
        ids: what stands on it, in its order.
        after: the key of the next page, empty on the last one.
    """

    ids: list[int]
    after: str


@dataclass(frozen=True)
class Figures:
    """Counts of public messages; each is the length of the list that `Filter(states=(…,))` gives."""

    total: int
    open: int
    overdue: int
    answered: int
    decided: int
    solved: int


@dataclass(frozen=True)
class Record:
    """How an authority answers: counts of its public messages, and how it was judged.

    Attributes:
        solved: messages whose authors have confirmed that the problem is solved.
        judged: messages with a rating.
        mean_stars: of the last ratings; None without one.
        median_days: from the publication to the answer; None without one.
    """

    total: int = 0
    open: int = 0
    overdue: int = 0
    solved: int = 0
    judged: int = 0
    mean_stars: float | None = None
    median_days: float | None = None

    @property
    def solved_percent(self) -> int | None:
        """How many of a hundred authors who have judged say that it is solved; None without one."""
        return round(100 * self.solved / self.judged) if self.judged else None


_LAST = np.uint64(2**32 - 1)
_RUNNING = [STATES.index(state) + 1 for state in ANSWER_CLOCK_STATES]
_ENDED = [STATES.index(state) + 1 for state in (State.CLOSED, State.RATED)]
_DECIDED = [*_ENDED, STATES.index(State.ANSWERED) + 1]


class Selection:
    """The messages of a table that a filter lets through."""

    def __init__(self, table: Table, mask: Mask) -> None:
        self._table = table
        self._mask = mask

    @property
    def version(self) -> str:
        """Another one as soon as any public message is another one."""
        return self._table.version

    @cached_property
    def count(self) -> int:
        """How many."""
        return int(np.count_nonzero(self._mask))

    @cached_property
    def _rows(self) -> Column:
        return np.flatnonzero(self._mask)

    def narrowed(self, *, kinds: Sequence[str] = (), states: Sequence[str] = ()) -> "Selection":
        """Those of these messages that are of one of the kinds and in one of the states.

        Args:
            kinds, states: as in a `Filter`; without any nothing is left out.
        """
        masks = [self._mask, *_kinds_and_states(self._table, kinds, states)]
        return Selection(self._table, reduce(np.logical_and, masks)) if masks[1:] else self

    def _of(self, name: str) -> Column:
        column = self._table[name]
        return column if self.count == len(column) else column[self._rows]

    def ids(self) -> Column:
        """All of them, in no order."""
        return self._of("id")

    def page(self, *, sort: str, after: str = "", size: int = PAGE) -> Page:
        """A page, found by the key of the last row of the page before; ties go by the row's number.

        Args:
            sort: a name in `SORTS`; messages that have no such moment are left out.
            after: `Page.after` of the page before; empty for the first one.
            size: rows on a page.

        Raises:
            ValueError: `after` is no key.
        """
        name, falls = SORTS[sort]
        values, ids = self._of(name), self._of("id").astype(np.uint64)
        if sort == "deadline":
            runs = _one_of(self._of("state"), _RUNNING) & (values > 0)
            values, ids = values[runs], ids[runs]
        elif sort == "closed":
            values, ids = values[values > 0], ids[values > 0]
        elif sort == "category":
            values, ids = _category_places()[values], _LAST - ids
        # Value and number are one number, and so is the order.
        keys = values.astype(np.uint64) << np.uint64(32) | ids
        if falls:
            keys = ~keys
        if after:
            last = _read_key(after)
            keys = keys[keys > (~last if falls else last)]
        more = len(keys) > size
        keys = np.sort(np.partition(keys, size)[:size] if more else keys)
        told = ~keys if falls else keys
        ids = told & _LAST
        return Page(
            [int(one) for one in (_LAST - ids if sort == "category" else ids)],
            f"{told[-1] >> np.uint64(32)}~{ids[-1]}" if more else "",
        )

    def count_in(self, sort: str) -> int:
        """How many a list in an order has: `page` leaves out those that have no such moment."""
        if sort == "deadline":
            runs = _one_of(self._table["state"], _RUNNING) & (self._table["due"] > 0)
            return int(np.count_nonzero(self._mask & runs))
        if sort == "closed":
            return int(np.count_nonzero(self._mask & (self._table["closed"] > 0)))
        return self.count

    def unsolved(self, ids: Sequence[int]) -> frozenset[int]:
        """Those of some messages that have ended though their authors say that nothing is solved."""
        told = np.asarray(ids, np.int32)
        denied = self._table["id"][self._table.alive & _stage(self._table, "unsolved")]
        return frozenset(told[np.isin(told, denied, kind="table")].tolist())

    def clusters(self, zoom: float) -> list[Cluster]:
        """The signs on the map, each message in exactly one of them.

        Args:
            zoom: zoom of the web map; the messages are within a screen's width at it.

        Raises:
            ValueError: they are not.
        """
        return clusters(self._of("id"), self._of("x"), self._of("y"), zoom=zoom)

    def by(self, name: str) -> dict[str | int, int]:
        """How many by kind, state, topic, authority or municipality: only those that have some.

        Args:
            name: of the column; kinds and states come by their codes, the others by their keys.
        """
        counts = np.bincount(self._of(name))
        words = {"kind": KINDS, "state": STATES}.get(name)
        return {
            words[number - 1] if words else int(number): int(counts[number])
            for number in np.flatnonzero(counts)
        }

    def figures(self) -> Figures:
        """The plain figures of these messages now."""
        return Figures(
            total=self.count,
            **{name: self._counted(name) for name in Figures.__annotations__ if name != "total"},
        )

    def _counted(self, stage: str) -> int:
        return int(np.count_nonzero(self._mask & _stage(self._table, stage)))

    def records(self) -> dict[int, Record]:
        """The records of the authorities that have any of these messages, by their keys."""
        authority, due = self._of("authority"), self._of("due")
        runs = _one_of(self._of("state"), _RUNNING)
        late = runs & (due > 0) & (due < _seconds(clock.now()))
        verdict = self._of("verdict")
        total = np.bincount(authority)
        size = len(total)
        opened, overdue = (np.bincount(authority[m], minlength=size) for m in (runs, late))
        solved = np.bincount(
            authority[_one_of(self._of("state"), _ENDED) & _is_solved(verdict)], minlength=size
        )
        judged = np.bincount(authority[verdict > 0], minlength=size)
        stars = np.bincount(authority, verdict // 2, minlength=size)
        medians = _median_days(authority, self._of("published"), self._of("answered"))
        return {
            int(key): Record(
                total=int(total[key]),
                open=int(opened[key]),
                overdue=int(overdue[key]),
                solved=int(solved[key]),
                judged=int(judged[key]),
                mean_stars=float(stars[key] / judged[key]) if judged[key] else None,
                median_days=medians.get(int(key)),
            )
            for key in np.flatnonzero(total)
            if key
        }


def choose(table: Table, chosen: Filter, *, found: search.Found | None = None) -> Selection:
    """What `chosen` lets through of a table.

    Args:
        table: the messages.
        chosen: which of them.
        found: what has its words, where the caller knows it already.
    """
    masks: list[Mask] = [table.alive, *_kinds_and_states(table, chosen.kinds, chosen.states)]
    masks += [_one_of(table[name], keys) for name, keys in _keys(chosen).items()]
    if chosen.begin_at:
        masks.append(table[chosen.by] >= _seconds(chosen.begin_at))
    if chosen.end_at:
        moments = table[chosen.by]
        masks += [moments > 0, moments < _seconds(chosen.end_at)]
    if chosen.box:
        masks += _within(table, chosen.box)
    if chosen.words:
        if found is None:
            found = search.found(search.parsed(chosen.words))
        masks.append(found.has(table["id"].astype(np.int64)))
    return Selection(table, reduce(np.logical_and, masks))


def _kinds_and_states(table: Table, kinds: Sequence[str], states: Sequence[str]) -> list[Mask]:
    masks: list[Mask] = []
    if kinds:
        known = [KINDS.index(kind) + 1 for kind in kinds if kind in KINDS]
        masks.append(_one_of(table["kind"], known))
    if states:
        masks.append(reduce(np.logical_or, [_stage(table, state) for state in set(states)]))
    return masks


def _keys(chosen: Filter) -> dict[str, list[int]]:
    """The keys of what the filter names by code, by their columns."""
    keys: dict[str, list[int]] = {}
    if chosen.categories or chosen.topics:
        topics = Topic.objects.all()
        if chosen.categories:
            topics = topics.filter(category__code__in=chosen.categories)
        if chosen.topics:
            topics = topics.filter(code__in=chosen.topics)
        keys["topic"] = list(topics.values_list("pk", flat=True))
    if chosen.municipality:
        # One for each set of boundaries.
        places = Municipality.objects.filter(code=chosen.municipality)
        keys["municipality"] = list(places.values_list("pk", flat=True))
    if chosen.authority:
        bodies = Authority.objects.filter(slug=chosen.authority)
        keys["authority"] = list(bodies.values_list("pk", flat=True))
    return keys


def _category_places() -> Column:
    """The place of each topic's category among all, by the topic's key."""
    places = list(Category.objects.order_by("position", "pk").values_list("pk", flat=True))
    topics = dict(Topic.objects.values_list("pk", "category_id"))
    found = np.zeros(max(topics, default=0) + 1, np.uint64)
    for topic, category in topics.items():
        found[topic] = places.index(category)
    return found


def _stage(table: Table, stage: str) -> Mask:
    """A state, or one of the public's words for several, as `queries.STAGES` has them."""
    state = table["state"]
    if stage == "open":
        return _one_of(state, _RUNNING)
    if stage == "overdue":
        due = table["due"]
        return _one_of(state, _RUNNING) & (due > 0) & (due < _seconds(clock.now()))
    if stage == "closed":
        return _one_of(state, _ENDED)
    if stage == "solved":
        return _one_of(state, _ENDED) & _is_solved(table["verdict"])
    if stage == "unsolved":
        return _one_of(state, _ENDED) & _is_judged(table["verdict"]) & ~_is_solved(table["verdict"])
    if stage == "judged":
        return _is_judged(table["verdict"])
    if stage == "decided":
        return _one_of(state, _DECIDED) & (table["answered"] > 0)
    return _one_of(state, [STATES.index(stage) + 1] if stage in STATES else [])


def _is_judged(verdict: Column) -> Mask:
    judged: Mask = verdict > 0
    return judged


def _is_solved(verdict: Column) -> Mask:
    return (verdict & 1).view(np.bool_)


def _within(table: Table, box: Box) -> list[Mask]:
    west, east = across([box.west, box.east])
    north, south = down([box.north, box.south])
    x, y = table["x"], table["y"]
    return [x >= west, x <= east, y >= north, y <= south]


def _one_of(column: Column, values: Sequence[int]) -> Mask:
    if not values:
        return np.zeros(len(column), np.bool_)
    if len(values) > 12:
        # A look-up costs the same for any number of them.
        listed = np.zeros(max(int(column.max(initial=0)), *values) + 1, np.bool_)
        listed[values] = True
        return listed[column]
    return reduce(np.logical_or, [column == value for value in values])


def _median_days(authority: Column, published: Column, answered: Column) -> dict[int, float]:
    """The median from the publication to the answer by authority."""
    done = answered > published
    seconds = answered[done] - published[done]
    # Sorted as one number, which is many times as quick as by two.
    both = np.sort(authority[done].astype(np.uint64) << np.uint64(32) | seconds)
    keys, seconds = both >> np.uint64(32), (both & _LAST).astype(np.float64)
    first = np.flatnonzero(np.diff(keys, prepend=np.uint64(2**63)))
    counts = np.diff(first, append=len(keys))
    found, low, high = keys[first], first + (counts - 1) // 2, first + counts // 2
    days = (seconds[low] + seconds[high]) / 2 / 86400
    return dict(zip(found.tolist(), days.tolist(), strict=True))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _read_key(key: str) -> np.uint64:
    value, _, number = key.partition("~")
    if not all(part.isascii() and part.isdecimal() and len(part) < 11 for part in (value, number)):
        raise ValueError("not a key of this list")
    return np.uint64(min(int(value), 2**32 - 1) << 32 | min(int(number), 2**32 - 1))
