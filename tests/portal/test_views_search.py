"""The page of the search: what it shows of hits, how it bears what is typed, what it offers where there are none."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client

from portal.actions import indexing, news
from portal.models import Spelling
from portal.views import search
from submissions.models import Round
from tests.accounts.factories import MunicipalityFactory, StaffFactory
from tests.portal import factories

Queries = Callable[..., Any]


def html(client: Client, query: str, **more: str) -> str:
    response = client.get("/suche/", {"q": query, **more})
    assert response.status_code == 200
    return response.content.decode()


def hits(shown: str) -> list[str]:
    """The titles, with their marks."""
    found = re.findall(r'<h3 class="lp-h3 lp-row__title"><a href="[^"]+">(.*?)\s*</a></h3>', shown)
    return [unescape(title) for title in found]


def tags(shown: str) -> dict[str, int]:
    found = re.findall(r'<a class="lp-tag"[^>]*>(\w+) <span class="lp-num">([\d.]+)<', shown)
    return {name: int(number) for name, number in found}


@pytest.fixture
def content(open_round: Round) -> None:
    factories.ProjectFactory(title="Feuerwehr am Hellweg", abstract="Eine Wache.", body="Mehr.")
    factories.NewsFactory(title="Neues", lead="Die Feuerwehren üben.", body="Mehr.")
    factories.EventFactory(title="Treffen", body="Es geht um das Feuerwehrhaus.")
    factories.faq_entry(question="Zählt die Feuerwehr?", answer="Ja.")
    factories.page(title="Impressum", lead="Anbieter.", body="Feuerwehr")
    factories.download(title="Feuerwehr", description="Folien.")
    indexing.rebuild()


def test_search_shows_hits_of_all_kinds_with_their_numbers(client: Client, content: None) -> None:
    shown = html(client, "Feuerwehr")

    assert "6 Treffer für „Feuerwehr“" in shown
    assert tags(shown) == {
        "Alle": 6, "Projekte": 1, "Aktuelles": 1, "Termine": 1, "Fragen": 1, "Seiten": 1, "Downloads": 1,
    }  # fmt: skip
    assert sorted(hits(shown)[:3]) == [
        "<mark>Feuerwehr</mark>", "<mark>Feuerwehr</mark> am Hellweg", "Zählt die <mark>Feuerwehr</mark>?",
    ]  # fmt: skip
    assert hits(shown)[3:] == ["Neues", "Impressum", "Treffen"]
    assert "Die <mark>Feuerwehren</mark> üben." in shown
    assert "Es geht um das <mark>Feuerwehrhaus</mark>." in shown
    assert '<meta name="robots" content="noindex">' in shown


@pytest.mark.parametrize("word", ["Bauordnung", "Zuschuss", "Arnsberg"])
def test_project_that_is_found_by_a_fact_shows_it(client: Client, open_round: Round, word: str) -> None:
    lead = MunicipalityFactory(label="Stadt Soest", region="Arnsberg")
    factories.ProjectFactory(lead=lead, department="Bauordnung", funding="Zuschuss", abstract="Kurz.", body="Lang.")

    assert f"<mark>{word}</mark>" in html(client, word)


def test_search_by_kind(client: Client, content: None) -> None:
    shown = html(client, "Feuerwehr", art="termine")

    assert hits(shown) == ["Treffen"]
    assert "1 Treffer für „Feuerwehr“ unter Termine" in shown
    assert '<a class="lp-tag" aria-current="page" href="?q=Feuerwehr&amp;art=termine">' in shown
    assert tags(shown)["Alle"] == 6


def test_search_of_an_unknown_kind_is_of_all(client: Client, content: None) -> None:
    assert len(hits(html(client, "Feuerwehr", art="erfunden"))) == 6


def test_kind_without_hits_leads_to_the_others(client: Client, content: None) -> None:
    shown = html(client, "Hellweg", art="termine")

    assert "0 Treffer für „Hellweg“ unter Termine" in shown
    assert '<a href="?q=Hellweg">Treffer aller Arten zeigen</a>' in shown


def test_search_without_words_says_what_it_does(client: Client, db: None) -> None:
    shown = client.get("/suche/").content.decode()

    assert "Was suchen Sie?" in shown
    assert '<label class="kern-label" for="q">Suchwörter</label>' in shown


def test_search_for_words_that_say_nothing_asks_for_others(client: Client, content: None) -> None:
    assert "Danach lässt sich nicht suchen" in html(client, "der die das")


def test_search_without_hits_says_what_to_try(client: Client, content: None) -> None:
    shown = html(client, "Zeppelin")

    assert "Keine Treffer für „Zeppelin“" in shown
    assert "Prüfen Sie die Schreibweise." in shown


def test_misspelled_word_is_forgiven_and_named(client: Client, content: None) -> None:
    shown = html(client, "Feuerwher Hellweg")

    assert hits(shown) == ["<mark>Feuerwehr</mark> am <mark>Hellweg</mark>"]
    assert 'Meinten Sie <a href="?q=Feuerwehr+Hellweg">Feuerwehr Hellweg</a>?' in shown


def test_word_that_is_known_is_not_questioned(client: Client, content: None) -> None:
    assert "Meinten Sie" not in html(client, "Feuerwehren")


def test_hits_are_divided_into_pages(client: Client, open_round: Round) -> None:
    factories.NewsFactory.create_batch(11, title="Bauhof", category=factories.NewsCategoryFactory())

    first, second, beyond = (html(client, "Bauhof", seite=page) for page in ("1", "2", "999"))

    assert [len(hits(shown)) for shown in (first, second, beyond)] == [10, 1, 1]
    assert 'href="?q=Bauhof&amp;seite=2"' in first


def test_leafing_ends_somewhere(client: Client, open_round: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_SHOWN", 10)
    factories.NewsFactory.create_batch(11, title="Bauhof", category=factories.NewsCategoryFactory())

    shown = html(client, "Bauhof", seite="2")

    assert "11 Treffer" in shown
    assert len(hits(shown)) == 10
    assert "Weitere Treffer zeigt die Suche nicht." in shown


def test_texts_and_queries_can_run_nothing(client: Client, open_round: Round) -> None:
    attack = '<script>alert("Bauhof")</script><img src=x onerror=alert(1)>'
    factories.ProjectFactory(title=attack, abstract=attack, body=attack)
    indexing.rebuild()

    for query in ("Bauhof", attack, "Bauhfo <b>", '"><script>alert(1)</script>'):
        shown = html(client, query)
        assert "<script" not in shown
        assert "<img" not in shown
        assert 'value=""' not in shown
    marked = "&lt;script&gt;alert(&quot;<mark>Bauhof</mark>&quot;)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;"
    assert html(client, "Bauhof").count(marked) == 2


@pytest.mark.parametrize("query", [
    "%00", "%ff%fe", "%ed%a0%80", "%E2%80%AE", "%F0%9F%98%80", "%27%22%5C", "%26%7C%21%28%29%3A%2A", "x" * 100_000,
    "+".join(["wort"] * 500), "+".join(f"wort{n}" for n in range(500)), "der+die", "%25_", "{{7*7}}", "a-" * 2000,
])  # fmt: skip
def test_search_answers_anything_with_a_page(client: Client, content: None, query: str) -> None:
    for address in (f"/suche/?q={query}", f"/suche/?q={query}&art={query[:99]}&seite={query[:99]}"):
        response = client.get(address)
        assert response.status_code == 200
        assert response.content.decode().count("<h1") == 1


@pytest.mark.parametrize("more", [
    "seite=-1", "seite=1000000000", "seite=%00", "seite=" + "9" * 5000, "art=%00", "art[]=x", "art=';DROP TABLE x;--",
    "sort=;DROP", "&".join(f"f{n}=1" for n in range(10_000)),
])  # fmt: skip
def test_search_answers_hostile_addresses_with_a_page(client: Client, content: None, more: str) -> None:
    response = client.get(f"/suche/?q=Feuerwehr&{more}")

    assert response.status_code in {200, 400}
    assert response.content.decode().count("<h1") == 1


def test_what_is_shown_again_is_short_and_visible(client: Client, content: None) -> None:
    shown = html(client, "Feuer\u202ewehr\0 \x1b\n" + "x" * 500)

    (value,) = re.findall(r'name="q" type="search" value="([^"]*)"', shown)
    assert value.startswith("Feuerwehr xxx")
    assert len(value) == search.MOST_TYPED


def test_more_words_than_count_are_owned_up_to(client: Client, open_round: Round) -> None:
    words = " ".join(f"Wort{n}" for n in range(8))
    factories.NewsFactory(title=words)

    assert "nach den ersten acht Wörtern" not in html(client, words)
    assert "nach den ersten acht Wörtern" in html(client, f"{words} Neuntes")


def test_planned_item_shows_from_its_moment_on(
    client: Client, open_round: Round, at: Callable[[datetime], None]
) -> None:
    item = factories.NewsFactory(title="Bauhof", planned=True)
    moment = item.published_at
    assert moment is not None
    found = []

    for now in (moment - timedelta(seconds=1), moment):
        at(now)
        found.append(hits(html(client, "Bauhof")))

    assert found == [[], ["<mark>Bauhof</mark>"]]


def test_withdrawn_item_disappears_from_a_kept_page(client: Client, open_round: Round) -> None:
    item = factories.NewsFactory(title="Bauhof")
    before = hits(html(client, "Bauhof"))
    item.published_at = None
    news.save(item)

    assert (before, hits(html(client, "Bauhof"))) == (["<mark>Bauhof</mark>"], [])


def test_editors_find_no_more_than_the_public(client: Client, open_round: Round) -> None:
    factories.NewsFactory(title="Bauhof", draft=True)
    client.force_login(StaffFactory(superuser=True))

    assert hits(html(client, "Bauhof")) == []


def test_search_is_shared_and_sets_no_cookie(client: Client, content: None, django_assert_num_queries: Queries) -> None:
    first = client.get("/suche/?q=Feuerwehr")
    with django_assert_num_queries(1):
        second = client.get("/suche/?q=Feuerwehr", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, second.status_code) == (200, 304)
    assert first.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert not first.cookies
    assert "Vary" not in first.headers


def test_search_for_a_misspelled_word_is_made_anew_when_the_right_one_is_learned(
    client: Client, open_round: Round
) -> None:
    factories.NewsFactory(title="Bauhof")
    indexing.rebuild()
    Spelling.objects.all().delete()
    assert hits(html(client, "Bauhoff")) == []

    indexing.learn({"bauhof": "Bauhof"})

    assert len(hits(html(client, "Bauhoff"))) == 1


@pytest.mark.parametrize("query", ["Feuerwehr", "Feuerwher+Hellweg", "Feuerwehr&art=projekte&seite=2"])
@pytest.mark.parametrize("amount", [1, 3])
def test_search_asks_the_database_four_times_and_for_the_round_where_a_process_knows_none_yet(
    client: Client, open_round: Round, django_assert_num_queries: Queries, query: str, amount: int
) -> None:
    for number in range(amount):
        factories.ProjectFactory(title=f"Feuerwehr Hellweg {number}", abstract="Wache.", body="Nichts.")
    indexing.rebuild()

    with django_assert_num_queries(9):
        client.get("/suche/?q=Hellweg")
    with django_assert_num_queries(4):
        client.get(f"/suche/?q={query}")


def test_award_page_is_found_by_its_title_first(client: Client, content: None, open_round: Round) -> None:
    factories.NewsFactory(title="Der Landespreis 2026")
    shown = html(client, "Landespreis")

    assert hits(shown)[0] == "Der <mark>Landespreis</mark>"
    assert '<a href="/landespreis/">' in shown
    assert tags(shown)["Seiten"] == 2  # open data names its source so


def test_award_page_that_only_mentions_it_comes_last(client: Client, content: None, open_round: Round) -> None:
    factories.NewsFactory(title="Sparkassen", lead="Etwas anderes.")
    shown = html(client, "Sparkassen")

    assert hits(shown) == ["<mark>Sparkassen</mark>", "Der Landespreis"]
    assert "Kooperationen von <mark>Sparkassen</mark> sind ausgenommen" in shown
    assert hits(html(client, "Sparkassen", art="seiten")) == ["Der Landespreis"]
    assert hits(html(client, "Sparkassen", art="aktuelles")) == ["<mark>Sparkassen</mark>"]


def test_award_page_is_found_by_what_its_round_says_now(client: Client, open_round: Round) -> None:
    assert hits(html(client, "Quantencomputer")) == []

    category = open_round.categories.all()[0]
    category.name = "Quantencomputer"
    category.save()

    assert hits(html(client, "Quantencomputer")) == ["Der Landespreis"]


def test_page_about_open_data_is_found(client: Client, db: None) -> None:
    assert hits(html(client, "offene Daten"))[0] == "<mark>Offene</mark> <mark>Daten</mark>"


def test_every_hit_stands_on_one_leaf_though_pages_stand_around(client: Client, open_round: Round) -> None:
    for number in range(21):
        factories.NewsFactory(title=f"Sparkassen {number}")

    leaves = [hits(html(client, "Sparkassen", seite=str(leaf))) for leaf in (1, 2, 3)]

    assert [len(leaf) for leaf in leaves] == [10, 10, 2]
    assert len({hit for leaf in leaves for hit in leaf}) == 22
    assert leaves[2][-1] == "Der Landespreis"
