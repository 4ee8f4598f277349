"""The desk's pages as a plain browser sees them."""

from uuid import UUID

from tests import cast as play
from tests.desk.conftest import At


def test_the_inbox_shows_the_case(at: At, application: UUID) -> None:
    body = at("hospital").get("/desk/").content.decode()
    assert "出生医学证明签发" in body


def test_a_case(at: At, application: UUID) -> None:
    case = play.case_of(application, "birth_certificate").id
    body = at("hospital").get(f"/desk/cases/{case}").content.decode()
    assert "王小宝" in body
    for path in ("/desk/today", "/desk/agency", "/desk/sign-in"):
        assert at("hospital").get(path).status_code == 200
    assert at("clerk").get("/desk/window").status_code == 200
