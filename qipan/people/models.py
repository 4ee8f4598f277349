"""The people who use the platform, and the systems that act for agencies. A real accounts system will stand in front of these."""

from django.db import models


class Person(models.Model):
    """Whoever applications are made for: a resident, known by the citizen identity number, or an enterprise, by its credit code.

    ``kind`` is ``person`` or ``organization``; ``represented_by`` an enterprise's legal representative; ``story`` introduces a sample
    person.
    """

    id = models.BigAutoField(primary_key=True)
    id_number = models.TextField(unique=True)
    name = models.TextField()
    phone = models.TextField(default="")
    story_zh = models.TextField(default="")
    story_en = models.TextField(default="")
    sample = models.BooleanField(default=False)
    kind = models.TextField(default="person", db_default="person")
    represented_by = models.BigIntegerField(null=True)

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
    """Somebody who works at agencies; what they may do follows from the posts they hold (qipan/posts/models.py).

    ``person`` is who they are, once they come in by an account of their own. ``agency`` and ``post`` are where, and as what, they first
    came into office: by these their peers are known. Without ``person``, agency and name tell them from others.
    """

    id = models.BigAutoField(primary_key=True)
    name = models.TextField()
    agency = models.TextField()
    post = models.TextField(default="")
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, related_name="+")
    sample = models.BooleanField(default=False)

    class Meta:
        app_label = "qipan"
        db_table = "officials"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "name"],
                name="officials_one_of_a_name",
                condition=models.Q(person=None) & ~models.Q(agency=""),
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
