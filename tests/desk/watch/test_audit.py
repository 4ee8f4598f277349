"""The auditor's pages: what they show in both languages, in how many statements, to whom; and receipts that verify."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from qipan.core.posts import Power
from qipan.core.sharing import Role
from qipan.faces.look.actors import OFFICIAL
from qipan.faces.trail import qipan_verify
from qipan.ledger.models import Entry
from qipan.people import operations as people
from qipan.watch import operations
from qipan.watch.kinds import Kind
from qipan.watch.models import Finding, Reading
from qipan.watch.operations import NewFinding
from tests import cast as play
from tests.cast import Cast
from tests.ledger import trail
from tests.posts_cast import LONG_AGO, hold, out_of_office

Counted = Callable[[int], AbstractContextManager[None]]
NOW = timezone.now()
DAY = timedelta(days=1)
JUDGED: dict[str, Any] = {
    "count": 90, "own": {"middle": 10.0, "most": 12.5, "days": 20}, "peers": {"middle": 9.0, "most": 11.0, "days": 60},
    "expected": 20.0, "chance": "1e-15",
}  # fmt: skip
FACTS: dict[Kind, dict[str, Any]] = {
    Kind.VOLUME: JUDGED, Kind.IDLE: JUDGED, Kind.OFF_HOURS: JUDGED, Kind.CLOSED: {**JUDGED, "own": None, "peers": None},
    Kind.NAMESAKE: {"count": 2, "person": 1}, Kind.SOUGHT: {**JUDGED, "own": None, "agencies": 4, "times": 90, "cases": 2},
    Kind.GRANT_VOLUME: {**JUDGED, "peers": None, "resource": "population", "node": "county"},
    Kind.ONE_SIDED: {
        "peer": "hospitals", "gaps": {"only-here": 2, "answer-lost": 1},
        "examples": [{"exchange": "ab" * 32, "gap": "only-here", "minute": NOW.isoformat(), "entry": None}],
    },
    Kind.SILENT: {"peer": "hospitals"},
}  # fmt: skip
SUBJECTS = {
    Kind.SOUGHT: "person:1",
    Kind.GRANT_VOLUME: f"grant:{'5' * 8}",
    Kind.ONE_SIDED: "node:hospitals",
    Kind.SILENT: "node:hospitals",
}


@pytest.fixture
def cast(db: None) -> Cast:
    return play.enter()


@pytest.fixture
def auditor(cast: Cast) -> Client:
    with transaction.atomic():
        number = people.appoint_official(
            agency="330000.data_bureau", name="周明", post="审计员", role=Role.AUDITOR, at=NOW, sample=True
        )
    return signed_in(number)


def signed_in(number: int, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    session = client.session
    session[OFFICIAL] = number
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    return client


def found(cast: Cast, kind: Kind = Kind.VOLUME) -> Finding:
    who = cast.official("hospital").actor
    official = None if kind in SUBJECTS else who.id
    subject = SUBJECTS.get(kind, f"official:{who.id}")
    new = NewFinding(kind, subject, NOW - DAY, NOW, 15.0, FACTS[kind], official, who.agency)
    with transaction.atomic():
        operations.raise_findings(found=[new], at=NOW)
    return Finding.objects.get(kind=kind)


def body(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_each_kind_is_told_in_words(auditor: Client, cast: Cast, kind: Kind, language: str) -> None:
    finding = found(cast, kind)
    auditor.defaults["HTTP_ACCEPT_LANGUAGE"] = language
    page = body(auditor, f"/desk/watch/{finding.id}")
    assert ("记录处理结果" in page) == (language != "en")
    assert "%(" not in page
    if "chance" in FACTS[kind]:
        assert ("一万亿分之一" if language != "en" else "million million") in page


def test_the_list_shows_what_waits_first_and_filters(auditor: Client, cast: Cast) -> None:
    for kind in (Kind.VOLUME, Kind.ONE_SIDED):
        found(cast, kind)
    assert [text in body(auditor, "/desk/watch/") for text in ("查看次数异常", "两边记录对不上")] == [
        True,
        True,
    ]
    assert "两边记录对不上</" not in body(auditor, "/desk/watch/?group=use").partition("bare findings")[2]
    assert "查看次数异常<" in body(auditor, "/desk/watch/?kind=volume").partition("bare findings")[2]
    assert "没有" in body(auditor, "/desk/watch/?group=nonsense&show=decided&start=x")


def test_pages_take_few_statements(auditor: Client, cast: Cast, assert_query_count: Counted) -> None:
    finding = found(cast)
    body(auditor, "/desk/watch/")
    with assert_query_count(7):
        body(auditor, "/desk/watch/")
    body(auditor, f"/desk/watch/{finding.id}")
    with assert_query_count(7):
        body(auditor, f"/desk/watch/{finding.id}")


def test_a_decision_is_kept_and_what_was_typed_stays(auditor: Client, cast: Cast) -> None:
    finding = found(cast)
    address = f"/desk/watch/{finding.id}/decide"
    wrong = auditor.post(address, {"reason": "去年就说过"})
    assert wrong.status_code == 422
    assert "请选择怎么认定" in wrong.content.decode()
    assert "去年就说过" in wrong.content.decode()
    assert "请写明理由" in auditor.post(address, {"verdict": "misuse"}).content.decode()
    assert auditor.post(address, {"verdict": "misuse", "reason": "没有理由"}).status_code == 302
    page = body(auditor, f"/desk/watch/{finding.id}")
    assert "认定滥用" in page
    assert "没有理由" in page
    assert "记录处理结果" not in page


def test_nobody_else_comes_in(cast: Cast) -> None:
    finding = found(cast)
    hospital = signed_in(cast.official("hospital").actor.id)
    for path in ("", f"{finding.id}", "receipts/1"):
        assert hospital.get(f"/desk/watch/{path}").status_code == 403
        assert Client().get(f"/desk/watch/{path}").status_code == 302
    assert (
        hospital.post(f"/desk/watch/{finding.id}/decide", {"verdict": "justified", "reason": "x"}).status_code
        == 403
    )
    assert "审计" not in body(hospital, "/desk/today").partition("</nav>")[0]


def test_an_auditor_does_not_see_what_is_about_themselves(cast: Cast) -> None:
    finding = found(cast)
    who = cast.official("hospital").actor
    out_of_office(who.id)
    hold(who.id, who.agency, Power.AUDITOR, begins=LONG_AGO)
    client = signed_in(who.id)
    assert client.get(f"/desk/watch/{finding.id}").status_code == 404
    assert (
        client.post(f"/desk/watch/{finding.id}/decide", {"verdict": "justified", "reason": "x"}).status_code
        == 404
    )
    assert "没有要处理的发现。" in body(client, "/desk/watch/")


@pytest.mark.django_db(transaction=True)
def test_a_receipt_downloads_and_verifies(cast: Cast, auditor: Client) -> None:
    hospital = cast.official("hospital")
    case = play.case_of(play.running(cast).application, "birth_certificate")
    desk = signed_in(hospital.actor.id)
    page = body(desk, f"/desk/cases/{case.id}")
    assert Reading.objects.get().subject == f"case:{case.id}"
    trail.seal()
    entry = Entry.objects.get(act="open_case", subject=f"case:{case.id}").id
    assert f"/desk/cases/{case.id}/receipts/{entry}" in page
    for client, path in (
        (desk, f"/desk/cases/{case.id}/receipts/{entry}"),
        (auditor, f"/desk/watch/receipts/{entry}"),
    ):
        answer = client.get(path)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="qipan-receipt-{entry}.json"'
        assert qipan_verify.check_receipt(json.loads(answer.content), trail.trusted()) == []
    other = Entry.objects.exclude(subject=f"case:{case.id}").latest("id").id
    assert desk.get(f"/desk/cases/{case.id}/receipts/{other}").status_code == 404
    assert (
        signed_in(cast.official("police").actor.id).get(f"/desk/cases/{case.id}/receipts/{entry}").status_code
        == 404
    )


def test_how_to_verify_is_there_for_everybody(db: None) -> None:
    page = body(Client(headers={"accept-language": "zh-hans"}), "/trail/how")
    assert "qipan_verify.py receipt" in page
    assert "怎样核验存证回执" in page
