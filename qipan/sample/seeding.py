"""Writing the synthetic registers to where their agencies keep them: databases, files, and what the HTTP service answers.

Every row carries the flag ``synthetic``, every folder a note that says so.
"""

import fcntl
import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import psycopg
from psycopg import sql

from qipan.core.declarations import Library
from qipan.core.elements import ElementType, Value
from qipan.sample.province import province
from qipan.sample.registers import FLAG, Registers, Table

SERVICE_REGISTER, SERVICE_PORT = "market_regulation", 8090
POSTGRES = frozenset({"public_security", "civil_affairs", "real_estate"})
FRESH_DAYS = 20  # a delivery record tells of a birth some days ago; older registers are written again
EVERYTHING_HERE: Mapping[str, str] = {}
NOTE = """\
这里的人、企业、号码和记录全部是合成的样例数据，与任何真实的人或单位无关。
Every person, enterprise, number and record here is synthetic and stands for nobody.
"""
POSTGRES_TYPES = {
    ElementType.INTEGER: "bigint",
    ElementType.DECIMAL: "numeric",
    ElementType.BOOLEAN: "boolean",
    ElementType.DATE: "date",
}
SQLITE_TYPES = {ElementType.INTEGER: "INTEGER", ElementType.DECIMAL: "REAL", ElementType.BOOLEAN: "INTEGER"}
POLARS_TYPES = {
    ElementType.INTEGER: pl.Int64,
    ElementType.DECIMAL: pl.Float64,
    ElementType.BOOLEAN: pl.Boolean,
}


def seed_registers(
    home: Path,
    postgres: Callable[[str], str],
    library: Library,
    today: date,
    service: str = f"http://127.0.0.1:{SERVICE_PORT}",
    *,
    elsewhere: Mapping[str, str] = EVERYTHING_HERE,
) -> Mapping[str, str]:
    """Fill the registers unless they stand as this library needs them, and give their addresses, also in registers.json.

    ``postgres`` creates a database of a name where there is none, and gives its URL. ``service`` is where the HTTP service
    (``qipan.sample.register_service``) will answer; ``elsewhere`` the addresses of registers that others fill. Takes some seconds.
    """
    folder = home / "registers"
    folder.mkdir(parents=True, exist_ok=True)
    marker, wanted = folder / "seeded.json", _digest(library, elsewhere)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two may start at once
        if not _stands(marker, wanted, today):
            _write_all(folder, library, today, postgres, elsewhere)
            marker.write_text(json.dumps({"wanted": wanted, "on": today.isoformat()}), encoding="utf-8")
    addresses = {
        name: elsewhere.get(name) or _address(name, adapter, folder, postgres, service)
        for name, adapter in registers_of(library).items()
    }
    (home / "registers.json").write_text(json.dumps(addresses, indent=2), encoding="utf-8")
    return addresses


def answers_file(home: Path) -> Path:
    """Say where the HTTP service finds its answers."""
    return home.absolute() / "registers" / f"{SERVICE_REGISTER}.db"


def registers_of(library: Library) -> Mapping[str, str]:
    """Name every register and its adapter."""
    sources = (each.source for each in library.resources.values() if each.source is not None)
    return {str(source["register"]): str(source["adapter"]) for source in sources}


def _write_all(
    folder: Path,
    library: Library,
    today: date,
    postgres: Callable[[str], str],
    elsewhere: Mapping[str, str],
) -> None:
    (folder / "seeded.json").unlink(missing_ok=True)
    (folder / "README.txt").write_text(NOTE, encoding="utf-8")
    for register, tables in _by_register(
        Registers(province(), library, today).tables(without=frozenset(elsewhere))
    ).items():
        _write(register, tables, folder, postgres)


def _digest(library: Library, elsewhere: Mapping[str, str]) -> str:
    """Digest all that decides what is written: the declared sources, who fills them, and the sample's own code."""
    sources = {name: (each.source, each.keys, each.gives) for name, each in library.resources.items()}
    decisive = [sources, sorted(elsewhere)]
    digest = hashlib.sha256(json.dumps(decisive, sort_keys=True, default=str).encode())
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _stands(marker: Path, wanted: str, today: date) -> bool:
    if not marker.exists():
        return False
    found = json.loads(marker.read_text(encoding="utf-8"))
    age = today - date.fromisoformat(found["on"])
    return bool(found["wanted"] == wanted) and timedelta(0) <= age <= timedelta(days=FRESH_DAYS)


def _by_register(tables: Iterable[Table]) -> Mapping[str, list[Table]]:
    found: dict[str, list[Table]] = {}
    for table in tables:
        found.setdefault(table.register, []).append(table)
    return found


def _address(register: str, adapter: str, folder: Path, postgres: Callable[[str], str], service: str) -> str:
    match adapter:
        case "http":
            return service
        case "file":
            return str((folder / register).absolute())
        case _ if register in POSTGRES:
            return postgres(f"register_{register}")
        case _:
            return f"sqlite:///{(folder / register).absolute()}.db"


