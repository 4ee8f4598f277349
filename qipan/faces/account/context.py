"""What the templates of account pages can rely on besides what every template can."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest

from qipan.adapters.notices import file_of
from qipan.faces.account.fields import field
from qipan.faces.account.phone_numbers import shown
from qipan.faces.look.preferences import safe_next


def account_pages(request: HttpRequest) -> dict[str, Callable[..., object]]:
    """The context processor: `entry` makes a control of an allauth field, `in_part` shows a phone number, `onward` is where to go next.

    `written_to` is the file that messages are written into where they are not sent.
    """
    return {
        "entry": field,
        "in_part": shown,
        "onward": lambda: safe_next(request, ""),
        "written_to": lambda: file_of(settings.QIPAN_NOTICES),
    }
