"""Says to an official what stands in the way of an act, and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import Http404
from django.utils.translation import gettext as _

from qipan.applications.errors import NotTheirs, UnableToAct


def refusal(error: UnableToAct, *, batch: bool = False) -> str:
    """What to tell the official whose act could not be done."""
    if batch and error.code == "outputs":
        return _("有结果要填，或者申请人对数据有异议，请打开逐件办。")
    return {
        "not-in-this-state": _("它的状态刚刚变了，现在不能这样办，请看最新情况。"),
        "unreasoned": _("请写明理由。"),
        "outputs": _("结果没有填好，请看下面的提示。"),
        "not-found": _("它已不在您手上。"),
    }.get(error.code, _("没有办成，请再试一次。"))


@contextmanager
def theirs() -> Iterator[None]:
    """What is not theirs to handle does not exist for them."""
    try:
        yield
    except NotTheirs as error:
        raise Http404 from error
