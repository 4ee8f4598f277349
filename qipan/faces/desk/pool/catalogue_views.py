"""What the catalogue shows: resources found, one resource whole, and each element with its source of record."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import NamedTuple
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from qipan.catalogue.queries import VersionRow
from qipan.core.catalogues import HeldResource
from qipan.core.declarations import Library, Resource, Share
from qipan.core.elements import Element, Text, element_name
from qipan.core.elements import Field as Declared
from qipan.core.pool_index import PoolIndex, Use, Wanted, may_be_asked_for
from qipan.faces.desk.pool.words import (
    Field,
    category_said,
    cycle_said,
    format_said,
    kind_said,
    mode_said,
    part_said,
    share_said,
    type_said,
)
from qipan.faces.look.state_words import Said

MOST_SHOWN = 60
LONGEST_SEARCH = 60


class Choice(NamedTuple):
    """Something to choose, with how much there is of it."""

    value: str
    title: str
    number: int
    href: str
    current: bool


class ResourceLine(NamedTuple):
    """A resource found."""

    name: str
    title: str
    agency: str
    abstract: str
    share: Said
    cycle: str
    items: str
    uses: int
    node: str


class UnknownLine(NamedTuple):
    """A resource of another node that our library does not declare."""

    title: str
    agency: str
    node: str
    share: Said


class ElementLine(NamedTuple):
    """An element: who answers for it, and who else holds it."""

    name: str
    title: str
    type: str
    standard: str
    grade: int
    record: tuple[str, str] | None
    holders: tuple[tuple[str, str], ...]


class VersionLine(NamedTuple):
    """A version of a resource."""

    number: int
    kind: str
    released_at: datetime
    library: int
    changes: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]


class ResourcePage(NamedTuple):
    """All that is known of a resource."""

    name: str
    title: str
    abstract: str
    agency: str
    provider: str
    share: Said
    why: str
    facts: tuple[tuple[str, str], ...]
    keys: tuple[Field, ...]
    items: tuple[Field, ...]
    record_of: tuple[str, ...]
    uses: tuple[tuple[str, tuple[str, ...]], ...]
    versions: tuple[VersionLine, ...]
    askable: bool


def wanted_in(query: dict[str, str]) -> Wanted:
    """What the address asks for; a share type that does not exist asks for any."""
    share = query.get("share", "")
    return Wanted(
        query.get("q", "").strip()[:LONGEST_SEARCH],
        query.get("agency", ""),
        query.get("element", ""),
        share if share in set(Share) else "",
    )


def address(wanted: Wanted) -> str:
    """The address that asks for this."""
    said = {"q": wanted.words, "agency": wanted.agency, "element": wanted.element, "share": wanted.share}
    return "?" + urlencode({name: value for name, value in said.items() if value})


def lines(
    index: PoolIndex, found: Iterable[Resource], elsewhere: Mapping[str, Text], language: str
) -> list[ResourceLine]:
    """The resources found; ``elsewhere`` says which node holds those that are not held here."""
    nothing = Text("")
    return [
        _line(index, one, language)._replace(node=elsewhere.get(one.name, nothing).say(language))
        for one in found
    ]


def unknown_lines(found: Iterable[tuple[Text, HeldResource]], language: str) -> list[UnknownLine]:
    """What other nodes hold and our library does not declare."""
    return [
        UnknownLine(
            one.title.say(language), one.agency_title.say(language), node.say(language), share_said(one.share)
        )
        for node, one in found
    ]


def share_choices(index: PoolIndex, wanted: Wanted) -> list[Choice]:
    """The share types with the number of resources of each, all else as it is."""
    kinds = [("", _("全部")), *((str(share), share_said(share).words) for share in Share)]
    return [
        Choice(
            share,
            title,
            len(index.find(wanted._replace(share=share))),
            address(wanted._replace(share=share)),
            share == wanted.share,
        )
        for share, title in kinds
    ]


def agency_choices(index: PoolIndex, language: str) -> list[tuple[str, str]]:
    """The kinds of agency that share anything."""
    kinds = dict.fromkeys(one.agency for one in index.library.resources.values())
    return [(kind, _agency(index.library, kind, language)) for kind in kinds]


def elements(index: PoolIndex, words: str, language: str) -> list[ElementLine]:
    """The elements that resources hold, those found by their title or name, in the library's order."""
    wanted = words.casefold().split()
    library = index.library
    return [
        _element(index, one, language)
        for name, one in library.elements.items()
        if name in index.holders
        and all(word in f"{name} {one.title.zh} {one.title.en}".casefold() for word in wanted)
    ]


