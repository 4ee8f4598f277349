from django.db import migrations

# A head may go once it is old, no witness signed it, and a later one of the same hour stays. Nothing else of a head ever changes.
THIN = """
CREATE FUNCTION qipan_permit_thinning() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.at < now() - interval '30 days'
    AND NOT EXISTS (SELECT FROM trail_cosignatures s WHERE s.size = OLD.size)
    AND EXISTS (SELECT FROM trail_checkpoints c WHERE c.size > OLD.size AND date_trunc('hour', c.at) = date_trunc('hour', OLD.at))
  THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% on % is forbidden: its rows are only ever added', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER trail_checkpoints_only_grow ON trail_checkpoints;
CREATE TRIGGER trail_checkpoints_only_grow BEFORE UPDATE ON trail_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();
CREATE TRIGGER trail_checkpoints_only_thinned BEFORE DELETE ON trail_checkpoints FOR EACH ROW EXECUTE FUNCTION qipan_permit_thinning();

-- The platform's role may only add heads; this is its one way to thin them, a part at a time.
CREATE FUNCTION qipan_thin_heads(most integer) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  count bigint;
BEGIN
  DELETE FROM trail_checkpoints WHERE size IN (
    SELECT size FROM (
      SELECT size, lead(at) OVER (ORDER BY size) AS next, at FROM (
        SELECT size, at FROM trail_checkpoints WHERE at < now() - interval '30 days' ORDER BY size LIMIT most) AS old
    ) AS heads
    WHERE date_trunc('hour', next) = date_trunc('hour', at)
      AND NOT EXISTS (SELECT FROM trail_cosignatures s WHERE s.size = heads.size));
  GET DIAGNOSTICS count = ROW_COUNT;
  RETURN count;
END $$;
"""
KEEP = """
DROP FUNCTION qipan_thin_heads;
DROP TRIGGER trail_checkpoints_only_thinned ON trail_checkpoints;
DROP FUNCTION qipan_permit_thinning;
DROP TRIGGER trail_checkpoints_only_grow ON trail_checkpoints;
CREATE TRIGGER trail_checkpoints_only_grow BEFORE UPDATE OR DELETE ON trail_checkpoints FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();
"""


class Migration(migrations.Migration):
    """Heads of long ago are thinned to one an hour; those that witnesses signed stay."""

    dependencies = [("qipan", "0020_row_walls")]
    operations = [migrations.RunSQL(THIN, KEEP)]
