from django.db import migrations, models


class Migration(migrations.Migration):
    """People are shown the calls that were made for their cases."""

    dependencies = [("qipan", "0014_whole_leaves")]
    operations = [
        migrations.AddIndex(
            "exchangecall",
            models.Index(fields=["case", "at"], name="exchange_calls_case", condition=models.Q(side="consumer")),
        ),
    ]
