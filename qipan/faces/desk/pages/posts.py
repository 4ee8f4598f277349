"""Posts at the desk: the manager's page, the auditor's list of changes, and everybody's own posts and leaves."""

from collections.abc import Callable, Mapping

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from qipan.agencies import queries as agencies
from qipan.catalogue import queries as catalogue
from qipan.core.posts import Power, is_weighty
from qipan.faces.desk.pages.shell import agency_name, home_of, language, page
from qipan.faces.desk.posts import forms, views
from qipan.faces.desk.posts.words import powers_said, refusal_said
from qipan.faces.look.access import access, needs, official
from qipan.faces.look.actors import official_of, seats_of, take_seat, the_official
from qipan.faces.look.limits import SIGN_IN, spend
from qipan.faces.look.posts import post_said
from qipan.people.actors import Acting
from qipan.posts import operations, queries
from qipan.posts.errors import NotTheirs, UnableToChangePosts
from qipan.posts.queries import HeldPost

CHANGES = 60


@access(needs(Power.MANAGER, Power.AUDITOR))
@require_safe
def posts(request: HttpRequest) -> HttpResponse:
    """The posts of the manager's agency, what waits for a second manager, and what was changed; the last alone for an auditor."""
    actor, now, spoken = the_official(request), timezone.now(), language(request)
    manages, library = Power.MANAGER in actor.powers, catalogue.current_library()
    held = queries.posts_of(actor.agency, now) if manages else []
    below = queries.waiting_below(actor.agency, now) if manages else []
    names = agencies.agencies({row.agency for row in below}) if below else {}
    changed = queries.changes(actor.agency, all_below=not manages, limit=CHANGES)
    values = {
        "manages": manages,
        "posts": views.post_lines(held, library, actor, spoken),
        "below": views.post_lines(below, library, actor, spoken),
        "names": {code: agency_name(row, code, spoken) for code, row in names.items()},
        "changes": views.change_lines(changed, spoken),
    }
    return page(request, "posts/posts.html", values, here="posts")


@access(needs(Power.MANAGER))
@require_http_methods(["GET", "HEAD", "POST"])
def make(request: HttpRequest) -> HttpResponse:
    """Set up a post."""
    if request.method != "POST":
        return _make_form(request)
    typed = request.POST
    powers = [one for one in Power if one in typed.getlist("power")]
    title = typed.get("title", "").strip()[: forms.LONGEST]
    if not title or not powers:
        return _make_form(request, _("请写岗位名称，并选至少一项权限。"))

    def do() -> None:
        operations.make_post(
            acting=Acting(the_official(request)),
            title=title,
            powers=powers,
            services=[one for one in typed.getlist("service") if one in _services(request)],
            at=timezone.now(),
        )

    wrong = _try(do)
    if wrong:
        return _make_form(request, wrong)
    messages.success(request, _("岗位设好了，还没有人。"))
    return redirect("desk:posts")


@access(needs(Power.MANAGER))
@require_http_methods(["GET", "HEAD", "POST"])
def give(request: HttpRequest, post: int) -> HttpResponse:
    """Give somebody a post."""
    row, actor, typed = queries.post(post), the_official(request), request.POST
    if row is None or row.agency != actor.agency:
        raise Http404
    if request.method != "POST":
        return _give_form(request, row, {})
    spend(request, SIGN_IN)
    span, chosen = forms.span_in(typed.dict()), forms.number_in(typed.dict(), "official")
    if span is None or not (chosen or typed.get("id_number", "").strip()):
        return _give_form(request, row, typed.dict(), _("请选一个人，并写清从哪天起。"))
    counts: list[bool] = []

    def do() -> None:
        acting, at = Acting(actor), timezone.now()
        who = chosen or operations.take_on(acting=acting, post=post, id_number=typed["id_number"], at=at)
        counts.append(
            operations.give_post(
                acting=acting, post=post, official=who, begins=span.begins, ends=span.ends, at=at
            )
        )

    wrong = _try(do)
    if wrong:
        return _give_form(request, row, typed.dict(), wrong)
    said = _("岗位已交给这位。") if counts[0] else _("已提出，等另一位岗位管理员复核后生效。")
    messages.success(request, said)
    return redirect("desk:posts")


@access(needs(Power.MANAGER))
@require_POST
def confirm(request: HttpRequest, tenure: int) -> HttpResponse:
    """Confirm a post that another manager gave."""
    acting, at = Acting(the_official(request)), timezone.now()
    return _done(
        request,
        lambda: operations.confirm_tenure(acting=acting, tenure=tenure, at=at),
        _("复核好了，已生效。"),
        "desk:posts",
    )


@access(needs(Power.MANAGER))
@require_POST
def end(request: HttpRequest, tenure: int) -> HttpResponse:
    """End a post that somebody holds."""
    acting, at = Acting(the_official(request)), timezone.now()
    return _done(
        request,
        lambda: operations.end_tenure(acting=acting, tenure=tenure, at=at),
        _("岗位已收回，马上失效。"),
        "desk:posts",
    )


@access(needs(Power.MANAGER))
@require_http_methods(["GET", "HEAD", "POST"])
def away(request: HttpRequest, tenure: int) -> HttpResponse:
    """Say that somebody else is away, and who stands in."""
    held = queries.held_post(tenure, timezone.now())
    if held is None or held.agency != the_official(request).agency:
        raise Http404
    return _leave(request, held, "desk:posts")


