"""The way PostgreSQL takes to the rows of an ordinary day, at a size where a wrong way would show: plans, not times."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import connection, transaction

from journal.models import Centre, CentreRole, Entry, Share
from tests import factories
from tests.bench.cases import Case
from tests.bench.client import Request
from tests.bench.hot import JOBS, Where, hot, work
from tests.bench.inside import ask, client_of
from tests.bench.seed import session_of
from tests.bench.seeded import Seeded
from tests.bench.sizes import Size
from tests.tools.plans import Way, rows_of_tables, statements, way

# A table of fewer rows lies in some dozen pages: going through it is often the quickest way.
MANY = 1000
HEAD = """
| what | different statements | pages of 8 kB looked at | by the largest | ms in the database | tables gone through as a whole |
|---|---|---|---|---|---|
"""


def show(found: Seeded, size: Size) -> str:
    """Return the report: each thing that is done every day, with what it asks of the database."""
    where = _where(found)
    big = [
        Case(f"timeline of {count:,} entries", Request("/en/notes/timeline/", found.sessions[f"journal {count}"]), ("<h1",))
        for count in size.journals[-1:]
    ]
    big += [Case(f"queue of {size.queues[1]} families", Request("/en/desk/", found.sessions["queue 1"]), ("<h1",))]
    rows = rows_of_tables()
    lines = [_line(case.name, _ways(lambda case=case: _twice(case)), rows) for case in [*hot(where), *big]]
    lines += [_line(f"tick: {job}", _ways(lambda job=job: work(job)), rows) for job in JOBS]
    return f"{_head(found)}{HEAD}" + "\n".join(lines) + "\n\n" + _sizes(rows)


def _ways(act: Callable[[], None]) -> list[Way]:
    with statements() as asked:
        act()
    return [way(sql, params) for sql, params in asked.items()]


def _twice(case: Case) -> None:
    # What is done once a session, and once a process, is no part of an ordinary page. Nothing is left of what was done: data
    # that are kept are the same for the next run.
    client = client_of(case)
    for _ in range(1 if case.request.form is not None else 2):
        with transaction.atomic():
            ask(client, case)
            transaction.set_rollback(True)


def _line(name: str, ways: list[Way], rows: dict[str, int]) -> str:
    whole = sorted({f"`{table}` ({rows.get(table, 0):,})" for one in ways for table in one.whole if rows.get(table, 0) >= MANY})
    pages = [one.pages for one in ways]
    milliseconds = sum(one.milliseconds for one in ways)
    return f"| {name} | {len(ways)} | {sum(pages):,} | {max(pages):,} | {milliseconds:.1f} | {', '.join(whole) or 'none'} |"


def _where(found: Seeded) -> Where:
    journal = found.forms["parent"]
    share = Share.objects.filter(journal=journal).get()
    entry = Entry.objects.filter(journal=journal).order_by("-day", "-happened_at", "-id")[30]
    role = CentreRole.objects.filter(role=CentreRole.Role.MANAGER).first() or _manager()
    manager = session_of(role.user, at_centre=True)
    return Where(found.sessions["parent"], found.sessions["queue 0"], manager, journal, str(share.pk), str(entry.pk))


def _manager() -> CentreRole:
    """A manager of an ordinary centre, whom no other run needs."""
    # The last one made: those of the measured counsellors hold more families than a centre has.
    centre = Centre.objects.order_by("created_at").last() or factories.make_centre()
    role = factories.make_role(centre, factories.make_user("manager"), "manager")
    Authenticator.objects.create(user=role.user, type=Authenticator.Type.TOTP, data={"secret": ""})
    return role


def _head(found: Seeded) -> str:
    counts = ", ".join(f"{number:,} {name}" for name, number in found.counts.items())
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        [version] = cursor.fetchone()
    return (
        f"PostgreSQL {version.split()[0]}. {counts}. Each reading statement was run under EXPLAIN (ANALYZE, BUFFERS), each "
        "writing one planned; a table or an index that was gone through from end to end is named where it holds "
        f"{MANY:,} rows or more. Pages are the measure: they are the same on every machine.\n"
    )


def _sizes(rows: dict[str, int]) -> str:
    """Bytes a row in each table that grows, with and without its indexes."""
    lines = ["| table | rows | table MB | indexes MB | bytes a row in all |", "|---|---|---|---|---|"]
    with connection.cursor() as cursor:
        for table, count in sorted(rows.items(), key=lambda pair: -pair[1]):
            if count >= MANY and table.startswith(("journal_", "django_session")):
                cursor.execute("SELECT pg_table_size(%s::regclass), pg_indexes_size(%s::regclass)", [table, table])
                own, indexes = cursor.fetchone()
                lines.append(f"| {table} | {count:,} | {own / 1e6:.1f} | {indexes / 1e6:.1f} | {(own + indexes) / count:.0f} |")
        cursor.execute("SELECT pg_database_size(current_database())")
        [whole] = cursor.fetchone()
    return "\n".join(lines) + f"\n\nThe database: {whole / 1e9:.2f} GB.\n"


def report(found: Any, size: Size, today: str) -> str:
    """The file that is kept."""
    return f"# Plans at {size.name} size\n\n{today}. {show(found, size)}"
