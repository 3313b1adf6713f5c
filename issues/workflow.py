"""The one workflow of an issue: a literal table of named actions (R1.2). Pure data, no Django.

Buttons, API verbs, the МСЭД mapping and the timeline use the names of these actions. The only writer
of a state is `issues.operations`; the diagram in docs/workflow.md is generated from `ACTIONS`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Where an issue stands."""

    SUBMITTED = "submitted"
    REJECTED = "rejected"
    MERGED = "merged"
    ACCEPTED = "accepted"
    PUBLISHED = "published"
    DISPATCHED = "dispatched"
    REGISTERED = "registered"
    IN_PROGRESS = "in_progress"
    EXTENDED = "extended"
    REDIRECTED = "redirected"
    DEFERRED = "deferred"
    ANSWERED = "answered"
    REOPENED = "reopened"
    RATED = "rated"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Actor(StrEnum):
    """In what capacity somebody acts."""

    AUTHOR = "author"
    MODERATOR = "moderator"
    AUTHORITY = "authority"  # an officer in the cabinet, or the authority speaking through МСЭД
    SYSTEM = "system"


class Need(StrEnum):
    """What an action can not be done without."""

    REASON = "reason"
    AUTHORITY = "authority"
    REGISTRATION = "registration"
    REGISTERED_BEFORE = "registered_before"
    NEW_TERM = "new_term"
    PLANNED_DATE = "planned_date"
    ANSWER = "answer"
    RATING = "rating"
    RETURNS_LEFT = "returns_left"
    CONTROL = "control"
    NOT_ASKED = "not_asked"
    ASKED = "asked"
    NOT_URGENT = "not_urgent"
    NOT_REFERRED = "not_referred"
    APPEAL_LEFT = "appeal_left"
    APPEALED = "appealed"
    NOT_APPEALED = "not_appealed"
    ANOTHER_MODERATOR = "another_moderator"
    HEAD_MODERATOR = "head_moderator"
    TAKE_UP_LEFT = "take_up_left"
    MAIN = "main"
    ADDITIONS_LEFT = "additions_left"


@dataclass(frozen=True)
class Action:
    """One row of the table.

    Attributes:
        name: how everybody calls it.
        sources: states in which it can be done; empty for the one that makes an issue.
        target: the state after it; None leaves the state as it is.
        actors: who may do it.
        needs: what must be there.
        sets_hidden: what it makes of the issue's visibility, None when nothing.
        words_are_public: whether everybody may read the note that goes with it. What a moderator writes to
            an author about an unpublished message is between the two; what an author says of an answer has
            been judged by nobody, and is read by the authority and the moderators.
    """

    name: str
    sources: frozenset[State]
    target: State | None
    actors: frozenset[Actor]
    needs: frozenset[Need] = frozenset()
    sets_hidden: bool | None = None
    words_are_public: bool = True


MAX_RETURNS = 2
"""How often the author may send an answer back (R1.2)."""
MAX_ADDITIONS = 5
"""How often the author may add to one message while an authority works on it."""

_S = State
_WITH_AUTHORITY = frozenset(
    {_S.REGISTERED, _S.IN_PROGRESS, _S.EXTENDED, _S.REDIRECTED, _S.DEFERRED}
)
# After a return the authority goes on under its first registration, so it may act at once.
AT_WORK_STATES = _WITH_AUTHORITY | {_S.DISPATCHED}
"""States in which the authority has to do something."""
PUBLIC_STATES = frozenset(
    {_S.PUBLISHED, _S.DISPATCHED, _S.ANSWERED, _S.REOPENED, _S.RATED, _S.CLOSED} | _WITH_AUTHORITY
)
"""States in which everybody sees an issue, unless it is hidden."""
OPEN_STATES = frozenset(
    {_S.SUBMITTED, _S.REJECTED, _S.ACCEPTED, _S.PUBLISHED, _S.DISPATCHED, _S.ANSWERED, _S.REOPENED}
    | _WITH_AUTHORITY
)
"""States that somebody still has to act upon; the author may withdraw from each."""
ANSWER_CLOCK_STATES = frozenset({_S.PUBLISHED, _S.DISPATCHED, _S.REOPENED} | _WITH_AUTHORITY)
"""States in which the term of the answer runs."""


def _action(
    name: str,
    sources: frozenset[State] | set[State],
    target: State | None,
    *actors: Actor,
    needs: set[Need] | None = None,
    sets_hidden: bool | None = None,
    words_are_public: bool = True,
) -> Action:
    return Action(
        name,
        frozenset(sources),
        target,
        frozenset(actors),
        frozenset(needs or ()),
        sets_hidden,
        words_are_public,
    )


