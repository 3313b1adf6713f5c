"""Generates a load: one transaction, lines written by worker processes, poured in by this one."""

import gc
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from common import canonical, clock
from issues import deadlines
from issues.demo.texts import Texts
from issues.load import plan, queries, residents, rows
from issues.load.life import Draft
from issues.load.lives import Dues, Lives
from issues.load.region import Region, read_region
from issues.models import Issue
from issues.operations.indexing import fold_block, learn_words
from issues.queries.search import BLOCK

BATCH = 4000
"""Issues whose lines a worker writes at a time."""
WAITING = 2
"""Batches asked of each worker at once, so that memory stays bounded."""
ISSUES_OF_A_RESIDENT = 4
CLOSINGS = (
    "Прошу принять меры.",
    "Прошу сообщить сроки.",
    "Жители дома ждут ответа.",
    "Это уже не первый раз.",
    "Заранее спасибо.",
    "",
)

Progress = Callable[[str, int, int], None]


class LoadError(Exception):
    """What was poured in is not whole; nothing of it stays."""


@dataclass(frozen=True)
class _Work:
    """What lines are written from; workers get it by fork.

    Attributes:
        serials: what makes a message's serial of its place in the plan, by year.
        free: ids for the first message, its author, its entries and its answers.
        dues: terms of answers; each worker counts one once.
    """

    region: Region
    drawn: plan.Plan
    serials: dict[int, int]
    free: queries.Free
    seed: int
    now: datetime
    dues: Dues = field(default_factory=dict)


