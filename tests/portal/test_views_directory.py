"""The pages of the directory: list, filter, map."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from landespreis import clock
from portal import keeping
from portal.models import Project
from submissions.models import Round
from tests.accounts.factories import MunicipalityFactory
from tests.portal import factories

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'
At = Callable[[datetime], None]


def html(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def titles(page: str) -> list[str]:
    return re.findall(r'lp-card__title"><a href="[^"]+">([^<]+)</a>', page)


def test_list_shows_what_is_out_the_newest_first(client: Client, open_round: Round) -> None:
    old = factories.ProjectFactory(title="Alt", published_at=clock.now() - timedelta(days=3))
    new = factories.ProjectFactory(title="Neu")
    factories.ProjectFactory(planned=True)
    factories.ProjectFactory(draft=True)

    page = html(client, "/projekte/")

    assert titles(page) == [new.title, old.title]
    assert "2 Projekte</h2>" in page
    assert page.count("<h1") == 1


def test_list_of_nothing_offers_to_propose_a_project(client: Client, open_round: Round) -> None:
    page = html(client, "/projekte/")

    assert "Keine Projekte</h2>" in page
    assert "Noch sind keine Projekte veröffentlicht" in page
    assert 'href="/projekte/vorschlagen/"' in page


def test_list_without_a_hit_offers_to_remove_filters(client: Client, open_round: Round) -> None:
    factories.ProjectFactory()

    page = html(client, "/projekte/?q=Gibtesnicht&thema=erfunden")

    assert "Dazu gibt es noch kein Projekt" in page
    assert '<a class="lp-chip" href="/projekte/?thema=erfunden"' in page
    assert '<a class="lp-small" href="/projekte/" data-hx-boost="true">Alle Filter entfernen</a>' in page


def test_list_keeps_search_filters_and_order_in_its_form_and_links(client: Client, open_round: Round) -> None:
    category = factories.ProjectCategoryFactory(key="umwelt", short_name="Umwelt")
    factories.ProjectFactory.create_batch(21, category=category)

    page = html(client, "/projekte/?q=Bauakte&kategorie=umwelt&sortierung=titel")

    assert 'value="Bauakte"' in page
    assert 'id="kategorie-umwelt" name="kategorie" value="umwelt" checked>' in page
    assert '<input type="hidden" name="sortierung" value="titel">' in page
    assert 'href="?q=Bauakte&amp;kategorie=umwelt&amp;sortierung=titel&amp;seite=2"' in page
    assert 'href="/projekte/karte/?q=Bauakte&amp;kategorie=umwelt&amp;sortierung=titel"' in page
    assert 'aria-current="true" data-hx-boost="true">Titel</a>' in page
    assert '<a href="/projekte/?q=Bauakte&amp;kategorie=umwelt" id="sortiert-relevanz"' in page


def test_list_is_divided_into_pages(client: Client, open_round: Round) -> None:
    factories.ProjectFactory.create_batch(21)

    first, second, beyond = (html(client, f"/projekte/?seite={n}") for n in ("1", "2", "99"))

    assert [len(titles(page)) for page in (first, second, beyond)] == [20, 1, 1]
    assert ('id="karte-titel"' in first, 'id="karte-titel"' in second) == (True, False)
    assert "<title>Projekte, Seite 2 –" in second
    assert '<link rel="canonical" href="http://localhost:8000/projekte/?seite=2">' in second


def test_list_tells_machines_where_the_data_are(client: Client, open_round: Round) -> None:
    page = html(client, "/projekte/")

    assert '<link rel="canonical" href="http://localhost:8000/projekte/">' in page
    for path in ("feed/", ".json", ".csv"):
        assert f'href="/projekte{path if path[0] == "." else "/" + path}">' in page


@pytest.mark.parametrize(("query", "indexed"), [("", True), ("thema=klima", True), ("q=Bach", False)])
def test_list_of_words_is_not_for_the_index_of_others(
    client: Client, open_round: Round, query: str, indexed: bool
) -> None:
    page = html(client, f"/projekte/?{query}")

    assert ('<meta name="robots" content="noindex, follow">' not in page) is indexed


def test_list_names_the_choice_in_its_title(client: Client, open_round: Round) -> None:
    assert "<title>Projekte: Kreis Soest –" in html(client, "/projekte/?kreis=05974")


def test_row_carries_prize_funding_and_photo(client: Client, open_round: Round) -> None:
    picture = factories.picture()
    factories.ProjectFactory(prize_year=2022, is_funded=True, picture=picture)

    page = html(client, "/projekte/")

    assert '<span class="lp-prize">Preisträger 2022</span>' in page
    assert '<span class="lp-tag">vom Land gefördert</span>' in page
    assert picture.src in page


def test_hostile_text_is_shown_as_text(client: Client, open_round: Round) -> None:
    category = factories.ProjectCategoryFactory(short_name=HOSTILE, name=HOSTILE)
    topic = factories.TopicFactory(name=HOSTILE)
    factories.ProjectFactory(
        title=HOSTILE, abstract=HOSTILE, edition=HOSTILE[:60], category=category, topics=[topic], partners=[HOSTILE],
        lead=MunicipalityFactory(name=HOSTILE),
    )  # fmt: skip

    for path in ("/projekte/", "/projekte/karte/", f"/projekte/?q={HOSTILE}", f"/projekte/?thema={HOSTILE}"):
        page = html(client, path)
        assert "<script>alert" not in page
        assert "<img src=x" not in page


@pytest.mark.parametrize("path", ["/projekte/", "/projekte/karte/"])
@pytest.mark.parametrize("query", [
    "seite=-1", "seite=1000000000", "seite=abc", "seite=%00", "seite=" + "9" * 5000, "q=%00", "q=" + "x" * 5000,
    "q=%F0%9F%92%A9%ED%A0%80", "q=a+b+c+d+e+f+g+h+i+j+k+l+m+n+o", "kreis=%00", "kreis=;DROP+TABLE+portal_project;--",
    "sortierung=;DROP", "sortierung=%00", "thema=" + "x" * 5000, "thema[]=x", "q[]=x", "kategorie=%FF%FE",
    "&".join(f"thema=t{n}" for n in range(900)), "&".join(f"thema=t{n}" for n in range(10_000)),
    "&".join(f"f{n}=1" for n in range(10_000)),
])  # fmt: skip
def test_hostile_queries_are_answered_with_a_page(client: Client, open_round: Round, path: str, query: str) -> None:
    factories.ProjectFactory()

    response = client.get(f"{path}?{query}")

    assert response.status_code in {200, 400}
    assert response.content.decode().count("<h1") == 1


def test_map_counts_where_projects_are(client: Client, open_round: Round) -> None:
    soest = MunicipalityFactory(district_ags="05974", region="Arnsberg")
    factories.ProjectFactory.create_batch(2, lead=soest)

    page = html(client, "/projekte/karte/")

    assert "<title>Kreis Soest: 2 Projekte</title>" in page
    assert '<a href="/projekte/?bezirk=arnsberg">Arnsberg</a></th><td class="lp-num">2</td>' in page
    assert '<a href="/projekte/?kreis=05974">Kreis Soest</a></th><td class="lp-num">2</td>' in page
    assert page.count('<tr><th scope="row">') == 5 + 53
    assert "© GeoBasis-DE / BKG (2016), VG250, verändert" in page


def test_map_keeps_the_search(client: Client, open_round: Round) -> None:
    category = factories.ProjectCategoryFactory(key="umwelt")
    factories.ProjectFactory(category=category, lead=MunicipalityFactory(district_ags="05974", region="Arnsberg"))
    factories.ProjectFactory(lead=MunicipalityFactory(district_ags="05974", region="Arnsberg"))

    page = html(client, "/projekte/karte/?kategorie=umwelt")

    assert '<a href="/projekte/?kategorie=umwelt&amp;kreis=05974"><title>Kreis Soest: 1 Projekt</title>' in page
    assert 'href="/projekte/?kategorie=umwelt"><span class="kern-label">Projekte als Liste' in page


@pytest.mark.parametrize("path", ["/projekte/", "/projekte/karte/"])
def test_planned_project_comes_out_by_itself(client: Client, open_round: Round, at: At, path: str) -> None:
    project: Project = factories.ProjectFactory(planned=True)
    assert project.published_at
    assert "Keine Projekte" in html(client, path)

    at(project.published_at - timedelta(seconds=1))
    assert "Keine Projekte" in html(client, path)
    at(project.published_at)
    assert "1 Projekt" in html(client, path)


def test_change_of_a_project_shows_at_once(client: Client, open_round: Round) -> None:
    project = factories.ProjectFactory()
    html(client, "/projekte/")

    Project.objects.filter(pk=project.pk).update(title="Ganz anders")

    assert titles(html(client, "/projekte/")) == ["Ganz anders"]


@pytest.mark.parametrize("path", [
    "/projekte/", "/projekte/?q=Bauakte&bezirk=arnsberg&wettbewerb=ausserhalb", "/projekte/karte/?kreis=05974",
])  # fmt: skip
def test_pages_ask_the_database_as_often_for_one_as_for_three(client: Client, open_round: Round, path: str) -> None:
    towns = MunicipalityFactory.create_batch(3, region="Arnsberg", district_ags="05974")
    asked = []
    for number in (1, 2, 3):
        picture = factories.picture(factories.jpeg(colour=(60 * number, 90, 160)))
        topics = factories.TopicFactory.create_batch(number)
        factories.ProjectFactory(lead=towns[0], partners=[*towns[1:], "Verband"], topics=topics, picture=picture)
        keeping.forget()
        with CaptureQueriesContext(connection) as cold:
            client.get(path)
        with CaptureQueriesContext(connection) as warm:
            client.get(path)
        asked.append((len(cold), len(warm)))

    assert asked[0] == asked[2]
    assert asked[2][0] <= 8
    assert asked[2][1] == 1
