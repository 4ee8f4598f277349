"""Registers dropped as files in a folder: CSV, Parquet or a workbook.

CSV in UTF-8 and Parquet are scanned lazily, so that only matching rows and columns are read. CSV in GBK and workbooks cannot be:
they are read whole, once for each drop, and kept while they do not change; so they must not be large.
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from zipfile import BadZipFile, ZipFile, is_zipfile

import polars as pl
from fastexcel import FastExcelError
from polars.exceptions import PolarsError

from qipan.adapters.sources.declared import Reading
from qipan.adapters.sources.port import SourceDown, SourceMisdeclared, SourceNonsense
from qipan.core.elements import Field, Value

SCANS = 64  # files whose scan is kept
LARGEST_READ_WHOLE, LARGEST_UNPACKED = 32_000_000, 512_000_000  # bytes
ENCODINGS = {"": "utf-8", "utf-8": "utf-8", "gbk": "gb18030", "gb18030": "gb18030"}
"""What a CSV file may be declared to be in; GB 18030 holds all of GBK."""

Stamp = tuple[int, int]
_Place = tuple[Path, str, str]


def _scan_csv(path: Path, reading: Reading) -> pl.LazyFrame:
    encoding = ENCODINGS.get(reading.encoding.lower())
    if encoding is None:
        raise SourceMisdeclared(
            f"The encoding of {reading.place} is {reading.encoding!r}; it must be one of utf-8, gbk, gb18030."
        )
    if encoding == "utf-8":
        return pl.scan_csv(path, infer_schema=False)
    _expect_small(path, reading)
    return pl.read_csv(path, infer_schema=False, encoding=encoding).lazy()


def _scan_parquet(path: Path, _reading: Reading) -> pl.LazyFrame:
    return pl.scan_parquet(path)


def _scan_workbook(path: Path, reading: Reading) -> pl.LazyFrame:
    """Read a sheet, the first where none is named; every cell is read as a text."""
    _expect_small(path, reading)
    return pl.read_excel(path, sheet_name=reading.sheet or None, infer_schema_length=0).lazy()


def _expect_small(path: Path, reading: Reading) -> None:
    """Refuse what would take up the memory, also once it is unpacked."""
    unpacked = 0
    if is_zipfile(path):
        with ZipFile(path) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
    if path.stat().st_size > LARGEST_READ_WHOLE or unpacked > LARGEST_UNPACKED:
        raise SourceMisdeclared(
            f"{reading.place} is too large to be read whole; deliver it as CSV in UTF-8 or as Parquet."
        )


SCANNERS: Mapping[str, Callable[[Path, Reading], pl.LazyFrame]] = {
    ".csv": _scan_csv,
    ".parquet": _scan_parquet,
    ".xlsx": _scan_workbook,
    ".xls": _scan_workbook,
}
NO_TABLE = (PolarsError, FastExcelError, BadZipFile, ValueError)
"""What reading raises when a file is not what its name or its declaration says."""


class FileRegisters:
    """Scans of dropped files, renewed when a file changes."""

    def __init__(self) -> None:
        self._scans: dict[_Place, tuple[Stamp, pl.LazyFrame, pl.Schema]] = {}
        self._lock = Lock()

    def read(self, address: str, reading: Reading, timeout: float) -> Mapping[Field, object] | None:
        """Find the one record that has these keys; None when there is none. Raises SourceError.

        A scan cannot be stopped: the timeout is the caller's.
        """
        del timeout
        try:
            frame, schema = self._scan(file_of(address, reading), reading)
            found = _matching(frame, schema, reading).head(2).collect()
        except OSError as error:
            raise SourceDown(f"{_where(reading)} cannot be read: {type(error).__name__}") from None
        except NO_TABLE as error:
            raise SourceNonsense(f"{_where(reading)} is no table: {type(error).__name__}") from None
        if found.height > 1:
            raise SourceNonsense(f"{_where(reading)} holds more than one record of one key.")
        return {each: found[column][0] for each, column in reading.columns.items()} if found.height else None

    def rows(self, address: str, reading: Reading, start: int, most: int) -> list[Mapping[Field, object]]:
        """Read so many rows from a place on, in the file's own order; raises SourceError."""
        try:
            frame, schema = self._scan(file_of(address, reading), reading)
            found = _declared(frame, schema, reading).slice(start, most).collect()
        except OSError as error:
            raise SourceDown(f"{_where(reading)} cannot be read: {type(error).__name__}") from None
        except NO_TABLE as error:
            raise SourceNonsense(f"{_where(reading)} is no table: {type(error).__name__}") from None
        return [
            {field: row[name] for field, name in reading.columns.items()}
            for row in found.iter_rows(named=True)
        ]

    def close(self) -> None:
        """Forget the scans; files stay open only while they are read."""
        with self._lock:
            self._scans.clear()

    def _scan(self, path: Path, reading: Reading) -> tuple[pl.LazyFrame, pl.Schema]:
        status = path.stat()
        stamp, place = (status.st_mtime_ns, status.st_size), (path, reading.encoding, reading.sheet)
        with self._lock:
            kept = self._scans.get(place)
        if kept is not None and kept[0] == stamp:
            return kept[1], kept[2]
        frame = SCANNERS[path.suffix](path, reading)
        schema = frame.collect_schema()
        with self._lock:
            self._scans[place] = (stamp, frame, schema)
            while len(self._scans) > SCANS:
                del self._scans[next(iter(self._scans))]
        return frame, schema


def file_of(address: str, reading: Reading) -> Path:
    """Find the file of a reading in the register's folder; raises SourceMisdeclared."""
    folder = Path(address).resolve()
    path = (folder / reading.place).resolve()
    if not path.is_relative_to(folder):
        raise SourceMisdeclared(
            f"{reading.place} lies outside the folder of the register {reading.register}."
        )
    if path.suffix not in SCANNERS:
        raise SourceMisdeclared(f"{reading.place} must end in one of {', '.join(SCANNERS)}.")
    return path


def _matching(frame: pl.LazyFrame, schema: pl.Schema, reading: Reading) -> pl.LazyFrame:
    wanted = _declared(frame, schema, reading)
    keys = [pl.col(column) == _literal(value, schema[column]) for column, value in reading.keys.items()]
    return wanted.filter(*keys).select(sorted(set(reading.columns.values())))


def _declared(frame: pl.LazyFrame, schema: pl.Schema, reading: Reading) -> pl.LazyFrame:
    """Take the declared columns alone; raises SourceNonsense where one is missing."""
    columns = {*reading.keys, *reading.columns.values()}
    if missing := columns - set(schema):
        raise SourceNonsense(f"{_where(reading)} lacks the declared columns {', '.join(sorted(missing))}.")
    return frame.select(sorted(columns))


def _literal(value: Value, kept_as: pl.DataType) -> pl.Expr:
    """Cast the key, not the column, so that Parquet's statistics can skip rows."""
    return (
        pl.lit(value).cast(pl.String).cast(kept_as, strict=False)
        if kept_as != pl.String
        else pl.lit(str(value))
    )


def _where(reading: Reading) -> str:
    return f"The file {reading.place} of the register {reading.register}"
