"""Three nodes on this machine: a birth across them, what travels between them, the hub killed, and nothing left at the end.

The tests are one story, in this order, on one stage.
"""

import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing

import psutil
import pytest

from qipan.faces.cli.run.children import STOP_SECONDS
from qipan.faces.cli.tour.mother import Mother
from tests.nodes.three_nodes import MOTHER, REVOKE, Official, ThreeNodes, three_nodes

KEYS = {"mother.id_number": MOTHER.id_number}
COUNTS_SECONDS = 120.0
FLOW_SECONDS = 240.0
END_SECONDS = 12 * STOP_SECONDS
MARRIED, PERSON = "marital_status", {"person.id_number": MOTHER.id_number}
ASKING, ANSWERING = "330100.medical_insurance", "330000.civil_affairs"
SETTLING = "330000.data_bureau"
WRONG = "婚姻状况有误，请删除"
PURPOSE, BASIS = "核验参保人婚姻状况", "社会保险法 第七十四条"
DISPUTED, OF_BIRTHS = "核验生育保险待遇", "社会保险法 第五十四条"
UNTIL = f"{time.gmtime().tm_year + 1}-01-31"
USE = {"purpose": PURPOSE, "basis": [BASIS], "services": ["birth_certificate"]}
NODES = ("hub", "city", "hospitals")


@pytest.fixture(scope="module")
def nodes() -> Iterator[ThreeNodes]:
    with three_nodes() as found:
        yield found


@pytest.fixture(scope="module")
def draft(nodes: ThreeNodes) -> str:
    """A form that the mother has in hand at the city, whose look-ups she agreed to."""
    mother = Mother(nodes.pages("city"), "zh-CN")
    mother.sign_in()
    mother.consent()
    mother.visitor.close()
    [(found,)] = nodes.rows(
        "city", "SELECT id::text FROM drafts WHERE application IS NULL ORDER BY updated_at DESC LIMIT 1"
    )
    return f"draft:{found}"


def test_a_birth_goes_across_the_nodes_and_both_ends_recorded_the_same(nodes: ThreeNodes) -> None:
    told = nodes.tour()
    assert told.returncode == 0, told.stderr
    assert "社会保障卡卡号" in told.stdout
    assert "birth_record" in told.stdout
    assert "household" in told.stdout


def test_each_node_has_its_own_share_and_knows_what_the_others_hold(nodes: ThreeNodes) -> None:
    for name in NODES:
        held = nodes.rows(name, "SELECT DISTINCT node FROM node_catalogues ORDER BY node")
        assert held == [("city",), ("hospitals",), ("hub",)]
    assert (nodes.home / "nodes" / "hospitals" / "registers" / "hospital.db").exists()
    assert not (nodes.home / "nodes" / "city" / "registers" / "hospital.db").exists()
    keys = {
        nodes.rows(name, "SELECT document FROM node_lists ORDER BY number DESC LIMIT 1")[0][0]
        for name in NODES
    }
    assert len(keys) == 1, "all have the same list"


def test_the_citys_residents_flow_back_to_it_and_nobody_elses(nodes: ThreeNodes) -> None:
    [(residents,)] = nodes.register(
        "public_security", "SELECT count(*) FROM czrk_jbxx WHERE hjd_xian LIKE '3301%%'"
    )
    end = time.monotonic() + FLOW_SECONDS
    while (flows := json.loads(nodes.qipan("city", "node", "streams", "--json")))[:1] == [] or flows[0][
        "rows"
    ] < residents:
        assert time.monotonic() < end, flows
        time.sleep(0.5)
    assert flows == [
        {
            "way": "has",
            "node": "hub",
            "resource": "population",
            "mode": "push",
            "state": "running",
            "rows": residents,
        }
    ]
    elsewhere = (
        "SELECT count(*) FROM exchange_received WHERE row ->> 'person.household_county' NOT LIKE '3301%%'"
    )
    assert nodes.rows("city", elsewhere) == [(0,)]


