from django.db import migrations, models


class Migration(migrations.Migration):
    """A draft that is thrown away can be had back for a while."""

    dependencies = [("qipan", "0011_exchange")]
    operations = [
        migrations.CreateModel(
            "DiscardedDraft",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("person", models.BigIntegerField()),
                ("draft", models.JSONField()),
                ("discarded_at", models.DateTimeField()),
            ],
            options={"db_table": "discarded_drafts"},
        ),
    ]
