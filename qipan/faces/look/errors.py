"""Pages for what went wrong, in the same look, each saying what to do next.

They are rendered without touching the database, so that they still work when it is the database that is down. Where a face knows
its reader, what is not there and what is not for them are shown in that face's own frame (qipan/site/troubles.py).
"""

from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from pydantic_core import PydanticSerializationError

from qipan.faces.look.access import access, anyone, led_to, way_back
from qipan.faces.look.kept import keep

TEMPLATE = "look/trouble.html"
UNKEEPABLE = (DataError, UnicodeEncodeError, PydanticSerializationError)
"""What happens when somebody sends what no database keeps: NUL, half a character, a number beyond all bounds. A bad request."""


class Trouble(NamedTuple):
    """What happened, in a heading and a sentence, and what the reader can do."""

    title: str
    what: str
    steps: tuple[str, ...]


@access(anyone)
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django gives it by name
    """400: the address or the form made no sense to us."""
    steps = (_("返回上一页，刷新后再试一次。"), _("从首页重新进入。"))
    return _page(request, 400, Trouble(_("没能看懂这次请求"), _("发来的内容不完整，或格式不对。"), steps))


@access(anyone)
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django gives it by name
    """403: not for this reader."""
    return _page(request, 403, not_for_them())


@access(anyone)
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 -- Django gives it by name
    """404: nothing here, or nothing that this reader may know of."""
    return _page(request, 404, nothing_here())


@access(anyone)
def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault."""
    steps = (
        _("稍等一两分钟，再试一次。"),
        _("您已经保存的内容还在，不用重填。"),
        _("急事请拨打 12345，或到就近的办事窗口。"),
    )
    return _page(request, 500, Trouble(_("系统出了问题"), _("不是您的错，我们已经记下来了。"), steps))


@access(anyone)
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 -- Django gives it by name
    """403 for a form whose token is missing or stale: it came from another site, from a browser without cookies, or stood open
    while somebody signed in elsewhere. What such a form of our own held is shown again where it was typed.
    """
    if settings.CSRF_COOKIE_NAME not in request.COOKIES:
        return _page(request, 403, _without_cookies())
    steps = (_("返回刚才的页面，刷新，再提交一次。已保存的内容不会丢。"), _("从首页重新进入。"))
    happened = _("为了防止别人冒用您的名义，这次提交没有生效。")
    if request.headers.get("Origin") != f"{request.scheme}://{request.get_host()}":
        return _page(request, 403, Trouble(_("这个页面放得太久了"), happened, steps))
    back = way_back(request)
    response = led_to(request, back)
    keep(request, response, back, ended=True)
    return response


def _without_cookies() -> Trouble:
    steps = (
        _("在浏览器的设置里找到“Cookie”或“隐私”，允许本网站保存 Cookie，再刷新页面。"),
        _("用的是无痕窗口或微信、支付宝里的页面？换手机自带的浏览器打开试试。"),
        _("不会设置？请拨打 12345，或到就近的办事窗口。"),
    )
    return Trouble(
        _("浏览器没有保存 Cookie"), _("没有 Cookie，我们认不出是您在办，所以这一步没有办成。"), steps
    )


def _page(request: HttpRequest, status: int, trouble: Trouble) -> HttpResponse:
    return render(request, TEMPLATE, shown(trouble, status), status=status)


def shown(
    trouble: Trouble, status: int, *, frame: str = "look/base.html", home: str = "/"
) -> dict[str, object]:
    """What the template is given; `frame` is the template it stands in, `home` where its button leads."""
    return {"trouble": trouble, "status": status, "frame": frame, "home": home}


def nothing_here() -> Trouble:
    """No such page, or none that this reader may know of."""
    steps = (_("检查网址有没有打错。"), _("从首页搜索您要办的事。"), _("已经提交的申请，在“我的办件”里找。"))
    return Trouble(_("没有找到这个页面"), _("它可能已经搬走，或者从来没有过。"), steps)


def not_for_them() -> Trouble:
    """The page is others'."""
    steps = (_("看看页面上方的姓名，是不是您本人。"), _("如果要以别的身份办理，请先退出，再重新登录。"))
    return Trouble(_("您不能打开这个页面"), _("这个页面只对有关的人开放。"), steps)


class RefuseWhatCannotBeKept:
    """Tell a reader who sent what no database keeps that it is their request, not our system, that is at fault."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:  # noqa: ARG002 -- Django gives both
        """Raise BadRequest in its place, without its words: they may hold what was sent."""
        if isinstance(exception, UNKEEPABLE):
            raise BadRequest from None
