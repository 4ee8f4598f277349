"""Says what a library's declarations get wrong, for the civil servant who keeps it: what it is, and what to do."""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Final

from qipan.core.declarations import Library
from qipan.core.plan import Problem
from qipan.faces.look.compared_values import value_fault
from qipan.faces.look.shape_words import SECTIONS, place, shape_sentence, suggestion

_ZH: Final[Mapping[str, str]] = {
    "duplicate": "“{name}”声明了两次。请删去一处，或改用别的名字。",
    "used-twice": "{event}里，{name}用了两次。请删去一处。",
    "unknown-name": "{place}提到了“{name}”，但没有声明过这个{section}。{suggestions}",
    "unmapped-party": "{place}：这个事项的主体“{name}”在这件事里没有同名的主体。请用 parties 写明是哪一个，如 parties: {{{name}: {party}}}。",
    "wrong-kind": "{place}处种类不符：应是{expected}的，而“{name}”是{found}的。请换成种类相符的。",
    "no-supply": "{event}里，{service}要用 {field}，但{reason}，也不能问本人。请让一个事项或数据资源提供它，或允许询问。",
    "no-supply-alone": "{service}要用 {field}，但{reason}，也不能问本人。请让一个事项或数据资源提供它，或允许询问。",
    "two-producers": "{event}里，{services}都产生 {field}。请只留一处，或用 when 把两种情形分开。",
    "two-records": "{resources}都声明自己是 {element} 的权威来源。一数一源，请只留一个。",
    "cycle": "{event}里，这几个事项互相等待，谁也办不成：{path}。请去掉其中一个需要，或给它另一个来源。",
    "cycle-parties": "{event}里，{path} 是否参与要看自己的 {fields}，而不参与就无从知道。请改用别的主体的情况来判断。",
    "wrong-check": "{place}：{name} 不适用于 {found} 类型的数据元 {element}。请删去，或改正类型。",
    "wrong-value": "{place}：{element} 不会是“{name}”。请改成允许的值。",
    "late-promise": "{service}承诺 {found} 个工作日，比法定的 {expected} 个还长。请改短承诺，或改正法定时限。",
    "no-relation": "{section} {name} 涉及几个主体，却没有写明它们的关系。请用 relation 写明。",
    "empty-checks-element": "数据元 {field} 的要求自相矛盾，没有哪个值能满足。请改正要求。",
    "empty-checks-alone": "{services}对 {field} 的要求与数据元本身的要求矛盾，没有哪个值能满足。请统一要求。",
    "empty-checks": "{event}里，{services}对 {field} 的要求互相矛盾，没有哪个值能同时满足。请统一要求。",
    "unreachable": "{place}的条件永远不会成立：{predicate}。{why}请改正条件，或删去这一项。{suggestions}",
    "untold-without-law": "{resource}的使用过一段时间才告知本人，但没有写明依据的法律。请用 untold_law 写明。",
    "withheld-without-law": "{resource}声明为不予共享，但没有写明依据的法律。请用 share_law 写明。",
    "unmet-evidence": "{service}的材料 {evidence} 没有任何办法可以满足。请给出能颁发的证照、能查到的数据，或允许上传。",
    "wrong-holder": "{place}：“{name}”说明不了证照由谁持有。请写本事项需要或产生的身份号码：自然人的公民身份号码，或组织的统一社会信用代码。",
    "unseen-holder": "{service}可以不经人审就办结，却要让申请人以外的人也持有证照。请删去 holders 或 automatic 中的一项。",
    "unused": "{section} {name} 没有任何地方用到。如不再需要，请删去。",
    "no-grant": "{resource}是有条件共享的，{event}用得上其中的 {fields}，但没有共享授权。请补上授权，就能少问几项。",
    "doubtful-supply": "{event}里，{service}要用 {field}，这一项不能问本人，只能由{services}产生，而那并不是每次都办。没有它，{service}就办不成。请给它另一个来源，或用 when 写明只在那时才需要。",
    "expired": "共享授权 {name} 到 {found} 为止，已经过期，{event}不能再从{resource}查询。请续期，或删去这项授权。",
}
_EN: Final[Mapping[str, str]] = {
    "duplicate": "“{name}” is declared twice. Delete one of them, or give it another name.",
    "used-twice": "{event} uses {name} twice. Delete one of them.",
    "unknown-name": "{place} speaks of “{name}”, but no such {section} is declared. {suggestions}",
    "unmapped-party": "{place}: the service's party “{name}” has no party of that name in the event. Say which it is, as in parties: {{{name}: {party}}}.",
    "wrong-kind": "Kinds do not match at {place}: {expected} is wanted there, and “{name}” belongs to {found}. Use one of the right kind.",
    "no-supply": "In {event}, {service} needs {field}; {reason}, and nobody may be asked. Have a service or a resource give it, or allow to ask it.",
    "no-supply-alone": "{service} needs {field}; {reason}, and nobody may be asked. Have a service or a resource give it, or allow to ask it.",
    "two-producers": "In {event}, {services} both give {field}. Keep one of them, or part the two cases with conditions.",
    "two-records": "{resources} both claim to be the source of record of {element}. There can be one only; keep one.",
    "cycle": "In {event}, these services wait for each other, so that none can be done: {path}. Drop one of the needs, or give it another source.",
    "cycle-parties": "In {event}, whether {path} takes part turns on its own {fields}, which is unknown until it does. Judge by the facts of another party.",
    "wrong-check": "{place}: {name} says nothing about {element}, which is of type {found}. Delete it, or correct the type.",
    "wrong-value": "{place}: {element} is never “{name}”. Write a value that is allowed.",
    "late-promise": "{service} promises {found} working days, longer than the {expected} that the law allows. Shorten the promise, or correct the limit.",
    "no-relation": "{section} {name} is about several parties, but does not say how they are related. Say so with relation.",
    "empty-checks-element": "What the element {field} demands contradicts itself, so that no value passes. Correct it.",
    "empty-checks-alone": "What {services} demands of {field} contradicts the element itself, so that no value can meet both. Make them agree.",
    "empty-checks": "In {event}, {services} make demands on {field} that no value can meet together. Make them agree.",
    "unreachable": "The condition of {place} can never be true: {predicate}. {why}Correct it, or delete what it guards. {suggestions}",
    "untold-without-law": "Uses of {resource} are told to people only later, but no law is cited. Name it in untold_law.",
    "withheld-without-law": "{resource} is withheld, but cites no law. Name the law in share_law.",
    "unmet-evidence": "The document {evidence} of {service} can be met in no way. Give a certificate that is issued, facts that have a source, or allow an upload.",
    "wrong-holder": "{place}: “{name}” does not say who holds the certificate. Write an identity number that the service needs or gives: a person's citizen number, or an organization's credit code.",
    "unseen-holder": "{service} can be granted without an official, and yet somebody besides the applicant would hold its certificate. Delete holders, or automatic.",
    "unused": "{section} {name} is used nowhere. Delete it if it is no longer wanted.",
    "no-grant": "{resource} is shared on a condition, and {event} could use {fields} of it, but has no grant. With a grant, less would be asked.",
    "doubtful-supply": "In {event}, {service} needs {field}, which nobody may be asked and which only {services} can give; that is not done every time, and without it {service} cannot be done. Give it another source, or say with a condition when it is needed.",
    "expired": "The grant {name} ended on {found}, so that {event} can no longer look anything up in {resource}. Renew it, or delete it.",
}
_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    **SECTIONS,
    "parties": ("主体", "party"),
    "levels": ("层级", "level of its agency"),
    "Person": ("自然人（Person）", "a person"),
    "Organization": ("组织（Organization）", "an organization"),
}
_SUPPLY: Final[Mapping[str, tuple[str, str]]] = {
    "withheld": (
        "只有{resources}有它，而它依法不予共享",
        "only {resources} holds it, which is withheld by law",
    ),
    "no-grant": (
        "只有{resources}有它，而它还没有共享授权",
        "only {resources} holds it, for which there is no grant",
    ),
    "key-unknown": (
        "查{resources}所用的关键项没有来源",
        "{resources} holds it, but nothing supplies its keys",
    ),
    "false": ("{resources}在这里的关系下用不上", "{resources} does not apply to these parties"),
    "no-source": ("没有任何来源提供它", "nobody supplies it"),
}

