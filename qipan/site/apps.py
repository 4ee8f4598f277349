"""The one Django app: it holds the tables of every capability, so that moving a model is moving a file."""

from django.apps import AppConfig


class QipanConfig(AppConfig):
    name = "qipan.site"
    label = "qipan"
    verbose_name = "Qipan"
    default_auto_field = "django.db.models.BigAutoField"
