"""The form of a request for shared data: what may be typed, what was, and what is wrong with it."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import uuid4

from django.http import QueryDict
from django.utils.translation import gettext as _

from qipan.core.declarations import Library, Resource
from qipan.faces.desk.pool.catalogue_views import field_of
from qipan.faces.desk.pool.words import Field, mode_said, problem_said, rows_said
from qipan.faces.look.controls import Choice, Control
from qipan.faces.look.values import as_date
from qipan.sharing.rows import RequestDetail
from qipan.sharing.wanted import ALL, OWN_CASES, OWN_REGION, Wanted, region_field

LONGEST_KEY = 64
LARGEST = 9  # digits of a number


class RequestForm(NamedTuple):
    """The form: controls by part, fields and modes to tick, and the key that makes it one request."""

    key: str
    fields: tuple[Field, ...]
    modes: tuple[tuple[str, str, bool], ...]
    controls: Mapping[str, Control]
    errors: tuple[tuple[str, str], ...]
    wrong: frozenset[str]
    said: Mapping[str, str]


def empty_form(resource: Resource, library: Library, language: str, query: QueryDict) -> RequestForm:
    """The form before anything is typed; a field may be named in the address."""
    asked = query.getlist("field")
    wanted = Wanted(resource.name, tuple(asked), "", (), None)
    return filled_form(wanted, {}, resource, library, language, key=str(uuid4()))


def form_of(row: RequestDetail, resource: Resource, library: Library, language: str) -> RequestForm:
    """The form with what a returned request says."""
    rows = OWN_REGION if row.asked.region else OWN_CASES if row.asked.own_cases else ALL
    wanted = Wanted(
        row.asked.resource, row.asked.fields, row.asked.purpose, row.asked.basis, row.asked.until, row.asked.event, row.asked.services, row.asked.purpose_en, rows,
        row.asked.modes, row.asked.volume, row.asked.retention,
    )  # fmt: skip
    return filled_form(wanted, {}, resource, library, language, key=str(row.id))


def wanted_in(form: QueryDict, resource: str) -> Wanted:
    """What a form asks for, as it was typed."""
    event, _dot, service = form.get("event", "").partition(".")
    return Wanted(
        resource=resource,
        fields=tuple(dict.fromkeys(form.getlist("field"))),
        purpose=form.get("purpose", "").strip(),
        basis=tuple(line.strip() for line in form.get("basis", "").splitlines() if line.strip()),
        until=as_date(form.get("until", "")),
        event=event,
        services=(service,) if service else (),
        purpose_en=form.get("purpose_en", "").strip(),
        rows=form.get("rows", ""),
        modes=tuple(dict.fromkeys(form.getlist("way"))),
        volume=_whole(form.get("volume", "")),
        retention=_whole(form.get("retention", "")),
    )


def key_in(form: QueryDict) -> str:
    """The key that makes two sendings of one form one request."""
    return form.get("key", "")[:LONGEST_KEY] or str(uuid4())


def filled_form(
    wanted: Wanted,
    problems: Mapping[str, str],
    resource: Resource,
    library: Library,
    language: str,
    *,
    key: str,
    typed: QueryDict | None = None,
) -> RequestForm:
    """The form with what was typed, and what is wrong with it."""
    errors = {part: problem_said(part, problem) for part, problem in problems.items()}
    if "services" in errors:
        errors["event"] = errors.pop("services")
    controls = _controls(wanted, errors, resource, library, language=language, typed=typed)
    places = {"fields": "fields", "modes": "modes", "resource": "main"}
    return RequestForm(
        key=key,
        fields=tuple(
            field_of(library, resource, field, language, chosen=str(field) in wanted.fields)
            for field in resource.gives
        ),
        modes=tuple((str(mode), mode_said(mode), str(mode) in wanted.modes) for mode in resource.modes),
        controls=controls,
        errors=tuple((places.get(part, f"f-{part}"), said) for part, said in errors.items()),
        wrong=frozenset(errors),
        said=errors,
    )


def _controls(
    wanted: Wanted,
    errors: Mapping[str, str],
    resource: Resource,
    library: Library,
    *,
    language: str,
    typed: QueryDict | None,
) -> dict[str, Control]:
    def number(part: str, label: str, value: int | None, hint: str) -> Control:
        said = (typed.get(part, "") if typed is not None else "") if value is None else str(value)
        more = {"inputmode": "numeric", "maxlength": str(LARGEST), "autocomplete": "off"}
        return Control(
            f"f-{part}",
            part,
            label,
            "text",
            said,
            hint=hint,
            error=errors.get(part, ""),
            attributes=more,
            width="short",
        )

    until = wanted.until.isoformat() if wanted.until else ""
    every = [
        Control(
            "f-event", "event", _("为哪件事、哪个事项"), "select",
            f"{wanted.event}.{wanted.services[0]}" if wanted.services else wanted.event,
            choices=_events(library, language), hint=_("不属于哪件事的，可以不选。"),
            error=errors.get("event", ""), optional=True,
        ),
        Control(
            "f-purpose", "purpose", _("用来做什么"), "text", wanted.purpose,
            hint=_("一句话写明，每次调用都要与它一致。例如：办理新生儿出生医学证明"),
            error=errors.get("purpose", ""), attributes={"maxlength": "200", "autocomplete": "off"},
        ),
        Control(
            "f-basis", "basis", _("依据什么"), "textarea", "\n".join(wanted.basis),
            hint=_("法律、法规或规章，写到条；一行一条。"), error=errors.get("basis", ""),
            attributes={"maxlength": "2000"},
        ),
        Control("f-rows", "rows", _("要哪些人的数据"), "radio", wanted.rows, choices=_rows(resource, library), error=errors.get("rows", "")),
        number("volume", _("每天最多多少条"), wanted.volume, _("够用就好。")),
        number("retention", _("保存多少天"), wanted.retention, _("到期必须删除；0 表示用完就删。")),
        Control(
            "f-until", "until", _("用到哪一天"), "date", until, hint=_("最长五年；目的实现了要提前停用。"),
            error=errors.get("until", ""), width="short",
        ),
    ]  # fmt: skip
    return {one.name: one for one in every}


def _events(library: Library, language: str) -> tuple[Choice, ...]:
    """Each event as a whole, then each of its services."""
    separator = " · "
    return tuple(
        Choice(value, event.title.say(language) + separator + what)
        for event in library.events.values()
        for value, what in (
            (event.name, _("全部事项")),
            *(
                (f"{event.name}.{use.service}", library.services[use.service].title.say(language))
                for use in event.services
            ),
        )
    )


def _rows(resource: Resource, library: Library) -> tuple[Choice, ...]:
    kinds = (OWN_CASES, OWN_REGION, ALL) if region_field(resource, library) else (OWN_CASES, ALL)
    return tuple(Choice(kind, rows_said(kind)) for kind in kinds)


def _whole(text: str) -> int | None:
    said = text.strip()
    return int(said) if said.isascii() and said.isdigit() and len(said) <= LARGEST else None
