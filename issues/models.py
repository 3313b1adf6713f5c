"""The issue, its append-only timeline, answers, ratings and attachments."""

import uuid

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db.models import Q
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from authorities.models import Authority, Kind, Topic
from geo.models import Municipality
from issues.workflow import (
    ANSWER_CLOCK_STATES,
    AT_WORK_STATES,
    MAX_RETURNS,
    PUBLIC_STATES,
    State,
)

STATE_LABELS = {
    State.SUBMITTED: _("on moderation"),
    State.REJECTED: _("rejected"),
    State.ACCEPTED: _("accepted"),
    State.PUBLISHED: _("published"),
    State.DISPATCHED: _("sent to the authority"),
    State.REGISTERED: _("registered"),
    State.IN_PROGRESS: _("in progress"),
    State.EXTENDED: _("term extended"),
    State.REDIRECTED: _("redirected"),
    State.DEFERRED: _("deferred"),
    State.ANSWERED: _("answered"),
    State.REOPENED: _("returned for rework"),
    State.RATED: _("rated"),
    State.CLOSED: _("closed"),
    State.WITHDRAWN: _("withdrawn"),
}

# Migrations keep plain words, not the names of our classes.
_PUBLIC = sorted(state.value for state in PUBLIC_STATES)
_ANSWER_DUE = sorted(state.value for state in ANSWER_CLOCK_STATES)
_AT_WORK = sorted(state.value for state in AT_WORK_STATES)
_SHOWN = Q(state__in=_PUBLIC, is_hidden=False)


class Channel(models.TextChoices):
    """How a message came (R1.1)."""

    WEB = "web", _("portal")
    MOBILE = "mobile", _("mobile app")
    HOTLINE = "hotline", _("hotline")
    RECEPTION = "reception", _("reception")
    KIOSK = "kiosk", _("video booth")
    OPEN311 = "open311", "Open311"


