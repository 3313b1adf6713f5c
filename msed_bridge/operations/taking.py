"""Packages that authorities send by МЭДО go into the books, once; then a receipt is written out."""

import hashlib
import logging
import time
import uuid
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DataError, InterfaceError, OperationalError, transaction

from authorities.models import Authority
from common import clock
from msed_bridge import hints, queries, soap
from msed_bridge.client import CallError
from msed_bridge.medo import folders, reading, writing
from msed_bridge.medo.folders import DONE, SIGNED
from msed_bridge.medo.packages import (
    NotWholeError,
    Package,
    PackageRefusedError,
    checked_name,
    open_package,
)
from msed_bridge.models import (
    Appeal,
    Channel,
    Direction,
    Exchange,
    Notice,
    RefusedPackage,
)
from msed_bridge.operations import partner, receipts
from msed_bridge.operations.by_folder import (
    folder_problem,
    look_at_gateway,
    root,
    sent_hashes,
)
from msed_bridge.operations.files import expect_files

logger = logging.getLogger(__name__)

KEPT_FOR = timedelta(days=30)
"""How long packages that were put aside lie there; they hold personal data, and the books have the rest."""
SIGNED_KEPT_FOR = timedelta(days=5 * 366)
"""How long those with an electronic signature lie: the signature is of these very bytes.

Source: the list of Rosarchiv (order 236 of 20.12.2019), article 154: papers of citizens' appeals, 5 years.
"""
_SIGNATURES = (".p7s", ".sig", ".sgn")


def take_packages(*, seconds: float = 30) -> int:
    """Takes in the packages that lie in `in` and are whole; what is wrong goes to `refused`.

    Args:
        seconds: after so long no further one is begun.

    Returns:
        How many were taken.
    """
    if not settings.MEDO_FOLDER:
        return 0
    taken, end = 0, time.monotonic() + seconds
    problem: OSError | CallError | None = None
    try:
        with folders.alone(root()) as is_alone:
            for path in folders.waiting(root()) if is_alone else ():
                if time.monotonic() >= end:
                    break
                try:
                    taken += _take(path)
                except (OSError, CallError) as error:
                    # The disk's fault, not the package's. The others go on, so that what they tell is
                    # known even where no receipt can be written; this one is looked at again.
                    problem = error
        look_at_gateway()
    except (OSError, CallError) as error:
        problem = error
    if problem is not None:
        away = folder_problem(problem) if isinstance(problem, OSError) else problem
        logger.error("the folder of МЭДО: %s", away)
        partner.note(Channel.MEDO, away)
    return taken


def forget_packages() -> int:
    """Deletes packages that were put aside long ago; returns how many."""
    if not settings.MEDO_FOLDER:
        return 0
    try:
        with folders.alone(root()) as is_alone:
            if is_alone:
                return folders.forget(
                    root(), older_than=KEPT_FOR, signed_older_than=SIGNED_KEPT_FOR
                )
    except OSError as error:
        logger.error("the folder of МЭДО: %s", folder_problem(error))
    return 0


def settle_package(*, package: RefusedPackage) -> RefusedPackage:
    """Takes a refused package off the desk.

    Raises:
        ValueError: somebody has dealt with it before.
    """
    with transaction.atomic():
        package = RefusedPackage.objects.select_for_update().get(pk=package.pk)
        if package.settled_at is not None:
            raise ValueError("it was dealt with before")
        package.settled_at = clock.now()
        package.save(update_fields=["settled_at"])
    return package


def settle_packages(*, code: str) -> int:
    """Takes all packages that were refused by one reason off the desk; returns how many."""
    return queries.refused_packages(code).update(settled_at=clock.now())


