"""Who writes when, from where and about what: drawn and routed for all messages at once."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from authorities import routing
from authorities.models import Kind
from authorities.rules import Decision
from common import clock
from geo import queries as ground
from issues.load.region import Region
from issues.models import Channel

DAYS = 730
"""How far back the messages go."""
GROWTH = 3
"""How many messages come today for each one that came at first."""
WEEKEND = 0.6
"""Messages on a day of the weekend for each one on another day."""
# Messages in each hour of the region's day: few at night, most in the morning and after work.
HOURS = (4, 2, 1, 1, 1, 2, 6, 16, 34, 46, 50, 48, 44, 42, 42, 42, 44, 46, 46, 42, 36, 28, 18, 9)
KINDS = {Kind.PROBLEM: 80, Kind.PROPOSAL: 12, Kind.THANKS: 8}
CHANNELS = {
    Channel.WEB: 55,
    Channel.MOBILE: 34,
    Channel.HOTLINE: 8,
    Channel.KIOSK: 2,
    Channel.OPEN311: 1,
}
KIND_NAMES = [kind.value for kind in KINDS]
CHANNEL_NAMES = [channel.value for channel in CHANNELS]
SECOND = 1_000_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Plan:
    """Columns of equal length in the order of filing; what they point into.

    Attributes:
        moments: of filing, microseconds since 1970, UTC.
        kinds, topics, settlements, spots, channels: places in the lists that they are chosen from.
        authors: a place among the residents.
        lons, lats: WGS 84 degrees.
        municipalities: ids, 0 outside of all.
        which: places in `decisions`.
    """

    moments: Array
    kinds: Array
    topics: Array
    settlements: Array
    spots: Array
    channels: Array
    authors: Array
    lons: Array
    lats: Array
    municipalities: Array
    which: Array
    decisions: list[Decision]

    def years(self) -> dict[int, int]:
        """How many messages are filed in each year of the region's calendar, the first year first."""
        first, last = (clock.region_date(moment_of(at)).year for at in self.moments[[0, -1]])
        starts = [_start_of_year(year) for year in range(first + 1, last + 1)]
        ends = [*np.searchsorted(self.moments, starts).tolist(), len(self.moments)]
        return {
            year: end - begin
            for year, begin, end in zip(range(first, last + 1), [0, *ends[:-1]], ends, strict=True)
        }


def moment_of(microseconds: int) -> datetime:
    """A moment of a plan, UTC."""
    return EPOCH + timedelta(microseconds=int(microseconds))


def draw(region: Region, *, issues: int, residents: int, seed: int, now: datetime) -> Plan:
    """Draws a plan; the same seed, region and moment draw the same.

    Args:
        region: where.
        issues: how many messages.
        residents: how many people write them.
        seed: of the random numbers.
        now: the moment that the last of them are filed before, UTC.
    """
    random = np.random.default_rng(seed)
    moments = _moments(random, issues, now)
    topics = random.choice(len(region.topics), issues, p=_topic_shares(random, len(region.topics)))
    sizes = np.maximum(np.array(region.populations, dtype=float), 400) ** 0.8
    settlements = random.choice(len(sizes), issues, p=sizes / sizes.sum())
    spots = (random.random(issues) * _each(region.settlements, len)[settlements]).astype(np.int64)
    lons, lats = _points(random, region, settlements, spots)
    municipalities, which, decisions = _route(region, moments, topics, lons, lats)
    return Plan(
        moments=moments,
        kinds=_kinds(random, region, topics),
        topics=topics,
        settlements=settlements,
        spots=spots,
        channels=random.choice(len(CHANNELS), issues, p=_shares(CHANNELS.values())),
        # A few write often, most write once or twice.
        authors=(random.random(issues) ** 1.6 * residents).astype(np.int64),
        lons=lons,
        lats=lats,
        municipalities=municipalities,
        which=which,
        decisions=decisions,
    )


