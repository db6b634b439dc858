"""Open data of the directory: what it tells, that it tells nothing more, and how it is answered."""

import csv
import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from landespreis import clock
from portal import open_data, picturing
from portal.actions import projects
from portal.models import Document, Project
from portal.open_data import PER_PAGE
from submissions.models import Round, Submission
from tests.accounts.factories import MunicipalityFactory, StaffFactory
from tests.portal import factories

Queries = Callable[..., Any]
HOSTILE = '<script>alert("x")</script>'
CONTACT = {
    "contact_name": "Frauke Heimlich",
    "contact_email": "frauke@geheim.example",
    "contact_phone": "+49 2921 4711",
}
ATOM = "{http://www.w3.org/2005/Atom}"
JSON, CSV, FEED = "/projekte.json", "/projekte.csv", "/projekte/feed/"
ALL = (JSON, CSV, FEED)


def content(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return b"".join(response).decode()  # type: ignore[arg-type]


def records(client: Client, path: str = JSON) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(content(client, path))
    return told


def rows(client: Client, path: str = CSV) -> list[dict[str, str]]:
    return list(csv.DictReader(content(client, path).removeprefix("\ufeff").splitlines(keepends=True), delimiter=";"))


@pytest.fixture
def full(open_round: Round) -> Project:
    """A project that knows all there is to know."""
    project: Project = factories.ProjectFactory(
        **CONTACT, title="Bauakte Hellweg", category=factories.ProjectCategoryFactory(key="krisen", name="Krisen"),
        lead=MunicipalityFactory(ags="05974040", name="Soest, Stadt", latitude=51.5733, longitude=8.1065),
        partners=[MunicipalityFactory(ags="05974052", name="Werl, Stadt"), "Verband | Lippe"], department="Bauordnung",
        topics=[factories.TopicFactory(slug="bauen", name="Bauen")], legal_form=Submission.LegalForm.AGREEMENT,
        agreed_on=date(2021, 6, 14), state=Submission.State.RUNNING, state_since=date(2024, 3, 1), is_funded=True,
        funding="120.000 Euro", website="https://akte.example", edition="1. Landespreis", prize_year=2022,
    )  # fmt: skip
    return Project.objects.with_all().get(pk=project.pk)


# What is told ------------------------------------------------------------------------------------------


def test_json_tells_a_project_under_stable_names(client: Client, full: Project) -> None:
    (record,) = records(client)["projects"]

    assert record == {
        "slug": "bauakte-hellweg",
        "url": "http://localhost:8000/projekte/bauakte-hellweg/",
        "title": "Bauakte Hellweg",
        "abstract": "Zwei Städte führen ihre Bauakten in einem System.",
        "category": {"key": "krisen", "name": "Krisen"},
        "topics": [{"key": "bauen", "name": "Bauen"}],
        "lead": {
            "name": "Stadt Soest", "ags": "05974040", "district": "05974", "region": "Arnsberg",
            "department": "Bauordnung", "latitude": 51.5733, "longitude": 8.1065,
        },
        "partners": [
            {"name": "Stadt Werl", "ags": "05974052", "kind": "nrw", "country": "DE"},
            {"name": "Verband | Lippe", "ags": None, "kind": "zweckverband", "country": "DE"},
        ],
        "legal_form": {"key": "oerv", "name": "Öffentlich-rechtliche Vereinbarung"},
        "agreed_on": "2021-06-14",
        "state": {"key": "betrieb", "name": "im Betrieb"},
        "state_since": "2024-03-01",
        "funded": True,
        "funding": "120.000 Euro",
        "website": "https://akte.example",
        "contact": None,
        "origin": {"key": "foerderung", "name": "geförderte Kooperation"},
        "edition": "1. Landespreis",
        "prize_year": 2022,
        "map_url": f"http://localhost:8000{picturing.address(full)}",
        "published_at": "2026-01-20T09:30+01:00",
        "changed_at": "2026-01-20T10:30+01:00",
    }  # fmt: skip


def test_csv_tells_a_project_in_a_line(client: Client, full: Project) -> None:
    (row,) = rows(client)

    assert row == {
        "slug": "bauakte-hellweg",
        "url": "http://localhost:8000/projekte/bauakte-hellweg/",
        "title": "Bauakte Hellweg",
        "abstract": "Zwei Städte führen ihre Bauakten in einem System.",
        "category": "krisen",
        "category_name": "Krisen",
        "topics": "bauen",
        "topic_names": "Bauen",
        "lead": "Stadt Soest",
        "lead_ags": "05974040",
        "district": "05974",
        "region": "Arnsberg",
        "department": "Bauordnung",
        "latitude": "51.5733",
        "longitude": "8.1065",
        "partners": "Stadt Werl|Verband / Lippe",
        "partners_ags": "05974052|",
        "legal_form": "oerv",
        "agreed_on": "2021-06-14",
        "state": "betrieb",
        "state_since": "2024-03-01",
        "funded": "true",
        "funding": "120.000 Euro",
        "website": "https://akte.example",
        "contact_name": "",
        "contact_email": "",
        "contact_phone": "",
        "origin": "foerderung",
        "edition": "1. Landespreis",
        "prize_year": "2022",
        "map_url": f"http://localhost:8000{picturing.address(full)}",
        "published_at": "2026-01-20T09:30+01:00",
        "changed_at": "2026-01-20T10:30+01:00",
    }


def test_names_are_documented_for_people_and_developers(client: Client, full: Project) -> None:
    page = content(client, "/projekte/daten/")
    manual = (Path(settings.BASE_DIR) / "docs" / "open-data.md").read_text(encoding="utf-8")
    told = records(client)

    names = {*told["projects"][0], *rows(client)[0]}
    assert set(told["projects"][0]) == set(open_data.FIELDS)
    assert not [name for name in names if f"<code>{name}</code>" not in page]
    assert not [name for name in {*names, *told} if f"`{name}`" not in manual]
    assert told["documentation"] == "http://localhost:8000/projekte/daten/"
    assert told["licence"]["url"] in page


def test_nothing_leads_into_the_database(client: Client, full: Project) -> None:
    assert not {"id", "pk", "submission"} & {*records(client)["projects"][0], *rows(client)[0]}


@pytest.mark.parametrize("path", ALL)
def test_contact_is_told_with_consent_only(client: Client, full: Project, path: str) -> None:
    hidden = content(client, path)
    full.contact_public = True
    projects.save(full)

    shown = content(client, path)

    assert not any(value in hidden for value in CONTACT.values())
    assert ("frauke@geheim.example" in shown) is (path != FEED)


def test_contact_is_not_found_by_searching(full: Project) -> None:
    document = Document.objects.filter(project=full).values().get()

    assert not any(value in str(told) for told in document.values() for value in ("Heimlich", "geheim", "4711"))


@pytest.mark.parametrize("path", ALL)
def test_only_what_is_out_is_told_to_anybody(client: Client, open_round: Round, path: str) -> None:
    out = factories.ProjectFactory(title="Schon da")
    factories.ProjectFactory(title="Kommt noch", planned=True)
    factories.ProjectFactory(title="Nur Entwurf", draft=True)

    public = content(client, path)
    client.force_login(StaffFactory(superuser=True))
    told = [public, content(client, path)]

    assert [out.title in shown for shown in told] == [True, True]
    assert not any(title in shown for shown in told for title in ("Kommt noch", "Nur Entwurf"))


def test_csv_holds_no_formula(client: Client, open_round: Round) -> None:
    formula = '=HYPERLINK("https://x.example";"Klick")'
    factories.ProjectFactory(
        title=formula, abstract="@SUM(A1)\nzweite; Zeile", department="-1+1", partners=[formula], contact_public=True,
        **CONTACT,
    )  # fmt: skip

    (row,) = rows(client)

    assert (row["title"], row["partners"]) == (f"'{formula}", f"'{formula}")
    assert (row["abstract"], row["department"]) == ("'@SUM(A1)\nzweite; Zeile", "'-1+1")
    assert row["contact_phone"] == "'+49 2921 4711"


def test_hostile_texts_stay_texts(client: Client, open_round: Round) -> None:
    factories.ProjectFactory(
        title=HOSTILE, abstract=HOSTILE, partners=[HOSTILE], topics=[factories.TopicFactory(name=HOSTILE)]
    )

    record = records(client)["projects"][0]
    feed = ElementTree.fromstring(content(client, FEED))  # noqa: S314 - our own

    assert (record["title"], record["partners"][0]["name"]) == (HOSTILE, HOSTILE)
    assert client.get(JSON).headers["Content-Type"] == "application/json"
    assert client.get(JSON).headers["X-Content-Type-Options"] == "nosniff"
    assert feed.findtext(f"{ATOM}entry/{ATOM}title") == HOSTILE
    assert "<script" not in (feed.findtext(f"{ATOM}entry/{ATOM}summary") or "")


# Pages and filters -------------------------------------------------------------------------------------


def test_json_comes_in_pages(client: Client, open_round: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.open_data.PER_PAGE", 2)
    topic = factories.TopicFactory(slug="bauen")
    rows = [
        factories.ProjectFactory(topics=[topic], published_at=clock.now() - timedelta(days=days)) for days in range(5)
    ]

    pages, path = [], f"{JSON}?thema=bauen"
    while path:
        pages.append(records(client, path))
        path = (pages[-1]["next"] or "").removeprefix("http://localhost:8000")

    assert [record["slug"] for page in pages for record in page["projects"]] == [row.slug for row in rows]
    assert [(page["page"], page["pages"], page["count"]) for page in pages] == [(1, 3, 5), (2, 3, 5), (3, 3, 5)]
    assert pages[0]["previous"] is None
    assert pages[2]["previous"] == "http://localhost:8000/projekte.json?thema=bauen&seite=2"


def test_json_without_projects_is_an_empty_page(client: Client, open_round: Round) -> None:
    told = records(client)

    assert (told["count"], told["pages"], told["projects"], told["next"]) == (0, 1, [], None)


@pytest.mark.parametrize("page", ["0", "-1", "2", "1000000000", "abc", "%00", "9" * 5000, "1.5", "²", "';DROP"])
def test_json_of_a_page_that_is_none_says_so(client: Client, open_round: Round, page: str) -> None:
    factories.ProjectFactory()

    response = client.get(f"{JSON}?seite={page}")

    assert response.status_code == 404
    assert response.json() == {"error": "Diese Seite gibt es nicht. Beginnen Sie ohne „seite“."}
    assert response.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("query", "titles"), [
    ("thema=bauen", {"A", "B"}), ("thema=bauen&thema=klima", {"A", "B", "C"}), ("thema=bauen&kategorie=krisen", {"A"}),
    ("kommune=05974040", {"A"}), ("kreis=05974", {"A"}), ("auszeichnung=preis", {"B"}), ("thema=", set()),
    ("thema=erfunden", set()), ("thema=%00", set()), ("thema=" + "x" * 5000, set()), ("thema=' OR 1=1", set()),
    ("unbekannt=1", {"A", "B", "C"}), ("&".join(["thema=bauen"] * 50), {"A", "B"}),
])  # fmt: skip
def test_filters_of_the_directory_choose(client: Client, open_round: Round, query: str, titles: set[str]) -> None:
    bauen, klima = (factories.TopicFactory(slug=slug) for slug in ("bauen", "klima"))
    soest = MunicipalityFactory(ags="05974040")
    crisis = factories.ProjectCategoryFactory(key="krisen")
    factories.ProjectFactory(title="A", topics=[bauen, klima], category=crisis, lead=soest)
    factories.ProjectFactory(title="B", topics=[bauen], prize_year=2022)
    factories.ProjectFactory(title="C", topics=[klima])

    as_json = {record["title"] for record in records(client, f"{JSON}?{query}")["projects"]}
    as_csv = {row["title"] for row in rows(client, f"{CSV}?{query}")}

    assert (as_json, as_csv) == (titles, titles)


@pytest.mark.parametrize("path", ALL)
def test_ten_thousand_parameters_are_no_crash(client: Client, open_round: Round, path: str) -> None:
    response = client.get(f"{path}?{'&'.join(f'thema={n}' for n in range(10_000))}")

    assert response.status_code in {200, 400}


# How it is answered ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ALL)
def test_answer_holds_until_something_changes(client: Client, open_round: Round, path: str) -> None:
    project = factories.ProjectFactory()
    first = client.get(path)
    b"".join(first)  # type: ignore[arg-type]
    asked = {"If-None-Match": first.headers["ETag"]}

    again = client.get(path, headers=asked)
    project.title = "Anders"
    projects.save(project)
    changed = client.get(path, headers=asked)

    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Vary" not in first.headers
    assert not first.cookies
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert changed.status_code == 200
    assert b"Anders" in b"".join(changed)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ALL)
