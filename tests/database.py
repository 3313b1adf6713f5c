"""The test database after a test that commits: as migrating left it, whatever the test wrote."""

from django.db import connection

from issues.columns import keeper

# Models and rights stay what they are: no test writes them.
_TABLES = """
    SELECT oid::regclass FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname NOT IN
        ('spatial_ref_sys', 'django_migrations', 'django_content_type', 'auth_permission')
    ORDER BY relname
"""
_REMEMBER = f"""
    DO $$
    DECLARE
        one regclass;
        is_filled boolean;
    BEGIN
        IF to_regnamespace('as_migrated') IS NULL THEN
            CREATE SCHEMA as_migrated;
            FOR one IN {_TABLES} LOOP
                EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO is_filled;
                IF is_filled THEN
                    EXECUTE format('CREATE TABLE as_migrated.%s AS TABLE %1$s', one);
                END IF;
            END LOOP;
        END IF;
    END $$
"""
# Few tables hold anything after a test: TRUNCATE would make the 360 files of all of them anew.
_RESTORE = f"""
    DO $$
    DECLARE
        one regclass;
        is_filled boolean;
        filled regclass[] := '{{}}';
    BEGIN
        FOR one IN {_TABLES} LOOP
            -- Whoever still writes is waited for.
            EXECUTE format('LOCK TABLE %s IN SHARE ROW EXCLUSIVE MODE', one);
            EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO is_filled;
            IF is_filled OR to_regclass('as_migrated.' || one) IS NOT NULL THEN
                filled := filled || one;
                -- The guards of the timeline step aside for this alone.
                EXECUTE format('ALTER TABLE %s DISABLE TRIGGER USER', one);
                EXECUTE format('DELETE FROM %s', one);
            END IF;
        END LOOP;
        FOREACH one IN ARRAY filled LOOP
            IF to_regclass('as_migrated.' || one) IS NOT NULL THEN
                EXECUTE format('INSERT INTO %s SELECT * FROM as_migrated.%1$s', one);
            END IF;
        END LOOP;
        SET CONSTRAINTS ALL IMMEDIATE;
        FOREACH one IN ARRAY filled LOOP
            EXECUTE format('ALTER TABLE %s ENABLE TRIGGER USER', one);
        END LOOP;
    END $$
"""


def remember() -> None:
    """Keeps what migrating wrote, once in the life of a database."""
    with connection.cursor() as cursor:
        cursor.execute(_REMEMBER)


def restore() -> None:
    """Takes out what was written since, and puts back what migrating wrote."""
    with connection.cursor() as cursor:
        cursor.execute(_RESTORE)
    # Messages are never deleted otherwise, so the columns in memory do not ask for it.
    keeper._keeper = keeper.Keeper()
