"""The bridge's page for administrators: what waits, what failed and why, and what a person may do (R5.5)."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Role, User
from accounts.operations import note_access
from common import clock
from msed_bridge import operations, queries, soap
from msed_bridge.client import CallError
from msed_bridge.medo import reading
from msed_bridge.models import Channel, Direction, Exchange, Notice, RefusedPackage

SHOWN = 50
"""Rows of each list; the counts beside them are of all."""

LATEST = 20
"""So many of the latest interventions and signed messages."""

View = Callable[..., HttpResponse]


class DeskRequest(HttpRequest):
    """A request whose user is known to be an administrator."""

    user: User


def administrator_required(view: View) -> View:
    """Lets administrators in, sends others to the login, refuses the rest."""

    @never_cache
    @login_required
    @wraps(view)
    def guarded(request: DeskRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_role(Role.ADMINISTRATOR):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@administrator_required
def overview(request: DeskRequest) -> HttpResponse:
    """`/msed/`: health, what needs a person, the two watches, what waits."""
    now = clock.now()
    status = queries.status()
    context = {
        "now": now,
        "status": status,
        "waiting": status.exchanges.get(Exchange.State.WAITING, 0),
        "failed_count": status.exchanges.get(Exchange.State.FAILED, 0),
        "channels": [
            (channel, status.partners.get(channel), status.oldest_waiting_at.get(channel))
            for channel in Channel
            if channel == Channel.MSED or settings.MEDO_FOLDER or channel in status.partners
        ],
        "failures": queries.failures(),
        "failed": queries.for_person()[:SHOWN],
        "refused": queries.refused_notices()[:SHOWN],
        "refusals": queries.refusals(),
        "packages": queries.refused_packages()[:SHOWN],
        "without_receipt": queries.without_receipt(now)[:SHOWN],
        "without_answer": queries.without_answer(now)[:SHOWN],
        "signed": queries.signed()[:LATEST],
        "interventions": queries.interventions()[:LATEST],
    }
    return render(request, "msed_bridge/overview.html", context)


@require_safe
@administrator_required
def search(request: DeskRequest) -> HttpResponse:
    """`/msed/search/?q=`: by the uid of a message or a notification, or by the number of an issue."""
    words = request.GET.get("q", "").strip()
    try:
        uid = uuid.UUID(words)
    except ValueError:
        number = words.removeprefix("№").strip()
        if number and queries.of_issue(number).exists():
            return redirect("msed_bridge:issue", number)
    else:
        if Exchange.objects.filter(uid=uid).exists():
            return redirect("msed_bridge:message", uid)
        if Notice.objects.filter(uid=uid).exists():
            return redirect("msed_bridge:notice", uid)
    messages.error(
        request, _("There is nothing about “%(words)s” in the books.") % {"words": words}
    )
    return redirect("msed_bridge:overview")


@require_safe
@administrator_required
def issue(request: DeskRequest, number: str) -> HttpResponse:
    """All that was said about one issue, both ways."""
    exchanges = queries.of_issue(number)
    if not exchanges:
        raise Http404
    context = {"number": number, "exchanges": exchanges, "notices": queries.notices_of(number)}
    return render(request, "msed_bridge/issue.html", context)


@require_safe
@administrator_required
def message(request: DeskRequest, uid: uuid.UUID) -> HttpResponse:
    """One message with its XML, its receipt and its files."""
    exchange = _exchange(uid)
    # The XML holds the author's name and address.
    note_access(by=request.user, place="msed", subject=exchange.issue.number)
    context = {
        "exchange": exchange,
        "xml": soap.indented(bytes(exchange.body)),
        "receipt": soap.indented(bytes(exchange.receipt or b"")),
        "document": bytes(exchange.document or b"").decode("utf-8-sig"),
        "files": exchange.files.all(),
        "signatures": _signatures(exchange),
        "may_resend": exchange.direction == Direction.OUT
        and exchange.state in {Exchange.State.WAITING, Exchange.State.FAILED},
        "may_dismiss": exchange.state == Exchange.State.FAILED
        and exchange.kind == Exchange.Kind.ADD,
        "interventions": queries.interventions(str(uid)),
    }
    return render(request, "msed_bridge/message.html", context)


@require_safe
@administrator_required
def notice(request: DeskRequest, uid: uuid.UUID) -> HttpResponse:
    """One notification with its XML and its files."""
    found = get_object_or_404(Notice, uid=uid)
    note_access(by=request.user, place="msed", subject=queries.number_of(found))
    package = queries.package_of(found)
    context = {
        "notice": found,
        "xml": soap.indented(bytes(found.body)),
        "files": found.files.all(),
        "signatures": _signatures(package) if package else [],
        "may_follow": found.state == Notice.State.REFUSED,
        "interventions": queries.interventions(str(uid)),
    }
    return render(request, "msed_bridge/notice.html", context)


# --- What a person may do -------------------------------------------------------------------------


@require_POST
@administrator_required
def pause(request: DeskRequest) -> HttpResponse:
    """Stops all calls by a channel."""
    channel, because = _channel(request), _because(request)
    if not because:
        messages.error(request, _("Say why the calls are paused."))
        return redirect("msed_bridge:overview")
    operations.pause(by=request.user, channel=channel, because=because)
    words = _("Calls by %(channel)s are paused; what comes is still received.")
    messages.success(request, words % {"channel": channel.label})
    return redirect("msed_bridge:overview")


@require_POST
@administrator_required
def resume(request: DeskRequest) -> HttpResponse:
    """Lets calls by a channel go on."""
    channel = _channel(request)
    operations.resume(by=request.user, channel=channel, because=_because(request))
    messages.success(request, _("Calls by %(channel)s go on.") % {"channel": channel.label})
    return redirect("msed_bridge:overview")


@require_POST
@administrator_required
def reconcile(request: DeskRequest) -> HttpResponse:
    """Compares the books with МСЭД's now."""
    try:
        differences = operations.reconcile(by=request.user, because=_because(request))
    except CallError as error:
        if error.code == "PAUSED":
            messages.error(request, _("The calls are paused: let them go on first."))
        else:
            messages.error(request, _("МСЭД did not answer: %(code)s.") % {"code": error.code})
        return redirect("msed_bridge:overview")
    return render(request, "msed_bridge/reconciled.html", {"differences": differences})


