"""What the bridge's books say: what is due, what waits, what failed."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery

from issues.workflow import State
from msed_bridge.models import (
    Appeal,
    Channel,
    Direction,
    Exchange,
    FileTransfer,
    Intervention,
    Notice,
    Partner,
    RefusedPackage,
)

FIRST_KINDS = ("documentAccepted", "documentRefused")
"""What is told of an appeal before all else."""
_LATEST = 100
_UNFINISHED = (Exchange.State.WAITING, Exchange.State.FAILED)


def due_exchanges(now: datetime, channel: str = Channel.MSED) -> QuerySet[Exchange]:
    """Messages to send now by a channel, the longest waiting first; of one issue only the earliest unfinished.

    A message that needs a person holds back those that follow it: the other side would not understand them.
    """
    earlier = Exchange.objects.filter(
        direction=Direction.OUT,
        channel=OuterRef("channel"),
        issue=OuterRef("issue"),
        event__lt=OuterRef("event"),
        state__in=_UNFINISHED,
    )
    return (
        Exchange.objects.filter(
            Q(leased_until=None) | Q(leased_until__lte=now),
            channel=channel,
            direction=Direction.OUT,
            state=Exchange.State.WAITING,
            next_attempt_at__lte=now,
        )
        .exclude(Exists(earlier))
        .order_by("next_attempt_at", "pk")
    )


def due_files(now: datetime, channel: str = Channel.MSED) -> QuerySet[FileTransfer]:
    """Files to fetch now by a channel, for appeals that are known here."""
    known = Appeal.objects.filter(uid=OuterRef("notice__appeal_uid"))
    return FileTransfer.objects.filter(
        Exists(known),
        notice__channel=channel,
        direction=Direction.IN,
        state=FileTransfer.State.WAITING,
        next_attempt_at__lte=now,
    ).order_by("next_attempt_at", "pk")


def next_notice(appeal: Appeal) -> Notice | None:
    """The notification whose turn it is, when it is here."""
    waiting = Notice.objects.filter(appeal_uid=appeal.uid, state=Notice.State.WAITING)
    if numbered := waiting.filter(seq=appeal.applied_seq + 1).first():
        return numbered
    unnumbered = waiting.filter(channel=Channel.MEDO)
    if not appeal.issue.registration_number:
        unnumbered = unnumbered.filter(kind__in=FIRST_KINDS)
    return unnumbered.order_by("happened_at", "pk").first()


def issues_to_follow() -> list[int]:
    """Issues whose next notification is here and has all its files, or has given them up."""
    appeal = Appeal.objects.filter(uid=OuterRef("appeal_uid"))
    its_turn = appeal.filter(applied_seq=OuterRef("seq") - 1)
    is_registered = appeal.exclude(issue__registration_number="")
    on_their_way = FileTransfer.objects.filter(
        notice=OuterRef("pk"), state=FileTransfer.State.WAITING
    )
    may_follow = (
        Notice.objects.filter(state=Notice.State.WAITING)
        .exclude(Exists(on_their_way))
        .filter(
            Q(Exists(its_turn))
            | Q(Exists(appeal), channel=Channel.MEDO, kind__in=FIRST_KINDS)
            | Q(Exists(is_registered), channel=Channel.MEDO)
        )
    )
    uids = may_follow.values("appeal_uid")
    return list(Appeal.objects.filter(uid__in=uids).order_by("pk").values_list("pk", flat=True))


def last_seqs(uids: list[str]) -> Mapping[str, int]:
    """The number of the last notification that is here, by appeal; 0 where there is none."""
    numbered = Notice.objects.filter(appeal_uid=OuterRef("uid"), channel=Channel.MSED)
    last = numbered.order_by("-seq").values("seq")[:1]
    found = Appeal.objects.filter(uid__in=uids).annotate(last=Subquery(last))
    return {str(appeal.uid): appeal.last or 0 for appeal in found}


def numbers_told(uids: list[str]) -> Mapping[str, str]:
    """The number under which МСЭД has registered an appeal, as it told it, by appeal.

    Not of those that were redirected: they may have another one by now.
    """
    redirected = Notice.objects.filter(appeal_uid=OuterRef("uid"), kind="redirected")
    found = Appeal.objects.filter(uid__in=uids, channel=Channel.MSED).exclude(Exists(redirected))
    told = found.exclude(issue__registration_number="")
    return {
        str(uid): number for uid, number in told.values_list("uid", "issue__registration_number")
    }


def open_appeals() -> list[str]:
    """Uids of the appeals that МСЭД has, by its receipt, and the portal has not closed."""
    received = Exchange.objects.filter(
        issue=OuterRef("pk"), kind=Exchange.Kind.REGISTER, state=Exchange.State.DONE
    )
    there = Appeal.objects.filter(channel=Channel.MSED, is_open=True, issue__closed_at=None)
    return [
        str(uid)
        for uid in there.filter(Exists(received)).order_by("pk").values_list("uid", flat=True)
    ]


def has_told(appeal: Appeal) -> bool:
    """Whether the side that an appeal is with has told anything of it."""
    return Notice.objects.filter(appeal_uid=appeal.uid, channel=appeal.channel).exists()


# --- What a person should know ---------------------------------------------------------------------

RECEIPT_WITHIN = timedelta(hours=1)
"""A message without a receipt for so long is shown to staff: retries alone do not mend it."""
ANSWER_WITHIN = timedelta(hours=72)
"""documentAccepted or documentRefused comes so soon after the receipt; source: contract, 1."""


def without_receipt(now: datetime) -> QuerySet[Exchange]:
    """Messages that wait too long for their receipt, the oldest first."""
    return (
        Exchange.objects.filter(state=Exchange.State.WAITING, made_at__lt=now - RECEIPT_WITHIN)
        .select_related("issue")
        .order_by("made_at")
    )


def without_answer(now: datetime) -> QuerySet[Exchange]:
    """Appeals that МСЭД has a receipt for, and has neither accepted nor refused in time, the oldest first."""
    answered = Notice.objects.filter(
        appeal_uid=OuterRef("issue__msed_appeal__uid"),
        kind__in=FIRST_KINDS,
        received_at__gte=OuterRef("made_at"),
    )
    return (
        Exchange.objects.filter(
            direction=Direction.OUT,
            state=Exchange.State.DONE,
            kind=Exchange.Kind.REGISTER,
            accepted=True,
            done_at__lt=now - ANSWER_WITHIN,
            # What is registered, withdrawn or with another authority by now waits for nothing.
            issue__state=State.DISPATCHED,
            issue__msed_appeal__is_open=True,
        )
        .exclude(Exists(answered))
        .select_related("issue")
        .order_by("done_at")
    )


def failures() -> list[tuple[str, int]]:
    """How many messages need a person, by their fault, the most frequent first."""
    rows = Exchange.objects.filter(state=Exchange.State.FAILED).order_by()
    counted = rows.values_list("fault_code").annotate(count=Count("pk"))
    return sorted(((code, count) for code, count in counted), key=lambda row: (-row[1], row[0]))


def of_issue(number: str) -> QuerySet[Exchange]:
    """All messages about an issue, the newest first."""
    return (
        Exchange.objects.filter(issue__number=number).select_related("issue").order_by("-made_at")
    )


def notices_of(number: str) -> QuerySet[Notice]:
    """All that was told of an issue, the newest first."""
    uid = Appeal.objects.filter(issue__number=number).values("uid")[:1]
    # What comes by МЭДО has no number.
    return Notice.objects.filter(appeal_uid=Subquery(uid)).order_by("-seq", "-happened_at", "-pk")


def number_of(notice: Notice) -> str:
    """The number of the issue that a notification is about; the appeal's uid where none is known."""
    numbers = Appeal.objects.filter(uid=notice.appeal_uid).values_list("issue__number", flat=True)
    return numbers.first() or str(notice.appeal_uid)


