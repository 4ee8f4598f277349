"""Accounts as allauth knows them: model instances, which nobody else gets."""

from allauth.mfa.models import Authenticator

from qipan.accounts.models import Account


def by_phone(phone: str) -> Account | None:
    """Find the account whose verified number this is: one that somebody merely typed is nobody's."""
    return Account.objects.filter(phone=phone, phone_verified=True).first()


def of_number(number: int) -> Account:
    """Give the account of this number."""
    return Account.objects.get(id=number)


def authenticators(account: Account) -> list[Authenticator]:
    """List an account's passkeys, authenticator and recovery codes."""
    return list(Authenticator.objects.filter(user=account).order_by("id"))
