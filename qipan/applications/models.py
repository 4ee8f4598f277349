"""Drafts, applications and their cases. Facts and calls are only ever added; plans and their bodies never change.

Note [Keys without constraints]
Thousands of applications share one plan, one version and one agency. A foreign key would lock that one row for each insert, and
nothing ever deletes them, so these columns are plain. Who handles or applies is checked where it is decided. Facts and cases are
written only beside the application itself or while it is locked, and are many: their key is not checked again at each commit.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models

from qipan.core.lifecycle import IN_HAND


class StoredPlan(models.Model):
    """A plan, shared by all applications it came out alike for; ``visible`` lists each service's own fields."""

    digest = models.TextField(primary_key=True)
    event = models.TextField()
    version = models.IntegerField()
    body = models.TextField()
    visible = models.JSONField()

    class Meta:
        app_label = "qipan"
        db_table = "plans"


class Draft(models.Model):
    """What someone has typed, as they typed it; ``facts`` holds what was looked up for it, each with its provenance.

    ``answers`` are texts as typed; ``claims`` say of a known fact that it is not right; ``consents`` names the resources that may
    be asked, ``without`` those that may not or do not answer, ``lacking`` what they had no value for (``fetch field``);
    ``skipped`` the optional services left out.
    """

    id = models.UUIDField(primary_key=True)
    person = models.BigIntegerField()
    event = models.TextField()
    version = models.IntegerField()
    answers = models.JSONField(default=dict)
    claims = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    consents = ArrayField(models.TextField(), default=list)
    without = ArrayField(models.TextField(), default=list)
    lacking = ArrayField(models.TextField(), default=list)
    skipped = ArrayField(models.TextField(), default=list)
    prepared_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField()
    application = models.UUIDField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "drafts"
        indexes = [
            models.Index(
                fields=["person", "-updated_at"],
                name="drafts_person_updated",
                condition=models.Q(application=None),
            ),
        ]


class DiscardedDraft(models.Model):
    """A draft that was thrown away, whole, for as long as it can be had back; its documents wait beside it."""

    id = models.UUIDField(primary_key=True)
    person = models.BigIntegerField()
    draft = models.JSONField()
    discarded_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "discarded_drafts"


class Application(models.Model):
    """One submission for one life event; ``mandate`` under which it was sent for another. See Note [Keys without constraints].

    ``plan`` is what was promised: it follows conditions and failing sources, not progress. ``missing`` fields are asked of the
    person; ``trouble`` says what an official must see to.
    """

    id = models.UUIDField(primary_key=True)
    number = models.TextField()
    person = models.BigIntegerField()
    mandate = models.BigIntegerField(null=True)
    event = models.TextField()
    version = models.IntegerField()
    plan = models.TextField()
    state = models.TextField()
    consents = ArrayField(models.TextField(), default=list)
    without = ArrayField(models.TextField(), default=list)
    lacking = ArrayField(models.TextField(), default=list)
    skipped = ArrayField(models.TextField(), default=list)
    missing = ArrayField(models.TextField(), default=list)
    trouble = models.TextField(default="")
    submitted_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    idempotency_key = models.TextField()

    class Meta:
        app_label = "qipan"
        db_table = "applications"
        indexes = [
            models.Index(fields=["person", "-submitted_at"], name="applications_person_submitted"),
            models.Index(
                fields=["submitted_at"], name="applications_trouble", condition=~models.Q(trouble="")
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "idempotency_key"], name="applications_idempotency"),
            models.UniqueConstraint(fields=["number"], name="applications_number"),
        ]


class FactSet(models.Model):
    """What one act taught an application: facts by where they came from, ``[{kind, via, facts: {field: value}, at}, …]``.

    The view ``facts`` has a row for each fact. Of several values of a field the latest counts, and a claim never does.
    Kinds: ``identity`` · ``answer`` · ``claim`` (the person says that a known fact is not right) · ``certificate`` ·
    ``resource`` · ``service``. See Note [Keys without constraints].
    """

    id = models.BigAutoField(primary_key=True)
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    learned = models.JSONField()

    class Meta:
        app_label = "qipan"
        db_table = "fact_sets"
        indexes = [models.Index(fields=["application", "id"], name="fact_sets_application")]


