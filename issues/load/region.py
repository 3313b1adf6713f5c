"""What a load is made of: the topics, settlements, authorities and staff that are there already."""

from collections import defaultdict
from dataclasses import dataclass, field

from accounts.models import Role, User
from authorities.models import Authority, Official, Topic
from geo.models import Place
from issues.policies import By

STREETS = 40
"""How many streets of a settlement messages come from."""


class RegionMissingError(Exception):
    """There is nothing yet that messages could be about, or nobody who could judge them."""


@dataclass(frozen=True)
class Spot:
    """Where somebody writes from: its address, WGS 84 degrees, and whether it is a street."""

    label: str
    lon: float
    lat: float
    is_street: bool


@dataclass(frozen=True)
class Region:
    """All that is read of the database before the first message.

    Attributes:
        topics: those that are offered.
        settlements: the spots of each settlement.
        populations: inhabitants of each settlement.
        authorities: by id.
        colleagues: authorities that take over from one another by МСЭД, by level.
        officers: who acts for an authority that works in the cabinet, by its id.
        moderators: who judge.
    """

    topics: list[Topic]
    settlements: list[list[Spot]]
    populations: list[int]
    authorities: dict[int, Authority]
    colleagues: dict[str, list[Authority]]
    officers: dict[int, By]
    moderators: list[By] = field(default_factory=list)


def read_region() -> Region:
    """The region as it is loaded.

    Raises:
        RegionMissingError: something is missing; the words say what and which command brings it.
    """
    topics = list(Topic.objects.filter(is_active=True).select_related("category"))
    moderators = list(User.objects.filter(role_grants__role=Role.MODERATOR).order_by("pk"))
    places = list(Place.objects.filter(kind=Place.Kind.SETTLEMENT).order_by("source_id"))
    authorities = {authority.pk: authority for authority in Authority.objects.order_by("pk")}
    for things, what in (
        (topics, "no topics: run `manage.py import_topics` first"),
        (places, "no settlements: run `manage.py load_demo` first"),
        (authorities, "no authorities: run `manage.py load_demo` first"),
        (moderators, "no moderator: run `manage.py load_demo` first"),
    ):
        if not things:
            raise RegionMissingError(f"There are {what}.")
    colleagues = defaultdict(list)
    for authority in authorities.values():
        if authority.exchange == Authority.Exchange.MSED and authority.is_active:
            colleagues[authority.level].append(authority)
    streets: defaultdict[int | None, list[Spot]] = defaultdict(list)
    for street in Place.objects.filter(kind=Place.Kind.STREET).order_by("source_id"):
        if len(streets[street.parent_id]) < STREETS:
            streets[street.parent_id].append(_spot(street, is_street=True))
    return Region(
        topics=topics,
        settlements=[streets[place.pk] or [_spot(place, is_street=False)] for place in places],
        populations=[place.population for place in places],
        authorities=authorities,
        colleagues=dict(colleagues),
        officers={
            official.authority_id: By.officer(official.user)
            for official in Official.objects.select_related("user").order_by("-pk")
            if authorities[official.authority_id].exchange == Authority.Exchange.CABINET
        },
        moderators=[By.moderator(user) for user in moderators],
    )


def _spot(place: Place, *, is_street: bool) -> Spot:
    return Spot(place.label, place.point.x, place.point.y, is_street)
