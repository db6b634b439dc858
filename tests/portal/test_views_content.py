"""The pages that staff keep: texts, news, questions, downloads, pictures, and what programs ask for."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.test import Client

from accounts.models import User
from landespreis import clock
from portal.actions import news
from portal.models import FaqEntry, FaqSection
from submissions.models import Round
from tests.accounts.factories import StaffFactory
from tests.portal import factories

HOSTILE = '<script>alert("x")</script><img src=x onerror=alert(1)>'
Queries = Callable[..., Any]
ATOM = "{http://www.w3.org/2005/Atom}"


def html(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


@pytest.fixture
def editor(db: None) -> User:
    user: User = StaffFactory(superuser=True)
    return user


# Pages -------------------------------------------------------------------------------------------------


def test_page_shows_its_text(client: Client, db: None) -> None:
    factories.page(lead="Wer wir sind.", body="## Anbieter\n\nStadt & Land")

    shown = html(client, "/impressum/")

    assert "<h2>Anbieter</h2>\n<p>Stadt &amp; Land</p>" in shown
    assert '<link rel="canonical" href="http://localhost:8000/impressum/">' in shown
    assert "Platzhalter" not in shown


def test_page_is_marked_while_it_is_a_placeholder(client: Client, db: None) -> None:
    factories.page(is_placeholder=True)

    assert "<strong>Platzhalter.</strong>" in html(client, "/impressum/")


def test_page_shows_hostile_text_as_text(client: Client, db: None) -> None:
    factories.page(title=HOSTILE, lead=HOSTILE, body=HOSTILE)

    shown = html(client, "/impressum/")

    assert "<script>alert" not in shown
    assert "<img src=x" not in shown


@pytest.mark.parametrize("path", ["/erfunden/", "/%00/", "/../../etc/passwd/", "/" + "x" * 3000 + "/"])
def test_unknown_page_is_not_found(client: Client, db: None, path: str) -> None:
    assert client.get(path).status_code == 404


# News --------------------------------------------------------------------------------------------------


def test_news_lists_what_is_out_the_newest_first(client: Client, open_round: Round) -> None:
    old = factories.NewsFactory(published_at=clock.now() - timedelta(days=3))
    new = factories.NewsFactory()
    hidden = [factories.NewsFactory(planned=True), factories.NewsFactory(draft=True)]

    shown = html(client, "/aktuelles/")

    assert shown.index(new.title) < shown.index(old.title)
    assert not any(item.title in shown for item in hidden)


def test_news_of_a_category(client: Client, open_round: Round) -> None:
    mine, other = factories.NewsFactory(), factories.NewsFactory()

    shown = html(client, f"/aktuelles/?rubrik={mine.category.slug}")

    assert mine.title in shown
    assert other.title not in shown
    assert f'aria-current="page" href="/aktuelles/?rubrik={mine.category.slug}"' in shown


@pytest.mark.parametrize("query", [
    "seite=-1", "seite=1000000000", "seite=abc", "seite=%00", "seite=" + "9" * 5000, "rubrik=%00", "rubrik[]=x",
    "rubrik=';DROP TABLE portal_news;--", "rubrik=" + "x" * 5000, "sort=;DROP",
    "&".join(f"f{n}=1" for n in range(10_000)),
])  # fmt: skip
def test_news_answers_hostile_queries_with_a_page(client: Client, open_round: Round, query: str) -> None:
    factories.NewsFactory()

    response = client.get(f"/aktuelles/?{query}")

    assert response.status_code in {200, 400}
    assert response.content.decode().count("<h1") == 1


def test_news_of_an_unknown_category_offer_a_way_on(client: Client, open_round: Round) -> None:
    factories.NewsFactory()

    assert "Alle Meldungen zeigen" in html(client, "/aktuelles/?rubrik=erfunden")


def test_news_are_divided_into_pages(client: Client, open_round: Round) -> None:
    category = factories.NewsCategoryFactory()
    factories.NewsFactory.create_batch(11, category=category)

    first, second = (html(client, f"/aktuelles/?rubrik={category.slug}&seite={n}") for n in (1, 2))

    assert (first.count("lp-row__title"), second.count("lp-row__title")) == (10, 1)
    assert f"?rubrik={category.slug}&amp;seite=2" in first


def test_item_shows_text_picture_and_facts_for_machines(client: Client, open_round: Round) -> None:
    picture = factories.picture(factories.jpeg(1200, 800))
    item = factories.NewsFactory(picture=picture, title="Neues & Gutes")

    shown = html(client, item.get_absolute_url())

    assert "<strong>wichtiger</strong>" in shown
    assert f'<meta property="og:image" content="http://localhost:8000{picture.src}">' in shown
    assert '<meta property="og:title" content="Neues &amp; Gutes">' in shown
    assert 'itemtype="https://schema.org/NewsArticle"' in shown
    assert 'itemprop="datePublished" datetime="2026-01-20T09:30+01:00"' in shown
    assert "<script" not in shown


def test_item_that_is_not_out_is_for_editors(client: Client, open_round: Round, editor: User) -> None:
    item = factories.NewsFactory(planned=True)
    assert client.get(item.get_absolute_url()).status_code == 404

    client.force_login(editor)

    assert "Vorschau: erscheint Dienstag, 20. Januar 2026, 11:30 Uhr (MEZ)" in html(client, item.get_absolute_url())


def test_moved_item_leads_to_its_new_address(client: Client, open_round: Round) -> None:
    item = factories.NewsFactory()
    before = item.get_absolute_url()
    item.slug = "neue-adresse"
    news.save(item)

    response = client.get(before)

    assert (response.status_code, response.headers["Location"]) == (301, "/aktuelles/neue-adresse/")


def test_moved_item_that_is_not_out_stays_hidden(client: Client, open_round: Round) -> None:
    item = factories.NewsFactory(planned=True)
    before = item.get_absolute_url()
    item.slug = "neue-adresse"
    news.save(item)

    assert client.get(before).status_code == 404


@pytest.mark.parametrize("path", ["/aktuelles/erfunden/", "/aktuelles/%00/", "/aktuelles/" + "x" * 3000 + "/"])
def test_unknown_item_is_not_found(client: Client, open_round: Round, path: str) -> None:
    assert client.get(path).status_code == 404


def test_feed_is_atom_with_ids_that_stay(client: Client, open_round: Round) -> None:
    item = factories.NewsFactory(title="Neues <Gutes>", lead="Mit & und <b>")
    factories.NewsFactory(planned=True)

    response = client.get("/aktuelles/feed/")
    feed = ElementTree.fromstring(response.content)  # noqa: S314 - our own
    entries = feed.findall(f"{ATOM}entry")
    item.slug = "neue-adresse"
    news.save(item)
    again = ElementTree.fromstring(client.get("/aktuelles/feed/").content)  # noqa: S314 - our own

    assert response.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert [entry.findtext(f"{ATOM}title") for entry in entries] == ["Neues <Gutes>"]
    assert entries[0].findtext(f"{ATOM}updated") == "2026-01-20T09:30:00+00:00"
    assert again.findtext(f"{ATOM}entry/{ATOM}id") == entries[0].findtext(f"{ATOM}id")
    link = again.find(f"{ATOM}entry/{ATOM}link")
    assert link is not None
    assert link.get("href") == "http://localhost:8000/aktuelles/neue-adresse/"


@pytest.mark.parametrize(("path", "most"), [("/aktuelles/", 6), ("/aktuelles/feed/", 3)])
@pytest.mark.parametrize("amount", [1, 3])
def test_news_ask_the_database_a_fixed_number_of_times(
    client: Client, open_round: Round, django_assert_num_queries: Queries, path: str, most: int, amount: int
) -> None:
    picture = factories.picture()
    factories.NewsFactory.create_batch(amount, picture=picture)

    with django_assert_num_queries(most):
        client.get(path)


@pytest.mark.parametrize("amount", [2, 4])
def test_item_asks_the_database_a_fixed_number_of_times(
    client: Client, open_round: Round, django_assert_num_queries: Queries, amount: int
) -> None:
    item = factories.NewsFactory.create_batch(amount)[0]

    with django_assert_num_queries(5):
        client.get(item.get_absolute_url())


# Questions and answers ---------------------------------------------------------------------------------


def test_faq_shows_public_answers_in_sections_with_addresses(client: Client, db: None) -> None:
    entry = factories.faq_entry()
    factories.faq_entry(section=entry.section, question="Geheim?", is_public=False)
    empty = FaqSection.objects.create(title="Leer", slug="leer")

    shown = html(client, "/faq/")

    assert f'id="{entry.slug}"' in shown
    assert f'href="#{entry.slug}"' in shown
    assert f'<a href="#{entry.section.slug}">' in shown
    assert "<p>Alle <strong>Kommunen</strong>.</p>" in shown
    assert "Geheim?" not in shown
    assert empty.title not in shown
    assert len(re.findall(r'\bid="', shown)) == len(set(re.findall(r'\bid="[^"]+"', shown)))


def test_faq_without_questions_offers_a_way_on(client: Client, db: None) -> None:
    assert "Frage stellen" in html(client, "/faq/")


@pytest.mark.parametrize("amount", [1, 3])
def test_faq_asks_the_database_a_fixed_number_of_times(
    client: Client, db: None, django_assert_num_queries: Queries, amount: int
) -> None:
    for number in range(amount):
        factories.faq_entry(question=f"Frage {number}?")

    with django_assert_num_queries(4):
        client.get("/faq/")
    assert FaqEntry.objects.count() == amount


# Downloads ---------------------------------------------------------------------------------------------


def test_downloads_name_type_and_size(client: Client, open_round: Round) -> None:
    file = factories.download()
    factories.download(title="Kommt noch", published_at=clock.now() + timedelta(hours=1))

    shown = html(client, "/downloads/")

    assert "Jahrestagung 2025" in shown
    assert f'Notstrom für alle<span class="pp-kind"> (PDF, {file.size} Bytes)</span>' in shown
    assert "notstrom.pdf · 1 Seite" in shown
    assert "Kommt noch" not in shown


def test_download_hands_out_the_file(client: Client, open_round: Round) -> None:
    file = factories.download()

    response = client.get(file.get_absolute_url())
    content = b"".join(response)  # type: ignore[arg-type]
    again = client.get(file.get_absolute_url(), headers={"If-None-Match": response.headers["ETag"]})

    assert content == factories.pdf()
    assert response.headers["Content-Disposition"] == 'attachment; filename="notstrom.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
    assert "Vary" not in response.headers
    assert again.status_code == 304


def test_download_that_is_not_out_is_for_editors(client: Client, open_round: Round, editor: User) -> None:
    file = factories.download(published_at=None)
    assert client.get(file.get_absolute_url()).status_code == 404
    client.force_login(editor)

    response = client.get(file.get_absolute_url())
    b"".join(response)  # type: ignore[arg-type]

    assert response.status_code == 200
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("amount", [1, 3])
def test_downloads_ask_the_database_a_fixed_number_of_times(
    client: Client, open_round: Round, django_assert_num_queries: Queries, amount: int
) -> None:
    for _ in range(amount):
        factories.download()

    with django_assert_num_queries(4):
        client.get("/downloads/")


# Pictures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["avif", "webp", "jpg"])
def test_picture_hands_out_its_copies_for_good(client: Client, db: None, form: str) -> None:
    picture = factories.picture()

    response = client.get(picture.address(480, form))
    again = client.get(picture.address(480, form), headers={"If-None-Match": response.headers["ETag"]})

    assert response.status_code == 200
    assert response.headers["Content-Type"] == {"jpg": "image/jpeg"}.get(form, f"image/{form}")
    assert "immutable" in response.headers["Cache-Control"]
    assert "Vary" not in response.headers
    assert not response.cookies
    assert again.status_code == 304


def test_picture_has_no_other_copies(client: Client, db: None) -> None:
    picture = factories.picture()
    paths = [
        picture.address(960, "jpg"), picture.address(480, "svg"), picture.address(0, "jpg"),
        picture.address(10**30, "jpg"), f"/bilder/{uuid4()}/480.jpg", "/bilder/../480.jpg",
        f"/bilder/{picture.key}/480.jpg%00",
    ]  # fmt: skip

    assert {client.get(path).status_code for path in paths} == {404}


# For programs ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("demo", "line"), [(False, "Disallow: /admin/"), (True, "Disallow: /\n")])
def test_robots_may_read_all_but_protected_areas(
    client: Client, db: None, settings: Any, demo: bool, line: str
) -> None:
    settings.DEMO, settings.CLOCK_FILE = demo, settings.VAR_DIR / "no-clock.json"

    shown = client.get("/robots.txt").content.decode()

    assert line in shown
    assert "Sitemap: http://localhost:8000/sitemap.xml" in shown
