"""Pages of information and the catalogue of services, written by staff."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts.models import User
from portal.information import markdown, queries
from portal.models import Page, PageVersion


@require_safe
def page_list(request: HttpRequest) -> HttpResponse:
    """`/pages/`."""
    return render(request, "portal/information_list.html", {"pages": _told(Page.Kind.PAGE)})


@require_safe
def services(request: HttpRequest) -> HttpResponse:
    """`/services/`: what residents can get, for whom, where and from whom."""
    return render(request, "portal/services.html", {"services": _told(Page.Kind.SERVICE)})


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """`/pages/<slug>/`; `?version=<number>` is an earlier edition, for staff also a draft."""
    editions = list(queries.editions(slug))
    version = _version(request, slug) if "version" in request.GET else next(iter(editions), None)
    if version is None:
        raise Http404
    told = version.told(get_language() or "ru")
    context = {
        "version": version,
        "told": told,
        "body": markdown.render(told.text),
        "editions": editions,
        "is_current": bool(editions) and version == editions[0],
    }
    response = render(request, "portal/information.html", context)
    if version.is_draft:
        response["Cache-Control"] = "private, no-store"
    return response


def footer(request: HttpRequest) -> dict[str, object]:
    """For every template: the pages that the footer names, asked for where a footer is drawn."""

    def links() -> list[tuple[str, str]]:
        in_english = get_language() == "en"
        return [
            (slug, title_en if in_english else title) for slug, title, title_en in queries.footer()
        ]

    return {"footer_pages": SimpleLazyObject(links)}


def _told(kind: str) -> list[tuple[PageVersion, object]]:
    language = get_language() or "ru"
    return [(version, version.told(language)) for version in queries.shown(kind)]


def _version(request: HttpRequest, slug: str) -> PageVersion | None:
    number = request.GET["version"]
    if not (number.isascii() and number.isdecimal() and len(number) < 9):
        return None
    if _may_edit(request):
        found = PageVersion.objects.filter(page__slug=slug).select_related("page", "authority")
    else:
        found = queries.editions(slug)
    return found.filter(number=int(number)).first()


def _may_edit(request: HttpRequest) -> bool:
    user = request.user
    return isinstance(user, User) and user.is_staff and user.has_perm("portal.change_page")
