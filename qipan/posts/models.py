"""Posts, who holds them from when to when, and who stands in meanwhile. See the triggers in migration 0028."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Post(models.Model):
    """A post of an agency, which never changes; without ``services``, its powers are over all of the agency's."""

    id = models.BigAutoField(primary_key=True)
    agency = models.TextField()
    title = models.TextField()
    services = ArrayField(models.TextField(), default=list)
    powers = ArrayField(models.TextField())
    made_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "posts"
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "title", "services", "powers"], name="posts_one_of_a_kind"
            ),
            models.CheckConstraint(condition=~Q(powers=[]), name="posts_carry_powers"),
        ]


class Tenure(models.Model):
    """An official in a post; it counts once it is confirmed. Nobody gives themselves one, and nobody confirms what they gave.

    Without ``begins`` it was so before there was a record; ``given_by`` nobody: the platform.
    """

    id = models.BigAutoField(primary_key=True)
    official = models.ForeignKey("qipan.Official", on_delete=models.PROTECT, related_name="+")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    begins = models.DateTimeField(null=True)
    ends = models.DateTimeField(null=True)
    given_by = models.BigIntegerField(null=True)
    given_at = models.DateTimeField()
    confirmed_by = models.BigIntegerField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "tenures"
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("begins")), name="tenures_ends_later"),
            models.CheckConstraint(condition=~Q(given_by=F("official")), name="tenures_not_by_themselves"),
            models.CheckConstraint(
                condition=~Q(confirmed_by=F("official")) & ~Q(confirmed_by=F("given_by")),
                name="tenures_by_two",
            ),
        ]


class Leave(models.Model):
    """The holder of a post is away, and perhaps somebody stands in."""

    id = models.BigAutoField(primary_key=True)
    tenure = models.ForeignKey(Tenure, on_delete=models.PROTECT, related_name="+")
    begins = models.DateTimeField()
    ends = models.DateTimeField()
    substitute = models.ForeignKey("qipan.Official", on_delete=models.PROTECT, null=True, related_name="+")
    given_by = models.BigIntegerField()
    given_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "leaves"
        constraints = [models.CheckConstraint(condition=Q(ends__gte=F("begins")), name="leaves_ends_later")]
