"""What an official may not open, or what is not there, said in the desk's own frame: who could open it, and where to go on."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from qipan.core.posts import Power
from qipan.faces.desk.pages.shell import home_of, language, page
from qipan.faces.desk.posts.words import powers_said
from qipan.faces.look import errors
from qipan.faces.look.access import LacksPower, access, anyone
from qipan.faces.look.actors import official_of, the_official
from qipan.faces.look.errors import Trouble, shown


@access(anyone)
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """403: another post's, or another agency's."""
    if official_of(request) is None:
        return errors.forbidden(request, exception)
    what = _("这一页由别的部门来办。")
    if isinstance(exception, LacksPower):
        powers = powers_said(exception.powers)
        joined = ("、" if language(request).startswith("zh") else ", ").join(powers)
        what = _("打开它要有下面一项职责：%(powers)s。") % {"powers": joined}
    steps = [_("看看页面上方的姓名和部门，是不是您要用的身份。")]
    if Power.MANAGER not in the_official(request).powers:
        steps.append(_("这件事归您办？请本部门的岗位管理员把岗位交给您。"))
    steps.append(_("您有别的岗位？在“我的岗位”里换过去。"))
    return _page(request, 403, Trouble(_("您现在的岗位不能打开这一页"), what, tuple(steps)))


@access(anyone)
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:
    """404: nothing here, or nothing that this post may know of."""
    if official_of(request) is None:
        return errors.not_found(request, exception)
    steps = (
        _("检查网址和编号有没有打错。"),
        _("从上面的栏目里找。"),
        _("链接是别人给的？问一问是哪个部门、哪个岗位的。"),
    )
    what = _("它可能不存在，也可能不归您的部门和岗位管。")
    return _page(request, 404, Trouble(_("没有找到"), what, steps))


def _page(request: HttpRequest, status: int, trouble: Trouble) -> HttpResponse:
    home = reverse(home_of(the_official(request)))
    values = shown(trouble, status, frame="desk/base.html", home=home)
    return page(request, "trouble.html", values, status=status)
