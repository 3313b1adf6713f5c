"""The directory: topics, authorities, officials, service areas."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("geo", "0002_stamp_revision"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Category",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                (
                    "name_en",
                    models.CharField(blank=True, max_length=255, verbose_name="name in English"),
                ),
                ("code", models.SlugField(max_length=60, unique=True, verbose_name="code")),
                ("icon", models.CharField(blank=True, max_length=30, verbose_name="icon")),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
            ],
            options={
                "verbose_name": "category",
                "verbose_name_plural": "categories",
                "ordering": ["position", "name"],
            },
        ),
        migrations.CreateModel(
            name="Authority",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                (
                    "name_en",
                    models.CharField(blank=True, max_length=255, verbose_name="name in English"),
                ),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="slug")),
                (
                    "short_name",
                    models.CharField(blank=True, max_length=120, verbose_name="short name"),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("municipal", "municipal"),
                            ("regional", "regional"),
                            ("federal", "federal"),
                            ("contractor", "contractor"),
                        ],
                        max_length=12,
                        verbose_name="level",
                    ),
                ),
                (
                    "exchange",
                    models.CharField(
                        choices=[
                            ("msed", "МСЭД"),
                            ("medo", "МЭДО"),
                            ("cabinet", "the portal's cabinet"),
                        ],
                        default="msed",
                        max_length=8,
                        verbose_name="gets messages by",
                    ),
                ),
                (
                    "msed_uid",
                    models.UUIDField(
                        blank=True, null=True, unique=True, verbose_name="uid in МСЭД"
                    ),
                ),
                (
                    "medo_uid",
                    models.UUIDField(
                        blank=True, null=True, unique=True, verbose_name="uid in МЭДО"
                    ),
                ),
                (
                    "medo_address",
                    models.CharField(
                        blank=True,
                        help_text="as the gateway's envelope has it, such as ADMIN_KLIN~MEDOGU",
                        max_length=100,
                        validators=[
                            django.core.validators.RegexValidator("^[\\w.-]+(~[\\w.-]+)*$")
                        ],
                        verbose_name="address in МЭДО",
                    ),
                ),
                (
                    "email",
                    models.EmailField(
                        blank=True, max_length=254, verbose_name="e-mail for notices"
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="phone")),
                ("site", models.URLField(blank=True, verbose_name="site")),
                ("is_active", models.BooleanField(default=True, verbose_name="answers")),
                (
                    "superior",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subordinates",
                        to="authorities.authority",
                        verbose_name="superior authority",
                    ),
                ),
            ],
            options={
                "verbose_name": "authority",
                "verbose_name_plural": "authorities",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Official",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("post", models.CharField(max_length=255, verbose_name="post")),
                ("is_head", models.BooleanField(default=False, verbose_name="head")),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="officials",
                        to="authorities.authority",
                        verbose_name="authority",
                    ),
                ),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="official",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "official",
                "verbose_name_plural": "officials",
            },
        ),
        migrations.CreateModel(
            name="Topic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=255, verbose_name="name")),
                (
                    "name_en",
                    models.CharField(blank=True, max_length=255, verbose_name="name in English"),
                ),
                ("code", models.SlugField(max_length=80, unique=True, verbose_name="code")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("problem", "problem"),
                                ("proposal", "proposal"),
                                ("thanks", "thanks"),
                            ],
                            max_length=10,
                        ),
                        size=None,
                        verbose_name="kinds",
                    ),
                ),
                (
                    "term_days",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(22),
                        ],
                        verbose_name="term of the answer, working days",
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("municipal", "municipal"),
                            ("regional", "regional"),
                            ("federal", "federal"),
                            ("contractor", "contractor"),
                        ],
                        max_length=12,
                        verbose_name="level",
                    ),
                ),
                (
                    "classifier_code",
                    models.CharField(
                        max_length=24,
                        validators=[
                            django.core.validators.RegexValidator("^\\d{4}(\\.\\d{4}){3,4}$")
                        ],
                        verbose_name="code in the classifier of appeals",
                    ),
                ),
                (
                    "keywords",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="keywords",
                    ),
                ),
                ("notice", models.TextField(blank=True, verbose_name="notice")),
                ("notice_en", models.TextField(blank=True, verbose_name="notice in English")),
                (
                    "questions",
                    models.JSONField(blank=True, default=list, verbose_name="extra questions"),
                ),
                (
                    "examples",
                    models.JSONField(
                        blank=True, default=dict, verbose_name="examples of texts by kind"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                ("is_active", models.BooleanField(default=True, verbose_name="offered")),
                (
                    "category",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="topics",
                        to="authorities.category",
                        verbose_name="category",
                    ),
                ),
            ],
            options={
                "verbose_name": "topic",
                "verbose_name_plural": "topics",
                "ordering": ["category__position", "position", "name"],
            },
        ),
        migrations.CreateModel(
            name="ServiceArea",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "polygon",
                    django.contrib.gis.db.models.fields.MultiPolygonField(
                        blank=True, null=True, srid=4326, verbose_name="own polygon"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("municipal", "municipal"),
                            ("regional", "regional"),
                            ("federal", "federal"),
                            ("contractor", "contractor"),
                        ],
                        help_text="empty: topics of every level",
                        max_length=12,
                        verbose_name="only topics of this level",
                    ),
                ),
                (
                    "priority",
                    models.SmallIntegerField(
                        default=0,
                        help_text="greater goes first, before all other rules",
                        verbose_name="priority",
                    ),
                ),
                (
                    "validity",
                    django.contrib.postgres.fields.ranges.DateRangeField(
                        verbose_name="valid during"
                    ),
                ),
                (
                    "authority",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_areas",
                        to="authorities.authority",
                        verbose_name="authority",
                    ),
                ),
                (
                    "category",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="authorities.category",
                        verbose_name="category",
                    ),
                ),
                (
                    "municipality",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="geo.municipality",
                        verbose_name="municipality",
                    ),
                ),
                (
                    "topic",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="authorities.topic",
                        verbose_name="topic",
                    ),
                ),
            ],
            options={
                "verbose_name": "service area",
                "verbose_name_plural": "service areas",
            },
        ),
        migrations.CreateModel(
            name="TopicModel",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("version", models.PositiveIntegerField(unique=True, verbose_name="version")),
                (
                    "created_at",
                    models.DateTimeField(
                        default=django.utils.timezone.now, editable=False, verbose_name="learned at"
                    ),
                ),
                ("is_active", models.BooleanField(default=False, verbose_name="in use")),
                (
                    "figures",
                    models.JSONField(
                        help_text="of texts as judged by a model that has not seen them",
                        verbose_name="figures",
                    ),
                ),
                ("learned", models.BinaryField(verbose_name="what was learned")),
            ],
            options={
                "verbose_name": "model of topics",
                "verbose_name_plural": "models of topics",
                "ordering": ["-version"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)),
                        fields=("is_active",),
                        name="topic_model_in_use",
                    )
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="authority",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("level__in", ["municipal", "regional", "federal", "contractor"])
                ),
                name="authority_known_level",
            ),
        ),
        migrations.AddConstraint(
            model_name="authority",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("exchange", "msed"), _negated=True),
                    ("msed_uid__isnull", False),
                    _connector="OR",
                ),
                name="authority_in_msed_has_uid",
            ),
        ),
        migrations.AddConstraint(
            model_name="authority",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("exchange", "medo"), _negated=True),
                    models.Q(("medo_address__gt", ""), ("medo_uid__isnull", False)),
                    _connector="OR",
                ),
                name="authority_in_medo_has_address",
                violation_error_message="Who gets messages by МЭДО has a uid and an address there.",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(("term_days__range", (1, 22))), name="topic_term_within_law"
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kinds__len__gt", 0),
                    ("kinds__contained_by", ["problem", "proposal", "thanks"]),
                ),
                name="topic_known_kinds",
            ),
        ),
        migrations.AddConstraint(
            model_name="topic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("level__in", ["municipal", "regional", "federal", "contractor"])
                ),
                name="topic_known_level",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicearea",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("topic__isnull", True), ("category__isnull", True), _connector="OR"
                ),
                name="service_area_topic_or_category",
            ),
        ),
        migrations.AddConstraint(
            model_name="servicearea",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("municipality__isnull", True), ("polygon__isnull", False)),
                    models.Q(("municipality__isnull", False), ("polygon__isnull", True)),
                    _connector="OR",
                ),
                name="service_area_one_ground",
            ),
        ),
    ]
