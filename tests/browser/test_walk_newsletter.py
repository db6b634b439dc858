"""The newsletter from both sides: somebody on a phone without scripts signs up, reads, leaves; an editor releases."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect
from post_office.models import Email

from accounts import demo as people
from landespreis import delivery
from portal.actions import sending
from portal.models import Newsletter, Subscriber
from submissions.models import Round
from tests.browser import pages
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

pytestmark = pytest.mark.browser

EDITOR = "ines.hollmann@redaktion.example"
READER = "lena.unterwegs@kommune.example"


@pytest.fixture
def posted(settings: Any) -> Callable[[], Email]:
    """Do what the worker would do, and return the newest mail to the reader."""
    settings.FORM_SECONDS = 0

    def newest() -> Email:
        sending.send(60)
        delivery.send_owed(200)
        return Email.objects.filter(to=READER).order_by("-pk")[0]

    return newest


def link(letter: Email, kind: str) -> str:
    found = re.search(rf"http\S+/newsletter/{kind}\S*/", letter.message)
    assert found
    return urlsplit(found[0]).path


def test_walk_of_a_subscriber_and_an_editor(visit: Visit, demo: Round, posted: Callable[[], Email]) -> None:
    reader = visit(width=320, both=True, touch=True, scripts=False)
    _signs_up(reader, posted)
    editor = visit()
    editor.log_in(EDITOR, people.PASSWORD)
    pages.show_code(editor, people.TOTP_SECRET)
    editor.press("Anmelden")
    _composes(editor)
    _releases(editor)
    letter = posted()
    _sees_that_it_went_out(editor)
    _reads_and_leaves(reader, letter)
    _sees_it_wide(visit(both=True))


def _signs_up(reader: Visitor, posted: Callable[[], Email]) -> None:
    reader.go("/newsletter/")
    reader.meet("Newsletter")
    reader.follow("Newsletter abonnieren")
    reader.meet("Newsletter abonnieren")
    reader.write("E-Mail-Adresse", "kein Postfach")
    reader.press("Newsletter abonnieren")
    reader.meet("Newsletter abonnieren", status=422)
    reader.write("E-Mail-Adresse", READER)
    reader.press("Newsletter abonnieren")
    reader.meet("Bitte bestätigen Sie per E-Mail")
    reader.go(link(posted(), "bestaetigen"))
    reader.meet("Anmeldung bestätigen")
    reader.reads(READER)
    reader.press("Anmeldung bestätigen")
    reader.meet("Sie bekommen den Newsletter")
    assert Subscriber.objects.active().filter(email=READER).exists()


def _composes(editor: Visitor) -> None:
    editor.go("/admin/portal/newsletter/add/")
    editor.meet("Newsletter hinzufügen")
    page = editor.page
    page.locator("#id_subject").fill("Der Winter bringt Neues")
    page.locator("#id_lead").fill("Guten Tag,\nhier lesen Sie, was ansteht.")
    page.locator("#id_blocks-0-heading").fill("Gemeinsam räumen")
    page.locator("#id_blocks-0-body").fill("Drei Bauhöfe, **ein** Plan.")
    expect(page.get_by_label("Vorschau: Text 1").locator("strong")).to_have_text("ein")
    page.get_by_role("button", name=re.compile("Baustein hinzufügen")).or_(
        page.get_by_role("link", name=re.compile("Baustein hinzufügen"))
    ).click()
    page.locator("#id_blocks-1-news").select_option(label="Konto schon jetzt anlegen (17. November 2025)")
    page.locator("#id_blocks-1-position").fill("1")
    second = page.locator("#blocks-1")
    second.get_by_role("button", name="Fett").click()
    expect(page.locator("#id_blocks-1-body")).to_have_value("**fetter Text**")
    page.locator("#id_blocks-1-body").fill("")
    editor.press("Sichern und weiter bearbeiten")
    editor.meet("Newsletter ändern")
    editor.follow("Vorschau")
    editor.meet("Vorschau")
    editor.reads("Drei Bauhöfe, ein Plan.")
    editor.follow("Zurück zur Ausgabe")


def _releases(editor: Visitor) -> None:
    editor.follow("Versand freigeben")
    editor.meet("Versand freigeben")
    readers = Subscriber.objects.active().count()
    editor.reads(f"Sie geht an {readers} Abonnement")
    editor.press("Versand freigeben")
    editor.meet("Newsletter ansehen")
    editor.reads("wird versendet")


def _sees_that_it_went_out(editor: Visitor) -> None:
    """The page has asked by itself."""
    expect(editor.page.locator("#versand h2")).to_contain_text("versendet", timeout=30_000)
    expect(editor.page.locator("#versand h2")).not_to_contain_text("wird", timeout=30_000)
    editor.meet("Newsletter ansehen")
    issue = Newsletter.objects.get(subject="Der Winter bringt Neues")
    assert issue.recipients == issue.deliveries.filter(status="sent").count()


def _reads_and_leaves(reader: Visitor, letter: Email) -> None:
    assert "Der Winter bringt Neues" in letter.subject
    found = re.search(r"Im Web lesen: \S+?(/newsletter/\S+/)", letter.message)
    assert found
    reader.go(found[1])
    reader.meet("Der Winter bringt Neues")
    reader.reads("Gemeinsam räumen")
    reader.go(link(letter, "abmelden"))
    reader.meet("Newsletter abbestellen")
    reader.press("Newsletter abbestellen")
    reader.meet("Sie sind abgemeldet")
    reader.go("/newsletter/abmelden/gefaelscht/")
    reader.meet("Zu diesem Link gibt es keine Anmeldung", status=404)
    assert not Subscriber.objects.active().filter(email=READER).exists()


def _sees_it_wide(other: Visitor) -> None:
    other.go("/newsletter/")
    other.meet("Newsletter")
    other.follow(re.compile("Der Winter bringt Neues"))
    other.meet("Der Winter bringt Neues")
    other.go("/newsletter/anmelden/")
    other.meet("Newsletter abonnieren")
    other.press("Newsletter abonnieren")
    other.meet("Newsletter abonnieren", status=422)
