import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

# As with accounts: whoever signs in is nobody yet, so account pages read as the platform, and nobody else reads these.
PLATFORM = "(SELECT qipan_sealed()) AND current_setting('qipan.platform', true) = 'yes'"
WALLED = ("app_keys", "app_subjects", "app_consents")
WALLS = "\n".join(
    f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; CREATE POLICY seen ON {table} USING ({PLATFORM});"
    for table in WALLED
)
OPEN = "\n".join(f"DROP POLICY seen ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in WALLED)


class Migration(migrations.Migration):
    """Apps of agencies, and who signs in to them."""

    dependencies = [("qipan", "0028_posts")]
    run_before = [("allauth_idp_oidc", "0001_initial")]
    operations = [
        migrations.CreateModel(
            "App",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("agency", models.TextField()),
                ("name_zh", models.TextField()),
                ("name_en", models.TextField(default="")),
                ("sector", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "apps"},
        ),
        migrations.CreateModel(
            "AppKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sealed", models.TextField()),
                ("begins_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField()),
                (
                    "app",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="qipan.app"
                    ),
                ),
            ],
            options={"db_table": "app_keys"},
        ),
        migrations.CreateModel(
            "AppSubject",
            fields=[
                ("subject", models.TextField(primary_key=True, serialize=False)),
                ("sector", models.TextField()),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="qipan.account"
                    ),
                ),
            ],
            options={
                "db_table": "app_subjects",
                "constraints": [
                    models.UniqueConstraint(fields=("sector", "account"), name="app_subjects_one_a_sector")
                ],
            },
        ),
        migrations.CreateModel(
            "AppConsent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("scopes", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("since", models.DateTimeField()),
                ("used_at", models.DateTimeField()),
                ("signed_in_at", models.DateTimeField()),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="qipan.account",
                    ),
                ),
                (
                    "app",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="qipan.app"
                    ),
                ),
            ],
            options={
                "db_table": "app_consents",
                "constraints": [models.UniqueConstraint(fields=("account", "app"), name="app_consents_one_each")],
            },
        ),
        migrations.RunSQL(WALLS, OPEN),
    ]
