"""The copy of all that the portal has about a person (R13.2): a ZIP of JSON and files.

Made in the background, in pieces: neither the rows nor the files of a busy author are in memory at once.
"""

import json
import logging
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.db.models.fields.files import FieldFile

from accounts.models import AccessRecord, Export, User
from accounts.operations import (
    PROFILE,
    ErasedError,
    finish_export,
    lease_export,
    lock_person,
)
from common import clock, uploads
from issues import telling
from issues.models import (
    AbuseReport,
    Answer,
    Attachment,
    Confirmation,
    FollowUp,
    Issue,
    Rating,
    Support,
    SurveyReply,
)
from issues.queries.additions import additions
from notifications import operations as post
from notifications.models import Letter

logger = logging.getLogger(__name__)

# Others show of a message what they found of its repair: theirs, not the author's.
_OF_THE_AUTHOR = ~Q(purpose=Attachment.Purpose.REPAIR)

FOLDER = "exports"
CHUNK = 1024 * 1024


def make_due() -> int:
    """Makes the copies that were asked for; returns how many."""
    made = 0
    while (export := lease_export()) is not None:
        try:
            made += _make(export)
        except OSError as error:
            # The lease runs out, and it is tried again.
            logger.warning("export %s was not made: %s", export.pk, type(error).__name__)
    return made


def _make(export: Export) -> bool:
    with tempfile.TemporaryFile() as file:
        write(export.user, file)
        size = file.tell()
        file.seek(0)
        name = default_storage.save(f"{FOLDER}/{export.uid}.zip", File(file))
    try:
        with transaction.atomic():
            # With its letter or not at all; and the address may be another one since.
            person = lock_person(export.user)
            is_finished = finish_export(export=export, file=name, size=size)
            if is_finished:
                _tell(export, person)
    except ErasedError:
        is_finished = False
    except BaseException:
        uploads.delete(name)
        raise
    if not is_finished:
        uploads.delete(name)  # erased meanwhile
    return is_finished


def _tell(export: Export, person: User) -> None:
    page = {"page": f"{settings.PUBLIC_URL}/my/data/"}
    words = post.write("portal/letters/export.txt", page, language=person.language)
    post.queue_letter(key=f"export:{export.uid}", to=person.email, words=words, user=person)


