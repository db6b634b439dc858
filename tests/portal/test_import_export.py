"""Projects as tables: out and in again without a loss, looked at before anything changes, and clear about bad files."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import Mock

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Municipality, User
from landespreis import clock
from landespreis.models import Trace
from landespreis.refusal import Refused
from landespreis.tables import FORMULA as ACTIVE
from portal.actions import projects
from portal.actions.exchange import cells, parking, tables, verbs
from portal.actions.exchange.resource import COLUMNS
from portal.actions.exchange.tables import Form, Unusable
from portal.models import Project
from submissions.models import Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MunicipalityFactory, StaffFactory
from tests.portal import award, factories

pytestmark = pytest.mark.django_db
At = Callable[[datetime], None]
FORMULA = '=HYPERLINK("https://boese.example";"Klick")'


def out(form: Form) -> bytes:
    return verbs.take_out(Project.objects.all(), form)


def csv_file(*rows: dict[str, Any]) -> bytes:
    """Return a CSV with the columns of the first row."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def xlsx_file(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    done = io.BytesIO()
    book.save(done)
    return done.getvalue()


def problems(content: bytes) -> str:
    return " ".join(problem for row in verbs.look_at(content).wrong for problem in row.problems)


def full() -> Project:
    """Return a project with something in every column."""
    association = MunicipalityFactory(ags=None, kind=Municipality.Kind.ASSOCIATION)
    project: Project = factories.ProjectFactory(
        title="-1 Grad",
        abstract=FORMULA,
        body='- eins\n- zwei\n\n\'Zitat;\t"=1+1"',
        partners=[MunicipalityFactory(), "Zweckverband Ruhr", association],
        topics=[factories.TopicFactory(), factories.TopicFactory()],
        legal_form="oerv",
        agreed_on=datetime(2023, 3, 14, tzinfo=UTC).date(),
        state="betrieb",
        state_since=datetime(2023, 5, 1, tzinfo=UTC).date(),
        website="https://akte.example/",
        department="Bauamt",
        origin="landespreis",
        edition="1. Landespreis 2021/22",
        prize_year=2022,
        is_funded=True,
        funding="'=Landesmittel",
        contact_name="Iva Kern",
        contact_email="iva@akte.example",
        contact_phone="+49 2921 0",
        contact_public=True,
        picture=factories.picture(),
    )
    return project


# Out and in again ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", list(Form))
def test_table_that_was_taken_out_changes_nothing(form: Form, open_round: Round) -> None:
    full()
    award.copied(award.entry(open_round, images=1))

    look = verbs.look_at(out(form))

    assert look.wrong == []
    assert [(line.kind, line.changes) for line in look.lines] == [("unverändert", [])] * 2


@pytest.mark.parametrize("form", list(Form))
def test_table_restores_what_was_deleted(form: Form) -> None:
    project = full()
    content, before = out(form), json.loads(out(Form.JSON))
    project.delete()

    look = verbs.bring_in(content)

    assert (len(look.new), look.changed, look.same) == (1, [], 0)
    assert json.loads(out(Form.JSON)) == before
    restored = Project.objects.get()
    assert {facet.kind for facet in restored.facets.all()} >= {"kategorie", "thema", "kommune", "auszeichnung"}
    assert restored.document.public_from == restored.published_at


def test_columns_are_what_programs_rely_on() -> None:
    project = full()
    partner = project.partners.order_by("pk")[0].municipality

    rows = list(csv.reader(io.StringIO(out(Form.CSV).decode("utf-8-sig")), delimiter=";"))

    assert tuple(rows[0]) == COLUMNS
    told = dict(zip(COLUMNS, rows[1], strict=True))
    assert partner
    assert project.lead
    assert told["partners"].startswith(f"{partner.ags}|Zweckverband Ruhr {{zweckverband, DE}}|")
    assert (told["lead"], told["agreed_on"], told["is_funded"]) == (project.lead.ags, "2023-03-14", "1")
    assert told["topics"] == "|".join(sorted(topic.slug for topic in project.topics.all()))
    assert datetime.fromisoformat(told["published_at"]) == project.published_at


