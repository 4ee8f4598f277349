import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Cases are written beside their application: the key is not checked again for each of seven, at every commit."""

    dependencies = [("qipan", "0008_trail_guards")]
    operations = [
        migrations.AlterField(
            "case",
            "application",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="qipan.application",
            ),
        ),
    ]
