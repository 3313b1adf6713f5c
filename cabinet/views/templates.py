"""Templates of answers: an authority keeps its own, and reads those common to all."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cabinet import operations, queries
from cabinet.forms import TemplateForm
from cabinet.models import AnswerTemplate
from cabinet.views.access import CabinetRequest, officer_required


@require_GET
@officer_required
def template_list(request: CabinetRequest) -> HttpResponse:
    """The authority's own templates, and the common ones."""
    authority = request.user.official.authority
    rows = queries.templates(authority)
    return render(request, "cabinet/template_list.html", {"templates": rows, "own": authority})


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required
def template(request: CabinetRequest, pk: int | None = None) -> HttpResponse:
    """Makes a template or changes one of the authority's own."""
    authority = request.user.official.authority
    found = AnswerTemplate(authority=authority)
    if pk is not None:
        found = get_object_or_404(AnswerTemplate, pk=pk, authority=authority)
    form = TemplateForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        operations.save_template(
            by=request.user, authority=authority, template=form.save(commit=False)
        )
        messages.success(request, _("The template is kept."))
        return redirect("cabinet:templates")
    context = {"form": form, "is_new": pk is None, "placeholders": operations.PLACEHOLDERS}
    return render(request, "cabinet/template.html", context)


@require_POST
@officer_required
def delete(request: CabinetRequest, pk: int) -> HttpResponse:
    """Deletes one of the authority's own templates."""
    authority = request.user.official.authority
    found = get_object_or_404(AnswerTemplate, pk=pk, authority=authority)
    operations.delete_template(authority=authority, template=found)
    messages.success(request, _("The template is deleted."))
    return redirect("cabinet:templates")
