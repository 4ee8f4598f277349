"""Tokens of what somebody shows: nobody guesses or changes one."""

import pytest

from qipan.core.disclosures import encoded
from qipan.core.showings import LARGEST, NotAToken, read_token, token

KEY, SECRET = b"k" * 32, b"s" * 16


def test_a_token_proves_what_it_was_made_for_and_nothing_else() -> None:
    found = read_token(token(7, 0, KEY, SECRET))
    assert (found.showing, found.until) == (7, 0)
    assert found.proves(KEY, SECRET)
    assert not found.proves(KEY, b"t" * 16), "another showing's secret"
    assert not found.proves(b"l" * 32, SECRET), "another platform's key"
    assert not found._replace(showing=8).proves(KEY, SECRET)
    assert not found._replace(until=10**9).proves(KEY, SECRET)


def test_a_code_ends_with_its_minute_and_a_link_does_not() -> None:
    code = read_token(token(7, 1000, KEY, SECRET))
    assert not code.stale(999.9)
    assert code.stale(1000)
    assert not read_token(token(7, 0, KEY, SECRET)).stale(10**12)


@pytest.mark.parametrize(
    "text",
    ["", "x", "x" * 38, token(7, 0, KEY, SECRET)[:-1], token(7, 0, KEY, SECRET) + "A", "中文", "a" * 10**5],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(NotAToken):
        read_token(text)


def test_a_number_that_no_database_has_is_refused() -> None:
    with pytest.raises(NotAToken):
        read_token(encoded((LARGEST + 1).to_bytes(8, "big") + bytes(20)))
