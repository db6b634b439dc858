"""Public pages: shared by everybody who has not logged in, renewed by the first change, never by a cookie."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.cache.backends.locmem import LocMemCache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import path

from accounts.models import User
from landespreis.cache import EnduringRedisCache
from landespreis.urls import urlpatterns as of_production
from portal import caching, keeping
from portal.actions import news, pages
from portal.models import NewsCategory, Page
from submissions.models import Round
from tests.conftest import MIDWAY
from tests.portal import factories

At = Callable[[datetime], None]
MADE: list[str] = []
MINUTE = timedelta(minutes=1)


@caching.public("news", params=("seite",), lasts=caching.next_minute)
def counted(request: HttpRequest) -> HttpResponse:
    MADE.append(request.get_full_path())
    return HttpResponse(f"{len(MADE)}")


@caching.public("news")
def with_cookie(request: HttpRequest) -> HttpResponse:
    response = HttpResponse("x")
    response.set_cookie("probe", "1")
    return response


urlpatterns = [path("gezaehlt/", counted), path("keks/", with_cookie), *of_production]


@pytest.fixture
def count(settings: Any, db: None, at: At) -> list[str]:
    """What `counted` was asked for so far."""
    settings.ROOT_URLCONF = __name__
    at(MIDWAY)
    MADE.clear()
    return MADE


def body(client: Client, path: str, **headers: str) -> str:
    return client.get(path, headers=headers).content.decode()


def test_page_is_made_once(client: Client, count: list[str]) -> None:
    assert [body(client, "/gezaehlt/") for _ in range(3)] == ["1", "1", "1"]


def test_page_is_renewed_by_a_change_of_its_topic(client: Client, count: list[str]) -> None:
    body(client, "/gezaehlt/")

    factories.page()
    assert body(client, "/gezaehlt/") == "1"
    NewsCategory.objects.create(name="Neu", slug="neu")
    assert body(client, "/gezaehlt/") == "2"


def test_page_is_renewed_when_its_time_is_over(client: Client, count: list[str], at: At) -> None:
    body(client, "/gezaehlt/")

    at(MIDWAY + MINUTE - timedelta(microseconds=1))
    assert body(client, "/gezaehlt/") == "1"
    at(MIDWAY + MINUTE)
    assert body(client, "/gezaehlt/") == "2"


def test_page_is_renewed_when_the_clock_was_set_back(client: Client, count: list[str], at: At) -> None:
    body(client, "/gezaehlt/")

    at(MIDWAY - MINUTE)

    assert body(client, "/gezaehlt/") == "2"


def test_page_of_a_long_query_is_not_kept(client: Client, count: list[str]) -> None:
    assert [body(client, f"/gezaehlt/?seite={'9' * 300}") for _ in range(2)] == ["1", "2"]


@pytest.mark.parametrize(("query", "same"), [
    ("utm_source=brief", ""), ("utm_source=" + "x" * 5000, ""), ("fbclid=1&seite=2&q=a", "seite=2"), ("&;=&%00", ""),
    ("%73eite=3&fremd", "%73eite=3"),
])  # fmt: skip
def test_page_with_a_foreign_query_is_the_same_page(client: Client, count: list[str], query: str, same: str) -> None:
    assert [body(client, f"/gezaehlt/?{query}") for _ in range(2)] == ["1", "1"]
    assert body(client, f"/gezaehlt/?{same}") == "1"
    assert count == [f"/gezaehlt/?{same}" if same else "/gezaehlt/"]


def test_foreign_query_of_who_is_logged_in_reaches_the_view(client: Client, count: list[str]) -> None:
    client.force_login(User.objects.create_user("a@stadt.example", name="A"))

    body(client, "/gezaehlt/?fremd=1")

    assert count == ["/gezaehlt/?fremd=1"]


def test_foreign_queries_take_no_room(client: Client, count: list[str]) -> None:
    for number in range(20):
        body(client, f"/gezaehlt/?fremd={number}")

    assert len(keeping.own) == 1


def test_nothing_of_a_foreign_query_is_in_the_page(client: Client, filled: None) -> None:
    mark = "wz8qk"

    assert [address for address in PUBLIC if mark in body(client, f"{address}?{mark}={mark}")] == []


@pytest.fixture
def shared_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache that other processes see, also where there is no Redis."""
    monkeypatch.setattr(LocMemCache, "is_shared", True, raising=False)


@pytest.mark.parametrize("query", ["", "?fremd=1"])
def test_page_that_another_process_has_made_is_taken_over(
    client: Client, count: list[str], query: str, shared_cache: None
) -> None:
    body(client, "/gezaehlt/")
    keeping.own.clear()

    assert body(client, f"/gezaehlt/{query}") == "1"
    cache.clear()
    assert body(client, f"/gezaehlt/{query}") == "1"


def test_page_is_not_held_twice_where_no_other_process_sees_it(
    client: Client, count: list[str], no_redis: None
) -> None:
    for number in range(5):
        body(client, f"/gezaehlt/?seite={number}")

    keeping.own.clear()
    assert body(client, "/gezaehlt/?seite=4") == "6"


