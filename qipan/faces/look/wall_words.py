"""Says in plain words what the walls let pass, mask or refuse, and by which rule: for pages, commands and documents alike."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from qipan.core.elements import Text
from qipan.core.walls import GRADES, RULES, Decision, Purpose, Relation, Rule, Verdict, Zone

ZONES: Final[Mapping[Zone, Text]] = {
    Zone.INSIDE: Text("体制内", "Inside"),
    Zone.HALF: Text("半内半外", "Half inside"),
    Zone.OUTSIDE: Text("体制外", "Outside"),
    Zone.UPWARD: Text("上级", "Upward"),
    Zone.DOWNWARD: Text("下级", "Downward"),
}
ZONES_EXPLAINED: Final[Mapping[Zone, Text]] = {
    Zone.INSIDE: Text("党政机关和它们的工作台", "Offices of government and their desk"),
    Zone.HALF: Text(
        "替政府服务群众的单位：医院、银行、村（居）委会等",
        "Bodies that serve the public for government: hospitals, banks, village committees",
    ),
    Zone.OUTSIDE: Text("群众、企业和其他人", "People, enterprises and everybody else"),
    Zone.UPWARD: Text(
        "上级的系统，包括垂直管理的部门", "Systems of superiors, and of agencies administered from above"
    ),
    Zone.DOWNWARD: Text("下级的系统", "Systems of subordinates"),
}
PURPOSES: Final[Mapping[Purpose, Text]] = {
    Purpose.USE: Text("有依据的用途", "A use with its legal basis"),
    Purpose.RECOGNISE: Text("只为辨认", "Only to tell one from another"),
    Purpose.NONE: Text("没有说明用途", "None named"),
}
RELATIONS: Final[Mapping[Relation, Text]] = {
    Relation.OWN: Text("本人的数据", "Their own"),
    Relation.CASE: Text("正在办理的件", "A case in hand"),
    Relation.SUPERIOR: Text("上级要下级的数据", "A superior takes a subordinate's"),
    Relation.SUBORDINATE: Text("下级要上级的数据", "A subordinate takes a superior's"),
    Relation.NONE: Text("没有关系", "None"),
}
VERDICTS: Final[Mapping[Verdict, Text]] = {
    Verdict.PASS: Text("放行", "Passes"),
    Verdict.MASK: Text("遮掩", "Masked"),
    Verdict.REFUSE: Text("不放行", "Refused"),
}
CONSENTS: Final[Mapping[bool, Text]] = {
    True: Text("本人同意", "The person agreed"),
    False: Text("本人没有同意", "The person did not agree"),
}
GRADE_WORDS: Final[Mapping[int, Text]] = {
    1: Text("1 公开", "1 public"),
    2: Text("2 内部", "2 internal"),
    3: Text("3 敏感", "3 sensitive"),
    4: Text("4 核心", "4 core"),
}
ANY: Final = Text("不论", "Any")
ANYBODY: Final = Text("任何人", "Anybody")
ALWAYS: Final = Text("不论", "Whatever else")
FROM: Final = Text("数据来自{givers}", "The data come from: {givers}")
UP_TO: Final = Text("{grade}及以下", "Up to {grade}")
WHY: Final[Mapping[str, Text]] = {
    "public": Text("公开数据谁都可以看。", "Anybody may see what is public."),
    "own": Text(
        "本人可以看自己的数据；窗口人员替到场的人办理时也一样。",
        "People may see their own data, and so may the clerk who serves somebody present.",
    ),
    "case": Text(
        "经办单位可以看所办事项要用的数据：用途明确，本人已同意。",
        "Whoever handles a case may see what its service needs: the use is named, the person agreed.",
    ),
    "case-by-law": Text(
        "机关办件依法要用的内部数据，不需要另外同意。",
        "An office that handles a case may by law use internal data without further consent.",
    ),
    "returned": Text(
        "上级系统里的数据回流给属地机关使用。",
        "Data in a superior's systems flow back to the offices of the place they are about.",
    ),
    "reported": Text(
        "上级机关可以依法看下级的内部数据。", "A superior office may by law see its subordinates' internal data."
    ),
    "agreed-inside": Text(
        "本人同意、用途明确，机关可以使用，核心数据除外。",
        "With the person's consent and a named use, offices may use all but core data.",
    ),
    "shared-inside": Text(
        "用途明确的内部数据在机关之间共享。", "Internal data are shared between offices for a named use."
    ),
    "agreed": Text(
        "本人同意、用途明确，公开和内部数据可以给出去。",
        "With the person's consent and a named use, public and internal data may be given.",
    ),
    "recognised": Text(
        "看到的人只要能认出是谁、是哪一件，所以只露出一部分。",
        "Whoever sees it only has to tell one from another, so only a part is shown.",
    ),
    "masked-inside": Text(
        "没有本人同意，敏感数据在机关之间只露出一部分。",
        "Without the person's consent, sensitive data are shown to offices in part only.",
    ),
    "masked-core": Text(
        "不办这一件的机关，即使本人同意，核心数据也只露出一部分。",
        "An office that does not handle the case sees core data in part only, even with consent.",
    ),
    "masked-by-consent": Text(
        "本人同意给出敏感数据，但对机关以外只露出一部分。",
        "The person agreed, but outside the offices sensitive data are shown in part only.",
    ),
    "no-purpose": Text(
        "没有说明用途。不说用途，只能看公开数据和本人的数据。",
        "No purpose was named. Without one, only public data and one's own can be seen.",
    ),
    "only-to-recognise": Text(
        "只为辨认，用不着这样敏感的数据。", "To tell one case from another, such data are not needed."
    ),
    "no-consent": Text("本人没有同意，法律也没有允许。", "The person did not consent, and no law permits it."),
    "core-stays": Text("核心数据不出机关。", "Core data do not leave the offices."),
    "nothing-else": Text("没有哪条规则允许。没有允许的，一律不放行。", "No rule permits it, and what is not permitted is refused."),
}  # fmt: skip


class RuleLine(NamedTuple):
    """A rule as people read it: its number in the table, what it does, for whom, when, up to which grade, and why."""

    number: int
    name: str
    verdict: Verdict
    does: str
    taker: str
    when: str
    grades: str
    why: str


def rule_lines(language: str) -> list[RuleLine]:
    """Word the whole table."""
    return [_line(number, rule, language) for number, rule in enumerate(RULES, 1)]


def number_of(rule: str) -> int:
    """Where a rule stands in the table, from 1."""
    return next(number for number, one in enumerate(RULES, 1) if one.name == rule)


def decided(decision: Decision, language: str) -> str:
    """Say what was decided and why, in a sentence or two."""
    return ruled(decision.verdict, decision.rule, language)


def ruled(verdict: str, rule: str, language: str) -> str:
    """The same, of a decision that came as plain texts."""
    mark = "：" if language.startswith("zh") else ": "
    return f"{VERDICTS[Verdict(verdict)].say(language)}{mark}{WHY[rule].say(language)}"


def _line(number: int, rule: Rule, language: str) -> RuleLine:
    return RuleLine(
        number,
        rule.name,
        rule.verdict,
        VERDICTS[rule.verdict].say(language),
        _listed([ZONES[one] for one in Zone if one in rule.takers], language) or ANYBODY.say(language),
        _when(rule, language) or ALWAYS.say(language),
        _grades(rule, language),
        WHY[rule.name].say(language),
    )


def _when(rule: Rule, language: str) -> str:
    """What else must be so, from whom the data come first."""
    givers = _listed([ZONES[one] for one in Zone if one in rule.givers], language)
    said = [FROM.say(language).format(givers=givers)] if givers else []
    said += [RELATIONS[one].say(language) for one in Relation if one in rule.relations]
    said += [_either([PURPOSES[one] for one in PURPOSES if one in rule.purposes], language)]
    said += [CONSENTS[rule.consent].say(language)] if rule.consent is not None else []
    return ("；" if language.startswith("zh") else "; ").join(one for one in said if one)


def _grades(rule: Rule, language: str) -> str:
    """The lowest grade a rule is about is 1, unless it is about one alone."""
    if not rule.grades or rule.grades == frozenset(GRADES):
        return ANY.say(language)
    highest = GRADE_WORDS[max(rule.grades)].say(language)
    return highest if len(rule.grades) == 1 else UP_TO.say(language).format(grade=highest)


def _listed(words: list[Text], language: str) -> str:
    return ("、" if language.startswith("zh") else ", ").join(one.say(language) for one in words)


def _either(words: list[Text], language: str) -> str:
    return ("，或" if language.startswith("zh") else ", or ").join(one.say(language) for one in words)
