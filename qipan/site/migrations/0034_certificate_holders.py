from django.db import migrations, models

# See docs/handbook/walls.md: a certificate is seen by those who hold it now; who else does is no matter of theirs.
HELD = """
CREATE FUNCTION qipan_number() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN (SELECT id_number FROM persons
    WHERE qipan_sealed() AND id = nullif(current_setting('qipan.person', true), '')::bigint);
END $$;

CREATE FUNCTION qipan_held() RETURNS bigint[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  RETURN ARRAY(SELECT certificate FROM certificate_holders WHERE subject = qipan_number() AND ended_at IS NULL);
END $$;

ALTER TABLE certificate_holders ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON certificate_holders USING ((SELECT qipan_platform()) OR subject = (SELECT qipan_number())
  OR (SELECT true FROM certificates c WHERE c.id = certificate AND c.agency = (SELECT qipan_agency())));
"""
UNHELD = """
DROP POLICY seen ON certificate_holders; ALTER TABLE certificate_holders DISABLE ROW LEVEL SECURITY;
DROP FUNCTION qipan_held; DROP FUNCTION qipan_number;
"""
OFFICES = "agency = (SELECT qipan_agency()) OR issuer = (SELECT qipan_agency())"
IN_SCOPE = "(event = ANY ((SELECT qipan_events())::text[])) IS NOT FALSE"
APPLIED = "(SELECT qipan_sealed()) AND holder = nullif(current_setting('qipan.person', true), '')::bigint"
HOLDS = "id = ANY ((SELECT qipan_held())::bigint[])"
SEEN = f"ALTER POLICY seen ON certificates USING ({OFFICES} OR ((SELECT qipan_platform()) OR (({{mine}}) AND {IN_SCOPE})))"
# Until now, whoever applied was the only holder, and no library named others.
FILL = """
INSERT INTO certificate_holders (certificate, subject, capacity)
SELECT c.id, p.id_number, 'applicant' FROM certificates c JOIN persons p ON p.id = c.holder
"""


class Migration(migrations.Migration):
    """Certificates have holders: whoever applied, and those whom they are about."""

    dependencies = [("qipan", "0033_certificates_ending")]
    operations = [
        migrations.CreateModel(
            "Holder",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("certificate", models.BigIntegerField()),
                ("subject", models.TextField()),
                ("capacity", models.TextField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "certificate_holders"},
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            "holder",
            models.Index(
                fields=["subject", "-certificate"],
                name="certificate_holders_subject",
                condition=models.Q(("ended_at", None)),
            ),
        ),
        migrations.AddConstraint(
            "holder",
            models.UniqueConstraint(fields=("certificate", "subject"), name="certificate_holders_one_each"),
        ),
        migrations.RunSQL(HELD, UNHELD),
        migrations.RunSQL(SEEN.format(mine=HOLDS), SEEN.format(mine=APPLIED)),
    ]
