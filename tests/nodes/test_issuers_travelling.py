"""Lists of issuers as they travel: a certificate of another node is recognised, and nobody speaks in another's name."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from qipan.adapters.seals import PrivateKey, Suite, generate
from qipan.certificates import published, queries
from qipan.certificates.operations import publish_issuers
from qipan.core import canonical, disclosures
from qipan.core.disclosures import ALGORITHMS
from qipan.core.issuer_lists import SIGNED_ISSUERS, Issuer, IssuerKey, IssuerList, read_issuers
from qipan.core.nodes import key_id
from qipan.exchange import queries as exchange
from qipan.faces.cli import main
from qipan.faces.gateway.travelling import _written, take_documents
from tests import cast as play
from tests.nodes.listed import HERE, LONG, NOW, SIGNER, THERE, accept, node, node_list, signed
from tests.nodes.test_travelling import TRUST

NINGBO = generate(Suite.ES256)
AGENCY = "330200.public_security"
pytestmark = pytest.mark.django_db


def issuer(key: PrivateKey = NINGBO, agency: str = AGENCY) -> Issuer:
    own = IssuerKey(
        key_id("es256", key.public.raw),
        "es256",
        key.public.raw,
        canonical.digest(b""),
        NOW - LONG,
        NOW + LONG,
    )
    return Issuer(agency, "11330200QP00000190", "宁波市公安局", "Ningbo Public Security", (own,))


def listed(number: int = 1, *issuers: Issuer, name: str = "there") -> IssuerList:
    return IssuerList(name, number, NOW, (), {one.agency: one for one in issuers or (issuer(),)}, {})


def given_out(*lists: IssuerList, key: PrivateKey = THERE) -> bytes:
    """What a node answers whoever fetches."""
    said = []
    for one in lists:
        own = signed(key, SIGNED_ISSUERS + one.document())
        said.append({"document": one.document().decode(), "key": own.key, "signature": own.signature.hex()})
    return json.dumps({"catalogues": [], "issuers": said, "lists": []}, ensure_ascii=False).encode()


def taken(*lists: IssuerList, key: PrivateKey = THERE) -> int:
    return take_documents(given_out(*lists, key=key), TRUST, NOW, "here")


def card(key: PrivateKey = NINGBO) -> bytes:
    """A certificate that the other node's agency issued, as data."""
    at = int(timezone.now().timestamp()) - 60
    header = {
        "alg": ALGORITHMS[Suite.ES256], "typ": disclosures.TYPE, "kid": key_id("es256", key.public.raw)
    }  # fmt: skip
    claims = {"iss": "http://there.example", "iat": at, "nbf": at, "number": "1.2.3", "agency": AGENCY}
    fact = disclosures.disclosure(b"s" * 16, "person.name", "陈宁波")
    return disclosures.issued(claims, [fact], header, key.sign).encode()


def checked(content: bytes) -> dict[str, object]:
    answer = Client(headers={"accept-language": "zh-hans"}).post(
        "/api/certificates/verify", {"file": SimpleUploadedFile("x", content)}
    )
    found = answer.json()
    assert isinstance(found, dict)
    return found


def test_a_certificate_of_another_node_is_recognised(settings: Settings, tmp_path: Path) -> None:
    settings.QIPAN_NODE = "here"
    play.enter()
    accept(node_list())
    assert "unknown-issuer" in str(checked(card())["findings"])
    assert taken(listed()) == 1
    found = checked(card())
    assert (found["genuine"], found["issuer"]) == (True, AGENCY)
    page = Client().post("/verify/", {"file": SimpleUploadedFile("x", card())}).content.decode()
    assert "宁波市公安局" in page
    assert "陈宁波" in page
    assert "there" in page, "whose list it stands on"
    assert "unknown-issuer" in str(checked(card(generate(Suite.ES256)))["findings"])


def test_the_list_that_was_fetched_serves_without_a_network(tmp_path: Path) -> None:
    accept(node_list())
    taken(listed())
    trust, file = tmp_path / "issuers.json", tmp_path / "card.sd-jwt"
    trust.write_text(json.dumps(published.issuers_document()), encoding="utf-8")
    file.write_bytes(card())
    known = CliRunner().invoke(main, ["verify", str(file), "--trust", str(trust)])
    assert known.exit_code == 0, known.output
    assert "宁波市公安局" in known.output
    file.write_bytes(card(generate(Suite.ES256)))
    unknown = CliRunner().invoke(main, ["verify", str(file), "--trust", str(trust)])
    assert unknown.exit_code == 1
    assert "陈宁波" not in unknown.output


def test_what_one_node_gives_out_the_next_takes_as_it_was_signed() -> None:
    accept(node_list())
    taken(listed())
    publish_issuers(node="here", key=HERE, at=NOW)
    given = json.loads(_written())
    assert sorted(json.loads(one["document"])["node"] for one in given["issuers"]) == ["here", "there"]
    assert take_documents(_written(), TRUST, NOW, "somewhere") == 0, "nothing of it is new here"


def test_an_older_list_does_not_come_back() -> None:
    accept(node_list())
    assert taken(listed(5)) == 1
    compromised = issuer()._replace(keys=(issuer().keys[0]._replace(why="compromised"),))
    assert taken(listed(6, compromised)) == 1
    for number in (4, 5, 6):
        assert taken(listed(number)) == 0, number
    (found,) = queries.lists().values()
    assert (found.number, found.issuers[AGENCY].keys[0].why) == (6, "compromised")


def test_nobody_speaks_for_another_node() -> None:
    accept(node_list())
    assert taken(listed(), key=HERE) == 0, "signed by another node"
    assert taken(listed(), key=SIGNER) == 0, "signed by whoever signs lists of nodes"
    assert taken(listed(name="strange")) == 0, "no such node"
    assert taken(listed(name="here"), key=HERE) == 0, "that is ours to say"
    forged = given_out(listed()).replace("宁波市公安局".encode(), "宁波市税务局".encode())
    assert take_documents(forged, TRUST, NOW, "here") == 0, "changed on its way"
    assert queries.signed_lists() == []


def test_nobody_takes_anothers_key_or_gives_a_key_a_wrong_name() -> None:
    accept(node_list())
    accept_own = listed(1, issuer(agency="330100.public_security"), name="here")
    assert take_documents(given_out(accept_own, key=HERE), TRUST, NOW, "elsewhere") == 1
    assert taken(listed()) == 0, "this key is on the other node's list"
    posing = generate(Suite.ES256)
    misnamed = issuer(posing).keys[0]._replace(id=issuer().keys[0].id)
    assert taken(listed(1, issuer(posing)._replace(keys=(misnamed,)))) == 0


def test_a_node_that_was_struck_off_is_believed_no_more() -> None:
    accept(node_list(1))
    taken(listed())
    assert set(queries.trust().lists) == {"there"}
    accept(replace(node_list(2), nodes={"here": node("here", HERE)}))
    struck = exchange.node_list()
    assert struck
    assert set(struck.nodes) == {"here"}
    assert set(queries.trust().lists) == set()


def test_a_list_gets_a_new_number_only_when_it_says_something_else() -> None:
    first = publish_issuers(node="here", key=HERE, at=NOW)
    assert publish_issuers(node="here", key=HERE, at=NOW + LONG / 2) is None
    assert first
    assert read_issuers(first.document()) == first
