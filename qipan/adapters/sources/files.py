"""Registers dropped as files, CSV or Parquet, in a folder: scanned lazily, so that only matching rows and columns are read."""

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock

import polars as pl
from polars.exceptions import PolarsError

from qipan.adapters.sources.declared import Reading
from qipan.adapters.sources.port import SourceDown, SourceMisdeclared, SourceNonsense
from qipan.core.elements import Field, Value

SCANS = 64  # files whose scan is kept
Stamp = tuple[int, int]


def _scan_csv(path: Path) -> pl.LazyFrame:
    return pl.scan_csv(path, infer_schema=False)


SCANNERS: Mapping[str, Callable[[Path], pl.LazyFrame]] = {".csv": _scan_csv, ".parquet": pl.scan_parquet}


class FileRegisters:
    """Scans of dropped files, renewed when a file changes."""

    def __init__(self) -> None:
        self._scans: dict[Path, tuple[Stamp, pl.LazyFrame, pl.Schema]] = {}
        self._lock = Lock()

    def read(self, address: str, reading: Reading, timeout: float) -> Mapping[Field, object] | None:
        """Find the one record that has these keys; None when there is none. Raises SourceError.

        A scan cannot be stopped: the timeout is the caller's.
        """
        del timeout
        try:
            frame, schema = self._scan(_file(address, reading))
            found = _matching(frame, schema, reading).head(2).collect()
        except OSError as error:
            raise SourceDown(f"{_where(reading)} cannot be read: {type(error).__name__}") from None
        except PolarsError as error:
            raise SourceNonsense(f"{_where(reading)} is no table: {type(error).__name__}") from None
        if found.height > 1:
            raise SourceNonsense(f"{_where(reading)} holds more than one record of one key.")
        return {each: found[column][0] for each, column in reading.columns.items()} if found.height else None

    def close(self) -> None:
        """Forget the scans; files stay open only while they are read."""
        with self._lock:
            self._scans.clear()

    def _scan(self, path: Path) -> tuple[pl.LazyFrame, pl.Schema]:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size)
        with self._lock:
            kept = self._scans.get(path)
        if kept is not None and kept[0] == stamp:
            return kept[1], kept[2]
        frame = SCANNERS[path.suffix](path)
        schema = frame.collect_schema()
        with self._lock:
            self._scans[path] = (stamp, frame, schema)
            while len(self._scans) > SCANS:
                del self._scans[next(iter(self._scans))]
        return frame, schema


def _file(address: str, reading: Reading) -> Path:
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
    if missing := {*reading.keys, *reading.columns.values()} - set(schema):
        raise SourceNonsense(f"{_where(reading)} lacks the declared columns {', '.join(sorted(missing))}.")
    keys = [pl.col(column) == _literal(value, schema[column]) for column, value in reading.keys.items()]
    return frame.filter(*keys).select(sorted(set(reading.columns.values())))


def _literal(value: Value, kept_as: pl.DataType) -> pl.Expr:
    """Cast the key, not the column, so that Parquet's statistics can skip rows."""
    return (
        pl.lit(value).cast(pl.String).cast(kept_as, strict=False)
        if kept_as != pl.String
        else pl.lit(str(value))
    )


def _where(reading: Reading) -> str:
    return f"The file {reading.place} of the register {reading.register}"
