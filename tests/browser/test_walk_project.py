"""A visitor at a project: its page and its pictures in both themes, wide and narrow, and on paper."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Municipality
from landespreis import clock
from portal.models import Hue, Project
from submissions.models import Round, Submission
from tests.browser.conftest import Visit
from tests.portal import factories

pytestmark = pytest.mark.browser

BODY = """## Worum es geht

Bauakten lagen in fünf Kellern, auf Papier und in drei verschiedenen Programmen.

> Wir haben keine Stelle abgebaut. Wir haben Wartezeit abgebaut.

## Was es bringt

- Bauanträge sind im Schnitt nach neun statt zwanzig Wochen entschieden.
- Die Vertretung ist geregelt. [Bericht](https://bauakte.example/bericht)
"""
WHITE, DARK, PAPER = "oklch(1 0 0)", "oklch(0.2023 0.0321 277.67)", "rgb(255, 255, 255)"
LIGHT, INK = "oklch(96.72% .0041 271.37)", "#000"
TOWNS = ("Stadt Werl", "Gemeinde Welver", "Gemeinde Lippetal", "Gemeinde Möhnesee", "Kreis Soest")


@pytest.fixture
def project(demo: Round) -> Project:
    """A winner of 2022 with six partners, and another project of its category that shares a topic."""
    category = factories.ProjectCategoryFactory(key="walk", name="Innere Verwaltung", hue=Hue.BLUE)
    topic = factories.TopicFactory(name="Bauen")
    rows = {row.label: row for row in Municipality.objects.all()}
    factories.ProjectFactory(
        title="Ein Standesamt, vier Rathäuser", category=category, topics=[topic], lead=rows["Stadt Lemgo"],
        partners=[rows["Gemeinde Kalletal"]],
    )  # fmt: skip
    made: Project = factories.ProjectFactory(
        title="Digitale Bauakte Hellweg", category=category, topics=[topic], lead=rows["Stadt Soest"], body=BODY,
        partners=[*(rows[name] for name in TOWNS), "Zweckverband Hellweg-IT"], department="Bauordnung",
        legal_form=Submission.LegalForm.AGREEMENT, prize_year=2022, edition="1. Landespreis 2021/22",
        website="https://www.bauakte.example/ueber-uns-und-unsere-akte", contact_name="Frauke Hemming",
        contact_email="frauke.hemming@soest.example", contact_phone="02921 103-0", contact_public=True,
        published_at=clock.now() - timedelta(days=40),
    )  # fmt: skip
    return made


def drawn(page: Page) -> list[bool]:
    """Say of every picture of the page whether the browser could draw it."""
    page.evaluate("document.querySelectorAll('main img').forEach(image => { image.loading = 'eager' })")
    for image in page.locator("main img").all():
        expect(image).to_have_js_property("complete", True)
    found: list[bool] = page.evaluate("[...document.querySelectorAll('main img')].map(image => image.naturalWidth > 0)")
    return found


def painted(page: Page) -> tuple[str, str]:
    """Return the ground of the page, and what text is by the colours of the footer, which is dark on every screen."""
    ground: str = page.evaluate("getComputedStyle(document.body).backgroundColor")
    text: str = page.locator("footer").evaluate("footer => getComputedStyle(footer).getPropertyValue('--lp-text')")
    return ground, text.strip()


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (1280, True), (320, False), (320, True)])
def test_walk_to_a_project(visit: Visit, project: Project, width: int, dark: bool) -> None:
    visitor = visit(width=width, dark=dark)
    visitor.go(project.get_absolute_url())
    visitor.meet("Digitale Bauakte Hellweg")
    assert set(drawn(visitor.page)) == {True}
    dots = visitor.page.locator(".lp-map circle")
    assert dots.count() == 1 + len(TOWNS)
    expect(visitor.page.get_by_role("img", name="Karte der Zusammenarbeit")).to_be_visible()

    visitor.follow("Offene Daten", within=visitor.page.locator("footer"))
    visitor.meet("Offene Daten")
    visitor.page.go_back()
    visitor.follow("Ein Standesamt, vier Rathäuser")
    visitor.meet("Ein Standesamt, vier Rathäuser")
    assert visitor.context.cookies() == []


def test_project_by_day_by_night_and_on_paper_without_the_shell(visit: Visit, project: Project) -> None:
    visitor = visit(width=700)
    visitor.go(project.get_absolute_url())
    expect(visitor.page.get_by_role("button", name="Projekt drucken")).to_be_visible()
    assert painted(visitor.page) == (WHITE, LIGHT)
    visitor.page.emulate_media(color_scheme="dark")
    assert painted(visitor.page) == (DARK, LIGHT)

    visitor.page.emulate_media(media="print")

    assert painted(visitor.page) == (PAPER, INK)
    for gone in (".lp-header", ".lp-footer", ".lp-crumbs", ".pj-pattern", "[data-print]", "#aehnlich"):
        expect(visitor.page.locator(gone)).to_be_hidden()
    for kept in (".lp-map", ".lp-facts", ".pp-partners", ".pj-printed"):
        expect(visitor.page.locator(kept)).to_be_visible()
    address = visitor.page.locator(".pj-site").evaluate("link => getComputedStyle(link, '::after').content")
    assert "https://www.bauakte.example/ueber-uns-und-unsere-akte" in address
    visitor.meet("Digitale Bauakte Hellweg")
    assert visitor.page.pdf(format="A4").startswith(b"%PDF")
