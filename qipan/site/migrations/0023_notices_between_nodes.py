from django.db import migrations, models

TOLD = "UPDATE share_receipts SET told_at = (SELECT issued_at FROM share_notices n WHERE n.id = notice_id)"


class Migration(migrations.Migration):
    """Disputes that the hub settles; corrections and recalls whose receivers are at other nodes. All that stand so far are told."""

    dependencies = [("qipan", "0022_quicker_row_walls")]
    operations = [
        *(
            migrations.AddField(model, name, models.TextField(default="", db_default=""))
            for model, name in (
                ("sharenotice", "node"),
                ("sharenotice", "issued_by"),
                ("sharereceipt", "node"),
                ("sharereceipt", "answered_by"),
                ("sharereceipt", "outcome"),
                ("sharerequest", "coordinator_node"),
            )
        ),
        migrations.AddField("sharereceipt", "told_at", models.DateTimeField(null=True)),
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
        migrations.AddIndex(
            "sharereceipt",
            models.Index(
                fields=["notice"], name="share_receipts_waiting", condition=models.Q(told_at__isnull=True)
            ),
        ),
    ]
