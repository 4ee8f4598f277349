"""The pool under attack: deciding about oneself, another agency's requests, what is withheld, two decisions at once, old forms."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from qipan.core.grants import NotAGrant
from qipan.core.posts import Power
from qipan.core.sharing import Act
from qipan.exchange.models import StoredGrant
from qipan.faces.look.actors import OFFICIAL
from qipan.ledger.models import Entry
from qipan.sharing import operations
from qipan.sharing.errors import NotInThisState, UnableToShare
from qipan.sharing.models import ShareNotice, ShareReceipt, ShareRequest
from tests.attacks.at_once import at_once
from tests.cast import LIBRARY, MONDAY
from tests.posts_cast import hold, out_of_office
from tests.sharing.conftest import HEALTH, WANTED, Pool, enter

VAULT = """
schema: 1
resources:
  vault:
    title: {zh: 依法不予共享的信息, en: Withheld}
    agency: public_security
    parties: {person: Person}
    keys: [person.id_number]
    gives: [person.name]
    share: withheld
    share_law: 统计法 第二十五条
    legal_basis: [统计法]
"""
FORM = {
    "field": ["person.name"], "purpose": WANTED.purpose, "basis": WANTED.basis[0], "rows": "own-cases", "way": "look-up",
    "volume": "10", "retention": "1", "reason": "x",
}  # fmt: skip
ACTS = [str(act) for act in Act if act is not Act.RESUBMIT]
OTHERS = ["stranger", "strange approver", "county coordinator", "own approver"]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    folder.mkdir()
    (folder / "birth.yaml").write_bytes((LIBRARY / "birth.yaml").read_bytes())
    (folder / "vault.yaml").write_text(VAULT, encoding="utf-8")
    return folder


@pytest.fixture
def pool(db: None, settings: Settings, tmp_path: Path, library: Path) -> Pool:
    settings.QIPAN_HOME = tmp_path
    return enter(tmp_path, library)


def at(pool: Pool, name: str) -> Client:
    client = Client()
    session = client.session
    session[OFFICIAL] = pool[name].actor.id
    session.save()
    client.cookies["sessionid"] = str(session.session_key)
    return client


def form(**changes: object) -> dict[str, object]:
    until = (timezone.localdate() + timedelta(days=90)).isoformat()
    return {**FORM, "until": until, "key": str(uuid4()), **changes}


def states() -> list[tuple[UUID, str]]:
    return sorted(ShareRequest.objects.values_list("id", "state"))


def test_what_is_withheld_is_not_had_by_a_form_of_ones_own_making(pool: Pool) -> None:
    client = at(pool, "requester")
    page = client.get("/desk/pool/resources/vault").content.decode()
    assert "统计法 第二十五条" in page
    assert 'href="/desk/pool/resources/vault/ask"' not in page
    answer = client.post("/desk/pool/resources/vault/ask", form())
    assert answer.status_code == 422
    assert not ShareRequest.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"field": ["person.id_number"]},
        {"field": ["person.name", "mother.bank"]},
        {"field": ["' OR true --"]},
        {"resource": "vault"},
        {"way": ["look-up", "push"]},
        {"rows": "own-region\x07"},
        {"volume": "99999999999999999999"},
        {"volume": "-1"},
        {"until": "9999-12-31"},
        {"event": "birth.birth_certificate.x"},
        {"purpose": "x" * 201},
        {"purpose": "\u202e\x07"},
    ],
)
def test_a_form_that_was_tampered_with_asks_for_nothing_more(pool: Pool, change: dict[str, object]) -> None:
    answer = at(pool, "requester").post("/desk/pool/resources/population/ask", form(**change))
    if "resource" in change:
        assert [one.resource for one in ShareRequest.objects.all()] == ["population"]
    else:
        assert answer.status_code in {400, 422}
        assert not ShareRequest.objects.exists()


@pytest.mark.parametrize("name", ["requester", "colleague", *OTHERS, "auditor"])
def test_nobody_approves_for_themselves_or_for_another_agency(pool: Pool, name: str) -> None:
    request = pool.asked(at=timezone.now())
    before = states()
    for act in ("approve", "return", "refuse", "overturn", "uphold", "revoke"):
        answer = at(pool, name).post(f"/desk/pool/requests/{request}/{act}", form())
        assert answer.status_code == (403 if name == "auditor" else 404), act
    assert states() == before
    assert not StoredGrant.objects.exists()


def test_whoever_changes_posts_still_does_not_approve_what_they_asked(pool: Pool) -> None:
    """The requester is moved to the provider's agency as its approver: their own request is not theirs to decide."""
    request = pool.asked(at=timezone.now())
    out_of_office(pool["requester"].actor.id)
    hold(pool["requester"].actor.id, "330000.public_security", Power.APPROVER)
    answer = at(pool, "requester").post(
        f"/desk/pool/requests/{request}/approve", form(field=["person.name", "person.marital_status"])
    )
    assert answer.status_code == 404
    assert states() == [(request, "submitted")]


@pytest.mark.parametrize("name", [*OTHERS])
def test_another_agencys_request_is_like_none(pool: Pool, name: str) -> None:
    """Of the consumer's own agency, its approver may look and not act; for all others, there is no such request."""
    request = pool.asked(at=timezone.now())
    client = at(pool, name)
    nobodys = client.get(f"/desk/pool/requests/{uuid4()}")
    theirs = client.get(f"/desk/pool/requests/{request}")
    assert nobodys.status_code == 404
    assert theirs.status_code == (200 if name == "own approver" else 404)
    for act in ACTS:
        assert client.post(f"/desk/pool/requests/{request}/{act}", form()).status_code == 404, act
        assert client.post(f"/desk/pool/requests/{uuid4()}/{act}", form()).status_code == 404, act
    if name != "own approver":
        amended = client.get(f"/desk/pool/requests/{request}/amend").status_code
        assert amended == client.get(f"/desk/pool/requests/{uuid4()}/amend").status_code
        assert amended == (404 if name == "stranger" else 403)
        assert "人口信息" not in client.get("/desk/pool/requests").content.decode()


