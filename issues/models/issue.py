"""The issue, and the counter of its public numbers."""

import uuid

from django.conf import settings
from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import F, Q
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext
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
    State.MERGED: _("merged"),
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
    is_referred = models.BooleanField(_("for the head moderator"), db_default=False, default=False)
    is_appealed = models.BooleanField(_("for a second look"), db_default=False, default=False)
    asked_until = models.DateTimeField(
        _("the author is asked until"), null=True, blank=True, help_text=_("while it is submitted")
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
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

    is_unsolved = False
    """Lists set it: whether this has ended though the author says that nothing is solved."""

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
            models.CheckConstraint(
                condition=~Q(state=State.MERGED.value) | Q(merged_into__isnull=False),
                name="issue_merged_has_main",
            ),
        ]
        indexes = [
            models.Index(
                fields=["-closed_at", "-id"],
                condition=Q(state__in=_PUBLIC, is_hidden=False, closed_at__isnull=False),
                name="issue_public_closed",
            ),
            # What is open at a place is a fiftieth of what was ever reported there. An expression, as of
            # an index on the field itself PostGIS's schema editor drops the condition.
            GistIndex(
                F("point"),
                condition=Q(state__in=_ANSWER_DUE, is_hidden=False),
                name="issue_open_places",
            ),
            # Counted at every look at the desk: what is asked for stands in the index alone.
            models.Index(
                fields=["moderation_due_at", "id"],
                include=[
                    *("kind", "channel", "topic", "municipality"),
                    *("is_urgent", "is_referred", "is_appealed"),
                ],
                condition=Q(state=State.SUBMITTED.value, asked_until__isnull=True),
                name="issue_moderation_queue",
            ),
            models.Index(
                fields=["moderation_due_at", "id"],
                condition=Q(state=State.SUBMITTED.value, asked_until__isnull=False),
                name="issue_asked",
            ),
            models.Index(
                fields=["merged_into"],
                condition=Q(state=State.MERGED.value),
                name="issue_merged",
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
            models.Index(
                fields=["authority", "-answered_at", "-id"],
                condition=Q(answered_at__isnull=False),
                name="issue_authority_done",
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

    # Django's own would translate the words of all choices for each row of a list.

    def get_state_display(self) -> str:  # type: ignore[no-redef, unused-ignore]
        """The words of its state."""
        if self.is_unsolved:
            return gettext("closed, not solved")
        return str(STATE_LABELS[State(self.state)])

    def get_kind_display(self) -> str:  # type: ignore[no-redef, unused-ignore]
        """The words of its kind."""
        return str(Kind(self.kind).label)

    def get_channel_display(self) -> str:  # type: ignore[no-redef, unused-ignore]
        """The words of the way it came."""
        return str(Channel(self.channel).label)

    @property
    def is_public(self) -> bool:
        """Whether everybody may read it."""
        return self.state in PUBLIC_STATES and not self.is_hidden

    @property
    def author_public_name(self) -> str:
        """How the author is named in public; empty for one who asked not to be named."""
        return "" if self.is_anonymous else self.author_name
