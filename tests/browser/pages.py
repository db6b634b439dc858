"""What walks do on single pages: the words they type, the files they bring, the codes they read."""

import re
from io import BytesIO
from typing import TypedDict

from PIL import Image
from playwright.sync_api import Route, expect
from post_office.models import Email

from landespreis.demo import papers
from tests.accounts.authenticator import code
from tests.browser.visitor import Visitor

TITLE = "PegelVerbund Hellweg: ein gemeinsames Warnsystem für Starkregen"
ABSTRACT = (
    "Wenn es am Hellweg stark regnet, sehen fünf Kommunen dasselbe Bild: Sie messen gemeinsam an 31 Pegeln, wie das "
    "Wasser steigt, und warnen füreinander. Wer die Welle zuerst sieht, ruft die Warnstufe aus, auch für die Nachbarn."
)
TEXTS = {
    "Beschreibung der Kooperation": (
        "Fünf Kommunen am Hellweg warnen gemeinsam vor Starkregen. Grundlage ist eine öffentlich-rechtliche "
        "Vereinbarung: Soest betreibt Technik und Leitstelle, die Partner stellen Standorte, Personal und "
        "Ortskenntnis.\n\nEin Netz aus 31 Pegeln und 12 Regenmessern speist ein Lagebild, das alle Wehren auf dem "
        "Tablet sehen."
    ),
    "Gewinn der Kooperation": (
        "Die Zeit vom ersten Messwert bis zur Warnung sank von im Mittel 48 auf 11 Minuten. Eine gemeinsame "
        "Rufbereitschaft aus neun Personen ersetzt fünf einzelne; das spart rund 2.900 Bereitschaftsstunden im Jahr."
    ),
    "Grad der Innovation": (
        "Neu ist weniger die Technik als die Zuständigkeit: Die Warnstufe ruft aus, wer das Ereignis zuerst sieht, "
        "nicht, wer örtlich zuständig ist."
    ),
    "Zukunftsfähigkeit, Nutzbarkeit und Nachhaltigkeit": (
        "Der Verbund trägt sich aus den laufenden Haushalten aller Partner. Die Daten stehen Feuerwehr, Tiefbau und "
        "Landwirtschaft offen."
    ),
    "Übertragbarkeit auf andere Kommunen": (
        "Vereinbarung, Alarmplan und Kostenschlüssel liegen als Vorlage bereit. Die Software ist quelloffen."
    ),
    "Langfristigkeit": "Die Vereinbarung gilt unbefristet. Wartung und Ersatz sind bis 2033 veranschlagt.",
}
"""Title of a text section → what the walk writes there."""
COLLEAGUES = (
    "Seit Mai 2023 warnen die fünf Kommunen nach im Mittel 11 statt 48 Minuten. Neun Personen teilen sich die "
    "Rufbereitschaft; vorher waren es fünf Dienstpläne, die im Sommer Lücken hatten."
)
"""What the colleague writes about the gain meanwhile."""


class File(TypedDict):
    """A file as Playwright takes it."""

    name: str
    mimeType: str
    buffer: bytes


def minutes() -> File:
    text = "Sitzung vom 22. Februar 2023, Punkt 7: Der Rat stimmt der Vereinbarung zu. Muster mit erfundenen Angaben."
    content = papers.sheet("Auszug aus der Niederschrift", text)
    return {"name": "niederschrift-rat-soest-2023-02.pdf", "mimeType": "application/pdf", "buffer": content}


def photograph() -> File:
    """Return a small photograph with a position in its metadata, which must not stay."""
    out = BytesIO()
    with Image.open(BytesIO(papers.gauge())) as picture:
        exif = Image.Exif()
        exif[0x010E] = "Schledde, 51.57 N 8.11 O"
        picture.resize((600, 400)).save(out, "JPEG", exif=exif)
    return {"name": "pegelstandort-schledde.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def pretended_pdf() -> File:
    content = b"<!doctype html><title>Alarmplan</title><script>alert(1)</script><p>Stufe 1 bis 4</p>"
    return {"name": "alarmplan-vier-stufen.pdf", "mimeType": "application/pdf", "buffer": content}


def last_mail(address: str) -> str:
    """Return the text of the last mail to `address`."""
    return next(mail.message for mail in Email.objects.order_by("-pk") if address in mail.to)


def code_from_mail(address: str) -> str:
    """Return the code of the last mail to `address`."""
    text = last_mail(address)
    found = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", text, re.MULTILINE)
    assert found, text
    return found[0]


def link_from_mail(address: str, path: str) -> str:
    """Return the link below `path` in the last mail to `address`."""
    text = last_mail(address)
    found = re.search(rf"https?://\S+{path}\S*", text)
    assert found, text
    return found[0]


def show_code(visitor: Visitor, secret: str) -> None:
    """Type the code of the authenticator app with that secret."""
    visitor.page.locator("main input[name=code]").fill(code(secret, room=10))


def upload(visitor: Visitor, kind: str, file: File) -> None:
    visitor.page.get_by_role("radio", name=kind).check()
    visitor.page.get_by_label("Datei auswählen").set_input_files([file])
    visitor.press("Hochladen")


def stop_an_upload(visitor: Visitor, file: File, *, by: str = "window.stop()") -> None:
    """Send a file that never arrives; a moment later happens what stops it. The form can be sent again after that."""
    page = visitor.page
    held: list[Route] = []
    page.route("**", lambda route: held.append(route) if route.request.method == "POST" else route.continue_())
    page.get_by_label("Datei auswählen").set_input_files([file])
    page.evaluate(f"setTimeout(() => {{ {by} }}, 500)")
    page.get_by_role("button", name="Hochladen").click()
    page.wait_for_function("document.querySelector('[data-upload-state]').textContent")
    page.unroute("**")
    assert len(held) == 1


def declare(visitor: Visitor) -> None:
    """Tick the four declarations that submitting needs."""
    for words in ("Teilnahmebedingungen", "nach bestem Wissen", "zuständigen Gremien", "Hinweise zum Datenschutz"):
        visitor.page.get_by_role("checkbox", name=re.compile(words)).check()


def saved_by_itself(visitor: Visitor) -> None:
    """Wait until the section says that it was saved without a button."""
    expect(visitor.page.locator("#sicherung")).to_have_text(re.compile(r"^gespeichert um \d\d:\d\d Uhr$"))
