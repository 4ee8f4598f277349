"""What is typed on our own account pages."""

from collections.abc import Mapping

from allauth.account.adapter import get_adapter
from allauth.account.fields import SetPasswordField
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from qipan.accounts.models import Account
from qipan.core.checks import LONGEST_MATCHED
from qipan.core.formats import FORMATS


class RealNameForm(forms.Form):
    """A name and a citizen identity number."""

    name = forms.CharField(
        max_length=50, label=_("姓名"), error_messages={"required": _("请填身份证上的姓名。")}
    )
    id_number = forms.CharField(
        max_length=LONGEST_MATCHED,
        label=_("公民身份号码"),
        error_messages={"required": _("请填身份证上的号码。")},
    )

    def clean_id_number(self) -> str:
        """Read the number; raises ValidationError where its check digit or its parts are wrong."""
        number = "".join(self.cleaned_data["id_number"].split()).upper()
        if FORMATS["gb11643"].fault(number, None):
            raise ValidationError(_("这个号码不对：应当是 18 位，最后一位可以是 X。请对着身份证再看一遍。"))
        return number


class NewPasswordForm(forms.Form):
    """A password, for the first time or in the place of the one before."""

    def __init__(self, user: Account, data: Mapping[str, object] | None = None) -> None:
        """Ask for it once: whoever mistypes it can sign in by code."""
        super().__init__(data)
        field = SetPasswordField(label=_("新密码"), error_messages={"required": _("请填新密码。")})
        field.user = user
        self.fields["password"] = field

    def keep(self, user: Account) -> None:
        """Set it."""
        get_adapter().set_password(user, self.cleaned_data["password"])
