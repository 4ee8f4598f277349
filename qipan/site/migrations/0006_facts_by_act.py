from django.db import migrations, models

GATHER = """
ALTER TABLE fact_sets DISABLE TRIGGER fact_sets_only_grow;
UPDATE fact_sets SET learned = jsonb_build_array(
  jsonb_build_object('kind', kind, 'via', via, 'facts', values, 'at', learned_at));
ALTER TABLE fact_sets ENABLE TRIGGER fact_sets_only_grow;
"""
# ``act`` and ``place`` order the facts: a later row, and in it a later part, is newer.
VIEW = """
CREATE VIEW facts AS
SELECT s.application_id AS application, s.id AS act, one.place, one.kind, one.via, fact.key AS field, fact.value,
  one.at AS learned_at
FROM fact_sets s
CROSS JOIN LATERAL ROWS FROM (
  jsonb_to_recordset(s.learned) AS (kind text, via text, facts jsonb, at timestamptz)
) WITH ORDINALITY AS one (kind, via, facts, at, place)
CROSS JOIN LATERAL jsonb_each(one.facts) AS fact
"""


class Migration(migrations.Migration):
    """What one act taught an application is one row, however many places it came from."""

    dependencies = [("qipan", "0005_not_emptied")]
    operations = [
        migrations.AddField("factset", "learned", models.JSONField(default=list)),
        migrations.RunSQL(GATHER, migrations.RunSQL.noop),
        migrations.AlterField("factset", "learned", models.JSONField()),
        migrations.RemoveField("factset", "kind"),
        migrations.RemoveField("factset", "via"),
        migrations.RemoveField("factset", "values"),
        migrations.RemoveField("factset", "learned_at"),
        migrations.RunSQL(VIEW, "DROP VIEW facts"),
    ]
