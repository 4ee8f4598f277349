"""What the templates of account pages can rely on besides what every template can."""

from collections.abc import Callable

from django.http import HttpRequest

from qipan.faces.account.fields import field
from qipan.faces.account.phone_numbers import shown
from qipan.faces.look.preferences import safe_next


def account_pages(request: HttpRequest) -> dict[str, Callable[..., object]]:
    """The context processor: `entry` makes a control of an allauth field, `in_part` shows a phone number, `onward` is where to go next."""
    return {"entry": field, "in_part": shown, "onward": lambda: safe_next(request, "")}
