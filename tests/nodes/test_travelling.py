"""Lists and catalogues as they travel: whoever brings them, only what its signer said last is taken."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pytest_django.fixtures import Settings

from qipan.adapters.seals import PrivateKey
from qipan.catalogue.library import load_library
from qipan.core.catalogues import SIGNED_CATALOGUE, Catalogue, NotACatalogue, held, read_catalogue
from qipan.core.nodes import SIGNED_LIST, introduction, read_introduction
from qipan.exchange import queries
from qipan.exchange.operations import admit_nodes, publish_catalogue
from qipan.exchange.trust import NotAKey, Trust, read_key, read_trust, signer_of, write_trust, written_key
from qipan.faces.gateway.known import Known
from qipan.faces.gateway.refusals import Refused
from qipan.faces.gateway.travelling import Fetcher, take_documents
from tests import cast as play
from tests.cast import LIBRARY
from tests.nodes.listed import HERE, NOW, SIGNER, THERE, accept, node, node_list, signed

TRUST = Trust(SIGNER.public, "http://hub.example")


def catalogue(number: int = 1, name: str = "there") -> Catalogue:
    loaded = load_library(LIBRARY).library
    assert loaded
    return Catalogue(name, number, NOW, held(loaded, ["none"], lambda kind: f"330000.{kind}"))


def given_out(*catalogues: Catalogue, key: PrivateKey = THERE, lists: int = 0) -> bytes:
    """What a node answers whoever fetches."""

    def said(document: bytes, line: bytes, by: PrivateKey) -> dict[str, str]:
        one = signed(by, line + document)
        return {"document": document.decode(), "key": one.key, "signature": one.signature.hex()}

    written: dict[str, Any] = {
        "issuers": [],
        "catalogues": [said(one.document(), SIGNED_CATALOGUE, key) for one in catalogues],
        "lists": [said(node_list(lists).document(), SIGNED_LIST, SIGNER)] if lists else [],
    }
    return json.dumps(written, ensure_ascii=False).encode()


def test_a_catalogue_reads_as_it_was_written_and_in_no_other_way() -> None:
    one = catalogue()
    assert read_catalogue(one.document()) == one
    assert one.resources["birth_record"].fields == ("child.birth_date", "child.sex")
    for spoilt in (b" " + one.document(), one.document().replace(b'"number":1', b'"number":0'), b"{}"):
        with pytest.raises(NotACatalogue):
            read_catalogue(spoilt)


@pytest.mark.django_db
def test_admitting_signs_the_next_list_and_only_where_something_changes() -> None:
    first = admit_nodes(nodes=[node("here", HERE)], signer=SIGNER, at=NOW)
    again = admit_nodes(nodes=[node("here", HERE)], signer=SIGNER, at=NOW)
    second = admit_nodes(nodes=[node("there", THERE)], signer=SIGNER, at=NOW)
    third = admit_nodes(nodes=[], signer=SIGNER, at=NOW, struck=["here"])
    renewed = admit_nodes(nodes=[], signer=SIGNER, at=NOW + timedelta(days=300))
    assert again is None
    assert [sorted(one.nodes) for one in (first, second, third, renewed) if one] == [
        ["here"], ["here", "there"], ["there"], ["there"]
    ]  # fmt: skip
    assert [one.number for one in (first, second, third, renewed) if one] == [1, 2, 3, 4]


@pytest.mark.django_db
def test_what_was_given_out_is_taken_once() -> None:
    body = given_out(catalogue(), lists=3)
    assert take_documents(body, TRUST, NOW, "here") == 2
    assert take_documents(body, TRUST, NOW, "here") == 0
    found = queries.node_list()
    assert found
    assert found.number == 3
    assert [one.node for one in queries.catalogues()] == ["there"]


@pytest.mark.django_db
def test_an_older_catalogue_or_list_does_not_come_back() -> None:
    take_documents(given_out(catalogue(5), lists=5), TRUST, NOW, "here")
    assert take_documents(given_out(catalogue(4), lists=4), TRUST, NOW, "here") == 0
    found = queries.catalogue_of("there")
    assert found
    assert found.number == 5


@pytest.mark.django_db
def test_nobody_says_what_another_node_holds() -> None:
    accept(node_list())
    assert take_documents(given_out(catalogue(), key=HERE), TRUST, NOW, "here") == 0, "signed by another node"
    assert take_documents(given_out(catalogue(name="strange")), TRUST, NOW, "here") == 0, "no such node"
    assert take_documents(given_out(catalogue(name="here"), key=HERE), TRUST, NOW, "here") == 0, (
        "that is ours to say"
    )
    forged = given_out(lists=7).replace(SIGNER.public.raw.hex().encode(), THERE.public.raw.hex().encode())
    stranger = Trust(THERE.public, TRUST.hub)
    assert take_documents(forged, stranger, NOW, "here") == 0, "a list by a key that we were not given"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"lists": [{}], "catalogues": [], "issuers": []}',
        b'{"lists": 1, "catalogues": [], "issuers": []}',
    ],
)
def test_nonsense_is_refused(body: bytes) -> None:
    with pytest.raises(Refused):
        take_documents(body, TRUST, NOW, "here")


@pytest.mark.django_db
def test_our_own_catalogue_gets_a_new_number_only_when_it_says_something_else() -> None:
    resources = dict(catalogue(name="here").resources)
    first = publish_catalogue(node="here", resources=resources, key=HERE, at=NOW)
    assert publish_catalogue(node="here", resources=resources, key=HERE, at=NOW) is None
    del resources["marriage"]
    second = publish_catalogue(node="here", resources=resources, key=HERE, at=NOW)
    assert first
    assert second
    assert (first.number, second.number) == (1, 2)


@pytest.mark.django_db
def test_with_the_hub_down_lists_and_catalogues_come_from_the_other_nodes(
    settings: Settings, tmp_path: Path
) -> None:
    fetcher = joined(settings, tmp_path)
    asked: list[str] = []
    hub_is_up = False

    def network(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        if request.url.host == "hub.example" and not hub_is_up:
            raise httpx.ConnectError("nobody listens")
        if request.headers["if-none-match"] == '"5.1"':
            return httpx.Response(304)
        return httpx.Response(200, content=given_out(catalogue(3), lists=5), headers={"etag": '"5.1"'})

    with httpx.Client(transport=httpx.MockTransport(network)) as client:
        fetcher.fetch_once(client)
        found, held_there = queries.node_list(), queries.catalogue_of("there")
        assert (found and found.number, held_there and held_there.number) == (5, 3)
        fetcher.fetch_once(client)
        hub_is_up = True
        fetcher.fetch_once(client)
    assert asked == ["hub.example", "there.example"] * 2 + ["hub.example"]


@pytest.mark.django_db
def test_what_another_node_forges_while_the_hub_is_down_is_not_taken(
    settings: Settings, tmp_path: Path
) -> None:
    fetcher = joined(settings, tmp_path)

    def network(request: httpx.Request) -> httpx.Response:
        if request.url.host == "hub.example":
            raise httpx.ConnectError("nobody listens")
        forged = node_list(9).document()
        own = signed(THERE, SIGNED_LIST + forged)
        said = {"document": forged.decode(), "key": own.key, "signature": own.signature.hex()}
        return httpx.Response(200, json={"catalogues": [], "issuers": [], "lists": [said]})

    with httpx.Client(transport=httpx.MockTransport(network)) as client:
        fetcher.fetch_once(client)
    found = queries.node_list()
    assert found
    assert found.number == 2


def joined(settings: Settings, home: Path) -> Fetcher:
    """The fetcher of the node ``here``, which has joined the hub and knows one other node."""
    settings.QIPAN_NODE, settings.QIPAN_HOME, settings.QIPAN_REGISTERS = "here", home, home / "registers.json"
    play.enter()
    accept(node_list(2))
    write_trust(home, TRUST)
    known = Known("here")
    known.read()
    return Fetcher(known, HERE)


def test_a_node_introduces_itself_and_keeps_whom_it_trusts(tmp_path: Path) -> None:
    own = node("there", THERE)
    assert read_introduction(introduction(own) + b"\n") == own
    assert read_trust(tmp_path) is None
    write_trust(tmp_path, TRUST)
    found = read_trust(tmp_path)
    assert found
    assert (found.signer.raw, found.hub) == (SIGNER.public.raw, TRUST.hub)
    hub = tmp_path / "hub"
    own_signer = signer_of(hub)
    trusted = read_trust(hub)
    assert trusted
    assert (trusted.signer.raw, trusted.hub) == (own_signer.public.raw, "")
    assert read_key(written_key(SIGNER.public)).raw == SIGNER.public.raw
    for wrong in ("", "sm2-sm3:00", "rsa:04", "sm2-sm3:xyz"):
        with pytest.raises(NotAKey):
            read_key(wrong)


def test_a_resource_is_described_with_who_answers_for_it() -> None:
    one = catalogue().resources["population"]
    assert (one.agency, one.provider, one.share) == (
        "public_security",
        "330000.public_security",
        "unconditional",
    )
    assert replace(catalogue(), number=2).document() != catalogue().document()
