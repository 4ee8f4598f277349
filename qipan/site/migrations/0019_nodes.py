from django.db import migrations, models

TABLES = ("node_catalogues",)
# The test runner empties tables between tests, in databases that it names test_….
FORBID = "\n".join(
    f"CREATE TRIGGER {table}_only_grow BEFORE UPDATE OR DELETE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION qipan_forbid();"
    f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
    f"WHEN (current_database() NOT LIKE 'test\\_%') EXECUTE FUNCTION qipan_forbid();"
    for table in TABLES
)
ALLOW = "\n".join(
    f"DROP TRIGGER {table}_only_grow ON {table}; DROP TRIGGER {table}_not_emptied ON {table};"
    for table in TABLES
)


class Migration(migrations.Migration):
    """What each node says that it holds, and requests that two nodes share in: docs/decisions/0032."""

    dependencies = [("qipan", "0018_deliveries")]
    operations = [
        migrations.CreateModel(
            name="StoredCatalogue",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "node", "number", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("node", models.TextField()),
                ("number", models.BigIntegerField()),
                ("document", models.BinaryField()),
                ("key", models.TextField()),
                ("signature", models.BinaryField()),
                ("accepted_at", models.DateTimeField()),
            ],
            options={"db_table": "node_catalogues"},
        ),
        migrations.RunSQL(FORBID, ALLOW),
        *(
            migrations.AddField("sharerequest", name, models.TextField(default="", db_default=""))
            for name in ("consumer_node", "provider_node", "asked_by", "decided_by")
        ),
        migrations.CreateModel(
            name="ShareLetter",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("request", models.UUIDField()),
                ("peer", models.TextField()),
                ("outward", models.BooleanField()),
                ("number", models.IntegerField()),
                ("document", models.BinaryField()),
                ("outcome", models.TextField(default="")),
                ("at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "share_letters",
                "indexes": [
                    models.Index(
                        fields=["id"],
                        name="share_letters_waiting",
                        condition=models.Q(outward=True, settled_at__isnull=True),
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=["request", "peer", "outward", "number"], name="share_letters_once"
                    )
                ],
            },
        ),
    ]