@require_POST
@administrator_required
def resend_failed(request: DeskRequest) -> HttpResponse:
    """Sends all messages again that failed by one fault, or that a watch has found."""
    by, because = request.user, _because(request)
    if watch := request.POST.get("watch", ""):
        try:
            count = operations.resend_watched(by=by, watch=watch, because=because)
        except ValueError as error:
            raise Http404 from error
    else:
        code = request.POST.get("code", "")
        count = operations.resend_failed(by=by, code=code, because=because)
    words = ngettext("%(count)s message will be sent.", "%(count)s messages will be sent.", count)
    messages.success(request, words % {"count": count})
    return redirect("msed_bridge:overview")


@require_POST
@administrator_required
def resend(request: DeskRequest, uid: uuid.UUID) -> HttpResponse:
    """Sends one message again."""
    try:
        exchange, because = _exchange(uid), _because(request)
        sent = operations.resend(by=request.user, exchange=exchange, because=because)
    except ValueError:
        messages.error(request, _("It has its receipt by now."))
        return redirect("msed_bridge:message", uid)
    messages.success(request, _("The message will be sent."))
    return redirect("msed_bridge:message", sent.uid)


@require_POST
@administrator_required
def dismiss(request: DeskRequest, uid: uuid.UUID) -> HttpResponse:
    """Gives a failed addition up."""
    exchange, because = _exchange(uid), _because(request)
    try:
        operations.dismiss(by=request.user, exchange=exchange, because=because)
    except ValueError:
        messages.error(request, _("Say why; only a failed addition is given up."))
    else:
        messages.success(request, _("Given up; those after it go now."))
    return redirect("msed_bridge:message", uid)


@require_POST
@administrator_required
def follow(request: DeskRequest, uid: uuid.UUID) -> HttpResponse:
    """Follows a refused notification once more."""
    told = get_object_or_404(Notice, uid=uid)
    try:
        found = operations.follow_again(by=request.user, notice=told, because=_because(request))
    except ValueError:
        messages.error(request, _("It has been followed by now."))
    else:
        if found.state == Notice.State.REFUSED:
            messages.error(
                request, _("It is still refused: %(reason)s.") % {"reason": found.reason}
            )
        else:
            messages.success(request, _("The notification is followed."))
    return redirect("msed_bridge:notice", uid)


@require_POST
@administrator_required
def settle_package(request: DeskRequest, pk: int) -> HttpResponse:
    """Takes a refused package of МЭДО off the desk."""
    package, because = get_object_or_404(RefusedPackage, pk=pk), _because(request)
    try:
        operations.settle_package(by=request.user, package=package, because=because)
    except ValueError:
        messages.error(request, _("Somebody has dealt with it before."))
    else:
        messages.success(request, _("It is off the list; the package lies where it was."))
    return redirect("msed_bridge:overview")


@require_POST
@administrator_required
def settle_packages(request: DeskRequest) -> HttpResponse:
    """Takes all packages that were refused by one reason off the desk."""
    code, because = request.POST.get("code", ""), _because(request)
    if code not in RefusedPackage.WORDS:
        raise Http404
    count = operations.settle_packages(by=request.user, code=code, because=because)
    words = ngettext(
        "%(count)s package is off the list; it lies where it was.",
        "%(count)s packages are off the list; they lie where they were.",
        count,
    )
    messages.success(request, words % {"count": count})
    return redirect("msed_bridge:overview")


def _because(request: HttpRequest) -> str:
    return request.POST.get("because", "").strip()[:300]


def _signatures(exchange: Exchange) -> list[reading.Signature]:
    """The signatures that came with a message: as it names them, then those that only lay in its package."""
    if not exchange.signatures:
        return []
    named = reading.read(bytes(exchange.body)).signatures
    loose = set(exchange.signatures) - {signature.name for signature in named}
    return named + [reading.Signature(name) for name in sorted(loose)]


def _channel(request: HttpRequest) -> Channel:
    try:
        return Channel(request.POST.get("channel", ""))
    except ValueError as error:
        raise Http404 from error


def _exchange(uid: uuid.UUID) -> Exchange:
    # One of ours first: МСЭД chooses its own uids.
    found = Exchange.objects.filter(uid=uid).select_related("issue", "dismissed_by")
    exchange = found.order_by("-direction").first()
    if exchange is None:
        raise Http404
    return exchange
