"""The environment of every template: escaped, translated, and strict about names that are not there."""

from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined


def environment(**options: object) -> Environment:
    """Django calls this once; `csrf_input`, `csrf_token`, `request` and `messages` come with each request."""
    env = Environment(
        **{
            **options,
            "autoescape": True,
            "undefined": StrictUndefined,
            "trim_blocks": True,
            "lstrip_blocks": True,
            "extensions": ["jinja2.ext.i18n"],
        }
    )
    env.install_gettext_callables(translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext)
    env.globals |= {"static": static, "url": _url, "language": translation.get_language}
    return env


def _url(name: str, /, **arguments: object) -> str:
    return reverse(name, kwargs=arguments)
