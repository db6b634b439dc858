"""Somebody who searches: every state of the page in both themes, wide and narrow, with JavaScript and without."""

import pytest
from playwright.sync_api import expect

from portal.actions import indexing
from submissions.models import Round
from tests.browser.conftest import Visit
from tests.portal import factories

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "dark", "scripts"), [(1280, False, True), (320, True, False)])
def test_walk_of_somebody_who_searches(
    visit: Visit, open_round: Round, portal: str, width: int, dark: bool, scripts: bool
) -> None:
    """By a misspelled word over the kinds and pages of hits to the answer, and to where there is none."""
    for number in range(11):
        factories.ProjectFactory(title=f"Gemeinsame Feuerwehr {number}", abstract="Drei Wehren üben.", body="Mehr.")
    entry = factories.faq_entry(question="Zählt die Feuerwehr mit?", answer="Ja, die **Feuerwehr** zählt.")
    indexing.rebuild()
    visitor = visit(width=width, dark=dark, both=True, scripts=scripts)

    visitor.go("/suche/")
    visitor.meet("Suche")
    visitor.write("Suchwörter", "Feuerwher")
    visitor.press("Suchen")
    visitor.meet("Suche")
    expect(visitor.page.locator("#treffer")).to_have_text("12 Treffer für „Feuerwher“")
    visitor.follow("Feuerwehr")
    expect(visitor.page.locator(".pp-hits mark").first).to_have_text("Feuerwehr")
    visitor.follow("Seite 2")
    visitor.meet("Suche")
    visitor.follow("Fragen 1 Treffer")
    visitor.meet("Suche")
    visitor.follow("Zählt die Feuerwehr mit?")
    expect(visitor.page).to_have_url(f"{portal}/faq/#{entry.slug}")
    for query, heading in (("der die das", "Danach lässt sich nicht suchen"), ("Zeppelin", "Keine Treffer")):
        visitor.go(f"/suche/?q={query}")
        visitor.meet("Suche")
        expect(visitor.page.locator("#treffer")).to_contain_text(heading)
    assert visitor.context.cookies() == []
