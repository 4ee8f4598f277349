"""What the portal shows of the declarations themselves: pictures, units and the facts of a service."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qipan.core.classes import Picture, ServiceType
from qipan.core.declarations import Library, LifeEvent, Service
from qipan.core.plan import Saving


def picture(event: LifeEvent) -> str:
    """The picture of a life event; one for its kind of applicant where it declares none."""
    return event.picture or (Picture.ENTERPRISE if event.subject == "enterprise" else Picture.PERSON)


class Measure(NamedTuple):
    """One saving, for the macro `saving`."""

    title: str
    before: int
    after: int
    unit: str


def measures(savings: Mapping[str, Saving]) -> tuple[Measure, ...]:
    """The savings in the order in which people feel them."""
    words: Mapping[str, tuple[str, Callable[[int], str]]] = {
        "fields": (_("要填的信息"), lambda n: ngettext("项", "项", n)),
        "documents": (_("要交的材料"), lambda n: ngettext("份", "份", n)),
        "visits": (_("要跑的次数"), lambda n: ngettext("次", "次", n)),
        "working_days": (_("办结要等"), lambda n: ngettext("个工作日", "个工作日", n)),
    }
    return tuple(
        Measure(title, savings[name].before, savings[name].after, unit(savings[name].after))
        for name, (title, unit) in words.items()
        if name in savings
    )


def service_facts(service: Service, library: Library, language: str) -> tuple[tuple[str, str], ...]:
    """What an implementation list says of a service, as far as it concerns whoever applies."""
    between = "；" if language.startswith("zh") else "; "
    documents = (evidence.title.say(language) for evidence in service.evidence)
    certificates = (library.certificates[name].title.say(language) for name in service.issues)
    results = [*certificates, *(result.say(language) for result in service.results)]
    facts = (
        (_("种类"), _SERVICE_TYPES[service.type]()),
        (_("条件"), between.join(condition.say(language) for condition in service.conditions)),
        (_("材料"), between.join(documents) or _("不用交材料")),
        (_("收费"), between.join(fee.say(language) for fee in service.fees) or _("不收费")),
        (_("单独办理的时限"), _("承诺 %(promised)s 个工作日，法定 %(statutory)s 个工作日")
            % {"promised": service.limits.promised, "statutory": service.limits.statutory}),
        (_("结果"), between.join(dict.fromkeys(results))),
        (_("依据"), between.join(service.legal_basis)),
    )  # fmt: skip
    return tuple((title, said) for title, said in facts if said)


_SERVICE_TYPES = {
    ServiceType.LICENCE: lambda: _("行政许可"),
    ServiceType.CONFIRMATION: lambda: _("行政确认"),
    ServiceType.PAYMENT: lambda: _("行政给付"),
    ServiceType.REWARD: lambda: _("行政奖励"),
    ServiceType.RULING: lambda: _("行政裁决"),
    ServiceType.FILING: lambda: _("备案"),
    ServiceType.OTHER: lambda: _("其他行政权力"),
    ServiceType.PUBLIC_SERVICE: lambda: _("公共服务"),
}
