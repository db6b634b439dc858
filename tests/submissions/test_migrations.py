"""Moving what was handed in before entries kept category and title of their version."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from submissions.actions import handing_in
from submissions.models import Round, Submission
from tests.submissions import factories

BEFORE, AFTER = "0003_jury_dates_and_frozen_facts", "0005_submitted_means_frozen_facts"


def migrate(name: str) -> None:
    MigrationExecutor(connection).migrate([("submissions", name)])


def test_fill_takes_category_and_title_from_the_version_that_counts(open_round: Round) -> None:
    entry = factories.submitted(open_round, title="Erster Titel")
    withdrawn = factories.submitted(open_round, title="Zurückgezogen")
    handing_in.withdraw(withdrawn, by=withdrawn.owner)
    draft = factories.complete(open_round)
    Submission.objects.filter(pk=entry.pk).update(title="Seitdem geändert", category=None)
    fill = import_module("submissions.migrations.0004_fill_frozen_facts").fill
    umwelt = open_round.categories.get(key="umwelt")
    Submission.objects.exclude(pk=draft.pk).update(submitted_title="falsch", submitted_category=umwelt)

    fill(apps, connection.schema_editor())

    rows = Submission.objects.order_by("created_at", "pk").values_list(
        "pk", "submitted_title", "submitted_category__key"
    )
    assert {pk: (title, key) for pk, title, key in rows} == {
        entry.pk: ("Erster Titel", "krisen"),
        withdrawn.pk: ("Zurückgezogen", "krisen"),
        draft.pk: ("", None),
    }


@pytest.mark.django_db(transaction=True)
def test_migrate_over_it_keeps_every_entry(open_round: Round) -> None:
    entry = factories.submitted(open_round)
    try:
        MigrationExecutor(connection).migrate([("jury", None), ("submissions", BEFORE)])
        with connection.cursor() as cursor:
            cursor.execute("UPDATE submissions_submission SET submitted_title = '', submitted_category_id = NULL")
        migrate(AFTER)
    finally:
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())

    row = Submission.objects.get()
    assert (row.pk, row.submitted_title) == (entry.pk, "PegelVerbund Hellweg")
    assert row.submitted_category == open_round.categories.get(key="krisen")
