"""Where a point would put a message, and who would answer there: told while the moderator moves it."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from issues.models import Issue
from moderation.forms.placing import PlaceForm
from moderation.views.access import DeskRequest, moderator_required


@require_GET
@moderator_required
def place(request: DeskRequest, number: str) -> HttpResponse:
    """`/moderation/<number>/place/?point=&topic=`: a part of the page of the message."""
    issue = get_object_or_404(Issue.objects.select_related("topic"), number=number)
    form = PlaceForm(request.GET, issue=issue)
    return render(request, "moderation/_place_told.html", {"form": form, "is_asked": True})
