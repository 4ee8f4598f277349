"""Seals and certificates at the desk: made by three, used, suspended, destroyed; a certificate revoked and replaced."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from qipan.certificates import queries
from qipan.certificates.rows import WholeCertificate
from qipan.core.posts import Power
from qipan.faces.look.actors import OFFICIAL
from qipan.people.actors import Acting
from tests.cast import Cast
from tests.certificates.office import HOSPITAL, issued, keeper, open_office, unsealed_office
from tests.desk.conftest import At

As = Callable[[Acting], Client]


@pytest.fixture
def keys(tmp_path: Path, settings: Any) -> Path:
    settings.QIPAN_HOME = tmp_path
    return tmp_path / "keys" / "issuers"


@pytest.fixture
def signed_in() -> As:
    """A browser at which this official has signed in."""

    def sign_in(who: Acting) -> Client:
        client = Client(headers={"accept-language": "zh-hans"})
        session = client.session
        session[OFFICIAL] = who.actor.id
        session.save()
        client.cookies["sessionid"] = str(session.session_key)
        return client

    return sign_in


@pytest.fixture
def paper(cast: Cast, keys: Path) -> WholeCertificate:
    return issued(cast, open_office(keys))


def test_a_seal_is_made_by_three(cast: Cast, keys: Path, signed_in: As) -> None:
    office = unsealed_office(keys)
    asking, first, second = map(signed_in, office.keepers)
    assert HOSPITAL in asking.get("/desk/seals/").content.decode()
    assert asking.post("/desk/seals/ask", {"agency": HOSPITAL}).status_code == 302
    (seal,) = queries.seals_of([HOSPITAL])
    place = f"/desk/seals/{seal.number}"
    assert asking.post(f"{place}/approve").status_code == 403
    assert first.post(f"{place}/approve", follow=True).status_code == 200
    assert "三个不同的人" in first.post(f"{place}/approve", follow=True).content.decode()
    assert f"{place}/approve" not in first.get(place).content.decode()
    assert "印章已制成" in second.post(f"{place}/approve", follow=True).content.decode()
    (seal,) = queries.seals_of([HOSPITAL])
    assert seal.state == "active"
    shown = second.get(place).content.decode()
    assert all(word in shown for word in ("申请制作", "审批同意", "复核同意，制成", seal.name))
    assert second.get(f"{place}/picture").content == seal.picture


def test_a_keeper_suspends_and_destroys_with_a_reason(cast: Cast, keys: Path, signed_in: As) -> None:
    office = open_office(keys)
    keeping, approving = signed_in(office.keepers[0]), signed_in(office.keepers[1])
    place = f"/desk/seals/{office.seal}"
    assert keeping.post(f"{place}/change/suspend", {"reason": " "}).status_code == 422
    assert approving.post(f"{place}/change/suspend", {"reason": "查"}).status_code == 403
    for act, state in (("suspend", "suspended"), ("resume", "active"), ("destroy", "destroyed")):
        page = keeping.post(f"{place}/change/{act}", {"reason": f"理由{act}"}, follow=True).content.decode()
        found = queries.seal(office.seal)
        assert found
        assert found.state == state
        assert f"理由{act}" in page


def test_who_has_no_such_post_sees_no_seals(cast: Cast, keys: Path, at: At, signed_in: As) -> None:
    office = open_office(keys)
    elsewhere = keeper("吴远方", agency="330102.hospital", power=Power.SEAL_KEEPER)
    assert at("hospital").get("/desk/seals/").status_code == 403
    assert "/desk/seals/" not in at("hospital").get("/desk/", follow=True).content.decode()
    page = signed_in(elsewhere)
    assert office.seal not in page.get("/desk/seals/").content.decode()
    for path in ("", "/picture"):
        assert page.get(f"/desk/seals/{office.seal}{path}").status_code == 404
    assert page.post("/desk/seals/ask", {"agency": HOSPITAL}).status_code == 404
    assert page.post(f"/desk/seals/{office.seal}/change/destroy", {"reason": "坏"}).status_code == 404


def test_a_case_shows_what_was_issued_and_its_agency_revokes_it(paper: WholeCertificate, at: At) -> None:
    place = f"/desk/certificates/{paper.number}"
    assert place in at("hospital").get(f"/desk/cases/{paper.case}").content.decode()
    assert "王小宝" not in at("hospital").get(place).content.decode()
    assert at("police").get(place).status_code == 404
    assert at("police").post(f"{place}/revoke", {"reason": "坏"}).status_code == 404
    assert at("hospital").post(f"{place}/revoke", {"reason": ""}).status_code == 422
    page = at("hospital").post(f"{place}/revoke", {"reason": "登记错误"}, follow=True).content.decode()
    assert "已吊销" in page
    assert "登记错误" in page
    found = queries.standing(paper.number)
    assert found
    assert (found.status.name, found.reason) == ("REVOKED", "登记错误")
    assert (
        "时限" not in at("hospital").post(f"{place}/revoke", {"reason": "再来"}, follow=True).content.decode()
    )


def test_it_is_replaced_by_the_next_version(paper: WholeCertificate, at: At) -> None:
    place = f"/desk/certificates/{paper.number}"
    answer = at("hospital").post(f"{place}/replace", {"reason": "姓名更正"})
    new = answer.headers["Location"].rsplit("/", 1)[-1]
    assert new.rsplit(".", 2)[1] == "002"
    assert "已换发" in at("hospital").get(place).content.decode()
    assert at("hospital").get(f"/desk/certificates/{new}").status_code == 200
