"""The tables of what is sent by itself, under a push or a batch grant: at the provider what waits to be taken, at the consumer what was."""

from django.db import models


class Outgoing(models.Model):
    """A stream of deliveries to another node. A subscription's number is its grant's; a batch's is its own.

    ``queued`` is the last position that was sealed, ``position`` the last that the receiver has taken. ``cursor`` is where reading a
    batch stands, ``finished`` whether all of it is sealed; ``digest`` chains over its rows; ``told_at`` is when the receiver signed what it
    said last of its open cases, where rows of those alone are sent. ``state`` is ``running``, ``reconciled``,
    ``failed`` or ``stopped``; ``code`` says why.
    """

    id = models.UUIDField(primary_key=True)
    grant = models.UUIDField()
    mode = models.TextField()
    peer = models.TextField()
    resource = models.TextField()
    official = models.TextField()
    case = models.TextField()
    state = models.TextField()
    code = models.TextField(default="")
    queued = models.BigIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    digest = models.BinaryField()
    cursor = models.JSONField(null=True)
    finished = models.BooleanField(default=False)
    began_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "exchange_outgoing"
        indexes = [models.Index(fields=["grant"], name="exchange_outgoing_grant")]


class Queued(models.Model):
    """A delivery, sealed to its receiver, until that has taken it; ``recorded`` once its record of provision is there."""

    pk = models.CompositePrimaryKey("stream", "position")
    stream = models.UUIDField()
    position = models.BigIntegerField()
    kind = models.TextField()
    body = models.BinaryField()
    rows = models.IntegerField()
    recorded = models.BooleanField(default=False)

    class Meta:
        app_label = "qipan"
        db_table = "exchange_queue"


class SentRow(models.Model):
    """How a row of a subscription was sent last: digests of its key and of its values, and when."""

    pk = models.CompositePrimaryKey("stream", "key")
    stream = models.UUIDField()
    key = models.UUIDField()
    digest = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "exchange_sent_rows"


class SeenRow(models.Model):
    """Keys that one reading of a register met; what was sent and is not among them is gone. Unlogged, as every reading begins anew."""

    pk = models.CompositePrimaryKey("stream", "key")
    stream = models.UUIDField()
    key = models.UUIDField()

    class Meta:
        app_label = "qipan"
        db_table = "exchange_seen_rows"


class Incoming(models.Model):
    """A stream of deliveries from another node, and how far it was taken; rows of a batch can be read once it is ``reconciled``."""

    id = models.UUIDField(primary_key=True)
    grant = models.UUIDField()
    mode = models.TextField()
    peer = models.TextField()
    resource = models.TextField()
    state = models.TextField()
    position = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    digest = models.BinaryField()
    manifest = models.BinaryField(null=True)
    began_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "exchange_incoming"
        indexes = [
            models.Index(fields=["grant"], name="exchange_incoming_grant"),
            models.Index(fields=["resource"], name="exchange_incoming_resource"),
        ]


class ReceivedRow(models.Model):
    """A row that another node sent, by the digest of its key; kept as long as its grant allows."""

    pk = models.CompositePrimaryKey("stream", "key")
    stream = models.UUIDField()
    key = models.UUIDField()
    row = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "exchange_received"
        indexes = [models.Index(fields=["stream", "at"], name="exchange_received_at")]


class FollowedRow(models.Model):
    """A row that was looked up for a case under a grant that follows rows: at either end, until the case is over.

    ``key`` is the digest of its keys, ``looked_at`` the newest of its look-ups. ``open`` stands at the provider alone: whether the
    consumer said last that the case is open.
    """

    pk = models.CompositePrimaryKey("grant", "key", "case")
    grant = models.UUIDField()
    key = models.UUIDField()
    case = models.TextField()
    looked_at = models.DateTimeField()
    open = models.BooleanField(default=False)

    class Meta:
        app_label = "qipan"
        db_table = "exchange_followed"
