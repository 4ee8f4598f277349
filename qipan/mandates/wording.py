"""The words in which both sides are told of a mandate, in both languages: nobody is there to say which they read.

They name no life event: messages are read over shoulders.
"""

from collections.abc import Mapping

from qipan.core.mandates import Kind
from qipan.mandates.later import Became, Side
from qipan.mandates.rows import ToldRow

TITLE = "委托提醒 · 棋盘 Qipan"
NOT_YOU = "不是您本人做的，请马上登录收回，或拨打 12345。"
NOT_YOU_EN = "If it was not you, sign in and take it back now, or call 12345."

WORDS: Mapping[tuple[Became, Side], str] = {
    (Became.GIVEN, Side.PRINCIPAL): (
        "{principal}刚刚委托{agent}代办，到{day}为止，对方接受后生效。" + NOT_YOU
        + " {agent} was asked to act for {principal} until {day}. " + NOT_YOU_EN
    ),
    (Became.GIVEN, Side.AGENT): (
        "{principal}请您代办，到{day}为止。请登录看是哪些事，再决定接不接受；不认识，不用理会。"
        " {principal} asks you to act for them until {day}. Sign in to see in what, and to accept or decline."
    ),
    (Became.ACCEPTED, Side.PRINCIPAL): (
        "{agent}接受了委托，现在起能替{principal}办。随时可以登录收回。"
        " {agent} accepted and can now act for {principal}. Sign in to take it back at any time."
    ),
    (Became.USED, Side.PRINCIPAL): (
        "{agent}第一次用了{principal}的委托。办了什么，登录后看“我的办件”和“谁用了我的数据”；不放心，可以马上收回。"
        " {agent} acts for {principal} for the first time. Sign in to see what was done, or to take it back."
    ),
    (Became.ENDED, Side.PRINCIPAL): (
        "{principal}给{agent}的委托结束了，对方不能再代办。"
        " {agent} can no longer act for {principal}."
    ),
    (Became.ENDED, Side.AGENT): (
        "{principal}的委托结束了，您不能再代办。"
        " You can no longer act for {principal}."
    ),
}  # fmt: skip
REPRESENTS = (
    "市场主体登记里您是法定代表人，现在起可以为{principal}办事，到{day}要再核对一次。" + NOT_YOU
    + " You lead {principal}, as the register of enterprises says, and can act for it until {day}. " + NOT_YOU_EN
)  # fmt: skip


def told(row: ToldRow, became: Became, side: Side) -> str:
    """Say what became of a mandate to one of its sides."""
    represents = row.kind == Kind.REPRESENTATIVE and became is Became.GIVEN
    words = REPRESENTS if represents else WORDS[became, side]
    return "【棋盘】" + words.format(principal=row.principal_name, agent=row.agent_name, day=row.ends_on)
