"""What somebody follows: one message, or all messages of a place, a topic, an authority."""

import uuid

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from authorities.models import Authority, Category, Kind, Topic
from issues.models.issue import Issue


class Subscription(models.Model):
    """One thing that a person follows; its members narrow together, as the filters of a list do.

    A digest tells the events of the timeline after `told_up_to`; which those are is asked when it is
    written, so nothing is stored for an event that many follow.
    """

    class Frequency(models.TextChoices):
        NEVER = "never", _("no letters")
        DAILY = "daily", _("every morning")
        WEEKLY = "weekly", _("on Monday mornings")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="subscriptions", db_index=False
    )
    title = models.CharField(_("name"), max_length=200)

    issue = models.ForeignKey(Issue, models.CASCADE, null=True, blank=True, related_name="follows")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, blank=True)
    category = models.ForeignKey(Category, models.CASCADE, null=True, blank=True, related_name="+")
    topic = models.ForeignKey(Topic, models.CASCADE, null=True, blank=True, related_name="+")
    authority = models.ForeignKey(
        Authority, models.CASCADE, null=True, blank=True, related_name="+"
    )
    municipality = models.CharField(_("municipality"), max_length=80, blank=True)
    area = models.PolygonField(_("area"), srid=4326, null=True, blank=True)

    letters = models.CharField(
        _("letters"), max_length=6, choices=Frequency.choices, default=Frequency.DAILY
    )
    push = models.BooleanField(_("pushes in the browser"), default=False)
    # The id of the last entry of a timeline that a digest has told, or that was there at the beginning.
    told_up_to = models.BigIntegerField(default=0, editable=False)
    next_digest_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(_("made"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "issue"],
                condition=Q(issue__isnull=False),
                name="subscription_to_issue_once",
            ),
            models.CheckConstraint(
                condition=Q(issue__isnull=True)
                | Q(
                    kind="",
                    category__isnull=True,
                    topic__isnull=True,
                    authority__isnull=True,
                    municipality="",
                    area__isnull=True,
                ),
                name="subscription_to_issue_is_narrow_enough",
            ),
            models.CheckConstraint(
                condition=Q(letters__in=["never", "daily", "weekly"]),
                name="subscription_known_frequency",
            ),
            models.CheckConstraint(
                condition=Q(letters="never", next_digest_at__isnull=True)
                | (~Q(letters="never") & Q(next_digest_at__isnull=False)),
                name="subscription_with_letters_is_due",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="subscription_of_user"),
            models.Index(
                fields=["next_digest_at", "user"],
                condition=Q(next_digest_at__isnull=False),
                name="subscription_digest_due",
            ),
        ]

    def __str__(self) -> str:
        return self.title