_TABLE = (
    # The author and the moderator
    _action("submit", set(), _S.SUBMITTED, Actor.AUTHOR),
    _action("amend", {_S.SUBMITTED}, None, Actor.AUTHOR),  # until a moderator has taken it
    _action("take", {_S.SUBMITTED}, None, Actor.SYSTEM),  # told when a moderator does
    _action("resubmit", {_S.REJECTED, _S.MERGED}, _S.SUBMITTED, Actor.AUTHOR),
    # A question stops the 48 hours for as long as its author has to answer; it is asked once a sending.
    _action(
        "ask",
        {_S.SUBMITTED},
        None,
        Actor.MODERATOR,
        needs={Need.REASON, Need.NOT_ASKED},
        words_are_public=False,
    ),
    _action(
        "clarify",
        {_S.SUBMITTED},
        None,
        Actor.AUTHOR,
        needs={Need.REASON, Need.ASKED},
        words_are_public=False,
    ),
    _action("end_question", {_S.SUBMITTED}, None, Actor.SYSTEM, needs={Need.ASKED}),
    _action(
        "refer",  # to the head moderator
        {_S.SUBMITTED},
        None,
        Actor.MODERATOR,
        needs={Need.REASON, Need.NOT_REFERRED, Need.NOT_APPEALED},
        words_are_public=False,
    ),
    # Told by the one who took it over; who had it stands in the private part.
    _action(
        "take_over",
        {_S.SUBMITTED},
        None,
        Actor.MODERATOR,
        needs={Need.REASON},
        words_are_public=False,
    ),
    _action(
        "merge", {_S.SUBMITTED}, _S.MERGED, Actor.MODERATOR, needs={Need.MAIN, Need.NOT_APPEALED}
    ),
    # The main one is no longer to be read by everybody: what was merged into it is judged for itself.
    _action("separate", {_S.MERGED}, _S.SUBMITTED, Actor.SYSTEM),
    _action(
        "mark_urgent",
        {_S.SUBMITTED, _S.PUBLISHED, _S.REOPENED} | AT_WORK_STATES,
        None,
        Actor.MODERATOR,
        needs={Need.REASON, Need.NOT_URGENT},
        words_are_public=False,
    ),
    _action(
        "reject",
        {_S.SUBMITTED},
        _S.REJECTED,
        Actor.MODERATOR,
        needs={Need.REASON, Need.NOT_APPEALED},
        words_are_public=False,
    ),
    # A second look at a rejection: once a sending, by another moderator, within 48 hours of its own.
    _action(
        "appeal",
        {_S.REJECTED},
        _S.SUBMITTED,
        Actor.AUTHOR,
        needs={Need.REASON, Need.APPEAL_LEFT},
        words_are_public=False,
    ),
    # The same by the head moderator's own decision, where a check has shown the rejection to be wrong.
    _action(
        "take_up",
        {_S.REJECTED},
        _S.SUBMITTED,
        Actor.MODERATOR,
        needs={Need.REASON, Need.HEAD_MODERATOR, Need.TAKE_UP_LEFT},
    ),
    _action(
        "uphold",
        {_S.SUBMITTED},
        _S.REJECTED,
        Actor.MODERATOR,
        needs={Need.REASON, Need.APPEALED, Need.ANOTHER_MODERATOR},
        words_are_public=False,
    ),
    _action(
        "accept",
        {_S.SUBMITTED},
        _S.ACCEPTED,
        Actor.MODERATOR,
        Actor.SYSTEM,  # by the rule that administrators switch on
        needs={Need.ANOTHER_MODERATOR},
    ),
    _action("publish", {_S.ACCEPTED}, _S.PUBLISHED, Actor.SYSTEM),
    _action(
        "assign",
        {_S.SUBMITTED, _S.ACCEPTED, _S.PUBLISHED},
        None,
        Actor.MODERATOR,
        Actor.SYSTEM,
        needs={Need.AUTHORITY},
    ),
    # A photo was drawn anew: faces or number plates blurred, or it was turned.
    _action("retouch", {_S.SUBMITTED} | PUBLIC_STATES, None, Actor.MODERATOR),
    _action("withdraw", OPEN_STATES | {_S.MERGED}, _S.WITHDRAWN, Actor.AUTHOR),
    # The author's data go (152-ФЗ art. 21(5)); the work goes on without them.
    _action("erase", frozenset(State), None, Actor.AUTHOR),
    _action("hide", PUBLIC_STATES, None, Actor.MODERATOR, needs={Need.REASON}, sets_hidden=True),
    _action("unhide", PUBLIC_STATES, None, Actor.MODERATOR, needs={Need.REASON}, sets_hidden=False),
    # On the way to the authority
    _action(
        "dispatch",
        # From REDIRECTED: handed over to an authority that gets its messages another way.
        {_S.PUBLISHED, _S.REOPENED, _S.REDIRECTED},
        _S.DISPATCHED,
        Actor.SYSTEM,
        needs={Need.AUTHORITY},
    ),
    _action("register", {_S.DISPATCHED}, _S.REGISTERED, Actor.AUTHORITY, needs={Need.REGISTRATION}),
    _action(
        "refuse_registration", {_S.DISPATCHED}, _S.PUBLISHED, Actor.AUTHORITY, needs={Need.REASON}
    ),
    # The authority at work
    _action(
        "start", AT_WORK_STATES, _S.IN_PROGRESS, Actor.AUTHORITY, needs={Need.REGISTERED_BEFORE}
    ),
    _action(
        "report_progress",
        AT_WORK_STATES,
        None,
        Actor.AUTHORITY,
        needs={Need.REASON, Need.REGISTERED_BEFORE},
    ),
    _action(
        "extend",
        AT_WORK_STATES,
        _S.EXTENDED,
        Actor.AUTHORITY,
        needs={Need.REASON, Need.NEW_TERM, Need.REGISTERED_BEFORE},
    ),
    _action(
        "redirect", AT_WORK_STATES, _S.REDIRECTED, Actor.AUTHORITY, needs={Need.REGISTERED_BEFORE}
    ),
    _action(
        "defer",
        AT_WORK_STATES,
        _S.DEFERRED,
        Actor.AUTHORITY,
        needs={Need.ANSWER, Need.PLANNED_DATE, Need.REGISTERED_BEFORE},
    ),
    _action(
        "answer",
        AT_WORK_STATES,
        _S.ANSWERED,
        Actor.AUTHORITY,
        needs={Need.ANSWER, Need.REGISTERED_BEFORE},
    ),
    # The author goes on telling while the authority works; judged by nobody, so never public.
    _action(
        "supplement",
        AT_WORK_STATES,
        None,
        Actor.AUTHOR,
        needs={Need.REASON, Need.ADDITIONS_LEFT},
        words_are_public=False,
    ),
    # The verdict
    _action(
        "rate", {_S.ANSWERED}, _S.RATED, Actor.AUTHOR, needs={Need.RATING}, words_are_public=False
    ),
    _action(
        "reopen",
        {_S.ANSWERED},
        _S.REOPENED,
        Actor.AUTHOR,
        needs={Need.REASON, Need.RATING, Need.RETURNS_LEFT},
        words_are_public=False,
    ),
    _action("close", {_S.RATED}, _S.CLOSED, Actor.SYSTEM),
    # Refused for the third time: it does not go back, the head of the authority answers for it now.
    _action("control", {_S.RATED}, _S.CLOSED, Actor.SYSTEM),
    _action(
        "head_decides",
        {_S.CLOSED},
        None,
        Actor.AUTHORITY,
        Actor.MODERATOR,  # for a head who works on paper
        needs={Need.REASON, Need.CONTROL},
    ),
    # What the author said of an answer becomes public only as a moderator leaves it.
    _action("publish_words", PUBLIC_STATES, None, Actor.MODERATOR),
    _action("withdraw_words", PUBLIC_STATES, None, Actor.MODERATOR),
    _action("close_by_silence", {_S.ANSWERED}, _S.CLOSED, Actor.SYSTEM),
    _action("acknowledge", {_S.PUBLISHED}, _S.CLOSED, Actor.MODERATOR, Actor.SYSTEM),
    # Deadlines
    _action("remind", OPEN_STATES, None, Actor.SYSTEM),
    _action("escalate", OPEN_STATES, None, Actor.SYSTEM),
)

