"""The tables of the head moderator, as a page and as a file: both are made of the same cells."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Literal

from django.utils.translation import gettext as _

from moderation.queries.double_checks import Agreements, Pair
from moderation.queries.head import Followed, Pace, Report

How = Literal["count", "hours", "share", "kappa"]


@dataclass(frozen=True)
class Cell:
    """One figure.

    Attributes:
        value: the figure itself; a share is a part of one. None where there is none.
        how: what sort of figure it is.
        bar: how far the bar beside it goes, percent; None for no bar.
    """

    value: float | None
    how: How = "count"
    bar: int | None = None

    @property
    def percent(self) -> int | None:
        """A share as a whole number of percents."""
        return percent(self.value)


@dataclass(frozen=True)
class Row:
    """One line: what it is about, and its figures."""

    name: str
    cells: list[Cell]


@dataclass(frozen=True)
class Table:
    """A table with a name for its address.

    Attributes:
        slug: of the file.
        title: what it shows.
        first: the heading of the names.
        columns: the headings of the figures.
        rows: the lines.
        note: how to read it, may be empty.
    """

    slug: str
    title: str
    first: str
    columns: list[str]
    rows: list[Row]
    note: str = ""


def percent(share: float | None) -> int | None:
    """A share as a whole number of percents; 100 only for all of them."""
    return None if share is None else min(round(share * 100), 100 if share == 1 else 99)


def tables(report: Report) -> Iterator[Table]:
    """All tables of a period."""
    yield _people(report)
    yield _paces("days", _("By day"), _("Day"), report.days)
    yield Table(
        "reasons",
        _("Reasons of rejections"),
        _("Reason"),
        [_("Rejected"), _("Of all rejected")],
        _barred(
            Row(name, [Cell(count), _share(count, report.all.rejected)])
            for name, count in report.reasons
        ),
    )
    yield _paces("categories", _("By category"), _("Category"), report.categories)
    yield _paces("municipalities", _("By municipality"), _("Municipality"), report.municipalities)
    yield _findings(report.findings)


def of_agreement(found: Agreements) -> Table:
    """How well each two moderators agree, and all together."""
    return Table(
        "agreement",
        _("Agreement on double checks"),
        _("Who"),
        [
            _("Checked"),
            _("Same verdict"),
            _("Share of these"),
            _("Cohen's kappa"),
            _("Both rejected"),
            _("For the same reason"),
        ],
        [_agreement(_("All together"), found.all)]
        + [_agreement(_both(pair), pair) for pair in found.pairs],
        _(
            "Kappa is 1 where two always agree and 0 where they agree as often as by chance. With fewer"
            " than some thirty messages it says little; where all verdicts are the same it says nothing."
        ),
    )


def as_csv(table: Table) -> str:
    """The table as a file for spreadsheets; a name that would be taken for a formula is disarmed."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([table.first, *table.columns])
    for row in table.rows:
        writer.writerow([_disarmed(row.name), *(_plain(cell) for cell in row.cells)])
    return out.getvalue()


def _people(report: Report) -> Table:
    rows = [
        Row(
            pace.name or _("the rule of the fast lane"),
            [
                Cell(pace.claimed),
                Cell(pace.today),
                Cell(pace.week),
                Cell(pace.month),
                *_figures(pace),
            ],
        )
        for pace in report.people
    ]
    columns = [_("Has now"), _("Today"), _("7 days"), _("30 days"), *_columns()]
    return Table("people", _("Moderators"), _("Moderator"), columns, _barred(iter(rows), column=4))


def _paces(slug: str, title: str, first: str, paces: Sequence[Pace]) -> Table:
    named = (Row(pace.name or _("none"), _figures(pace)) for pace in paces)
    return Table(slug, title, first, _columns(), _barred(named))


def _columns() -> list[str]:
    return [
        _("Decided"),
        _("Accepted"),
        _("Of these edited"),
        _("Rejected"),
        _("Merged"),
        _("Asked"),
        _("Left to the head"),
        _("Median, h"),
        _("90 % within, h"),
        _("Within 24 h"),
        _("Within 48 h"),
    ]


def _figures(pace: Pace) -> list[Cell]:
    return [
        Cell(pace.decided),
        Cell(pace.share("accepted"), "share"),
        _share(pace.edited, pace.accepted),
        Cell(pace.share("rejected"), "share"),
        Cell(pace.share("merged"), "share"),
        Cell(pace.asked),
        Cell(pace.referred),
        Cell(pace.median_hours, "hours"),
        Cell(pace.p90_hours, "hours"),
        Cell(pace.share("within_day"), "share"),
        Cell(pace.share("within_two"), "share"),
    ]


def _findings(found: Sequence[Followed]) -> Table:
    rows = (
        Row(one.label, [Cell(one.decided), Cell(one.followed), Cell(one.share, "share")])
        for one in found
    )
    return Table(
        "findings",
        _("How often findings were followed"),
        _("Finding"),
        [_("Decided with it"), _("Followed"), _("Share of these")],
        _barred(rows),
        _(
            "Followed: the message was rejected, merged, or accepted with another text or topic. It is a"
            " hint about the finding, not proof: the change may have had another cause."
        ),
    )


def _agreement(name: str, pair: Pair) -> Row:
    return Row(
        name,
        [
            Cell(pair.found.count),
            Cell(pair.found.same),
            Cell(pair.found.share, "share"),
            Cell(pair.found.kappa, "kappa"),
            Cell(pair.both_rejected),
            Cell(pair.same_reason),
        ],
    )


def _both(pair: Pair) -> str:
    first = str(pair.first) if pair.first else _("the rule of the fast lane")
    return f"{first} · {pair.second}"


def _share(part: int, whole: int) -> Cell:
    return Cell(part / whole if whole else None, "share")


def _barred(rows: Iterator[Row], *, column: int = 0) -> list[Row]:
    """The rows with bars beside one column, the longest for its greatest figure."""
    told = list(rows)
    most = max((row.cells[column].value or 0 for row in told), default=0)
    for row in told:
        cell = row.cells[column]
        if most and cell.value:
            row.cells[column] = Cell(cell.value, cell.how, round(cell.value / most * 100))
    return told


def _plain(cell: Cell) -> str:
    if cell.value is None:
        return ""
    return str(cell.value) if cell.how == "count" else f"{cell.value:.3f}"


def _disarmed(name: str) -> str:
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
