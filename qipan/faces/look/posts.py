"""Posts as they are said: the usual ones in the reader's language, any other as the agency calls it."""

from collections.abc import Callable, Mapping
from typing import Final

from django.utils.translation import gettext as _

_USUAL: Final[Mapping[str, Callable[[], str]]] = {
    "经办人": lambda: _("经办人"),
    "代办员": lambda: _("代办员"),
    "数据共享申请员": lambda: _("数据共享申请员"),
    "数据共享审批员": lambda: _("数据共享审批员"),
    "数据安全审计员": lambda: _("数据安全审计员"),
    "数据共享协调员": lambda: _("数据共享协调员"),
    "岗位管理员": lambda: _("岗位管理员"),
}


def post_said(post: str) -> str:
    """Say what an official's post is called."""
    return _USUAL[post]() if post in _USUAL else post
