"""The profile; registration, log-in and passwords are django-allauth's pages in our look."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.forms import ProfileForm
from accounts.models import User
from accounts.operations import update_profile


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """`/accounts/profile/`: a person's own data."""
    assert isinstance(request.user, User)
    # The form writes into its instance: the one of the request stays as it is stored.
    person = User.objects.get(pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=person)
    if form.is_valid():
        update_profile(by=request.user, **form.cleaned_data)
        messages.success(request, _("The profile is saved."))
        return redirect("accounts_profile")
    return render(
        request, "account/profile.html", {"form": form}, status=400 if form.is_bound else 200
    )