def test_officials_of_two_nodes_carry_a_request_to_its_use_and_its_end(nodes: ThreeNodes, draft: str) -> None:
    """Asked for at the city, decided at the province, signed at the city, used across, revoked at the province."""
    with (
        closing(nodes.official("city", ASKING, "requester")) as asking,
        closing(nodes.official("hub", ANSWERING, "approver")) as answering,
    ):
        where = requested(asking)
        waiting = answering.wait("/desk/pool/requests?show=mine", PURPOSE)
        there = waiting.link("/desk/pool/requests/")
        page = answering.open(there)
        assert "杭州市节点" in page.words
        answering.send(page, "/approve")
        sign = f"{where.rpartition('/')[2]}/sign"
        asking.send(asking.wait(where, sign), sign)
        answering.wait(there, "授权编号")
        [(grant,), *_] = nodes.rows(
            "hub",
            'SELECT g.id::text FROM exchange_grants g JOIN share_requests q ON q."grant" = g.id ORDER BY issued_at DESC',
        )
        end = time.monotonic() + COUNTS_SECONDS
        while (answer := nodes.ask(MARRIED, PERSON, draft, **USE)).status_code != 200:
            assert time.monotonic() < end, answer.text
        assert answer.json()["found"]
        for one, address in ((asking, where), (answering, there)):
            one.wait(address, draft.partition(":")[2][:8])  # the use is on the request's page at both nodes
        answering.send(answering.open(there), "/revoke", reason="不再需要")
        since = time.monotonic()
        while nodes.ask(MARRIED, PERSON, draft, **USE).status_code == 200:
            assert time.monotonic() - since < COUNTS_SECONDS
        assert nodes.ask(MARRIED, PERSON, draft, **USE).json()["code"] == "grant-revoked"
        asking.wait(where, "已撤销")
        while not nodes.rows("city", 'SELECT 1 FROM exchange_revocations WHERE "grant" = %s', (grant,)):
            assert time.monotonic() - since < COUNTS_SECONDS


def test_a_dispute_and_a_recall_go_from_official_to_official_across_nodes(nodes: ThreeNodes) -> None:
    """Refused at the province, disputed at the city, settled at the hub, signed at the city; then recalled, and acknowledged there."""
    with (
        closing(nodes.official("city", ASKING, "requester")) as asking,
        closing(nodes.official("hub", ANSWERING, "approver")) as answering,
        closing(nodes.official("hub", SETTLING, "coordinator")) as settling,
    ):
        where = requested(asking)
        waits = "/desk/pool/requests?show=mine"
        there = answering.wait(waits, PURPOSE).link("/desk/pool/requests/")
        answering.send(answering.open(there), "/refuse", reason="没有依据")
        asking.send(asking.wait(where, "/dispute"), "/dispute", reason="依法应当共享")
        disputed = settling.wait(waits, PURPOSE).link("/desk/pool/requests/")
        settling.send(settling.open(disputed), "/overturn", reason="依法应当共享")
        sign = f"{where.rpartition('/')[2]}/sign"
        asking.send(asking.wait(where, sign), sign)
        answering.wait(there, "授权编号")
        tell = f"/desk/pool/resources/{MARRIED}/tell"
        answering.send(answering.open(tell), "/tell", kind="recall", record=MOTHER.id_number, message=WRONG)
        page = asking.wait("/desk/pool/notices", WRONG)
        assert "浙江省枢纽" in page.words
        asking.send(page, "/acknowledge", answer="已经删除")
        page = answering.wait("/desk/pool/notices", "已经删除")
        assert "杭州市节点" in page.words


def test_a_dispute_between_two_nodes_is_settled_at_the_third_and_signed_by_the_provider(
    nodes: ThreeNodes, draft: str
) -> None:
    """Refused at the hospitals, disputed at the city, ordered at the hub, signed at the hospitals and the city; the hub sees no data."""
    waits, use = "/desk/pool/requests?show=mine", {**USE, "purpose": DISPUTED, "basis": [OF_BIRTHS]}
    with (
        closing(nodes.official("city", ASKING, "requester")) as asking,
        closing(nodes.official("hub", SETTLING, "coordinator")) as settling,
    ):
        where = requested(asking, "birth_record", "医疗机构行业节点", DISPUTED, OF_BIRTHS)
        [(provider,)] = nodes.rows(
            "city", "SELECT DISTINCT provider FROM share_requests WHERE purpose = %s", (DISPUTED,)
        )
        with closing(nodes.official("hospitals", provider, "approver")) as answering:
            there = answering.wait(waits, DISPUTED).link("/desk/pool/requests/")
            answering.send(answering.open(there), "/refuse", reason="没有依据")
            asking.send(asking.wait(where, "/dispute"), "/dispute", reason="依法应当共享")
            disputed = settling.wait(waits, DISPUTED).link("/desk/pool/requests/")
            page = settling.open(disputed)
            assert "/overturn" not in page.source, "the hub does not sign for another node"
            settling.send(page, "/order", reason="依法应当共享")
            answering.send(answering.wait(there, "/approve"), "/approve")
            sign = f"{where.rpartition('/')[2]}/sign"
            asking.send(asking.wait(where, sign), sign)
            answering.wait(there, "授权编号")
        settling.wait(disputed, "授权有效")
    assert stands(nodes, "share_requests", f"purpose = '{DISPUTED}' AND state = 'granted'") == [*NODES]
    about = f"convert_from(document, 'UTF8')::jsonb -> 'purpose' ->> 'zh' = '{DISPUTED}'"
    assert stands(nodes, "exchange_grants", about) == ["city", "hospitals"]
    end = time.monotonic() + COUNTS_SECONDS
    while (answer := nodes.ask("birth_record", KEYS, draft, **use)).status_code != 200:
        assert time.monotonic() < end, answer.text
    assert answer.json()["found"]
    assert stands(nodes, "exchange_calls", f"purpose = '{DISPUTED}' AND outcome = 'ok'") == [
        "city",
        "hospitals",
    ]


