from django.db import migrations, models

# See Note [Who reads] in qipan/reader.py, and docs/handbook/walls.md. Whoever owns the tables is not bound by this.
READER = """
CREATE TABLE reader_keys (key bytea NOT NULL);

-- Whether who reads was said by the platform, for this connection.
CREATE FUNCTION qipan_sealed() RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  RETURN current_setting('qipan.seal', true) = (
    SELECT encode(sha256(key || sha256(convert_to(
      pg_backend_pid() || '|' || current_setting('qipan.platform', true) || '|' || current_setting('qipan.person', true) || '|'
      || current_setting('qipan.agency', true) || '|' || current_setting('qipan.services', true), 'UTF8'))), 'hex')
    FROM reader_keys);
END $$;

-- Those of the person who reads. A policy on one table that reads the other, and back, would never end: this reads as the owner.
CREATE FUNCTION qipan_own_applications() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE SECURITY DEFINER
SET search_path FROM CURRENT AS $$
BEGIN
  RETURN ARRAY(SELECT id FROM applications
    WHERE qipan_sealed() AND person = nullif(current_setting('qipan.person', true), '')::bigint);
END $$;
"""
# What an application or draft of anybody's is about, and not whose it is.
VIEWS = """
CREATE VIEW application_events AS SELECT id, event, version FROM applications;
CREATE VIEW draft_events AS SELECT id, event, version FROM drafts;
ALTER VIEW facts SET (security_invoker = true);
"""
SEALED = "(SELECT qipan_sealed())"  # selected, so that it is found once for a statement and not for each row
PLATFORM = "current_setting('qipan.platform', true) = 'yes'"
THEIRS = f"{SEALED} AND (person = nullif(current_setting('qipan.person', true), '')::bigint OR {PLATFORM})"
HANDLED = """agency = current_setting('qipan.agency', true) AND (current_setting('qipan.services', true) = ''
    OR strpos(current_setting('qipan.services', true), ' ' || service || ' ') > 0)"""
# Selected, not EXISTS, of which the planner might make a list of all cases that somebody sees before it looks at one row.
BY_A_CASE = "(SELECT true FROM cases c WHERE c.application_id = {application} LIMIT 1)"
SEEN = {
    "cases": f"{SEALED} AND (({HANDLED}) OR {PLATFORM} OR application_id = ANY ((SELECT qipan_own_applications())::uuid[]))",
    "applications": f"({THEIRS}) OR {BY_A_CASE.format(application='applications.id')}",
    "fact_sets": BY_A_CASE.format(application="fact_sets.application_id"),
    "uploads": f"({THEIRS}) OR (SELECT true FROM cases c WHERE c.application_id = application AND c.service = uploads.service)",
    "drafts": THEIRS,
    "discarded_drafts": THEIRS,
    "corrections": "(SELECT true FROM cases c WHERE c.id = case_id)",
    "ratings": "(SELECT true FROM cases c WHERE c.id = case_id)",
}
# Written beside the application that they belong to, by the statement that makes it: that cannot see it yet.
WRITTEN_TOGETHER = ("cases", "fact_sets")
POLICIES = "\n".join(
    f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; "
    f"CREATE POLICY seen ON {table} USING ({seen}){' WITH CHECK (true)' if table in WRITTEN_TOGETHER else ''};"
    for table, seen in SEEN.items()
)
OPEN = (
    "\n".join(f"DROP POLICY seen ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in SEEN)
    + """
ALTER VIEW facts RESET (security_invoker);
DROP VIEW application_events, draft_events;
DROP FUNCTION qipan_own_applications, qipan_sealed;
DROP TABLE reader_keys;
"""
)
IN_HAND = ["submitted", "returned", "accepted", "reviewing", "granted"]


class Migration(migrations.Migration):
    """The second wall: rows of people's data come out to their reader alone."""

    dependencies = [("qipan", "0019_nodes")]
    operations = [
        migrations.RemoveIndex("case", "cases_in_hand"),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["agency", "state", "due_on", "id"],
                name="cases_in_hand",
                include=["service", "application"],
                condition=models.Q(state__in=IN_HAND),
            ),
        ),
        migrations.RunSQL(READER + VIEWS + POLICIES, OPEN),
    ]
