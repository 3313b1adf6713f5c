"""What a moderator decides beside yes and no; and the guard that it changes only with an entry."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# As it was before, and the marks of a decision with it.
WITH_AN_ENTRY = """
CREATE OR REPLACE FUNCTION issues_changes_with_an_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.uid, NEW.year, NEW.serial, NEW.number, NEW.filed_at)
        IS DISTINCT FROM (OLD.uid, OLD.year, OLD.serial, OLD.number, OLD.filed_at)
    THEN
        RAISE EXCEPTION 'what names issue % never changes', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.event_count = OLD.event_count AND
        (NEW.kind, NEW.topic_id, NEW.description, NEW.published_text, NEW.address, NEW.point,
         NEW.registration_number, NEW.registration_date, NEW.planned_date, NEW.returns,
         NEW.published_at, NEW.answered_at, NEW.closed_at, NEW.escalate_at,
         NEW.is_urgent, NEW.is_referred, NEW.asked_until, NEW.merged_into_id)
        IS DISTINCT FROM
        (OLD.kind, OLD.topic_id, OLD.description, OLD.published_text, OLD.address, OLD.point,
         OLD.registration_number, OLD.registration_date, OLD.planned_date, OLD.returns,
         OLD.published_at, OLD.answered_at, OLD.closed_at, OLD.escalate_at,
         OLD.is_urgent, OLD.is_referred, OLD.asked_until, OLD.merged_into_id)
    THEN
        RAISE EXCEPTION 'issue % changes only with an entry of its timeline', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""

WITH_AN_ENTRY_BACK = """
CREATE OR REPLACE FUNCTION issues_changes_with_an_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.uid, NEW.year, NEW.serial, NEW.number, NEW.filed_at)
        IS DISTINCT FROM (OLD.uid, OLD.year, OLD.serial, OLD.number, OLD.filed_at)
    THEN
        RAISE EXCEPTION 'what names issue % never changes', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.event_count = OLD.event_count AND
        (NEW.kind, NEW.topic_id, NEW.description, NEW.published_text, NEW.address, NEW.point,
         NEW.registration_number, NEW.registration_date, NEW.planned_date, NEW.returns,
         NEW.published_at, NEW.answered_at, NEW.closed_at, NEW.escalate_at)
        IS DISTINCT FROM
        (OLD.kind, OLD.topic_id, OLD.description, OLD.published_text, OLD.address, OLD.point,
         OLD.registration_number, OLD.registration_date, OLD.planned_date, OLD.returns,
         OLD.published_at, OLD.answered_at, OLD.closed_at, OLD.escalate_at)
    THEN
        RAISE EXCEPTION 'issue % changes only with an entry of its timeline', OLD.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("authorities", "0002_stamp_revision"),
        ("geo", "0002_stamp_revision"),
        ("issues", "0004_first_questions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="issue",
            name="issue_known_state",
        ),
        migrations.AddField(
            model_name="issue",
            name="asked_until",
            field=models.DateTimeField(
                blank=True,
                help_text="while it is submitted",
                null=True,
                verbose_name="the author is asked until",
            ),
        ),
        migrations.AddField(
            model_name="issue",
            name="is_referred",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="for the head moderator"
            ),
        ),
        migrations.AddField(
            model_name="issue",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="issues.issue",
            ),
        ),
        migrations.AlterField(
            model_name="issue",
            name="state",
            field=models.CharField(
                choices=[
                    ("submitted", "on moderation"),
                    ("rejected", "rejected"),
                    ("merged", "merged"),
                    ("accepted", "accepted"),
                    ("published", "published"),
                    ("dispatched", "sent to the authority"),
                    ("registered", "registered"),
                    ("in_progress", "in progress"),
                    ("extended", "term extended"),
                    ("redirected", "redirected"),
                    ("deferred", "deferred"),
                    ("answered", "answered"),
                    ("reopened", "returned for rework"),
                    ("rated", "rated"),
                    ("closed", "closed"),
                    ("withdrawn", "withdrawn"),
                ],
                max_length=12,
                verbose_name="state",
            ),
        ),
        migrations.AddIndex(
            model_name="issue",
            index=models.Index(
                condition=models.Q(("state", "merged")), fields=["merged_into"], name="issue_merged"
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "accepted",
                            "answered",
                            "closed",
                            "deferred",
                            "dispatched",
                            "extended",
                            "in_progress",
                            "merged",
                            "published",
                            "rated",
                            "redirected",
                            "registered",
                            "rejected",
                            "reopened",
                            "submitted",
                            "withdrawn",
                        ],
                    )
                ),
                name="issue_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="issue",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "merged"), _negated=True),
                    ("merged_into__isnull", False),
                    _connector="OR",
                ),
                name="issue_merged_has_main",
            ),
        ),
        migrations.RunSQL(WITH_AN_ENTRY, WITH_AN_ENTRY_BACK),
    ]