def stands(nodes: ThreeNodes, table: str, where: str) -> list[str]:
    """At which nodes a table has such a row."""
    return [name for name in NODES if nodes.rows(name, f"SELECT FROM {table} WHERE {where} LIMIT 1")]


def requested(
    asking: Official,
    resource: str = MARRIED,
    holder: str = "浙江省枢纽",
    purpose: str = PURPOSE,
    basis: str = BASIS,
) -> str:
    """From the catalogue to a request that was sent; its address."""
    page = asking.open(f"/desk/pool/resources/{resource}")
    assert holder in page.words
    form = asking.open(page.link("/ask"))
    fields = [
        one for form_ in form.forms if "field" in form_.controls for one in form_.controls["field"].values
    ]
    sent = asking.send(
        form,
        "/ask",
        field=fields,
        event="newborn.birth_certificate",
        purpose=purpose,
        basis=basis,
        until=UNTIL,
    )
    assert "申请已提出" in sent.words, sent.words
    return sent.address


def test_with_the_hub_killed_the_city_still_asks_the_hospitals(nodes: ThreeNodes, draft: str) -> None:
    hub = nodes.node("hub")
    family = [hub, *hub.children(recursive=True)]
    hub.kill()
    assert not psutil.wait_procs(family, timeout=END_SECONDS)[1], "its processes end with it"
    answer = nodes.ask("birth_record", KEYS, draft)
    assert (answer.status_code, answer.json()["found"]) == (200, True), answer.text
    assert (
        nodes.ask("marital_status", {"person.id_number": MOTHER.id_number}, draft).json()["code"]
        == "peer-down"
    )


def test_a_revocation_counts_at_the_other_node_though_the_hub_is_down(nodes: ThreeNodes, draft: str) -> None:
    grant = nodes.grant("birth_record")
    assert nodes.ask("birth_record", KEYS, draft).status_code == 200
    nodes.run("hospitals", REVOKE, {"grant": grant["id"]})
    since = time.monotonic()
    while not nodes.rows("city", 'SELECT 1 FROM exchange_revocations WHERE "grant" = %s', (grant["id"],)):
        assert time.monotonic() - since < COUNTS_SECONDS
        time.sleep(0.05)
    while (code := nodes.ask("birth_record", KEYS, draft).json().get("code")) is None:
        assert time.monotonic() - since < COUNTS_SECONDS
    assert code == "grant-revoked"


def test_what_was_revoked_is_asked_of_the_person(nodes: ThreeNodes) -> None:
    """The plan of a new form counts on no birth record any more: she is asked, and no register is."""
    mother = Mother(nodes.pages("city"), "zh-CN", "吴佳敏")
    mother.sign_in()
    page = mother.consent()
    mother.visitor.close()
    assert "child.birth_date" in {name for form in page.forms for name in form.controls}
    looked_up = nodes.rows(
        "city",
        "SELECT resource FROM calls WHERE draft = (SELECT draft FROM calls WHERE draft IS NOT NULL ORDER BY id DESC LIMIT 1)",
    )
    assert looked_up
    assert ("birth_record",) not in looked_up


def test_all_end_with_a_parent_that_is_killed(nodes: ThreeNodes) -> None:
    family = nodes.process.children(recursive=True)
    assert len(family) > len(NODES)
    os.kill(nodes.parent.pid, signal.SIGKILL)
    nodes.parent.wait()
    assert not psutil.wait_procs(family, timeout=END_SECONDS)[1]