class NumberCounter(models.Model):
    """The last public number given in a year; its row's lock makes the numbers gap-free."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


SEARCHED = SearchVector("published_text", "address", config="russian")
"""What a search of the public looks through, as the index has it."""


class Issue(models.Model):
    """One message of a resident (сообщение, обращение).

    State, deadlines, authority and visibility are written by `issues.operations` alone; a trigger
    refuses a change of them that the timeline does not tell.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    year = models.PositiveSmallIntegerField(editable=False)
    serial = models.PositiveIntegerField(editable=False)
    number = models.CharField(_("number"), max_length=16, unique=True, editable=False)

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    topic = models.ForeignKey(Topic, models.PROTECT, verbose_name=_("topic"))
    channel = models.CharField(
        _("channel"), max_length=10, choices=Channel.choices, default=Channel.WEB
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="issues",
        verbose_name=_("author"),
        db_index=False,  # `issue_of_author` begins with it
    )
    author_name = models.CharField(
        _("author's name"), max_length=255, blank=True, help_text=_("as it was when it was judged")
    )
    is_anonymous = models.BooleanField(_("do not show my name in public"), default=False)
    company_name = models.CharField(_("company"), max_length=255, blank=True)
    company_inn = models.CharField(_("company's ИНН"), max_length=12, blank=True)

    address = models.CharField(_("address"), max_length=400)
    point = models.PointField(_("point"), srid=4326)
    municipality = models.ForeignKey(
        Municipality, models.PROTECT, null=True, blank=True, verbose_name=_("municipality")
    )
    description = models.TextField(_("description"), help_text=_("as the author wrote it"))
    published_text = models.TextField(
        _("published text"), blank=True, help_text=_("what the public reads, masked if need be")
    )
    details = models.JSONField(_("answers to the topic's questions"), default=dict, blank=True)

    authority = models.ForeignKey(
        Authority,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="issues",
        verbose_name=_("authority"),
    )
    routing = models.JSONField(_("how the authority was found"), default=dict, blank=True)

    state = models.CharField(
        _("state"),
        max_length=12,
        choices=[(state.value, label) for state, label in STATE_LABELS.items()],
    )
    is_hidden = models.BooleanField(_("hidden"), default=False)
    is_urgent = models.BooleanField(_("urgent"), default=False)
    returns = models.PositiveSmallIntegerField(_("returns for rework"), default=0)
    support_count = models.PositiveIntegerField(_("supporters"), default=0)

    filed_at = models.DateTimeField(_("filed"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    moderation_due_at = models.DateTimeField(_("moderation due"))
    registration_due_at = models.DateTimeField(_("registration due"), null=True, blank=True)
    answer_due_at = models.DateTimeField(_("answer due"), null=True, blank=True)
    escalate_at = models.DateTimeField(_("next reminder"), null=True, blank=True, editable=False)
    planned_date = models.DateField(_("planned date"), null=True, blank=True)
    registration_number = models.CharField(_("registration number"), max_length=31, blank=True)
    registration_date = models.DateField(_("registration date"), null=True, blank=True)

    event_count = models.PositiveIntegerField(default=0, editable=False)
    head_hash = models.CharField(max_length=64, blank=True, editable=False)

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="issue_number_once"),
            models.CheckConstraint(
                condition=Q(
                    number=Concat(
                        Cast("year", models.CharField()),
                        models.Value("-"),
                        Cast("serial", models.CharField()),
                    )
                ),
                name="issue_number_is_year_and_serial",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(state.value for state in State)),
                name="issue_known_state",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="issue_known_kind"),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="issue_known_channel"
            ),
            models.CheckConstraint(
                condition=~Q(address="") & ~Q(description=""), name="issue_address_and_text"
            ),
            models.CheckConstraint(
                condition=Q(returns__lte=MAX_RETURNS), name="issue_returns_limited"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=_PUBLIC)
                | Q(published_at__isnull=False, published_text__gt=""),
                name="issue_public_is_published",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.REGISTERED.value, State.IN_PROGRESS.value])
                | Q(registration_number__gt="", registration_date__isnull=False),
                name="issue_registered_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DISPATCHED.value) | Q(authority__isnull=False),
                name="issue_dispatched_has_authority",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.DEFERRED.value) | Q(planned_date__isnull=False),
                name="issue_deferred_has_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                condition=_SHOWN,
                name="issue_public_newest",
            ),
            models.Index(
                fields=["-support_count", "-id"],
                condition=_SHOWN,
                name="issue_public_supported",
            ),
            models.Index(
                fields=["answer_due_at", "id"],
                condition=Q(state__in=_ANSWER_DUE, is_hidden=False, answer_due_at__isnull=False),
                name="issue_public_deadline",
            ),
            models.Index(
                fields=["-closed_at", "-id"],
                condition=Q(state__in=_PUBLIC, is_hidden=False, closed_at__isnull=False),
                name="issue_public_closed",
            ),
            GinIndex(SEARCHED, condition=_SHOWN, name="issue_public_words"),
            models.Index(
                fields=["moderation_due_at", "id"],
                condition=Q(state=State.SUBMITTED.value),
                name="issue_moderation_queue",
            ),
            models.Index(
                fields=["answer_due_at", "id"],
                condition=Q(state=State.PUBLISHED.value, authority__isnull=True)
                & ~Q(kind=Kind.THANKS.value),
                name="issue_routing_queue",
            ),
            models.Index(
                fields=["authority", "answer_due_at", "id"],
                condition=Q(state__in=_AT_WORK),
                name="issue_authority_queue",
            ),
            models.Index(fields=["author", "-filed_at"], name="issue_of_author"),
            models.Index(
                fields=["escalate_at"],
                condition=Q(escalate_at__isnull=False),
                name="issue_to_escalate",
            ),
            models.Index(
                fields=["answered_at"],
                condition=Q(state=State.ANSWERED.value),
                name="issue_waits_for_verdict",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.state in PUBLIC_STATES and not self.is_hidden

    @property
    def author_public_name(self) -> str:
        """How the author is named in public; empty for one who asked not to be named."""
        return "" if self.is_anonymous else self.author_name


class IssueEvent(models.Model):
    """One entry of the public timeline: append-only by trigger, chained by hashes (R1.4).

    `hash` covers the columns named in `issues.timeline.content`. Words that people wrote are in
    `EventNote`, outside the chain: here stand only their salted digests.
    """

    # Of the many entries none is looked up by its authority, and by its issue `issue_event_seq_once` finds them.
    issue = models.ForeignKey(Issue, models.PROTECT, related_name="events", db_index=False)
    seq = models.PositiveIntegerField()
    action = models.CharField(max_length=24)
    actor = models.CharField(max_length=12)
    at = models.DateTimeField()
    state_before = models.CharField(max_length=12, blank=True)
    state_after = models.CharField(max_length=12)
    is_hidden = models.BooleanField()
    authority = models.ForeignKey(
        Authority, models.PROTECT, null=True, related_name="+", db_index=False
    )
    moderation_due_at = models.DateTimeField()
    registration_due_at = models.DateTimeField(null=True)
    answer_due_at = models.DateTimeField(null=True)
    data = models.JSONField(default=dict)
    note_digest = models.CharField(max_length=64, blank=True)
    private_digest = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("timeline entry")
        verbose_name_plural = _("timeline entries")
        ordering = ["issue", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "seq"], name="issue_event_seq_once"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="issue_event_seq_from_one"),
            models.CheckConstraint(
                condition=Q(seq=1, previous_hash="") | Q(seq__gt=1, previous_hash__gt=""),
                name="issue_event_chained",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}/{self.seq} {self.action}"


