"""Mandates, given and ended; a row stays on record."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from qipan.core.mandates import Kind


class Mandate(models.Model):
    """Leave for ``agent``, a person, to act for ``principal``, a person or an enterprise: see qipan/core/mandates.py.

    ``given_by`` and ``ended_by`` say who did it, ``person:7`` or ``official:3``; ``used_at`` is when it was first used. The trail has the
    rest. Both parties are rows of ``persons``; nothing deletes those, so the columns are plain.
    """

    id = models.BigAutoField(primary_key=True)
    kind = models.TextField()
    principal = models.BigIntegerField()
    agent = models.BigIntegerField()
    events = ArrayField(models.TextField(), default=list)
    ends_on = models.DateField()
    given_at = models.DateTimeField()
    given_by = models.TextField()
    accepted_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.TextField(default="")

    class Meta:
        app_label = "qipan"
        db_table = "mandates"
        indexes = [
            models.Index(fields=["agent", "-id"], name="mandates_agent"),
            models.Index(fields=["principal", "-id"], name="mandates_principal"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["principal", "agent"], name="mandates_one_open", condition=models.Q(ended_at=None)
            ),
            models.UniqueConstraint(
                fields=["principal"],
                name="mandates_one_representative",
                condition=models.Q(ended_at=None, kind=Kind.REPRESENTATIVE.value),
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=[kind.value for kind in Kind]), name="mandates_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(kind=Kind.REPRESENTATIVE.value, events=[])
                | (~models.Q(kind=Kind.REPRESENTATIVE.value) & ~models.Q(events=[])),
                name="mandates_scope",
            ),
            models.CheckConstraint(
                condition=~models.Q(principal=models.F("agent")), name="mandates_for_another"
            ),
        ]
