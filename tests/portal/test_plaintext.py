"""From stored HTML to what mailboxes show: nothing is lost, nothing is loaded."""

import pytest

from portal import plaintext, richtext
from tests.portal import factories

BASE = "https://portal.example"


def said(source: str) -> str:
    return plaintext.text(richtext.render(source).html, base=BASE)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Ein **fetter** und *schräger* Satz.", "Ein fetter und schräger Satz."),
        ("## Eins\n\nText\n\n### Zwei", "Eins\n\nText\n\nZwei"),
        ("- Brot\n- Salz", "- Brot\n- Salz"),
        ("1. zuerst\n2. dann", "1. zuerst\n2. dann"),
        ("> Wer anruft,\n> gewinnt.", "> Wer anruft,\n> gewinnt."),
        ("erste Zeile\nzweite Zeile", "erste Zeile\nzweite Zeile"),
        ("Siehe [Termine](/termine/).", f"Siehe Termine <{BASE}/termine/>."),
        ("[Zum Termin](/termine/)", f"Zum Termin: {BASE}/termine/"),
        ("[https://a.example/x](https://a.example/x)", "https://a.example/x"),
        ("[Post](mailto:a@b.example)", "Post: a@b.example"),
        ("Brot & Salz < Pfeffer", "Brot & Salz < Pfeffer"),
        ("", ""),
    ],
)
def test_text_says_what_html_says(db: None, source: str, text: str) -> None:
    assert said(source) == text


def test_text_breaks_lines_and_keeps_addresses_whole() -> None:
    address = f"https://portal.example/{'x' * 100}"

    text = plaintext.text(
        f"<p>{'Wort ' * 40}<a href='{address}'>mehr</a></p><ol><li>{'Wort ' * 20}</li></ol>", base=BASE
    )

    assert address in text
    assert all(len(line) <= plaintext.WIDTH or address in line for line in text.split("\n"))
    assert "\n   Wort" in text


def test_pictures_become_words(db: None) -> None:
    picture = factories.picture(credit="Stadt Soest")
    html = richtext.render(f"Vorher\n\n![Ein Bach](bild:{picture.pk})\n\nNachher").html

    mail = plaintext.for_mailboxes(html, base=BASE)

    assert mail.replace("\n", "") == '<p>Vorher</p><p class="small">Bild: Ein Bach</p><p>Nachher</p>'
    assert plaintext.text(html, base=BASE) == "Vorher\n\n[Bild: Ein Bach]\nBild: Stadt Soest\n\nNachher"


def test_links_of_ours_get_their_whole_address() -> None:
    html = '<p><a href="/faq/">hier</a> <a href="https://a.example/">dort</a></p>'

    assert plaintext.for_mailboxes(html, base=BASE) == html.replace('"/faq/"', f'"{BASE}/faq/"')
