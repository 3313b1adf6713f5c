"""`/my/subscriptions/`, following a message, and leaving the letters by one press."""

import json
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from issues import digests, operations
from issues.models import Issue, Subscription
from issues.operations import TooManySubscriptionsError
from issues.queries import Box
from notifications import pushes
from notifications.client import Receiver, public_key
from portal import places
from portal.forms import ListForm
from portal.my.following_forms import FollowForm, HowForm, shape_of
from portal.my.views import resident_of


@login_required
@require_GET
def subscriptions(request: HttpRequest) -> HttpResponse:
    """`/my/subscriptions/`: all that one follows, and how one is told of each."""
    mine = resident_of(request).subscriptions.select_related(
        "issue__topic", "category", "topic", "authority"
    )
    rows = [(one, HowForm(instance=one, prefix=f"s{one.pk}"), _feed(one)) for one in mine]
    return render(request, "portal/my/subscriptions.html", {"rows": rows, "push_key": public_key()})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """`/my/subscriptions/new/`: what to follow; the filters of a list in the address are filled in."""
    form = (
        FollowForm(request.POST) if request.method == "POST" else FollowForm(initial=_wish(request))
    )
    if form.is_valid():
        try:
            operations.follow_list(
                by=resident_of(request),
                what=form.what,
                title=form.name,
                letters=form.cleaned_data["letters"],
                push=form.wants_push,
            )
        except TooManySubscriptionsError:
            form.add_error(None, _too_many())
        else:
            messages.success(request, _("You follow it from now on."))
            if form.wants_push and not resident_of(request).devices.exists():
                messages.info(request, _("Turn the notifications on in this browser as well."))
            return redirect("portal:subscriptions")
    context = {"form": form, "map": places.map_to_choose_on(), "push_key": public_key()}
    status = 400 if form.is_bound else 200
    return render(request, "portal/my/subscribe.html", context, status=status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, uid: str) -> HttpResponse:
    """`/my/subscriptions/<uid>/`: tells otherwise of it, or no more follows it."""
    if request.method != "POST":  # back from the log-in
        return redirect("portal:subscriptions")
    user = resident_of(request)
    one = get_object_or_404(Subscription, uid=uid, user=user)
    if "end" in request.POST:
        operations.end_subscription(by=user, subscription=one)
        messages.success(request, _("You do not follow it any more: %(title)s") % {"title": one})
        return redirect("portal:subscriptions")
    form = HowForm(request.POST, instance=one, prefix=f"s{one.pk}")
    if not form.is_valid():
        raise Http404
    how = form.cleaned_data
    operations.change_subscription(
        by=user, subscription=one, letters=how["letters"], push=how.get("push", one.push)
    )
    messages.success(request, _("It is noted."))
    return redirect("portal:subscriptions")


@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """`/issues/<number>/follow/`: begins or ends to follow one message."""
    page = reverse("portal:issue", args=[number])
    if request.method != "POST":  # back from the log-in
        return redirect(page)
    if not request.user.is_authenticated:
        return redirect(f"{reverse('account_login')}?next={page}")
    user, issue = resident_of(request), get_object_or_404(Issue, number=number)
    if "end" in request.POST:
        operations.unfollow_issue(by=user, issue=issue)
        messages.success(request, _("You do not follow this message any more."))
        return redirect(page)
    try:
        operations.follow_issue(by=user, issue=issue)
    except TooManySubscriptionsError:
        messages.error(request, _too_many())
    except ValueError as error:
        raise Http404 from error
    else:
        messages.success(
            request, _("You follow this message: what is new comes in the morning letter.")
        )
    return redirect(page)


@csrf_exempt  # a mail program has no cookies: the token is what it may do
@require_http_methods(["GET", "HEAD", "POST"])
def leave_letters(request: HttpRequest, token: str) -> HttpResponse:
    """`/unsubscribe/<token>/`: no more digests; asked of a reader, done for a mail program (RFC 8058)."""
    user_id = digests.user_of(token)
    if user_id is None:
        raise Http404
    if request.method == "POST":
        operations.leave_letters(user_id=user_id)
    response = render(request, "portal/my/unsubscribe.html", {"is_done": request.method == "POST"})
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


@login_required
@require_POST
def add_browser(request: HttpRequest) -> HttpResponse:
    """`/my/push/`: this browser shows pushes from now on."""
    told = _told(request)
    keys = told.get("keys")
    if not public_key() or not isinstance(keys, dict):
        return JsonResponse({}, status=400)
    receiver = Receiver(
        str(told.get("endpoint", ""))[:1001], str(keys.get("p256dh", "")), str(keys.get("auth", ""))
    )
    if len(receiver.endpoint) > 1000 or len(receiver.p256dh) > 100 or len(receiver.auth) > 40:
        return JsonResponse({}, status=400)
    try:
        pushes.add_device(user=resident_of(request), receiver=receiver)
    except ValueError:
        return JsonResponse({}, status=400)
    return JsonResponse({}, status=201)


@login_required
@require_POST
def drop_browser(request: HttpRequest) -> HttpResponse:
    """`/my/push/off/`: this browser shows pushes no more."""
    pushes.drop_device(user=resident_of(request), endpoint=str(_told(request).get("endpoint", "")))
    return JsonResponse({})


def _feed(one: Subscription) -> str:
    """The Atom feed of the same, for those who read news that way."""
    if one.issue is not None:
        return reverse("portal:issue_feed", args=[one.issue.number])
    narrow = {
        "kind": one.kind,
        "category": one.category and one.category.code,
        "topic": one.topic and one.topic.code,
        "authority": one.authority and one.authority.slug,
        "municipality": one.municipality,
        "bbox": one.area and Box(*one.area.extent),
    }
    query = urlencode({name: value for name, value in narrow.items() if value})
    return f"{reverse('portal:feed')}?{query}" if query else reverse("portal:feed")


def _told(request: HttpRequest) -> dict[str, Any]:
    try:
        told = json.loads(request.body[:10_000])
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _wish(request: HttpRequest) -> dict[str, Any]:
    """What the address asks for, as a first choice."""
    form = ListForm(request.GET)
    chosen = form.chosen
    user = request.user
    home = user.home_municipality if isinstance(user, User) else ""
    wish: dict[str, Any] = {
        "where": "anywhere",
        "municipality": chosen.municipality or home,
        "kind": chosen.kind,
        "authority": chosen.authority,
        "letters": Subscription.Frequency.DAILY,
    }
    if chosen.municipality or (home and not request.GET):
        wish["where"] = "municipality"
    if chosen.box:
        wish |= {"where": "drawn", "shape": shape_of(chosen.box)}
    if chosen.topic:
        wish["about"] = f"topic:{chosen.topic}"
    elif chosen.category:
        wish["about"] = f"category:{chosen.category}"
    return wish


def _too_many() -> str:
    return _("You follow as many things as one may: end one of them first.")
