from django.db import migrations, models


class Migration(migrations.Migration):
    """What has been used of limits; a crash may forget it, and no commit waits for it."""

    dependencies = [("qipan", "0009_cases_without_a_key")]
    operations = [
        migrations.CreateModel(
            "Allowance",
            fields=[
                ("holder", models.TextField(primary_key=True, serialize=False)),
                ("used_until", models.DateTimeField()),
            ],
            options={"db_table": "allowances"},
        ),
        migrations.RunSQL("ALTER TABLE allowances SET UNLOGGED", "ALTER TABLE allowances SET LOGGED"),
    ]