def receipts_since(moment: datetime) -> int:
    """How many of our messages got their receipt after a moment."""
    sent = Exchange.objects.filter(direction=Direction.OUT, state=Exchange.State.DONE)
    return sent.filter(done_at__gte=moment).count()


def for_person() -> QuerySet[Exchange]:
    """Messages that need a person, the newest first."""
    return (
        Exchange.objects.filter(state=Exchange.State.FAILED)
        .select_related("issue")
        .order_by("-made_at")
    )


def interventions(about: str = "") -> QuerySet[Intervention]:
    """What was done to the exchange by hand or by the clock, the latest first.

    Args:
        about: uid of a message or a notification; empty for all.
    """
    rows = Intervention.objects.select_related("by").order_by("-at", "-pk")
    return rows.filter(subject=about) if about else rows


def package_of(notice: Notice) -> Exchange | None:
    """The message of МЭДО that a notification was read from; None for one of МСЭД."""
    if notice.channel != Channel.MEDO:
        return None
    return Exchange.objects.filter(direction=Direction.IN, uid=notice.uid).first()


def signed() -> QuerySet[Exchange]:
    """Messages that came with an electronic signature, which nobody has checked, the newest first."""
    came = Exchange.objects.filter(direction=Direction.IN).exclude(signatures=[])
    return came.select_related("issue").order_by("-made_at")


