"""The one Django app: it holds the tables of every capability, so that moving a model is moving a file."""

from django.apps import AppConfig
from django.contrib.auth.apps import AuthConfig
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.apps import ContentTypesConfig
from django.contrib.contenttypes.management import create_contenttypes
from django.db.models.signals import post_migrate


class QipanConfig(AppConfig):
    default = True
    name = "qipan.site"
    label = "qipan"
    verbose_name = "Qipan"
    default_auto_field = "django.db.models.BigAutoField"


class Auth(AuthConfig):
    """Django's accounts without its permissions: who may do what is the business of rules and operations."""

    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Make no rows for permissions."""
        super().ready()
        post_migrate.disconnect(
            create_permissions, dispatch_uid="django.contrib.auth.management.create_permissions"
        )


class ContentTypes(ContentTypesConfig):
    """Django's list of models, which its accounts need to be there, and nobody reads."""

    default_auto_field = "django.db.models.AutoField"

    def ready(self) -> None:
        """Make no rows."""
        super().ready()
        post_migrate.disconnect(create_contenttypes)
