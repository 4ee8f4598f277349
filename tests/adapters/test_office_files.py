"""Drops as offices make them: workbooks, and tables in the encoding of older systems."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import polars as pl
import pytest

from qipan.adapters.sources import Request, SourceMisdeclared, SourceNonsense
from qipan.adapters.sources.files import LARGEST_READ_WHOLE
from qipan.core.elements import Value
from tests.adapters.conftest import Read
from tests.adapters.registers_cast import FACTS, HUSBAND, NAME, ROW, WIFE, marriage

OPEN_XML = "http://schemas.openxmlformats.org"
MAIN, RELATIONS = f"{OPEN_XML}/spreadsheetml/2006/main", f"{OPEN_XML}/package/2006/relationships"
OFFICE = f"{OPEN_XML}/officeDocument/2006/relationships"
TYPES = f"""<Types xmlns="{OPEN_XML}/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
</Types>"""
OTHERS = {"zjhm": HUSBAND, "po_zjhm": WIFE, "po_xm": "林晓雯", "djrq": "2019-05-20", "hyzk": "20"}
COUPLES = [tuple(ROW), tuple(ROW.values()), tuple(OTHERS.values())]


def write_workbook(path: Path, sheets: Iterable[tuple[str, Sequence[Sequence[object]]]]) -> None:
    """Write the least that is a workbook: texts in line, numbers as numbers."""
    sheets = list(sheets)
    with ZipFile(path, "w") as packed:
        packed.writestr("[Content_Types].xml", TYPES)
        packed.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        named = "".join(
            f'<sheet name="{name}" sheetId="{at}" r:id="r{at}"/>' for at, (name, _) in enumerate(sheets)
        )
        packed.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{named}</sheets></workbook>',
        )
        parts = [("worksheet", f"sheet{at}.xml") for at in range(len(sheets))]
        packed.writestr("xl/_rels/workbook.xml.rels", _relations(parts))
        for at, (_, rows) in enumerate(sheets):
            packed.writestr(f"xl/sheet{at}.xml", _sheet(rows))


def _relations(parts: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="r{at}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(parts)
    )
    return f'<Relationships xmlns="{RELATIONS}">{listed}</Relationships>'


def _sheet(rows: Sequence[Sequence[object]]) -> str:
    cells = (
        "".join(
            f'<c t="inlineStr"><is><t>{one}</t></is></c>' if isinstance(one, str) else f"<c><v>{one}</v></c>"
            for one in row
        )
        for row in rows
    )
    body = "".join(f"<row>{row}</row>" for row in cells)
    return f'<worksheet xmlns="{MAIN}"><sheetData>{body}</sheetData></worksheet>'


def named(key: Value = WIFE, **source: str) -> Request:
    """Ask for the name alone."""
    asked = marriage("file", key=key, elements={NAME: marriage().elements[NAME]})
    return replace(asked, source={**asked.source, **source})


def test_a_workbook_is_read(registers: Read, tmp_path: Path) -> None:
    write_workbook(tmp_path / "marriages.xlsx", [("婚姻", COUPLES)])
    answer = registers(str(tmp_path)).look_up(marriage("file", path="marriages.xlsx"), timeout=60)
    assert (answer.facts, answer.refused) == (FACTS, ())


def test_the_named_sheet_of_a_workbook_is_read(registers: Read, tmp_path: Path) -> None:
    other = [("zjhm", "po_xm"), (WIFE, "别人")]
    write_workbook(tmp_path / "marriages.xlsx", [("说明", other), ("婚姻", COUPLES)])
    reader = registers(str(tmp_path))
    first, second = named(path="marriages.xlsx"), named(path="marriages.xlsx", sheet="婚姻")
    assert reader.look_up(first, timeout=60).facts == {NAME: "别人"}
    assert reader.look_up(second, timeout=60).facts == {NAME: "陈立"}
    with pytest.raises(SourceNonsense):
        reader.look_up(named(path="marriages.xlsx", sheet="离婚"), timeout=60)


def test_texts_in_a_workbook_keep_their_zeros_and_numbers_are_found_by_their_digits(
    registers: Read, tmp_path: Path
) -> None:
    rows = [("zjhm", "po_xm"), ("007", "陈立"), (8, "王芳")]
    write_workbook(tmp_path / "marriages.xlsx", [("婚姻", rows)])
    reader = registers(str(tmp_path))
    asked = [named(key, path="marriages.xlsx") for key in ("007", "8", "7")]
    assert [reader.look_up(one, timeout=60).facts for one in asked] == [{NAME: "陈立"}, {NAME: "王芳"}, None]


@pytest.mark.parametrize("encoding", ["gbk", "GB18030"])
def test_a_table_in_gbk_is_read_where_it_is_declared(registers: Read, tmp_path: Path, encoding: str) -> None:
    written = pl.DataFrame([ROW, OTHERS | {"po_xm": "䶮𠮷"}]).write_csv().encode("gb18030")
    (tmp_path / "marriages.csv").write_bytes(written)
    reader = registers(str(tmp_path))
    assert reader.look_up(marriage("file", encoding=encoding), timeout=60).facts == FACTS
    assert reader.look_up(named(HUSBAND, encoding=encoding), timeout=60).facts == {NAME: "䶮𠮷"}


def test_a_table_in_gbk_is_nonsense_where_it_is_not_declared(registers: Read, tmp_path: Path) -> None:
    (tmp_path / "marriages.csv").write_bytes(pl.DataFrame([ROW]).write_csv().encode("gbk"))
    with pytest.raises(SourceNonsense):
        registers(str(tmp_path)).look_up(marriage("file"), timeout=60)


def test_bytes_that_are_not_in_the_declared_encoding_are_nonsense(registers: Read, tmp_path: Path) -> None:
    (tmp_path / "marriages.csv").write_bytes(b"zjhm,po_xm\n1,\xff\xff\n")
    with pytest.raises(SourceNonsense):
        registers(str(tmp_path)).look_up(named(encoding="gbk"), timeout=60)


def test_an_encoding_that_nobody_reads_is_misdeclared(registers: Read, tmp_path: Path) -> None:
    (tmp_path / "marriages.csv").write_text("zjhm,po_xm\n", encoding="utf-8")
    with pytest.raises(SourceMisdeclared, match="utf-8, gbk, gb18030"):
        registers(str(tmp_path)).look_up(named(encoding="utf-7"), timeout=60)


@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04 no more"])
@pytest.mark.parametrize("path", ["marriages.xlsx", "marriages.xls"])
def test_a_file_that_only_calls_itself_a_workbook_is_nonsense(
    registers: Read, tmp_path: Path, path: str, content: bytes
) -> None:
    (tmp_path / path).write_bytes(content)
    with pytest.raises(SourceNonsense):
        registers(str(tmp_path)).look_up(named(path=path), timeout=60)


def test_what_would_fill_the_memory_is_not_read(registers: Read, tmp_path: Path) -> None:
    with (tmp_path / "marriages.csv").open("wb") as large:
        large.truncate(LARGEST_READ_WHOLE + 1)
    with (
        ZipFile(tmp_path / "marriages.xlsx", "w", compression=8) as packed,
        packed.open("xl/sheet0.xml", "w") as member,
    ):
        for _ in range(513):
            member.write(bytes(1_000_000))
    for request in (named(encoding="gbk"), named(path="marriages.xlsx")):
        with pytest.raises(SourceMisdeclared, match="too large"):
            registers(str(tmp_path)).look_up(request, timeout=60)
