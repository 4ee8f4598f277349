"""Accounts, and the devices that they are signed in on."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import models

from qipan.people.models import Person


class Account(AbstractBaseUser):
    """How a person comes in; ``person`` once they are real-named. ``phone`` is E.164, and of one account alone once verified.

    ``level`` is how sure the platform is of who it is: see qipan/accounts/levels.py.
    """

    id = models.BigAutoField(primary_key=True)
    phone = models.TextField()
    phone_verified = models.BooleanField(default=False)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, related_name="+")
    level = models.PositiveSmallIntegerField(default=1)
    level_at = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = models.Manager()

    class Meta:
        app_label = "qipan"
        db_table = "accounts"
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], name="accounts_one_phone", condition=models.Q(phone_verified=True)
            ),
            models.CheckConstraint(condition=models.Q(level__range=(1, 3)), name="accounts_level"),
            models.CheckConstraint(
                condition=models.Q(level=1) | models.Q(person__isnull=False), name="accounts_who_above_phone"
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at"], name="accounts_unverified", condition=models.Q(phone_verified=False)
            )
        ]


class AccountSession(models.Model):
    """A device that is signed in, or on its way to; ``digest`` is of the key in its cookie, which is kept nowhere.

    ``content`` is what allauth keeps of a sign-in under way, sealed; ``second_factor_at`` is when an authenticator or passkey was shown.
    """

    digest = models.BinaryField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="+")
    content = models.TextField()
    agent = models.TextField(default="")
    address = models.TextField(default="")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    second_factor_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "account_sessions"
