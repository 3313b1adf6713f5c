"""Triggers: whatever changes who answers for what stamps the revision that routing watches (R3.2)."""

from django.db import migrations

TABLES = ["category", "topic", "authority", "servicearea"]

STAMP = "\n".join(
    f"""
    CREATE TRIGGER {table}_stamps_revision
        AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON authorities_{table}
        FOR EACH STATEMENT EXECUTE FUNCTION geo_stamp_revision();
    """
    for table in TABLES
)
STAMP_BACK = "\n".join(
    f"DROP TRIGGER {table}_stamps_revision ON authorities_{table};" for table in TABLES
)


class Migration(migrations.Migration):
    dependencies = [("authorities", "0001_initial"), ("geo", "0002_stamp_revision")]

    operations = [migrations.RunSQL(STAMP, STAMP_BACK)]
