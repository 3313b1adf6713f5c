"""The words of published texts are noted with them; typing mistakes are measured in letters."""

from django.contrib.postgres.operations import CreateExtension
from django.db import migrations

WORDS = """
CREATE FUNCTION issues_words_of(text text, address text) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN text = '' THEN ''::tsvector ELSE
        setweight(to_tsvector('russian', text), 'A')
        || setweight(to_tsvector('russian', address), 'B') END
$$;

CREATE FUNCTION issues_note_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.published_text = '' THEN
        RETURN NULL;
    END IF;
    IF TG_OP = 'UPDATE' AND NEW.published_text = OLD.published_text AND NEW.address = OLD.address
    THEN
        RETURN NULL;
    END IF;
    INSERT INTO issues_searchtext (issue_id, words, is_pending)
        VALUES (NEW.id, issues_words_of(NEW.published_text, NEW.address), true)
        ON CONFLICT (issue_id) DO UPDATE SET words = EXCLUDED.words, is_pending = true;
    RETURN NULL;
END $$;

CREATE TRIGGER issue_words_are_noted
    AFTER INSERT OR UPDATE OF published_text, address ON issues_issue
    FOR EACH ROW EXECUTE FUNCTION issues_note_words();
"""

WORDS_BACK = """
DROP TRIGGER issue_words_are_noted ON issues_issue;
DROP FUNCTION issues_note_words();
DROP FUNCTION issues_words_of(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("issues", "0002_guards")]

    operations = [CreateExtension("fuzzystrmatch"), migrations.RunSQL(WORDS, WORDS_BACK)]
