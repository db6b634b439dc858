"""With the keyboard alone: Tab, Enter, Space, arrows; and the place one is at is always visible."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import Municipality
from submissions.models import Round, Submission
from tests.accounts.factories import PASSWORD, MembershipFactory, UserFactory
from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor
from tests.submissions.factories import complete

pytestmark = pytest.mark.browser

EMAIL = "lena.achterberg@hamm.example"
FARTHEST = 150
"""How many times Tab is pressed before a control counts as out of reach."""
HERE = """() => {
    const here = document.activeElement, style = getComputedStyle(here);
    const label = here.labels?.length ? here.labels[0].innerText : "";
    const name = here.getAttribute("aria-label") || label || here.innerText || here.value || "";
    return {
        name: name.trim().replace(/\\s+/g, " "),
        visible: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
        tag: here.tagName, inside: Boolean(here.closest("main")),
    };
}"""


class Typist:
    """A visitor without a mouse."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = visitor.page

    def press(self, key: str) -> None:
        self.page.keyboard.press(key)

    def arrive(self, key: str = "Enter") -> None:
        """Press a key that leads to another page, and wait for it."""
        with self.page.expect_navigation():
            self.press(key)

    def tab_to(self, name: str) -> None:
        """Press Tab until the control called `name` (exactly) has the focus, which must be seen at every step."""
        passed = []
        for _ in range(FARTHEST):
            self.press("Tab")
            here = self.page.evaluate(HERE)
            if not here["visible"] and here["tag"] != "BODY":
                self.visitor.complaints.append(f"{self.visitor.path}: focus is not visible on {here}")
            if here["name"] == name:
                return
            passed.append(here["name"])
        pytest.fail(f"{self.visitor.path}: Tab does not reach {name!r}, only {passed}")

    def write(self, text: str) -> None:
        self.page.keyboard.type(text)


def test_walk_with_the_keyboard_alone(visit: Visit, register: Round) -> None:
    hamm = Municipality.objects.get(ags="05915000")
    lena = UserFactory(email=EMAIL, name="Lena Achterberg")
    typist = Typist(visit())

    _finds_the_content(typist)
    _logs_in(typist)
    MembershipFactory(user=lena, municipality=hamm)
    _begins_an_entry(typist)
    entry = complete(register, owner=lena, lead=hamm, title="Ein Standesamt für sieben Orte", membership=False)
    _submits(typist, entry)

    assert Submission.objects.get(pk=entry.pk).number == 1


def _finds_the_content(typist: Typist) -> None:
    typist.visitor.go("/")
    typist.press("Tab")
    skip = typist.page.get_by_role("link", name="Zum Inhalt springen")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    typist.press("Enter")
    expect(typist.page.locator("main")).to_be_focused()
    typist.press("Tab")
    assert typist.page.evaluate(HERE)["inside"]
    with typist.visitor.narrowed():
        typist.visitor.go("/")
        typist.tab_to("Menü")
        typist.press("Enter")
        typist.tab_to("Der Landespreis")
        typist.arrive()
    typist.visitor.meet("Landespreis")


def _logs_in(typist: Typist) -> None:
    typist.tab_to("Anmelden")
    typist.arrive()
    typist.tab_to("E-Mail-Adresse")
    typist.write(EMAIL)
    typist.tab_to("Passwort")
    typist.write(PASSWORD)
    typist.arrive()
    typist.visitor.meet("Meine Einreichungen")
    typist.visitor.reads("Nennen Sie zuerst Ihre Kommune")


def _begins_an_entry(typist: Typist) -> None:
    typist.visitor.go("/einreichungen/")
    typist.tab_to("Einreichung beginnen")
    typist.arrive()
    typist.tab_to("Einreichung beginnen")
    typist.arrive()
    typist.visitor.meet("Kategorie und Titel")
    typist.tab_to("Kommunale Pflichtaufgaben & Innere Verwaltung")
    typist.press("Space")
    typist.press("ArrowDown")
    expect(typist.page.get_by_role("radio", name="Informationsaustausch & Vernetzung")).to_be_checked()
    typist.tab_to("Titel")
    typist.write("Wissensnetz Lippe")
    typist.tab_to("Speichern und weiter")
    typist.arrive("Space")
    typist.visitor.meet("Kommune und Ansprechperson")
    assert Submission.objects.get().title == "Wissensnetz Lippe"


def _submits(typist: Typist, entry: Submission) -> None:
    typist.visitor.go(entry.get_absolute_url())
    typist.tab_to("Prüfen und einreichen")
    typist.arrive()
    typist.visitor.meet("Prüfen und einreichen")
    for words in (
        "Die Teilnahmebedingungen sind gelesen und werden anerkannt.",
        "Alle Angaben sind nach bestem Wissen richtig und vollständig.",
        "Die zuständigen Gremien aller beteiligten Kommunen haben der Zusammenarbeit zugestimmt.",
        "Die Hinweise zum Datenschutz sind zur Kenntnis genommen, auch von den genannten Ansprechpersonen.",
    ):
        typist.tab_to(words)
        typist.press("Space")
    typist.tab_to("Jetzt verbindlich einreichen")
    typist.arrive()
    typist.visitor.meet("IKZ-2026-0001, Version 1")
    typist.tab_to("Zur Übersicht")
    typist.arrive()
    expect(typist.page.get_by_role("heading", name=re.compile("Eingereicht – Version 1 gilt"))).to_be_visible()