_COMPARED: Final = re.compile(r"""(\w+)\.(\w+) (?:==|!=|<=|>=|<|>) ("(?:[^"\\]|\\.)*"|-?[\d.]+)""")
_LONGEST: Final = 120
_SPACES: Final = re.compile(r" *([，。、；：]) *|  +")
_NAMES: Final = ("{event}", "{resource}", "{resources}", "{service}", "{services}")


def problem_sentence(problem: Problem, language: str, library: Library | None = None) -> str:
    """Word a problem, with the titles of a library if given; a code without words is a mistake of ours: KeyError."""
    if problem.code == "syntax":
        return shape_sentence(problem, language)
    chinese = language.startswith("zh")
    named = _Named(problem.values, library, chinese=chinese).all()
    form = (_ZH if chinese else _EN)[_variant(problem)]
    sentence = _SPACES.sub(lambda found: found[1] or " ", form.format_map(named)).strip()
    begins_with_a_name = chinese or form.startswith(_NAMES)
    return sentence if begins_with_a_name else sentence[0].upper() + sentence[1:]


def _variant(problem: Problem) -> str:
    if problem.code == "duplicate" and "event" in problem.values:
        return "used-twice"
    if problem.code == "cycle" and problem.values.get("section") == "parties":
        return "cycle-parties"
    if problem.code == "empty-checks" and not problem.values.get("services"):
        return "empty-checks-element"
    if problem.code == "unknown-name" and _unmapped(problem.values.get("where", ()), problem.values):
        return "unmapped-party"
    return f"{problem.code}-alone" if problem.values.get("event") == "" else problem.code


