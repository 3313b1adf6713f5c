"""An answer: written step by step, read as the residents will read it, then sent."""

import uuid
from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.operations import note_access
from cabinet import forms, operations, queries
from cabinet.models import AnswerDraft
from cabinet.views.access import (
    PLACE,
    CabinetRequest,
    must_answer_here,
    news,
    officer_required,
    own_issue,
    possible,
    refusal,
    said_by_author,
    seen,
    typed_before,
)
from common import clock
from issues import operations as issues
from issues import telling
from issues.models import Answer, Attachment, Issue
from issues.policies import By
from issues.reply_quality import Finding
from issues.workflow import ANSWER_CLOCK_STATES, ActionRefusedError, State


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required
def answer(request: CabinetRequest, number: str) -> HttpResponse:
    """Writes an answer; whatever is pressed, what was typed is kept first."""
    issue = own_issue(request, number)
    must_answer_here(issue)
    if request.method == "POST":
        return _written(request, issue)
    draft = queries.draft(request.user, issue)
    _action, words = typed_before(request, number, ["answer"])
    if words.get("text"):
        draft = operations.save_draft(by=request.user, issue=issue, fields=words)
    if draft is None and (hindrance := _hindrance(issue, is_kept=False)):
        messages.info(request, hindrance)
        return redirect("cabinet:issue", number)
    typed = draft.fields if draft else {"decision": request.GET.get("decision", "done")}
    form = forms.ReplyForm(
        initial={name: value for name, value in typed.items() if value},
        issue=issue,
        user=request.user,
    )
    return _writing_page(request, issue, form, draft)


def _written(request: CabinetRequest, issue: Issue) -> HttpResponse:
    form = forms.ReplyForm(request.POST, issue=issue, user=request.user)
    draft = operations.save_draft(by=request.user, issue=issue, fields=form.typed)
    refused = _keep_files(request, draft)
    draft.refresh_from_db()
    if gone := _uid(request.POST.get("remove", "")):
        operations.remove_file(draft=draft, uid=gone)
        return redirect("cabinet:answer", issue.number)
    if "insert" in request.POST:
        rows = queries.templates(request.user.official.authority)
        chosen = request.POST.get("template", "")
        template = rows.filter(pk=int(chosen[:18])).first() if chosen.isdecimal() else None
        if template is None:
            messages.info(request, _("Choose a template first."))
        else:
            words = operations.filled_in(template, issue)
            typed = form.typed | {"text": f"{form.typed['text']}\n\n{words}".strip()}
            typed["decision"] = template.decision or typed["decision"]
            operations.save_draft(by=request.user, issue=issue, fields=typed)
        return redirect("cabinet:answer", issue.number)
    is_valid = form.is_valid()
    for name, reasons in refused.items():
        form.add_error(name, reasons)
    if not is_valid or refused:
        return _writing_page(request, issue, form, draft)
    return redirect("cabinet:preview", issue.number)


def _keep_files(request: CabinetRequest, draft: AnswerDraft) -> dict[str, list[str]]:
    """Keeps the files that came; why others were not taken, by the field they came in."""
    refused: dict[str, list[str]] = {}
    for name, purpose in forms.FILE_FIELDS.items():
        files = request.FILES.getlist(name)
        taken, not_taken = forms.examined(files, only_photos=name != "documents")
        for upload in taken:
            try:
                operations.add_file(draft=draft, upload=upload, purpose=purpose)
            except issues.TooManyFilesError:
                most = operations.MOST_FILES
                why = _("at most %(number)d files go with an answer") % {"number": most}
                not_taken.add(upload.name, why)
        if sentences := not_taken.sentences():
            refused[name] = sentences
    return refused


def _writing_page(
    request: CabinetRequest, issue: Issue, form: forms.ReplyForm, draft: AnswerDraft | None
) -> HttpResponse:
    note_access(by=request.user, place=PLACE, subject=issue.number)
    context = {
        "issue": issue,
        "form": form,
        "refused": form if form.is_bound else None,
        "draft": draft,
        "waiting": queries.waiting_files(draft),
        **said_by_author(issue),
        "templates": queries.templates(request.user.official.authority),
        "writers": queries.writers(request.user, issue),
        "hindrance": _hindrance(issue, is_kept=draft is not None),
        "is_waiting": issue.state in ANSWER_CLOCK_STATES,
        "now": clock.now(),
    }
    return render(request, "cabinet/answer.html", context)


@require_GET
@officer_required
def preview(request: CabinetRequest, number: str) -> HttpResponse:
    """The answer as everybody will see it, and what is to be said against it."""
    issue = own_issue(request, number)
    draft = queries.draft(request.user, issue)
    if draft is None or (form := _valid(request, issue, draft)) is None:
        return redirect("cabinet:answer", number)
    return _preview_page(request, issue, draft, form)


