"""The environment of every template: escaped, translated, and strict about names that are not there."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined

from qipan.faces.look.drawings import drawing


def environment(**options: Any) -> Environment:
    """Django calls this once; `csrf_input`, `csrf_token`, `request` and `messages` come with each request."""
    env = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
        loader=options["loader"],
        auto_reload=options["auto_reload"],
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    env.globals |= {
        "static": static,
        "url": _url,
        "language": translation.get_language,
        "drawing": drawing,
    }
    return env


def _url(name: str, /, **arguments: object) -> str:
    return reverse(name, kwargs=arguments)
