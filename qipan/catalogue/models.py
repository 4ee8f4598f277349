"""Published versions of the library."""

from django.db import models


class LibraryVersion(models.Model):
    """A library as it was published: the files themselves, packed; never changed."""

    number = models.AutoField(primary_key=True)
    digest = models.TextField(unique=True)
    archive = models.BinaryField()
    published_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "library_versions"


class ResourceVersion(models.Model):
    """What a published library changed in a resource: its ``number``-th version. ``parts`` are the changes as written there."""

    pk = models.CompositePrimaryKey("resource", "number")
    resource = models.TextField()
    number = models.IntegerField()
    library = models.IntegerField()
    kind = models.TextField()
    parts = models.JSONField(default=list)
    released_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "resource_versions"
