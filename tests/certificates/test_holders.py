"""A certificate is held by whoever applied and by those whom it is about; each for themselves."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction

from qipan.accounts.models import Account
from qipan.adapters.notices import FileNotices, Notice, NoticeNotSent
from qipan.applications.facts import FactSource, learn
from qipan.certificates import gathering, operations, queries, showings, tasks
from qipan.certificates.errors import CertificateNotSo, NoSuchShowing
from qipan.certificates.gathering import NamedHolder
from qipan.certificates.holder_models import Holder
from qipan.certificates.rows import WholeCertificate
from qipan.certificates.showing_models import Showing
from qipan.core.elements import Field
from qipan.core.status_lists import Status
from qipan.people.actors import Acting
from tests import cast as play
from tests.cast import FATHER, MONDAY, MOTHER, NEIGHBOUR, Cast
from tests.certificates import parents
from tests.certificates.office import ADDRESS, DAY, Office, days_before, issue, issued, open_office
from tests.certificates.test_indexes import plans

FILL = "qipan.site.migrations.0034_certificate_holders"


@pytest.fixture
def cast(db: None, tmp_path: Path) -> Cast:
    return parents.enter(tmp_path / "library")


@pytest.fixture
def office(cast: Cast, tmp_path: Path) -> Office:
    return open_office(tmp_path / "keys")


@pytest.fixture
def paper(cast: Cast, office: Office) -> WholeCertificate:
    return issued(cast, office)


@pytest.fixture
def father(cast: Cast) -> Acting:
    return parents.father_comes()


def held_by(paper: WholeCertificate) -> dict[str, str]:
    rows = Holder.objects.filter(certificate=paper.id, ended_at=None)
    return dict(rows.values_list("subject", "capacity"))


def linked(acting: Acting, paper: WholeCertificate) -> int:
    with transaction.atomic():
        return operations.show_by_link(
            acting=acting,
            number=paper.number,
            facts=["child.name"],
            receiver="西溪幼儿园",
            use="入园登记",
            most=2,
            ends_at=MONDAY + DAY,
            at=MONDAY,
        )


def replaced(cast: Cast, office: Office, paper: WholeCertificate) -> WholeCertificate:
    with transaction.atomic():
        number = operations.replace_certificate(
            acting=cast.official("hospital"),
            number=paper.number,
            reason="父亲信息登记错误",
            custody=office.custody,
            address=ADDRESS,
            at=MONDAY + DAY,
        )
    found = queries.certificate(number)
    assert found
    return found


def test_both_parents_hold_it(paper: WholeCertificate) -> None:
    assert held_by(paper) == {MOTHER: "mother", FATHER: "father"}


def test_a_parent_who_does_not_take_part_does_not(cast: Cast, office: Office) -> None:
    """His number was learned before it was known that he is not to be entered."""
    application = play.running(cast).application
    play.granted(cast, application, "birth_certificate", "hospital")
    learn(application, FactSource("answer"), {Field("mother", "marital_status"): "10"}, MONDAY)
    (number,) = issue(play.case_of(application, "birth_certificate").id, office)
    found = queries.certificate(number)
    assert found
    assert held_by(found) == {MOTHER: "mother"}


def test_what_is_issued_to_a_child_names_the_child(paper: WholeCertificate, cast: Cast) -> None:
    """By the number that the same case gave; the parent who applied holds it beside."""
    play.granted(cast, paper.application, "household_registration", "police")
    case = play.case_of(paper.application, "household_registration").id
    ((_, page),) = gathering.certificates_of(gathering.granted([case]))
    number = str(page.facts["child.id_number"])
    assert page.holders == (NamedHolder(number, "child"),)


def test_the_other_parent_finds_it_when_they_come(
    paper: WholeCertificate, father: Acting, cast: Cast, assert_query_count: Any
) -> None:
    for who in (cast.mother_id, father.actor.id):
        with assert_query_count(1):
            (row,) = queries.certificates_of(who)
        assert row.number == paper.number
        with assert_query_count(1):
            assert queries.certificate_held(paper.number, who)
    assert queries.certificates_of(cast.neighbour.actor.id) == []


def test_each_shows_it_and_sees_their_own_showings(
    paper: WholeCertificate, father: Acting, cast: Cast
) -> None:
    his, hers = linked(father, paper), linked(cast.mother, paper)
    assert [one.id for one in showings.showings_of(paper.id, father.actor.id)] == [his]
    assert [one.id for one in showings.showings_of(paper.id, cast.mother_id)] == [hers]
    with pytest.raises(NoSuchShowing), transaction.atomic():
        operations.withdraw_showing(acting=cast.mother, showing=his, at=MONDAY)
    with transaction.atomic():
        operations.withdraw_showing(acting=father, showing=his, at=MONDAY)
    assert set(Showing.objects.filter(withdrawn_at=None).values_list("id", flat=True)) == {hers}


def test_revocation_reaches_all(paper: WholeCertificate, father: Acting, cast: Cast) -> None:
    with transaction.atomic():
        operations.revoke_certificate(
            acting=cast.official("hospital"), number=paper.number, reason="登记错误", at=MONDAY
        )
    for who in (cast.mother, father):
        (row,) = queries.certificates_of(who.actor.id)
        assert row.state == Status.REVOKED
        with pytest.raises(CertificateNotSo):
            linked(who, paper)


def test_whom_a_replacement_does_not_name_holds_no_more(
    paper: WholeCertificate, father: Acting, cast: Cast, office: Office
) -> None:
    his, hers = linked(father, paper), linked(cast.mother, paper)
    learn(paper.application, FactSource("answer"), {Field("father", "id_number"): NEIGHBOUR}, MONDAY)
    new = replaced(cast, office, paper)
    assert held_by(new) == {MOTHER: "mother", NEIGHBOUR: "father"}
    assert held_by(paper) == {MOTHER: "mother"}
    assert queries.certificates_of(father.actor.id) == []
    assert queries.certificate_held(paper.number, father.actor.id) is None
    taken_back = dict(Showing.objects.values_list("id", "withdrawn_at"))
    assert taken_back == {his: MONDAY + DAY, hers: None}


HERS, HIS = "+8613800000001", "+8613800000003"


@pytest.fixture
def sent(father: Acting, cast: Cast, tmp_path: Path, settings: Any) -> FileNotices:
    """Where messages go, to parents who both have an account."""
    settings.QIPAN_NOTICES = str(tmp_path / "notices.jsonl")
    for phone, person in {HERS: cast.mother_id, HIS: father.actor.id}.items():
        Account.objects.create(phone=phone, phone_verified=True, person_id=person, created_at=MONDAY)
    return FileNotices(tmp_path / "notices.jsonl")


def test_each_who_has_an_account_is_told_of_its_end(paper: WholeCertificate, sent: FileNotices) -> None:
    assert tasks.tell_of_ends_now(days_before(paper, 29)) == 2
    assert sorted(one.to for one in sent.sent()) == [HERS, HIS]


def test_who_cannot_be_reached_is_tried_again_and_nobody_else(
    paper: WholeCertificate, sent: FileNotices, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Half(FileNotices):
        def send(self, notice: Notice) -> None:
            if notice.to == HIS:
                raise NoticeNotSent
            super().send(notice)

    with monkeypatch.context() as blocked:
        blocked.setattr(tasks, "notices_by", lambda *_: Half(sent.path))
        assert tasks.tell_of_ends_now(days_before(paper, 29)) == 1
    assert tasks.tell_of_ends_now(days_before(paper, 28)) == 1
    assert tasks.tell_of_ends_now(days_before(paper, 27)) == 0
    assert [one.to for one in sent.sent()] == [HERS, HIS]


def test_what_was_issued_before_is_held_by_who_applied(paper: WholeCertificate) -> None:
    module = __import__(FILL, fromlist=["FILL"])
    Holder.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(module.FILL)
    assert held_by(paper) == {MOTHER: "applicant"}


MANY = 3000
SEED = f"""
INSERT INTO certificates (number, type, library, "case", application, event, agency, issuer, seal, holder, issued_at, begins, ends, state,
  reason, data, data_sm2)
