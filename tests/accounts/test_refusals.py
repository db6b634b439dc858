"""Who asks for what they must not see in a protected area leaves a line in the journal: one in an hour."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError
from django.test import Client

from accounts import entrance
from landespreis.models import Trace
from submissions.models import Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory, UserFactory, staff
from tests.conftest import MIDWAY
from tests.jury import factories as jury
from tests.submissions import factories

At = Callable[[datetime], None]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _quiet() -> None:
    logging.getLogger("django.request").setLevel(logging.ERROR)


def lines() -> list[tuple[int | None, str, dict[str, Any]]]:
    rows = Trace.objects.filter(verb="access_refused").order_by("pk")
    return [(row.by_id, row.about, row.detail) for row in rows]


def test_entry_of_others_leaves_a_line(client: Client, open_round: Round) -> None:
    entry, stranger = factories.draft(open_round), UserFactory()
    client.force_login(stranger)

    client.get(f"/einreichungen/{entry.pk}/")

    assert lines() == [(stranger.pk, "Einreichungen", {"page": "submissions:overview", "status": 404})]


def test_entry_from_which_a_juror_is_recused_leaves_a_line_without_its_number(
    client: Client, open_round: Round, at: At
) -> None:
    entry, juror = jury.admitted(open_round), jury.panel(open_round)[1]
    at(jury.scoring_time(open_round))
    jury.recuse(juror, entry)
    assert juror.user
    show_factor(client, juror.user)

    assert client.get(f"/jury/einreichungen/{entry.label}/").status_code == 404

    assert lines() == [(juror.user.pk, "Jury", {"page": "jury:entry", "status": 404})]


def test_admin_leaves_a_line_of_applicants_and_of_staff_who_may_less(client: Client, open_round: Round) -> None:
    applicant, editor, other = UserFactory(totp=True), staff("Redaktion"), Client()
    show_factor(client, applicant)
    show_factor(other, editor)

    client.get("/admin/")
    other.get("/admin/accounts/user/")

    assert [(by, about, detail["status"]) for by, about, detail in lines()] == [
        (applicant.pk, "Verwaltung", 404),
        (editor.pk, "Verwaltung", 403),
    ]


def test_again_in_the_hour_leaves_no_line_but_another_area_and_another_person_do(
    client: Client, open_round: Round, at: At
) -> None:
    stranger, second, other = UserFactory(), UserFactory(), Client()
    client.force_login(stranger)
    other.force_login(second)
    at(MIDWAY)
    for _ in range(3):
        client.get(f"/einreichungen/{uuid4()}/")
    client.get("/admin/")
    other.get("/admin/")
    assert [(by, about) for by, about, _ in lines()] == [
        (stranger.pk, "Einreichungen"),
        (stranger.pk, "Verwaltung"),
        (second.pk, "Verwaltung"),
    ]

    at(MIDWAY + timedelta(minutes=59))
    client.get("/admin/")
    assert len(lines()) == 3

    at(MIDWAY + timedelta(hours=1))
    client.get("/admin/")
    assert [by for by, _, _ in lines()[3:]] == [stranger.pk]


@pytest.mark.parametrize("path", ["/admin/", "/jury/", "/einreichungen/"])
def test_who_is_let_in_or_sent_to_the_login_leaves_no_line(client: Client, open_round: Round, path: str) -> None:
    person = {"/admin/": StaffFactory(superuser=True), "/jury/": jury.panel(open_round)[0].user}.get(
        path, UserFactory()
    )
    Client().get(path)
    show_factor(client, person)

    assert client.get(path).status_code == 200

    assert lines() == []


def test_missing_public_page_leaves_no_line(client: Client, open_round: Round) -> None:
    client.force_login(UserFactory())

    assert client.get("/gibt-es-nicht/").status_code == 404

    assert lines() == []


def test_refusal_stands_when_the_journal_cannot_be_written(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: Any, **named: Any) -> None:
        raise DatabaseError("read-only")

    monkeypatch.setattr(entrance.journal, "note", fails)
    logging.getLogger("accounts.middleware").setLevel(logging.CRITICAL)
    client.force_login(UserFactory())

    assert client.get("/admin/").status_code == 404
