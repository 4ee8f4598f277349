import django.contrib.postgres.fields
from django.db import migrations, models

# The test runner empties tables between tests, in databases that it names test_….
FORBID = """
CREATE TRIGGER readings_only_grow BEFORE UPDATE OR DELETE ON readings FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();
CREATE TRIGGER readings_not_emptied BEFORE TRUNCATE ON readings FOR EACH STATEMENT
  WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qipan_forbid();
-- A decision stands, and what a finding is about does not change.
CREATE FUNCTION qipan_keep_decisions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION '% on findings is forbidden', TG_OP USING ERRCODE = 'integrity_constraint_violation';
  ELSIF OLD.state <> 'open' OR (NEW.id, NEW.kind, NEW.subject, NEW.official, NEW.begins, NEW.raised_at)
    IS DISTINCT FROM (OLD.id, OLD.kind, OLD.subject, OLD.official, OLD.begins, OLD.raised_at)
  THEN
    RAISE EXCEPTION 'a decided finding stays as it is' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER findings_kept BEFORE UPDATE ON findings FOR EACH ROW EXECUTE FUNCTION qipan_keep_decisions();
CREATE TRIGGER findings_only_grow BEFORE DELETE ON findings FOR EACH STATEMENT EXECUTE FUNCTION qipan_keep_decisions();
CREATE TRIGGER findings_not_emptied BEFORE TRUNCATE ON findings FOR EACH STATEMENT
  WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qipan_keep_decisions();
"""
ALLOW = """
DROP TRIGGER readings_only_grow ON readings;
DROP TRIGGER readings_not_emptied ON readings;
DROP FUNCTION qipan_keep_decisions CASCADE;
"""


class Migration(migrations.Migration):
    """Who read whose data, what of it is unusual, and whether both records of each call meet: docs/handbook/watch.md."""

    dependencies = [("qipan", "0016_sample_persons")]
    operations = [
        migrations.CreateModel(
            name="CallWindow",
            fields=[
                ("pk", models.CompositePrimaryKey("peer", "begins", blank=True, editable=False, primary_key=True, serialize=False)),
                ("peer", models.TextField()),
                ("begins", models.DateTimeField()),
                ("calls", models.IntegerField()),
                ("digest", models.BinaryField()),
            ],
            options={"db_table": "call_windows"},
        ),
        migrations.CreateModel(
            name="Cursor",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField(default=0)),
                ("at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "watch_cursors"},
        ),
        migrations.CreateModel(
            name="Finding",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("subject", models.TextField()),
                ("official", models.BigIntegerField(null=True)),
                ("agency", models.TextField(default="")),
                ("begins", models.DateTimeField()),
                ("ends", models.DateTimeField()),
                ("score", models.FloatField()),
                ("facts", models.JSONField()),
                ("state", models.TextField(default="open")),
                ("raised_at", models.DateTimeField()),
                ("renewed_at", models.DateTimeField()),
                ("auditor", models.BigIntegerField(null=True)),
                ("reason", models.TextField(default="")),
                ("decided_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "findings"},
        ),
        migrations.CreateModel(
            name="Peer",
            fields=[
                ("peer", models.TextField(primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
                ("met", models.BigIntegerField(default=0)),
                ("silent_since", models.DateTimeField(null=True)),
                ("answered_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "watch_peers"},
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("who", models.TextField()),
                ("peers", models.TextField()),
                ("agency", models.TextField()),
                ("kind", models.TextField()),
                ("subject", models.TextField()),
                ("person", models.BigIntegerField(null=True)),
                ("in_hand", models.BooleanField()),
                ("namesake", models.BooleanField(default=False)),
                ("times", models.IntegerField(default=1)),
                ("slot", models.BigIntegerField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "readings"},
        ),
        migrations.CreateModel(
            name="ReadingDay",
            fields=[
                ("pk", models.CompositePrimaryKey("who", "day", blank=True, editable=False, primary_key=True, serialize=False)),
                ("who", models.TextField()),
                ("day", models.DateField()),
                ("peers", models.TextField()),
                ("agency", models.TextField()),
                ("volume", models.IntegerField()),
                ("people", models.IntegerField()),
                ("off_hours", models.IntegerField()),
                ("closed", models.IntegerField()),
                ("idle", models.IntegerField()),
                ("hours", django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
            options={"db_table": "reading_days"},
        ),
        migrations.AddField("exchangecall", "signed_at", models.DateTimeField(null=True)),
        migrations.AddField("exchangecall", "about", models.BinaryField(null=True)),
        migrations.AddIndex(
            "exchangecall",
            models.Index(fields=["about", "at"], name="exchange_calls_about", condition=models.Q(about__isnull=False)),
        ),
        migrations.AddIndex("finding", models.Index(fields=["state", "-raised_at"], name="findings_state")),
        migrations.AddConstraint(
            "finding", models.UniqueConstraint(fields=("kind", "subject", "begins"), name="findings_once")
        ),
        migrations.AddConstraint(
            "finding",
            models.CheckConstraint(
                condition=models.Q(("auditor", models.F("official")), _negated=True), name="findings_four_eyes"
            ),
        ),
        migrations.AddIndex("reading", models.Index(fields=["who", "at"], name="readings_who")),
        migrations.AddIndex(
            "reading",
            models.Index(fields=["person", "at"], name="readings_person", condition=models.Q(person__gt=0)),
        ),
        migrations.AddConstraint(
            "reading",
            models.UniqueConstraint(
                condition=models.Q(("kind", "exchange"), _negated=True),
                fields=("who", "subject", "slot"),
                name="readings_once",
            ),
        ),
        migrations.AddIndex("readingday", models.Index(fields=["peers", "day"], name="reading_days_peers")),
        migrations.AddIndex("readingday", models.Index(fields=["day"], name="reading_days_day")),
        migrations.RunSQL(FORBID, ALLOW),
    ]