def test_page_is_not_looked_for_where_no_other_process_puts_it(
    client: Client, count: list[str], no_redis: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(LocMemCache, "get", lambda *given: pytest.fail("it was looked for"))

    assert body(client, "/gezaehlt/") == "1"


@pytest.mark.parametrize(("query", "seconds"), [("", 24 * 60 * 60), ("seite=2", 10 * 60)])
def test_page_that_was_asked_for_is_shared_for_minutes(
    shared_cache: None, monkeypatch: pytest.MonkeyPatch, query: str, seconds: int
) -> None:
    given: list[int] = []
    monkeypatch.setattr(LocMemCache, "set", lambda self, key, value, timeout: given.append(timeout))
    monkeypatch.setattr(EnduringRedisCache, "set", lambda self, key, value, timeout: given.append(timeout))

    keeping.share(keeping.Address("http", "/suche/", query), "build", kept(10))

    assert given == [seconds]


def test_own_page_is_thrown_away_by_a_change(client: Client, count: list[str]) -> None:
    body(client, "/gezaehlt/")
    cache.clear()
    NewsCategory.objects.create(name="Neu", slug="neu")

    assert [body(client, "/gezaehlt/") for _ in range(2)] == ["2", "2"]


def test_page_is_made_with_one_question_for_its_editions(client: Client, count: list[str]) -> None:
    body(client, "/gezaehlt/")
    NewsCategory.objects.create(name="Neu", slug="neu")

    with CaptureQueriesContext(connection) as asked:
        body(client, "/gezaehlt/")

    assert len(asked) == 1


def address(path: str) -> keeping.Address:
    return keeping.Address("http", path, "")


def kept(size: int) -> keeping.Kept:
    return keeping.Kept(keeping.Terms({}, MIDWAY, None), b"x" * size, {}, "", 0)


def test_shelf_holds_so_many_bytes_and_lets_go_what_was_asked_for_longest_ago() -> None:
    shelf = keeping.Shelf(3 * (keeping.BESIDE_BODY + 100))
    for name in "abc":
        shelf.put(address(name), kept(100))

    shelf.get(address("a"))
    shelf.put(address("d"), kept(100))
    shelf.put(address("d"), kept(90))

    assert [name for name in "abcd" if shelf.get(address(name))] == ["a", "c", "d"]
    assert shelf.size == 3 * keeping.BESIDE_BODY + 290


def test_shelf_does_not_take_what_is_larger_than_itself() -> None:
    shelf = keeping.Shelf(1000)

    shelf.put(address("a"), kept(2000))

    assert (len(shelf), shelf.size) == (0, 0)


def test_answers_do_not_share_their_headers(client: Client, filled: None) -> None:
    client.get("/faq/").headers["X-Probe"] = "1"

    assert "X-Probe" not in client.get("/faq/").headers


def test_pages_are_kept_by_their_query(client: Client, count: list[str]) -> None:
    assert [body(client, f"/gezaehlt/?seite={n}") for n in (1, 2, 1)] == ["1", "2", "1"]


def test_page_with_a_cookie_of_its_own_is_not_shared(client: Client, count: list[str]) -> None:
    answers = [client.get("/keks/") for _ in range(2)]

    assert all("probe" in answer.cookies for answer in answers)
    assert not any("public" in answer.headers.get("Cache-Control", "") for answer in answers)


def test_page_without_a_cache_is_kept_by_the_process(client: Client, count: list[str], settings: Any) -> None:
    gone = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    kept, settings.CACHES = settings.CACHES, {"default": gone}

    answers = [body(client, "/gezaehlt/") for _ in range(2)]

    settings.CACHES = kept
    assert answers == ["1", "1"]


PUBLIC = [
    "/", "/landespreis/", "/aktuelles/", "/aktuelles/feed/", "/faq/", "/downloads/", "/impressum/", "/projekte/",
    "/sitemap.xml", "/robots.txt",
]  # fmt: skip


@pytest.fixture
def filled(open_round: Round) -> None:
    factories.page()
    factories.NewsFactory()
    factories.faq_entry()
    factories.download()


@pytest.mark.parametrize("address", PUBLIC)
def test_public_page_sets_no_cookie_and_says_how_it_may_be_kept(client: Client, filled: None, address: str) -> None:
    for response in (client.get(address), client.get(address)):
        assert response.status_code == 200
        assert not response.cookies
        assert "Vary" not in response.headers
        assert response.headers["Cache-Control"] == "public, max-age=0, must-revalidate"
        assert response.headers["X-Frame-Options"] == "DENY"
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


@pytest.mark.parametrize(("address", "policy"), [
    ("/gibt-es-nicht/", "public, max-age=0, must-revalidate"),
    ("/aktuelles/gibt-es-nicht/", "public, max-age=0, must-revalidate"),
    ("/kontakt/", "private, no-store"),
])  # fmt: skip
def test_nothing_depends_on_cookies_of_who_only_reads(client: Client, db: None, address: str, policy: str) -> None:
    factories.page("kontakt")

    response = client.get(address)

    assert (response.headers["Cache-Control"], response.headers.get("Vary"), response.cookies) == (policy, None, {})


@pytest.mark.parametrize("address", PUBLIC)
def test_warm_public_page_asks_the_database_at_most_once(
    client: Client, filled: None, address: str, django_assert_max_num_queries: Any
) -> None:
    client.get(address)

    with django_assert_max_num_queries(1):
        client.get(address)


@pytest.mark.parametrize("header", ["If-None-Match", "If-Modified-Since"])
def test_unchanged_page_is_answered_with_304(client: Client, filled: None, header: str) -> None:
    first = client.get("/aktuelles/")
    validator = first.headers[{"If-None-Match": "ETag", "If-Modified-Since": "Last-Modified"}[header]]

    again = client.get("/aktuelles/", headers={header: validator})

    assert again.status_code == 304
    assert not again.content
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]


