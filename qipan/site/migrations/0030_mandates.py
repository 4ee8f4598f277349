import django.contrib.postgres.fields
from django.db import migrations, models

# See Note [Who reads] in qipan/reader.py, and docs/handbook/acting.md.
SEALED = """
CREATE OR REPLACE FUNCTION qipan_sealed() RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  RETURN current_setting('qipan.seal', true) = (
    SELECT encode(sha256(key || sha256(convert_to(
      pg_backend_pid() || '|' || current_setting('qipan.platform', true) || '|' || current_setting('qipan.person', true) || '|'
      || current_setting('qipan.agency', true) || '|' || current_setting('qipan.services', true){more}, 'UTF8'))), 'hex')
    FROM reader_keys);
END $$;
"""
MORE = " || '|' || current_setting('qipan.events', true) || '|' || current_setting('qipan.actor', true)"
OWN = """
CREATE OR REPLACE FUNCTION qipan_own_applications() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
  RETURN ARRAY(SELECT id FROM applications
    WHERE qipan_sealed() AND person = nullif(current_setting('qipan.person', true), '')::bigint{more});
END $$;
"""
NAMED = " AND event = ANY (coalesce(qipan_events(), ARRAY[event]))"
# NULL for all life events of the person who reads; it only narrows what the sealed person opens.
EVENTS = """
CREATE FUNCTION qipan_events() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN string_to_array(nullif(btrim(current_setting('qipan.events', true)), ''), ' ');
END $$;
"""
PERSON = "(SELECT qipan_sealed()) AND {column} = nullif(current_setting('qipan.person', true), '')::bigint"
ANY = "(SELECT qipan_platform())"
IN_SCOPE = "({event} = ANY ((SELECT qipan_events())::text[])) IS NOT FALSE"
BY_A_CASE = "(SELECT true FROM cases c WHERE c.application_id = applications.id LIMIT 1)"
UPLOADED_FOR_A_CASE = "(SELECT true FROM cases c WHERE c.application_id = application AND c.service = uploads.service)"
OF_WHAT_IS_SEEN = """((SELECT qipan_events()) IS NULL OR (SELECT true FROM drafts d WHERE d.id = uploads.draft)
    OR (SELECT true FROM applications a WHERE a.id = uploads.application))"""
OF_WHAT_IS_SHOWN = "((SELECT qipan_events()) IS NULL OR (SELECT true FROM certificates c WHERE c.id = certificate))"


def theirs(event: str, column: str = "person") -> str:
    """The rows of the person who reads, of the life events that they may read."""
    return f"({ANY} OR ({PERSON.format(column=column)} AND {IN_SCOPE.format(event=event)}))"