def test_csv_begins_with_its_mark_and_shields_formulas() -> None:
    full()

    content = out(Form.CSV)

    assert content.startswith(b"\xef\xbb\xbfslug;title;")
    cells = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))[1]
    assert [cell for cell in cells if cell.startswith(ACTIVE)] == []
    assert f"'{FORMULA}" in cells


def test_xlsx_holds_no_formula() -> None:
    full()

    sheet = openpyxl.load_workbook(io.BytesIO(out(Form.XLSX))).worksheets[0]

    assert "f" not in {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert f"'{FORMULA}" in [cell.value for cell in sheet[2]]


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\t=1", "'=1", "''", "'s-Gravenhage", "ohne", "", "＝1"])
def test_shield_is_undone_and_nothing_else(text: str) -> None:
    shielded = tables._shielded(text)

    assert not shielded.startswith(ACTIVE)
    assert tables._unshielded(shielded) == text
    assert tables._unshielded("'s-Hertogenbosch") == "'s-Hertogenbosch"


@pytest.mark.parametrize("count", [1, 3])
def test_take_out_asks_the_same_for_one_and_three(
    count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        factories.ProjectFactory(partners=[MunicipalityFactory()], topics=[factories.TopicFactory()])

    with django_assert_num_queries(5):
        out(Form.JSON)


# What a row means ---------------------------------------------------------------------------------------


def test_bring_in_makes_projects_through_the_verb() -> None:
    lead = MunicipalityFactory(ags="05974040")
    category = factories.ProjectCategoryFactory(key="krisen")
    row = {
        "slug": "", "title": "<b>Pegel</b>", "category": "krisen", "lead": "5974040", "origin": "foerderung",
        "abstract": "Kurz.", "body": "<script>alert(1)</script> **fett**", "published_at": "2026-01-20T09:00",
        "partners": "Gemeente Venlo {kommune, NL}",
    }  # fmt: skip

    verbs.bring_in(csv_file(row))

    project = Project.objects.get()
    assert (project.slug, project.lead, project.category) == ("b-pegel-b", lead, category)
    assert project.body_html == "<p>&lt;script&gt;alert(1)&lt;/script&gt; <strong>fett</strong></p>"
    assert (project.is_funded, project.published_at) == (True, datetime(2026, 1, 20, 8, tzinfo=UTC))
    assert list(project.partners.values_list("name", "kind", "country")) == [("Gemeente Venlo", "kommune", "NL")]


def test_bring_in_changes_what_the_table_names_only() -> None:
    project = factories.ProjectFactory(partners=["Ruhr"], topics=[factories.TopicFactory()], is_funded=True)
    row = project.partners.get()

    look = verbs.look_at(csv_file({"slug": project.slug, "title": "Neu"}))
    verbs.bring_in(csv_file({"slug": project.slug, "title": "Neu"}))

    assert look.lines == [verbs.Line(2, "geändert", "Neu", ["title"])]
    after = Project.objects.get()
    assert (after.title, after.slug, after.abstract) == ("Neu", project.slug, project.abstract)
    assert (after.partners.get(), after.topics.count()) == (row, 1)


def test_look_changes_nothing() -> None:
    project = factories.ProjectFactory()

    verbs.look_at(csv_file({"slug": project.slug, "title": "Neu"}, {"slug": "neu", "title": "Zwei"}))

    assert list(Project.objects.values_list("title", flat=True)) == [project.title]


def test_bring_in_stores_all_or_nothing() -> None:
    rows = [{"slug": "", "title": title, "origin": "vorschlag"} for title in ("Eins", "", "Drei")]

    with pytest.raises(Unusable, match=r"Zeile 3: title: Nennen Sie den Titel\. Nichts ist gespeichert"):
        verbs.bring_in(csv_file(*rows))

    assert not Project.objects.exists()


def test_bring_in_names_an_address_that_led_elsewhere_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(*args: Any, **kwargs: Any) -> Project:
        raise Refused("Die Adresse „eins“ ist schon vergeben.")

    monkeypatch.setattr(projects, "save", taken)

    with pytest.raises(Unusable, match="Zeile 2: Die Adresse „eins“ ist schon vergeben"):
        verbs.bring_in(csv_file({"slug": "eins", "title": "Eins", "origin": "vorschlag"}))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": ""}, "title: Nennen Sie den Titel"),
        ({"title": "x" * 151}, "höchstens 150 Zeichen"),
        ({"title": "Zwei\nZeilen"}, "title: Schreiben Sie nur in eine Zeile"),
        ({"slug": "feed"}, "schon vergeben"),
        ({"slug": "Ä ö"}, "slug:"),
        ({"category": "gibtsnicht"}, "category: „gibtsnicht“ gibt es nicht. Möglich sind: kategorie"),
        ({"topics": "gibtsnicht"}, "topics: „gibtsnicht“ gibt es nicht"),
        ({"lead": "99999999"}, "steht nicht eindeutig im Verzeichnis der Kommunen"),
        ({"partners": "Venlo"}, "Art und Land"),
        ({"partners": "Venlo {nrw, NL}"}, "schreiben Sie den AGS"),
        ({"partners": "Venlo {stadt, NL}"}, "Möglich sind die Arten kommune, zweckverband"),
        ({"partners": "Venlo {kommune, US}"}, "die Länder DE, NL"),
        ({"partners": "Venlo {kommune, NL}|VENLO {aoer, DE}"}, "Ein Partner steht doppelt"),
        ({"agreed_on": "31.02.2023"}, "agreed_on: „31.02.2023“ ist kein Datum"),
        ({"published_at": "morgen"}, "published_at: „morgen“ ist kein Datum"),
        ({"published_at": "2026-01-20"}, "Veröffentlichen lässt sich ein Projekt mit Titel"),
        ({"is_funded": "vielleicht"}, "weder 1 noch 0"),
        ({"prize_year": "22"}, "vier Ziffern"),
        ({"prize_year": "2022"}, "für Beiträge zum Landespreis"),
        ({"origin": "zufall"}, "origin: „zufall“ gibt es nicht"),
        ({"origin": ""}, "origin:"),
        ({"origin": "landespreis"}, "Nennen Sie den Wettbewerb"),
        ({"website": "javascript:alert(1)"}, "website:"),
        ({"contact_email": "keine"}, "contact_email:"),
        ({"picture": "bild:7"}, "Ein Bild mit der Nummer „bild:7“ gibt es nicht"),
        ({"picture": "²"}, "gibt es nicht"),
        ({"abstract": "x" * 801}, "Kürzen Sie den Text auf 800 Zeichen"),
        ({"body": "### zu früh"}, "fehlt eine Überschrift"),
        ({"body": "a\x01b"}, "Steuerzeichen"),
        ({"submission": "IKZ-2026-0001"}, "Zu welcher Einreichung ein Projekt gehört, steht fest"),
    ],
)
def test_row_says_what_to_change(values: dict[str, str], said: str) -> None:
    factories.ProjectCategoryFactory()

    assert said in problems(csv_file({"slug": "", "title": "Akte", "origin": "vorschlag"} | values))
    assert not Project.objects.exists()