def _take(path: Path) -> bool:
    try:
        package = open_package(path)
        name = package.message_name
        content = package.read(name, most=soap.MAX_MESSAGE_BYTES)
        message = reading.read(content)
        signatures = _signatures(package, message)
        _check_files(package, message, signatures)
        names = dict.fromkeys((name, *message.file_names, *signatures))
        prints = {file: package.fingerprint(file) for file in names}
    except (NotWholeError, FileNotFoundError):
        return False
    except (PackageRefusedError, soap.MessageRefusedError) as refused:
        _refuse(path, refused.code, refused.text)
        return False
    except PermissionError as error:
        # It may be put right where it lies; who can not read it can not move it either.
        _name_unreadable(path, error)
        return False
    try:
        if message.kind == writing.RECEIPT:
            _take_receipt(message)
        else:
            _take_told(message, prints, signatures)
    except (PackageRefusedError, soap.MessageRefusedError) as refused:
        receipts.answer_refused(message, refused.text)
        _refuse(path, refused.code, refused.text)
        return False
    except (OSError, CallError, OperationalError, InterfaceError):
        # The disk or the database is away: not the package's fault.
        raise
    except DataError:
        _refuse(path, "SCHEMA", "the books can not hold it")
        return False
    except Exception as error:
        logger.exception("a package of МЭДО could not be taken")
        _refuse(path, "FAILED", type(error).__name__)
        return False
    # Under its own uid: there its files are found.
    kept_as = f"{message.uid}.receipt" if message.kind == writing.RECEIPT else str(message.uid)
    folders.put_aside(path, root() / (SIGNED if signatures else DONE), name=kept_as)
    return True


def _check_files(package: Package, message: reading.Message, signatures: Sequence[str]) -> None:
    names = [checked_name(name) for name in message.file_names]
    named = {*names, *map(checked_name, signatures)}
    if not named <= set(package.names) or len(set(names)) < len(names):
        raise PackageRefusedError(
            "INCOMPLETE", "the envelope does not name each file of the message"
        )


def _signatures(package: Package, message: reading.Message) -> list[str]:
    """The files with electronic signatures: those that the message names, and those that only lie there."""
    loose = [name for name in package.names if name.lower().endswith(_SIGNATURES)]
    return list(dict.fromkeys([*(found.name for found in message.signatures), *loose]))


# --- A receipt ------------------------------------------------------------------------------------


def _take_receipt(message: reading.Message) -> None:
    """Closes the message that it is for, or gives it to a person.

    Raises:
        soap.MessageRefusedError: nothing of the kind was sent to its sender.
    """
    receipt = reading.read_receipt(message)
    ours = Exchange.objects.select_related("event__authority").filter(
        channel=Channel.MEDO, direction=Direction.OUT, uid=receipt.of
    )
    with transaction.atomic():
        exchange = ours.select_for_update(of=("self",)).first()
        if exchange is None:
            raise soap.MessageRefusedError("UNKNOWN_MESSAGE", "a receipt of what was not sent")
        assert exchange.event is not None
        _check_source(message, exchange.event.authority)
        if exchange.state not in {Exchange.State.WAITING, Exchange.State.FAILED}:
            return
        fault = _fault(receipt, exchange)
        if fault:
            logger.error("message %s needs a person: %s", exchange.uid, fault)
            exchange.state = Exchange.State.FAILED
        else:
            exchange.state, exchange.accepted = Exchange.State.DONE, True
            exchange.receipt, exchange.done_at = soap.canonical(message.root), clock.now()
        exchange.leased_until = None
        exchange.fault_code, exchange.fault_text = fault, receipt.comment[:500]
        exchange.save()
        hints.send.after_commit()


def _fault(receipt: reading.Receipt, exchange: Exchange) -> str:
    if not receipt.accepted:
        return "NOT_ACCEPTED"
    sent = sent_hashes(exchange)
    # What it does not name came with the rest; what it names must be ours.
    is_ours = all(sent.get(name) == code for name, code in receipt.hashes.items())
    return "" if is_ours else "HASH_MISMATCH"


# --- A notification or an answer ------------------------------------------------------------------


