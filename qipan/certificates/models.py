"""Issuers, their keys and seals, the certificates they issued, and the sealed pages of each.

Values of people's fields stand in the signed data forms alone, which the row wall keeps to the holder and the issuing agency.
"""

from django.db import models

from qipan.certificates import holder_models, showing_models

__all__ = ["holder_models", "showing_models"]  # the rest is found here by itself


class Issuer(models.Model):
    """An agency that issues certificates, by its unified social credit code; ``sample`` marks those of a demonstration."""

    agency = models.TextField(primary_key=True)
    code = models.TextField(unique=True)
    name_zh = models.TextField()
    name_en = models.TextField(default="")
    sample = models.BooleanField(default=False)
    established_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "certificate_issuers"


class IssuerKey(models.Model):
    """A key of an issuer, or of the node's authority (``agency`` empty); ``kept`` is its name in custody, never the key itself."""

    id = models.TextField(primary_key=True)
    agency = models.TextField()
    suite = models.TextField()
    public = models.BinaryField()
    certificate = models.BinaryField()
    kept = models.TextField()
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)
    why = models.TextField(default="")

    class Meta:
        app_label = "qipan"
        db_table = "certificate_keys"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "suite"],
                name="certificate_keys_one_in_use",
                condition=models.Q(retired_at=None),
            ),
        ]


class Seal(models.Model):
    """An electronic seal of an agency: asked for, approved by two, active, suspended, destroyed; ``document`` is its SESeal."""

    number = models.TextField(primary_key=True)
    agency = models.TextField()
    name = models.TextField()
    purpose = models.TextField()
    state = models.TextField()
    picture = models.BinaryField()
    document = models.BinaryField(null=True)
    key = models.TextField(default="")
    asked_by = models.BigIntegerField()
    first_by = models.BigIntegerField(null=True)
    second_by = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField()
    begins = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "certificate_seals"
        constraints = [
            models.UniqueConstraint(
                fields=["agency"],
                name="certificate_seals_one_in_use",
                condition=models.Q(state__in=("asked", "approved", "active", "suspended")),
            ),
            models.CheckConstraint(
                condition=(models.Q(first_by=None) | ~models.Q(first_by=models.F("asked_by")))
                & (models.Q(second_by=None) | ~models.Q(second_by=models.F("asked_by")))
                & (models.Q(second_by=None) | ~models.Q(second_by=models.F("first_by"))),
                name="certificate_seals_by_three",
            ),
        ]


class SealAct(models.Model):
    """What was done with a seal, by whom and why; rows are only ever added."""

    id = models.BigAutoField(primary_key=True)
    seal = models.TextField()
    act = models.TextField()
    official = models.BigIntegerField()
    reason = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "certificate_seal_acts"
        indexes = [models.Index(fields=["seal", "-id"], name="certificate_seal_acts_seal")]


class Certificate(models.Model):
    """One certificate; its place in the list of what holds is its ``id``.

    ``agency`` handled the case and may revoke; ``issuer`` is the agency whose seal it bears. ``data`` and ``data_sm2`` are the whole data
    forms (ES256, SM2) with every disclosure. ``holder`` is who applied; all who hold it are its `Holder` rows. ``state`` as in qipan.core.status_lists.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.TextField(unique=True)
    type = models.TextField()
    library = models.IntegerField()
    case = models.UUIDField()
    application = models.UUIDField()
    event = models.TextField()
    agency = models.TextField()
    issuer = models.TextField()
    seal = models.TextField()
    holder = models.BigIntegerField()
    issued_at = models.DateTimeField()
    begins = models.DateField()
    ends = models.DateField(null=True)
    state = models.SmallIntegerField(default=0)
    state_at = models.DateTimeField(null=True)
    reason = models.TextField(default="")
    replaces = models.BigIntegerField(null=True)
    data = models.TextField()
    data_sm2 = models.TextField()

    class Meta:
        app_label = "qipan"
        db_table = "certificates"
        indexes = [
            models.Index(fields=["holder", "-id"], name="certificates_holder"),
            models.Index(fields=["agency", "-id"], name="certificates_agency"),
            models.Index(fields=["seal", "-id"], name="certificates_seal"),
            models.Index(fields=["id"], name="certificates_not_valid", condition=~models.Q(state=0)),
            models.Index(fields=["ends", "id"], name="certificates_ending", condition=models.Q(state=0)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "type"],
                name="certificates_one_in_force",
                condition=models.Q(state__in=(0, 2)),
            ),
        ]


class CertificatePaper(models.Model):
    """A certificate as a sealed page: ``ofd`` or ``pdf``."""

    id = models.BigAutoField(primary_key=True)
    certificate = models.BigIntegerField()
    form = models.TextField()
    content = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "certificate_papers"
        constraints = [
            models.UniqueConstraint(fields=["certificate", "form"], name="certificate_papers_one_each"),
        ]


class CertificateDue(models.Model):
    """A granted case whose certificate waits for a seal that its agencies do not have yet."""

    case = models.UUIDField(primary_key=True)
    agency = models.TextField()
    since = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "certificate_dues"


class IssuerListRow(models.Model):
    """A node's signed list of issuers, ours and others'; the highest number of each node is in force."""

    id = models.BigAutoField(primary_key=True)
    node = models.TextField()
    number = models.IntegerField()
    document = models.BinaryField()
    key = models.TextField()
    signature = models.BinaryField()
    accepted_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "certificate_issuer_lists"
        constraints = [
            models.UniqueConstraint(fields=["node", "number"], name="certificate_issuer_lists_number"),
        ]