def test_row_may_not_name_the_lead_as_partner_nor_an_address_twice() -> None:
    lead = MunicipalityFactory()
    row = {"slug": "eins", "title": "Eins", "origin": "vorschlag", "lead": lead.ags, "partners": lead.choice}

    said = problems(csv_file(row, row))

    assert said.count("Nehmen Sie sie dort heraus") == said.count("steht in der Datei mehrmals") == 2


def test_town_is_understood_by_every_name_that_means_one() -> None:
    town = MunicipalityFactory(ags="05974040", name="Soest, Stadt")
    district = MunicipalityFactory(ags="05974000", name="Kreis Soest", kind=Municipality.Kind.DISTRICT)
    other = MunicipalityFactory(ags="05974052", name="Werl, Stadt")
    named = {"Stadt Soest": town, "Soest, Stadt": town, "kreis soest": district, "Werl": other, "5974052": other}

    known = cells.Known()

    assert {text: known.municipality(text) for text in named} == named
    assert known.municipality("Soest") is None


def test_copy_keeps_its_entry_its_origin_and_its_prize(open_round: Round, at: At) -> None:
    copy = award.copied(award.entry(open_round))
    other = award.entry(open_round)

    def said(**values: str) -> str:
        return problems(csv_file({"slug": copy.slug, **values}))

    assert "steht fest" in said(submission=other.label)
    assert "steht fest" in said(submission="")
    assert "seine Herkunft steht fest" in said(origin="foerderung")
    assert "setzt das Portal selbst" in said(prize_year="2026")
    assert "frühestens Mittwoch, 15. April 2026" in said(published_at="2026-04-15T11:59")
    assert said(submission="IKZ-2026-0001", title="Neu", published_at="2026-04-15T12:00") == ""
    Submission.objects.update(status="withdrawn")
    assert "Der Beitrag ist zurückgezogen" in said(published_at="2026-04-15T12:00")