def _take_told(
    message: reading.Message, prints: Mapping[str, tuple[int, str]], signatures: Sequence[str]
) -> None:
    """Writes down what is told of an appeal, then its receipt; the same message again: the receipt again.

    Raises:
        soap.MessageRefusedError: its sender has no such appeal, or another one came under its uid.
    """
    content = soap.canonical(message.root)
    beside = {*message.file_names, *signatures}
    files = [f"{name} {prints[name][1]}" for name in sorted(beside)]
    digest = hashlib.sha256(content + "\n".join(files).encode()).hexdigest()
    with transaction.atomic():
        appeal, addition = _locked_appeal(message)
        known = Exchange.objects.filter(direction=Direction.IN, uid=message.uid).first()
        if known is not None:
            if known.digest != digest:
                raise soap.MessageRefusedError("UID_CONFLICT", "another one came under this uid")
            receipt = bytes(known.receipt or b"")
        elif Notice.objects.filter(uid=message.uid).exists():
            raise soap.MessageRefusedError("UID_CONFLICT", "another one came under this uid")
        else:
            authority = appeal.issue.authority
            _check_source(message, authority)
            assert authority is not None
            receipt = receipts.receipt(message, authority, prints)
            _keep(message, appeal, addition, prints, signatures, digest, receipt)
    receipts.write_receipt(message, receipt)


def _locked_appeal(message: reading.Message) -> tuple[Appeal, str]:
    """The appeal that a message is about, and the purpose of the addition to it, if it is about one."""
    appeals = Appeal.objects.select_for_update(of=("self",)).select_related("issue__authority")
    for uid, _link in message.documents:
        if appeal := appeals.filter(uid=uid).first():
            return appeal, ""
        addition = Exchange.objects.filter(
            channel=Channel.MEDO, direction=Direction.OUT, kind=Exchange.Kind.ADD, uid=uid
        ).first()
        if addition is not None:
            return appeals.get(pk=addition.issue_id), addition.purpose
    raise soap.MessageRefusedError("UNKNOWN_APPEAL", "it is about no document that was sent")


def _keep(
    message: reading.Message,
    appeal: Appeal,
    addition: str,
    prints: Mapping[str, tuple[int, str]],
    signatures: Sequence[str],
    digest: str,
    receipt: bytes,
) -> None:
    now = clock.now()
    files = []
    if message.kind == writing.DOCUMENT:
        files = [
            soap.NamedFile(uuid.uuid5(message.uid, name), name, "", *prints[name])
            for name in message.file_names
        ]
    notification = reading.notification(
        message, appeal_uid=appeal.uid, addition=addition, files=files
    )
    kind = reading.kind_of(notification)
    Exchange.objects.create(
        uid=message.uid,
        channel=Channel.MEDO,
        direction=Direction.IN,
        kind=Exchange.Kind.NOTIFICATION,
        purpose=kind,
        issue=appeal.issue,
        body=soap.canonical(message.root),
        digest=digest,
        state=Exchange.State.DONE,
        made_at=now,
        done_at=now,
        receipt=receipt,
        accepted=True,
        signatures=signatures,
    )
    body = soap.canonical(notification)
    notice = Notice.objects.create(
        uid=message.uid,
        channel=Channel.MEDO,
        appeal_uid=appeal.uid,
        happened_at=min(message.at, now),
        kind=kind,
        body=body,
        digest=hashlib.sha256(body).hexdigest(),
        received_at=now,
    )
    if kind == reading.ANSWER:
        expect_files(notice, files, at=now)
        hints.fetch.after_commit()
    hints.follow.after_commit(appeal.pk)


def _check_source(message: reading.Message, authority: Authority | None) -> None:
    is_theirs = (
        authority is not None
        and authority.exchange == Authority.Exchange.MEDO
        and authority.medo_uid == message.source
    )
    if not is_theirs:
        raise soap.MessageRefusedError("ACCESS_DENIED", "the appeal is not with its sender")


# --- What is not taken ----------------------------------------------------------------------------


def _refuse(path: Path, code: str, text: str) -> None:
    reason = f"{code}: {text}"
    name = folders.name_refused(root(), path)
    # First the row: a package that lies in `refused` without anybody knowing would be lost.
    _name_to_staff(name, reason)
    folders.refuse(root(), path, name, reason)


def _name_unreadable(path: Path, error: OSError) -> None:
    """Tells staff of a package that stays in `in`, since the portal has no right to it."""
    _name_to_staff(folders.shown_name(path), f"UNREADABLE: {folder_problem(error).words}")


def _name_to_staff(name: str, reason: str) -> None:
    _row, is_new = RefusedPackage.objects.get_or_create(
        name=name,
        reason=reason[:300],
        settled_at=None,
        defaults={"refused_at": clock.now()},
    )
    if is_new:
        logger.error("a package of МЭДО is refused: %s", reason)
