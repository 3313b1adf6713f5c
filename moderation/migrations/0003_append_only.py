"""Double checks and the settings of the fast lane: tables that only grow."""

from django.db import migrations

ONLY_GROW = """
CREATE FUNCTION moderation_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'double checks are append-only: % of % is refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER checkshares_append_only
    BEFORE UPDATE OR DELETE ON moderation_checkshares
    FOR EACH ROW EXECUTE FUNCTION moderation_refuse_change();
CREATE TRIGGER doublecheck_append_only
    BEFORE UPDATE OR DELETE ON moderation_doublecheck
    FOR EACH ROW EXECUTE FUNCTION moderation_refuse_change();
CREATE TRIGGER secondverdict_append_only
    BEFORE UPDATE OR DELETE ON moderation_secondverdict
    FOR EACH ROW EXECUTE FUNCTION moderation_refuse_change();
CREATE TRIGGER settlement_append_only
    BEFORE UPDATE OR DELETE ON moderation_settlement
    FOR EACH ROW EXECUTE FUNCTION moderation_refuse_change();
CREATE TRIGGER fastlane_append_only
    BEFORE UPDATE OR DELETE ON moderation_fastlane
    FOR EACH ROW EXECUTE FUNCTION moderation_refuse_change();
"""

ONLY_GROW_BACK = """
DROP TRIGGER fastlane_append_only ON moderation_fastlane;
DROP TRIGGER settlement_append_only ON moderation_settlement;
DROP TRIGGER secondverdict_append_only ON moderation_secondverdict;
DROP TRIGGER doublecheck_append_only ON moderation_doublecheck;
DROP TRIGGER checkshares_append_only ON moderation_checkshares;
DROP FUNCTION moderation_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("moderation", "0002_first_reasons")]

    operations = [migrations.RunSQL(ONLY_GROW, ONLY_GROW_BACK)]
