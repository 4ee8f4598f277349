from django.db import migrations

# The one change that the trail permits: details and salt of an entry go, and an entry of the same transaction says so.
ERASURE = """
CREATE FUNCTION qipan_permit_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF length(OLD.salt) > 0 AND length(NEW.salt) = 0 AND NEW.details = '{}'::jsonb
    AND ROW(NEW.id, NEW.at, NEW.act, NEW.actor_kind, NEW.actor, NEW.on_behalf_of, NEW.subject, NEW.commitment, NEW.leaf_hash,
        NEW.xact)
      IS NOT DISTINCT FROM
        ROW(OLD.id, OLD.at, OLD.act, OLD.actor_kind, OLD.actor, OLD.on_behalf_of, OLD.subject, OLD.commitment, OLD.leaf_hash,
        OLD.xact)
    AND EXISTS (SELECT FROM entries
      WHERE subject = 'entry:' || OLD.id AND act = 'erase_details' AND xact = pg_current_xact_id())
  THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% on % is forbidden: its rows are only ever added', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
DROP TRIGGER entries_only_grow ON entries;
CREATE TRIGGER entries_only_grow BEFORE DELETE ON entries FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();
CREATE TRIGGER entries_only_erased BEFORE UPDATE ON entries FOR EACH ROW EXECUTE FUNCTION qipan_permit_erasure();

-- The platform's role may only add to the trail; this is its one way to erase.
CREATE FUNCTION qipan_erase(erased bigint[]) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  count bigint;
BEGIN
  UPDATE entries SET salt = ''::bytea, details = '{}'::jsonb WHERE id = ANY (erased) AND length(salt) > 0;
  GET DIAGNOSTICS count = ROW_COUNT;
  RETURN count;
END $$;
"""
# Tiles and bundles fill up; what stands in them stays.
TILES = """
CREATE FUNCTION qipan_only_extend() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'trail_tiles' THEN
    IF NEW.level = OLD.level AND NEW.number = OLD.number
      AND substr(NEW.sm3, 1, length(OLD.sm3)) = OLD.sm3 AND substr(NEW.sha256, 1, length(OLD.sha256)) = OLD.sha256
    THEN
      RETURN NEW;
    END IF;
  ELSIF TG_OP = 'UPDATE' THEN
    IF NEW.number = OLD.number AND NEW.first_xact = OLD.first_xact AND NEW.first_entry = OLD.first_entry
      AND NEW.entries[1:cardinality(OLD.entries)] = OLD.entries
    THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE EXCEPTION '% on % is forbidden: its rows are only ever added', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""
EXTENDED = ("trail_tiles", "trail_bundles")
ADDED = ("trail_checkpoints", "trail_cosignatures", "trail_keys")
GUARDS = "\n".join(
    [
        f"CREATE TRIGGER {table}_only_extend BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION qipan_only_extend();"
        f"CREATE TRIGGER {table}_only_grow BEFORE DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION qipan_only_extend();"
        for table in EXTENDED
    ]
    + [
        f"CREATE TRIGGER {table}_only_grow BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();"
        for table in ADDED
    ]
    + [
        # The test runner empties tables between tests, in databases that it names test_….
        f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
        f"WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION {function}();"
        for tables, function in ((EXTENDED, "qipan_only_extend"), (ADDED, "qipan_forbid"))
        for table in tables
    ]
)
# Hashes cannot be compressed: do not try.
STORAGE = """
ALTER TABLE trail_tiles ALTER sm3 SET STORAGE EXTERNAL, ALTER sha256 SET STORAGE EXTERNAL;
"""
ALLOW = """
DROP FUNCTION qipan_erase;
DROP TRIGGER entries_only_erased ON entries;
DROP FUNCTION qipan_permit_erasure;
DROP TRIGGER entries_only_grow ON entries;
CREATE TRIGGER entries_only_grow BEFORE UPDATE OR DELETE ON entries FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();
""" + "\n".join(
    f"DROP TRIGGER {table}_only_grow ON {table}; DROP TRIGGER {table}_not_emptied ON {table};" for table in EXTENDED + ADDED
) + "\nDROP FUNCTION qipan_only_extend CASCADE;"


class Migration(migrations.Migration):
    dependencies = [("qipan", "0007_trail")]
    operations = [migrations.RunSQL(ERASURE + TILES + GUARDS + STORAGE, ALLOW)]
