"""The agencies of the province, made from the library's kinds of agency and the divisions."""

from django.db import models


class Agency(models.Model):
    """One agency: ``code`` is ``<division>.<kind>``; ``parent`` is the agency of its kind one level up that exists."""

    code = models.TextField(primary_key=True)
    kind = models.TextField()
    level = models.TextField()
    division = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField(default="")
    parent = models.TextField(default="")

    class Meta:
        app_label = "qipan"
        db_table = "agencies"
        indexes = [
            models.Index(fields=["kind", "division"], name="agencies_kind_division"),
            models.Index(fields=["parent"], name="agencies_parent"),
        ]
