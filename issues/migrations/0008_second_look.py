"""The second look at a rejection; its mark changes only with an entry, as all else does."""

from django.db import migrations, models

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
         NEW.is_urgent, NEW.is_referred, NEW.is_appealed, NEW.asked_until, NEW.merged_into_id)
        IS DISTINCT FROM
        (OLD.kind, OLD.topic_id, OLD.description, OLD.published_text, OLD.address, OLD.point,
         OLD.registration_number, OLD.registration_date, OLD.planned_date, OLD.returns,
         OLD.published_at, OLD.answered_at, OLD.closed_at, OLD.escalate_at,
         OLD.is_urgent, OLD.is_referred, OLD.is_appealed, OLD.asked_until, OLD.merged_into_id)
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


class Migration(migrations.Migration):
    dependencies = [("issues", "0007_judged_words_and_photos")]

    operations = [
        migrations.AddField(
            model_name="issue",
            name="is_appealed",
            field=models.BooleanField(
                db_default=False, default=False, verbose_name="for a second look"
            ),
        ),
        migrations.RunSQL(WITH_AN_ENTRY, WITH_AN_ENTRY_BACK),
    ]
