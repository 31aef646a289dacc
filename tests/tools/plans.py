"""Which way a database takes to the rows of a statement, and which tables it goes through row by row on that way."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction

# Of a few rows each, two tables are joined by going through both; of many, by looking into an index for each row.
JOINS = "SET LOCAL enable_hashjoin = {0}; SET LOCAL enable_mergejoin = {0}"
PLANNED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@dataclass
class Way:
    """The plan of one statement: the tables gone through as a whole, and how many pages of the database were looked at."""

    sql: str
    whole: set[str] = field(default_factory=set)
    pages: int = 0
    milliseconds: float = 0.0


@contextmanager
def statements() -> Iterator[dict[str, Any]]:
    """Collect what is asked of the database meanwhile: each statement once, with the values it had first."""
    found: dict[str, Any] = {}

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip("( ").startswith(PLANNED):
            found.setdefault(sql, params[0] if many else params)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(listen):
        yield found


def way(sql: str, params: Any, *, forced: bool = False) -> Way:
    """Ask for the plan. ``forced`` forbids going through a table where any index leads there, however few its rows are."""
    return _sqlite(sql, params) if connection.vendor == "sqlite" else _postgresql(sql, params, forced=forced)


# ---- PostgreSQL


def start_anew() -> None:
    """Let PostgreSQL plan, until the transaction ends, as in a database that was made just now. On SQLite nothing.

    A long run of tests leaves dead rows and counts of them, and with those it takes other ways than in a run of one file.
    """
    if connection.vendor != "postgresql":
        return
    ours = "relnamespace = 'public'::regnamespace AND relkind = 'r'"
    tables = ", ".join(connection.ops.quote_name(name) for name in connection.introspection.table_names())
    with connection.cursor() as cursor:
        # The log's own triggers forbid it, as they have to.
        cursor.execute(
            f"SET LOCAL session_replication_role = replica; TRUNCATE {tables}; SET LOCAL session_replication_role = origin"
        )
        cursor.execute(f"DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE {ours})")  # noqa: S608
        cursor.execute(f"UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE {ours}")  # noqa: S608  (no value from outside)


def _postgresql(sql: str, params: Any, *, forced: bool) -> Way:
    # A reading statement is run, so that pages are counted and not guessed; a writing one is planned alone.
    runs = sql.lstrip("( ").startswith("SELECT") and not forced
    with transaction.atomic(), connection.cursor() as cursor:
        if forced:
            cursor.execute(f"SET LOCAL enable_seqscan = off; {JOINS.format('off')}")
        cursor.execute(f"EXPLAIN (FORMAT JSON{', ANALYZE, BUFFERS' if runs else ''}) {sql}", params)
        [answer] = cursor.fetchone()[0]
        if forced:
            cursor.execute(f"SET LOCAL enable_seqscan = on; {JOINS.format('on')}")
    plan = answer["Plan"]
    return Way(
        sql,
        whole=set(_whole(plan, "", _partial_indexes())),
        pages=plan.get("Shared Hit Blocks", 0) + plan.get("Shared Read Blocks", 0),
        milliseconds=answer.get("Execution Time", 0.0),
    )


def _whole(node: dict[str, Any], table: str, partial: set[str]) -> Iterator[str]:
    table = node.get("Relation Name", table)
    kind = node["Node Type"]
    if (
        kind == "Seq Scan"
        or kind.endswith(("Index Scan", "Index Only Scan"))
        and "Index Cond" not in node
        and node["Index Name"] not in partial
    ):
        yield table
    for child in node.get("Plans", []):
        yield from _whole(child, table, partial)


def _partial_indexes() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL")
        return {name for (name,) in cursor}


def rows_of_tables() -> dict[str, int]:
    """How many rows each table holds, as the database last counted them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        return {name: max(0, int(rows)) for name, rows in cursor}


# ---- SQLite


def _sqlite(sql: str, params: Any) -> Way:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        steps = [row[3] for row in cursor]
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%% WHERE %%'")
        partial = {name for (name,) in cursor}
    tables: dict[str, set[str]] = {}
    for table, alias in re.findall(r'"(\w+)" (?:AS )?"?([UVWT]\d+)"?', sql):
        tables.setdefault(alias, set()).add(table)
    scans = [re.fullmatch(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step) for step in steps]
    names = [scan[1] for scan in scans if scan and scan[2] not in partial]
    # Two subqueries may call two tables by one name, and SQLite says that name alone: the first is reported.
    found = {min(tables.get(name, {name})) for name in names}
    return Way(sql, whole=found & set(connection.introspection.table_names()))
