from django.db import migrations, models

STAYS = """
CREATE OR REPLACE FUNCTION qipan_mandate_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.kind, NEW.principal, NEW.agent, NEW.events, NEW.ends_on, NEW.given_at, NEW.given_by)
      IS DISTINCT FROM (OLD.id, OLD.kind, OLD.principal, OLD.agent, OLD.events, OLD.ends_on, OLD.given_at, OLD.given_by)
    OR OLD.ended_at IS NOT NULL OR (OLD.accepted_at IS NOT NULL AND NEW.accepted_at IS DISTINCT FROM OLD.accepted_at){used}
  THEN
    RAISE EXCEPTION 'mandate % stays as it was given', OLD.id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
"""
USED = "\n    OR (OLD.used_at IS NOT NULL AND NEW.used_at IS DISTINCT FROM OLD.used_at)"


class Migration(migrations.Migration):
    """When a mandate was first used, noted once."""

    dependencies = [("qipan", "0031_account_letters")]
    operations = [
        migrations.AddField("mandate", "used_at", models.DateTimeField(null=True)),
        migrations.RunSQL(STAYS.format(used=USED), STAYS.format(used="")),
    ]