class Case(models.Model):
    """One service's handling of an application in one agency; ``outputs`` are what it gives once granted.

    See Note [Keys without constraints].
    """

    id = models.UUIDField(primary_key=True)
    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, db_index=False, db_constraint=False
    )
    ordinal = models.SmallIntegerField()
    service = models.TextField()
    agency = models.TextField()
    region = models.TextField(default="")
    state = models.TextField()
    ready_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    due_on = models.DateField(null=True)
    statutory_due_on = models.DateField(null=True)
    paused_days = models.SmallIntegerField(default=0)
    handler = models.BigIntegerField(null=True)
    automatic = models.BooleanField(default=False)
    reason = models.TextField(default="")
    stopped_by = models.TextField(default="")
    outputs = models.JSONField(default=dict)

    class Meta:
        app_label = "qipan"
        db_table = "cases"
        indexes = [
            models.Index(
                fields=["agency", "state", "due_on", "id"],
                name="cases_in_hand",
                include=["service", "application"],
                condition=models.Q(state__in=[str(state) for state in IN_HAND]),
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["application", "service"], name="cases_one_per_service"),
        ]


class Correction(models.Model):
    """A request to put fields or documents right (补正); the clock stands still until it is answered."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT)
    fields = ArrayField(models.TextField(), default=list)
    evidence = ArrayField(models.TextField(), default=list)
    message = models.TextField()
    official = models.BigIntegerField()
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "corrections"
        constraints = [
            models.UniqueConstraint(
                fields=["case"], name="corrections_one_open", condition=models.Q(answered_at=None)
            ),
        ]


class Upload(models.Model):
    """A document that the person sent, for one piece of evidence of one service."""

    id = models.UUIDField(primary_key=True)
    person = models.BigIntegerField()
    draft = models.UUIDField(null=True)
    application = models.UUIDField(null=True)
    service = models.TextField()
    evidence = models.TextField()
    filename = models.TextField()
    media_type = models.TextField()
    size = models.IntegerField()
    sha256 = models.BinaryField()
    content = models.BinaryField()
    sent_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "uploads"
        indexes = [
            models.Index(fields=["draft"], name="uploads_draft"),
            models.Index(fields=["application"], name="uploads_application"),
        ]


class Call(models.Model):
    """One look-up: what was asked of whom, for what, on which ground, and what came of it; never the values.

    ``subjects`` are the platform's persons whom it concerned, whoever applied. ``step`` names the plan's fetch, ``services`` those
    that need it, ``agency`` the kind of agency whose register it is, ``mandate`` under which somebody asked for another.
    """

    id = models.BigAutoField(primary_key=True)
    application = models.UUIDField(null=True)
    draft = models.UUIDField(null=True)
    person = models.BigIntegerField()
    mandate = models.BigIntegerField(null=True)
    subjects = ArrayField(models.BigIntegerField(), default=list)
    step = models.TextField()
    resource = models.TextField()
    services = ArrayField(models.TextField(), default=list)
    fields = ArrayField(models.TextField(), default=list)
    refused = models.JSONField(default=dict)
    purpose = models.TextField()
    legal_basis = models.TextField()
    agency = models.TextField()
    outcome = models.TextField()
    at = models.DateTimeField()
    milliseconds = models.IntegerField()

    class Meta:
        app_label = "qipan"
        db_table = "calls"
        indexes = [
            models.Index(fields=["application", "id"], name="calls_application"),
            models.Index(fields=["draft"], name="calls_draft"),
            GinIndex(fields=["subjects"], name="calls_subjects"),
            BrinIndex(fields=["at"], name="calls_at"),
        ]


class Serial(models.Model):
    """Counters for the numbers that services give."""

    scope = models.TextField(primary_key=True)
    last = models.BigIntegerField()

    class Meta:
        app_label = "qipan"
        db_table = "serials"