def _moments(random: np.random.Generator, count: int, now: datetime) -> Array:
    today = clock.region_date(now)
    midnight = _microseconds(clock.end_of_day(today - timedelta(days=1)))
    shares = np.linspace(GROWTH, 1, DAYS)
    for ago in range(DAYS):
        shares[ago] *= WEEKEND if (today - timedelta(days=ago)).weekday() > 4 else 1
    days_ago = random.choice(DAYS, count, p=_shares(shares))
    hours = random.choice(24, count, p=_shares(HOURS))
    moments = midnight + ((hours - 24 * days_ago) * 3600 * SECOND)
    moments += random.integers(0, 3600 * SECOND, count)
    moments[moments >= _microseconds(now)] -= 24 * 3600 * SECOND
    return np.asarray(np.sort(moments))


def _topic_shares(random: np.random.Generator, count: int) -> Array:
    """A few topics bring most messages: shares fall with the rank, as words' do in a language."""
    shares = 1 / (random.permutation(count) + 3.0)
    return np.asarray(shares / shares.sum())


def _kinds(random: np.random.Generator, region: Region, topics: Array) -> Array:
    """Kinds by their shares; where the topic does not take the kind, its first."""
    wanted = random.choice(len(KINDS), len(topics), p=_shares(KINDS.values()))
    names = KIND_NAMES
    takes = np.array([[name in topic.kinds for name in names] for topic in region.topics])
    first = np.array([names.index(topic.kinds[0]) for topic in region.topics])
    return np.where(takes[topics, wanted], wanted, first[topics])


def _points(
    random: np.random.Generator, region: Region, settlements: Array, spots: Array
) -> tuple[Array, Array]:
    """Points about the spots, rounded to a decimetre."""
    starts = np.cumsum([0, *(len(found) for found in region.settlements)])
    flat = [spot for found in region.settlements for spot in found]
    at = starts[settlements] + spots
    spread = np.where(_each(flat, lambda spot: spot.is_street)[at] == 1, 0.002, 0.012)
    lons = _each(flat, lambda spot: spot.lon)[at] + random.normal(0, 1, len(at)) * spread
    lats = _each(flat, lambda spot: spot.lat)[at] + random.normal(0, 1, len(at)) * spread / 1.8
    return np.round(lons, 6), np.round(lats, 6)


def _route(
    region: Region, moments: Array, topics: Array, lons: Array, lats: Array
) -> tuple[Array, Array, list[Decision]]:
    """Municipality and decision of each message, by the ground and the rules of its day."""
    topic_ids = np.array([topic.pk for topic in region.topics], dtype=np.int64)[topics]
    municipalities = np.zeros(len(moments), dtype=np.int64)
    which = np.zeros(len(moments), dtype=np.int64)
    decisions: list[Decision] = []
    number_of: dict[int, int] = {}
    for day, part in _days(moments):
        found = routing.route_many(
            topic_ids=topic_ids[part], lons=lons[part], lats=lats[part], on=day
        )
        numbers = []
        for decision in found.decisions:
            if id(decision) not in number_of:
                number_of[id(decision)] = len(decisions)
                decisions.append(decision)
            numbers.append(number_of[id(decision)])
        which[part] = np.array(numbers, dtype=np.int64)[found.which]
        municipalities[part] = ground.municipality_ids_at(lons=lons[part], lats=lats[part], on=day)
    return municipalities, which, decisions


def _days(moments: Array) -> list[tuple[date, slice]]:
    """The region's days with the messages of each."""
    day, last = (clock.region_date(moment_of(at)) for at in moments[[0, -1]])
    found, start = [], 0
    while day <= last:
        end = int(np.searchsorted(moments, _microseconds(clock.end_of_day(day))))
        if end > start:
            found.append((day, slice(start, end)))
        day, start = day + timedelta(days=1), end
    return found


def _each(things: Any, of: Any) -> Array:
    return np.array([of(thing) for thing in things])


def _shares(weights: Any) -> Array:
    found = np.array(list(weights), dtype=float)
    return np.asarray(found / found.sum())


def _microseconds(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def _start_of_year(year: int) -> int:
    return _microseconds(clock.end_of_day(date(year - 1, 12, 31)))
