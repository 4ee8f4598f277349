from django.db import migrations, models


class Migration(migrations.Migration):
    """An e-mail address beside the phone, and when the register was last asked whether a name still holds."""

    dependencies = [("qipan", "0030_mandates")]
    operations = [
        migrations.AddField("account", "email", models.TextField(default="")),
        migrations.AddField("account", "checked_at", models.DateTimeField(null=True)),
        migrations.AddIndex(
            "account",
            models.Index(
                models.F("checked_at").asc(nulls_first=True),
                name="accounts_to_check",
                condition=models.Q(("is_active", True), ("person__isnull", False)),
            ),
        ),
    ]
