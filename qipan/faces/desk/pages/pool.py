"""The catalogue of shared resources: found, read, and each element with who answers for it."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qipan.agencies import queries as agencies
from qipan.catalogue import queries as catalogue
from qipan.core.pool_index import PoolIndex
from qipan.core.posts import Power
from qipan.core.sharing import Role
from qipan.faces.desk.pages.shell import agency_name, language, page
from qipan.faces.desk.pool import catalogue_views as views
from qipan.faces.desk.pool.request_views import asked_lines
from qipan.faces.desk.pool.rule_views import outside_a_case
from qipan.faces.look.access import access, needs
from qipan.faces.look.actors import the_official
from qipan.sharing import holding, queries


@access(needs(*Power))
@require_safe
def resources(request: HttpRequest) -> HttpResponse:
    """Browse and search the catalogue."""
    index, spoken = catalogue.current_pool(), language(request)
    wanted = views.wanted_in(request.GET.dict())
    found = index.find(wanted)
    element = index.library.elements.get(wanted.element)
    unknown = holding.unknown_elsewhere(index.library.resources, settings.QIPAN_NODE)
    values = {
        "wanted": wanted,
        "shares": views.share_choices(index, wanted),
        "agencies": views.agency_choices(index, spoken),
        "element": element.title.say(spoken) if element else "",
        "lines": views.lines(
            index, found[: views.MOST_SHOWN], holding.held_elsewhere(settings.QIPAN_NODE), spoken
        ),
        "unknown": views.unknown_lines(unknown, spoken) if not any(wanted) else [],
        "found": len(found),
        "most": views.MOST_SHOWN,
    }
    return page(request, "pool/resources.html", values, here="pool")


@access(needs(*Power))
@require_safe
def elements(request: HttpRequest) -> HttpResponse:
    """Each element that is shared, with its source of record (一数一源)."""
    words = request.GET.get("q", "").strip()[: views.LONGEST_SEARCH]
    found = views.elements(catalogue.current_pool(), words, language(request))
    values = {
        "words": words,
        "lines": found[: views.MOST_SHOWN],
        "found": len(found),
        "most": views.MOST_SHOWN,
    }
    return page(request, "pool/elements.html", values, here="pool")


@access(needs(*Power))
@require_safe
def resource(request: HttpRequest, resource: str) -> HttpResponse:
    """One resource: what it has, who answers for it, who can use it, how it is shared, and its history."""
    index = the_index(resource)
    declared, actor, spoken = index.library.resources[resource], the_official(request), language(request)
    holder = holding.holder_of(declared, actor.agency, settings.QIPAN_NODE)
    provider, own = holder.agency, (holder.node, holder.agency) == ("", actor.agency)
    named = agencies.agencies([provider, actor.agency])
    shown = views.resource_page(
        index,
        declared,
        agency_name(named.get(provider), provider, spoken),
        catalogue.versions_of(resource),
        spoken,
    )
    values = {
        "resource": shown,
        "asked": asked_lines(queries.asked_for(resource, actor), timezone.localdate(), spoken),
        "node": holder.title.say(spoken),
        "may_ask": shown.askable and actor.role == Role.REQUESTER and not own,
        "may_tell": actor.role == Role.APPROVER and own,
        "why_not": _why_not(actor.role, own=own),
        "passes": outside_a_case(index.library, declared, provider, actor.agency, spoken),
    }
    return page(request, "pool/resource.html", values, here="pool", agency=named.get(actor.agency))


def the_index(resource: str) -> PoolIndex:
    """The catalogue that holds this resource; 404 where none does."""
    index = catalogue.current_pool()
    if resource not in index.library.resources:
        raise Http404
    return index


def _why_not(role: str, *, own: bool) -> str:
    if own:
        return _("这是本部门提供的资源。")
    return "" if role == Role.REQUESTER else _("要使用它，请本部门的数据共享申请员提出申请。")
