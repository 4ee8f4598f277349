"""Accounts, the devices that they are signed in on, and the apps of agencies that they sign in to."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models

from qipan.people.models import Person


class Account(AbstractBaseUser):
    """How a person comes in; ``person`` once they are real-named. ``phone`` is E.164, and of one account alone once verified.

    ``level`` is how sure the platform is of who it is: qipan/core/assurance.py. ``email`` has been confirmed, or is empty. The
    population register was last asked for the person ``checked_at``.
    """

    id = models.BigAutoField(primary_key=True)
    phone = models.TextField()
    phone_verified = models.BooleanField(default=False)
    person = models.OneToOneField(Person, on_delete=models.PROTECT, null=True, related_name="+")
    level = models.PositiveSmallIntegerField(default=1)
    level_at = models.DateTimeField(null=True)
    email = models.TextField(default="")
    checked_at = models.DateTimeField(null=True)
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
            ),
            models.Index(
                models.F("checked_at").asc(nulls_first=True),
                name="accounts_to_check",
                condition=models.Q(person__isnull=False, is_active=True),
            ),
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


class App(models.Model):
    """An app of an agency that people sign in to with their account; ``id`` is that of allauth's client, which holds its secret.

    Apps of one ``sector`` know a person under one name, apps of different ones under names that nobody can tell to be one person's.
    """

    id = models.TextField(primary_key=True)
    agency = models.TextField()
    name_zh = models.TextField()
    name_en = models.TextField(default="")
    sector = models.TextField()
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "qipan"
        db_table = "apps"


class AppKey(models.Model):
    """What an app is told is signed with the youngest of its keys that has begun; ``sealed`` is a private key."""

    id = models.BigAutoField(primary_key=True)
    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="+")
    sealed = models.TextField()
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "app_keys"


class AppSubject(models.Model):
    """What the apps of a sector call an account: chance, so that nothing about the person can be read from it."""

    subject = models.TextField(primary_key=True)
    sector = models.TextField()
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")

    class Meta:
        app_label = "qipan"
        db_table = "app_subjects"
        constraints = [
            models.UniqueConstraint(fields=["sector", "account"], name="app_subjects_one_a_sector")
        ]


class AppConsent(models.Model):
    """That an account's owner agreed ``since`` when to an app; ``signed_in_at`` is when they last showed that it is they."""

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)
    app = models.ForeignKey(App, on_delete=models.PROTECT, related_name="+")
    scopes = ArrayField(models.TextField())
    since = models.DateTimeField()
    used_at = models.DateTimeField()
    signed_in_at = models.DateTimeField()

    class Meta:
        app_label = "qipan"
        db_table = "app_consents"
        constraints = [models.UniqueConstraint(fields=["account", "app"], name="app_consents_one_each")]
