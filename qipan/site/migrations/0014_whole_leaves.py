from django.db import migrations

CHECK = """
ALTER TABLE entries ADD CONSTRAINT entries_whole_leaves
  CHECK (octet_length(leaf_hash) = 64 AND octet_length(commitment) = 64 AND octet_length(salt) IN (0, 16));
"""


class Migration(migrations.Migration):
    """A leaf of another length, put in beside `ledger.append`, would shift all that stand after it in a tile."""

    dependencies = [("qipan", "0013_sharing")]
    operations = [
        migrations.RunSQL(CHECK, "ALTER TABLE entries DROP CONSTRAINT entries_whole_leaves")
    ]