def last_taken(lying: Collection[str], *, since: datetime) -> datetime | None:
    """When the latest message was made that the gateway of МЭДО has taken away.

    Args:
        lying: the names of the packages that it has not taken.
        since: what it took before is not asked for.
    """
    ours = Exchange.objects.filter(channel=Channel.MEDO, direction=Direction.OUT)
    received = ours.filter(state=Exchange.State.DONE, done_at__gte=since)
    written = ours.filter(
        state=Exchange.State.WAITING, attempts__gt=0, leased_until=None, fault_code=""
    )
    latest = written.order_by("-made_at").values_list("made_at", "uid")[:_LATEST]
    gone = [made_at for made_at, uid in latest if str(uid) not in lying]
    gone += received.order_by("-done_at").values_list("made_at", flat=True)[:1]
    return max(gone, default=None)


def refused_notices() -> QuerySet[Notice]:
    """Notifications that the portal could not follow, the newest first."""
    return Notice.objects.filter(state=Notice.State.REFUSED).order_by("-received_at")


def refused_packages(code: str = "") -> QuerySet[RefusedPackage]:
    """Packages of МЭДО that were not taken and that nobody has dealt with, the newest first.

    Args:
        code: of the reason; empty for all.
    """
    rows = RefusedPackage.objects.filter(settled_at=None).order_by("-refused_at")
    return rows.filter(reason__startswith=f"{code}:") if code else rows


def refusals() -> list[tuple[str, int]]:
    """How many packages were refused that nobody has dealt with, by the reason's code."""
    reasons = refused_packages().order_by().values_list("reason").annotate(Count("pk"))
    counted: Counter[str] = Counter()
    for reason, count in reasons:
        counted[reason.partition(":")[0]] += count
    return counted.most_common()


@dataclass(frozen=True)
class Status:
    """The bridge in figures.

    Attributes:
        partners: queue, breaker, pause; of those that have been called.
        exchanges: how many outgoing messages without a receipt by state.
        oldest_waiting_at: since when the oldest one waits, by channel; none where nothing does.
        waiting_notices: notifications that came too early, or wait for their files.
        refused_notices: notifications that the portal could not follow.
        waiting_files, failed_files: files to be fetched, and those given up.
    """

    partners: Mapping[Channel, Partner]
    exchanges: Mapping[str, int]
    oldest_waiting_at: Mapping[Channel, datetime]
    waiting_notices: int
    refused_notices: int
    waiting_files: int
    failed_files: int


def status() -> Status:
    """What waits and what failed."""
    # Only what is unfinished is counted: an index has it, and the books grow for ever.
    outgoing = Exchange.objects.filter(state__in=_UNFINISHED)
    unfinished = [Notice.State.WAITING, Notice.State.REFUSED]
    notices = dict(
        Notice.objects.filter(state__in=unfinished)
        .order_by()
        .values_list("state")
        .annotate(Count("pk"))
    )
    files = dict(
        FileTransfer.objects.filter(direction=Direction.IN)
        .exclude(state=FileTransfer.State.DONE)
        .order_by()
        .values_list("state")
        .annotate(Count("pk"))
    )
    waiting = outgoing.filter(state=Exchange.State.WAITING).order_by().values_list("channel")
    return Status(
        partners={Channel(partner.channel): partner for partner in Partner.objects.all()},
        exchanges=dict(outgoing.values_list("state").annotate(Count("pk")).order_by("state")),
        oldest_waiting_at={
            Channel(channel): at for channel, at in waiting.annotate(Min("made_at"))
        },
        waiting_notices=notices.get(Notice.State.WAITING, 0),
        refused_notices=notices.get(Notice.State.REFUSED, 0),
        waiting_files=files.get(FileTransfer.State.WAITING, 0),
        failed_files=files.get(FileTransfer.State.FAILED, 0),
    )
