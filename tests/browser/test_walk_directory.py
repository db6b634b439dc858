"""Somebody looks for projects: by words, by filters with and without scripts, and on the map; keyboard only."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from accounts.models import Municipality
from landespreis import clock
from submissions.models import Round
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.portal import factories

pytestmark = pytest.mark.browser

PLACES = {"Soest": "Werl", "Borken": "Rhede", "Lemgo": "Kalletal", "Höxter": "Brakel", "Olpe": "Wenden"}
THINGS = ("Bauakte", "Vergabestelle", "Pegelnetz", "Museumspass", "Standesamt")
TOPICS = (
    "Bauen",
    "Bildung",
    "Feuerwehr",
    "Klima",
    "Kultur",
    "Personal",
    "Tourismus",
    "Vergabe",
    "Wasser",
    "Wirtschaft",
)


@pytest.fixture
def projects(register: Round) -> None:
    """Twenty-five projects, one a Kreis and thing, each with two of ten topics."""
    categories = [
        factories.ProjectCategoryFactory(key=key, name=name, short_name=name, position=position)
        for position, (key, name) in enumerate({"umwelt": "Umwelt & Planung", "krisen": "Krisenbewältigung"}.items())
    ]
    topics = [factories.TopicFactory(name=name, slug=name.lower(), position=n) for n, name in enumerate(TOPICS)]
    for n in range(25):
        lead = list(PLACES)[n % 5]
        factories.ProjectFactory(
            title=f"{THINGS[n // 5]} {lead}",
            category=categories[n % 2],
            topics=[topics[n % 10], topics[(n * 7 + 3) % 10]],
            lead=_town(lead),
            partners=[_town(PLACES[lead]), *(["Gemeente Winterswijk"] if lead == "Borken" else [])],
            published_at=clock.now() - timedelta(days=n + 1),
            edition="1. Landespreis 2021/22" if n % 3 else "",
            prize_year=2022 if n == 4 else None,
            is_funded=n % 7 == 0,
        )


def _town(name: str) -> Municipality:
    return Municipality.objects.get(name=f"{name}, Stadt") if name not in {"Kalletal", "Wenden"} else (
        Municipality.objects.get(name=name)
    )  # fmt: skip


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("dark", [False, True])
def test_directory_keeps_the_rules_for_all_pages(visit: Visit, projects: None, width: int, dark: bool) -> None:
    visitor = visit(width=width, dark=dark)
    pages = {
        "/projekte/": "Projekte",
        "/projekte/?q=Bauakte&kategorie=umwelt&kreis=05974&kreis=05554&thema=erfunden": "Projekte",
        "/projekte/?q=Gibtesnicht": "Projekte",
        "/projekte/karte/": "Wo die Projekte entstehen",
        "/projekte/karte/?kategorie=krisen": "Wo die Projekte entstehen",
    }
    for path, heading in pages.items():
        visitor.go(path)
        if width == 320 and visitor.page.locator(".pp-filterbox").count():
            expect(visitor.page.get_by_label("Umwelt & Planung")).to_be_hidden()
            visitor.page.locator(".pp-filterbox > summary").click()
        visitor.meet(heading)
    assert visitor.context.cookies() == []


def test_walk_of_a_visitor_with_a_keyboard(visit: Visit, projects: None) -> None:
    visitor = visit(old=True)
    page, keys = visitor.page, visitor.page.keyboard
    visitor.go("/projekte/")
    page.evaluate("window.stayed = true")
    _says(visitor, "25 Projekte")
    page.get_by_role("link", name="Karte überspringen").press("Enter")
    expect(page).to_have_url(re.compile("#karte-zahlen$"))

    page.get_by_label("Umwelt & Planung").focus()
    keys.press("Space")
    _says(visitor, "13 Projekte", aloud=True)
    expect(page.get_by_label("Umwelt & Planung")).to_be_focused()
    expect(page).to_have_url(re.compile(r"/projekte/\?kategorie=umwelt$"))
    expect(page.locator("#karte section")).to_have_count(0)

    page.locator("#thema-mehr summary").press("Enter")
    page.get_by_label("Wirtschaft").focus()
    keys.press("Space")
    expect(page).to_have_url(re.compile(r"kategorie=umwelt&thema=wirtschaft$"))
    expect(page.get_by_label("Wirtschaft")).to_be_focused()

    page.get_by_role("link", name="Filter entfernen: Wirtschaft").press("Enter")
    _says(visitor, "13 Projekte", aloud=True)
    expect(page.locator("#treffer-titel")).to_be_focused()

    page.get_by_label("Kreis oder kreisfreie Stadt").select_option(value="05974")
    _says(visitor, "13 Projekte")
    page.get_by_role("button", name=re.compile("Anwenden.*Kreis")).press("Enter")
    _says(visitor, "3 Projekte", aloud=True)
    expect(page.locator("#kreis-05974")).to_be_checked()

    page.get_by_role("link", name="Titel", exact=True).press("Enter")
    expect(page).to_have_url(re.compile(r"kategorie=umwelt&kreis=05974&sortierung=titel$"))
    expect(page.locator(".lp-rows h3").first).to_have_text("Bauakte Soest")
    expect(page.get_by_role("link", name="Titel", exact=True)).to_be_focused()
    page.get_by_label("Suche nach Thema").fill("Pegelnetz")
    page.get_by_label("Suche nach Thema").press("Enter")
    _says(visitor, "1 Projekt", aloud=True)
    visitor.meet("Projekte")
    assert page.evaluate("window.stayed")

    page.go_back()
    _says(visitor, "3 Projekte")
    expect(page.get_by_label("Suche nach Thema")).to_have_value("")
    page.get_by_role("link", name="Alle Filter entfernen").press("Enter")
    _says(visitor, "25 Projekte")
    page.get_by_role("link", name="Seite 2").press("Enter")
    expect(page.locator(".lp-rows h3")).to_have_count(5)
    assert visitor.context.cookies() == []


def test_walk_of_a_visitor_without_scripts(visit: Visit, projects: None) -> None:
    visitor = visit(width=360, scripts=False)
    page = visitor.page
    visitor.go("/projekte/")
    page.locator(".pp-filterbox > summary").press("Enter")
    page.get_by_label("Krisenbewältigung").press("Space")
    page.get_by_label("Kommune", exact=True).select_option(label="Rhede (5)")
    visitor.press("Filter anwenden")
    visitor.meet("Projekte")
    _says(visitor, "3 Projekte")
    visitor.follow("Titel")
    _says(visitor, "3 Projekte")
    visitor.write("Suche nach Thema, Kommune oder Stichwort", "Pegelnetz")
    visitor.press("Suchen")
    _says(visitor, "1 Projekt")
    visitor.follow(re.compile("Filter entfernen: Krisen"))
    visitor.follow("Alle Filter entfernen")
    _says(visitor, "25 Projekte")


def test_walk_over_the_map_with_a_keyboard(visit: Visit, projects: None) -> None:
    visitor = visit()
    page = visitor.page
    visitor.go("/projekte/")
    visitor.follow("Zur Karte")
    visitor.meet("Wo die Projekte entstehen")
    page.get_by_role("link", name="Karte überspringen").focus()
    page.keyboard.press("Tab")
    focused = page.locator(".pp-map svg a:focus")
    expect(focused).to_have_count(1)
    page.get_by_role("link", name="Kreis Soest: 5 Projekte").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    visitor.meet("Projekte")
    expect(page).to_have_url(re.compile(r"/projekte/\?kreis=05974$"))
    _says(visitor, "5 Projekte")
    visitor.go("/projekte/karte/")
    page.get_by_role("link", name="Karte überspringen").press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Arnsberg")).to_be_focused()


def _says(visitor: Visitor, text: str, *, aloud: bool = False) -> None:
    expect(visitor.page.locator("#treffer-titel")).to_have_text(text)
    if aloud:
        expect(visitor.page.locator("#ansage")).to_have_text(text)
