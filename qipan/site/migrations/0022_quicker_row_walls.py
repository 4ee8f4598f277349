from django.db import migrations

# What is selected is found once for a statement; a setting in the policy itself is read again for each row.
READER = """
CREATE FUNCTION qipan_agency() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN CASE WHEN qipan_sealed() THEN nullif(current_setting('qipan.agency', true), '') END;
END $$;

-- NULL for all of the agency's; it only narrows what the sealed agency opens.
CREATE FUNCTION qipan_services() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN string_to_array(nullif(btrim(current_setting('qipan.services', true)), ''), ' ');
END $$;

CREATE FUNCTION qipan_platform() RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN current_setting('qipan.platform', true) = 'yes' AND qipan_sealed();
END $$;

ALTER POLICY seen ON cases USING (
  (agency = (SELECT qipan_agency()) AND (service = ANY ((SELECT qipan_services())::text[])) IS NOT FALSE)
  OR (SELECT qipan_platform()) OR application_id = ANY ((SELECT qipan_own_applications())::uuid[]));
"""
AS_BEFORE = """
ALTER POLICY seen ON cases USING (
  (SELECT qipan_sealed()) AND ((agency = current_setting('qipan.agency', true) AND (current_setting('qipan.services', true) = ''
    OR strpos(current_setting('qipan.services', true), ' ' || service || ' ') > 0))
  OR current_setting('qipan.platform', true) = 'yes' OR application_id = ANY ((SELECT qipan_own_applications())::uuid[])));
DROP FUNCTION qipan_agency, qipan_services, qipan_platform;
"""


class Migration(migrations.Migration):
    """Counting a thousand cases asks once who reads them."""

    dependencies = [("qipan", "0021_thinned_heads")]
    operations = [migrations.RunSQL(READER, AS_BEFORE)]
