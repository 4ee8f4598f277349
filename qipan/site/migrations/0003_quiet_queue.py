from django.db import migrations, models

TRIGGERS = (
    "procrastinate_jobs_notify_queue_job_inserted_v1",
    "procrastinate_trigger_status_events_insert_v1",
    "procrastinate_trigger_status_events_update_v1",
    "procrastinate_trigger_scheduled_events_v1",
)
QUIET = "\n".join(f"ALTER TABLE procrastinate_jobs DISABLE TRIGGER {name};" for name in TRIGGERS)
LOUD = "\n".join(f"ALTER TABLE procrastinate_jobs ENABLE TRIGGER {name};" for name in TRIGGERS)


class Migration(migrations.Migration):
    """The queue is polled and keeps no history of its jobs: docs/decisions/0020."""

    dependencies = [("qipan", "0002_guards"), ("procrastinate", "0041_post_retry_failed_job")]
    operations = [
        migrations.RunSQL(QUIET, LOUD),
        migrations.AlterField("application", "number", models.TextField()),
        migrations.AddConstraint(
            "application", models.UniqueConstraint(fields=["number"], name="applications_number")
        ),
    ]
