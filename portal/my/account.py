"""A resident's own data: the profile with its photo, a copy of everything, and the erasure."""

import uuid

from allauth.core import ratelimit
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from accounts import operations as accounts
from accounts.forms import ProfileForm
from accounts.models import Export, User
from accounts.operations import EXPORT_KEPT, EXPORT_PAUSE, StaffStaysError, update_profile
from common import clock, uploads
from common.tasks import hint
from issues.models import Issue
from portal.choices import municipalities
from portal.my import tasks
from portal.my.erasing import erase_resident
from portal.my.views import resident_of


class ResidentForm(ProfileForm):
    """The profile with what needs the ground: the municipality of interest."""

    home_municipality = forms.ChoiceField(
        label=gettext_lazy("Municipality of interest"),
        required=False,
        help_text=gettext_lazy("Where you live or what you care about: it is offered first."),
    )

    class Meta(ProfileForm.Meta):
        pass

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        known = [("", gettext_lazy("not chosen")), *municipalities()]
        self.fields["home_municipality"].choices = known  # type: ignore[attr-defined]


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """`/accounts/profile/`: a person's own data."""
    # The form writes into its instance: the one of the request stays as it is stored.
    person = User.objects.get(pk=resident_of(request).pk)
    form = ResidentForm(request.POST or None, instance=person)
    if form.is_valid():
        update_profile(by=person, **form.cleaned_data)
        messages.success(request, _("The profile is saved."))
        return redirect("portal:profile")
    return _profile(request, form, status=400 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def photo(request: HttpRequest) -> HttpResponseBase:
    """`/accounts/photo/`: one's own photo, for oneself alone; POST changes it or takes it away."""
    person = resident_of(request)
    if request.method != "POST":
        return _photo(person, request.GET.get("size", ""))
    if "remove" in request.POST:
        accounts.set_photo(by=person, upload=None)
        messages.success(request, _("The photo is gone."))
        return redirect("portal:profile")
    sent = request.FILES.get("photo")
    try:
        if sent is None:
            raise ValueError
        upload = uploads.examine(sent, name=sent.name or "")
        accounts.set_photo(by=person, upload=upload)
    except uploads.UploadRefusedError as refused:
        return _wrong_photo(request, refused.reason)
    except ValueError:
        return _wrong_photo(request, _("Choose a photo: JPEG, PNG or WebP."))
    messages.success(request, _("The photo is saved."))
    return redirect("portal:profile")


@login_required
@require_GET
def data(request: HttpRequest) -> HttpResponse:
    """`/my/data/`: what the portal has about a person, to take home or to have erased."""
    export = resident_of(request).exports.order_by("-asked_at").first()
    made_at = export.made_at if export else None
    context = {
        "export": export,
        "kept_days": EXPORT_KEPT.days,
        "may_renew": made_at is not None and clock.now() - made_at > EXPORT_PAUSE,
    }
    return render(request, "portal/my/data.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def ask_for_export(request: HttpRequest) -> HttpResponse:
    """`/my/data/export/`: a copy is made in the background."""
    if request.method != "POST":  # back from the log-in
        return redirect("portal:data")
    accounts.ask_for_export(by=resident_of(request))
    hint(tasks.make_exports)
    messages.success(request, _("The copy is being made. We write to you when it is ready."))
    return redirect("portal:data")


@login_required
@require_GET
def export(request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
    """`/my/data/<uid>/`: the copy, for its owner alone."""
    found = get_object_or_404(Export, uid=uid, user=resident_of(request), made_at__isnull=False)
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, as_attachment=True, filename="my-data.zip")
    response["Content-Type"] = "application/zip"
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """`/my/erase/`: says what goes and what stays; the password confirms it."""
    person = resident_of(request)
    issues = Issue.objects.filter(author=person)
    context = {
        "is_staff_member": person.is_staff_member,
        "published": issues.filter(published_at__isnull=False).count(),
        "unpublished": issues.filter(published_at__isnull=True).count(),
        "needs_password": not person.has_usable_password(),
        "understood": "understood" in request.POST,
    }
    if request.method != "POST" or person.is_staff_member:
        return render(request, "portal/my/erase.html", context)
    if wrong := _why_not(request, person):
        return render(request, "portal/my/erase.html", context | {"wrong": wrong}, status=400)
    try:
        erase_resident(by=person)
    except StaffStaysError:
        return redirect("portal:erase")
    logout(request)
    return render(request, "portal/my/erased.html")


def _why_not(request: HttpRequest, person: User) -> str:
    if "understood" not in request.POST:
        return _("Tick that you have understood that it can not be undone.")
    # Counted before it is looked at: guesses that come at once are counted, too.
    if not ratelimit.consume(request, action="erase", user=person):
        return _("Too many wrong passwords: try again in an hour.")
    if not person.check_password(request.POST.get("password", "")):
        return _("The password is wrong.")
    return ""


def _profile(
    request: HttpRequest, form: ResidentForm, *, status: int, wrong_photo: str = ""
) -> HttpResponse:
    context = {"form": form, "wrong_photo": wrong_photo, "accept": uploads.ACCEPT_PHOTOS}
    return render(request, "portal/my/profile.html", context, status=status)


def _wrong_photo(request: HttpRequest, why: str) -> HttpResponse:
    person = resident_of(request)
    return _profile(request, ResidentForm(instance=person), status=400, wrong_photo=why)


def _photo(person: User, size: str) -> HttpResponseBase:
    file = person.photo_thumbnail if size == "thumbnail" else person.photo
    if not file:
        raise Http404
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(content, content_type="image/webp")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
