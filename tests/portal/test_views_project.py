"""The page of a project: what it tells, to whom, and what it never does."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.templatetags.static import static
from django.test import Client

from accounts.models import Municipality, User
from landespreis import clock
from portal import picturing, portrait, sharing
from portal.actions import projects
from portal.models import Project, ProjectPartner
from submissions.models import Partner, Round, Submission
from tests.accounts.factories import MunicipalityFactory, StaffFactory
from tests.portal import factories

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'
Queries = Callable[..., Any]
CONTACT = {"contact_name": "Frauke Heimlich", "contact_email": "frauke@geheim.example", "contact_phone": "02921 4711-0"}


def html(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def facts(shown: str) -> dict[str, str]:
    rows = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", shown)
    return {label: unescape(re.sub(r"<[^>]+>", "", value)) for label, value in rows}


def similar(shown: str) -> list[str]:
    return re.findall(r'lp-card__title"><a href="[^"]+">(.*?)</a>', shown)


@pytest.fixture
def editor(db: None) -> User:
    user: User = StaffFactory(superuser=True)
    return user


@pytest.fixture
def soest(db: None) -> Municipality:
    found: Municipality = MunicipalityFactory(
        ags="05974040", name="Soest, Stadt", latitude=51.5733, longitude=8.1065, region="Arnsberg"
    )
    return found


# What it tells -----------------------------------------------------------------------------------------


def test_page_tells_the_facts(client: Client, open_round: Round, soest: Municipality) -> None:
    project = factories.ProjectFactory(
        lead=soest, department="Bauordnung", partners=MunicipalityFactory.create_batch(2),
        legal_form=Submission.LegalForm.AGREEMENT, agreed_on=date(2021, 6, 14), state=Submission.State.RUNNING,
        state_since=date(2024, 3, 1), is_funded=True, funding="120.000 Euro", website="https://www.akte.example/a?b=1",
    )  # fmt: skip

    shown = html(client, project.get_absolute_url())

    assert facts(shown) == {
        "Federführung": "Stadt Soest, Bauordnung",
        "Beteiligt": "3 Kommunen",
        "Rechtsform": "Öffentlich-rechtliche Vereinbarung",
        "Vereinbart am": "14. Juni 2021",
        "Stand": "im Betrieb seit März 2024",
        "Region": "Kreis Soest, Regierungsbezirk Arnsberg",
        "Förderung": "gefördert vom Land Nordrhein-Westfalen. 120.000 Euro",
        "Internetseite": "akte.example",
    }
    assert '<a class="pj-site" href="https://www.akte.example/a?b=1" rel="noopener">' in shown
    assert "<strong>einem</strong>" in shown


def test_page_leaves_out_what_nobody_knows(client: Client, open_round: Round) -> None:
    shown = html(client, factories.ProjectFactory(body="").get_absolute_url())

    assert list(facts(shown)) == ["Federführung", "Beteiligt", "Region"]
    assert facts(shown)["Beteiligt"] == "1 Kommune"
    assert not re.search(r"lp-prose|lp-prize|pp-award|Kontakt</h2>", shown)


def test_page_numbers_list_and_map_alike(client: Client, open_round: Round, soest: Municipality) -> None:
    partners = [MunicipalityFactory(), "Wasserverband Lippe", MunicipalityFactory()]
    project = factories.ProjectFactory(lead=soest, partners=partners)

    shown = html(client, project.get_absolute_url())

    listed = re.findall(r'itemprop="name">([^<]+)</(?:a|strong)>', shown)
    assert listed == ["Stadt Soest", partners[0].label, "Wasserverband Lippe", partners[2].label]
    assert re.findall(r"<text [^>]+>(\d+)</text>", shown) == ["1", "2", "4"]
    assert "Ohne Punkt auf der Karte: Nummer 3." in shown
    assert f"Stadt Soest ist verbunden mit {partners[0].label} und {partners[2].label}." in shown
    assert facts(shown)["Beteiligt"] == "4 Partner"


@pytest.mark.parametrize(("kind", "country", "said"), [
    (Partner.Kind.OUTSIDE, "DE", "Kommune außerhalb von Nordrhein-Westfalen"),
    (Partner.Kind.OUTSIDE, "NL", "Niederlande"),
    (Partner.Kind.COMPANY, "DE", "Kommunal beherrschte Gesellschaft"),
    (Partner.Kind.AOER, "BE", "Anstalt des öffentlichen Rechts, Belgien"),
])  # fmt: skip
def test_page_says_what_a_free_partner_is(
    client: Client, open_round: Round, kind: str, country: str, said: str
) -> None:
    project = factories.ProjectFactory()
    projects.save(project, partners=[ProjectPartner(name="Zevenaar", kind=kind, country=country)])

    assert f'Zevenaar</strong><br><span class="lp-small lp-muted">{said}</span>' in html(
        client, project.get_absolute_url()
    )


def test_page_of_many_partners_shows_a_map_without_numbers(client: Client, open_round: Round) -> None:
    rows = [MunicipalityFactory(longitude=6.5 + n / 100) for n in range(portrait.MOST_NUMBERS)]
    project = factories.ProjectFactory(partners=rows)

    shown = html(client, project.get_absolute_url())

    assert "lp-map__number" not in shown
    assert shown.count('class="lp-map__dot"') == len(rows)
    assert shown.count('itemprop="member"') == len(rows) + 1


def test_page_leads_to_the_directory_by_what_it_shares(client: Client, open_round: Round, soest: Municipality) -> None:
    topic = factories.TopicFactory(slug="digitale-akte", name="Digitale Akte")
    category = factories.ProjectCategoryFactory(key="krisen")
    project = factories.ProjectFactory(lead=soest, topics=[topic], category=category)

    shown = html(client, project.get_absolute_url())

    links = dict(re.findall(r'href="(/projekte/\?[^"]+)"[^>]*>([^<]+)<', shown))
    assert links == {
        "/projekte/?kategorie=krisen": category.name,
        "/projekte/?kreis=05974": "Kreis Soest",
        "/projekte/?thema=digitale-akte": "Digitale Akte",
        "/projekte/?kommune=05974040": "Stadt Soest",
    }


def test_page_shows_the_award(client: Client, open_round: Round) -> None:
    project = factories.ProjectFactory(prize_year=2022, edition="1. Landespreis 2021/22")

    shown = html(client, project.get_absolute_url())

    assert '<span class="lp-prize">Preisträger 2022</span>' in shown
    assert f"<strong>Preisträger 2022</strong>1. Landespreis 2021/22, {project.category.short_name}</p>" in shown
    assert '<meta itemprop="award" content="Preisträger 2022">' in shown


@pytest.mark.parametrize(("origin", "edition", "said"), [
    ("landespreis", "1. Landespreis", "beim Wettbewerb „1. Landespreis“ eingereicht. Der Text gibt den Stand"),
    ("landespreis", "", "beim Landespreis eingereicht"),
    ("vorschlag", "", "selbst für das Verzeichnis vorgeschlagen"),
    ("foerderung", "", "Das Land hat diese Zusammenarbeit gefördert"),
])  # fmt: skip
def test_page_says_where_the_project_comes_from(
    client: Client, open_round: Round, origin: str, edition: str, said: str
) -> None:
    shown = html(client, factories.ProjectFactory(origin=origin, edition=edition).get_absolute_url())

    assert said in shown
    assert "Veröffentlicht am" in shown
    assert "zuletzt geändert" not in shown  # on the same day


def test_page_says_when_it_changed_later(client: Client, open_round: Round) -> None:
    project = factories.ProjectFactory(published_at=clock.now() - timedelta(days=3))

    assert 'zuletzt geändert am <time datetime="2026-01-20T10:30+01:00">20. Januar 2026</time>' in html(
        client, project.get_absolute_url()
    )


def test_page_shows_its_photo_or_a_pattern(client: Client, open_round: Round) -> None:
    picture = factories.picture(factories.jpeg(1200, 800))
    with_photo, without = factories.ProjectFactory(picture=picture), factories.ProjectFactory()

    photo, pattern = (html(client, project.get_absolute_url()) for project in (with_photo, without))

    assert f'<meta property="og:image" content="http://localhost:8000{picture.src}">' in photo
    assert f'alt="{picture.alt}"' in photo
    assert "/projekte/muster/" not in photo
    assert f'<img class="pp-pic" src="{picturing.pattern_address(without)}" alt=""' in pattern
    assert f'<meta property="og:image" content="http://localhost:8000{static(sharing.NAME)}">' in pattern


def test_page_tells_machines_what_it_is(client: Client, open_round: Round) -> None:
    project = factories.ProjectFactory(title="Neues & Gutes", topics=[factories.TopicFactory(name="Klima")])

    shown = html(client, project.get_absolute_url())

    assert f'<link rel="canonical" href="http://localhost:8000{project.get_absolute_url()}">' in shown
    assert '<meta property="og:title" content="Neues &amp; Gutes">' in shown
    assert 'itemtype="https://schema.org/Article"' in shown
    assert '<meta itemprop="keywords" content="Klima">' in shown
    assert 'itemprop="datePublished" content="2026-01-20T09:30+01:00"' in shown
    assert "<script>" not in shown
    assert "noindex" not in shown


# Whom it tells -----------------------------------------------------------------------------------------


def test_contact_is_shown_with_consent_only(client: Client, open_round: Round) -> None:
    silent = factories.ProjectFactory(**CONTACT)
    open_ = factories.ProjectFactory(**CONTACT, contact_public=True)

    hidden, shown = (html(client, project.get_absolute_url()) for project in (silent, open_))

    assert not any(value in hidden for value in CONTACT.values())
    assert 'href="mailto:frauke@geheim.example"' in shown
    assert 'href="tel:0292147110">02921 4711-0</a>' in shown


def test_consent_without_a_contact_shows_no_empty_box(client: Client, open_round: Round) -> None:
    project = factories.ProjectFactory(contact_public=True)

    assert ">Kontakt</h2>" not in html(client, project.get_absolute_url())


@pytest.mark.parametrize(("trait", "said"), [
    ("planned", "Vorschau: erscheint Dienstag, 20. Januar 2026, 11:30 Uhr (MEZ)"),
    ("draft", "Vorschau: Entwurf, noch nicht veröffentlicht"),
])  # fmt: skip
def test_page_of_what_is_not_out_is_for_editors(
    client: Client, open_round: Round, editor: User, trait: str, said: str
) -> None:
    project = factories.ProjectFactory(**{trait: True})
    html(client, project.get_absolute_url(), status=404)
    client.force_login(editor)

    response = client.get(project.get_absolute_url())

    shown = response.content.decode()
    assert said in shown
    assert '<meta name="robots" content="noindex">' in shown
    assert "no-store" in response.headers["Cache-Control"]


def test_page_of_an_unfinished_draft_is_a_page(client: Client, open_round: Round, editor: User) -> None:
    project = factories.ProjectFactory(title="", abstract="", body="", lead=None, category=None, draft=True)
    client.force_login(editor)

    assert html(client, project.get_absolute_url()).count("<h1") == 1


def test_former_address_leads_on_for_good(client: Client, open_round: Round) -> None:
    project = factories.ProjectFactory()
    before = project.get_absolute_url()
    project.slug = "neue-adresse"
    projects.save(project)

    response = client.get(before)

    assert (response.status_code, response.headers["Location"]) == (301, "/projekte/neue-adresse/")


def test_former_address_of_what_is_not_out_is_not_found(client: Client, open_round: Round) -> None:
    project = factories.ProjectFactory(draft=True)
    before = project.get_absolute_url()
    project.slug = "neue-adresse"
    projects.save(project)

    assert client.get(before).status_code == 404


@pytest.mark.parametrize("path", ["erfunden/", "%00/", "x" * 3000 + "/", "a'; DROP TABLE portal_project;--/", "-1/"])
def test_unknown_project_is_not_found(client: Client, open_round: Round, path: str) -> None:
    assert client.get(f"/projekte/{path}").status_code == 404


def test_hostile_texts_stay_texts(client: Client, open_round: Round, soest: Municipality) -> None:
    project = factories.ProjectFactory(
        title=HOSTILE, abstract=HOSTILE, body=HOSTILE, department=HOSTILE, funding=HOSTILE, edition="<b>x",
        lead=soest, partners=[HOSTILE], topics=[factories.TopicFactory(name=HOSTILE[:60])], contact_public=True,
        contact_name=HOSTILE, contact_phone="<b>", website="javascript:alert(1)",
        picture=factories.picture(alt=HOSTILE),
    )  # fmt: skip

    shown = html(client, project.get_absolute_url())

    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert "<b>" not in shown
    assert 'href="javascript' not in shown


@pytest.mark.parametrize("website", ["https://[::1", "http://", "https://www.x.example:99999/", "ftp://x.example"])
def test_strange_websites_do_no_harm(client: Client, open_round: Round, website: str) -> None:
    assert "Internetseite" in html(client, factories.ProjectFactory(website=website).get_absolute_url())


# Similar projects --------------------------------------------------------------------------------------


def test_similar_are_those_that_share_most(client: Client, open_round: Round, soest: Municipality) -> None:
    topics = factories.TopicFactory.create_batch(2)
    category = factories.ProjectCategoryFactory()
    far = {"region": "Köln", "district_ags": "05315"}
    project = factories.ProjectFactory(topics=topics, category=category, lead=soest)
    by_region = factories.ProjectFactory(lead=MunicipalityFactory(district_ags="05970"))
    by_category = factories.ProjectFactory(category=category, lead=MunicipalityFactory(**far))
    by_topics = factories.ProjectFactory(topics=topics, lead=MunicipalityFactory(**far))
    by_topic = factories.ProjectFactory(topics=topics[:1], lead=MunicipalityFactory(**far))
    factories.ProjectFactory(lead=MunicipalityFactory(**far))

    shown = html(client, project.get_absolute_url())

    assert similar(shown) == [by_topics.title, by_topic.title, by_category.title]
    assert by_region.title not in shown


def test_similar_among_equals_are_the_newest_and_only_published_ones(client: Client, open_round: Round) -> None:
    category = factories.ProjectCategoryFactory()
    project = factories.ProjectFactory(category=category)
    rows = [
        factories.ProjectFactory(category=category, published_at=clock.now() - timedelta(days=days))
        for days in (4, 2, 3, 5)
    ]
    factories.ProjectFactory(category=category, planned=True)
    factories.ProjectFactory(category=category, draft=True)

    shown = similar(html(client, project.get_absolute_url()))

    assert shown == [rows[1].title, rows[2].title, rows[0].title]


def test_nothing_similar_is_no_section(client: Client, open_round: Round) -> None:
    assert "Ähnliche Projekte" not in html(client, factories.ProjectFactory().get_absolute_url())


def test_card_shows_picture_and_who_takes_part(client: Client, open_round: Round, soest: Municipality) -> None:
    category = factories.ProjectCategoryFactory()
    kreis = MunicipalityFactory(name="Kreis Unna", kind=Municipality.Kind.DISTRICT)
    other = factories.ProjectFactory(category=category, lead=soest, partners=[kreis, "Wasserverband"])

    shown = html(client, factories.ProjectFactory(category=category).get_absolute_url())

    assert f'src="{picturing.address(other)}" alt="" width="320" height="200" loading="lazy"' in shown
    assert '<p class="lp-card__foot">Soest, Kreis Unna und Wasserverband</p>' in shown


# What it costs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", [2, 4])
def test_page_asks_the_database_a_fixed_number_of_times(
    client: Client, open_round: Round, django_assert_num_queries: Queries, amount: int
) -> None:
    shared = {"category": factories.ProjectCategoryFactory(), "topics": factories.TopicFactory.create_batch(2)}
    for _ in range(amount):
        project = factories.ProjectFactory(**shared, partners=[*MunicipalityFactory.create_batch(amount), "Verband"])

    with django_assert_num_queries(6 if connection.vendor == "postgresql" else 9):
        client.get(project.get_absolute_url())
    with django_assert_num_queries(1):
        client.get(project.get_absolute_url())


def test_page_holds_until_the_next_project_comes_out(
    client: Client, open_round: Round, at: Callable[..., None]
) -> None:
    category = factories.ProjectCategoryFactory()
    project = factories.ProjectFactory(category=category)
    coming = factories.ProjectFactory(category=category, planned=True)
    before = html(client, project.get_absolute_url())

    at(clock.now() + timedelta(hours=2))

    assert coming.title not in before
    assert coming.title in html(client, project.get_absolute_url())


def test_page_sets_no_cookie_and_answers_304(client: Client, open_round: Round) -> None:
    path = factories.ProjectFactory().get_absolute_url()

    response = client.get(path)
    again = client.get(path, headers={"If-None-Match": response.headers["ETag"]})

    assert not response.cookies
    assert "Vary" not in response.headers
    assert again.status_code == 304


@pytest.mark.parametrize(
    "query", ["x=%00", "seite=-1", "q=" + "x" * 5000, "sort=;DROP", "&".join(f"f{n}=1" for n in range(10_000))]
)
def test_hostile_queries_get_a_page(client: Client, open_round: Round, query: str) -> None:
    response = client.get(f"{factories.ProjectFactory().get_absolute_url()}?{query}")

    assert response.status_code in {200, 400}
    assert response.content.decode().count("<h1") == 1


@pytest.mark.parametrize("slug", ["daten", "feed", "karte", "vorschlagen"])
def test_addresses_of_pages_are_no_projects(db: None, slug: str) -> None:
    assert factories.ProjectFactory(title=slug).slug == f"{slug}-2"
    assert not Project.objects.filter(slug=slug).exists()
