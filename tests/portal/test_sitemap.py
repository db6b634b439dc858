"""The sitemap: every public page once, nothing that is not out, however many there are."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from landespreis import clock
from portal import sitemap
from portal.models import Newsletter
from submissions.models import Round
from tests.portal import factories

HOME = "http://localhost:8000"


def read(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("application/xml")
    shown = response.content.decode()
    ElementTree.fromstring(shown)  # noqa: S314 - our own
    return shown


def everything(client: Client) -> dict[str, str]:
    """Every address with its `lastmod`, read part by part as search engines do."""
    parts = re.findall(r"<loc>(.*?)</loc>", read(client, "/sitemap.xml"))
    rows = [
        row
        for part in parts
        for row in re.findall(r"<loc>(.*?)</loc>(?:<lastmod>(.*?)</lastmod>)?", read(client, part.removeprefix(HOME)))
    ]
    assert len(rows) == len({url for url, _ in rows})
    return {url.removeprefix(HOME): changed for url, changed in rows}


def newsletter(**fields: Any) -> Newsletter:
    released: dict[str, Any] = {
        "year": 2026, "number": 1, "slug": "i-2026", "status": "sent", "released_at": clock.now() - timedelta(days=1),
    }  # fmt: skip
    return Newsletter.objects.create(**{"subject": "Neues", "changed_at": clock.now()} | released | fields)


def test_sitemap_lists_what_is_public(client: Client, open_round: Round) -> None:
    factories.page()
    out = [factories.NewsFactory(), factories.ProjectFactory(), factories.EventFactory()]
    newsletter()

    shown = everything(client)

    dated = {row.get_absolute_url(): "2026-01-20T10:30+01:00" for row in out}
    assert shown == {
        "/": "", "/landespreis/": "", "/projekte/": "", "/projekte/karte/": "", "/projekte/daten/": "",
        "/aktuelles/": "", "/termine/": "", "/newsletter/": "", "/faq/": "", "/downloads/": "",
        "/impressum/": "2026-01-20T10:30+01:00", "/newsletter/i-2026/": "2026-01-19T10:30+01:00", **dated,
    }  # fmt: skip


def test_sitemap_leaves_out_what_is_not_out(client: Client, open_round: Round) -> None:
    out = factories.ProjectFactory()
    hidden = [
        factories.NewsFactory(planned=True), factories.NewsFactory(draft=True), factories.ProjectFactory(planned=True),
        factories.ProjectFactory(draft=True), factories.EventFactory(draft=True),
    ]  # fmt: skip
    newsletter(year=None, number=None, slug="", status="draft", released_at=None)

    shown = everything(client)

    assert not [row for row in hidden if row.get_absolute_url() in shown]
    assert out.get_absolute_url() in shown
    assert len(shown) == len(sitemap.ALWAYS) + 1


@pytest.mark.parametrize("factory", [factories.NewsFactory, factories.ProjectFactory, factories.EventFactory])
def test_sitemap_grows_by_itself(
    client: Client, open_round: Round, at: Callable[[datetime], None], factory: Any
) -> None:
    row = factory(published_at=clock.now() + timedelta(hours=1))
    before = everything(client)

    at(clock.now() + timedelta(hours=2))

    assert row.get_absolute_url() not in before
    assert everything(client)[row.get_absolute_url()] == "2026-01-20T11:30+01:00"


def test_sitemap_comes_in_parts(client: Client, open_round: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "PROJECTS_PER_PART", 2)
    rows = factories.ProjectFactory.create_batch(5)

    index = read(client, "/sitemap.xml")
    shown = everything(client)

    names = re.findall(r"/sitemap/(.*?)\.xml", index)
    assert names == ["seiten", "projekte-1", "projekte-2", "projekte-3"]
    assert {row.get_absolute_url() for row in rows} <= set(shown)


@pytest.mark.parametrize(
    "part", ["projekte-0", "projekte-2", "projekte--1", "projekte-01", "erfunden", "%00", "x" * 3000]
)
def test_there_are_no_other_parts(client: Client, open_round: Round, part: str) -> None:
    factories.ProjectFactory()

    assert client.get(f"/sitemap/{part}.xml").status_code == 404


@pytest.mark.parametrize("amount", [1, 3])
def test_sitemap_asks_the_database_a_fixed_number_of_times(client: Client, open_round: Round, amount: int) -> None:
    for factory in (factories.NewsFactory, factories.ProjectFactory, factories.EventFactory):
        factory.create_batch(amount)

    asked = []
    for path in ("/sitemap.xml", "/sitemap/seiten.xml", "/sitemap/projekte-1.xml"):
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        asked.append(len(queries))

    assert asked == [3, 10, 6]