def test_award_of_the_present_round_does_not_come_by_table(open_round: Round) -> None:
    row = {"slug": "", "title": "Akte", "origin": "landespreis", "edition": "2. Landespreis 2025/26"}

    assert "Übernehmen Sie sie unter" in problems(csv_file(row))


def test_look_asks_no_more_for_each_row() -> None:
    """But for the two statements of its savepoint."""
    counts = []
    for _ in range(2):
        factories.ProjectFactory(partners=[MunicipalityFactory()], topics=[factories.TopicFactory()])
        content = out(Form.JSON)
        with CaptureQueriesContext(connection) as queries:
            verbs.look_at(content)
        counts.append(len(queries))

    assert counts[1] - counts[0] == 2


# Files that are none ------------------------------------------------------------------------------------


def zipped(**parts: bytes) -> bytes:
    done = io.BytesIO()
    with zipfile.ZipFile(done, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return done.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b" \n", "Die Datei ist leer"),
        (b"\x00\x01\x02\x03" * 200, "keine Tabelle"),
        (b"%PDF-1.4 und mehr", "keine Tabelle"),
        (b"<!doctype html><html><body>Hallo</body></html>", "keine Tabelle"),
        ("slug;title\nä;Übung".encode("latin-1"), "nicht in UTF-8 gespeichert|keine Tabelle"),
        (b"slug;title\n", "Unter der ersten Zeile steht nichts"),
        (b"slug;title\n;;\n", "Unter der ersten Zeile steht nichts"),
        (b"titel;ort\nA;B", "Unbekannte Spalten: „titel“, „ort“. Bekannt sind: slug, title"),
        (b"title\nA", "Die Spalte „slug“ fehlt"),
        (b"slug;slug\nA;B", "einen eigenen Namen"),
        (b"slug;;title\nA;B;C", "einen eigenen Namen"),
        (b"slug;title\na;b;c", "Zeile 2 hat mehr Felder"),
        (b'slug;title\na;"b\n', "Ein Anf.hrungszeichen steht falsch"),
        (b"slug;body\na;" + b"x" * 100_001, "länger als jeder Text"),
        (b"slug;body\na;" + b"x" * 140_000, "lässt sich nicht als CSV lesen|länger als jeder Text"),
        (b"slug;title\n" + b"a;b\n" * 20_000, "mehr als 500 Zeilen"),
        (b"{kein json", "lässt sich aber nicht so lesen"),
        (b"[" * 100_000, "lässt sich aber nicht so lesen"),
        (b'{"slug": "a"}', "eine Liste von Projekten"),
        (b"[1, 2]", "eine Liste von Projekten"),
        (b'[{"slug": "a", "topics": ["x"]}]', "Trennen Sie mehrere Werte"),
        (b"[]", "einen eigenen Namen"),
        (zipped(**{"xl/workbook.xml": b"<kaputt"}), "nicht als XLSX lesen"),
        (zipped(anderes=b"x"), "nicht als XLSX lesen"),
        (zipped(**{"xl/sharedStrings.xml": b"a" * 40_000_001}), "zu groß"),
        (b"PK\x03\x04kaputt", "nicht als XLSX lesen|keine Tabelle"),
        (xlsx_file(["slug", "title"], ["", "=1+1"]), "Die Tabelle enthält Formeln .Zeile 2, Spalte 2"),
        (xlsx_file(["slug", "title"], *[["", "A"]] * 501), "mehr als 500 Zeilen"),
    ],
)  # fmt: skip
def test_unusable_file_says_what_to_do(content: bytes, said: str) -> None:
    with pytest.raises(Unusable, match=said):
        verbs.look_at(content)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfslug;title;origin\r\n;Akte;vorschlag\r\n",
        b"SLUG,Title,origin\n,Akte,vorschlag\n\n",
        b"slug\ttitle\torigin\n\tAkte\tvorschlag",
        b'[{"slug": null, "title": "Akte", "origin": "vorschlag"}]',
        xlsx_file(["slug", "title", "origin", None], [None, "Akte", "vorschlag", None], [None, None, None, None]),
    ],
)
def test_table_is_read_in_every_usual_shape(content: bytes) -> None:
    look = verbs.look_at(content)

    assert [(line.number, line.kind, line.title) for line in look.lines] in (
        [(2, "neu", "Akte")],
        [(1, "neu", "Akte")],
    )


