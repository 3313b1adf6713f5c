"""What will come of a message once topic and place are known: who answers, and by when (R7.5)."""

from dataclasses import dataclass
from datetime import date

from authorities import routing
from authorities.models import Authority, Kind, Topic
from common import clock
from common.workdays import CalendarUnknownError
from geo import queries as ground
from issues import columns, deadlines
from issues.columns import Record
from issues.queries import Filter


@dataclass(frozen=True)
class Prospect:
    """What a message at a place can expect.

    Attributes:
        inside: whether the place lies in the region; outside nothing else is known.
        authority: who answers; None where no rule says so and staff will choose.
        answer_by: the latest day of the answer, were the message published at the last moment of
            its moderation; None for thanks, and while the calendar of that year is not known.
        record: how the authority has answered so far, None where it has not.
    """

    inside: bool
    authority: Authority | None = None
    answer_by: date | None = None
    record: Record | None = None

    @property
    def usual_days(self) -> int | None:
        """In how many days half of its answers came."""
        median = self.record.median_days if self.record else None
        return None if median is None else max(1, round(median))


def look_ahead(*, topic: Topic, kind: str, lon: float, lat: float) -> Prospect:
    """The prospect of a message filed now.

    Args:
        topic, kind: what it is.
        lon, lat: the place, WGS 84 degrees.
    """
    now = clock.now()
    today = clock.region_date(now)
    if ground.municipality_id_at(lon=lon, lat=lat, on=today) is None:
        return Prospect(inside=False)
    found = routing.route(topic=topic, lon=lon, lat=lat, on=today)
    answer_by, record = None, None
    if kind != Kind.THANKS:
        published = clock.region_date(deadlines.moderation_due(now))
        try:
            answer_by = deadlines.answer_date(published, topic.term_days)
        except CalendarUnknownError:
            answer_by = None
        if found.authority is not None:
            record = _record(found.authority)
    return Prospect(True, found.authority, answer_by, record)


def _record(authority: Authority) -> Record | None:
    try:
        chosen = columns.select(Filter(authority=authority.slug))
    except columns.BusyError:
        return None  # a process that has just begun: nobody waits for figures
    return chosen.records().get(authority.pk)
