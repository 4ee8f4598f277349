import django.db.models.deletion
from django.db import migrations, models

# See Note [Who reads] in qipan/reader.py: whoever signs in is nobody yet, so account pages read as the platform, and nobody else reads these.
PLATFORM = "(SELECT qipan_sealed()) AND current_setting('qipan.platform', true) = 'yes'"
WALLED = ("accounts", "account_sessions")
WALLS = "\n".join(
    f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; CREATE POLICY seen ON {table} USING ({PLATFORM});"
    for table in WALLED
)
OPEN = "\n".join(f"DROP POLICY seen ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in WALLED)
# Django's cache of texts: which codes of authenticators were used in the last half minute. A crash may forget them.
USED_CODES = """
CREATE UNLOGGED TABLE used_codes (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamp with time zone NOT NULL);
CREATE INDEX used_codes_expires ON used_codes (expires);
"""


class Migration(migrations.Migration):
    """Accounts, and the devices that they are signed in on."""

    dependencies = [("qipan", "0023_notices_between_nodes")]
    run_before = [("account", "0001_initial"), ("mfa", "0001_initial")]
    operations = [
        migrations.CreateModel(
            "Account",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("phone", models.TextField()),
                ("phone_verified", models.BooleanField(default=False)),
                ("level", models.PositiveSmallIntegerField(default=1)),
                ("level_at", models.DateTimeField(null=True)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                (
                    "person",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="qipan.person"
                    ),
                ),
            ],
            options={
                "db_table": "accounts",
                "indexes": [
                    models.Index(
                        condition=models.Q(("phone_verified", False)), fields=["created_at"], name="accounts_unverified"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("phone_verified", True)), fields=("phone",), name="accounts_one_phone"
                    ),
                    models.CheckConstraint(condition=models.Q(("level__range", (1, 3))), name="accounts_level"),
                    models.CheckConstraint(
                        condition=models.Q(("level", 1), ("person__isnull", False), _connector="OR"),
                        name="accounts_who_above_phone",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            "AccountSession",
            fields=[
                ("digest", models.BinaryField(primary_key=True, serialize=False)),
                ("content", models.TextField()),
                ("agent", models.TextField(default="")),
                ("address", models.TextField(default="")),
                ("created_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                (
                    "account",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="qipan.account"
                    ),
                ),
            ],
            options={"db_table": "account_sessions"},
        ),
        migrations.RunSQL(WALLS + USED_CODES, "DROP TABLE used_codes;" + OPEN),
    ]
