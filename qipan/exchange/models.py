"""The exchange's tables. Lists, grants, revocations and records are only ever added; nonces end with their validity."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from qipan.exchange import stream_models

__all__ = ["stream_models"]  # the rest is found here by itself


class StoredNodeList(models.Model):
    """A signed list of nodes, as it was received; the highest number counts."""

    number = models.BigIntegerField(primary_key=True)
    document = models.BinaryField()
    key = models.TextField()
    signature = models.BinaryField()
    accepted_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "node_lists"


class StoredCatalogue(models.Model):
    """A node's signed catalogue, as it was received, or our own; of each node the highest number counts."""

    pk = models.CompositePrimaryKey("node", "number")
    node = models.TextField()
    number = models.BigIntegerField()
    document = models.BinaryField()
    key = models.TextField()
    signature = models.BinaryField()
    accepted_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "node_catalogues"


class StoredGrant(models.Model):
    """A grant's bytes, signed by both parties; the columns repeat of it what is searched for.

    ``signatures`` are ``{"provider": {"key": id, "signature": hex}, "consumer": {…}}``.
    """

    id = models.UUIDField(primary_key=True)
    digest = models.BinaryField()
    document = models.BinaryField()
    signatures = models.JSONField()
    resource = models.TextField()
    provider_node = models.TextField()
    provider_agency = models.TextField()
    consumer_node = models.TextField()
    consumer_agency = models.TextField()
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    issued_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "exchange_grants"
        indexes = [
            models.Index(fields=["provider_agency"], name="exchange_grants_provider"),
            models.Index(fields=["resource"], name="exchange_grants_resource"),
            models.Index(fields=["consumer_agency"], name="exchange_grants_consumer"),
        ]


class StoredRevocation(models.Model):
    """The first revocation of a grant, signed by one of its parties."""

    grant = models.UUIDField(primary_key=True)
    document = models.BinaryField()
    key = models.TextField()
    signature = models.BinaryField()
    node = models.TextField()
    agency = models.TextField()
    reason = models.TextField()
    revoked_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "exchange_revocations"


class ExchangeCall(models.Model):
    """One end's record of a call, written before anything goes on; its twin at the other end has the same ``exchange``.

    ``side`` is ``consumer`` or ``provider``, ``peer`` the other node, ``outcome`` is ``ok``, ``none`` (no such record) or a code of
    refusal; ``alarm`` says that somebody must look into it. ``signed_at`` is the moment in its request's envelope: the same at both ends. No keys
    and no values; of whom it was, the provider keeps a hash that only this node can make (``about``), so that it can tell them.
    """

    id = models.BigAutoField(primary_key=True)
    exchange = models.BinaryField()
    side = models.TextField()
    peer = models.TextField()
    grant = models.UUIDField(null=True)
    resource = models.TextField()
    fields = ArrayField(models.TextField(), default=list)
    purpose = models.TextField()
    basis = models.TextField()
    case = models.TextField()
    official = models.TextField()
    outcome = models.TextField()
    alarm = models.BooleanField(default=False)
    rows = models.IntegerField()
    at = models.DateTimeField()
    milliseconds = models.IntegerField()
    signed_at = models.DateTimeField(null=True)
    about = models.BinaryField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "exchange_calls"
        indexes = [
            models.Index(fields=["grant", "at"], name="exchange_calls_grant"),
            models.Index(fields=["exchange"], name="exchange_calls_exchange"),
            models.Index(fields=["at"], name="exchange_calls_alarms", condition=models.Q(alarm=True)),
            BrinIndex(fields=["at"], name="exchange_calls_at"),
            models.Index(
                fields=["case", "at"], name="exchange_calls_case", condition=models.Q(side="consumer")
            ),
            models.Index(
                fields=["about", "at"], name="exchange_calls_about", condition=models.Q(about__isnull=False)
            ),
        ]


class Nonce(models.Model):
    """A nonce of a peer's that was used, until its request could not be valid any more."""

    pk = models.CompositePrimaryKey("peer", "nonce")
    peer = models.TextField()
    nonce = models.BinaryField()
    until = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "exchange_nonces"
        indexes = [models.Index(fields=["until"], name="exchange_nonces_until")]


class Usage(models.Model):
    """The rows that passed under a grant on a day (UTC)."""

    pk = models.CompositePrimaryKey("grant", "day")
    grant = models.UUIDField()
    day = models.DateField()
    rows = models.IntegerField()

    class Meta:
        app_label = "qipan"
        db_table = "exchange_usage"