class EventNote(models.Model):
    """What people wrote or who they are, beside the chain, so that the law can erase it."""

    event = models.OneToOneField(IssueEvent, models.PROTECT, primary_key=True, related_name="words")
    note = models.TextField(_("note"), blank=True, help_text=_("shown in public"))
    note_salt = models.CharField(max_length=32, blank=True)
    private = models.JSONField(default=dict, help_text=_("never shown in public"))
    private_salt = models.CharField(max_length=32, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return str(self.event_id)


class Answer(models.Model):
    """The authority's reply (R6.1)."""

    class Decision(models.TextChoices):
        DONE = "done", _("done")
        EXPLAINED = "explained", _("explained")
        REFUSED = "refused", _("refused")
        DEFERRED = "deferred", _("deferred")

    # The uid of the notice that brought it: a notice brings one answer, however often it comes.
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issue = models.ForeignKey(Issue, models.PROTECT, related_name="answers")
    authority = models.ForeignKey(Authority, models.PROTECT, related_name="answers")
    decision = models.CharField(_("decision"), max_length=10, choices=Decision.choices)
    text = models.TextField(_("text"))
    signatory = models.CharField(_("signed by"), max_length=255)
    signatory_post = models.CharField(_("post"), max_length=255, blank=True)
    report_number = models.CharField(_("number of the reply"), max_length=31, blank=True)
    report_date = models.DateField(_("date of the reply"), null=True, blank=True)
    due_date = models.DateField(_("promised by"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["published_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision__in=["done", "explained", "refused", "deferred"]),
                name="answer_known_decision",
            ),
            models.CheckConstraint(
                condition=~Q(decision="deferred") | Q(due_date__isnull=False),
                name="answer_deferred_has_date",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="answer_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id}: {self.get_decision_display()}"


class Rating(models.Model):
    """The author's verdict on an answer (R6.2)."""

    answer = models.OneToOneField(Answer, models.PROTECT, related_name="rating")
    stars = models.PositiveSmallIntegerField(_("rating"))
    solved = models.BooleanField(_("solved"))
    comment = models.TextField(_("comment"), blank=True)
    rated_at = models.DateTimeField(_("rated at"))

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.CheckConstraint(condition=Q(stars__range=(1, 5)), name="rating_one_to_five")
        ]

    def __str__(self) -> str:
        return f"{self.stars}"


class Attachment(models.Model):
    """A file of an issue or of an answer; until the message is filed it waits with its owner."""

    class Purpose(models.TextChoices):
        REPORT = "report", _("to the message")
        ANSWER = "answer", _("to the answer")
        BEFORE = "before", _("before")
        AFTER = "after", _("after")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    issue = models.ForeignKey(
        Issue, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    answer = models.ForeignKey(
        Answer, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    purpose = models.CharField(max_length=10, choices=Purpose.choices, default=Purpose.REPORT)
    name = models.CharField(_("name"), max_length=255)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(_("size, bytes"))
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to="attachments/%Y/%m/%d", max_length=255)
    # Two smaller pictures of a photo, for lists and for pages; the file itself is the large one.
    page = models.FileField(upload_to="attachments/%Y/%m/%d", max_length=255, blank=True)
    thumbnail = models.FileField(upload_to="attachments/%Y/%m/%d", max_length=255, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    uploaded_at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__isnull=True) | Q(issue__isnull=False),
                name="attachment_of_answer_is_of_issue",
            ),
            models.CheckConstraint(
                condition=Q(issue__isnull=False) | Q(owner__isnull=False),
                name="attachment_waits_with_its_owner",
            ),
        ]
        indexes = [
            models.Index(
                fields=["owner", "uploaded_at"],
                condition=Q(issue__isnull=True),
                name="attachment_waiting",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_photo(self) -> bool:
        """Whether it is shown as a picture."""
        return self.width is not None
