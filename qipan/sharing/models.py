"""Requests for shared data, notices about what was shared, and what was used. Who may do what is in qipan/core/sharing.py."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class ShareRequest(models.Model):
    """A request of one agency (``consumer``) for a resource of another (``provider``), and what became of it.

    ``consumer_node`` or ``provider_node`` names the node of the agency that is elsewhere, ``asked_by`` and ``decided_by`` its official;
    ``coordinator_node`` the one where a dispute is settled, if that is not here. Here alone it is settled where both others are named.
    ``fields`` are asked for, ``granted`` given; ``since`` is when the running clock began, ``paused_days`` working days do not
    count. ``document`` is the grant's bytes once approved, ``signatures`` as in the exchange; ``grant`` once in force.
    """

    id = models.UUIDField(primary_key=True)
    number = models.TextField(unique=True)
    idempotency_key = models.TextField()
    resource = models.TextField()
    version = models.IntegerField()
    share = models.TextField()
    consumer = models.TextField()
    provider = models.TextField()
    requester = models.BigIntegerField()
    event = models.TextField(default="")
    services = ArrayField(models.TextField(), default=list)
    purpose = models.TextField()
    purpose_en = models.TextField(default="")
    basis = ArrayField(models.TextField())
    fields = ArrayField(models.TextField())
    region = models.TextField(default="")
    region_field = models.TextField(default="")
    own_cases = models.BooleanField(default=True)
    modes = ArrayField(models.TextField())
    volume = models.IntegerField()
    retention = models.IntegerField()
    until = models.DateField()
    state = models.TextField()
    submitted_at = models.DateTimeField()
    since = models.DateField()
    due_on = models.DateField(null=True)
    paused_days = models.SmallIntegerField(default=0)
    paused_on = models.DateField(null=True)
    granted = ArrayField(models.TextField(), default=list)
    approver = models.BigIntegerField(null=True)
    coordinator = models.BigIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")
    document = models.BinaryField(null=True)
    signatures = models.JSONField(default=dict)
    grant = models.UUIDField(null=True, unique=True)
    ended_at = models.DateTimeField(null=True)
    consumer_node = models.TextField(default="", db_default="")
    provider_node = models.TextField(default="", db_default="")
    asked_by = models.TextField(default="", db_default="")
    decided_by = models.TextField(default="", db_default="")
    coordinator_node = models.TextField(default="", db_default="")

    class Meta:
        app_label = "qipan"
        db_table = "share_requests"
        indexes = [
            models.Index(fields=["consumer", "-submitted_at"], name="share_requests_consumer"),
            models.Index(fields=["provider", "-submitted_at"], name="share_requests_provider"),
            models.Index(
                fields=["due_on"], name="share_requests_disputed", condition=models.Q(state="disputed")
            ),
            models.Index(fields=["resource", "-submitted_at"], name="share_requests_resource"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["requester", "idempotency_key"], name="share_requests_idempotency"
            ),
            models.CheckConstraint(
                condition=~models.Q(approver=models.F("requester"))
                & ~models.Q(coordinator=models.F("requester"))
                & ~models.Q(coordinator=models.F("approver")),
                name="share_requests_four_eyes",
            ),
        ]


class ShareLetter(models.Model):
    """An act on a request that another node shares in: ours on its way there (``outward``), or one that came from there.

    ``number`` counts each side's about a request; ``settled_at`` is when it was taken, ``outcome`` what came of it.
    """

    id = models.BigAutoField(primary_key=True)
    request = models.UUIDField()
    peer = models.TextField()
    outward = models.BooleanField()
    number = models.IntegerField()
    document = models.BinaryField()
    outcome = models.TextField(default="")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "share_letters"
        indexes = [
            models.Index(
                fields=["id"],
                name="share_letters_waiting",
                condition=models.Q(outward=True, settled_at__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "peer", "outward", "number"], name="share_letters_once"
            )
        ]


class ShareNotice(models.Model):
    """A correction or recall of what was shared: of one ``record`` by its key, or of a whole ``version`` of the resource.

    ``node`` and ``issued_by`` name the node and the official of an agency that is elsewhere; ``official`` is 0 then.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    resource = models.TextField()
    provider = models.TextField()
    official = models.BigIntegerField()
    record = models.TextField(default="")
    version = models.IntegerField(null=True)
    fields = ArrayField(models.TextField(), default=list)
    message = models.TextField()
    issued_at = models.DateTimeField()
    due_on = models.DateField()
    node = models.TextField(default="", db_default="")
    issued_by = models.TextField(default="", db_default="")

    class Meta:
        app_label = "qipan"
        db_table = "share_notices"
        indexes = [models.Index(fields=["provider", "-issued_at"], name="share_notices_provider")]


class ShareReceipt(models.Model):
    """That a receiver under a grant is told of a notice; ``answer`` says what they did about it.

    ``node`` and ``answered_by`` name the node and the official of a receiver that is elsewhere. Where two nodes share in it, ``told_at``
    is when the other one took what we had to tell it, the notice or the answer, and ``outcome`` what came of that.
    """

    id = models.BigAutoField(primary_key=True)
    notice = models.ForeignKey(ShareNotice, on_delete=models.PROTECT, db_index=False)
    grant = models.UUIDField()
    consumer = models.TextField()
    official = models.BigIntegerField(null=True)
    answer = models.TextField(default="")
    acknowledged_at = models.DateTimeField(null=True)
    node = models.TextField(default="", db_default="")
    answered_by = models.TextField(default="", db_default="")
    told_at = models.DateTimeField(null=True)
    outcome = models.TextField(default="", db_default="")

    class Meta:
        app_label = "qipan"
        db_table = "share_receipts"
        indexes = [
            models.Index(fields=["consumer", "-notice"], name="share_receipts_consumer"),
            models.Index(
                fields=["notice"], name="share_receipts_waiting", condition=models.Q(told_at__isnull=True)
            ),
        ]
        constraints = [models.UniqueConstraint(fields=["notice", "grant"], name="share_receipts_once")]


class UseDay(models.Model):
    """What one agency, or kind of agency, used of another's resource on a day in China: calls, answers found, facts passed."""

    pk = models.CompositePrimaryKey("day", "resource", "giver", "receiver")
    day = models.DateField()
    resource = models.TextField()
    giver = models.TextField()
    receiver = models.TextField()
    calls = models.IntegerField()
    found = models.IntegerField()
    refused = models.IntegerField()
    facts = models.BigIntegerField()

    class Meta:
        app_label = "qipan"
        db_table = "use_days"
        indexes = [
            models.Index(fields=["resource", "day"], name="use_days_resource"),
        ]