def test_changed_page_is_answered_whole(client: Client, filled: None) -> None:
    etag = client.get("/aktuelles/").headers["ETag"]
    factories.NewsFactory(title="Frisch aus der Druckerei")

    again = client.get("/aktuelles/", headers={"If-None-Match": etag})

    assert again.status_code == 200
    assert "Frisch aus der Druckerei" in again.content.decode()


def test_etag_is_of_the_content_whoever_makes_it(client: Client, filled: None) -> None:
    first = client.get("/faq/").headers["ETag"]
    keeping.forget()

    assert client.get("/faq/").headers["ETag"] == first


def test_whoever_is_logged_in_gets_their_own_page(client: Client, filled: None) -> None:
    etag = client.get("/").headers["ETag"]
    client.force_login(User.objects.create_user("a@stadt.example", name="A"))

    own = client.get("/", headers={"If-None-Match": etag})

    assert own.status_code == 200
    assert own.headers["Cache-Control"] == "no-store"
    assert "Mein Konto" in own.content.decode()
    assert "Mein Konto" not in Client().get("/").content.decode()


def test_change_of_the_round_shows_at_once(client: Client, open_round: Round) -> None:
    client.get("/landespreis/")

    open_round.categories.filter(position=1).update(name="Ganz neue Kategorie")

    assert "Ganz neue Kategorie" in body(client, "/landespreis/")


def test_change_of_a_page_shows_at_once(client: Client, db: None) -> None:
    page = factories.page()
    body(client, "/impressum/")

    page.body = "Jetzt anders"
    pages.save(page, by=None)

    assert "Jetzt anders" in body(client, "/impressum/")


def test_planned_news_come_out_by_themselves(client: Client, open_round: Round, at: At) -> None:
    item = factories.NewsFactory(planned=True, title="Kommt noch")
    assert item.published_at
    places = ["/", "/aktuelles/", "/aktuelles/feed/", "/sitemap/seiten.xml"]
    assert not any(item.title in body(client, place) or item.slug in body(client, place) for place in places)

    at(item.published_at - timedelta(seconds=1))
    assert not any(item.slug in body(client, place) for place in places)
    at(item.published_at)
    assert all(item.slug in body(client, place) for place in places)
    assert "Kommt noch" in body(client, item.get_absolute_url())


def test_withdrawn_news_are_gone_at_once(client: Client, open_round: Round) -> None:
    item = factories.NewsFactory()
    assert client.get(item.get_absolute_url()).status_code == 200

    item.published_at = None
    news.save(item)

    assert client.get(item.get_absolute_url()).status_code == 404


def test_deleted_page_is_gone_at_once(client: Client, db: None) -> None:
    factories.page("offene-daten")
    assert client.get("/offene-daten/").status_code == 200

    Page.objects.all().delete()

    assert client.get("/offene-daten/").status_code == 404


def test_foreign_host_is_refused_also_for_a_kept_page(client: Client, filled: None) -> None:
    client.get("/")

    assert client.get("/", headers={"Host": "boese.example"}).status_code == 400


def test_head_is_answered_without_a_body(client: Client, filled: None) -> None:
    assert client.head("/faq/").content == b""


@pytest.mark.parametrize(("method", "cookies", "expected"), [
    ("GET", {}, True), ("HEAD", {}, True), ("POST", {}, False), ("GET", {"csrftoken": "x"}, True),
    ("GET", {"sessionid": "x"}, False), ("GET", {"messages": "x"}, False),
])  # fmt: skip
def test_is_shared(method: str, cookies: dict[str, str], expected: bool) -> None:
    request = RequestFactory().generic(method, "/")
    request.COOKIES.update(cookies)

    assert caching.is_shared(request) is expected


def test_next_minute_is_the_next_full_one() -> None:
    assert caching.next_minute(MIDWAY) == MIDWAY + MINUTE
    assert caching.next_minute(MIDWAY + timedelta(seconds=59, microseconds=5)) == MIDWAY + MINUTE


def test_pages_belong_to_the_build_that_the_process_was_loaded_with(settings: Any, tmp_path: Path) -> None:
    """What replaces the files while it runs is another build, which keeps pages of its own."""
    caching.build.cache_clear()
    expected = caching.build()
    caching.build.cache_clear()

    caching.pages(counted)
    settings.BASE_DIR = tmp_path

    assert caching.build() == expected
