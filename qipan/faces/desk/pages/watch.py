"""The auditor's pages: findings by where they stand, one finding with the readings behind it, and its decision."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from qipan.catalogue import queries as catalogue
from qipan.core.posts import Power
from qipan.faces.desk.pages.shell import language, page
from qipan.faces.desk.watch import views
from qipan.faces.desk.watch.words import number
from qipan.faces.look.access import access, needs
from qipan.faces.look.actors import the_official
from qipan.faces.look.context import stand_on
from qipan.faces.look.kept import typed_before
from qipan.faces.look.receipts import receipt_of
from qipan.people.actors import Acting
from qipan.sharing.holding import titles_of
from qipan.watch import operations, queries
from qipan.watch.errors import DecidedBefore, NoReason, NotForThem, WrongVerdict
from qipan.watch.kinds import DAILY, Kind
from qipan.watch.queries import FindingRow

LINES = 20
LONGEST = 2000


@access(needs(Power.AUDITOR))
@require_safe
def findings(request: HttpRequest) -> HttpResponse:
    """What waits for an auditor, and what was decided."""
    auditor = the_official(request)
    wanted = views.wanted_in(request.GET.dict())
    found = queries.findings(
        auditor, kinds=wanted.kinds, states=views.STATES[wanted.show], limit=LINES + 1, offset=wanted.start
    )
    until = timezone.localdate()
    since = until - timedelta(days=views.DAYS - 1)
    spoken, peers = language(request), queries.peers()
    nodes = titles_of(views.nodes_in(found) | {one.peer for one in peers})
    values = {
        "wanted": wanted,
        "tabs": views.group_tabs(wanted),
        "tallies": views.state_tallies(queries.finding_counts(auditor), wanted),
        "kinds": views.kind_choices(wanted),
        "lines": views.lines(views.with_titles(found[:LINES], nodes, spoken), spoken),
        "newer": wanted.address(start=max(0, wanted.start - LINES)) if wanted.start else None,
        "older": wanted.address(start=wanted.start + LINES) if len(found) > LINES else None,
        "daily": views.daily_chart(queries.daily(since, until), since, until),
        "hourly": views.hourly_chart(queries.hourly(since, until), _("一天里什么时候查看")),
        "peers": views.peer_lines(peers, nodes, spoken),
    }
    return page(request, "watch/findings.html", values, here="watch")


@access(needs(Power.AUDITOR))
@require_safe
def finding(request: HttpRequest, finding: UUID) -> HttpResponse:
    """One finding: what, how often, what is usual, and each reading."""
    return _page(request, finding)


@access(needs(Power.AUDITOR))
@require_http_methods(["GET", "HEAD", "POST"])
def decide(request: HttpRequest, finding: UUID) -> HttpResponse:
    """Say what it was, and why; whoever comes without saying it, as after signing in, is led to the finding."""
    auditor = the_official(request)
    if request.method != "POST":
        return redirect("desk:watch-finding", finding=finding)
    stand_on(request, reverse("desk:watch-finding", args=[finding]))
    reason = request.POST.get("reason", "").strip()[:LONGEST]
    try:
        with transaction.atomic():
            operations.decide_finding(
                acting=Acting(auditor),
                finding=finding,
                verdict=request.POST.get("verdict", ""),
                reason=reason,
                at=timezone.now(),
            )
    except NotForThem as error:
        raise Http404 from error
    except WrongVerdict:
        return _page(request, finding, [("verdict", _("请选择怎么认定。"))])
    except NoReason:
        return _page(request, finding, [("reason", _("请写明理由。"))])
    except DecidedBefore:
        messages.warning(request, _("别的审计员刚刚处理过了。"))
    else:
        messages.success(request, _("已记录，并写入存证。"))
    return redirect("desk:watch-finding", finding=finding)


@access(needs(Power.AUDITOR))
@require_safe
def receipt(request: HttpRequest, entry: int) -> HttpResponse:
    """The receipt of any entry of the trail."""
    the_official(request)
    return receipt_of(entry)


def _page(request: HttpRequest, finding: UUID, errors: list[tuple[str, str]] | None = None) -> HttpResponse:
    auditor = the_official(request)
    row = queries.finding(finding, auditor)
    if row is None:
        raise Http404
    spoken, typed = language(request), typed_before(request)
    named, *_rest = views.with_titles([row], titles_of(views.nodes_in([row])), spoken)
    values: dict[str, object] = {
        "finding": views.finding_page(named, spoken),
        "figures": _figures(row),
        "errors": errors or [],
        "wrong": dict(errors or []),
        "typed": {name: typed.get(name, "") for name in ("verdict", "reason")},
        "readings": views.reading_lines(_readings(row), catalogue.current_library(), spoken),
        "many": row.subject.startswith("person:"),
        **_charts(row),
    }
    return page(request, "watch/finding.html", values, here="watch", status=422 if errors else 200)


def _readings(row: FindingRow) -> list[queries.ReadingRow]:
    """The readings that a finding is about; none for one about records."""
    kind, _colon, name = row.subject.partition(":")
    if kind == "person" and name.isdigit():
        return queries.readings_of(int(name), row.begins, row.ends)
    return (
        queries.readings_by(row.subject, row.begins, row.ends) if row.kind in {*DAILY, Kind.NAMESAKE} else []
    )


def _charts(row: FindingRow) -> dict[str, object]:
    """Somebody's days up to the finding's, and its day by hour."""
    if row.kind not in DAILY:
        return {"days": None, "hours": None}
    day = timezone.localdate(row.begins)
    since = day - timedelta(days=views.DAYS - 1)
    own = queries.days_of(row.subject, since, day)
    hours = queries.hourly(day, day, row.subject)
    return {
        "days": views.own_chart(own, day, since, day),
        "hours": views.hourly_chart(hours, _("这一天什么时候查看")),
    }


def _figures(row: FindingRow) -> list[tuple[str, str]]:
    """The numbers side by side."""
    facts = row.facts
    if "chance" not in facts:
        return []
    own, peers = facts["own"], facts["peers"]
    figures = [(_("这次"), str(facts["count"]))]
    if isinstance(own, dict):
        figures.append((_("以前通常"), number(own["middle"])))
    if isinstance(peers, dict):
        figures.append((_("别人通常"), number(peers["middle"])))
    return figures
