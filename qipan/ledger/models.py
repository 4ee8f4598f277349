"""The trail: one row for each act, and the tree over these rows.

Rows of `Entry` are never changed or removed, but for the erasing of details; triggers see to it (migration 0007).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class TransactionNumber(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's own number of a transaction, 64 bits."""

    def db_type(self, connection: object) -> str:  # noqa: ARG002 -- Django gives it
        return "xid8"


class CurrentTransaction(models.Func):
    """The number of the transaction that a row is inserted in."""

    function = "pg_current_xact_id"
    template = "%(function)s()"
    output_field = TransactionNumber()


class Entry(models.Model):
    """An act, who did it, to what.

    ``commitment`` commits to the details, ``leaf_hash`` to everything (two digests each). An empty ``salt`` says that details were
    erased. ``xact`` gives the order of leaves: see Note [Commit order].
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    act = models.TextField()
    actor_kind = models.TextField()
    actor = models.BigIntegerField(null=True)
    on_behalf_of = models.BigIntegerField(null=True)
    subject = models.TextField()
    details = models.JSONField(default=dict)
    salt = models.BinaryField()
    commitment = models.BinaryField()
    leaf_hash = models.BinaryField()
    xact = TransactionNumber(db_default=CurrentTransaction())

    class Meta:
        app_label = "qipan"
        db_table = "entries"
        indexes = [
            models.Index(fields=["subject", "id"], name="entries_subject"),
            models.Index(
                fields=["actor", "at"], name="entries_official", condition=models.Q(actor_kind="official")
            ),
            models.Index(fields=["xact"], name="entries_xact"),
        ]


class Tile(models.Model):
    """Up to 256 neighbouring nodes of one level, 32 bytes each, of either tree; only ever extended."""

    pk = models.CompositePrimaryKey("level", "number")
    level = models.SmallIntegerField()
    number = models.BigIntegerField()
    sm3 = models.BinaryField()
    sha256 = models.BinaryField()

    class Meta:
        app_label = "qipan"
        db_table = "trail_tiles"


class Bundle(models.Model):
    """Which entries are the 256 leaves of a tile of level 0, in order; begins with the least in the order of leaves."""

    number = models.BigIntegerField(primary_key=True)
    first_xact = TransactionNumber()
    first_entry = models.BigIntegerField()
    entries = ArrayField(models.BigIntegerField())

    class Meta:
        app_label = "qipan"
        db_table = "trail_bundles"
        indexes = [models.Index(fields=["first_xact", "first_entry"], name="trail_bundles_first")]


class Checkpoint(models.Model):
    """A signed head of either tree, as a note, and the last entry in them."""

    size = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    last_xact = TransactionNumber()
    last_entry = models.BigIntegerField()
    sm3 = models.TextField()
    sha256 = models.TextField()

    class Meta:
        app_label = "qipan"
        db_table = "trail_checkpoints"


class Cosignature(models.Model):
    """A witness's signature line under a checkpoint of the tree of one hash function."""

    id = models.BigAutoField(primary_key=True)
    size = models.BigIntegerField()
    function = models.TextField()
    witness = models.TextField()
    line = models.TextField()
    at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "trail_cosignatures"
        constraints = [
            models.UniqueConstraint(fields=["size", "function", "witness"], name="trail_cosignatures_once")
        ]


class VerifierKey(models.Model):
    """A key that heads are or were signed with, in the form that those who verify read."""

    key = models.TextField(primary_key=True)
    since = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "trail_keys"
