import django.contrib.postgres.fields
from django.db import migrations, models

import qipan.ledger.models
from qipan.ledger.entries import NewEntry, commitment_to, leaf_of

ROWS = "SELECT id, at, act, actor_kind, actor, on_behalf_of, subject, details, salt FROM entries WHERE id > %s ORDER BY id LIMIT 1000"
FILL = """
UPDATE entries SET commitment = new.commitment, leaf_hash = new.leaf_hash
FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) AS new (id, commitment, leaf_hash) WHERE entries.id = new.id
"""


def commit(apps, schema_editor):
    """Give entries from before there was a tree their leaves; they get their numbers when the sealer first runs."""
    import json

    last = 0
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE entries DISABLE TRIGGER entries_only_grow")
        while True:
            cursor.execute(ROWS, [last])
            found = cursor.fetchall()
            if not found:
                break
            ids, commitments, leaves = [], [], []
            for id, at, act, actor_kind, actor, on_behalf_of, subject, details, salt in found:
                details = json.loads(details) if isinstance(details, str) else details
                commitment = commitment_to(details, bytes(salt))
                entry = NewEntry(act, actor_kind, actor, on_behalf_of, subject, details)
                ids.append(id)
                commitments.append(commitment)
                leaves.append(leaf_of(entry, at, commitment))
            cursor.execute(FILL, [ids, commitments, leaves])
            last = ids[-1]
        cursor.execute("ALTER TABLE entries ENABLE TRIGGER entries_only_grow")


class Migration(migrations.Migration):
    """Entries commit to their details apart, and a tree stands over them: docs/decisions/0021."""

    dependencies = [("qipan", "0006_facts_by_act")]
    operations = [
        migrations.AddField(
            "entry", "commitment", models.BinaryField(default=b""), preserve_default=False
        ),
        migrations.AddField(
            "entry",
            "xact",
            qipan.ledger.models.TransactionNumber(db_default=qipan.ledger.models.CurrentTransaction()),
        ),
        migrations.RunPython(commit, migrations.RunPython.noop),
        migrations.AddIndex("entry", models.Index(fields=["xact"], name="entries_xact")),
        migrations.CreateModel(
            "Tile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.SmallIntegerField()),
                ("number", models.BigIntegerField()),
                ("sm3", models.BinaryField()),
                ("sha256", models.BinaryField()),
            ],
            options={"db_table": "trail_tiles"},
        ),
        migrations.CreateModel(
            "Bundle",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False)),
                ("first_xact", qipan.ledger.models.TransactionNumber()),
                ("first_entry", models.BigIntegerField()),
                (
                    "entries",
                    django.contrib.postgres.fields.ArrayField(models.BigIntegerField(), size=None),
                ),
            ],
            options={"db_table": "trail_bundles"},
        ),
        migrations.AddIndex(
            "bundle", models.Index(fields=["first_xact", "first_entry"], name="trail_bundles_first")
        ),
        migrations.CreateModel(
            "Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("last_xact", qipan.ledger.models.TransactionNumber()),
                ("last_entry", models.BigIntegerField()),
                ("sm3", models.TextField()),
                ("sha256", models.TextField()),
            ],
            options={"db_table": "trail_checkpoints"},
        ),
        migrations.CreateModel(
            "Cosignature",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("size", models.BigIntegerField()),
                ("function", models.TextField()),
                ("witness", models.TextField()),
                ("line", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "trail_cosignatures"},
        ),
        migrations.AddConstraint(
            "cosignature",
            models.UniqueConstraint(fields=("size", "function", "witness"), name="trail_cosignatures_once"),
        ),
        migrations.CreateModel(
            "VerifierKey",
            fields=[
                ("key", models.TextField(primary_key=True, serialize=False)),
                ("since", models.DateTimeField()),
            ],
            options={"db_table": "trail_keys"},
        ),
    ]
