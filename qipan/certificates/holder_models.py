"""Who holds a certificate: whoever applied, and those whom it is about."""

from django.db import models


class Holder(models.Model):
    """That somebody holds a certificate, until ``ended_at``: it was replaced by one that is not theirs.

    ``subject`` is a citizen identity number or a credit code, as in `persons`, whether or not they ever were here; ``capacity`` is their
    party in the service that issued it, or ``applicant``.
    """

    id = models.BigAutoField(primary_key=True)
    certificate = models.BigIntegerField()
    subject = models.TextField()
    capacity = models.TextField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "certificate_holders"
        indexes = [
            models.Index(
                fields=["subject", "-certificate"],
                name="certificate_holders_subject",
                condition=models.Q(ended_at=None),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["certificate", "subject"], name="certificate_holders_one_each"),
        ]
