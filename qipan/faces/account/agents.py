"""What a browser says of itself, in two words that its owner knows it by. It may say anything."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

BROWSERS: Sequence[tuple[str, str]] = (
    ("MicroMessenger/", "微信"),
    ("AlipayClient/", "支付宝"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("HuaweiBrowser/", "华为浏览器"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Sequence[tuple[str, str]] = (
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def agent_words(agent: str) -> str:
    """Such as Chrome · Android."""
    found = [next((name for mark, name in kinds if mark in agent), "") for kinds in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, found)) or _("认不出的设备")