ACTIONS: Mapping[str, Action] = {action.name: action for action in _TABLE}
"""The table by name."""


class ActionRefusedError(Exception):
    """The action can not be done now, or not by this actor.

    Attributes:
        action: the name of the action.
        why: a code: `state`, `actor`, `hidden`, or the name of the missing need.
    """

    def __init__(self, action: str, why: str) -> None:
        self.action, self.why = action, why
        super().__init__(f"{action}: {why}")


def next_state(
    action: Action, state: State | None, *, actor: Actor, hidden: bool, given: frozenset[Need]
) -> State:
    """The state after `action`, or the reason why it can not be done.

    Args:
        action: a row of the table.
        state: the present state, None before there is an issue.
        actor: in what capacity somebody acts.
        hidden: whether the issue is hidden from the public.
        given: the needs that are met.

    Raises:
        ActionRefusedError: wrong state, wrong actor, or a need is not met.
    """
    if (state is None) is bool(action.sources) or (state and state not in action.sources):
        raise ActionRefusedError(action.name, "state")
    if actor not in action.actors:
        raise ActionRefusedError(action.name, "actor")
    if action.sets_hidden is not None and action.sets_hidden is hidden:
        raise ActionRefusedError(action.name, "hidden")
    if missing := action.needs - given:
        raise ActionRefusedError(action.name, min(missing).value)
    target = action.target or state
    assert target is not None
    return target


def available(state: State, *, actor: Actor, hidden: bool = False) -> tuple[Action, ...]:
    """What `actor` could do in `state`, were every need met."""
    return tuple(
        action
        for action in _TABLE
        if state in action.sources
        and actor in action.actors
        and (action.sets_hidden is None or action.sets_hidden is not hidden)
    )