def test_xlsx_cells_keep_what_they_mean() -> None:
    lead = MunicipalityFactory(ags="05974040")
    header = ["slug", "title", "origin", "lead", "edition", "prize_year", "is_funded", "agreed_on", "state_since"]
    day = datetime(2023, 3, 14, tzinfo=UTC).replace(tzinfo=None)
    values = ["", 2024, "landespreis", 5974040, "1. Landespreis 2021/22", 2022.0, True, day, day.date()]

    verbs.bring_in(xlsx_file(header, values))

    project = Project.objects.get()
    assert (project.title, project.lead, project.prize_year, project.is_funded) == ("2024", lead, 2022, True)
    assert project.agreed_on == project.state_since == day.date()


def test_formula_in_a_csv_is_text() -> None:
    verbs.bring_in(csv_file({"slug": "", "title": FORMULA, "origin": "vorschlag"}))

    assert Project.objects.get().title == FORMULA
    assert f"'{FORMULA}".replace('"', '""') in out(Form.CSV).decode()


# In the admin -------------------------------------------------------------------------------------------


@pytest.fixture
def editor(client: Client) -> Client:
    call_command("load_roles", verbosity=0)
    user: User = StaffFactory()
    user.groups.add(Group.objects.get(name="Redaktion"))
    show_factor(client, user)
    return client


def upload(admin: Client, content: bytes, name: str = "projekte.csv") -> Any:
    return admin.post(reverse("admin:portal_bring_in"), {"table": SimpleUploadedFile(name, content)})


def test_list_leads_to_both_ways(editor: Client) -> None:
    page = editor.get("/admin/portal/project/", {"stand": "intern"}).content.decode()

    assert '<a href="/admin/portal/project/ausgeben/?stand=intern">Ausgeben</a>' in page
    assert '<a href="/admin/portal/project/einspielen/">Einspielen</a>' in page


