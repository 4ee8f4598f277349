"""Says what a library's declarations get wrong, for the civil servant who keeps it: what it is, and what to do."""

from collections.abc import Iterable, Mapping
from typing import Final

from qipan.core.plan import Problem
from qipan.faces.look.shape_words import SECTIONS, place, shape_sentence, suggestion

_ZH: Final[Mapping[str, str]] = {
    "duplicate": "“{name}”声明了两次。请删去一处，或改用别的名字。",
    "unknown-name": "{place}提到了“{name}”，但没有声明过这个{section}。{suggestions}",
    "wrong-kind": "{place}处种类不符：应是{expected}的，而“{name}”是{found}的。请换成种类相符的。",
    "no-supply": "一件事 {event} 里，事项 {service} 要用 {field}，但没有任何来源能提供它，也不能问本人。请让一个事项或数据资源提供它，或允许询问。",
    "two-producers": "一件事 {event} 里，{services} 都产生 {field}。请只留一处，或用 when 把两种情形分开。",
    "two-records": "{resources} 都声明自己是 {element} 的权威来源。一个数据元只能有一个，请只留一个。",
    "cycle": "一件事 {event} 里，这几个事项互相等待，谁也办不成：{path}。请去掉其中一个需要，或给它另一个来源。",
    "empty-checks": "一件事 {event} 里，{services} 对 {field} 的要求互相矛盾，没有哪个值能同时满足。请统一要求。",
    "unreachable": "{place}的条件永远不会成立：{condition}。请改正条件，或删去这一项。",
    "withheld-without-law": "数据资源 {resource} 声明为不予共享，但没有写明依据的法律。请用 share_law 写明。",
    "unmet-evidence": "{place}这份材料没有任何办法可以满足。请给出能颁发的证照、能查到的数据，或允许上传。",
    "unused": "{place}没有任何地方用到。如不再需要，请删去。",
    "no-grant": "数据资源 {resource} 是有条件共享的，一件事 {event} 用得上它，但没有共享授权。请补上授权。",
}
_EN: Final[Mapping[str, str]] = {
    "duplicate": "“{name}” is declared twice. Delete one of them, or give it another name.",
    "unknown-name": "{place} speaks of “{name}”, but no such {section} is declared. {suggestions}",
    "wrong-kind": "Kinds do not match at {place}: {expected} is wanted there, and “{name}” belongs to {found}. Use one of the right kind.",
    "no-supply": "In life event {event}, service {service} needs {field}, which nobody supplies and nobody may be asked. Have a service or a resource give it, or allow to ask it.",
    "two-producers": "In life event {event}, {services} both give {field}. Keep one of them, or part the two cases with conditions.",
    "two-records": "{resources} both claim to be the source of record of {element}. There can be one only; keep one.",
    "cycle": "In life event {event}, these services wait for each other, so that none can be done: {path}. Drop one of the needs, or give it another source.",
    "empty-checks": "In life event {event}, {services} make demands on {field} that no value can meet together. Make them agree.",
    "unreachable": "The condition of {place} can never be true: {condition}. Correct it, or delete what it guards.",
    "withheld-without-law": "Resource {resource} is withheld, but cites no law. Name the law in share_law.",
    "unmet-evidence": "{place} can be met in no way. Give a certificate that is issued, facts that have a source, or allow an upload.",
    "unused": "{place} is used nowhere. Delete it if it is no longer wanted.",
    "no-grant": "Resource {resource} is shared on a condition, and life event {event} could use it, but has no grant. Add a grant.",
}

_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    **SECTIONS,
    "parties": ("主体", "party"),
    "Person": ("自然人（Person）", "a person"),
    "Organization": ("组织（Organization）", "an organization"),
}


def problem_sentence(problem: Problem, language: str) -> str:
    """Word a problem; a code without words of its own is a mistake of ours and raises KeyError."""
    if problem.code == "syntax":
        return shape_sentence(problem, language)
    chinese = language.startswith("zh")
    sentence = (
        (_ZH if chinese else _EN)[problem.code].format_map(_Worded(problem.values, chinese=chinese)).strip()
    )
    return sentence[0].upper() + sentence[1:]


class _Worded(dict[str, str]):
    """The values in words; what a problem does not say is left out of its sentence."""

    def __init__(self, values: Mapping[str, object], *, chinese: bool) -> None:
        comma = "、" if chinese else ", "
        super().__init__({name: comma.join(_texts(value)) for name, value in values.items()})
        self["place"] = place(values.get("where", ()), chinese=chinese)
        self["path"] = " → ".join(_texts(values.get("path", ())))
        self["suggestions"] = suggestion(values.get("suggestions", ()), chinese=chinese)
        for name in ("section", "expected", "found"):
            word = str(values.get(name))
            self[name] = _KINDS.get(word, (word, word))[0 if chinese else 1]

    def __missing__(self, name: str) -> str:
        return "?"


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return tuple(map(str, value))
    return (str(value),)
