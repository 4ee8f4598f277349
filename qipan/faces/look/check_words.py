"""Says in words what is wrong with an answer, and what to do about it."""

from collections.abc import Callable, Mapping

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qipan.core.checks import CheckFailure
from qipan.core.elements import Element
from qipan.faces.look.values import as_date

Values = Mapping[str, object]


def sentence(failure: CheckFailure, element: Element, language: str) -> str:
    """What to tell the person who typed it; the element's hint says what was expected where only a pattern knows."""
    if failure.code == "wrong-pattern" and element.hint:
        return _("写法不对，应为：%(hint)s。") % {"hint": element.hint.say(language).rstrip("。.")}
    say = _SENTENCES.get(failure.code, _otherwise)
    return say(failure.values)


def missing() -> str:
    """What to tell about a question left open."""
    return _("还没有回答。")


def _otherwise(_values: Values) -> str:
    return _("写法不对，请对照提示再看一遍。")


def _too_short(values: Values) -> str:
    limit = int(str(values["limit"]))
    return ngettext("太短了，至少要 %(limit)s 个字。", "太短了，至少要 %(limit)s 个字。", limit) % {
        "limit": limit
    }


def _too_long(values: Values) -> str:
    limit = int(str(values["limit"]))
    return ngettext("太长了，最多 %(limit)s 个字。", "太长了，最多 %(limit)s 个字。", limit) % {
        "limit": limit
    }


def _day(values: Values) -> str:
    day = as_date(str(values["limit"]))
    return date_format(day) if day else str(values["limit"])


_SENTENCES: Mapping[str, Callable[[Values], str]] = {
    "not-text": lambda _v: _("有认不出的字符，请重新输入。"),
    "not-integer": lambda _v: _("请填整数，例如 3。"),
    "not-decimal": lambda _v: _("请填数字，例如 3.5。"),
    "not-boolean": lambda _v: _("请选“是”或“否”。"),
    "not-date": lambda _v: _("请填日期，例如 2026-11-03。"),
    "not-in-codes": lambda _v: _("请从列出的选项里选一个。"),
    "not-allowed": lambda _v: _("办这几件事不能选这一项，请另选一个。"),
    "too-short": _too_short,
    "too-long": _too_long,
    "too-low": lambda v: _("太小了，不能小于 %(limit)s。") % v,
    "too-high": lambda v: _("太大了，不能大于 %(limit)s。") % v,
    "too-early": lambda v: _("日期太早了，不能早于%(day)s。") % {"day": _day(v)},
    "too-late": lambda v: _("日期太晚了，不能晚于%(day)s。") % {"day": _day(v)},
    "gb11643-shape": lambda _v: _("公民身份号码是 18 位，前 17 位是数字，末位是数字或 X。"),
    "gb11643-region": lambda _v: _("公民身份号码的前两位不是省份代码，请对照证件再看一遍。"),
    "gb11643-birth": lambda _v: _("公民身份号码里的出生日期不存在，请对照证件再看一遍。"),
    "gb11643-digit": lambda _v: _("公民身份号码有一位错了（校验不符），请对照证件再看一遍。"),
    "gb32100-shape": lambda _v: _("统一社会信用代码是 18 位数字和大写字母，在营业执照右上方。"),
    "gb32100-character": lambda _v: _("统一社会信用代码有一位错了（校验不符），请对照营业执照再看一遍。"),
    "bank-card-shape": lambda _v: _("银行卡号是 12 到 19 位数字，在卡的正面。"),
    "bank-card-digit": lambda _v: _("银行卡号有一位错了（校验不符），请对照卡面再看一遍。"),
    "mobile": lambda _v: _("手机号码是 11 位数字，1 开头。"),
    "phone": lambda _v: _("电话号码写法不对，例如 0571-85022222 或 13800000000。"),
    "email": lambda _v: _("电子邮箱写法不对，例如 name@example.cn。"),
    "region": lambda _v: _("没有找到这个地方，请写到县（市、区），再从列出的地方里选。"),
    "postcode": lambda _v: _("邮政编码是 6 位数字。"),
}
