"""Versions of pages are only ever added."""

from django.db import migrations

APPEND_ONLY = """
CREATE FUNCTION portal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'versions are append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER pageversion_append_only
    BEFORE UPDATE OR DELETE ON portal_pageversion
    FOR EACH ROW EXECUTE FUNCTION portal_refuse_change();
"""

APPEND_ONLY_BACK = """
DROP TRIGGER pageversion_append_only ON portal_pageversion;
DROP FUNCTION portal_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial")]

    operations = [migrations.RunSQL(APPEND_ONLY, APPEND_ONLY_BACK)]
