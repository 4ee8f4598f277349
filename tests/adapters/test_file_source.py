from pathlib import Path

import polars as pl
import pytest

from qipan.adapters.sources import SourceDown, SourceMisdeclared, SourceNonsense
from tests.adapters.conftest import Read
from tests.adapters.registers_cast import COLUMNS, FACTS, HUSBAND, NAME, ROW, WIFE, marriage

OTHERS = {"zjhm": HUSBAND, "po_zjhm": WIFE, "po_xm": "林晓雯", "djrq": "2019-05-20", "hyzk": "20"}


@pytest.fixture(params=["marriages.csv", "marriages.parquet"])
def drop(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A folder's one file, of either kind, with two couples."""
    path = tmp_path / str(request.param)
    write(path, pl.DataFrame([ROW, OTHERS]))
    return path


def write(path: Path, frame: pl.DataFrame) -> None:
    if path.suffix == ".csv":
        frame.write_csv(path)
    else:
        frame.with_columns(pl.col("djrq").str.to_date()).write_parquet(path)


def test_the_facts_of_a_record_come_back_by_field(registers: Read, drop: Path) -> None:
    answer = registers(str(drop.parent)).look_up(marriage("file", path=drop.name), timeout=60)
    assert answer.facts == FACTS
    assert answer.refused == ()


def test_leading_zeros_are_kept(registers: Read, tmp_path: Path) -> None:
    (tmp_path / "marriages.csv").write_text("zjhm,po_xm\n007,0571\n", encoding="utf-8")
    request = marriage("file", key="007", elements={NAME: marriage().elements[NAME]})
    assert registers(str(tmp_path)).look_up(request, timeout=60).facts == {NAME: "0571"}


def test_a_number_kept_as_a_number_is_found_by_its_text(registers: Read, tmp_path: Path) -> None:
    pl.DataFrame({"zjhm": [7, 8], "po_xm": ["陈立", "王芳"]}).write_parquet(tmp_path / "marriages.parquet")
    elements = {NAME: marriage().elements[NAME]}
    reader = registers(str(tmp_path))
    found = [marriage("file", key=key, path="marriages.parquet", elements=elements) for key in (7, "8", "x")]
    assert [reader.look_up(each, timeout=60).facts for each in found] == [
        {NAME: "陈立"},
        {NAME: "王芳"},
        None,
    ]


@pytest.mark.parametrize("key", ["330106199203150019", "' OR 1=1", 'zjhm == "x"', ".*", "\x00"])
def test_a_person_without_a_record_has_none(registers: Read, drop: Path, key: str) -> None:
    request = marriage("file", key=key, path=drop.name)
    assert registers(str(drop.parent)).look_up(request, timeout=60).facts is None


def test_a_new_drop_is_read_at_once(registers: Read, drop: Path) -> None:
    reader = registers(str(drop.parent))
    request = marriage("file", path=drop.name, elements={NAME: marriage().elements[NAME]})
    assert reader.look_up(request, timeout=60).facts == {NAME: "陈立"}
    draft = drop.with_suffix(f".new{drop.suffix}")
    write(draft, pl.DataFrame([ROW | {"po_xm": "陈立新", "memo": "x"}, OTHERS]))
    draft.replace(drop)
    assert reader.look_up(request, timeout=60).facts == {NAME: "陈立新"}


def test_two_records_of_one_key_are_nonsense(registers: Read, drop: Path) -> None:
    write(drop, pl.DataFrame([ROW, ROW, OTHERS]))
    with pytest.raises(SourceNonsense, match="more than one"):
        registers(str(drop.parent)).look_up(marriage("file", path=drop.name), timeout=60)


def test_a_missing_column_is_nonsense(registers: Read, drop: Path) -> None:
    reader = registers(str(drop.parent))
    for columns in (COLUMNS | {"b.name": "nickname"}, COLUMNS | {"a.id_number": "number"}):
        with pytest.raises(SourceNonsense, match="lacks"):
            reader.look_up(marriage("file", path=drop.name, columns=columns), timeout=60)


@pytest.mark.parametrize(
    "content", [b"", b"<html>\n<body>moved,away,now\n", b"\xff\xfe\x00broken\n1,2,3\n", b"zjhm\n1,2,3,4\n"]
)
def test_a_file_of_something_else_is_nonsense(registers: Read, drop: Path, content: bytes) -> None:
    drop.write_bytes(content)
    with pytest.raises(SourceNonsense):
        registers(str(drop.parent)).look_up(marriage("file", path=drop.name), timeout=60)


def test_a_drop_that_did_not_come_is_down(registers: Read, drop: Path) -> None:
    drop.unlink()
    with pytest.raises(SourceDown):
        registers(str(drop.parent)).look_up(marriage("file", path=drop.name), timeout=60)


@pytest.mark.parametrize("path", ["../secret.csv", "/etc/passwd", "marriages.docx", "marriages"])
def test_only_tables_inside_the_folder_are_read(registers: Read, tmp_path: Path, path: str) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text("zjhm\n1\n", encoding="utf-8")
    (folder / "marriages.docx").write_bytes(b"x")
    with pytest.raises(SourceMisdeclared):
        registers(str(folder)).look_up(marriage("file", path=path), timeout=60)


def test_a_link_out_of_the_folder_is_not_followed(registers: Read, tmp_path: Path) -> None:
    folder = tmp_path / "drop"
    folder.mkdir()
    (tmp_path / "secret.csv").write_text("zjhm\n1\n", encoding="utf-8")
    (folder / "marriages.csv").symlink_to(tmp_path / "secret.csv")
    with pytest.raises(SourceMisdeclared):
        registers(str(folder)).look_up(marriage("file"), timeout=60)
