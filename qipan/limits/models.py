"""What has been used of limits."""

from django.db import models


class Allowance(models.Model):
    """Until when a holder would have to wait for everything used to have grown back; unlogged."""

    holder = models.TextField(primary_key=True)
    used_until = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "allowances"
