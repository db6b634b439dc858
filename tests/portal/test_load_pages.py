"""The pages that come with the portal: complete, marked, and never over what staff have written."""

from io import StringIO

import pytest
from django.core.management import call_command

from portal import richtext
from portal.actions import pages
from portal.models import Page, PageVersion
from portal.models.pages import FIXED
from tests.accounts.factories import StaffFactory

pytestmark = pytest.mark.django_db


def load() -> str:
    out = StringIO()
    call_command("load_pages", stdout=out)
    return out.getvalue()


def test_load_pages_puts_every_page_of_the_footer_in_place_as_a_placeholder() -> None:
    assert "davon neu geschrieben: 7" in load()

    assert set(Page.objects.values_list("slug", flat=True)) == set(FIXED)
    assert all(page.is_placeholder for page in Page.objects.all())
    assert all(richtext.render(page.body).problems == [] for page in Page.objects.all())


def test_load_pages_twice_changes_nothing() -> None:
    load()

    assert "davon neu geschrieben: 0" in load()
    assert PageVersion.objects.count() == len(FIXED)


def test_load_pages_keeps_what_staff_have_saved() -> None:
    load()
    page = Page.objects.get(slug="impressum")
    page.body, page.is_placeholder = "## Anbieter\n\nStadt Musterhausen", False
    pages.save(page, by=StaffFactory())

    load()

    page.refresh_from_db()
    assert (page.body, page.is_placeholder) == ("## Anbieter\n\nStadt Musterhausen", False)


@pytest.mark.parametrize(("slug", "statements"), [
    ("impressum", ["§ 5 Digitale-Dienste-Gesetz", "§ 18 Absatz 2 Medienstaatsvertrag", "Vertreten durch", "E-Mail"]),
    ("datenschutz", [
        "Artikel 13 DSGVO", "Datenschutzbeauftragte Person", "Auskunft", "Berichtigung", "Löschung", "Einschränkung",
        "Übertragung", "widersprechen", "Beschweren", "Landesarchiv", "Cookie", "§ 4 ArchivG NRW", "Empfang|erhält",
        "Newsletter", "Termin anmelden", "Projekt vorschlagen",
    ]),
    ("barrierefreiheit", [
        "§§ 10 bis 10e", "BITVNRW", "EN 301 549", "WCAG", "Verfahren:", "Erstellt am:", "Nicht barrierefreie Inhalte",
        "/barriere-melden/", "Ombudsstelle für barrierefreie Informationstechnik des Landes Nordrhein-Westfalen",
    ]),
    ("leichte-sprache", ["Leichter Sprache", "/barriere-melden/", "/barrierefreiheit/"]),
    ("gebaerdensprache", ["Video in Deutscher Gebärdensprache"]),
    ("kontakt", ["E-Mail", "Telefon"]),
])  # fmt: skip
def test_page_contains_what_the_law_asks_for(slug: str, statements: list[str]) -> None:
    load()
    page = Page.objects.get(slug=slug)

    missing = [said for said in statements if not any(word in page.lead + page.body for word in said.split("|"))]

    assert missing == []
