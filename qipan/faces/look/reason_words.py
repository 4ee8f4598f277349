"""Says in plain words why something is in a plan, or is not: the answer to "why am I asked this?" and "why does this wait?"."""

from collections.abc import Iterable, Mapping
from typing import Final

from qipan.core.plan import Reason
from qipan.faces.look.titles import Titles

_ZH: Final[Mapping[str, str]] = {
    "needed": "办理{services}要用到这一项。",
    "decides": "这一项决定{services}怎么办，所以先问。",
    "key": "用它可以查{resources}，查到的内容就不用您填了。",
    "no-source": "没有部门能提供这一项，只好请您填写。",
    "source-down": "本可以从{resources}查到，但现在查不通，只好请您填写。",
    "no-record": "查过{resources}，里面没有这一项，只好请您填写。",
    "no-grant": "{resources}里有这一项，但这件事还没有获准使用。",
    "withheld": "{resources}里有这一项，但依法不予共享。",
    "key-unknown": "{resources}里可能有这一项，但还缺少查询要用的{fields}。",
    "waits": "要等{services}办好，得到{fields}。",
    "looks-up": "要先从{resources}查到{fields}。",
    "applies": "根据{fields}，这一项适用于您。",
    "refused": "{services}没有办成，所以不能办理。",
    "not-given": "这一项要由{services}产生，而这次不会产生。",
    "not-held": "{certificates}上有这一项，但没有这份证照。",
    "skipped": "您选择了不办这一项。",
    "absent": "根据{fields}，没有相关的人参与这件事。",
    "false": "根据{fields}，这一项不适用于您。",
    "false-source": "根据{fields}，{resources}里不会有这一项。",
    "undecided": "要先知道{fields}，才能确定。",
}
_EN: Final[Mapping[str, str]] = {
    "needed": "Needed for {services}.",
    "decides": "It decides how {services} is handled, so it is asked first.",
    "key": "With it {resources} can be looked up, and what is found there need not be filled in.",
    "no-source": "No authority can supply this, so we have to ask you.",
    "source-down": "This would come from {resources}, which cannot be reached at the moment, so we have to ask you.",
    "no-record": "We looked in {resources}, and it is not there, so we have to ask you.",
    "no-grant": "{resources} holds this, but its use for this life event has not been granted.",
    "withheld": "{resources} holds this, but by law it is not shared.",
    "key-unknown": "{resources} may hold this, but cannot be searched without {fields}.",
    "waits": "It waits for {services}, which brings about {fields}.",
    "looks-up": "{fields} must first be looked up in {resources}.",
    "applies": "It applies to you because of {fields}.",
    "refused": "It cannot be done, because {services} was not granted.",
    "not-given": "{services} would bring this about, but does not do so this time.",
    "not-held": "It stands on {certificates}, which is not held.",
    "skipped": "You chose to leave this out.",
    "absent": "Judging by {fields}, nobody takes part whom it concerns.",
    "false": "Judging by {fields}, it does not apply to you.",
    "false-source": "Judging by {fields}, {resources} does not hold this.",
    "undecided": "It depends on {fields}, which is not known yet.",
}
_UNSAID: Final = {
    "zh": {
        "services": "相关事项",
        "fields": "已知的情况",
        "resources": "相关登记信息",
        "certificates": "证照",
    },
    "en": {
        "services": "the services concerned",
        "fields": "what is known",
        "resources": "the register concerned",
        "certificates": "a certificate",
    },
}


def reason_sentence(reason: Reason, titles: Titles) -> str:
    """Word one reason; a code without words of its own is a mistake of ours and raises KeyError."""
    code = "false-source" if reason.code == "false" and reason.resources else reason.code
    template = (_ZH if titles.chinese else _EN)[code]
    unsaid = _UNSAID["zh" if titles.chinese else "en"]
    named = {
        "services": _said(map(titles.service, reason.services), titles),
        "fields": _said(map(titles.field, reason.fields), titles),
        "resources": _said(map(titles.resource, reason.resources), titles),
        "certificates": _said(map(titles.certificate, reason.resources), titles),
    }
    sentence = template.format_map({part: words or unsaid[part] for part, words in named.items()})
    return sentence[0].upper() + sentence[1:]


def _said(words: Iterable[str], titles: Titles) -> str:
    """Titles in quotation marks, so that a long title reads as one thing."""
    every = [f"“{word}”" for word in words]
    return titles.listed(every) if every else ""
