import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q

# Whoever was in office keeps it: a post for each of what they did, and one row for each of them. One person in two posts was two rows,
# of which the first stays; the others keep their number and name, which the trail and other tables say, and no agency.
KEEP = """
INSERT INTO posts (agency, title, services, powers, made_at)
SELECT DISTINCT agency, post, services, CASE WHEN role <> '' THEN ARRAY[role] WHEN clerk THEN ARRAY['handle', 'serve'] ELSE ARRAY['handle'] END,
  now() FROM officials;
INSERT INTO tenures (official_id, post_id, given_at, confirmed_at)
SELECT (SELECT min(same.id) FROM officials same WHERE (same.agency, same.name) = (o.agency, o.name)), p.id, now(), now()
FROM officials o JOIN posts p ON (p.agency, p.title, p.services, p.powers) = (o.agency, o.post, o.services,
  CASE WHEN o.role <> '' THEN ARRAY[o.role] WHEN o.clerk THEN ARRAY['handle', 'serve'] ELSE ARRAY['handle'] END)
WHERE NOT (o.role = 'auditor' AND EXISTS (
  SELECT FROM officials other WHERE (other.agency, other.name) = (o.agency, o.name) AND other.role <> 'auditor'));
UPDATE api_keys k SET official_id = (
  SELECT min(same.id) FROM officials same JOIN officials o ON (same.agency, same.name) = (o.agency, o.name) WHERE o.id = k.official_id);
UPDATE officials o SET agency = '' WHERE EXISTS (
  SELECT FROM officials first WHERE (first.agency, first.name) = (o.agency, o.name) AND first.id < o.id);
"""
# The same as qipan/core/posts.py says, for the day on which it is forgotten somewhere; a test holds the two against each other.
POWERS = ("handle", "serve", "requester", "approver", "coordinator", "seal_keeper", "seal_approver", "manager", "auditor")
EITHER_OR = ({"requester", "approver", "coordinator"}, {"seal_keeper", "seal_approver"})
APART = [
    (one, other)
    for one in POWERS
    for other in POWERS
    if one != other and ({one, other} & {"manager", "auditor"} or any({one, other} <= group for group in EITHER_OR))
]
GUARDS = f"""
CREATE TABLE powers_apart (one text, other text, PRIMARY KEY (one, other));
INSERT INTO powers_apart VALUES {", ".join(f"('{one}', '{other}')" for one, other in APART)};
CREATE TRIGGER powers_apart_only_grow BEFORE UPDATE OR DELETE ON powers_apart FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();
CREATE TRIGGER posts_only_grow BEFORE UPDATE OR DELETE ON posts FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();

-- Refuses what would give somebody, by posts or by standing in, two powers that are kept apart, in one agency at one time.
CREATE FUNCTION qipan_keep_powers_apart(who bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('powers', who % 64));  -- few locks, however many tenures one act makes
  IF EXISTS (
    WITH held AS (
      SELECT p.agency, p.powers, tstzrange(t.begins, t.ends) AS period
        FROM tenures t JOIN posts p ON p.id = t.post_id WHERE t.official_id = who
      UNION ALL
      SELECT p.agency, p.powers, tstzrange(l.begins, l.ends) * tstzrange(t.begins, t.ends)
        FROM leaves l JOIN tenures t ON t.id = l.tenure_id JOIN posts p ON p.id = t.post_id WHERE l.substitute_id = who)
    SELECT FROM held a JOIN held b ON a.agency = b.agency AND a.period && b.period
      JOIN powers_apart x ON x.one = ANY (a.powers) AND x.other = ANY (b.powers))
  THEN
    RAISE EXCEPTION 'official % would have two powers that are kept apart', who USING ERRCODE = 'exclusion_violation';
  END IF;
END $$;

CREATE FUNCTION qipan_tenure_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND ((NEW.official_id, NEW.post_id, NEW.begins, NEW.given_by, NEW.given_at)
      IS DISTINCT FROM (OLD.official_id, OLD.post_id, OLD.begins, OLD.given_by, OLD.given_at)
    OR OLD.confirmed_at IS NOT NULL AND (NEW.confirmed_by, NEW.confirmed_at) IS DISTINCT FROM (OLD.confirmed_by, OLD.confirmed_at)
    OR OLD.ends IS NOT NULL AND (NEW.ends IS NULL OR NEW.ends > OLD.ends))
  THEN
    RAISE EXCEPTION 'a tenure can only be confirmed once and end earlier' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  PERFORM qipan_keep_powers_apart(NEW.official_id);
  RETURN NULL;
END $$;
CREATE TRIGGER tenures_kept AFTER INSERT OR UPDATE ON tenures FOR EACH ROW EXECUTE FUNCTION qipan_tenure_kept();

-- Another than qipan_forbid, whose tables nobody may change at all: see qipan/site/rights.py.
CREATE FUNCTION qipan_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % stay', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER tenures_stay BEFORE DELETE ON tenures FOR EACH ROW EXECUTE FUNCTION qipan_stay();

CREATE FUNCTION qipan_leave_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND ((NEW.tenure_id, NEW.begins, NEW.substitute_id, NEW.given_by, NEW.given_at)
      IS DISTINCT FROM (OLD.tenure_id, OLD.begins, OLD.substitute_id, OLD.given_by, OLD.given_at) OR NEW.ends > OLD.ends)
  THEN
    RAISE EXCEPTION 'a leave can only end earlier' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  IF NEW.substitute_id IS NOT NULL THEN
    IF NEW.substitute_id = (SELECT official_id FROM tenures WHERE id = NEW.tenure_id) THEN
      RAISE EXCEPTION 'nobody stands in for themselves' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    PERFORM qipan_keep_powers_apart(NEW.substitute_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER leaves_kept AFTER INSERT OR UPDATE ON leaves FOR EACH ROW EXECUTE FUNCTION qipan_leave_kept();
CREATE TRIGGER leaves_stay BEFORE DELETE ON leaves FOR EACH ROW EXECUTE FUNCTION qipan_stay();
"""
UNGUARD = """
DROP TRIGGER leaves_stay ON leaves; DROP TRIGGER leaves_kept ON leaves; DROP TRIGGER tenures_stay ON tenures;
DROP TRIGGER tenures_kept ON tenures; DROP TRIGGER posts_only_grow ON posts;
DROP FUNCTION qipan_stay, qipan_leave_kept, qipan_tenure_kept, qipan_keep_powers_apart;
DROP TABLE powers_apart;
"""