def resource_page(
    index: PoolIndex, resource: Resource, provider: str, versions: Sequence[VersionRow], language: str
) -> ResourcePage:
    """One resource, whole."""
    library = index.library
    return ResourcePage(
        name=resource.name,
        title=resource.title.say(language),
        abstract=resource.abstract.say(language) if resource.abstract else "",
        agency=_agency(library, resource.agency, language),
        provider=provider or _agency(library, resource.agency, language),
        share=share_said(resource.share),
        why=resource.share_law or resource.share_condition,
        facts=tuple(_facts(resource, language)),
        keys=tuple(field_of(library, resource, field, language) for field in resource.keys),
        items=tuple(field_of(library, resource, field, language) for field in resource.gives),
        record_of=tuple(_title(library, name, language) for name in sorted(resource.record_of)),
        uses=tuple(_uses(library, index.uses[resource.name], language)),
        versions=tuple(_version(one, index, resource, language) for one in versions),
        askable=may_be_asked_for(resource),
    )


def field_of(
    library: Library, resource: Resource, field: Declared, language: str, *, chosen: bool = False
) -> Field:
    """A field of a resource; with its party where there are several."""
    slot = resource.parties[field.party]
    element = library.elements.get(element_name(slot.kind, field.word))
    title = element.title.say(language) if element else str(field)
    if len(resource.parties) > 1:
        party = slot.title.say(language) if slot.title else slot.name
        title = _("%(party)s：%(field)s") % {"party": party, "field": title}
    return Field(
        str(field), title, type_said(element.type) if element else "", element.grade if element else 0, chosen
    )


def _line(index: PoolIndex, one: Resource, language: str) -> ResourceLine:
    titles = [_title(index.library, name, language) for name in sorted(index.elements[one.name])]
    separator = "、" if language.startswith("zh") else ", "
    shown = separator.join(titles[:6]) + (" …" if len(titles) > 6 else "")  # noqa: PLR2004 -- one line
    return ResourceLine(
        one.name,
        one.title.say(language),
        _agency(index.library, one.agency, language),
        one.abstract.say(language) if one.abstract else "",
        share_said(one.share),
        cycle_said(one.update_cycle),
        shown,
        len({use.event for use in index.uses[one.name]}),
        "",
    )


def _facts(resource: Resource, language: str) -> Iterable[tuple[str, str]]:
    separator = "、" if language.startswith("zh") else ", "
    said = (
        (_("目录代码"), resource.code),
        (_("提供部门信用代码"), resource.credit_code),
        (_("分类"), category_said(resource.category)),
        (_("格式"), format_said(resource.format)),
        (_("共享方式"), separator.join(mode_said(mode) for mode in resource.modes)),
        (_("更新周期"), cycle_said(resource.update_cycle)),
        (_("质量"), resource.quality.say(language) if resource.quality else ""),
        (_("是否开放"), (_("向社会开放") if resource.open else _("不向社会开放"))),
        (_("开放条件"), resource.open_condition),
        (_("依据"), separator.join(resource.legal_basis)),
    )
    return ((title, value) for title, value in said if value)


def _uses(library: Library, uses: Iterable[Use], language: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    for event, group in groupby(uses, key=lambda use: use.event):
        titles = dict.fromkeys(library.services[use.service].title.say(language) for use in group)
        yield library.events[event].title.say(language), tuple(titles)


def _version(row: VersionRow, index: PoolIndex, resource: Resource, language: str) -> VersionLine:
    def said(part: str, values: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_written(part, value, index.library, resource, language) for value in values)

    changes = tuple(
        (part_said(one.part), said(one.part, one.gone), said(one.part, one.new)) for one in row.parts
    )
    return VersionLine(row.number, kind_said(row.kind), row.released_at, row.library, changes)


def _written(part: str, value: str, library: Library, resource: Resource, language: str) -> str:
    """A value as the library writes it, in words where there are some."""
    match part:
        case "gives" | "keys" if value.partition(".")[0] in resource.parties:
            return field_of(library, resource, Declared.parse(value), language).title
        case "record_of":
            return _title(library, value, language)
        case "share" if value in set(Share):
            return share_said(value).words
        case "modes":
            return mode_said(value)
        case "update_cycle":
            return cycle_said(value)
        case _:
            return value


def _element(index: PoolIndex, element: Element, language: str) -> ElementLine:
    record = index.record.get(element.name)
    resources = index.library.resources
    return ElementLine(
        element.name,
        element.title.say(language),
        type_said(element.type),
        element.standard,
        element.grade,
        (record, resources[record].title.say(language)) if record else None,
        tuple(
            (name, resources[name].title.say(language))
            for name in index.holders[element.name]
            if name != record
        ),
    )


def _title(library: Library, element: str, language: str) -> str:
    found = library.elements.get(element)
    return found.title.say(language) if found else element


def _agency(library: Library, kind: str, language: str) -> str:
    return library.agencies[kind].title.say(language) if kind in library.agencies else kind
