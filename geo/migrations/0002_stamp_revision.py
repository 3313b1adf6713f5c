"""Trigger: whatever changes the ground stamps the revision that routing watches (R3.2)."""

from django.db import migrations

# Random, so that a change that was rolled back never shares its stamp with a later one. One row, so
# that whoever changes the ground waits for the other: a stamp is seen together with what it stands for.
STAMP = """
CREATE FUNCTION geo_stamp_revision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- The row may be gone where all tables were emptied at once.
    INSERT INTO geo_revision (id, stamp) VALUES (1, gen_random_uuid())
        ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp;
    RETURN NULL;
END $$;

CREATE TRIGGER municipality_stamps_revision
    AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON geo_municipality
    FOR EACH STATEMENT EXECUTE FUNCTION geo_stamp_revision();
"""

STAMP_BACK = """
DROP TRIGGER municipality_stamps_revision ON geo_municipality;
DROP FUNCTION geo_stamp_revision();
"""


class Migration(migrations.Migration):
    dependencies = [("geo", "0001_initial")]

    operations = [migrations.RunSQL(STAMP, STAMP_BACK)]
