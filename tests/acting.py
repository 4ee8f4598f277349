"""Those who act for others, beside the cast: a father and his daughter, two enterprises with who leads them, and an agent.

Everybody here is invented; the numbers have valid check digits.
"""

import shutil
import tempfile
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from qipan.adapters.sources import FakeSources
from qipan.applications import operations as applications
from qipan.catalogue import queries as catalogue
from qipan.core.mandates import permits
from qipan.mandates import enterprises, operations, queries
from qipan.people import operations as people
from qipan.people import queries as persons
from qipan.people.actors import Acting, Actor, under_mandate
from qipan.people.rows import NewPerson
from tests import cast as play
from tests.cast import MONDAY, Cast

LIBRARY = Path(__file__).parent / "acting_library"
FATHER, DAUGHTER = "330106196607204518", "330106199409111226"
OWNER, AGENT, RIVAL = "33010619850528451X", "330106199602141224", "330106197001014511"
NAMES = {FATHER: "方建国", DAUGHTER: "方小雨", OWNER: "郑海涛", AGENT: "李梦瑶", RIVAL: "马文斌"}
SHOP, OTHER_SHOP = "91330106MA000901XY", "91330106MA0009028Y"
SHOP_NAME, OTHER_NAME = "杭州湖畔鲜餐饮有限公司", "杭州山外楼餐饮有限公司"
SOON = timedelta(days=60)
ANSWERS = {"retiree.household_region": "330106002", "retiree.last_employer": "绍兴纺织厂"}
SHOP_ANSWERS = {"owner.household_region": "330106002", "shop.shop_sign": "湖畔鲜"}


@dataclass(frozen=True)
class Company:
    """Everybody, each for themselves."""

    cast: Cast
    father: Acting
    daughter: Acting
    owner: Acting
    agent: Acting
    rival: Acting


def enter() -> Company:
    """Publish the library with what acting for others needs, and let everyone take their places."""
    with tempfile.TemporaryDirectory() as both:
        for folder in (play.LIBRARY, LIBRARY):
            shutil.copytree(folder, both, dirs_exist_ok=True)
        cast = play.enter(Path(both))
    with transaction.atomic():
        new = [NewPerson(number, name, "13800000009", sample=True) for number, name in NAMES.items()]
        people.admit_persons(persons=new, at=MONDAY)
    return Company(cast, *(_person(number) for number in NAMES))


def _person(number: str) -> Acting:
    found = persons.person_by_number(number)
    assert found
    return Acting(Actor("person", found.id, found.name))


def market(status: str = "1", *, led: Collection[tuple[str, str, str]] = ()) -> FakeSources:
    """What the register of enterprises says: who leads which, and whether it is in existence."""
    known = led or ((OWNER, SHOP, SHOP_NAME), (RIVAL, OTHER_SHOP, OTHER_NAME))
    return FakeSources(
        {
            "representation": [
                {"person.id_number": who, "enterprise.credit_code": code, "enterprise.name": name}
                for who, code, name in known
            ],
            "enterprise_register": [
                {"enterprise.credit_code": code, "enterprise.registration_status": status}
                for _who, code, _name in known
            ],
        }
    )


def leads(acting: Acting, sources: FakeSources | None = None, at: datetime = MONDAY) -> Acting:
    """Whoever the register names, acting for their enterprise."""
    number = persons.person(acting.actor.id)
    found = enterprises.led_by(
        library=catalogue.current_library(),
        id_number=number.id_number if number else "",
        on=timezone.localdate(at),
        sources=sources or market(),
    )
    with transaction.atomic():
        operations.record_look_up(acting=acting, found=found, at=at)
    with transaction.atomic():
        mandate = operations.represent_enterprise(acting=acting, found=found, at=at)
    return under(acting, mandate, at)


def offered(
    giver: Acting,
    to: str,
    events: Collection[str],
    *,
    ends_on: date | None = None,
    name: str = "",
    at: datetime = MONDAY,
) -> int:
    """A mandate that was given and not accepted yet."""
    with transaction.atomic():
        return operations.give_mandate(
            acting=giver,
            agent_name=name or NAMES[to],
            agent_number=to,
            events=events,
            ends_on=ends_on or timezone.localdate(at) + SOON,
            at=at,
        )


def given(
    giver: Acting,
    to: Acting,
    number: str,
    events: Collection[str],
    *,
    at: datetime = MONDAY,
    ends_on: date | None = None,
) -> Acting:
    """Whoever it was given to, acting under it."""
    mandate = offered(giver, number, events, at=at, ends_on=ends_on)
    accept(to, mandate, at)
    return under(to, mandate, at)


def accept(acting: Acting, mandate: int, at: datetime = MONDAY) -> None:
    with transaction.atomic():
        operations.accept_mandate(acting=acting, mandate=mandate, at=at)


def end(acting: Acting, mandate: int, at: datetime = MONDAY) -> None:
    with transaction.atomic():
        operations.end_mandate(acting=acting, mandate=mandate, at=at)


def under(acting: Acting, mandate: int, at: datetime = MONDAY) -> Acting:
    """As the pages would let them act; fails where they would not."""
    found = queries.mandate_of(mandate, acting.actor.id)
    assert found
    assert permits(found.mandate, acting.actor.id, timezone.localdate(at))
    return under_mandate(acting.actor, found.mandate)


def begun(acting: Acting, event: str = "retirement", at: datetime = MONDAY) -> UUID:
    """A form that somebody began for whom they act, filled in."""
    typed = ANSWERS if event == "retirement" else SHOP_ANSWERS
    with transaction.atomic():
        draft = applications.start_draft(acting=acting, person=acting.applicant, event=event, at=at)
        applications.save_answers(acting=acting, draft=draft, answers=typed, at=at)
    return draft


def sent(acting: Acting, event: str = "retirement", at: datetime = MONDAY) -> str:
    """The number of an application that somebody sent for whom they act."""
    draft = begun(acting, event, at)
    submitted = applications.submit_application(
        acting=acting, person=acting.applicant, idempotency_key="", draft=draft, at=at
    )
    return submitted.number
