"""The journals are append-only down to the database, and rows go only through the door of a recorded purge."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from accounts.models import User
from jury.models import JuryEvent
from landespreis import clock, journal, purging
from landespreis.models import Closing, Digest, Link, Purge, PurgedRow, Trace
from submissions.models import Event, Extension, Round, Submission, Version
from tests.accounts.factories import StaffFactory
from tests.submissions import factories

JOURNALS = (Event, Version, Extension, JuryEvent, Trace)
"""Rows go through the door of a purge."""
BOOKS = (Link, Digest, Purge, PurgedRow, Closing)
"""Rows never go."""


def tables(*kept: type[models.Model]) -> list[str]:
    return [model._meta.db_table for model in kept]


@pytest.fixture
def filled(open_round: Round) -> Round:
    """One row at least in every table that is kept."""
    entry, office = factories.submitted(open_round), StaffFactory()
    now = clock.now()
    entry.extensions.create(until=now, reason="Stromausfall", granted_by=office, granted_at=now)
    JuryEvent.objects.create(round=open_round, at=now, verb=JuryEvent.Verb.OPENED)
    journal.note(journal.Verb.EXPORTED, by=office, about="bleibt")
    going = journal.note(journal.Verb.EXPORTED, by=office, about="geht")
    link = Link.objects.create(day=now.date(), previous="0" * 64, sha256="1" * 64, count=1, made_at=now)
    Digest.objects.create(link=link, journal="landespreis_trace", row=1, sha256="2" * 64)
    with purging.opened(tables(Trace), reason="Frist", by=office, second=StaffFactory()):
        Trace.objects.filter(pk=going.pk).delete()
    return open_round


@contextmanager
def refused(message: str = "never change") -> Iterator[None]:
    with pytest.raises(DatabaseError, match=message), transaction.atomic():
        yield


def run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("table", tables(*JOURNALS, *BOOKS))
@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id + 1000", "UPDATE {} SET id = id", "DELETE FROM {}"])
def test_shell_cannot_change_or_delete(filled: Round, table: str, sql: str) -> None:
    with refused():
        run(sql.format(table))


@pytest.mark.postgresql
@pytest.mark.parametrize("table", tables(*JOURNALS, *BOOKS))
def test_shell_cannot_truncate(filled: Round, table: str) -> None:
    connection.check_constraints()  # with any of them pending, PostgreSQL refuses for that

    with refused():
        run(f"TRUNCATE {table} CASCADE")


@pytest.mark.sqlite
@pytest.mark.parametrize("table", tables(*JOURNALS, *BOOKS))
def test_shell_cannot_replace(filled: Round, table: str) -> None:
    with refused():
        run(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")


@pytest.mark.sqlite
def test_shell_cannot_replace_by_another_key(filled: Round) -> None:
    columns = [field.column for field in Version._meta.concrete_fields if field.column not in {"id", "canonical"}]
    named = ", ".join(columns)

    with refused():
        run(f"REPLACE INTO submissions_version (canonical, {named}) SELECT '', {named} FROM submissions_version")


@pytest.mark.postgresql
@pytest.mark.parametrize("table", tables(*JOURNALS, *BOOKS))
def test_upsert_is_a_change(filled: Round, table: str) -> None:
    with refused():
        run(f"INSERT INTO {table} SELECT * FROM {table} ON CONFLICT (id) DO UPDATE SET id = EXCLUDED.id")


@pytest.mark.parametrize("model", JOURNALS)
def test_purge_deletes_and_the_trigger_notes_every_row(filled: Round, model: type[models.Model]) -> None:
    office, second = StaffFactory(), StaffFactory()
    keys = sorted(model._default_manager.values_list("pk", flat=True))
    emptied = tables(*JOURNALS) if model is Version else tables(model)

    with purging.opened(emptied, reason="Archiv hat abgelehnt", by=office, second=second, run="2031-1") as purge:
        if model is Version:
            Event.objects.all().delete()
            run("DELETE FROM submissions_version_files")
            run("DELETE FROM submissions_receipt")
            Submission.objects.update(
                status="draft",
                number=None,
                current=None,
                submitted_lead=None,
                submitted_category=None,
                submitted_title="",
            )
        model._default_manager.all()._raw_delete("default")  # type: ignore[attr-defined]  # as SQL would

    assert not model._default_manager.exists()
    noted = purge.rows.filter(journal=model._meta.db_table)
    assert sorted(noted.values_list("row", flat=True)) == keys
    assert (purge.by_id, purge.second_id, purge.run) == (office.pk, second.pk, "2031-1")
    assert (purge.closing.count, purge.closing.sha256) == purging.listed(purge)


@pytest.mark.parametrize("model", JOURNALS)
def test_open_purge_changes_nothing(filled: Round, model: type[models.Model]) -> None:
    table = model._meta.db_table

    with purging.opened([table], reason="Frist", by=None, second=None), refused():
        run(f"UPDATE {table} SET id = id + 1000")


def test_purge_opens_only_the_tables_it_names(filled: Round) -> None:
    with purging.opened(tables(Event), reason="Frist", by=None, second=None), refused():
        Trace.objects.all().delete()


def test_purge_opens_no_book(filled: Round) -> None:
    with purging.opened(tables(*BOOKS), reason="Frist", by=None, second=None), refused():
        run("DELETE FROM landespreis_digest")


def test_closed_purge_is_shut(filled: Round) -> None:
    with purging.opened(tables(Trace), reason="Frist", by=None, second=None):
        pass

    with refused():
        Trace.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_purge_left_open_cannot_commit() -> None:
    trace = journal.note(journal.Verb.EXPORTED, by=None)

    def leave_open() -> None:
        with transaction.atomic():
            Purge.objects.create(at=clock.now(), reason="Frist", tables=tables(Trace), closing_id=1)
            Trace.objects.all().delete()

    with pytest.raises(IntegrityError):
        leave_open()

    assert Trace.objects.get() == trace
    assert not Purge.objects.exists()


def test_purge_that_fails_leaves_everything(filled: Round) -> None:
    before = Trace.objects.count(), Purge.objects.count(), PurgedRow.objects.count()

    def fail() -> None:
        with purging.opened(tables(Trace), reason="Frist", by=None, second=None):
            Trace.objects.all().delete()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert (Trace.objects.count(), Purge.objects.count(), PurgedRow.objects.count()) == before


@pytest.mark.parametrize(
    ("reason", "people"),
    [
        ("", lambda one, two: (one, two)),
        ("Frist", lambda one, two: (one, one)),
        ("Frist", lambda one, two: (one, None)),
        ("Frist", lambda one, two: (None, two)),
    ],
)
def test_purge_needs_a_reason_and_two_people_or_none(
    db: None, reason: str, people: Callable[[User, User], tuple[Any, Any]]
) -> None:
    by, second = people(StaffFactory(), StaffFactory())

    with pytest.raises(IntegrityError), purging.opened(tables(Trace), reason=reason, by=by, second=second):
        pass