@require_http_methods(["GET", "HEAD", "POST"])
@officer_required
def send(request: CabinetRequest, number: str) -> HttpResponse:
    """Publishes what was read in the preview."""
    if request.method != "POST":
        # The address of a preview that was not confirmed, opened once more.
        return redirect("cabinet:preview", number)
    if queries.did_just_that(request.user, number, action="answer", seen=seen(request)):
        return _sent(request, number)  # the button was pressed twice
    issue = own_issue(request, number)
    must_answer_here(issue)
    draft = queries.draft(request.user, issue)
    if draft is None or (form := _valid(request, issue, draft)) is None:
        return redirect("cabinet:answer", number)
    draft.issue = issue
    reply = form.reply(queries.waiting_files(draft))
    unconfirmed = [
        finding
        for finding in issues.read_reply(issue=issue, reply=reply)
        if finding.must_be_confirmed and f"confirm-{finding.code}" not in request.POST
    ]
    if unconfirmed:
        return _preview_page(request, issue, draft, form, unconfirmed=unconfirmed)
    try:
        operations.send_answer(
            by=By.officer(request.user),
            draft=draft,
            seen=seen(request),
            version=_uid(request.POST.get("version", "")) or uuid.uuid4(),
            reply=reply,
        )
    except operations.ChangedError:
        if queries.did_just_that(request.user, number, action="answer", seen=seen(request)):
            return _sent(request, number)
        words = _("Something has changed since you read this. Read it again, then send it.")
    except ActionRefusedError as error:
        words = refusal(error, issue)
    else:
        return _sent(request, number)
    messages.error(request, words)
    issue.refresh_from_db()
    draft.refresh_from_db()
    return _preview_page(request, issue, draft, form, since=seen(request))


def _sent(request: CabinetRequest, number: str) -> HttpResponse:
    if Issue.objects.filter(number=number, state=State.DEFERRED).exists():
        words = _("The interim answer is published, the author is told of the day.")
    else:
        words = _("The answer is published, the author is asked to rate it.")
    messages.success(request, words)
    return redirect("cabinet:issue", number)


@require_POST
@officer_required
def discard(request: CabinetRequest, number: str) -> HttpResponse:
    """Forgets an answer that was not sent."""
    draft = get_object_or_404(
        AnswerDraft.objects.select_related("officer"), officer=request.user, issue__number=number
    )
    operations.drop_draft(draft=draft)
    messages.success(request, _("The draft is deleted."))
    return redirect("cabinet:issue", number)


def _preview_page(
    request: CabinetRequest,
    issue: Issue,
    draft: AnswerDraft,
    form: forms.ReplyForm,
    *,
    unconfirmed: Sequence[Finding] = (),
    since: int | None = None,
) -> HttpResponse:
    note_access(by=request.user, place=PLACE, subject=issue.number)
    files = queries.waiting_files(draft)
    reply = form.reply(files)
    context = {
        "issue": issue,
        "draft": draft,
        "answer": Answer(
            issue=issue,
            authority=issue.authority,
            decision=reply.decision,
            text=reply.text,
            due_date=reply.due_date,
            signatory=reply.signatory,
            signatory_post=reply.signatory_post,
            published_at=clock.now(),
        ),
        "reply": _shown(issue, files),
        "findings": issues.read_reply(issue=issue, reply=reply),
        "unconfirmed": unconfirmed,
        "happened": news(issue, since) if since is not None else (),
        "hindrance": _hindrance(issue),
        "writers": queries.writers(request.user, issue),
    }
    return render(request, "cabinet/preview.html", context)


def _valid(request: CabinetRequest, issue: Issue, draft: AnswerDraft) -> forms.ReplyForm | None:
    form = forms.ReplyForm(draft.fields, issue=issue, user=request.user)
    return form if form.is_valid() else None


def _shown(issue: Issue, files: Sequence[Attachment]) -> telling.Shown:
    """Paired as on the page of the message, though the answer has no row yet."""
    for file in files:
        file.answer_id = -1  # the authority's own
    reported = issue.attachments.filter(purpose=Attachment.Purpose.REPORT).order_by("pk")
    return telling.paired(files, reported=reported)


def _hindrance(issue: Issue, *, is_kept: bool = True) -> str:
    """Why an answer can not be sent now; empty where it can."""
    if "answer" in possible(issue):
        return ""
    if "register" in possible(issue):
        return _("Register the message first.")
    if is_kept:
        return _("This message can not be answered any more. Your text is kept here.")
    return _("This message can not be answered any more.")


def _uid(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
