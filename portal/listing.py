"""A list of messages as an address asks for it: what stands on a page, how many there are, what narrows it."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from issues import columns, queries
from issues.columns import PAGE
from issues.models import Issue
from issues.queries import Filter, ranking, search
from portal.forms import BEST, DAY_LABELS, FilterForm, ListForm

TOPICS = 3
"""Topics that are offered beside what was found."""


@dataclass(frozen=True)
class Card:
    """A message with the words that were looked for marked; without such they are empty."""

    issue: Issue
    text: SafeString | str = ""
    address: SafeString | str = ""


@dataclass(frozen=True)
class Listing:
    """One page of a list.

    Attributes:
        cards: what stands on it.
        after: the key of the next page, empty on the last one.
        count: of all pages together, exact.
        left_out: how many have no place in this order, such as a closed message among deadlines.
        chosen: the filter, with the words that were looked for in the end.
        reading: how the words were understood, None without any.
        is_ranked: whether the best come first.
        ranked: how many of the newest were compared for that, where not all were; else 0.
        version: another one as soon as any public message is another one.
        order: of the pages.
        parted: the same messages and those of all other kinds and states: what the tabs part.
    """

    cards: list[Card]
    after: str
    count: int
    left_out: int
    chosen: Filter
    reading: search.Reading | None
    is_ranked: bool
    ranked: int
    version: str
    order: str
    parted: columns.Selection

    def count_on(self, tab: "Tab") -> int:
        """How many a tab has under the same filter, in the same order: the `count` of its list."""
        states = tab.states_under(self.chosen)
        return self.parted.narrowed(kinds=tab.kinds, states=states).count_in(self.order)


def read(form: ListForm, *, after: str = "", size: int = PAGE, sort: str = "") -> Listing:
    """A page of the list that `form` asks for.

    Args:
        form: as the address fills it.
        after: `Listing.after` of the page before; empty for the first one.
        size: messages on a page.
        sort: the order, where it is not the form's own.

    Raises:
        ValueError: `after` is not a key of this list.
        issues.columns.BusyError: this process is still reading all messages for the first time.
    """
    chosen = form.chosen
    reading = search.read(chosen.words) if chosen.words else None
    if reading and reading.is_mended:
        chosen = replace(chosen, words=reading.search.text)
    found = reading.found if reading else None
    parted = columns.choose(columns.current(), replace(chosen, kinds=(), states=()), found=found)
    selection = parted.narrowed(kinds=chosen.kinds, states=chosen.states)
    sort = sort or form.order
    is_ranked = sort == BEST and reading is not None
    if is_ranked and reading:
        newest = selection.page(sort="newest", size=ranking.RANKED).ids
        ids, following = _part(ranking.ranked(reading.search, newest), after, size)
    else:
        page = selection.page(sort="newest" if sort == BEST else sort, after=after, size=size)
        ids, following = page.ids, page.after
    issues = queries.cards(ids, unsolved=selection.unsolved(ids))
    marked = ranking.highlights(reading.search, issues) if reading else {}
    return Listing(
        cards=[Card(issue, *marked.get(issue.pk, ("", ""))) for issue in issues],
        after=following,
        count=selection.count_in(sort),
        left_out=selection.count - selection.count_in(sort),
        chosen=chosen,
        reading=reading,
        is_ranked=is_ranked,
        ranked=ranking.RANKED if is_ranked and selection.count > ranking.RANKED else 0,
        version=selection.version,
        order=sort,
        parted=parted,
    )


def _part(ids: list[int], after: str, size: int) -> tuple[list[int], str]:
    """What stands behind the first so many; a rank has no key of its own."""
    if after and not (after.isascii() and after.isdecimal() and len(after) < 6):
        raise ValueError("not a key of this list")
    start = int(after or 0)
    return ids[start : start + size], str(start + size) if len(ids) > start + size else ""


def topics_named(reading: search.Reading, form: ListForm) -> list[tuple[str, str]]:
    """The codes and names of topics whose names have all the words that are looked for."""
    stems = [stem for term in reading.search.wanted for stem in term.stems]
    named = getattr(form.fields["topic"], "choices", ())
    return [
        (code, name)
        for code, name in named
        if code and all(re.search(rf"\b{re.escape(stem)}", name.lower()) for stem in stems)
    ][:TOPICS]


# --- What a list is called ------------------------------------------------------------------------


@dataclass(frozen=True)
class Tab:
    """A list with a name of its own.

    Attributes:
        label: on its tab.
        heading: of its page.
        kind, state: what stands for it in an address.
    """

    label: str
    heading: str
    kind: str = ""
    state: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """The same as a filter has it; so is the one below."""
        return (self.kind,) if self.kind else ()

    @property
    def states(self) -> tuple[str, ...]:
        """The state or stage."""
        return (self.state,) if self.state else ()

    def states_under(self, chosen: Filter) -> tuple[str, ...]:
        """Its own state, else the chosen ones, unless they are another list."""
        return self.states or (() if chosen.states == ("decided",) else chosen.states)

    def is_of(self, chosen: Filter) -> bool:
        """Whether `chosen` is this list, narrowed or not."""
        if self.state:
            return chosen.kinds == self.kinds and chosen.states == self.states
        return chosen.kinds == self.kinds and chosen.states != ("decided",)


def tabs() -> list[Tab]:
    """The lists (R7.3), the one of everything first."""
    return [
        Tab(pgettext("tab", "All"), gettext("Messages of residents")),
        Tab(gettext("Problems"), gettext("Problems that residents report"), kind="problem"),
        Tab(gettext("Proposals"), gettext("Proposals of residents"), kind="proposal"),
        Tab(gettext("Thanks"), gettext("Thanks of residents"), kind="thanks"),
        Tab(gettext("Decisions"), gettext("Decisions of authorities"), state="decided"),
    ]


def tab_of(chosen: Filter) -> Tab | None:
    """The list that `chosen` narrows; None where it is a mixture."""
    return next((tab for tab in tabs() if tab.is_of(chosen)), None)


@dataclass(frozen=True)
class Chip:
    """A part of the filter.

    Attributes:
        label: what it narrows.
        value: to what.
        without: the query of the same list without it.
    """

    label: str
    value: str
    without: str


def chips(
    form: FilterForm, query: QueryDict, *, beside: Tab | None = None, but: Collection[str] = ()
) -> list[Chip]:
    """What narrows the list, each with the way back; neither a tab beside it nor the fields `but`."""
    told = {"sort", "by", *but}
    if beside:
        told |= {name for name in ("kind", "state") if getattr(beside, name)}
    found = []
    for name, field in form.fields.items():
        if name in told:
            continue
        for raw, value in _values(form, name):
            found.append(
                Chip(str(field.label or gettext("Place")), value, _without(query, name, raw))
            )
    return found


def _values(form: FilterForm, name: str) -> Iterator[tuple[str, str]]:
    """The valid values of a field: as in the address, and in words."""
    given = form.cleaned_data.get(name)
    if not given:
        return
    if isinstance(given, date):
        event = DAY_LABELS[form.chosen.by]
        told = (
            gettext("%(event)s from %(day)s")
            if name == "since"
            else gettext("%(event)s to %(day)s")
        )
        yield str(given), told % {"event": event, "day": date_format(given)}
    elif name == "bbox":
        yield "", gettext("a part of the map")
    elif name == "q":
        yield str(given), f"«{given}»"
    else:
        words = dict(_flat(getattr(form.fields[name], "choices", ())))
        for code in [given] if isinstance(given, str) else dict.fromkeys(given):
            yield code, str(words[code])


def _flat(choices: object) -> Iterator[tuple[str, str]]:
    """Choices without their groups."""
    for value, label in choices:  # type: ignore[attr-defined]
        if isinstance(label, (list, tuple)):
            yield from label
        else:
            yield value, label


def _without(query: QueryDict, name: str, value: str) -> str:
    """A query without a value of a field, from the first page on."""
    left = query.copy()
    left.pop("after", None)
    kept = [one for one in left.getlist(name) if one != value] if value and name != "q" else []
    if kept:
        left.setlist(name, kept)
    else:
        left.pop(name, None)
    return f"?{left.urlencode()}"


def address_of(query: QueryDict) -> str:
    """The same query without what narrows nothing, as a form of a browser would send it along."""
    said_anyway = {("by", "published"), ("sort", BEST if query.get("q") else "newest")}
    pairs = [(name, value) for name, values in query.lists() for value in values]
    left = [pair for pair in pairs if pair[1].strip() and pair not in said_anyway]
    return f"?{urlencode(left)}" if left else ""


def title(form: ListForm) -> str:
    """What the list is called, with all that narrows it."""
    tab = tab_of(form.chosen)
    heading = tab.heading if tab else gettext("Messages of residents")
    narrowed = ", ".join(chip.value for chip in chips(form, QueryDict(), beside=tab))
    return f"{heading}: {narrowed}" if narrowed else heading
