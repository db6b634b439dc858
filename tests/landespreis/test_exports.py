"""Tables for staff: who may take which, what stands in them, what never does, and that taking one is written down."""

import csv
import io
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jury.models import Decision
from landespreis import exports
from landespreis.models import Trace
from submissions.models import Category, Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MembershipFactory, staff
from tests.conftest import CLOSES
from tests.jury import factories as jury
from tests.portal.factories import EventFactory, registration
from tests.submissions import factories

At = Callable[[datetime], None]
OFFICE = {"einreichungen", "partner", "antworten", "bewertungen", "beschluesse", "befangenheiten"}
COLUMNS = {
    "einreichungen": (
        "number;round;version;submitted_at;status;formal_check;category;title;lead_ags;lead;department;contact_name;"
        "contact_email;contact_phone;contact_public;partners;legal_form;municipally_controlled;agreed_on;state;"
        "state_since;funding;website;abstract;files;publication;sha256"
    ),
    "partner": "number;position;ags;label;kind;country",
    "antworten": "number;question;title;criterion;characters;text",
    "bewertungen": "number;category;seat;criterion;weight;points;comment;finalised_at",
    "beschluesse": (
        "category;winner;votes_for;votes_against;votes_abstained;reasons;locked_at;round;status;formal_check"
    ),
    "befangenheiten": "number;category;seat;reason;declared_at;taken_back_at",
    "anmeldungen": "event;starts_at;name;email;organisation;status;question;created_at;confirmed_at;seated_at",
}
"""Other programs read them: a name never changes, a new column goes to the end."""


@pytest.fixture
def office(client: Client, db: None) -> Client:
    show_factor(client, staff("Geschäftsstelle"))
    return client


def taken(client: Client, key: str) -> list[dict[str, str]]:
    answer = client.post(reverse("admin:export", args=[key, "csv"]))
    assert answer.status_code == 200
    text = b"".join(answer).decode().removeprefix("\ufeff")  # type: ignore[call-overload]
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_entries_are_read_from_the_version_that_counts(office: Client, open_round: Round) -> None:
    entry = factories.submitted(open_round, title="Pegel am Hellweg")
    Submission.objects.filter(pk=entry.pk).update(title="Danach geändert")
    factories.complete(open_round, title="Nie eingereicht")

    (row,) = taken(office, "einreichungen")

    assert (row["number"], row["title"], row["status"], row["partners"]) == (
        "IKZ-2026-0001", "Pegel am Hellweg", "submitted", "1",
    )  # fmt: skip
    assert row["sha256"] == entry.current.sha256 if entry.current else False


def test_partners_and_answers_have_a_row_each(office: Client, open_round: Round) -> None:
    factories.submitted(open_round)

    assert len(taken(office, "partner")) == 1
    assert len(taken(office, "antworten")) == open_round.questions.count()


def test_registrations_are_a_table_for_editors_too(client: Client, open_round: Round) -> None:
    registration(EventFactory(slug="sprechstunde"), "anna", question="=1+1")
    show_factor(client, staff("Redaktion"))

    (row,) = taken(client, "anmeldungen")

    assert (row["event"], row["name"], row["status"], row["question"]) == (
        "sprechstunde", "Anna", "confirmed", "'=1+1",
    )  # fmt: skip


def test_columns_keep_their_names(office: Client, open_round: Round) -> None:
    told = {key: ";".join(dataset.head) for key, dataset in exports.datasets(staff("Geschäftsstelle")).items()}

    assert {key: told[key] for key in COLUMNS} == COLUMNS


def test_points_are_in_no_table_before_the_category_is_decided(office: Client, open_round: Round, at: At) -> None:
    panel = jury.panel(open_round)
    entry = jury.admitted(open_round)
    at(CLOSES)
    jury.sheet(panel[0], entry, 7)
    assert taken(office, "bewertungen") == []

    Category.objects.filter(pk=entry.submitted_category_id).update(decided_at=timezone.now())

    rows = taken(office, "bewertungen")
    assert [row["points"] for row in rows] == ["7", "7", "7"]
    assert {row["number"] for row in rows} == {entry.label}


@pytest.mark.parametrize("is_prize", [True, False])
def test_decisions_name_their_round_and_what_the_winner_stands_at(
    office: Client, open_round: Round, is_prize: bool
) -> None:
    juror, entry = jury.panel(open_round)[0], jury.admitted(open_round)
    assert entry.submitted_category
    Decision.objects.create(
        session=jury.open_session(entry.submitted_category), winner=entry if is_prize else None,
        laudatio=juror.seat if is_prize else None, votes_for=3,
        votes_against=1, votes_abstained=1, reasons="Überzeugt.", recorded_by=juror, recorded_at=CLOSES, chair=juror,
        chair_at=CLOSES, office=staff("Geschäftsstelle"), office_at=CLOSES, locked_at=CLOSES,
    )  # fmt: skip

    (row,) = taken(office, "beschluesse")

    told = [row[key] for key in ("category", "round", "winner", "status", "formal_check")]
    assert told == ["krisen", open_round.key, *([entry.label, "submitted", "admitted"] if is_prize else ["", "", ""])]


@pytest.mark.parametrize("form", exports.FORMS)
def test_taking_a_table_is_written_down(office: Client, open_round: Round, form: str) -> None:
    answer = office.post(reverse("admin:export", args=["partner", form]))

    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="partner.{form}"'
    assert [(trace.verb, trace.detail) for trace in Trace.objects.all()] == [
        ("exported", {"key": "partner", "form": form})
    ]
    assert b"".join(answer)  # type: ignore[call-overload]


def test_tables_are_asked_for_with_post(office: Client, open_round: Round) -> None:
    assert office.get(reverse("admin:export", args=["partner", "csv"])).status_code == 405
    assert not Trace.objects.exists()


@pytest.mark.parametrize(("key", "form"), [("partner", "exe"), ("erfunden", "csv")])
def test_unknown_table_or_form_is_not_found(office: Client, open_round: Round, key: str, form: str) -> None:
    assert office.post(reverse("admin:export", args=[key, form])).status_code == 404


def test_roles_have_their_tables(db: None) -> None:
    assert set(exports.datasets(staff("Geschäftsstelle"))) >= OFFICE
    assert not OFFICE & set(exports.datasets(staff("Redaktion")))


def test_others_find_nothing(client: Client, open_round: Round) -> None:
    show_factor(client, MembershipFactory().user)

    assert client.post(reverse("admin:export", args=["partner", "csv"])).status_code == 404


def test_page_offers_every_form_of_every_table(office: Client, open_round: Round) -> None:
    html = office.get(reverse("admin:exports")).content.decode()

    for key in OFFICE:
        for form in exports.FORMS:
            assert reverse("admin:export", args=[key, form]) in html


def test_entries_are_read_in_chunks(office: Client, open_round: Round) -> None:
    counts = []
    for _ in range(2):
        factories.submitted(open_round)
        with CaptureQueriesContext(connection) as queries:
            taken(office, "einreichungen")
        counts.append(len(queries))

    assert counts[0] == counts[1]
