"""Who may do what to an issue."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from accounts.models import Role, User
from issues.workflow import OPEN_STATES, Actor

if TYPE_CHECKING:
    from authorities.models import Authority
    from issues.models import Attachment, Issue


@dataclass(frozen=True)
class By:
    """Who acts, and in what capacity; every operation is told.

    Attributes:
        actor: the capacity, as in the workflow table.
        user: the person, None for a machine.
        via: the machine's name.
    """

    actor: Actor
    user: User | None = None
    via: str = ""

    @classmethod
    def author(cls, user: User) -> "By":
        """The author of the message."""
        return cls(Actor.AUTHOR, user)

    @classmethod
    def moderator(cls, user: User) -> "By":
        """A moderator at the desk."""
        return cls(Actor.MODERATOR, user)

    @classmethod
    def officer(cls, user: User) -> "By":
        """An officer of the authority in the cabinet."""
        return cls(Actor.AUTHORITY, user)

    @classmethod
    def msed(cls) -> "By":
        """The authority, speaking through МСЭД."""
        return cls(Actor.AUTHORITY, None, "msed")

    @classmethod
    def medo(cls) -> "By":
        """The authority, speaking through МЭДО."""
        return cls(Actor.AUTHORITY, None, "medo")

    @classmethod
    def system(cls, via: str = "portal") -> "By":
        """The portal itself."""
        return cls(Actor.SYSTEM, None, via)


def may_act(by: By, issue: "Issue") -> bool:
    """Whether `by` has the capacity claimed, towards this very issue."""
    match by.actor:
        case Actor.AUTHOR:
            return by.user is not None and by.user.pk == issue.author_id
        case Actor.MODERATOR:
            if by.user is None or by.user.pk == issue.author_id:
                return False  # nobody judges what they wrote themselves
            official = getattr(by.user, "official", None)
            is_about_them = official is not None and official.authority_id == issue.authority_id
            return may_moderate(by.user) and not is_about_them
        case Actor.AUTHORITY:
            if by.user is None:
                # МСЭД and МЭДО speak for the authorities they serve, and for no other.
                served_by = issue.authority.exchange if issue.authority else None
                return by.via in {"msed", "medo"} and by.via == served_by
            official = getattr(by.user, "official", None)
            return (
                by.user.has_role(Role.OFFICER)
                and official is not None
                and official.authority_id == issue.authority_id
            )
        case Actor.SYSTEM:
            return by.user is None


def may_moderate(user: User) -> bool:
    """Whether the person works at the moderation desk."""
    return user.has_role(Role.MODERATOR, Role.HEAD_MODERATOR)


def leads_moderation(user: User | None) -> bool:
    """Whether the person is a head moderator."""
    return user is not None and user.has_role(Role.HEAD_MODERATOR)


def may_see(user: User | None, issue: "Issue") -> bool:
    """Whether the person may open the page of an issue."""
    if issue.is_public:
        return True
    if user is None or not user.is_authenticated:
        return False
    if user.pk == issue.author_id or may_moderate(user):
        return True
    # Hidden from the public, the work on it goes on.
    return issue.published_at is not None and may_act(By.officer(user), issue)


def is_head_of(user: User | None, authority: "Authority | None") -> bool:
    """Whether the person heads the authority."""
    official = getattr(user, "official", None)
    return (
        official is not None
        and authority is not None
        and official.is_head
        and official.authority_id == authority.pk
    )


def may_conclude(user: User, issue: "Issue") -> bool:
    """Whether the person may enter the word of the head: the head, or a moderator for one on paper."""
    is_desk = may_moderate(user) and user.pk != issue.author_id
    return is_head_of(user, issue.authority) or is_desk


def may_see_file(user: User | None, file: "Attachment") -> bool:
    """Whether the person may have a file; what an author shows to the authority alone is not public."""
    if file.issue is None:
        return user is not None and user.pk == file.owner_id
    if not file.is_private:
        return may_see(user, file.issue)
    if user is not None and file.purpose == "repair":
        return user.pk == file.owner_id or may_moderate(user)
    return user is not None and (
        user.pk == file.issue.author_id
        or may_moderate(user)
        or may_act(By.officer(user), file.issue)
    )


def may_support(user: User, issue: "Issue") -> bool:
    """Whether the person may say “me too”: of another's message, public and not yet ended."""
    return issue.is_public and issue.state in OPEN_STATES and issue.author_id != user.pk
