"""Nothing outside a grant is ever let through, and a grant can be written in one way only."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qipan.core import canonical
from qipan.core.grants import (
    Call,
    End,
    Grant,
    Mode,
    NotAGrant,
    NotARevocation,
    Refusal,
    Revocation,
    Rows,
    check,
    check_row,
    read_grant,
    read_revocation,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
GRANT = Grant(
    id="9d1f3c1e-6f0e-4b7e-9a53-0c6f2f6f1a11",
    resource="birth_record",
    provider=End("hospitals", "330106.hospital"),
    consumer=End("city", "330100.data_bureau"),
    purpose_zh="核验分娩记录",
    purpose_en="To check the delivery record",
    basis=("母婴保健法", "户口登记条例"),
    fields=("child.birth_date", "child.sex"),
    begins=NOW - timedelta(days=1),
    ends=NOW + timedelta(days=30),
    event="newborn",
    services=("birth_certificate", "household_registration"),
    rows=Rows("3301", "mother.household_region"),
    modes=(Mode.LOOK_UP, Mode.PUSH),
    volume=100,
)
CALL = Call(
    grant=GRANT.id,
    resource="birth_record",
    provider=GRANT.provider,
    consumer=GRANT.consumer,
    purpose="核验分娩记录",
    basis="母婴保健法",
    case="case:1",
    official="official:7",
    fields=("child.sex",),
    event="newborn",
    services=("birth_certificate",),
)
REFUSED = [
    (Refusal.UNKNOWN, {"grant": "other"}),
    (Refusal.OTHER_PROVIDER, {"provider": End("hub", "330106.hospital")}),
    (Refusal.OTHER_PROVIDER, {"provider": End("hospitals", "330106.health")}),
    (Refusal.OTHER_CONSUMER, {"consumer": End("county", "330100.data_bureau")}),
    (Refusal.OTHER_RESOURCE, {"resource": "marriage"}),
    (Refusal.MODE, {"mode": Mode.BATCH}),
    (Refusal.NO_PURPOSE, {"purpose": " "}),
    (Refusal.OTHER_PURPOSE, {"purpose": "随便看看"}),
    (Refusal.NO_BASIS, {"basis": ""}),
    (Refusal.OTHER_BASIS, {"basis": "刑法"}),
    (Refusal.OTHER_EVENT, {"event": "retirement"}),
    (Refusal.OTHER_SERVICE, {"services": ()}),
    (Refusal.OTHER_SERVICE, {"services": ("birth_certificate", "social_card")}),
    (Refusal.NO_CASE, {"case": ""}),
    (Refusal.NO_OFFICIAL, {"official": " "}),
    (Refusal.NO_FIELDS, {"fields": ()}),
    (Refusal.FIELD, {"fields": ("child.sex", "child.weight")}),
    (Refusal.VOLUME, {"rows": 101}),
    (Refusal.VOLUME, {"rows": 0}),
]
WORDS = st.sampled_from(["", "a", "b", "c"])
ENDS = st.builds(End, WORDS, WORDS)
LISTS = st.lists(st.sampled_from(["a", "b", "c"]), unique=True, max_size=3).map(tuple)
MOMENTS = st.integers(0, 5).map(lambda days: NOW + timedelta(days=days))
GRANTS = st.builds(
    Grant, id=WORDS, resource=WORDS, provider=ENDS, consumer=ENDS, purpose_zh=WORDS, purpose_en=WORDS, basis=LISTS,
    fields=LISTS, begins=MOMENTS, ends=MOMENTS, event=WORDS, services=LISTS,
    rows=st.builds(Rows, WORDS, WORDS, st.booleans()),
    modes=st.lists(st.sampled_from(Mode), max_size=3).map(tuple), volume=st.integers(0, 5), retention=st.just(1),
)  # fmt: skip
CALLS = st.builds(
    Call, grant=WORDS, resource=WORDS, provider=ENDS, consumer=ENDS, purpose=WORDS, basis=WORDS, case=WORDS,
    official=WORDS, fields=LISTS, event=WORDS, services=LISTS, mode=st.sampled_from(Mode), rows=st.integers(-1, 5),
)  # fmt: skip


def covers(grant: Grant, call: Call, now: datetime, used: int) -> bool:
    """What a grant covers, said once more and otherwise."""
    return all(
        [
            call.grant == grant.id,
            grant.begins <= now < grant.ends,
            (call.provider, call.consumer) == (grant.provider, grant.consumer),
            call.resource == grant.resource,
            call.mode in grant.modes,
            bool(call.purpose) and call.purpose == grant.purpose_zh,
            bool(call.basis) and call.basis in grant.basis,
            grant.event in {"", call.event},
            not grant.services
            or (bool(call.services) and all(one in grant.services for one in call.services)),
            bool(call.case.strip()) or not grant.rows.own_cases or call.mode is Mode.PUSH,
            bool(call.official.strip()),
            bool(call.fields) and all(one in grant.fields for one in call.fields),
            call.rows >= 1 and call.rows <= grant.volume - used,
        ]
    )


def test_what_it_covers_passes() -> None:
    assert check(GRANT, CALL, NOW, 0) is None
    assert check(GRANT, CALL, NOW, 99) is None


@pytest.mark.parametrize(
    ("refusal", "change"), REFUSED, ids=[f"{code}-{n}" for n, (code, _) in enumerate(REFUSED)]
)
def test_each_thing_outside_it_is_refused_by_its_own_code(
    refusal: Refusal, change: dict[str, object]
) -> None:
    assert check(GRANT, CALL._replace(**change), NOW, 0) is refusal  # type: ignore[arg-type]


def test_its_time_and_its_revocation_are_checked() -> None:
    assert check(GRANT, CALL, GRANT.begins - timedelta(seconds=1), 0) is Refusal.NOT_YET
    assert check(GRANT, CALL, GRANT.begins, 0) is None
    assert check(GRANT, CALL, GRANT.ends, 0) is Refusal.EXPIRED
    assert check(GRANT, CALL, NOW, 0, revoked=True) is Refusal.REVOKED
    assert check(None, CALL, NOW, 0) is Refusal.UNKNOWN
    assert check(GRANT, CALL, NOW, 100) is Refusal.VOLUME


@given(GRANTS, CALLS, MOMENTS, st.integers(0, 6))
def test_nothing_outside_a_grant_passes_and_nothing_inside_is_refused(
    grant: Grant, call: Call, now: datetime, used: int
) -> None:
    assert (check(grant, call, now, used) is None) == covers(grant, call, now, used)


@given(st.data())
def test_of_a_call_that_passes_no_part_can_go_beyond_the_grant(data: st.DataObject) -> None:
    """Near misses: one member of a good call is changed at random."""
    name = data.draw(st.sampled_from(Call._fields))
    value = data.draw(
        {
            "provider": ENDS, "consumer": ENDS, "fields": LISTS, "services": LISTS,
            "mode": st.sampled_from(Mode), "rows": st.integers(-2, 200),
        }.get(name, st.text(max_size=5))
    )  # fmt: skip
    call = CALL._replace(**{name: value})
    assert (check(GRANT, call, NOW, 0) is None) == (call == CALL or covers(GRANT, call, NOW, 0))


def test_a_row_of_another_region_does_not_pass() -> None:
    assert check_row(GRANT, {"mother.household_region": "330106002001"}) is None
    assert check_row(GRANT, {"mother.household_region": "330203002001"}) is Refusal.ROW
    assert check_row(GRANT, {"mother.household_region": None}) is Refusal.ROW
    assert check_row(GRANT, {}) is Refusal.ROW
    assert check_row(replace(GRANT, rows=Rows()), {}) is None


def test_a_grant_is_read_as_it_was_written() -> None:
    assert read_grant(GRANT.document()) == GRANT
    assert read_grant(GRANT.document()).document() == GRANT.document()


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x"}, {"resource": ""}, {"provider": End("", "x")}, {"purpose_zh": " "}, {"purpose_en": ""},
        {"basis": ()}, {"basis": (" ",)}, {"fields": ()}, {"fields": ("a.b", "a.b")}, {"rows": Rows("3301", "")},
        {"modes": ()}, {"ends": GRANT.begins}, {"ends": NOW + timedelta(days=365 * 6)}, {"volume": 0},
        {"retention": -1}, {"purpose_zh": "两\n行"},
    ],
    ids=str,
)  # fmt: skip
def test_nobody_can_issue_a_grant_without_ground_end_or_bound(change: dict[str, object]) -> None:
    with pytest.raises(NotAGrant):
        read_grant(replace(GRANT, **change).document())  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b'":', b'": ', 1),
        lambda text: text + b"\n",
        lambda text: text.replace(b'"version":1', b'"version":2'),
        lambda text: text.replace(b'"version":1', b'"version":1.0'),
        lambda text: text.replace(b'"version":1', b'"version":1,"version":1'),
        lambda text: text.replace(b'"version":1,', b""),
        lambda text: text.replace("核".encode(), b"\\u6838"),
        lambda text: text.replace(b'"event"', b'"also":"x","event"'),
        lambda text: b"[" * 10_000 + text,
        lambda text: text[:-1],
        lambda _: b"\xff\xfe",
        lambda _: b"[]",
    ],
)
def test_other_bytes_are_no_grant(change: object) -> None:
    changed = change(GRANT.document())  # type: ignore[operator]
    assert changed != GRANT.document()
    with pytest.raises(NotAGrant):
        read_grant(changed)


def test_a_revocation_says_who_and_why() -> None:
    found = Revocation(GRANT.id, GRANT.consumer, "事情办完了", NOW)
    assert read_revocation(found.document()) == found
    for broken in (found._replace(reason=""), found._replace(by=End("\x00", ""))):
        with pytest.raises(NotARevocation):
            read_revocation(broken.document())


@given(
    st.dictionaries(
        st.text(max_size=3), st.recursive(st.text(max_size=5) | st.integers(), st.lists, max_leaves=5)
    )
)
def test_a_document_has_one_way_of_writing(document: dict[str, object]) -> None:
    try:
        written = canonical.write(document)
    except UnicodeEncodeError:
        return
    try:
        assert canonical.read(written) == document
    except canonical.NotCanonical:
        assert canonical._depth(written) > canonical.DEEPEST