def _write(register: str, tables: list[Table], folder: Path, postgres: Callable[[str], str]) -> None:
    match tables[0].adapter:
        case "http":
            _write_answers(folder / f"{register}.db", tables)
        case "file":
            _write_files(folder / register, tables)
        case _ if register in POSTGRES:
            _write_postgres(postgres(f"register_{register}"), tables)
        case _:
            _write_sqlite(folder / f"{register}.db", tables)


def _rows(table: Table) -> Iterable[tuple[Value | None, ...]]:
    return (tuple(row.get(column) for column in table.types) for row in table.rows.values())


# --- PostgreSQL


def _write_postgres(url: str, tables: list[Table]) -> None:
    with psycopg.connect(url) as connection:
        for table in tables:
            name = sql.Identifier(table.place)
            columns = [
                sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(POSTGRES_TYPES.get(kind, "text")))
                for column, kind in table.types.items()
            ]
            keys = sql.SQL(", ").join(map(sql.Identifier, table.keys))
            flag = sql.SQL("{} boolean NOT NULL DEFAULT true").format(sql.Identifier(FLAG))
            connection.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(name))
            connection.execute(
                sql.SQL("CREATE TABLE {} ({})").format(name, sql.SQL(", ").join([*columns, flag]))
            )
            copied = sql.SQL(", ").join(map(sql.Identifier, table.types))
            with connection.cursor().copy(sql.SQL("COPY {} ({}) FROM STDIN").format(name, copied)) as copy:
                for row in _rows(table):
                    copy.write_row(row)
            connection.execute(sql.SQL("CREATE UNIQUE INDEX ON {} ({})").format(name, keys))


# --- SQLite


def _write_sqlite(path: Path, tables: list[Table]) -> None:
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft)) as connection, connection:
        for table in tables:
            columns = [
                f"{_quoted(column)} {SQLITE_TYPES.get(kind, 'TEXT')}" for column, kind in table.types.items()
            ]
            keys = ", ".join(map(_quoted, table.keys))
            name, flag = _quoted(table.place), f"{_quoted(FLAG)} INTEGER NOT NULL DEFAULT 1"
            connection.execute(f"CREATE TABLE {name} ({', '.join([*columns, flag])}, PRIMARY KEY ({keys}))")
            connection.executemany(
                f"INSERT INTO {name} ({', '.join(map(_quoted, table.types))}) VALUES ({', '.join('?' * len(columns))})",
                _rows(table),
            )
    draft.replace(path)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# --- Files


def _write_files(folder: Path, tables: list[Table]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "README.txt").write_text(NOTE, encoding="utf-8")
    for table in tables:
        path, draft = folder / table.place, folder / f"{table.place}.draft"
        frame = _frame(table)
        if path.suffix == ".parquet":
            frame.write_parquet(draft)
        else:
            _as_people_write(frame).write_csv(draft)
        draft.replace(path)


def _frame(table: Table) -> pl.DataFrame:
    schema = {column: POLARS_TYPES.get(kind, pl.String) for column, kind in table.types.items()}
    frame = pl.DataFrame(list(_rows(table)), schema=schema, orient="row").with_columns(
        pl.lit(value=True).alias(FLAG)
    )
    dates = [column for column, kind in table.types.items() if kind is ElementType.DATE]
    return frame.with_columns(pl.col(dates).str.to_date()).sort(table.keys)


def _as_people_write(frame: pl.DataFrame) -> pl.DataFrame:
    truths = [column for column, kind in frame.schema.items() if kind == pl.Boolean]
    return frame.with_columns(
        pl.when(pl.col(each)).then(pl.lit("是")).when(~pl.col(each)).then(pl.lit("否")).alias(each)
        for each in truths
    )


# --- What the HTTP service answers


def _write_answers(path: Path, tables: list[Table]) -> None:
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft)) as connection, connection:
        connection.execute("CREATE TABLE answers (path TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID")
        for table in tables:
            answers = ((_path(table, row), _body(row)) for row in table.rows.values())
            connection.executemany("INSERT INTO answers VALUES (?, ?)", answers)
    draft.replace(path)


def _path(table: Table, row: Mapping[str, Value | None]) -> str:
    """Write where a record answers, decoded: the path with its keys, and the other keys as the query."""
    path, query = table.place, []
    for key in table.keys:
        if f"{{{key}}}" in path:
            path = path.replace(f"{{{key}}}", str(row[key]))
        else:
            query.append(f"{key}={row[key]}")
    return "?".join([path, *(["&".join(sorted(query))] if query else [])])


def _body(row: Mapping[str, Value | None]) -> str:
    return json.dumps({**row, FLAG: True}, ensure_ascii=False)
