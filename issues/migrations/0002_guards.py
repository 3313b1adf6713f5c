"""Triggers: the timeline only grows, nothing about an issue changes that it does not tell (R1.4), and
every row says which transaction wrote it last."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION issues_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the timeline is append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER issueevent_append_only
    BEFORE UPDATE OR DELETE ON issues_issueevent
    FOR EACH ROW EXECUTE FUNCTION issues_refuse_change();

CREATE TRIGGER issueevent_no_truncate
    BEFORE TRUNCATE ON issues_issueevent
    FOR EACH STATEMENT EXECUTE FUNCTION issues_refuse_change();

CREATE TRIGGER eventnote_no_truncate
    BEFORE TRUNCATE ON issues_eventnote
    FOR EACH STATEMENT EXECUTE FUNCTION issues_refuse_change();

CREATE TRIGGER answer_stays_as_given
    BEFORE UPDATE OR DELETE ON issues_answer
    FOR EACH ROW EXECUTE FUNCTION issues_refuse_change();
"""

APPEND_ONLY_BACK = """
DROP TRIGGER answer_stays_as_given ON issues_answer;
DROP TRIGGER eventnote_no_truncate ON issues_eventnote;
DROP TRIGGER issueevent_no_truncate ON issues_issueevent;
DROP TRIGGER issueevent_append_only ON issues_issueevent;
DROP FUNCTION issues_refuse_change();
"""

# Words may be erased by law, never rewritten.
ERASE_ONLY = """
CREATE FUNCTION issues_erase_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE'
        OR NEW.event_id <> OLD.event_id
        OR NOT (NEW.note = OLD.note AND NEW.note_salt = OLD.note_salt
                OR NEW.note = '' AND NEW.note_salt = '')
        OR NOT (NEW.private = OLD.private AND NEW.private_salt = OLD.private_salt
                OR NEW.private = '{}' AND NEW.private_salt = '')
    THEN
        RAISE EXCEPTION 'words of the timeline may be erased, not rewritten'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER eventnote_erase_only
    BEFORE UPDATE OR DELETE ON issues_eventnote
    FOR EACH ROW EXECUTE FUNCTION issues_erase_only();
"""

ERASE_ONLY_BACK = """
DROP TRIGGER eventnote_erase_only ON issues_eventnote;
DROP FUNCTION issues_erase_only();
"""

# Checked at the commit: the last entry of the timeline says what the issue says.
TOLD = """
CREATE FUNCTION issues_change_is_told() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    now_is issues_issue;
    last_told issues_issueevent;
BEGIN
    SELECT * INTO now_is FROM issues_issue WHERE id = NEW.id;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    SELECT * INTO last_told FROM issues_issueevent
        WHERE issue_id = NEW.id ORDER BY seq DESC LIMIT 1;
    IF last_told.seq IS DISTINCT FROM now_is.event_count
        OR last_told.hash IS DISTINCT FROM now_is.head_hash
        OR last_told.state_after IS DISTINCT FROM now_is.state
        OR last_told.is_hidden IS DISTINCT FROM now_is.is_hidden
        OR last_told.authority_id IS DISTINCT FROM now_is.authority_id
        OR last_told.moderation_due_at IS DISTINCT FROM now_is.moderation_due_at
        OR last_told.registration_due_at IS DISTINCT FROM now_is.registration_due_at
        OR last_told.answer_due_at IS DISTINCT FROM now_is.answer_due_at
    THEN
        RAISE EXCEPTION 'issue % was changed and its timeline does not tell it', now_is.number
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER issue_change_is_told
    AFTER INSERT OR UPDATE OF number, state, is_hidden, authority_id, moderation_due_at,
        registration_due_at, answer_due_at, event_count, head_hash
    ON issues_issue DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION issues_change_is_told();

CREATE CONSTRAINT TRIGGER issueevent_is_the_issues_last
    AFTER INSERT ON issues_issueevent DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION issues_entry_is_known();
"""

# An entry that the issue does not count, or that does not follow the one before it, would be forged.
KNOWN = """
CREATE FUNCTION issues_entry_is_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.seq > 1 AND NOT EXISTS (
        SELECT 1 FROM issues_issueevent WHERE issue_id = NEW.issue_id AND seq = NEW.seq - 1
            AND hash = NEW.previous_hash AND state_after = NEW.state_before AND at <= NEW.at
    ) THEN
        RAISE EXCEPTION 'entry % of issue % does not follow the one before it', NEW.seq, NEW.issue_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    IF NOT EXISTS (
        SELECT 1 FROM issues_issue WHERE id = NEW.issue_id AND event_count >= NEW.seq
    ) THEN
        RAISE EXCEPTION 'entry % of issue % is not counted by the issue', NEW.seq, NEW.issue_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
"""

