"""Fields of allauth's forms as the look's macros want them, in our words."""

from collections.abc import Mapping

from django.forms import BoundField
from django.utils.translation import gettext as _

from qipan.faces.look.controls import Control

AS_TYPED = {"autocapitalize": "none", "spellcheck": "false"}
SHAPES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "phone": ("tel", {"autocomplete": "tel", "maxlength": "20"}),
    "login": ("tel", {"autocomplete": "username", "maxlength": "20"}),
    "code": (
        "text",
        {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "20", **AS_TYPED},
    ),
    "email": ("email", {"autocomplete": "email", "maxlength": "254", **AS_TYPED}),
    "name": ("text", {"autocomplete": "name", "maxlength": "50"}),
    "id_number": ("text", {"maxlength": "40", "autocapitalize": "characters", "spellcheck": "false"}),
    "password": ("password", {"autocomplete": "current-password", "maxlength": "128"}),
    "new": ("password", {"autocomplete": "new-password", "maxlength": "128"}),
}


def field(
    bound: BoundField, shape: str, label: str = "", hint: str = "", *, optional: bool = False
) -> Control:
    """A control for one field; a password is never shown again."""
    kind, attributes = SHAPES[shape]
    value = "" if kind == "password" or shape == "code" else str(bound.value() or "")
    return Control(
        id=str(bound.id_for_label),
        name=bound.html_name,
        label=label or _labels()[shape],
        kind=kind,
        value=value,
        hint=hint,
        error=" ".join(map(str, bound.errors)),
        optional=optional,
        attributes=attributes,
        width="code" if shape in {"code", "id_number"} else "",
    )


def _labels() -> Mapping[str, str]:
    return {
        "phone": _("手机号"),
        "login": _("手机号"),
        "code": _("验证码"),
        "email": _("邮箱"),
        "name": _("姓名"),
        "id_number": _("公民身份号码"),
        "password": _("密码"),
        "new": _("密码"),
    }
