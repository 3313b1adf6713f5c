"""What was done to the exchange by hand is noted for good."""

from django.db import migrations

ONLY_ADDED = """
CREATE FUNCTION msed_bridge_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'interventions are only added' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER intervention_only_added
    BEFORE UPDATE OR DELETE ON msed_bridge_intervention
    FOR EACH ROW EXECUTE FUNCTION msed_bridge_refuse_change();
"""

MAY_CHANGE = """
DROP TRIGGER intervention_only_added ON msed_bridge_intervention;
DROP FUNCTION msed_bridge_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("msed_bridge", "0001_initial")]

    operations = [migrations.RunSQL(ONLY_ADDED, MAY_CHANGE)]
