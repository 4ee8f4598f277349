from django.db import migrations, models

# What every reading begins anew need not survive a crash.
UNLOGGED = "ALTER TABLE exchange_seen_rows SET UNLOGGED"
LOGGED = "ALTER TABLE exchange_seen_rows SET LOGGED"


class Migration(migrations.Migration):
    """Subscriptions and batches: what waits to be sent, what was received. docs/decisions/0031."""

    dependencies = [("qipan", "0017_watch")]

    operations = [
        migrations.CreateModel(
            name="Outgoing",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("grant", models.UUIDField()),
                ("mode", models.TextField()),
                ("peer", models.TextField()),
                ("resource", models.TextField()),
                ("official", models.TextField()),
                ("case", models.TextField()),
                ("state", models.TextField()),
                ("code", models.TextField(default="")),
                ("queued", models.BigIntegerField(default=0)),
                ("position", models.BigIntegerField(default=0)),
                ("rows", models.BigIntegerField(default=0)),
                ("digest", models.BinaryField()),
                ("cursor", models.JSONField(null=True)),
                ("finished", models.BooleanField(default=False)),
                ("began_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField()),
            ],
            options={
                "db_table": "exchange_outgoing",
                "indexes": [models.Index(fields=["grant"], name="exchange_outgoing_grant")],
            },
        ),
        migrations.CreateModel(
            name="Queued",
            fields=[
                ("pk", models.CompositePrimaryKey("stream", "position", blank=True, editable=False, primary_key=True, serialize=False)),
                ("stream", models.UUIDField()),
                ("position", models.BigIntegerField()),
                ("kind", models.TextField()),
                ("body", models.BinaryField()),
                ("rows", models.IntegerField()),
                ("recorded", models.BooleanField(default=False)),
            ],
            options={"db_table": "exchange_queue"},
        ),
        migrations.CreateModel(
            name="SentRow",
            fields=[
                ("pk", models.CompositePrimaryKey("stream", "key", blank=True, editable=False, primary_key=True, serialize=False)),
                ("stream", models.UUIDField()),
                ("key", models.UUIDField()),
                ("digest", models.UUIDField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "exchange_sent_rows"},
        ),
        migrations.CreateModel(
            name="SeenRow",
            fields=[
                ("pk", models.CompositePrimaryKey("stream", "key", blank=True, editable=False, primary_key=True, serialize=False)),
                ("stream", models.UUIDField()),
                ("key", models.UUIDField()),
            ],
            options={"db_table": "exchange_seen_rows"},
        ),
        migrations.RunSQL(UNLOGGED, LOGGED),
        migrations.CreateModel(
            name="Incoming",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("grant", models.UUIDField()),
                ("mode", models.TextField()),
                ("peer", models.TextField()),
                ("resource", models.TextField()),
                ("state", models.TextField()),
                ("position", models.BigIntegerField(default=0)),
                ("rows", models.BigIntegerField(default=0)),
                ("digest", models.BinaryField()),
                ("manifest", models.BinaryField(null=True)),
                ("began_at", models.DateTimeField()),
                ("moved_at", models.DateTimeField()),
            ],
            options={
                "db_table": "exchange_incoming",
                "indexes": [
                    models.Index(fields=["grant"], name="exchange_incoming_grant"),
                    models.Index(fields=["resource"], name="exchange_incoming_resource"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceivedRow",
            fields=[
                ("pk", models.CompositePrimaryKey("stream", "key", blank=True, editable=False, primary_key=True, serialize=False)),
                ("stream", models.UUIDField()),
                ("key", models.UUIDField()),
                ("row", models.JSONField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "db_table": "exchange_received",
                "indexes": [models.Index(fields=["stream", "at"], name="exchange_received_at")],
            },
        ),
    ]