def write(user: User, file: IO[bytes]) -> None:
    """Writes the copy of `user`'s data into an open binary file, which ends at its end."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, rows in _tables(user):
            with package.open(f"{name}.json", "w", force_zip64=True) as out:
                _write_json(out, rows)
        for name, content in _files(user):
            _copy(package, name, content)
        facts = {"person": user, "portal": settings.PUBLIC_URL, "made_at": clock.now()}
        words = post.write("portal/letters/export_contents.txt", facts, language=user.language)
        package.writestr("README.txt", f"{words.subject}\n\n{words.text}")
    file.seek(0, 2)


def _tables(user: User) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
    yield "profile", iter([_profile(user)])
    yield "messages", _messages(user)
    yield "drafts", _rows(user.filing_drafts.all(), "begun_at", "saved_at", "content")
    yield (
        "supports",
        _rows(Support.objects.filter(user=user), "issue__number", "supported_at"),
    )
    yield (
        "repairs",
        _rows(
            Confirmation.objects.filter(user=user),
            *("answer__issue__number", "is_fixed", "said_at", "photo__uid", "photo_outcome"),
        ),
    )
    yield (
        "questions",
        _rows(
            FollowUp.objects.filter(user=user),
            *("answer__issue__number", "asked_at", "is_fixed", "said_at"),
        ),
    )
    yield (
        "surveys",
        _rows(
            SurveyReply.objects.filter(answer__issue__author=user),
            *("answer__issue__number", "question__text", "number", "words", "said_at"),
        ),
    )
    yield (
        "reports",
        _rows(
            AbuseReport.objects.filter(user=user),
            *("issue__number", "reason", "words", "reported_at", "outcome", "decided_at"),
        ),
    )
    yield (
        "subscriptions",
        _rows(
            user.subscriptions.all(),
            *("title", "issue__number", "kind", "category__code", "topic__code"),
            *("authority__slug", "municipality", "area", "letters", "push", "created_at"),
        ),
    )
    yield "browsers", _rows(user.devices.all(), "endpoint", "added_at")
    yield (
        "letters",
        _rows(Letter.objects.filter(user=user), "to", "subject", "text", "created_at", "sent_at"),
    )
    # Who of the staff it was is their personal data; that and where it was is ours to tell.
    numbers = Issue.objects.filter(author=user).values("number")
    yield (
        "access",
        _rows(AccessRecord.objects.filter(subject__in=numbers), "at", "place", "subject"),
    )


def _profile(user: User) -> dict[str, Any]:
    told = {name: getattr(user, name) for name in ("email", *PROFILE)}
    return told | {"joined_at": user.joined_at, "last_login": user.last_login}


def _messages(user: User) -> Iterator[dict[str, Any]]:
    mine = (
        Issue.objects.filter(author=user)
        .select_related("topic", "municipality", "authority")
        .defer("municipality__polygon")
        .prefetch_related(
            Prefetch("attachments", Attachment.objects.filter(_OF_THE_AUTHOR)),
            *("answers__authority", "answers__rating"),
        )
        .order_by("filed_at")
    )
    for issue in mine.iterator(chunk_size=100):
        yield {
            "number": issue.number,
            "kind": issue.kind,
            "topic": issue.topic.name,
            "state": issue.state,
            "is_hidden": issue.is_hidden,
            "is_anonymous": issue.is_anonymous,
            "company_name": issue.company_name,
            "company_inn": issue.company_inn,
            "address": issue.address,
            "longitude": issue.point.x,
            "latitude": issue.point.y,
            "municipality": str(issue.municipality or ""),
            "authority": str(issue.authority or ""),
            "description": issue.description,
            "published_text": issue.published_text,
            "details": issue.details,
            "filed_at": issue.filed_at,
            "published_at": issue.published_at,
            "answer_due_at": issue.answer_due_at,
            "closed_at": issue.closed_at,
            "files": [_name(file) for file in issue.attachments.all()],
            "additions": [
                {"at": one.event.at, "words": one.words, "files": [_name(f) for f in one.files]}
                for one in additions(issue)
            ],
            "answers": [_answer(answer) for answer in issue.answers.all()],
            "timeline": [
                {"at": entry.at, "words": entry.words, "note": entry.note}
                for entry in telling.entries(issue, to_author=True)
            ],
        }


def _answer(answer: Answer) -> dict[str, Any]:
    rating: Rating | None = getattr(answer, "rating", None)
    return {
        "authority": str(answer.authority),
        "decision": answer.decision,
        "text": answer.text,
        "signatory": answer.signatory,
        "published_at": answer.published_at,
        "stars": rating and rating.stars,
        "solved": rating and rating.solved,
        "comment": rating.comment if rating else "",
        "published_comment": rating.published_comment if rating else "",
    }


def _rows(found: "QuerySet[Any]", *fields: str) -> Iterator[dict[str, Any]]:
    for row in found.order_by("pk").values(*fields).iterator(chunk_size=500):
        yield {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    return json.loads(value.geojson) if hasattr(value, "geojson") else value


def _files(user: User) -> Iterator[tuple[str, FieldFile]]:
    if user.photo:
        yield "files/photo.webp", user.photo
    mine = Attachment.objects.filter(_OF_THE_AUTHOR, issue__author=user, answer=None)
    waiting = Attachment.objects.filter(owner=user, issue=None)
    repairs = Attachment.objects.filter(owner=user, purpose=Attachment.Purpose.REPAIR)
    for attachment in mine.union(waiting, repairs).order_by("id"):
        yield f"files/{_name(attachment)}", attachment.as_sent


def _name(attachment: Attachment) -> str:
    return f"{attachment.uid}-{attachment.name}"


def _copy(package: zipfile.ZipFile, name: str, content: FieldFile) -> None:
    try:
        with content.open("rb") as source, package.open(name, "w", force_zip64=True) as out:
            while piece := source.read(CHUNK):
                out.write(piece)
    except FileNotFoundError:
        logger.warning("a file of an export is not there")


def _write_json(out: IO[bytes], rows: Iterator[dict[str, Any]]) -> None:
    encoder = DjangoJSONEncoder(ensure_ascii=False, indent=1)
    before = b"[\n"
    for row in rows:
        out.write(before)
        out.write(encoder.encode(row).encode())
        before = b",\n"
    out.write(b"\n]\n" if before != b"[\n" else b"[]\n")
