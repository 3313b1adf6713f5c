"""Double checks: a sample of decisions, each judged once more by somebody who does not know the first one.

All four tables only grow: a trigger refuses changes, so nobody improves their figures afterwards.
"""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from issues.models import Issue, IssueEvent


class Verdict(models.TextChoices):
    """What one may say of a message."""

    ACCEPT = "accept", _("accept")
    REJECT = "reject", _("reject")


class CheckShares(models.Model):
    """How many decisions are checked, from a moment on; the latest row holds."""

    OF_PEOPLE: ClassVar[int] = 5
    """Percent of moderators' decisions, as long as nobody has set another share."""
    OF_THE_RULE: ClassVar[int] = 20
    """Percent of the decisions that the rule of the fast lane has made."""

    of_people = models.PositiveSmallIntegerField(
        _("of moderators' decisions, %"), validators=[MaxValueValidator(100)], default=OF_PEOPLE
    )
    of_the_rule = models.PositiveSmallIntegerField(
        _("of the fast lane's decisions, %"),
        validators=[MaxValueValidator(100)],
        default=OF_THE_RULE,
    )
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = _("shares of double checks")
        verbose_name_plural = _("shares of double checks")
        constraints = [
            models.CheckConstraint(
                condition=Q(of_people__lte=100, of_the_rule__lte=100),
                name="check_shares_are_percents",
            )
        ]

    def __str__(self) -> str:
        return f"{self.of_people} %, {self.of_the_rule} %"


class DoubleCheck(models.Model):
    """A decision that chance has picked to be judged once more."""

    # What its page is asked by: the number of the message would lead to the decision.
    uid = models.UUIDField(unique=True, default=uuid4, editable=False)
    event = models.OneToOneField(IssueEvent, models.PROTECT, related_name="double_check")
    issue = models.ForeignKey(Issue, models.PROTECT, related_name="double_checks")
    # Nobody where the rule of the fast lane has decided.
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    verdict = models.CharField(_("first verdict"), max_length=6, choices=Verdict.choices)
    reason = models.CharField(_("reason of the rejection"), max_length=40, blank=True)
    decided_at = models.DateTimeField(_("decided"), db_index=True)
    share = models.PositiveSmallIntegerField(_("share at that time, %"))

    class Meta:
        verbose_name = _("double check")
        verbose_name_plural = _("double checks")
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="accept", reason="") | Q(verdict="reject"),
                name="double_check_known_verdict",
            )
        ]

    def __str__(self) -> str:
        return str(self.uid)


class SecondVerdict(models.Model):
    """What another moderator says of the same message, without knowing what was decided."""

    check_of = models.OneToOneField(
        DoubleCheck, models.PROTECT, primary_key=True, related_name="second"
    )
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verdict = models.CharField(_("second verdict"), max_length=6, choices=Verdict.choices)
    reason = models.CharField(_("reason of the rejection"), max_length=40, blank=True)
    said_at = models.DateTimeField(_("said"))

    class Meta:
        verbose_name = _("second verdict")
        verbose_name_plural = _("second verdicts")
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="accept", reason="") | Q(verdict="reject", reason__gt=""),
                name="second_verdict_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.check_of_id}: {self.verdict}"


class Settlement(models.Model):
    """Which of two verdicts holds, as a head moderator says who gave neither."""

    check_of = models.OneToOneField(
        DoubleCheck, models.PROTECT, primary_key=True, related_name="settlement"
    )
    head = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verdict = models.CharField(_("right"), max_length=6, choices=Verdict.choices)
    words = models.TextField(_("why"), blank=True, max_length=2000)
    settled_at = models.DateTimeField(_("settled"))

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=["accept", "reject"]), name="settlement_known_verdict"
            )
        ]

    def __str__(self) -> str:
        return f"{self.check_of_id}: {self.verdict}"
