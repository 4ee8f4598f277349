"""Phone numbers as people type them, and as they are shown again."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from qipan.accounts.phones import e164

SHOWN_END = 4
LONGEST = 40


class PhoneField(forms.CharField):
    """A number, read as E.164."""

    default_error_messages = {
        "invalid": _("请填 11 位手机号；境外号码以 + 和国家代码开头，如 +85261234567。"),
        "required": _("请填手机号。"),
    }

    def __init__(self, **options: object) -> None:
        """Take the options that allauth gives."""
        super().__init__(
            required=bool(options.get("required", True)),
            max_length=LONGEST,
            label=_("手机号"),
            empty_value="",
        )

    def clean(self, value: object) -> str:
        """Read it; raises ValidationError."""
        typed = str(super().clean(value))
        number = e164(typed)
        if typed and not number:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return number


def shown(phone: str) -> str:
    """A number in part, for whoever knows the whole of it."""
    own = phone.removeprefix("+86")
    return f"{own[:3]}{'*' * max(len(own) - 3 - SHOWN_END, 0)}{own[-SHOWN_END:]}"