def test_answer_changes_when_a_project_comes_out_by_itself(
    client: Client, open_round: Round, at: Callable[..., None], path: str
) -> None:
    factories.ProjectFactory(title="Kommt noch", planned=True)
    asked = {"If-None-Match": client.get(path).headers["ETag"]}

    at(clock.now() + timedelta(hours=2))
    response = client.get(path, headers=asked)

    assert response.status_code == 200
    assert "Kommt noch" in b"".join(response).decode()  # type: ignore[arg-type]


@pytest.mark.parametrize("path", [JSON, CSV])
def test_scripts_of_every_site_may_read(client: Client, open_round: Round, path: str) -> None:
    factories.ProjectFactory()
    asked = {"Origin": "https://karte.example"}

    first = client.get(path, headers=asked)
    kept = client.get(path, headers=asked)
    unchanged = client.get(path, headers={**asked, "If-None-Match": first.headers["ETag"]})
    preflight = client.options(path, headers={**asked, "Access-Control-Request-Method": "GET"})

    answers = [first, kept, unchanged, preflight]
    assert [answer.status_code for answer in answers] == [200, 200, 304, 204]
    assert {answer.headers["Access-Control-Allow-Origin"] for answer in answers} == {"*"}
    assert "If-None-Match" in preflight.headers["Access-Control-Allow-Headers"]
    assert not any("Access-Control-Allow-Credentials" in answer.headers for answer in answers)
    assert first.headers["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("path", [JSON, CSV])
def test_nobody_writes_here(client: Client, open_round: Round, path: str) -> None:
    answers = [client.post(path), client.put(path), client.delete(path)]

    assert {answer.status_code for answer in answers} == {405}


def test_other_pages_are_read_by_our_own_scripts_only(client: Client, open_round: Round) -> None:
    assert "Access-Control-Allow-Origin" not in client.get("/projekte/daten/").headers


def test_csv_is_a_file_to_save(client: Client, open_round: Round) -> None:
    response = client.get(CSV)
    head = client.head(CSV)

    assert (head.status_code, head.headers["ETag"]) == (200, response.headers["ETag"])
    assert response.streaming
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="projekte.csv"'
    assert b"".join(response).startswith(b"\xef\xbb\xbfslug;url;title;")  # type: ignore[arg-type]


@pytest.mark.parametrize(("path", "most"), [(JSON, 6), (CSV, 5), (FEED, 5)])
@pytest.mark.parametrize("amount", [1, 3])
def test_open_data_ask_the_database_a_fixed_number_of_times(
    client: Client, open_round: Round, path: str, most: int, amount: int
) -> None:
    for _ in range(amount):
        factories.ProjectFactory(partners=[MunicipalityFactory(), "Verband"], topics=[factories.TopicFactory()])

    with CaptureQueriesContext(connection) as asked:
        content(client, path)

    assert len(asked) == most


def test_feed_keeps_the_id_of_a_project_that_moves(client: Client, open_round: Round) -> None:
    project = factories.ProjectFactory(partners=["Verband & Söhne"])
    before = ElementTree.fromstring(content(client, FEED))  # noqa: S314 - our own
    project.slug = "neue-adresse"
    projects.save(project)

    after = ElementTree.fromstring(content(client, FEED))  # noqa: S314 - our own

    assert client.get(FEED).headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert after.findtext(f"{ATOM}entry/{ATOM}id") == before.findtext(f"{ATOM}entry/{ATOM}id")
    link = after.find(f"{ATOM}entry/{ATOM}link")
    assert link is not None
    assert link.get("href") == "http://localhost:8000/projekte/neue-adresse/"
    assert after.findtext(f"{ATOM}entry/{ATOM}updated") == "2026-01-20T09:30:00+00:00"


def test_page_says_how_many_come_at_once(client: Client, db: None) -> None:
    assert f"{PER_PAGE} Projekte je Seite" in content(client, "/projekte/daten/")