class Migration(migrations.Migration):
    """Posts carry powers, and officials hold them for a time; a device remembers when a second factor was shown."""

    dependencies = [("qipan", "0027_showings")]
    operations = [
        migrations.CreateModel(
            "Post",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", models.TextField()),
                ("title", models.TextField()),
                ("services", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ("powers", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "db_table": "posts",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "title", "services", "powers"), name="posts_one_of_a_kind"
                    ),
                    models.CheckConstraint(condition=Q(("powers", []), _negated=True), name="posts_carry_powers"),
                ],
            },
        ),
        migrations.CreateModel(
            "Tenure",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("begins", models.DateTimeField(null=True)),
                ("ends", models.DateTimeField(null=True)),
                ("given_by", models.BigIntegerField(null=True)),
                ("given_at", models.DateTimeField()),
                ("confirmed_by", models.BigIntegerField(null=True)),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "official",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="qipan.official"
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="qipan.post"),
                ),
            ],
            options={
                "db_table": "tenures",
                "constraints": [
                    models.CheckConstraint(condition=Q(ends__gte=F("begins")), name="tenures_ends_later"),
                    models.CheckConstraint(condition=~Q(given_by=F("official")), name="tenures_not_by_themselves"),
                    models.CheckConstraint(
                        condition=~Q(confirmed_by=F("official")) & ~Q(confirmed_by=F("given_by")), name="tenures_by_two"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            "Leave",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("begins", models.DateTimeField()),
                ("ends", models.DateTimeField()),
                ("given_by", models.BigIntegerField()),
                ("given_at", models.DateTimeField()),
                (
                    "substitute",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="qipan.official"
                    ),
                ),
                (
                    "tenure",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="qipan.tenure"),
                ),
            ],
            options={
                "db_table": "leaves",
                "constraints": [models.CheckConstraint(condition=Q(ends__gte=F("begins")), name="leaves_ends_later")],
            },
        ),
        migrations.AddField(
            "official",
            "person",
            models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="qipan.person"
            ),
        ),
        migrations.AddField("accountsession", "second_factor_at", models.DateTimeField(null=True)),
        migrations.RemoveConstraint("official", "officials_one_in_post"),
        migrations.RemoveConstraint("official", "officials_one_role"),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        # What rows still have to be checked for is checked before the table itself is changed.
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED", migrations.RunSQL.noop),
        migrations.RemoveField("official", "services"),
        migrations.RemoveField("official", "clerk"),
        migrations.RemoveField("official", "role"),
        migrations.AddConstraint(
            "official",
            models.UniqueConstraint(
                fields=("agency", "name"),
                condition=Q(("person", None)) & ~Q(("agency", "")),
                name="officials_one_of_a_name",
            ),
        ),
        migrations.RunSQL(GUARDS, UNGUARD),
    ]
