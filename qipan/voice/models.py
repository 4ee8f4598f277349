"""What people say of how they were served."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from qipan.applications.models import Case


class Rating(models.Model):
    """A person's rating of one case that has ended (好差评): 1 very bad … 5 very good."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True)
    person = models.BigIntegerField()
    score = models.SmallIntegerField()
    tags = ArrayField(models.TextField(), default=list)
    comment = models.TextField(default="")
    at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "ratings"
        constraints = [
            models.CheckConstraint(condition=models.Q(score__gte=1, score__lte=5), name="ratings_score"),
        ]