def test_an_official_without_a_role_asks_for_nothing(pool: Pool) -> None:
    out_of_office(pool["stranger"].actor.id)
    hold(pool["stranger"].actor.id, HEALTH, Power.HANDLE)
    client = at(pool, "stranger")
    assert client.post("/desk/pool/resources/population/ask", form()).status_code == 403
    assert (
        client.post("/desk/pool/resources/population/tell", form(kind="recall", message="x")).status_code
        == 403
    )
    assert not ShareRequest.objects.exists()
    assert not ShareNotice.objects.exists()


def test_nobody_acknowledges_for_another_agency(pool: Pool) -> None:
    pool.granted(pool.asked())
    assert (
        at(pool, "approver")
        .post("/desk/pool/resources/population/tell", form(kind="recall", message="x"))
        .status_code
        == 302
    )
    notice = ShareNotice.objects.get().id
    for name in ("stranger", "auditor", "approver"):
        answer = at(pool, name).post(f"/desk/pool/notices/{notice}/acknowledge", {"answer": "x"})
        assert answer.status_code == (403 if name == "auditor" else 404)
    assert ShareReceipt.objects.get().acknowledged_at is None


def test_a_request_past_its_end_becomes_no_grant(pool: Pool) -> None:
    soon = timezone.localdate() + timedelta(days=1)
    request = pool.asked(at=timezone.now(), wanted=WANTED._replace(until=soon))
    ShareRequest.objects.filter(id=request).update(until=soon - timedelta(days=2))
    fields = ["person.name", "person.marital_status"]
    at(pool, "approver").post(f"/desk/pool/requests/{request}/approve", form(field=fields))
    assert states() == [(request, "submitted")]


def test_a_forged_document_is_no_grant(pool: Pool) -> None:
    request = pool.approved(pool.asked(at=timezone.now()), at=timezone.now())
    ShareRequest.objects.filter(id=request).update(document=b'{"id":"forged"}')
    with pytest.raises(NotAGrant), transaction.atomic():
        operations.sign_grant(
            acting=pool["requester"], request=request, signer=pool.signer, at=timezone.now()
        )
    assert not StoredGrant.objects.exists()


def test_a_document_changed_between_the_signatures_is_not_taken(pool: Pool) -> None:
    request = pool.approved(pool.asked(at=timezone.now()), at=timezone.now())
    row = ShareRequest.objects.get(id=request)
    changed = bytes(row.document or b"").replace(b"person.name", b"person.nane")
    ShareRequest.objects.filter(id=request).update(document=changed)
    at(pool, "requester").post(f"/desk/pool/requests/{request}/sign")
    assert states() == [(request, "approved")]
    assert not StoredGrant.objects.exists()


def test_a_page_of_requests_cannot_be_emptied_or_its_notices_rewritten(pool: Pool) -> None:
    pool.granted(pool.asked())
    at(pool, "approver").post("/desk/pool/resources/population/tell", form(kind="recall", message="x"))
    with pytest.raises(IntegrityError, match="only ever added"), connection.cursor() as cursor:
        cursor.execute("UPDATE share_notices SET message = 'nothing'")


@pytest.fixture
def settled(transactional_db: None, tmp_path: Path) -> Pool:
    return enter(tmp_path)


def test_of_two_who_decide_at_the_same_moment_one_does(settled: Pool) -> None:
    """Approve and refuse, by two approvers, five times: one decision, one entry, and the other is told."""
    for number in range(5):
        request = settled.asked(str(number))
        first, second = at_once(
            lambda request=request: operations.approve_request(  # type: ignore[misc]
                acting=settled["approver"],
                request=request,
                fields=WANTED.fields,
                signer=settled.signer,
                at=MONDAY,
            ),
            lambda request=request: operations.refuse_request(  # type: ignore[misc]
                acting=settled["second approver"], request=request, reason="x", at=MONDAY
            ),
        )
        assert sorted(isinstance(one, NotInThisState) for one in (first, second)) == [False, True]
        state = ShareRequest.objects.get(id=request).state
        assert state == ("refused" if first else "approved")
        decided = Entry.objects.filter(subject=f"share_request:{request}").exclude(act="submit_share_request")
        assert decided.count() == 1


def test_one_form_sent_twice_at_once_is_one_request(settled: Pool) -> None:
    made = at_once(*(lambda: operations.submit_request(
        acting=settled["requester"], wanted=WANTED, idempotency_key="same", at=MONDAY
    ) for _time in range(2)))  # fmt: skip
    assert len(set(made)) == 1
    assert not any(isinstance(one, UnableToShare) for one in made)
    assert Entry.objects.filter(act="submit_share_request").count() == 1


def test_signed_and_revoked_at_once_leaves_no_standing_grant_without_its_end(settled: Pool) -> None:
    request = settled.granted(settled.asked())
    ended = at_once(
        lambda: operations.revoke_shared_grant(
            acting=settled["approver"], request=request, reason="x\x07y", signer=settled.signer, at=MONDAY
        ),
        lambda: operations.give_up_grant(
            acting=settled["requester"], request=request, reason="x", signer=settled.signer, at=MONDAY
        ),
    )
    assert sorted(isinstance(one, NotInThisState) for one in ended) == [False, True]
    assert ShareRequest.objects.get(id=request).state in {"revoked", "given_up"}
