"""Where a draft is kept: with its writer for thirty days, of a visitor in the browser's session.

The session brings what a visitor has typed through log-in and registration; from then on the draft is
the person's own and waits in «My messages», whatever browser they come back with. Their sessions only
name it: what is erased with the person is nowhere else.
"""

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.http import HttpRequest

from accounts.models import User
from accounts.operations import lock_person
from authorities.models import Topic
from common import clock
from issues import operations
from issues.models import Issue
from portal.filing.draft import Draft
from portal.models import FilingDraft

KEY = "draft"
KEPT_FOR = timedelta(days=30)
"""How long a draft waits after it was begun."""
MOST = 10
"""Drafts of one person; one more, and the oldest goes."""


@dataclass(frozen=True)
class Kept:
    """A draft as the list of drafts shows it.

    Attributes:
        draft: what was typed.
        topic: the chosen topic, None where none was chosen yet.
        saved_at: when it was typed last.
        kept_until: when it is thrown away.
    """

    draft: Draft
    topic: Topic | None
    saved_at: datetime
    kept_until: datetime


def current(request: HttpRequest) -> Draft:
    """The draft that this browser works on, or an empty one."""
    return _in_session(request.session, request.user) or Draft()


def posted(request: HttpRequest) -> Draft:
    """The draft that a form brings.

    What the form leaves out is added from where the same message is kept; another tab may have begun
    one of its own meanwhile.
    """
    draft = current(request)
    uid = request.POST.get("uid", draft.uid)
    if uid != draft.uid:
        draft = _of(request.user, uid) or Draft()
    draft.take(request.POST)
    return draft


def keep(request: HttpRequest, draft: Draft) -> None:
    """Keeps the draft: with the person who has signed in, else in the session."""
    is_with_them = isinstance(request.user, User) and _keep_with(request.user, draft)
    request.session[KEY] = {"uid": draft.uid} if is_with_them else asdict(draft)


def resume(request: HttpRequest, uid: str) -> Draft | None:
    """Makes an own draft the one that this browser works on; None when there is none."""
    draft = _of(request.user, uid)
    if draft is not None:
        request.session[KEY] = {"uid": draft.uid}
    return draft


def forget(request: HttpRequest, uid: str) -> None:
    """Forgets the draft that was sent: its files are the message's now."""
    if current(request).uid == uid:
        request.session.pop(KEY, None)
    if isinstance(request.user, User) and (key := _key(uid)):
        FilingDraft.objects.filter(owner=request.user, uid=key).delete()


def throw_away(request: HttpRequest, uid: str) -> None:
    """Throws a draft away, with the files that wait for it."""
    draft = current(request)
    if draft.uid != uid:
        draft = _of(request.user, uid) or Draft()
    if isinstance(request.user, User):
        _drop_files(request.user, draft)
    forget(request, uid)


def kept_by(user: User) -> list[Kept]:
    """The person's drafts, the one typed last first."""
    rows = FilingDraft.objects.filter(owner=user).order_by("-saved_at", "-pk")
    found = [(Draft.restored(row.content), row) for row in rows]
    codes = {draft.topic for draft, _row in found}
    topics = {topic.code: topic for topic in Topic.objects.filter(code__in=codes)}
    return [
        Kept(draft, topics.get(draft.topic), row.saved_at, row.begun_at + KEPT_FOR)
        for draft, row in found
    ]


def adopt(request: HttpRequest, user: User, **_signal: Any) -> None:
    """Gives what a visitor has typed to the person who has logged in or registered meanwhile."""
    draft = _in_session(request.session, user) if hasattr(request, "session") else None
    if draft is not None and _keep_with(user, draft):
        request.session[KEY] = {"uid": draft.uid}


def throw_away_old() -> int:
    """Throws away the drafts that were begun more than thirty days ago, with their files."""
    old = FilingDraft.objects.filter(begun_at__lt=clock.now() - KEPT_FOR).select_related("owner")
    rows = list(old[:500])
    for row in rows:
        _drop(row)
    return len(rows)


def _in_session(session: SessionBase, user: object) -> Draft | None:
    kept = session.get(KEY)
    if kept and kept.keys() == {"uid"}:
        return _of(user, kept["uid"])
    return Draft.restored(kept) if kept else None


def _of(user: object, uid: str) -> Draft | None:
    key = _key(uid)
    if key is None or not isinstance(user, User):
        return None
    row = FilingDraft.objects.filter(owner=user, uid=key).first()
    return Draft.restored(row.content) if row else None


def _key(uid: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(uid)
    except ValueError:
        return None


def _keep_with(user: User, draft: Draft) -> bool:
    """Keeps a draft with its writer; False where there is nothing to keep, or no longer."""
    uid = uuid.UUID(draft.uid)
    # The step before may come back by the browser's own button when all is sent.
    if not draft.is_begun or (not draft.number and Issue.objects.filter(uid=uid).exists()):
        return False
    now = clock.now()
    with transaction.atomic():
        lock_person(user)
        _row, is_new = FilingDraft.objects.update_or_create(
            owner=user,
            uid=uid,
            defaults={"content": asdict(draft), "saved_at": now},
            create_defaults={"content": asdict(draft), "saved_at": now, "begun_at": now},
        )
        if is_new:
            mine = FilingDraft.objects.filter(owner=user).order_by("-saved_at", "-pk")
            for oldest in mine[MOST:]:
                _drop(oldest)
    return True


def _drop(row: FilingDraft) -> None:
    _drop_files(row.owner, Draft.restored(row.content))
    row.delete()


def _drop_files(owner: User, draft: Draft) -> None:
    for uid in draft.attachments:
        operations.drop_waiting_file(owner=owner, uid=uuid.UUID(uid))
