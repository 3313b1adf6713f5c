"""People, their roles, and who has looked at whose data."""

import uuid

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                (
                    "last_login",
                    models.DateTimeField(blank=True, null=True, verbose_name="last login"),
                ),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, unique=True, verbose_name="e-mail")),
                (
                    "last_name",
                    models.CharField(
                        blank=True,
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(?=.*[^\\W\\d_])(?:[^\\W\\d_]|[ .'’-])+\\Z",
                                "A name has only letters, hyphens, apostrophes, spaces and full stops.",
                                "name",
                            )
                        ],
                        verbose_name="last name",
                    ),
                ),
                (
                    "first_name",
                    models.CharField(
                        blank=True,
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(?=.*[^\\W\\d_])(?:[^\\W\\d_]|[ .'’-])+\\Z",
                                "A name has only letters, hyphens, apostrophes, spaces and full stops.",
                                "name",
                            )
                        ],
                        verbose_name="first name",
                    ),
                ),
                (
                    "middle_name",
                    models.CharField(
                        blank=True,
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(?=.*[^\\W\\d_])(?:[^\\W\\d_]|[ .'’-])+\\Z",
                                "A name has only letters, hyphens, apostrophes, spaces and full stops.",
                                "name",
                            )
                        ],
                        verbose_name="middle name",
                    ),
                ),
                (
                    "phone",
                    models.CharField(
                        blank=True,
                        max_length=20,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^\\+?[\\d\\s()-]{5,20}$", "Enter a phone number."
                            )
                        ],
                        verbose_name="phone",
                    ),
                ),
                (
                    "company_name",
                    models.CharField(blank=True, max_length=255, verbose_name="company"),
                ),
                (
                    "company_inn",
                    models.CharField(
                        blank=True,
                        max_length=12,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(\\d{10}|\\d{12})$", "ИНН has 10 or 12 digits."
                            )
                        ],
                        verbose_name="company's ИНН",
                    ),
                ),
                (
                    "wants_letters",
                    models.BooleanField(
                        default=True, verbose_name="I want letters about the state of my messages"
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        default="ru", max_length=2, verbose_name="language of letters"
                    ),
                ),
                (
                    "home_municipality",
                    models.CharField(
                        blank=True, max_length=80, verbose_name="municipality of interest"
                    ),
                ),
                (
                    "photo",
                    models.FileField(
                        blank=True, max_length=255, upload_to="portraits", verbose_name="photo"
                    ),
                ),
                (
                    "photo_thumbnail",
                    models.FileField(blank=True, max_length=255, upload_to="portraits"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "is_staff",
                    models.BooleanField(
                        default=False, verbose_name="may enter the administration site"
                    ),
                ),
                (
                    "joined_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="joined"
                    ),
                ),
                (
                    "erased_at",
                    models.DateTimeField(
                        blank=True, editable=False, null=True, verbose_name="erased"
                    ),
                ),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "verbose_name": "user",
                "verbose_name_plural": "users",
            },
        ),
        migrations.CreateModel(
            name="AccessRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.CharField(max_length=20, verbose_name="where")),
                (
                    "subject",
                    models.CharField(
                        help_text="number of the message", max_length=60, verbose_name="what"
                    ),
                ),
                (
                    "at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="when"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "access record",
                "verbose_name_plural": "access records",
            },
        ),
        migrations.CreateModel(
            name="Export",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("uid", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                (
                    "asked_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, verbose_name="asked for"
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                (
                    "next_attempt_at",
                    models.DateTimeField(default=django.utils.timezone.now, null=True),
                ),
                ("made_at", models.DateTimeField(null=True, verbose_name="made")),
                ("file", models.FileField(blank=True, max_length=255, upload_to="exports")),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="size, bytes")),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="exports",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "export of personal data",
                "verbose_name_plural": "exports of personal data",
            },
        ),
        migrations.CreateModel(
            name="RoleGrant",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("moderator", "moderator"),
                            ("head_moderator", "head moderator"),
                            ("officer", "authority officer"),
                            ("operator", "hotline operator"),
                            ("clerk", "clerk"),
                            ("agency", "responsible agency (ОВ)"),
                            ("office", "governor's office (ОС)"),
                            ("control", "control directorate (КОВ)"),
                            ("reception_moderator", "reception moderator"),
                            ("governor", "governor"),
                            ("administrator", "administrator"),
                        ],
                        max_length=24,
                        verbose_name="role",
                    ),
                ),
                (
                    "granted_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="role_grants",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "role",
                "verbose_name_plural": "roles",
            },
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Upper("email"), name="user_email_once"
            ),
        ),
        migrations.AddIndex(
            model_name="accessrecord",
            index=models.Index(fields=["subject", "at"], name="access_to_subject"),
        ),
        migrations.AddIndex(
            model_name="accessrecord",
            index=models.Index(fields=["user", "at"], name="access_by_user"),
        ),
        migrations.AddIndex(
            model_name="export",
            index=models.Index(
                condition=models.Q(("next_attempt_at__isnull", False)),
                fields=["next_attempt_at"],
                name="export_due",
            ),
        ),
        migrations.AddConstraint(
            model_name="export",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("made_at__isnull", True),
                    models.Q(("file", ""), _negated=True),
                    _connector="OR",
                ),
                name="export_made_has_file",
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.UniqueConstraint(fields=("user", "role"), name="role_grant_once"),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "moderator",
                            "head_moderator",
                            "officer",
                            "operator",
                            "clerk",
                            "agency",
                            "office",
                            "control",
                            "reception_moderator",
                            "governor",
                            "administrator",
                        ],
                    )
                ),
                name="role_grant_known_role",
            ),
        ),
    ]
