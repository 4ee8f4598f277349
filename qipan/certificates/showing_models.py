"""What people show of their certificates, and who looked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Showing(models.Model):
    """A part of a certificate that its holder shows: by a ``link``, or by a ``code`` on a screen, renewed each minute.

    ``holder`` is who shows it, of those who hold it. ``facts`` are the names of those that are disclosed; ``use`` and ``receiver`` are in the holder's words. ``most`` is how often it may be
    looked at, null for as often as one likes. ``secret`` is a part of what its tokens are made with: see qipan.core.showings.
    """

    id = models.BigAutoField(primary_key=True)
    certificate = models.BigIntegerField()
    holder = models.BigIntegerField()
    way = models.TextField()
    facts = ArrayField(models.TextField())
    use = models.TextField(default="")
    receiver = models.TextField(default="")
    most = models.IntegerField(null=True)
    secret = models.BinaryField()
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "certificate_showings"
        indexes = [models.Index(fields=["certificate", "-id"], name="certificate_showings_of")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(way__in=("link", "code")), name="certificate_showings_way"
            ),
        ]


class Look(models.Model):
    """That somebody looked at what was shown; ``who`` as they said themselves, ``known_as`` as they were signed in, if they were."""

    id = models.BigAutoField(primary_key=True)
    showing = models.BigIntegerField()
    who = models.TextField(default="")
    known_as = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "certificate_looks"
        indexes = [models.Index(fields=["showing", "-id"], name="certificate_looks_at")]
