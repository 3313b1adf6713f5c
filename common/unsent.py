"""What was typed into a form and sent after the session had ended: kept over the log-in, given back once."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

LONGEST = 20_000
"""Characters of a form that are kept: whoever has no session can fill the store of sessions with no more."""

_KEY = "unsent"
_OWN = frozenset({"csrfmiddlewaretoken", "seen", "version"})
"""Fields that say what the page was, not what somebody typed."""

View = Callable[..., HttpResponse]


def keep(request: HttpRequest) -> None:
    """Keeps the words of a form in the session; files are too large for it."""
    words, room = {}, LONGEST
    for name, value in request.POST.items():
        if name in _OWN or len(name) > room:
            continue
        words[name] = str(value)[: room - len(name)]
        room -= len(name) + len(words[name])
    request.session[_KEY] = {"path": request.path, "words": words}


def given_back(request: HttpRequest, is_for: Callable[[str], bool]) -> tuple[str, dict[str, str]]:
    """The address that a form was sent to and its words, once; the reader is told. Empty where nothing is kept.

    Args:
        is_for: whether the page has the form of an address.
    """
    kept = request.session.get(_KEY)
    if not kept or not is_for(kept["path"]):
        return "", {}
    del request.session[_KEY]
    messages.warning(
        request,
        _(
            "Your session had ended, nothing was sent. Your words are here again; choose files anew."
        ),
    )
    return kept["path"], kept["words"]


def login_required(view: View) -> View:
    """As Django's; what a form sends is kept over the log-in, which leads back to the view by GET."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method == "POST":
            keep(request)
        return redirect_to_login(request.get_full_path())

    return guarded
