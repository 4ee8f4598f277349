from django.db import migrations

FORBID = """
CREATE FUNCTION qipan_forbid() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% on % is forbidden: its rows are only ever added', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER entries_only_grow BEFORE UPDATE OR DELETE ON entries
  FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();
CREATE TRIGGER fact_sets_only_grow BEFORE UPDATE OR DELETE ON fact_sets
  FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();
CREATE TRIGGER calls_only_grow BEFORE UPDATE OR DELETE ON calls
  FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();
CREATE TRIGGER plans_only_grow BEFORE UPDATE OR DELETE ON plans
  FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();
CREATE TRIGGER library_versions_only_grow BEFORE UPDATE OR DELETE ON library_versions
  FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();
"""
ALLOW = """
DROP TRIGGER entries_only_grow ON entries;
DROP TRIGGER fact_sets_only_grow ON fact_sets;
DROP TRIGGER calls_only_grow ON calls;
DROP TRIGGER plans_only_grow ON plans;
DROP TRIGGER library_versions_only_grow ON library_versions;
DROP FUNCTION qipan_forbid;
"""


class Migration(migrations.Migration):
    dependencies = [("qipan", "0001_tables")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]