SEEN = {
    "applications": f"{theirs('event')} OR {BY_A_CASE}",
    "drafts": theirs("event"),
    "discarded_drafts": theirs("(draft ->> 'event')"),
    "uploads": f"{ANY} OR ({PERSON.format(column='person')} AND {OF_WHAT_IS_SEEN}) OR {UPLOADED_FOR_A_CASE}",
    "certificates": f"agency = (SELECT qipan_agency()) OR issuer = (SELECT qipan_agency()) OR {theirs('event', 'holder')}",
    "certificate_showings": f"{ANY} OR ({PERSON.format(column='holder')} AND {OF_WHAT_IS_SHOWN})",
}
BEFORE = {
    "applications": f"({ANY} OR ({PERSON.format(column='person')})) OR {BY_A_CASE}",
    "drafts": f"{ANY} OR ({PERSON.format(column='person')})",
    "discarded_drafts": f"{ANY} OR ({PERSON.format(column='person')})",
    "uploads": f"{ANY} OR ({PERSON.format(column='person')}) OR {UPLOADED_FOR_A_CASE}",
    "certificates": f"agency = (SELECT qipan_agency()) OR issuer = (SELECT qipan_agency()) OR {ANY} OR ({PERSON.format(column='holder')})",
    "certificate_showings": f"{ANY} OR ({PERSON.format(column='holder')})",
}
# Each party sees a mandate; whoever acts under one that names life events sees none of its principal's others.
MANDATES = f"""
ALTER TABLE mandates ENABLE ROW LEVEL SECURITY;
CREATE POLICY seen ON mandates USING (
  {ANY} OR ((SELECT qipan_sealed()) AND agent = nullif(current_setting('qipan.actor', true), '')::bigint)
  OR ({PERSON.format(column='principal')} AND (SELECT qipan_events()) IS NULL));
"""
# What was given stays as it was given: it can be accepted and ended, each once, and is never made wider, longer or another's.
STAYS = """
CREATE FUNCTION qipan_mandate_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (NEW.id, NEW.kind, NEW.principal, NEW.agent, NEW.events, NEW.ends_on, NEW.given_at, NEW.given_by)
      IS DISTINCT FROM (OLD.id, OLD.kind, OLD.principal, OLD.agent, OLD.events, OLD.ends_on, OLD.given_at, OLD.given_by)
    OR OLD.ended_at IS NOT NULL OR (OLD.accepted_at IS NOT NULL AND NEW.accepted_at IS DISTINCT FROM OLD.accepted_at)
  THEN
    RAISE EXCEPTION 'mandate % stays as it was given', OLD.id USING ERRCODE = 'insufficient_privilege';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER mandates_stay BEFORE UPDATE ON mandates FOR EACH ROW EXECUTE FUNCTION qipan_mandate_stays();
"""


def policies(seen: dict[str, str]) -> str:
    """Change what each table's policy lets out."""
    return "\n".join(f"ALTER POLICY seen ON {table} USING ({rows});" for table, rows in seen.items())


WALLS = SEALED.format(more=MORE) + EVENTS + OWN.format(more=NAMED) + policies(SEEN) + MANDATES + STAYS
OPEN = (
    "DROP TRIGGER mandates_stay ON mandates; DROP FUNCTION qipan_mandate_stays;"
    "DROP POLICY seen ON mandates; ALTER TABLE mandates DISABLE ROW LEVEL SECURITY;"
    + policies(BEFORE)
    + OWN.format(more="")
    + "DROP FUNCTION qipan_events;"
    + SEALED.format(more="")
)


class Migration(migrations.Migration):
    """Acting for others: enterprises among those for whom applications are made, and mandates."""

    dependencies = [("qipan", "0029_apps")]
    operations = [
        migrations.AddField("application", "mandate", models.BigIntegerField(null=True)),
        migrations.AddField("call", "mandate", models.BigIntegerField(null=True)),
        migrations.AddField("person", "kind", models.TextField(db_default="person", default="person")),
        migrations.AddField("person", "represented_by", models.BigIntegerField(null=True)),
        migrations.CreateModel(
            "Mandate",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("principal", models.BigIntegerField()),
                ("agent", models.BigIntegerField()),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("ends_on", models.DateField()),
                ("given_at", models.DateTimeField()),
                ("given_by", models.TextField()),
                ("accepted_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.TextField(default="")),
            ],
            options={
                "db_table": "mandates",
                "indexes": [
                    models.Index(fields=["agent", "-id"], name="mandates_agent"),
                    models.Index(fields=["principal", "-id"], name="mandates_principal"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)), fields=("principal", "agent"), name="mandates_one_open"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None), ("kind", "representative")),
                        fields=("principal",),
                        name="mandates_one_representative",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["representative", "agent", "family"])), name="mandates_kind"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("events", []), ("kind", "representative")),
                            models.Q(
                                models.Q(("kind", "representative"), _negated=True),
                                models.Q(("events", []), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="mandates_scope",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("principal", models.F("agent")), _negated=True), name="mandates_for_another"
                    ),
                ],
            },
        ),
        migrations.RunSQL(WALLS, OPEN),
    ]