def generate_load(*, issues: int, seed: int, workers: int, progress: Progress) -> int:
    """Makes a history of messages: whole chained timelines, answers and verdicts, told to nobody.

    All of it comes in one transaction or nothing does. Meanwhile the tables are locked: nobody files
    or reads. The same seed over the same region at the same moment
    makes the same stories; uids and salts are fresh. Messages have no files.

    Args:
        issues: how many messages.
        seed: of the random numbers.
        workers: processes that write lines; 0 writes them in this one.
        progress: told what is being done, how much of it is done, and of how much.

    Returns:
        How many entries the timelines have.

    Raises:
        RegionMissingError: topics, settlements, authorities or a moderator are missing.
        LoadError: what was poured in does not hold together.
        common.workdays.CalendarUnknownError: a term runs into a year whose calendar is unknown.
    """
    now = clock.now()
    people = max(issues // ISSUES_OF_A_RESIDENT, 1)
    region = read_region()
    progress("routed", 0, issues)
    drawn = plan.draw(region, issues=issues, residents=people, seed=seed, now=now)
    progress("routed", issues, issues)
    with transaction.atomic():
        with queries.rules_put_aside():
            free = queries.free_ids()
            work = _Work(region, drawn, _serials(drawn), free, seed, now)
            lines = residents.residents(first=free.user, count=people, seed=seed, now=now)
            queries.copy(residents.TABLE, residents.COLUMNS, lines)
            entries = _pour_in(work, workers, progress)
            progress("rules and indexes put back", 0, 1)
        progress("rules and indexes put back", 1, 1)
        if wrong := queries.untold(free.issue):
            raise LoadError(f"{wrong} issues are not what their timelines tell.")
    progress("committed", issues, issues)
    return entries


def _serials(drawn: plan.Plan) -> dict[int, int]:
    by_year = drawn.years()
    serials, before = {}, 0
    for year, last in queries.take_counters(by_year).items():
        serials[year] = last + 1 - before
        before += by_year[year]
    return serials


def _pour_in(work: _Work, workers: int, progress: Progress) -> int:
    first, issues, entries = work.free.issue, len(work.drawn.moments), 0
    poured = folded = first  # the next message's id
    for lines in _written(work, workers):
        for table, columns in rows.COLUMNS.items():
            queries.copy(table, columns, lines[table])
        count = lines["issues_issue"].count(b"\n")
        queries.note_words(first=poured, count=count)
        poured += count
        entries += lines["issues_issueevent"].count(b"\n")
        while folded < poured:
            end = (folded // BLOCK + 1) * BLOCK
            if end > poured < first + issues:
                break  # more of this block is to come
            fold_block(folded // BLOCK)
            folded = end
        progress("poured in", poured - first, issues)
    learn_words(Issue.objects.filter(pk__gte=first).exclude(published_text=""))
    return entries


def _pool(workers: int, begin: Callable[..., None], *arguments: object) -> ProcessPoolExecutor:
    context = multiprocessing.get_context("fork")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=begin, initargs=arguments)


def _written(work: _Work, workers: int) -> Iterator[dict[str, bytes]]:
    """The lines of all batches in their order, by table."""
    starts = range(0, len(work.drawn.moments), BATCH)
    if not workers:
        yield from (_write(work, start) for start in starts)
        return
    with _pool(workers, _begin, work) as pool:
        asked: deque[Future[dict[str, bytes]]] = deque()
        for start in starts:
            asked.append(pool.submit(_write_own, start))
            if len(asked) > workers * WAITING:
                yield asked.popleft().result()
        while asked:
            yield asked.popleft().result()


# --- In a worker ----------------------------------------------------------------------------------

_own: list[_Work] = []


def _leave_connection() -> None:
    # The one that came with the fork is the parent's.
    del connections[DEFAULT_DB_ALIAS]


def _begin(work: _Work) -> None:
    _leave_connection()
    _own.append(work)
    # Lives have no cycles: a collector that walks the plan again and again only costs time.
    gc.freeze()
    gc.disable()


def _write_own(start: int) -> dict[str, bytes]:
    return _write(_own[0], start)


def _write(work: _Work, start: int) -> dict[str, bytes]:
    """The lines of one batch, by table."""
    drawn, free = work.drawn, work.free
    random = Random(f"{work.seed}/{start}")  # noqa: S311  (a story, not a secret)
    texts = Texts(random)
    lives = Lives(work.region, random=random, now=work.now, dues=work.dues)
    lines = rows.Lines(
        first_event=free.event + start * rows.EVENTS_APART,
        first_answer=free.answer + start * rows.ANSWERS_APART,
    )
    for place in range(start, min(start + BATCH, len(drawn.moments))):
        decision = drawn.decisions[drawn.which[place]]
        issue = _draft(work, place, lives.new_uid(), texts, random)
        life = lives.live(issue)
        routing = decision.explanation
        if issue.routing:  # somebody chose another authority
            routing = canonical.dumps(issue.routing).decode()
        lines.add(life, routing=routing)
    return lines.encoded()


def _draft(work: _Work, place: int, uid: str, texts: Texts, random: Random) -> Draft:
    """The message at a place of the plan, as its author wrote it."""
    author = work.free.user + work.drawn.authors.item(place)
    drawn, region = work.drawn, work.region
    filed_at = plan.moment_of(drawn.moments[place])
    year = clock.region_date(filed_at).year
    serial = place + work.serials[year]
    topic = region.topics[drawn.topics[place]]
    kind = plan.KIND_NAMES[drawn.kinds[place]]
    spot = region.settlements[drawn.settlements[place]][drawn.spots[place]]
    rule = drawn.decisions[drawn.which[place]].rule
    return Draft(
        id=work.free.issue + place,
        uid=uid,
        year=year,
        serial=serial,
        number=f"{year}-{serial}",
        kind=kind,
        topic=topic,
        channel=plan.CHANNEL_NAMES[drawn.channels[place]],
        author_id=author,
        author_name=" ".join(residents.name_of(author, work.seed)[:2]),
        is_anonymous=random.random() < 0.12,
        address=f"{spot.label}, {random.randint(1, 90)}" if spot.is_street else spot.label,
        lon=drawn.lons.item(place),
        lat=drawn.lats.item(place),
        municipality_id=drawn.municipalities.item(place) or None,
        description=f"{texts.description(topic, kind)} {random.choice(CLOSINGS)}".strip(),
        authority=rule and region.authorities[rule.authority.id],
        filed_at=filed_at,
        moderation_due_at=deadlines.moderation_due(filed_at),
    )