@pytest.mark.parametrize("form", list(Form))
def test_filtered_list_is_taken_out(editor: Client, form: Form, at: At) -> None:
    at(datetime(2026, 1, 20, 10, tzinfo=UTC))
    factories.ProjectFactory()
    draft = factories.ProjectFactory(draft=True)
    url = reverse("admin:portal_take_out")

    asked = editor.get(url, {"stand": "intern"}).content.decode()
    by_address = editor.get(url, {"stand": "intern", "als": form.value})
    answer = editor.post(f"{url}?stand=intern", {"als": form.value})

    assert "<strong>1 Projekt</strong> aus der gefilterten Liste" in asked
    assert f'name="als" value="{form}">Als {form.name}</button>' in asked
    assert "Content-Disposition" not in by_address.headers
    assert answer.headers["Content-Disposition"] == f'attachment; filename="projekte-2026-01-20.{form}"'
    assert answer.headers["Cache-Control"] == "no-store"
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert tables.read(content).data["slug"] == [draft.slug]
    assert [(trace.verb, trace.about) for trace in Trace.objects.all()] == [("exported", f"Projekte ({form.name})")]


@pytest.mark.parametrize(
    "query",
    ["als=exe", "als=", "unsinn=1", "p=10000000", "category__id__exact=%00", "q=%00", "q=" + "x" * 5000],
)
def test_nonsense_in_the_address_is_answered(editor: Client, query: str) -> None:
    url = f"{reverse('admin:portal_take_out')}?{query}"

    assert {editor.get(url).status_code, editor.post(url, {"als": "exe"}).status_code} <= {200, 302}


def test_table_is_looked_at_then_stored(editor: Client) -> None:
    project = factories.ProjectFactory(title="Alt")
    content = csv_file(
        {"slug": project.slug, "title": "Neu", "origin": "foerderung"},
        {"slug": "zwei", "title": "<b>Zwei</b>", "origin": "vorschlag"},
    )

    shown = upload(editor, content)
    page = shown.content.decode()
    assert "1 neu, 1 geändert, 0 unverändert" in page
    assert "&lt;b&gt;Zwei&lt;/b&gt;" in page
    assert Project.objects.count() == 1
    done = editor.post(reverse("admin:portal_bring_in"), {"token": shown.context["token"]}, follow=True)

    assert "Eingespielt: 1 neu, 1 geändert, 0 unverändert." in done.content.decode()
    assert set(Project.objects.values_list("title", flat=True)) == {"Neu", "<b>Zwei</b>"}
    assert default_storage.listdir(parking.FOLDER)[1] == []
    history = editor.get(reverse("admin:portal_project_history", args=[project.pk])).content.decode()
    assert "Aus einer Tabelle eingespielt." in history
    assert Trace.objects.get(verb="imported").detail == {"new": 1, "changed": 1}