@access(official)
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    """One's own posts, in which of them one acts, and when one is away."""
    actor, now, spoken = the_official(request), timezone.now(), language(request)
    seats = seats_of(request)
    held = queries.posts_held(actor.id, now)
    known = agencies.agencies({one.seat.agency for one in seats} | {one.agency for one in held})
    names = {code: agency_name(row, code, spoken) for code, row in known.items()}
    values = {
        "seats": views.seat_lines(seats, actor, names),
        "posts": views.post_lines(held, catalogue.current_library(), actor, spoken),
        "names": names,
    }
    return page(request, "posts/own.html", values, here="own")


@access(official)
@require_POST
def seat(request: HttpRequest) -> HttpResponse:
    """Act in another of one's posts from here on."""
    if not take_seat(request, request.POST.get("seat", "")):
        raise Http404
    actor = official_of(request)
    messages.success(request, _("已换到这个岗位。"))
    return redirect(home_of(actor) if actor else "desk:own")


@access(official)
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, tenure: int) -> HttpResponse:
    """Say that one is away oneself."""
    held = queries.held_post(tenure, timezone.now())
    if held is None or held.official != the_official(request).id:
        raise Http404
    return _leave(request, held, "desk:own")


@access(official)
@require_POST
def back(request: HttpRequest, leave: int) -> HttpResponse:
    """Somebody is back: oneself, or as the manager says."""
    actor, at = the_official(request), timezone.now()
    onward = "desk:posts" if "manager" in request.POST and Power.MANAGER in actor.powers else "desk:own"
    return _done(
        request,
        lambda: operations.end_leave(acting=Acting(actor), leave=leave, at=at),
        _("已回岗，顶岗到此为止。"),
        onward,
    )


def _leave(request: HttpRequest, held: HeldPost, onward: str) -> HttpResponse:
    if request.method != "POST":
        return _leave_form(request, held, {}, onward)
    typed, actor = request.POST.dict(), the_official(request)
    span, substitute = forms.span_in(typed), forms.number_in(typed, "substitute")
    if span is None or span.ends is None:
        return _leave_form(request, held, typed, onward, _("请写清从哪天到哪天。"))
    begins, ends = span.begins, span.ends

    def do() -> None:
        operations.take_leave(
            acting=Acting(actor),
            tenure=held.tenure or 0,
            begins=begins,
            ends=ends,
            substitute=substitute or None,
            at=timezone.now(),
        )

    wrong = _try(do)
    if wrong:
        return _leave_form(request, held, typed, onward, wrong)
    messages.success(request, _("离岗已登记。"))
    return redirect(onward)


def _leave_form(
    request: HttpRequest, held: HeldPost, typed: Mapping[str, str], onward: str, wrong: str = ""
) -> HttpResponse:
    free = onward == "desk:posts" or not is_weighty([Power(one) for one in held.powers])
    others = queries.colleagues(held.agency, timezone.now(), held.official or 0) if free else []
    nobody = _("不选就没有人顶岗，这段时间岗位空着。")
    values = {
        "title": post_said(held.title),
        "name": held.name,
        "days": forms.day_controls(typed, open_ended=False),
        "substitute": forms.people_control(others, typed, "substitute", _("谁来顶岗"), nobody)
        if free
        else None,
        "wrong": [("begins", wrong)] if wrong else [],
        "onward": onward,
    }
    here = "posts" if onward == "desk:posts" else "own"
    return page(request, "posts/leave.html", values, here=here, status=422 if wrong else 200)


def _give_form(
    request: HttpRequest, row: queries.PostRow, typed: Mapping[str, str], wrong: str = ""
) -> HttpResponse:
    others = queries.colleagues(row.agency, timezone.now(), the_official(request).id)
    values = {
        "title": post_said(row.title),
        "powers": powers_said(row.powers),
        "weighty": is_weighty([Power(one) for one in row.powers]),
        "who": forms.people_control(others, typed, "official", _("交给谁"), _("新来的人不用选，填下一项。")),
        "id_number": forms.id_number_control(typed),
        "days": forms.day_controls(typed, open_ended=True),
        "wrong": [("official", wrong)] if wrong else [],
    }
    return page(request, "posts/give.html", values, here="posts", status=422 if wrong else 200)


def _make_form(request: HttpRequest, wrong: str = "") -> HttpResponse:
    values = {
        "title": request.POST.get("title", "")[: forms.LONGEST],
        "powers": forms.power_choices(),
        "services": _services(request),
        "chosen": {*request.POST.getlist("power"), *request.POST.getlist("service")},
        "wrong": [("title", wrong)] if wrong else [],
    }
    return page(request, "posts/make.html", values, here="posts", status=422 if wrong else 200)


def _services(request: HttpRequest) -> dict[str, str]:
    """The services that posts of the manager's agency may be limited to."""
    row = agencies.agency(the_official(request).agency)
    if row is None:
        return {}
    library = catalogue.current_library()
    return dict(forms.service_choices(library, row.kind, row.level, language(request)))


def _done(request: HttpRequest, act: Callable[[], None], said: str, onward: str) -> HttpResponse:
    wrong = _try(act)
    (messages.error if wrong else messages.success)(request, wrong or said)
    return redirect(onward)


def _try(act: Callable[[], None]) -> str:
    """Do it whole, or say why not; what is not theirs looks like not there."""
    try:
        with transaction.atomic():
            act()
    except NotTheirs as error:
        raise Http404 from error
    except UnableToChangePosts as error:
        return refusal_said(error)
    return ""
