"""Look-ups of one kind share a statement, and each is answered as if it had been alone."""

from collections.abc import Sequence
from dataclasses import replace

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qipan.adapters.sources import Answer, Request, SourceDown, SourceNonsense
from qipan.adapters.sources.registers import TOGETHER, Registers
from tests.adapters.conftest import Read
from tests.adapters.registers_cast import FACTS, HUSBAND, ID, NAME, WIFE, marriage
from tests.adapters.test_sql_source import INJECTIONS, address, run

__all__ = ["address"]
TWICE = "330106199003070021"


def asked(keys: Sequence[str]) -> list[Request]:
    one = marriage()
    return [replace(one, name=str(place), keys={ID: key}) for place, key in enumerate(keys)]


def told(reader: Registers, keys: Sequence[str]) -> list[Answer]:
    answers = reader.look_up_all(asked(keys), 120)
    return [answers[str(place)] for place in range(len(keys))]


def gist(answer: Answer) -> tuple[object, ...]:
    return answer.facts, answer.refused, type(answer.error), str(answer.error)


def test_each_is_answered_as_if_it_had_been_alone(registers: Read, address: str) -> None:
    run(address, f"INSERT INTO marriages VALUES ('{TWICE}', '', '', NULL, ''), ('{TWICE}', '', '', NULL, '')")
    keys = [WIFE, "nobody", HUSBAND, TWICE, WIFE, *INJECTIONS]
    reader = registers(address)
    together = told(reader, keys)
    assert [gist(one) for one in together] == [gist(told(reader, [key])[0]) for key in keys]
    assert together[0].facts == FACTS
    assert together[1] == replace(together[1], facts=None, refused=(), error=None)
    assert isinstance(together[3].error, SourceNonsense)
    assert len({one.seconds for one in together}) == 1, "one statement answered all"


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(keys=st.lists(st.sampled_from([WIFE, HUSBAND, "", "x", "é%s", "0"]), max_size=2 * TOGETHER + 3))
def test_however_many_ask_each_gets_its_own(registers: Read, address: str, keys: list[str]) -> None:
    spouses = {WIFE: "陈立", HUSBAND: "林晓雯"}
    found = [one.facts and one.facts[NAME] for one in told(registers(address), keys)]
    assert found == [spouses.get(key) for key in keys]


def test_a_key_that_the_database_cannot_read_costs_the_others_nothing(
    registers: Read, foreign_postgres: str
) -> None:
    with psycopg.connect(foreign_postgres, autocommit=True) as register:
        register.execute("DROP TABLE IF EXISTS marriages")
        register.execute(
            "CREATE TABLE marriages (zjhm bigint, po_zjhm text, po_xm text, djrq date, hyzk text)"
        )
        register.execute("INSERT INTO marriages VALUES (7, NULL, '陈立', NULL, NULL)")
    right, wrong, none = told(registers(foreign_postgres), ["7", "seven", "8"])
    assert right.facts == {NAME: "陈立"}
    assert isinstance(wrong.error, SourceNonsense)
    assert (none.facts, none.error) == (None, None)


def test_those_that_wait_together_for_a_dead_register_count_as_one_failure(registers: Read) -> None:
    reader = registers("postgresql://nobody@127.0.0.1:1/none")
    answers = told(reader, [WIFE] * 9)
    assert all(isinstance(one.error, SourceDown) for one in answers)
    assert "skipped" not in str(told(reader, [WIFE])[0].error)
