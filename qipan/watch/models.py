"""Who read whose data, what of it is unusual, and what two nodes do not agree on. Readings are only ever added."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Reading(models.Model):
    """That an official opened somebody's data; the same case again within ten minutes (``slot``) at the desk is one reading.

    ``who`` is ``official:7``, of another node ``city/official:7``; ``peers`` names those to compare them with. ``kind`` is ``case``,
    ``window`` or ``exchange``; ``subject`` is ``case:…``, ``person:…`` …; ``times`` counts. ``in_hand`` says whether it was open then,
    ``namesake`` whether the person has the official's own name.
    """

    id = models.BigAutoField(primary_key=True)
    who = models.TextField()
    peers = models.TextField()
    agency = models.TextField()
    kind = models.TextField()
    subject = models.TextField()
    person = models.BigIntegerField(null=True)
    in_hand = models.BooleanField()
    namesake = models.BooleanField(default=False)
    times = models.IntegerField(default=1)
    slot = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "readings"
        indexes = [
            models.Index(fields=["who", "at"], name="readings_who"),
            models.Index(fields=["person", "at"], name="readings_person", condition=models.Q(person__gt=0)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["who", "subject", "slot"],
                name="readings_once",
                condition=~models.Q(kind="exchange"),
            )
        ]


class ReadingDay(models.Model):
    """Somebody's readings of a day (in China), summed: all, of different people, at unusual hours, of what was over, without an act.

    ``hours`` are the readings of each hour. Everybody's together stand under ``who = ''``.
    """

    pk = models.CompositePrimaryKey("who", "day")
    who = models.TextField()
    day = models.DateField()
    peers = models.TextField()
    agency = models.TextField()
    volume = models.IntegerField()
    people = models.IntegerField()
    off_hours = models.IntegerField()
    closed = models.IntegerField()
    idle = models.IntegerField()
    hours = ArrayField(models.IntegerField())

    class Meta:
        app_label = "qipan"
        db_table = "reading_days"
        indexes = [
            models.Index(fields=["peers", "day"], name="reading_days_peers"),
            models.Index(fields=["day"], name="reading_days_day"),
        ]


class Cursor(models.Model):
    """How far something was taken in: up to a row's number, or up to a moment."""

    name = models.TextField(primary_key=True)
    position = models.BigIntegerField(default=0)
    at = models.DateTimeField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "watch_cursors"


class CallWindow(models.Model):
    """Ten minutes of calls with one peer that data passed in: how many, and the digest of their lines."""

    pk = models.CompositePrimaryKey("peer", "begins")
    peer = models.TextField()
    begins = models.DateTimeField()
    calls = models.IntegerField()
    digest = models.BinaryField()

    class Meta:
        app_label = "qipan"
        db_table = "call_windows"


class Peer(models.Model):
    """How far our records and a peer's were compared, how many calls met, and since when the peer has not answered."""

    peer = models.TextField(primary_key=True)
    until = models.DateTimeField()
    met = models.BigIntegerField(default=0)
    silent_since = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "watch_peers"


class Finding(models.Model):
    """Something that an auditor must look into, and what came of it.

    ``subject`` is whom or what it is about: ``official:7``, ``person:3``, ``grant:…``, ``node:city``; ``official`` the one who is
    watched, if of this installation. ``facts`` are the numbers from which it is told in words. ``state`` is ``open``, ``justified``,
    ``misuse``, or, where records did not meet, ``resolved``.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    subject = models.TextField()
    official = models.BigIntegerField(null=True)
    agency = models.TextField(default="")
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    score = models.FloatField()
    facts = models.JSONField()
    state = models.TextField(default="open")
    raised_at = models.DateTimeField()
    renewed_at = models.DateTimeField()
    auditor = models.BigIntegerField(null=True)
    reason = models.TextField(default="")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "findings"
        indexes = [models.Index(fields=["state", "-raised_at"], name="findings_state")]
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject", "begins"], name="findings_once"),
            models.CheckConstraint(
                condition=~models.Q(auditor=models.F("official")), name="findings_four_eyes"
            ),
        ]
