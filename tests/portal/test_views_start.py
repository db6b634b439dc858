"""Home and the award page: what each phase tells and offers, what is shown of the directory, when winners appear."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Municipality
from jury.models import Seat
from landespreis import clock
from portal import winners
from portal.models import Project
from submissions.models import Partner, Round
from tests.accounts.factories import MunicipalityFactory
from tests.conftest import SECOND
from tests.portal import award, factories

At = Callable[[datetime], None]
PATHS = ["/", "/landespreis/"]


def html(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def buttons(page: str) -> list[str]:
    return re.findall(r'<span class="kern-label">([^<]+)</span>', page.partition("</h1>")[2])


def part(page: str, heading: str) -> str:
    """Return the section with that heading, or nothing."""
    found = re.search(rf'<section[^>]*aria-labelledby="{heading}".*?</section>', page, re.DOTALL)
    return found.group() if found else ""


def titles(section: str) -> list[str]:
    return re.findall(r"<h3[^>]*><a[^>]*>([^<]+)</a></h3>", section)


@pytest.fixture
def awarded(round: Round, monkeypatch: pytest.MonkeyPatch) -> winners.Winner:
    """A winner of the round, whose embargo is kept by the one function that tells of decisions."""
    project = factories.ProjectFactory(title="PegelVerbund Hellweg", published_at=round.embargo_until)
    category = round.categories.first()
    assert category
    winner = winners.Winner(category, "PegelVerbund Hellweg", "Stadt Soest", project, has_prize=True)
    without = winners.Winner(category, "", "", None, has_prize=False)
    kept = round.embargo_until
    monkeypatch.setattr(winners, "decided", lambda round_, now: ["for one", "for none"] if now >= kept else [])
    monkeypatch.setattr(winners, "told", lambda decisions, now: [winner, without] if decisions else [])
    return winner


# Phases ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_page_works_without_a_round(client: Client, db: None, path: str) -> None:
    page = html(client, path)

    assert page.count("<h1") == 1
    assert "Beitrag einreichen</span>" not in page


@pytest.mark.parametrize(("away", "said", "offered", "next_step"), [
    ("opens_at -1s", "ab Montag, 1. Dezember 2025, 00:00 Uhr (MEZ)", "Projekte ansehen", "Konto anlegen"),
    ("opens_at", "bis Montag, 9. Februar 2026, 24:00 Uhr (MEZ)", "Beitrag einreichen", "Beitrag einreichen"),
    ("closes_at -1s", "noch weniger als eine Minute", "Beitrag einreichen", "Beitrag einreichen"),
    ("closes_at", "Mittwoch, 15. April 2026, 12:00 Uhr (MESZ)</time></span><span>noch 64 Tage<", "Projekte ansehen",
     "Stand meines Beitrags"),
    ("embargo_until -1s", "noch weniger als eine Minute", "Projekte ansehen", "Stand meines Beitrags"),
    ("embargo_until", "Der Preis ist verliehen", "Projekte ansehen", "Preisträger ansehen"),
])  # fmt: skip
def test_home_offers_in_each_phase_what_can_be_done(
    client: Client, round: Round, at: At, away: str, said: str, offered: str, next_step: str
) -> None:
    field, _, second = away.partition(" ")
    at(getattr(round, field) - (SECOND if second else timedelta()))

    page = html(client, "/")

    assert said in page
    assert buttons(page) == [offered, "Bedingungen lesen"]
    assert re.findall(r'class="lp-more" href="[^"]+">([^<]+)</a>', part(page, "schritt")) == [
        next_step,
        "Projekt vorschlagen",
        "Projekte ansehen",
    ]


def test_home_tells_that_the_jury_has_decided(client: Client, round: Round, at: At) -> None:
    at(round.closes_at + timedelta(days=40))
    Round.objects.update(decided_at=clock.now())

    page = html(client, "/")

    assert "Die Jury hat entschieden" in page
    assert "Preisträger werden bekannt am Mittwoch, 15. April 2026, 12:00 Uhr (MESZ)" in page
    assert "noch 24 Tage" in page
    assert "Preisträger ansehen" not in page


def test_home_leads_to_proposals_events_and_newsletter(client: Client, open_round: Round) -> None:
    steps = part(html(client, "/"), "schritt")

    assert re.findall(r'href="([^"]+)"', steps) == [
        "/einreichungen/neu/",
        "/einreichungen/",
        "/projekte/vorschlagen/",
        "/projekte/",
        "/termine/",
        "/newsletter/",
    ]


def test_home_tells_the_last_day(client: Client, round: Round, at: At) -> None:
    at(round.closes_at - timedelta(hours=2, minutes=5))

    page = html(client, "/")

    assert "noch 2 Stunden, 5 Minuten" in page
    assert "is-last" in page


# The directory on home ---------------------------------------------------------------------------------


def test_home_says_nothing_of_an_empty_directory(client: Client, open_round: Round) -> None:
    factories.ProjectFactory(planned=True)
    factories.ProjectFactory(draft=True)

    page = html(client, "/")

    assert (part(page, "neu"), part(page, "zahl")) == ("", "")


def test_home_shows_the_five_newest_projects(client: Client, open_round: Round) -> None:
    for hours in range(1, 7):
        factories.ProjectFactory(title=f"Projekt {hours}", published_at=clock.now() - timedelta(hours=hours))

    newest = part(html(client, "/"), "neu")

    assert titles(newest) == [f"Projekt {number}" for number in range(1, 6)]
    assert "Alle 6 Projekte" in newest


def test_home_names_who_takes_part(client: Client, open_round: Round) -> None:
    town = MunicipalityFactory(label="Stadt Hamm")
    others = [MunicipalityFactory(label=f"Stadt Ort {number}") for number in range(6)]
    few = factories.ProjectFactory(lead=town, partners=others[:1])
    few.partners.create(name="Gemeente Zevenaar", kind=Partner.Kind.OUTSIDE, country="NL")
    factories.ProjectFactory(lead=town, partners=others)

    newest = part(html(client, "/"), "neu")

    assert "Hamm, Ort 0 und Gemeente Zevenaar (Niederlande)" in newest
    assert "Hamm, Ort 0, Ort 1, Ort 2, Ort 3 und 2 weitere" in newest


def test_home_shows_the_uploaded_picture_of_a_project(client: Client, open_round: Round) -> None:
    picture = factories.picture()
    factories.ProjectFactory(picture=picture)

    newest = part(html(client, "/"), "neu")

    assert f'<img src="{picture.src}"' in newest
    assert 'alt=""' in newest


def test_figures_are_counted(client: Client, open_round: Round) -> None:
    town, commune, _ = (
        MunicipalityFactory(kind=Municipality.Kind.TOWN),
        MunicipalityFactory(kind=Municipality.Kind.COMMUNE),
        MunicipalityFactory(kind=Municipality.Kind.INDEPENDENT),
    )
    district = MunicipalityFactory(kind=Municipality.Kind.DISTRICT)
    factories.ProjectFactory(lead=town, partners=[commune, district])
    abroad = factories.ProjectFactory(lead=town, partners=["Wasserverband"])
    abroad.partners.create(name="Gemeente Zevenaar", kind=Partner.Kind.OUTSIDE, country="NL")
    neighbour = factories.ProjectFactory(lead=commune)
    neighbour.partners.create(name="Stadt Holzminden", kind=Partner.Kind.OUTSIDE)
    factories.ProjectFactory(planned=True, lead=MunicipalityFactory(kind=Municipality.Kind.TOWN))

    figures = part(html(client, "/"), "zahl")

    assert re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", figures) == [
        ("Projekte im Verzeichnis", "3"),
        ("von 4 Städten und Gemeinden beteiligt", "2"),
        ("Projekte über die Landesgrenze", "2"),
        ("Preisgeld in dieser Runde", "60.000&nbsp;€"),
    ]


# News and dates ----------------------------------------------------------------------------------------


def test_home_shows_the_three_newest_items(client: Client, open_round: Round) -> None:
    for hours in range(1, 5):
        factories.NewsFactory(title=f"Vor {hours} Stunden", published_at=clock.now() - timedelta(hours=hours))

    page = html(client, "/")

    assert titles(part(page, "aktuell")) == [f"Vor {hours} Stunden" for hours in range(1, 4)]
    assert '<link rel="canonical" href="http://localhost:8000/">' in page


def test_home_shows_the_next_three_dates(client: Client, open_round: Round) -> None:
    for days in (4, 2, 1, 3):
        factories.EventFactory(title=f"In {days} Tagen", starts_at=clock.now() + timedelta(days=days))
    factories.EventFactory(past=True)
    factories.EventFactory(draft=True, starts_at=clock.now() + timedelta(hours=1))
    factories.EventFactory(starts_at=clock.now() + timedelta(hours=2), cancelled_at=clock.now())

    page = html(client, "/")

    assert titles(part(page, "termine")) == ["In 1 Tagen", "In 2 Tagen", "In 3 Tagen"]
    assert re.findall(r"<dt>Nächster Termin</dt><dd><a[^>]*>([^<]+)</a>", page) == ["In 1 Tagen"]
    assert "Mittwoch, 21. Januar 2026, 10:30 Uhr (MEZ)" in page


def test_home_says_that_no_date_is_planned(client: Client, open_round: Round) -> None:
    factories.NewsFactory()

    page = html(client, "/")

    assert "Zurzeit ist kein Termin geplant." in page
    assert "Nächster Termin" not in page


# Award page --------------------------------------------------------------------------------------------


def test_award_lists_categories_criteria_and_prize(client: Client, open_round: Round) -> None:
    page = html(client, "/landespreis/")

    assert all(category.name.replace("&", "&amp;") in page for category in open_round.categories.all())
    assert all(criterion.title in page for criterion in open_round.criteria.all())
    assert "Alle Kriterien zählen gleich viel." in page
    assert "Preis von 10.000&nbsp;Euro" in page


def test_award_prints_weights_when_they_differ(client: Client, open_round: Round) -> None:
    open_round.criteria.filter(position=1).update(weight=2)

    page = html(client, "/landespreis/")

    assert "zählt 50 %" in page
    assert "gleich viel" not in page


def test_award_names_the_seats_of_the_jury(client: Client, open_round: Round) -> None:
    assert "kommunalen Spitzenverbände" in part(html(client, "/landespreis/"), "jury")
    for place, name in enumerate(("Städtetag", "NRW.BANK"), start=1):
        Seat.objects.create(
            round=open_round,
            key=f"sitz-{place}",
            institution=name,
            short_name=name,
            position=place,
            is_chair=place == 2,
        )

    jury = part(html(client, "/landespreis/"), "jury")

    assert "Zwei Sitze, jeder mit einer Stimme." in jury
    assert re.findall(r"<li>([^<]+)</li>", jury) == ["Städtetag", "NRW.BANK (Vorsitz)"]


# Winners -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS)
def test_winners_appear_to_the_second(client: Client, awarded: winners.Winner, round: Round, at: At, path: str) -> None:
    at(round.embargo_until - SECOND)
    before = html(client, path)

    at(round.embargo_until)
    after = html(client, path)

    assert "PegelVerbund" not in before
    assert 'id="preistraeger"' not in before
    assert titles(part(after, "preistraeger")) == ["PegelVerbund Hellweg"]
    assert "hat die Jury keinen Preis vergeben" in after


def test_home_leads_to_a_winner_where_its_project_moved_to(
    client: Client, awarded: winners.Winner, round: Round, at: At
) -> None:
    assert round.embargo_until
    assert awarded.project
    at(round.embargo_until)
    before = part(html(client, "/"), "preistraeger")

    awarded.project.slug = "umgezogen"
    awarded.project.save()
    after = part(html(client, "/"), "preistraeger")

    address = f'href="{awarded.project.get_absolute_url()}"'
    assert address not in before
    assert address in after


def test_home_asks_once_what_the_jury_has_decided_but_follows_names_at_once(
    client: Client, open_round: Round, at: At
) -> None:
    entry = award.entry(open_round)
    award.copied(entry)
    award.decide(open_round, "krisen", entry)
    assert entry.submitted_lead
    name = entry.submitted_lead.label
    at(open_round.embargo_until)
    Project.objects.update(published_at=clock.now())
    html(client, "/")
    Project.objects.update(abstract="Ein ganz neuer Text.")

    with CaptureQueriesContext(connection) as asked:
        told = html(client, "/")
    questions = [query["sql"] for query in asked.captured_queries]
    Municipality.objects.filter(pk=entry.submitted_lead_id).update(label="Stadt Umbenannt")
    renamed = html(client, "/")

    assert questions
    assert not any("jury_decision" in question for question in questions)
    assert name in part(told, "preistraeger")
    assert "Stadt Umbenannt" in part(renamed, "preistraeger")


def test_home_leads_to_the_winners(client: Client, awarded: winners.Winner, round: Round, at: At) -> None:
    at(round.embargo_until)

    page = html(client, "/")

    assert buttons(page) == ["Preisträger ansehen", "Projekte ansehen"]
    assert 'href="/landespreis/#preistraeger">Preisträger ansehen' in page
    assert "<dt>Preisgeld in dieser Runde</dt><dd>10.000&nbsp;€</dd>" in page


# Cost --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("path", "cold"), [("/", 8), ("/landespreis/", 5)])
@pytest.mark.parametrize("amount", [1, 3])
def test_page_asks_the_database_a_fixed_number_of_times(
    client: Client, open_round: Round, path: str, cold: int, amount: int
) -> None:
    partner = MunicipalityFactory()
    factories.NewsFactory.create_batch(amount, picture=factories.picture())
    factories.ProjectFactory.create_batch(amount, partners=[partner, "Wasserverband"])
    factories.EventFactory.create_batch(amount)

    asked = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(path)
        asked.append(len(queries))

    alike = path == "/" and connection.vendor == "postgresql"  # where projects and partners are one question
    assert asked == [cold - alike, 1]


@pytest.mark.parametrize("make", [factories.ProjectFactory, factories.EventFactory, factories.NewsFactory])
def test_home_is_renewed_by_what_it_shows(client: Client, open_round: Round, make: Callable[..., object]) -> None:
    html(client, "/")

    make(title="Gerade erschienen")

    assert "Gerade erschienen" in html(client, "/")


def test_unknown_page_is_not_found(client: Client, db: None) -> None:
    assert client.get("/erfunden/").status_code == 404
