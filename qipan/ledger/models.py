"""The trail: one row for each act, never changed and never removed (a trigger sees to it)."""

from django.db import models


class Entry(models.Model):
    """An act, who did it, to what; ``leaf_hash`` commits to it and to ``salt``, for the tree that is built over the entries."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    act = models.TextField()
    actor_kind = models.TextField()
    actor = models.BigIntegerField(null=True)
    on_behalf_of = models.BigIntegerField(null=True)
    subject = models.TextField()
    details = models.JSONField(default=dict)
    salt = models.BinaryField()
    leaf_hash = models.BinaryField()

    class Meta:
        app_label = "qipan"
        db_table = "entries"
        indexes = [
            models.Index(fields=["subject", "id"], name="entries_subject"),
            models.Index(
                fields=["actor", "at"], name="entries_official", condition=models.Q(actor_kind="official")
            ),
        ]
