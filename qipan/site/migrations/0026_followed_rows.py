from django.db import migrations, models


class Migration(migrations.Migration):
    """Rows of one's own open cases, which a subscription follows. docs/handbook/exchange.md."""

    dependencies = [("qipan", "0025_certificates")]

    operations = [
        migrations.AddField("Outgoing", "told_at", models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="FollowedRow",
            fields=[
                ("pk", models.CompositePrimaryKey("grant", "key", "case", blank=True, editable=False, primary_key=True, serialize=False)),
                ("grant", models.UUIDField()),
                ("key", models.UUIDField()),
                ("case", models.TextField()),
                ("looked_at", models.DateTimeField()),
                ("open", models.BooleanField(default=False)),
            ],
            options={"db_table": "exchange_followed"},
        ),
    ]
