import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("issues", "0006_entries_of_the_desk"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="confirmation",
            name="photo",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="confirmation",
                to="issues.attachment",
            ),
        ),
        migrations.AddField(
            model_name="confirmation",
            name="photo_judged_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="photo judged at"),
        ),
        migrations.AddField(
            model_name="confirmation",
            name="photo_judged_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="confirmation",
            name="photo_outcome",
            field=models.CharField(
                blank=True,
                choices=[("shown", "shown to everybody"), ("withheld", "not shown")],
                max_length=8,
                verbose_name="outcome for the photo",
            ),
        ),
        migrations.AddField(
            model_name="rating",
            name="comment_judged_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="comment judged at"),
        ),
        migrations.AddField(
            model_name="rating",
            name="published_comment",
            field=models.TextField(blank=True, db_default="", verbose_name="published comment"),
        ),
        migrations.AlterField(
            model_name="attachment",
            name="purpose",
            field=models.CharField(
                choices=[
                    ("report", "to the message"),
                    ("answer", "to the answer"),
                    ("before", "before"),
                    ("after", "after"),
                    ("verdict", "to the verdict"),
                    ("addition", "to an addition"),
                    ("repair", "to a word on the repair"),
                ],
                default="report",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="confirmation",
            index=models.Index(
                condition=models.Q(("photo__isnull", False), ("photo_outcome", "")),
                fields=["said_at"],
                name="confirmation_photo_waiting",
            ),
        ),
        migrations.AddIndex(
            model_name="rating",
            index=models.Index(
                condition=models.Q(
                    ("comment_judged_at__isnull", True), models.Q(("comment", ""), _negated=True)
                ),
                fields=["-rated_at", "-id"],
                name="rating_comment_waiting",
            ),
        ),
        migrations.AddConstraint(
            model_name="confirmation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("photo_judged_at__isnull", True),
                        ("photo_judged_by__isnull", True),
                        ("photo_outcome", ""),
                    ),
                    models.Q(
                        ("photo__isnull", False),
                        ("photo_judged_at__isnull", False),
                        ("photo_judged_by__isnull", False),
                        ("photo_outcome__in", ["shown", "withheld"]),
                    ),
                    _connector="OR",
                ),
                name="confirmation_photo_judged_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="rating",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("published_comment", ""), ("comment_judged_at__isnull", False), _connector="OR"
                ),
                name="rating_comment_published_by_judgement",
            ),
        ),
    ]
