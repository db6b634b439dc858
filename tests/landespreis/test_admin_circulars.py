"""The pages of messages and texts: who may, what they show, what they refuse, and that they lead on."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import STATUS, Email

from accounts.models import User
from landespreis.circulars import dispatch, texts, wording_actions
from landespreis.models import Circular, Trace, Wording
from submissions.models import Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import staff
from tests.landespreis import circulars
from tests.submissions import factories

PAGES = ("preview", "preview_mail", "test", "release", "cancel", "progress", "change")


@pytest.fixture
def office(db: None) -> User:
    return staff()


@pytest.fixture
def admin(client: Client, office: User) -> Client:
    show_factor(client, office)
    return client


def url(name: str, *args: Any, row: str = "circular") -> str:
    return reverse(f"admin:landespreis_{row}_{name}", args=args)


def html(client: Client, address: str, **data: str) -> str:
    answer = client.post(address, data) if data else client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def sent(round: Round, **fields: str) -> dict[str, str]:
    """What the page of a message to drafts sends."""
    words = {"subject": "Frist", "text": "{anrede},\r\n\r\n„{titel}“"}
    return {"wahl_runde": round.key, "wahl_kategorie": "", "wahl_wer": "inhaber", **words, **fields}


def mark(shown: str) -> str:
    """Return what a page says of what it showed."""
    found = re.search(r'name="gelesen" value="([^"]+)"', shown)
    assert found
    return found[1]


def test_from_group_to_log(admin: Client, office: User, open_round: Round) -> None:
    entry = factories.draft(open_round, title="Streng geheim")

    groups = html(admin, url("add"))
    assert url("write", "entwuerfe") in groups
    begun = html(admin, f"{url('write', 'entwuerfe')}?vorlage=entwurf-frist")
    assert "Noch {restzeit}: Ihr Entwurf ist nicht eingereicht" in begun
    answer = admin.post(f"{url('write', 'entwuerfe')}?vorlage=entwurf-frist", sent(open_round))
    circular = Circular.objects.get()
    assert answer.headers["Location"] == url("preview", circular.pk)
    assert (circular.text, circular.template) == ("{anrede},\n\n„{titel}“", "Entwurf: die Frist kommt näher")

    preview = html(admin, url("preview", circular.pk))
    assert f"Guten Tag {entry.owner.name}," in preview
    assert "„(Titel des Entwurfs)“" in preview
    question = html(admin, url("release", circular.pk))
    assert "Es geht <strong>eine Mail</strong> hinaus" in question
    assert entry.owner.email in question
    seen = question.split('name="seen" value="')[1].split('"')[0]
    answer = admin.post(url("release", circular.pk), {"seen": seen})
    assert answer.headers["Location"] == url("change", circular.pk)
    assert "noch nicht geschrieben" in html(admin, url("change", circular.pk))

    dispatch.send()
    assert "wartet auf den Versand" in html(admin, url("change", circular.pk))
    Email.objects.update(status=STATUS.sent)
    record = html(admin, url("change", circular.pk))
    assert "data-hx-get" not in record
    assert "Streng geheim" not in begun + preview + question + record
    assert "Streng geheim" in Email.objects.get().message


def test_broken_placeholder_is_an_error_beside_the_text(admin: Client, open_round: Round) -> None:
    page = html(admin, url("write", "entwuerfe"), **sent(open_round, text="{vorname}", subject="{titel}"))

    assert "Den Platzhalter {vorname} gibt es hier nicht. Es gibt: {anrede}, {name}, {link}, {titel}" in page
    assert "{titel} darf nicht im Betreff stehen" in page
    assert not Circular.objects.exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("subject", "", "Bitte schreiben Sie einen Betreff."),
        ("subject", "a\nBcc: x@y.example", "Der Betreff ist eine einzige Zeile"),
        ("subject", "x" * 151, "höchstens 150 Zeichen"),
        ("text", " ", "Bitte schreiben Sie einen Text."),
        ("text", "a\x07b", "Steuerzeichen"),
        ("text", "[…]", "Schreiben Sie Ihren Text an die Stelle von […]"),
        ("wahl_kategorie", "erfunden", "erfunden ist keine gültige Auswahl"),
    ],
)
def test_bad_input_is_named(admin: Client, open_round: Round, field: str, value: str, sentence: str) -> None:
    page = html(admin, url("write", "entwuerfe"), **sent(open_round, **{field: value}))

    assert sentence in page
    assert not Circular.objects.exists()


def test_message_to_nobody_is_refused_with_a_clear_word(admin: Client, office: User, open_round: Round) -> None:
    circular = circulars.written(open_round, office)

    assert "In dieser Gruppe ist gerade niemand" in html(admin, url("preview", circular.pk))
    assert "also gibt es nichts zu verschicken" in html(admin, url("release", circular.pk))
    assert "also gibt es nichts zu verschicken" in html(admin, url("release", circular.pk), seen="x")
    assert "ist gerade niemand" in html(admin, url("test", circular.pk), confirmed="1")
    assert admin.get(url("preview_mail", circular.pk)).status_code == 404
    assert Circular.objects.get().status == Circular.Status.DRAFT


def test_group_that_grew_is_shown_again(admin: Client, office: User, open_round: Round) -> None:
    factories.draft(open_round)
    circular = circulars.written(open_round, office)

    page = html(admin, url("release", circular.pk), seen="0" * 64)

    assert "hat sich geändert, seit Sie diese Seite geöffnet haben" in page
    assert Circular.objects.get().status == Circular.Status.DRAFT


@pytest.mark.parametrize(
    ("asked", "place"), [("1", 0), ("2", 1), ("99", 1), ("0", 0), ("-1", 0), ("x", 0), ("9" * 30, 0)]
)
def test_preview_steps_through_the_group(
    admin: Client, office: User, open_round: Round, asked: str, place: int
) -> None:
    people = [factories.draft(open_round).owner.name for _ in range(2)]
    circular = circulars.written(open_round, office)

    page = html(admin, f"{url('preview', circular.pk)}?nummer={asked}")
    mail = html(admin, f"{url('preview_mail', circular.pk)}?nummer={asked}")

    assert f"Guten Tag {people[place]}," in page
    assert f"Guten Tag {people[place]}," in mail


def test_draft_is_changed_and_deleted(admin: Client, office: User, open_round: Round) -> None:
    circular = circulars.written(open_round, office)

    form = html(admin, url("change", circular.pk))
    answer = admin.post(url("change", circular.pk), sent(open_round, subject="Neu", wahl_wer="alle"))

    assert "Frist {frist}" in form
    assert answer.headers["Location"] == url("preview", circular.pk)
    circular.refresh_from_db()
    assert (circular.subject, circular.params["wer"]) == ("Neu", "alle")
    admin.post(url("delete", circular.pk), {"post": "yes"})
    assert not Circular.objects.exists()
    assert Trace.objects.latest("pk").verb == "circular_deleted"


def test_draft_that_somebody_else_changed_meanwhile_is_not_overwritten(
    admin: Client, office: User, open_round: Round
) -> None:
    circular = circulars.written(open_round, office)
    read = {"gelesen": mark(html(admin, url("change", circular.pk)))}
    Circular.objects.update(text="Von jemand anderem.")

    told = html(admin, url("change", circular.pk), **sent(open_round, subject="Neu"), **read)

    assert "Inzwischen hat sich hier etwas geändert." in told
    assert Circular.objects.get().text == "Von jemand anderem."
    admin.post(url("change", circular.pk), sent(open_round, subject="Neu") | {"gelesen": mark(told)})
    assert Circular.objects.get().subject == "Neu"


def test_text_that_somebody_else_worded_meanwhile_is_not_overwritten(admin: Client, office: User) -> None:
    here = url("word", "mail-excluded", row="wording")
    read = {"gelesen": mark(html(admin, here))}
    admin.post(here, {"text": "Eins."})

    told = html(admin, here, text="Zwei.", **read)

    assert "Inzwischen hat sich hier etwas geändert." in told
    assert ("Zwei." in told, Wording.objects.get().text) == (True, "Eins.")
    admin.post(here, {"text": "Zwei.", "gelesen": mark(told)})
    assert Wording.objects.get().text == "Zwei."


def test_released_message_is_neither_changed_nor_deleted(admin: Client, office: User, open_round: Round) -> None:
    factories.draft(open_round)
    circular = circulars.release(circulars.written(open_round, office), office)

    assert "Versand: wird verschickt" in html(admin, url("change", circular.pk))
    assert admin.get(url("preview", circular.pk)).status_code == 409
    assert admin.get(url("release", circular.pk)).status_code == 409
    assert admin.post(url("delete", circular.pk), {"post": "yes"}).status_code == 403
    assert Circular.objects.exists()


def test_test_mail_goes_to_oneself(admin: Client, office: User, open_round: Round) -> None:
    factories.draft(open_round)
    circular = circulars.written(open_round, office)

    admin.post(url("test", circular.pk), {"confirmed": "1"})

    assert Email.objects.get().to == [office.email]


def test_cancel_asks_and_ends(admin: Client, office: User, open_round: Round) -> None:
    factories.draft(open_round)
    circular = circulars.release(circulars.written(open_round, office), office)

    assert "lässt sich nicht zurückholen" in html(admin, url("cancel", circular.pk))
    admin.post(url("cancel", circular.pk), {"confirmed": "1"})

    page = html(admin, url("change", circular.pk))
    assert "Versand: abgebrochen" in page
    assert "nicht verschickt" in page
    assert url("cancel", circular.pk) not in page


def test_progress_is_a_piece_that_asks_again(admin: Client, office: User, open_round: Round) -> None:
    factories.draft(open_round)
    circular = circulars.release(circulars.written(open_round, office), office)

    piece = html(admin, url("progress", circular.pk))

    assert f'data-hx-get="{url("progress", circular.pk)}"' in piece
    assert "<html" not in piece
    assert admin.post(url("progress", circular.pk)).status_code == 405


def test_list_and_record_take_the_same_number_of_queries(admin: Client, office: User, open_round: Round) -> None:
    counts = []
    for number in (1, 3):
        for _ in range(number):
            factories.draft(open_round)
            circular = circulars.release(circulars.written(open_round, office), office)
            dispatch.send()
        with CaptureQueriesContext(connection) as queries:
            html(admin, url("changelist"))
            html(admin, url("change", circular.pk))
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.parametrize("role", ["Redaktion", None])
def test_others_may_not(client: Client, open_round: Round, role: str | None) -> None:
    circular = circulars.written(open_round, staff())
    show_factor(client, staff(role) if role else factories.draft(open_round).owner)
    expected = 403 if role else 404
    addresses = [
        *(url(page, circular.pk) for page in PAGES), url("changelist"), url("add"), url("write", "entwuerfe"),
        url("delete", circular.pk), url("changelist", row="wording"), url("write", row="wording"),
        *(url(page, "entwurf-frist", row="wording") for page in ("word", "reset", "drop")),
    ]  # fmt: skip

    assert {client.get(address).status_code for address in addresses} == {expected}
    assert {client.post(address, {"post": "yes"}).status_code for address in addresses} <= {expected, 405}
    assert Circular.objects.get().status == Circular.Status.DRAFT


def test_unknown_group_and_message_are_not_found(admin: Client, open_round: Round) -> None:
    assert admin.get(url("write", "erfunden")).status_code == 404
    assert admin.get(url("change", 99)).status_code == 404
    assert admin.get(url("change", "x")).status_code == 404


# Texts -------------------------------------------------------------------------------------------------


def test_text_is_worded_and_reset(admin: Client, office: User) -> None:
    address = url("word", "entwurf-frist", row="wording")
    shipped = texts.shipped()["entwurf-frist"]

    assert "mitgeliefert" in html(admin, url("changelist", row="wording"))
    assert admin.post(address, {"subject": "Bald", "text": "{anrede}"}).status_code == 302
    changed = html(admin, address)
    assert "Mitgelieferter Text" in changed
    assert "geändert, " in changed
    assert url("reset", "entwurf-frist", row="wording") in changed
    admin.post(url("reset", "entwurf-frist", row="wording"), {"confirmed": "1"})

    assert texts.find("entwurf-frist") == texts.replace(shipped, shipped=shipped)


def test_text_with_a_broken_placeholder_is_not_saved(admin: Client) -> None:
    page = html(admin, url("word", "mail-excluded", row="wording"), text="{nummer} {name")

    assert "steht eine geschweifte Klammer allein. Es gibt: {nummer}, {titel}." in page
    assert not Wording.objects.exists()


def test_own_text_is_written_changed_and_deleted(admin: Client, office: User) -> None:
    fields = {"title": "Anreise", "kind": "jury", "subject": "Zur Sitzung", "text": "{sitz} […]"}

    broken = html(admin, url("write", row="wording"), **fields | {"kind": ""})
    admin.post(url("write", row="wording"), fields)

    assert "Den Platzhalter {sitz} gibt es hier nicht" in broken
    row = Wording.objects.get()
    assert (row.kind, row.title, row.changed_by) == ("jury", "Anreise", office)
    assert admin.get(url("change", row.pk, row="wording")).headers["Location"] == url("word", row.key, row="wording")
    admin.post(url("word", row.key, row="wording"), fields | {"title": "Anreise zur Sitzung"})
    assert "Anreise zur Sitzung" in html(admin, url("changelist", row="wording"))
    admin.post(url("drop", row.key, row="wording"), {"confirmed": "1"})
    assert not Wording.objects.exists()


def test_unknown_text_is_not_found(admin: Client) -> None:
    assert admin.get(url("word", "erfunden", row="wording")).status_code == 404


def test_list_of_texts_takes_the_same_number_of_queries(admin: Client, office: User) -> None:
    counts = []
    for number in (1, 3):
        for place in range(number):
            wording_actions.add(by=office, kind="", title=f"Text {number}{place}", subject="x", body="x")
        with CaptureQueriesContext(connection) as queries:
            html(admin, url("changelist", row="wording"))
        counts.append(len(queries))

    assert counts[0] == counts[1]