SELECT 'n' || i, 't', 1, gen_random_uuid(), gen_random_uuid(), 'birth', 'a', 'a', 's', 0, now(), '2026-01-01', NULL, 0, '', '', ''
FROM generate_series(1, {MANY}) i;
INSERT INTO certificate_holders (certificate, subject, capacity) SELECT id, 'n' || id % 500, 'applicant' FROM certificates WHERE agency = 'a';
INSERT INTO certificate_holders (certificate, subject, capacity)
SELECT id, '{MOTHER}', 'mother' FROM certificates WHERE agency = 'a' ORDER BY id LIMIT 5;
ANALYZE certificates; ANALYZE certificate_holders
"""


def test_a_wallet_is_read_by_whose_it_is(cast: Cast) -> None:
    asked: list[tuple[str, Any]] = []

    def note(execute: Any, statement: str, parameters: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        asked.append((statement, parameters))
        return execute(statement, parameters, many, context)

    with connection.cursor() as cursor:
        cursor.execute(SEED)
        with connection.execute_wrapper(note):
            assert len(queries.certificates_of(cast.mother_id)) == 5
        ((statement, parameters),) = asked
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
        (found,) = cursor.fetchone()
    scans = {
        one["Relation Name"]: one.get("Index Name", "")
        for one in plans(_plan(found))
        if "Relation Name" in one
    }
    assert scans["certificate_holders"] == "certificate_holders_subject"
    assert scans["certificates"].endswith("pkey")


def _plan(found: Any) -> dict[str, Any]:
    plan: dict[str, Any] = (json.loads(found) if isinstance(found, str) else found)[0]["Plan"]
    return plan
