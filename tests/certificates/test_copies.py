"""An annotated copy of what a link shows: the chosen facts and the terms on a sealed page, and nothing else of the certificate."""

import io
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from pyhanko.pdf_utils.reader import PdfFileReader

from qipan.certificates import operations, queries, showings
from qipan.certificates.checking import Verdict, check
from qipan.certificates.errors import CertificateNotSo, NoSeal, NoSuchShowing
from qipan.certificates.rows import WholeCertificate
from qipan.certificates.showings import ShowingRow
from qipan.core.copies import NotTerms, Terms, read_terms
from qipan.ledger.models import Entry
from qipan.people.actors import SYSTEM
from tests.cast import MONDAY, Cast
from tests.certificates import vaccination
from tests.certificates.office import ADDRESS, DAY, Office, issued, known, listed

TWO = ("child.name", "child.birth_date")
HOUR = timedelta(hours=1)


@pytest.fixture
def cast(db: None, tmp_path: Path) -> Cast:
    return vaccination.enter(tmp_path / "library")


@pytest.fixture
def shot(cast: Cast, office: Office) -> WholeCertificate:
    """The vaccination certificate of the mother's child."""
    return issued(cast, office)


@pytest.fixture
def link(cast: Cast, shot: WholeCertificate) -> ShowingRow:
    """Two of its four facts, for a kindergarten, for a day."""
    with transaction.atomic():
        made = operations.show_by_link(
            acting=cast.mother,
            number=shot.number,
            facts=TWO,
            receiver="西溪幼儿园",
            use="入园登记",
            most=5,
            ends_at=MONDAY + DAY,
            at=MONDAY,
        )
    return row(made)


def row(number: int) -> ShowingRow:
    found = showings.showing(number)
    assert found
    return found


def copied(found: ShowingRow, office: Office, at: datetime = MONDAY + HOUR) -> bytes:
    with transaction.atomic():
        return operations.copy_showing(
            found=found, acting=SYSTEM, custody=office.custody, address=ADDRESS, at=at
        )


def taken_back(terms: Terms) -> bool:
    return row(terms.showing).withdrawn_at is not None


def verdict(content: bytes, at: datetime = MONDAY + 2 * HOUR) -> Verdict:
    return check(content, listed(), at, known, taken_back)


def test_it_says_what_was_chosen_and_on_what_terms(link: ShowingRow, office: Office) -> None:
    content = copied(link, office)
    found = verdict(content)
    assert (found.kind, found.findings, found.withheld) == ("copy", (), 2)
    assert found.facts == {"child.name": "王小宝", "child.birth_date": "2026-11-20"}
    assert found.terms
    assert found.terms[3:5] == ("西溪幼儿园", "入园登记")
    assert (found.terms.made, found.terms.until) == (MONDAY + HOUR, MONDAY + DAY)
    assert found.terms.holder == "王*", "whoever shows it is not named in full: that was not chosen"


def test_nothing_that_was_not_chosen_is_in_the_file(
    shot: WholeCertificate, link: ShowingRow, office: Office
) -> None:
    reader = PdfFileReader(io.BytesIO(copied(link, office)))
    (signature,) = reader.embedded_signatures
    files = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    inside = [bytes(files[place]["/EF"]["/F"].data).decode() for place in range(1, len(files), 2)]
    assert len(inside) == 2
    hidden = [one for one in shot.data.split("~")[1:-1] if one not in inside[0]]
    assert len(hidden) == 2, "the disclosures of the two other facts"
    assert all(one not in part for one in hidden for part in inside)
    assert "330106199001011221" not in "".join(inside)
    assert signature.signer_cert.subject.native["common_name"] == "hospital"


def test_it_ends_and_can_be_taken_back(cast: Cast, link: ShowingRow, office: Office) -> None:
    content = copied(link, office)
    found = verdict(content, MONDAY + DAY)
    assert (found.genuine, found.holds) == (True, False)
    assert [one.code for one in found.findings] == ["copy-ended"]
    with transaction.atomic():
        operations.withdraw_showing(acting=cast.mother, showing=link.id, at=MONDAY + HOUR)
    assert [one.code for one in verdict(content).findings] == ["copy-withdrawn"]
    unasked = check(content, listed(), MONDAY + HOUR, known)
    assert [one.code for one in unasked.findings] == ["copy-unasked"]
    assert unasked.holds, "as far as can be told where nobody is asked"


def test_a_revoked_certificate_takes_its_copies_along(
    cast: Cast, shot: WholeCertificate, link: ShowingRow, office: Office
) -> None:
    content = copied(link, office)
    with transaction.atomic():
        operations.revoke_certificate(
            acting=cast.official("hospital"), number=shot.number, reason="登记错误", at=MONDAY + HOUR
        )
    assert [one.code for one in verdict(content).findings] == ["revoked"]
    with pytest.raises(CertificateNotSo):
        copied(link, office)


def test_a_changed_copy_is_refused(link: ShowingRow, office: Office) -> None:
    content = copied(link, office)
    at = content.index("西溪幼儿园".encode(), content.index(b"qipan-annotated-copy/1"))
    changed = content[:at] + "西溪托儿所".encode() + content[at + 15 :]
    found = verdict(changed)
    assert not found.genuine
    assert [(one.code, one.part) for one in found.findings] == [("changed", "page")]


def test_it_is_on_record_before_it_is_given(link: ShowingRow, office: Office) -> None:
    copied(link, office)
    (entry,) = Entry.objects.filter(act="copy_showing")
    assert entry.subject == f"showing:{link.id}"
    assert entry.details["seal"] == office.seal
    assert showings.copies_of(link.id) == 1


def test_without_a_seal_in_use_there_is_none(link: ShowingRow, office: Office) -> None:
    with transaction.atomic():
        operations.suspend_seal(acting=office.keepers[0], number=office.seal, reason="检查", at=MONDAY)
    with pytest.raises(NoSeal):
        copied(link, office)


def test_of_a_code_there_is_none(cast: Cast, shot: WholeCertificate, office: Office) -> None:
    with transaction.atomic():
        made = operations.show_by_code(acting=cast.mother, number=shot.number, facts=TWO, at=MONDAY)
    with pytest.raises(NoSuchShowing):
        copied(row(made), office)


def test_words_that_no_font_has_do_no_harm(cast: Cast, shot: WholeCertificate, office: Office) -> None:
    with transaction.atomic():
        made = operations.show_by_link(
            acting=cast.mother,
            number=shot.number,
            facts=TWO,
            receiver="幼儿园🏫(A) \\ ) <<",
            use="入园" * 40,
            most=1,
            ends_at=MONDAY + DAY,
            at=MONDAY,
        )
    found = verdict(copied(row(made), office))
    assert found.holds
    assert found.terms
    assert found.terms.receiver == "幼儿园🏫(A) \\ ) <<"


def test_terms_of_another_certificate_are_no_terms(shot: WholeCertificate) -> None:
    terms = Terms(1, shot.number, "林*", "园", "登记", MONDAY, MONDAY + DAY)
    assert read_terms(terms.document()) == terms
    for spoilt in (b"", b"{}", terms.document()[:-1], terms.document().replace(b"copy/1", b"copy/2")):
        with pytest.raises(NotTerms):
            read_terms(spoilt)
    assert queries.certificate(shot.number)
