"""People and the roles they hold."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

IS_NAME = RegexValidator(
    r"^(?=.*[^\W\d_])(?:[^\W\d_]|[ .'’-])+\Z",
    _("A name has only letters, hyphens, apostrophes, spaces and full stops."),
    "name",
)
"""Names are shown in public and printed in letters: they hold nothing else."""


class Role(models.TextChoices):
    """What a person may do beyond a resident's rights (R0.4)."""

    MODERATOR = "moderator", _("moderator")
    HEAD_MODERATOR = "head_moderator", _("head moderator")
    OFFICER = "officer", _("authority officer")
    OPERATOR = "operator", _("hotline operator")
    CLERK = "clerk", _("clerk")
    AGENCY = "agency", _("responsible agency (ОВ)")
    OFFICE = "office", _("governor's office (ОС)")
    CONTROL = "control", _("control directorate (КОВ)")
    RECEPTION_MODERATOR = "reception_moderator", _("reception moderator")
    GOVERNOR = "governor", _("governor")
    ADMINISTRATOR = "administrator", _("administrator")


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A user who logs in by `email`; without a password none fits."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An administrator of the site."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person: a resident, a business or staff; logs in by e-mail."""

    email = models.EmailField(_("e-mail"), unique=True)
    last_name = models.CharField(_("last name"), max_length=100, blank=True, validators=[IS_NAME])
    first_name = models.CharField(_("first name"), max_length=100, blank=True, validators=[IS_NAME])
    middle_name = models.CharField(
        _("middle name"), max_length=100, blank=True, validators=[IS_NAME]
    )
    phone = models.CharField(
        _("phone"),
        max_length=20,
        blank=True,
        validators=[RegexValidator(r"^\+?[\d\s()-]{5,20}$", _("Enter a phone number."))],
    )
    company_name = models.CharField(_("company"), max_length=255, blank=True)
    company_inn = models.CharField(
        _("company's ИНН"),
        max_length=12,
        blank=True,
        validators=[RegexValidator(r"^(\d{10}|\d{12})$", _("ИНН has 10 or 12 digits."))],
    )
    wants_letters = models.BooleanField(
        _("I want letters about the state of my messages"), default=True
    )
    language = models.CharField(_("language of letters"), max_length=2, default="ru")
    # The code of one, not a row: boundaries are redrawn, and people stay where they are.
    home_municipality = models.CharField(_("municipality of interest"), max_length=80, blank=True)
    photo = models.FileField(_("photo"), upload_to="portraits", max_length=255, blank=True)
    photo_thumbnail = models.FileField(upload_to="portraits", max_length=255, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the administration site"), default=False)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [models.UniqueConstraint(Upper("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.full_name or self.email

    @property
    def full_name(self) -> str:
        """Last, first and middle name, as far as known."""
        return " ".join(filter(None, (self.last_name, self.first_name, self.middle_name)))

    @property
    def public_name(self) -> str:
        """How the person is named in public: last and first name, or the company."""
        return self.company_name or " ".join(filter(None, (self.last_name, self.first_name)))

    @property
    def is_staff_member(self) -> bool:
        """Whether the person works here in any role: what they did is kept with their name."""
        return self.is_staff or self.is_superuser or bool(self.roles)

    @cached_property
    def roles(self) -> frozenset[str]:
        """Codes of the roles held."""
        return frozenset(self.role_grants.values_list("role", flat=True))

    def has_role(self, *roles: str) -> bool:
        """Whether the person holds one of `roles`."""
        return self.is_active and not self.roles.isdisjoint(roles)

    @property
    def desk(self) -> str:
        """The address of the desk where the person works, empty for a resident."""
        if self.has_role(Role.MODERATOR, Role.HEAD_MODERATOR):
            return "/moderation/"
        if self.has_role(Role.OFFICER):
            return "/cabinet/"
        return "/msed/" if self.has_role(Role.ADMINISTRATOR) else ""


class RoleGrant(models.Model):
    """A role that a person holds."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_grants")
    role = models.CharField(_("role"), max_length=24, choices=Role.choices)
    granted_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="role_grant_once"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="role_grant_known_role"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


class AccessRecord(models.Model):
    """Who of the staff looked at whose personal data, where and when (R13.1)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("who"))
    place = models.CharField(_("where"), max_length=20)
    subject = models.CharField(_("what"), max_length=60, help_text=_("number of the message"))
    at = models.DateTimeField(_("when"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("access record")
        verbose_name_plural = _("access records")
        indexes = [
            models.Index(fields=["subject", "at"], name="access_to_subject"),
            models.Index(fields=["user", "at"], name="access_by_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.place} {self.subject}"


class Export(models.Model):
    """A copy of all that the portal has about a person, made on request and gone after a while."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="exports")
    asked_at = models.DateTimeField(_("asked for"), default=timezone.now)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(null=True, default=timezone.now)
    made_at = models.DateTimeField(_("made"), null=True)
    file = models.FileField(upload_to="exports", max_length=255, blank=True)
    size = models.PositiveBigIntegerField(_("size, bytes"), default=0)

    class Meta:
        verbose_name = _("export of personal data")
        verbose_name_plural = _("exports of personal data")
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=models.Q(next_attempt_at__isnull=False),
                name="export_due",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(made_at__isnull=True) | ~models.Q(file=""),
                name="export_made_has_file",
            )
        ]

    def __str__(self) -> str:
        return str(self.uid)