def test_projects_are_stored_with_the_lines_that_tell_of_it_or_not_at_all(
    editor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = upload(editor, csv_file({"slug": "zwei", "title": "Zwei", "origin": "vorschlag"}))
    monkeypatch.setattr("portal.admin.exchange.log_all", Mock(side_effect=OperationalError))
    editor.raise_request_exception = False

    answer = editor.post(reverse("admin:portal_bring_in"), {"token": shown.context["token"]})

    assert answer.status_code == 503
    assert (Project.objects.count(), Trace.objects.filter(verb="imported").count()) == (0, 0)


def test_table_with_mistakes_shows_each_at_its_row(editor: Client) -> None:
    rows = [{"slug": "", "title": "Eins", "origin": ""}, {"slug": "", "title": "", "origin": "vorschlag"}]

    page = upload(editor, csv_file(*rows)).content.decode()

    assert "2 Zeilen lassen sich so nicht einspielen" in page
    assert "<td>3</td>" in page
    assert "title: Nennen Sie den Titel." in page
    assert "Jetzt einspielen" not in page


@pytest.mark.parametrize(
    "content",
    [
        b"slug;title;origin\r\n" + b";Titel;vorschlag\r\n" * 100_000,
        json.dumps([{"slug": "", "title": "Titel", "origin": "vorschlag"}] * 100_000).encode(),
    ],
    ids=["csv", "json"],
)
def test_table_of_a_hundred_thousand_rows_is_refused_before_a_row_is_looked_at(
    editor: Client, content: bytes, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(10):
        page = upload(editor, content).content.decode()

    assert "Die Datei hat mehr als 500 Zeilen. Teilen Sie sie, und spielen Sie die Teile nacheinander ein." in page
    assert "Jetzt einspielen" not in page
    assert not Project.objects.exists()


def test_table_without_news_offers_nothing_to_store(editor: Client) -> None:
    factories.ProjectFactory()

    page = upload(editor, out(Form.CSV)).content.decode()

    assert "0 neu, 0 geändert, 1 unverändert" in page
    assert "Jetzt einspielen" not in page


@pytest.mark.parametrize("content", [b"\x00\x01" * 50, b"<html>", b"a;b\n1;2"])
def test_bad_file_is_told_at_its_field(editor: Client, content: bytes) -> None:
    answer = upload(editor, content)

    assert answer.status_code == 200
    assert "Diese Datei lässt sich nicht einspielen" in answer.content.decode()
    assert answer.context["form"].errors["table"]


def test_missing_and_empty_files_are_told(editor: Client) -> None:
    url = reverse("admin:portal_bring_in")

    assert "Wählen Sie die Datei auf Ihrem Gerät aus" in editor.post(url).content.decode()
    assert "Die Datei ist leer" in upload(editor, b"").content.decode()


@pytest.mark.parametrize("token", ["", "unsinn", "x" * 5000])
def test_forged_token_brings_nothing_in(editor: Client, token: str) -> None:
    answer = editor.post(reverse("admin:portal_bring_in"), {"token": token}, follow=True)

    assert parking.GONE in answer.content.decode()


def test_file_of_somebody_else_or_of_yesterday_is_gone(editor: Client, at: At) -> None:
    at(datetime(2026, 1, 20, 10, tzinfo=UTC))
    somebody, other = StaffFactory(), StaffFactory()
    token = parking.park(b"slug", by=somebody)

    assert parking.fetch(token, by=somebody) == b"slug"
    with pytest.raises(Unusable, match="nicht mehr da"):
        parking.fetch(token, by=other)
    at(datetime(2026, 1, 20, 11, 1, tzinfo=UTC))
    with pytest.raises(Unusable, match="nicht mehr da"):
        parking.fetch(token, by=somebody)


def test_files_that_nobody_came_back_for_are_deleted(at: At) -> None:
    parking.park(b"alt", by=StaffFactory())
    at(clock.now() + timedelta(hours=2))

    parking.park(b"neu", by=StaffFactory())

    _, names = default_storage.listdir(parking.FOLDER)
    assert len(names) == 1


@pytest.mark.parametrize("url", ["portal_take_out", "portal_bring_in"])
def test_tables_need_the_right(client: Client, url: str) -> None:
    show_factor(client, StaffFactory())

    assert client.get(reverse(f"admin:{url}")).status_code == 403
    assert client.post(reverse(f"admin:{url}"), {"token": "x"}).status_code == 403


@pytest.mark.parametrize("url", ["portal_take_out", "portal_bring_in", "portal_adoption", "portal_project_add"])
def test_pages_run_and_colour_nothing_inline(client: Client, url: str, open_round: Round) -> None:
    show_factor(client, StaffFactory(superuser=True))
    award.entry(open_round)

    page = client.get(reverse(f"admin:{url}")).content.decode()

    assert [mark for mark in (" style=", " onclick=", " onchange=", "<script>", "<style") if mark in page] == []
