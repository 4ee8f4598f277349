"""What people are told by text message: codes, and what happened to their account."""

import logging
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qipan.adapters.notices import Notice, NoticeNotSent, notices_by

_log = logging.getLogger(__name__)

HAPPENED: Mapping[str, Promise] = {
    "account/email/password_changed": gettext_lazy("密码刚刚改了"),
    "account/email/password_set": gettext_lazy("刚刚设了密码"),
    "mfa/email/totp_activated": gettext_lazy("刚刚加了验证器"),
    "mfa/email/totp_deactivated": gettext_lazy("刚刚去掉了验证器"),
    "mfa/email/webauthn_added": gettext_lazy("刚刚加了一把通行密钥"),
    "mfa/email/webauthn_removed": gettext_lazy("刚刚去掉了一把通行密钥"),
    "mfa/email/recovery_codes_generated": gettext_lazy("刚刚生成了新的恢复码，旧的作废"),
    "phone_changed": gettext_lazy("手机号刚刚换成了别的号码"),
    "real_named": gettext_lazy("刚刚完成了实名"),
    "email_confirmed": gettext_lazy("刚刚加了邮箱"),
}
"""By allauth's name for the letter."""


def tell_code(phone: str, code: str) -> None:
    """Send a code; raises NoticeNotSent."""
    words = _("【棋盘】验证码 %(code)s，5 分钟内有效。不要告诉任何人，工作人员也不会问您要。")
    _tell(Notice("sms", phone, words % {"code": code}))


def tell_known(phone: str) -> None:
    """Tell whoever registers with a number that has its account."""
    words = _(
        "【棋盘】有人用这个号码注册账号，而它已经有账号了。是您本人的话，请直接登录；不是的话，不用理会。"
    )
    _tell(Notice("sms", phone, words))


def tell_unknown(phone: str) -> None:
    """Tell whoever signs in with a number that has none."""
    words = _("【棋盘】有人用这个号码登录，而它还没有账号。是您本人的话，请先注册；不是的话，不用理会。")
    _tell(Notice("sms", phone, words))


def tell_link(email: str, link: str) -> None:
    """Send the link that confirms an address; raises NoticeNotSent."""
    words = _(
        "有人要用这个邮箱收棋盘账号的提醒。是您本人的话，请先登录账号，再打开：\n\n%(link)s\n\n不是的话，不用理会。"
    )
    _tell(Notice("email", email, words % {"link": link}, _("确认邮箱 · 棋盘")))


def tell_what_happened(phone: str, what: str, email: str = "") -> None:
    """Tell the owner what happened to their account, once it did, so that they notice where it was not they."""
    happened = HAPPENED.get(what)
    if happened is not None:
        words = _("【棋盘】您的账号%(happened)s。如果不是您本人，请马上登录并退出其他设备，或拨打 12345。")
        text, title = words % {"happened": happened}, _("账号提醒 · 棋盘")
        transaction.on_commit(lambda: _try_to_tell(Notice("sms", phone, text)))
        if email:
            transaction.on_commit(lambda: _try_to_tell(Notice("email", email, text, title)))


def _try_to_tell(notice: Notice) -> None:
    try:
        _tell(notice)
    except NoticeNotSent as error:
        _log.warning("A notice about an account was not sent: %s", error)


def _tell(notice: Notice) -> None:
    notices_by(settings.QIPAN_NOTICES, settings.QIPAN_NOTICES_KEY).send(notice)