def _unmapped(where: object, values: Mapping[str, object]) -> bool:
    """Whether a service's party has no counterpart in an event, not even a misspelt one."""
    path = _texts(where)
    return (
        values.get("section") == "parties"
        and path[:1] == ("events",)
        and path[2:3] == ("services",)
        and path[-2:] == ("parties", str(values.get("name")))
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


class _Named:
    """A problem's values in words; services and the like with their titles."""

    def __init__(self, values: Mapping[str, object], library: Library | None, *, chinese: bool) -> None:
        self.values, self.library, self.chinese = values, library, chinese

    def all(self) -> dict[str, str]:
        """Every value that a sentence may speak of."""
        plain = {name: self.joined(_texts(value)) for name, value in self.values.items()}
        return plain | {
            "place": place(self.values.get("where", ()), chinese=self.chinese),
            "suggestions": suggestion(self.suggested(), chinese=self.chinese),
            "predicate": _cut(str(self.values.get("predicate", ""))),
            "why": self.why(),
            "party": self.party(),
            "service": self.titled("services", "service"),
            "services": self.titled("services", "services"),
            "resource": self.titled("resources", "resource"),
            "resources": self.titled("resources", "resources"),
            "path": " → ".join(self.title("services", name) for name in _texts(self.values.get("path", ()))),
            "section": self.kind("section"),
            "expected": self.kind("expected"),
            "found": self.kind("found"),
            "event": self.titled("events", "event"),
            "reason": self.reason(),
        }

    def suggested(self) -> list[str]:
        """Only what is close enough to have been meant; a short name is close only in one letter."""
        name = str(self.values.get("name", ""))
        every = list(_texts(self.values.get("suggestions", ())))
        if not name:
            return every
        kind = name.partition(".")[0] + "." if "." in name else ""
        word = name.removeprefix(kind)
        words = {one.removeprefix(kind): one for one in every}
        near = difflib.get_close_matches(word, list(words), n=3, cutoff=0.66)
        return [words[one] for one in near]

    def reason(self) -> str:
        """Why nobody supplies a field."""
        pair = _SUPPLY.get(str(self.values.get("reason")), _SUPPLY["no-source"])
        return pair[0 if self.chinese else 1].format(resources=self.titled("resources", "resources"))

    def party(self) -> str:
        """A party of the event in question, for an example."""
        path = _texts(self.values.get("where", ()))
        event = self.library.events.get(path[1]) if self.library and len(path) > 1 else None
        return next((slot.name for slot in event.parties.values() if slot.applicant), "me") if event else "me"

    def why(self) -> str:
        """What is wrong with the values in a condition that can never be true, where the elements tell."""
        path = _texts(self.values.get("where", ()))
        declared = getattr(self.library, path[0], {}).get(path[1]) if self.library and len(path) > 1 else None
        if declared is None or self.library is None:
            return ""
        said = (
            value_fault(one, declared.parties, self.library, chinese=self.chinese)
            for one in _COMPARED.finditer(str(self.values.get("predicate", "")))
        )
        return next(filter(None, said), "")

    def kind(self, name: str) -> str:
        word = str(self.values.get(name, ""))
        return _KINDS.get(word, (word, word))[0 if self.chinese else 1]

    def titled(self, section: str, name: str) -> str:
        return self.joined(self.title(section, each) for each in _texts(self.values.get(name, ())))

    def title(self, section: str, name: str) -> str:
        declared = getattr(self.library, section, {}) if self.library else {}
        if name not in declared:
            return f" {name} " if self.chinese else name
        title = declared[name].title.say("zh" if self.chinese else "en")
        return f"“{title}”（{name}）" if self.chinese else f"“{title}” ({name})"

    def joined(self, words: Iterable[str]) -> str:
        every = list(words)
        if self.chinese or len(every) < len("ab"):
            return "、".join(every)
        return f"{', '.join(every[:-1])} and {every[-1]}"


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return tuple(map(str, value))
    return (str(value),)
