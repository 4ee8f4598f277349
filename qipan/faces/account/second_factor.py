"""The second factor: what allauth asks of us about passkeys, authenticators and recovery codes."""

import base64
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any

import qrcode
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter, get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathFillImage

from qipan.accounts.models import Account
from qipan.faces.account.holder import own, this_request
from qipan.faces.account.limits import SECOND, spend_for
from qipan.faces.account.phone_numbers import shown

# allauth remembers for one period that a code was used; with its tolerance a code is good for several (RFC 6238, section 5.2).
GOOD_SECONDS = (2 * app_settings.TOTP_TOLERANCE + 1) * app_settings.TOTP_PERIOD
WORDS: Mapping[str, object] = {
    "incorrect_code": gettext_lazy("没有通过。看一下验证器上现在的六位数字，或者换一个恢复码。"),
    "cannot_generate_recovery_codes": gettext_lazy("先加一把通行密钥或验证器，才有恢复码。"),
}


class SecondFactor(DefaultMFAAdapter):
    """See `MFA_ADAPTER` in allauth's handbook. Secrets are sealed before they are kept."""

    error_messages = {**DefaultMFAAdapter.error_messages, **WORDS}

    def encrypt(self, text: str) -> str:
        """Seal a secret."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open it."""
        return _box().decrypt(encrypted_text.encode()).decode()

    def build_totp_svg(self, url: str) -> str:
        """Draw the code on white, so that it can be read on a dark page."""
        drawn = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(drawn)
        return drawn.getvalue().decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002, ARG002 -- as allauth calls it
        """What a passkey is called where its owner gives it no name."""
        return _("通行密钥")

    def _get_user_identifier(self, user: AbstractBaseUser) -> str:
        return shown(own(user).phone)

    def _get_site_name(self) -> str:
        return "棋盘 Qipan"

    def get_public_key_credential_user_entity(self, user: AbstractBaseUser) -> dict[str, Any]:
        """How a passkey names its account."""
        whose = shown(own(user).phone)
        return {**super().get_public_key_credential_user_entity(user), "display_name": whose}


class Counted:
    """A form that asks for a code of the second factor: each try is counted, and no code opens twice."""

    user: Account

    def clean_code(self) -> str:
        """Check the code; raises TooMany, and ValidationError."""
        spend_for(this_request(), SECOND, self.user.phone)
        code = normalize_user_code(str(super().clean_code()))  # type: ignore[misc]  # the form's
        if not cache.add(f"second-factor?account={self.user.pk}&code={code}", "used", GOOD_SECONDS):
            raise get_adapter().validation_error("incorrect_code")
        return code


class CountedAuthenticateForm(Counted, AuthenticateForm):
    """On signing in."""


class CountedReauthenticateForm(Counted, ReauthenticateForm):
    """Once more, before something that matters."""


@lru_cache(maxsize=1)
def _box() -> Fernet:
    key = salted_hmac("qipan.faces.account.second_factor", "", algorithm="sha256").digest()
    return Fernet(base64.urlsafe_b64encode(key))