# What the last entry does not hold itself still changes only together with a new entry; and what names
# an issue never changes.
WITH_AN_ENTRY = """
CREATE FUNCTION issues_changes_with_an_entry() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER issue_changes_with_an_entry
    BEFORE UPDATE ON issues_issue
    FOR EACH ROW EXECUTE FUNCTION issues_changes_with_an_entry();
"""

WITH_AN_ENTRY_BACK = """
DROP TRIGGER issue_changes_with_an_entry ON issues_issue;
DROP FUNCTION issues_changes_with_an_entry();
"""

# Who keeps the public messages in memory asks by it what is new. It is no field of the model: nobody
# but the database writes it, and one query reads it.
CHANGED_IN = """
ALTER TABLE issues_issue ADD COLUMN changed_in xid8 NOT NULL DEFAULT pg_current_xact_id();

CREATE INDEX issue_changed_in ON issues_issue (changed_in);

CREATE FUNCTION issues_note_the_transaction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.changed_in := pg_current_xact_id();
    RETURN NEW;
END $$;

CREATE TRIGGER issue_notes_its_transaction
    BEFORE UPDATE ON issues_issue
    FOR EACH ROW EXECUTE FUNCTION issues_note_the_transaction();
"""

CHANGED_IN_BACK = """
DROP TRIGGER issue_notes_its_transaction ON issues_issue;
DROP FUNCTION issues_note_the_transaction();
ALTER TABLE issues_issue DROP COLUMN changed_in;
"""

# Timelines name an authority by its slug: another slug would make them all look forged.
SLUG = """
CREATE FUNCTION issues_authority_keeps_its_slug() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM issues_issueevent WHERE authority_id = OLD.id) THEN
        RAISE EXCEPTION 'timelines name the authority %: its slug stays', OLD.slug
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER authority_keeps_its_slug
    BEFORE UPDATE OF slug ON authorities_authority
    FOR EACH ROW WHEN (NEW.slug <> OLD.slug)
    EXECUTE FUNCTION issues_authority_keeps_its_slug();
"""

SLUG_BACK = """
DROP TRIGGER authority_keeps_its_slug ON authorities_authority;
DROP FUNCTION issues_authority_keeps_its_slug();
"""

TOLD_BACK = """
DROP TRIGGER issueevent_is_the_issues_last ON issues_issueevent;
DROP TRIGGER issue_change_is_told ON issues_issue;
DROP FUNCTION issues_change_is_told();
"""

# In the transaction of the support itself, under the lock of the message's row: so it is always exact,
# whoever supports at the same time and whatever deletes a support.
COUNTED = """
CREATE FUNCTION issues_count_supports() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE issues_issue SET support_count = support_count + 1 WHERE id = NEW.issue_id;
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE issues_issue SET support_count = support_count - 1 WHERE id = OLD.issue_id;
    ELSIF (NEW.issue_id, NEW.user_id) <> (OLD.issue_id, OLD.user_id) THEN
        RAISE EXCEPTION 'a support is given or taken back, never handed on'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER support_is_counted
    AFTER INSERT OR UPDATE OR DELETE ON issues_support
    FOR EACH ROW EXECUTE FUNCTION issues_count_supports();
"""

COUNTED_BACK = """
DROP TRIGGER support_is_counted ON issues_support;
DROP FUNCTION issues_count_supports();
"""

# What waits is the newest: only after a look of the vacuum an index alone can tell of it, and by itself
# that would come after a fifth of the whole table was added.
SOONER = """
ALTER TABLE issues_issue SET (
    autovacuum_vacuum_insert_scale_factor = 0.005, autovacuum_vacuum_scale_factor = 0.01
);
"""
AS_USUAL = """
ALTER TABLE issues_issue RESET (
    autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_scale_factor
);
"""


class Migration(migrations.Migration):
    dependencies = [("issues", "0001_initial")]

    operations = [
        migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK),
        migrations.RunSQL(ERASE_ONLY, ERASE_ONLY_BACK),
        migrations.RunSQL(KNOWN, "DROP FUNCTION issues_entry_is_known();"),
        migrations.RunSQL(TOLD, TOLD_BACK),
        migrations.RunSQL(WITH_AN_ENTRY, WITH_AN_ENTRY_BACK),
        migrations.RunSQL(SLUG, SLUG_BACK),
        migrations.RunSQL(CHANGED_IN, CHANGED_IN_BACK),
        migrations.RunSQL(COUNTED, COUNTED_BACK),
        migrations.RunSQL(SOONER, AS_USUAL),
    ]
