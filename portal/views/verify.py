"""The timeline of a message to take home and to verify: in the browser, or by a file of one's own (R1.4)."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from issues import telling, timeline
from portal.views.access import note_staff, readable_issue

WORDS: Mapping[str, Promise] = {
    "working": _("Downloading and checking …"),
    "whole": _("Whole: the fingerprint is right."),
    "whole_with_words": _("Whole: the fingerprints of the entry and of its words are right."),
    "missing": _("An entry is missing before this one."),
    "foreign": _("This entry belongs to another message."),
    "unchained": _("It does not follow the entry before it."),
    "changed": _("The entry was changed: its fingerprint is another one."),
    "words": _("The words beside it were changed."),
    "all_whole": _("The timeline is whole. Entries: {count}. The last fingerprint: {hash}"),
    "all_broken": _("The timeline is broken. Entries that are not whole: {count}."),
    "another": _("The downloaded timeline is not the one that this page shows. Reload the page."),
    "unreadable": _("What came is no timeline."),
    "unreachable": _("The timeline could not be downloaded. Try again in a minute."),
    "no_crypto": _("This browser can not count fingerprints here. Use the file verify.py below."),
    "earlier_agrees": _(
        "Your file is how the present timeline begins: all {count} entries are as they were."
    ),
    "earlier_departs": _("Entry {seq} is not what it was in your file. Keep it as a proof."),
    "earlier_broken": _("Your file is not whole itself: it proves nothing."),
    "earlier_foreign": _("Your file is of another message, No. {number}."),
    "earlier_unreadable": _("Your file is no timeline."),
}
"""What the script says, by its codes."""


@require_safe
def issue_timeline(request: HttpRequest, number: str) -> HttpResponse:
    """`/issues/<number>/timeline.json`: the chain of entries with their hashes."""
    issue = readable_issue(request, number)
    response = JsonResponse(
        timeline.public_form(issue), json_dumps_params={"ensure_ascii": False, "indent": 1}
    )
    response["Content-Disposition"] = f'attachment; filename="timeline-{issue.number}.json"'
    # Whoever verifies must see what is stored now.
    response["Cache-Control"] = "no-cache" if issue.is_public else "private, no-store"
    return response


@require_safe
def verify_page(request: HttpRequest, number: str) -> HttpResponse:
    """`/issues/<number>/verify/`: explains the chain, and checks it where there is a script."""
    issue = readable_issue(request, number)
    context = {
        "issue": issue,
        "entries": telling.entries(issue),
        "words": {code: str(words) for code, words in WORDS.items()},
    }
    response = render(request, "portal/issue_verify.html", context)
    if not issue.is_public:
        note_staff(request, issue)
        response["Cache-Control"] = "private, no-store"
    return response
