"""A search has structures of its own; the index that made it look at every row goes."""

import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.operations import CreateExtension
from django.db import migrations, models

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

-- Of a million texts, which takes a minute.
SET LOCAL statement_timeout = 0;
INSERT INTO issues_searchtext (issue_id, words, is_pending)
    SELECT id, issues_words_of(published_text, address), true
    FROM issues_issue WHERE published_text <> '' ORDER BY id;
"""

WORDS_BACK = """
DROP TRIGGER issue_words_are_noted ON issues_issue;
DROP FUNCTION issues_note_words();
DROP FUNCTION issues_words_of(text, text);
"""


class Migration(migrations.Migration):
    dependencies = [("issues", "0004_subscriptions")]

    operations = [
        CreateExtension("fuzzystrmatch"),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "issue",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="search_text",
                        serialize=False,
                        to="issues.issue",
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField()),
                (
                    "is_pending",
                    models.BooleanField(default=True, help_text="the postings do not know it yet"),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_pending", True)),
                        fields=["issue"],
                        name="search_text_pending",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Posting",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "stem",
                        "block",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("stem", models.TextField()),
                ("block", models.PositiveIntegerField()),
                ("members", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Word",
            fields=[
                ("word", models.TextField(primary_key=True, serialize=False)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["word"], name="word_trigrams", opclasses=["gin_trgm_ops"]
                    )
                ],
            },
        ),
        migrations.RunSQL(WORDS, WORDS_BACK),
        migrations.RemoveIndex(model_name="issue", name="issue_public_words"),
    ]
