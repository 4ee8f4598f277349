"""The people who use the platform, and the systems that act for agencies. A real accounts system will stand in front of these."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Person(models.Model):
    """A resident, known by the citizen identity number; ``story`` introduces a sample person."""

    id = models.BigAutoField(primary_key=True)
    id_number = models.TextField(unique=True)
    name = models.TextField()
    phone = models.TextField(default="")
    story_zh = models.TextField(default="")
    story_en = models.TextField(default="")
    sample = models.BooleanField(default=False)

    class Meta:
        app_label = "qipan"
        db_table = "persons"
        indexes = [  # in the order in which sample residents are listed
            models.Index(
                models.ExpressionWrapper(models.Q(story_zh=""), models.BooleanField()),
                "id",
                name="persons_sample",
                condition=models.Q(sample=True),
            ),
        ]


class Official(models.Model):
    """Someone in post at an agency; without ``services``, they handle all of the agency's. A clerk may apply for those present.

    ``role`` is theirs in the sharing of data (qipan/core/sharing.py), of which nobody has two.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    agency = models.TextField()
    post = models.TextField(default="")
    services = ArrayField(models.TextField(), default=list)
    clerk = models.BooleanField(default=False)
    role = models.TextField(default="", db_default="")
    sample = models.BooleanField(default=False)

    class Meta:
        app_label = "qipan"
        db_table = "officials"
        constraints = [
            models.UniqueConstraint(fields=["agency", "name", "post"], name="officials_one_in_post"),
            models.UniqueConstraint(
                fields=["agency", "name"], name="officials_one_role", condition=~models.Q(role="")
            ),
        ]


class ApiKey(models.Model):
    """A key by which an agency's own system acts as ``official``; only its hash is kept."""

    id = models.BigAutoField(primary_key=True)
    digest = models.BinaryField(unique=True)
    official = models.ForeignKey(Official, on_delete=models.PROTECT)
    label = models.TextField(default="")
    created_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "api_keys"
