"""Says what stands in the way of an act, and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.http import Http404
from django.utils.translation import gettext as _

from qipan.applications.errors import NotTheirs, UnableToAct, UnableToUpload


def refusal(error: UnableToAct) -> str:
    """What to tell the person whose act could not be done."""
    if isinstance(error, UnableToUpload):
        return _upload_refusal(str(error.values.get("reason")))
    return {
        "not-in-this-state": _("这件事的状态刚刚变了，请看看最新的情况。"),
        "unreasoned": _("请写明原因。"),
        "answers": _("有几处还没有填好，请看下面的提示。"),
        "incomplete": _("有几处还没有填好，请看下面的提示。"),
        "rated": _("这件事您已经评过了。"),
    }.get(error.code, _("没有办成，请再试一次。"))


def _upload_refusal(reason: str) -> str:
    return {
        "too-large": _("文件太大了。每个文件不能超过 10 MB，可以把照片调小，或者分成几个文件。"),
        "empty": _("文件是空的，请重新选择。"),
        "wrong-type": _("只收照片（JPG、PNG）和 PDF 文件。"),
        "too-many": _("文件太多了，请先删掉几个。"),
    }.get(reason, _("文件没有传上来，请再试一次。"))


@contextmanager
def theirs() -> Iterator[None]:
    """What is not theirs does not exist for them."""
    try:
        yield
    except NotTheirs as error:
        raise Http404 from error
