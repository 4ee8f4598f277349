import django.contrib.postgres.fields
from django.db import migrations, models

# See docs/handbook/walls.md: what somebody shows, and who looked, is seen by them; who looks is nobody, and is served by the platform.
WALLS = """
ALTER TABLE certificate_showings ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON certificate_showings USING ((SELECT qipan_platform())
  OR ((SELECT qipan_sealed()) AND holder = nullif(current_setting('qipan.person', true), '')::bigint));
ALTER TABLE certificate_looks ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON certificate_looks USING ((SELECT true FROM certificate_showings s WHERE s.id = showing));
CREATE TRIGGER certificate_looks_only_grows BEFORE UPDATE OR DELETE ON certificate_looks
  FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();
CREATE TRIGGER certificate_looks_not_emptied BEFORE TRUNCATE ON certificate_looks FOR EACH STATEMENT
  WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qipan_forbid();
"""
OPEN = """
DROP TRIGGER certificate_looks_only_grows ON certificate_looks; DROP TRIGGER certificate_looks_not_emptied ON certificate_looks;
DROP POLICY seen ON certificate_looks; ALTER TABLE certificate_looks DISABLE ROW LEVEL SECURITY;
DROP POLICY seen ON certificate_showings; ALTER TABLE certificate_showings DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """Certificates are shown in part, by link or code, and who looked is kept."""

    dependencies = [("qipan", "0026_followed_rows")]
    operations = [
        migrations.CreateModel(
            name="Showing",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("certificate", models.BigIntegerField()),
                ("holder", models.BigIntegerField()),
                ("way", models.TextField()),
                ("facts", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("use", models.TextField(default="")),
                ("receiver", models.TextField(default="")),
                ("most", models.IntegerField(null=True)),
                ("secret", models.BinaryField()),
                ("made_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "certificate_showings",
                "indexes": [models.Index(fields=["certificate", "-id"], name="certificate_showings_of")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(way__in=("link", "code")), name="certificate_showings_way"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("showing", models.BigIntegerField()),
                ("who", models.TextField(default="")),
                ("known_as", models.TextField(default="")),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "certificate_looks",
                "indexes": [models.Index(fields=["showing", "-id"], name="certificate_looks_at")],
            },
        ),
        migrations.RunSQL(WALLS, OPEN),
    ]
