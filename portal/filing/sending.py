"""The last step: the whole message comes at once, from the form or as JSON, and is filed once."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from accounts.adapter import CONTINUE_AT
from accounts.models import User
from accounts.operations import name_person
from authorities.models import Topic
from issues import operations
from issues.models import Attachment, Issue
from issues.operations.filing import AN_HOUR
from issues.policies import By
from issues.workflow import ActionRefusedError, State
from portal.filing import keeping
from portal.filing.draft import QUESTION, Draft, typed
from portal.filing.forms import MessageForm
from portal.filing.steps import chosen_topic, next_step, render_check, take_files
from portal.filing.views import begin

MAX_AN_HOUR = 10
"""Messages that one account may file within an hour."""

_SENT_ALREADY = gettext_lazy(
    "This message can not be sent: it was sent already or changed meanwhile."
)

Error = dict[str, str]
Answer = TypeVar("Answer", bound=HttpResponse)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """`/new/`: the first step, and where the last one sends the message to."""
    if request.method != "POST":
        return begin(request)
    if request.content_type == "application/json":
        return send_json(request)
    return send_form(request)


def send_form(request: HttpRequest) -> HttpResponse:
    """`POST /new/` by the form: files the message, or shows the last step with what is wrong."""
    draft = keeping.posted(request)
    keeping.keep(request, draft)
    step = next_step(draft)
    if step != "portal:new_check":
        return redirect(step)
    if not isinstance(request.user, User):
        request.session[CONTINUE_AT] = reverse("portal:new_check")
        return redirect(f"{reverse('account_login')}?next={reverse('portal:new_check')}")
    refused = take_files(request, draft)
    keeping.keep(request, draft)
    topic = chosen_topic(draft)
    assert topic is not None
    form = MessageForm(_with_names(draft, request), topic=topic, author=request.user)
    if refused or not form.is_valid():
        return render_check(request, draft, form=form, refused=refused, status=400)
    try:
        dropped = _uids(request.POST.getlist("drop"))
        issue = _file(form, request.user, number=draft.number, dropped=dropped)
    except NotFiledError as error:
        return _told(render_check(request, draft, form=form, errors=[str(error)]), error)
    keeping.forget(request, draft.uid)
    request.session.pop(CONTINUE_AT, None)
    if draft.number and issue.events.filter(seq=issue.event_count, action="amend").exists():
        messages.success(request, _("The changes are saved."))
        return redirect("portal:my_issue", number=issue.number)
    return redirect("portal:new_sent", number=issue.number)


def send_json(request: HttpRequest) -> JsonResponse:
    """`POST /new/` as JSON: 201 `{number, url}`, else `{errors: [{code, field, message}]}`.

    Members: `kind`, `topic` (code), `lon`, `lat`, `address`, `description`; optionally `uid`,
    `details` (by question code), `is_anonymous`, `attachments` (uids), `last_name`, `first_name`,
    `middle_name`.
    """
    if not isinstance(request.user, User):
        return _refusal([_error("login", _("Log in first."))], 401)
    try:
        data = _flat(json.loads(request.body))
    except (ValueError, RecursionError):
        return _refusal([_error("json", _("This is not a JSON object."))], 400)
    topic = Topic.objects.filter(code=typed(str(data.get("topic", ""))), is_active=True).first()
    if topic is None:
        return _refusal([_error("topic", _("There is no such topic."), "topic")], 400)
    form = MessageForm(data, topic=topic, author=request.user)
    if not form.is_valid():
        return _refusal(_errors_of(form), 400)
    try:
        issue = _file(form, request.user)
    except NotFiledError as error:
        answer = _refusal([_error(error.code, str(error), error.field)], error.status)
        return _told(answer, error)
    url = reverse("portal:my_issue", args=[issue.number])
    return JsonResponse({"number": issue.number, "url": url}, status=201)


class NotFiledError(Exception):
    """A valid message that can not be filed all the same; its text is for the author.

    Attributes:
        code: stable, for clients.
        status: of the HTTP answer.
        field: what it is about, empty for the whole.
    """

    def __init__(self, code: str, words: str, *, status: int = 400, field: str = "") -> None:
        self.code, self.status, self.field = code, status, field
        super().__init__(words)


def _file(
    form: MessageForm, author: User, *, number: str = "", dropped: Sequence[uuid.UUID] = ()
) -> Issue:
    message, uid = form.message(), form.cleaned_data["uid"]
    waiting = Attachment.objects.filter(uid__in=message.attachments, owner=author)
    if message.attachments and waiting.count() != len(message.attachments):
        words = _("Some of the files are not there any more. Add them once again.")
        raise NotFiledError("files", words, field="attachments")
    if form.asks_name:
        cleaned = form.cleaned_data
        name_person(
            user=author,
            last_name=cleaned["last_name"],
            first_name=cleaned["first_name"],
            middle_name=cleaned["middle_name"],
        )
    try:
        if number:
            issue = get_object_or_404(Issue, number=number, author=author)
            _write_anew(issue, message, author, dropped)
            issue.refresh_from_db()
            return issue
        issue = _file_new(message, author, uid)
        if uid and not _says(issue, message):
            # Another message came under this uid; the words make the new one, so that it is filed once too.
            issue = _file_new(message, author, uuid.uuid5(uid, repr(_told_of(message))))
        return issue
    except ActionRefusedError as error:
        if error.why != "taken":
            raise NotFiledError("conflict", str(_SENT_ALREADY), status=409) from None
        words = _("A moderator reads the message already: it can not be changed any more.")
        raise NotFiledError("taken", words, status=409) from None
    except ValidationError:
        words = _("The questions of this topic have changed meanwhile. Answer them once more.")
        raise NotFiledError("details", words) from None
    except ValueError:
        raise NotFiledError("conflict", str(_SENT_ALREADY), status=409) from None


def _write_anew(
    issue: Issue, message: operations.Message, author: User, dropped: Sequence[uuid.UUID]
) -> None:
    """Changes a message that waits for moderation, or sends a rejected one again."""
    by = By.author(author)
    if issue.state in {State.REJECTED, State.MERGED}:
        operations.resubmit_issue(by=by, issue=issue, message=message)
        return
    if issue.state == State.SUBMITTED and _is_written(issue, message, dropped):
        return  # pressed twice, or nothing was changed
    operations.amend_issue(by=by, issue=issue, message=message, dropped=dropped)


def _file_new(message: operations.Message, author: User, uid: uuid.UUID | None) -> Issue:
    try:
        return operations.file_issue(
            by=By.author(author), message=message, uid=uid, most_an_hour=MAX_AN_HOUR
        )
    except operations.TooManyMessagesError:
        words = _("You have sent ten messages within an hour. Nothing is lost: send this later.")
        raise NotFiledError("too_many", words, status=429) from None


def _told_of(message: operations.Message) -> tuple[str, str, float, float, str]:
    """What makes it this message and no other."""
    return (message.kind, message.topic.code, message.lon, message.lat, message.description)


def _is_written(issue: Issue, message: operations.Message, dropped: Sequence[uuid.UUID]) -> bool:
    """Whether the message says all that already, and its files are as they shall be."""
    written = (issue.address, issue.details, issue.is_anonymous)
    told = (message.address, dict(message.details), message.is_anonymous)
    files = set(issue.attachments.values_list("uid", flat=True))
    return (
        _says(issue, message)
        and written == told
        and files.issuperset(message.attachments)
        and files.isdisjoint(dropped)
    )


def _says(issue: Issue, message: operations.Message) -> bool:
    told = (issue.kind, issue.topic.code, issue.point.x, issue.point.y, issue.description)
    return told == _told_of(message)


def _uids(typed_ones: Iterable[str]) -> list[uuid.UUID]:
    """Those that are uids, of what a form sent."""
    found = []
    for one in typed_ones:
        try:
            found.append(uuid.UUID(one))
        except ValueError:
            continue
    return found


def _with_names(draft: Draft, request: HttpRequest) -> dict[str, Any]:
    names = ("last_name", "first_name", "middle_name")
    return draft.form_data() | {name: request.POST.get(name, "") for name in names}


def _flat(data: Any) -> dict[str, Any]:
    """A JSON message as data for the form, whose fields know text alone."""
    if not isinstance(data, Mapping):
        raise ValueError
    data = dict(data)
    details = data.pop("details", None) or {}
    attachments = data.pop("attachments", None) or []
    if not isinstance(details, Mapping) or not isinstance(attachments, list):
        raise ValueError
    flat = {name: _text(value) for name, value in data.items() if not name.startswith(QUESTION)}
    answers = {QUESTION + str(code): _text(value) for code, value in details.items()}
    return flat | answers | {"attachments": [_text(uid) for uid in attachments]}


def _text(value: Any) -> str:
    match value:
        case None | False:
            return ""
        case True:
            return "on"
        case str() | int() | float():
            text = str(value)
            text.encode()  # half a surrogate pair is a text in JSON, and nowhere else
            return text
        case _:
            raise ValueError


def _error(code: str, message: str, field: str = "") -> Error:
    return {"code": code, "field": field, "message": message}


def _errors_of(form: MessageForm) -> list[Error]:
    found = []
    for name, errors in form.errors.as_data().items():
        field = "" if name == "__all__" else name.removeprefix(QUESTION)
        for error in errors:
            assert isinstance(error, ValidationError)
            found.append(_error(error.code or "invalid", error.messages[0], field))
    return found


def _refusal(errors: list[Error], status: int) -> JsonResponse:
    return JsonResponse({"errors": errors}, status=status)


def _told(answer: Answer, error: NotFiledError) -> Answer:
    answer.status_code = error.status
    if error.status == 429:
        answer["Retry-After"] = str(int(AN_HOUR.total_seconds()))
    return answer
