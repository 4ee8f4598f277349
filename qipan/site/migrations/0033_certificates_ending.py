from django.db import migrations, models

# See docs/handbook/walls.md: to whom somebody shows their papers is no matter of those who act for them in some life events.
PERSON = "(SELECT qipan_sealed()) AND holder = nullif(current_setting('qipan.person', true), '')::bigint"
SCOPED = "((SELECT qipan_events()) IS NULL OR (SELECT true FROM certificates c WHERE c.id = certificate))"
SEEN = "ALTER POLICY seen ON certificate_showings USING ((SELECT qipan_platform()) OR ({person} AND {scope}))"


class Migration(migrations.Migration):
    """Certificates are found by the day on which they end; what somebody shows is seen by nobody who acts for them in part."""

    dependencies = [("qipan", "0032_mandate_first_use")]
    operations = [
        migrations.AddIndex(
            "certificate",
            models.Index(fields=["ends", "id"], name="certificates_ending", condition=models.Q(("state", 0))),
        ),
        migrations.RunSQL(
            SEEN.format(person=PERSON, scope="(SELECT qipan_events()) IS NULL"),
            SEEN.format(person=PERSON, scope=SCOPED),
        ),
    ]
