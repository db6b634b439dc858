"""The browser reads forms as they stand in the page and keeps what a page was led to by."""

from dataclasses import replace

import pytest

from rehearsal.browser import Browser, Page

BODY = """
<title>Kategorie</title>
<form method="post" action="/titel/"><input type="hidden" name="token" value="abc">
<input type="radio" name="category" value="7" id="id_7" checked><label for="id_7">Krisen <span>heute</span></label>
<input type="radio" name="category" value="8" id="id_8"><label for="id_8">Umwelt</label>
<label for="id_title">Titel</label><textarea name="title" id="id_title">
Gemeinsam warnen</textarea>
<button type="submit">Speichern und weiter</button><button name="ziel" value="uebersicht">Zur Übersicht</button></form>
<form method="post" id="resend"><input type="hidden" name="action" value="resend"></form>
<button type="submit" form="resend">Neuen Code senden</button>
"""


def page() -> Page:
    return Page(200, "/titel/", BODY, {}, BODY.encode(), 0.1, 200)


def test_form_sends_what_stands_in_it() -> None:
    form = page().form(field="title")

    assert form.fields == [("token", "abc"), ("category", "7"), ("title", "Gemeinsam warnen")]


def test_choose_takes_the_option_by_the_words_of_its_label() -> None:
    form = page().form(field="category").choose("category", "Umwelt")

    assert form.options["category"] == [("7", "Krisen heute"), ("8", "Umwelt")]
    assert ("category", "8") in form.fields


def test_form_is_found_by_a_button_that_stands_outside() -> None:
    form = page().form(button="Neuen Code")

    assert (form.action, form.fields) == ("/titel/", [("action", "resend")])


def test_press_sends_the_buttons_own_value() -> None:
    form = page().form(field="title").press("Zur Übersicht")

    assert form.fields[-1] == ("ziel", "uebersicht")


def test_twin_has_the_cookies_of_that_moment_and_is_seen_by_the_same_witness() -> None:
    browser = Browser(1, address="198.18.0.1")
    browser.cookies["sessionid"] = "a"
    twin = browser.twin()
    browser.cookies["sessionid"] = "b"

    assert (twin.cookies, twin.port, twin.address) == ({"sessionid": "a"}, 1, "198.18.0.1")


def test_sound_page_is_none_of_the_servers_errors() -> None:
    found = replace(page(), status=404)

    assert found.sound() is found
    with pytest.raises(LookupError, match="503 /titel/: Kategorie"):
        replace(found, status=503).sound()
