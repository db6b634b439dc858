"""Files of an entry in the hands of a juror: only of the version that counts, declared, and found clean."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from jury.models import Juror
from submissions.models import Attachment, Round, Submission
from tests.accounts.conftest import show_factor
from tests.jury import factories
from tests.submissions.factories import PDF, attachment, complete, submit

Scoring = Callable[[], None]


@pytest.fixture
def entry(open_round: Round, panel: list[Juror], scoring: Scoring) -> Submission:
    """An admitted entry with a file in the version that counts, one in the first version only, and one in none."""
    made = complete(open_round)
    first = attachment(made, name="alt.pdf")
    submit(made)
    Attachment.objects.filter(pk=first.pk).update(removed_at=made.created_at)
    attachment(made, name="plan.pdf")
    submit(made)
    attachment(made, name="entwurf.pdf")
    Submission.objects.update(formal_check="admitted")
    scoring()
    return Submission.objects.get()


@pytest.fixture
def desk(client: Client, panel: list[Juror], entry: Submission) -> Client:
    factories.clear(panel[0], entry)
    show_factor(client, panel[0].user)
    return client


def url(entry: Submission, name: str, label: str = "") -> str:
    return f"/jury/einreichungen/{label or entry.label}/dateien/{Attachment.objects.get(name=name).pk}/"


def fetch(client: Client, address: str) -> Any:
    return client.get(address)


def test_file_of_the_version_is_a_download(desk: Client, entry: Submission) -> None:
    answer = fetch(desk, url(entry, "plan.pdf"))

    assert (answer.status_code, b"".join(answer.streaming_content)) == (200, PDF)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="plan.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["alt.pdf", "entwurf.pdf"])
def test_file_outside_the_version_is_not_found(desk: Client, entry: Submission, name: str) -> None:
    assert fetch(desk, url(entry, name)).status_code == 404


@pytest.mark.parametrize("scan", ["pending", "infected"])
def test_file_that_is_not_clean_is_not_found(desk: Client, entry: Submission, scan: str) -> None:
    Attachment.objects.update(scan=scan)

    assert fetch(desk, url(entry, "plan.pdf")).status_code == 404


def test_file_before_the_declaration_is_not_found(entry: Submission, panel: list[Juror], client: Client) -> None:
    show_factor(client, panel[1].user)

    assert fetch(client, url(entry, "plan.pdf")).status_code == 404


def test_file_of_a_recused_entry_is_not_found(desk: Client, entry: Submission, panel: list[Juror]) -> None:
    factories.recuse(panel[0], entry)

    assert fetch(desk, url(entry, "plan.pdf")).status_code == 404


def test_file_below_another_number_is_not_found(desk: Client, entry: Submission) -> None:
    assert fetch(desk, url(entry, "plan.pdf", "IKZ-2026-0002")).status_code == 404
