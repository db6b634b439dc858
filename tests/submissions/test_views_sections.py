"""Writing a section: save, save by itself, two people, an ended session, the deadline."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from landespreis import parking
from submissions.actions import entries
from submissions.models import Answer, Category, Event, Round, Section, Submission, Variant
from tests.accounts.factories import PASSWORD, UserFactory
from tests.conftest import CLOSES, OPENS, SECOND
from tests.submissions import factories

Login = Callable[[User], Client]
At = Callable[[datetime], None]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def entry(open_round: Round) -> Submission:
    return factories.draft(open_round, title="Pegel")


def url(entry: Submission, key: str = "gewinn") -> str:
    return reverse("submissions:section", args=[entry.pk, key])


def conflict_url(entry: Submission, key: str = "gewinn") -> str:
    return reverse("submissions:conflict", args=[entry.pk, key])


def hidden(client: Client, entry: Submission, key: str = "gewinn") -> dict[str, Any]:
    """Open the page and return what its form carries unseen."""
    form = client.get(url(entry, key)).context["form"]
    return {name: form[name].value() for name in ("revision", "sitting")}


def text(entry: Submission, key: str = "gewinn") -> str:
    return Answer.objects.filter(submission=entry, question__key=key).values_list("text", flat=True).first() or ""


def page(response: Any) -> str:
    return " ".join(response.content.decode().split())


def second(entry: Submission) -> Client:
    """Return the client of a colleague who edits, too."""
    client = Client()
    client.force_login(factories.editor(entry, "edit", name="Tarek Yildirim"))
    return client


@pytest.mark.parametrize("key", ["titel", "kommune", "rechtsform", "kurzbeschreibung", "beschreibung", "gewinn"])
def test_section_shows_its_form(entry: Submission, login: Login, key: str) -> None:
    response = login(entry.owner).get(url(entry, key))

    assert response.status_code == 200
    assert "Speichern und weiter" in page(response)


@pytest.mark.parametrize("key", ["erfunden", "zurueck"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_section_of_an_unknown_key_is_not_found(entry: Submission, login: Login, key: str, method: str) -> None:
    assert getattr(login(entry.owner), method)(url(entry, key)).status_code == 404


@pytest.mark.parametrize("method", ["get", "post"])
def test_section_of_a_foreign_entry_is_not_found(entry: Submission, login: Login, method: str) -> None:
    assert getattr(login(UserFactory()), method)(url(entry)).status_code == 404


def test_section_takes_no_other_method(entry: Submission, login: Login) -> None:
    assert login(entry.owner).delete(url(entry)).status_code == 405


def test_section_saves_and_goes_on_to_the_next(entry: Submission, login: Login) -> None:
    client = login(entry.owner)

    response = client.post(url(entry), {**hidden(client, entry), "text": "Viel Gewinn."}, follow=True)

    assert text(entry) == "Viel Gewinn."
    assert response.redirect_chain == [(url(entry, "innovation"), 302)]
    assert "„Gewinn der Kooperation“ gespeichert um 10:30 Uhr" in page(response)


@pytest.mark.parametrize(
    ("key", "name"), [("kommune", "submissions:partners"), ("langfristigkeit", "submissions:files")]
)
def test_section_goes_on_to_partners_and_files(entry: Submission, login: Login, key: str, name: str) -> None:
    client = login(entry.owner)

    response = client.post(url(entry, key), hidden(client, entry, key))

    assert response.headers["Location"] == reverse(name, args=[entry.pk])


def test_section_saves_and_returns_to_the_overview(entry: Submission, login: Login) -> None:
    client = login(entry.owner)

    response = client.post(url(entry), {**hidden(client, entry), "text": "Text", "ziel": "uebersicht"})

    assert response.headers["Location"] == entry.get_absolute_url()


def test_section_of_facts_is_saved(entry: Submission, login: Login) -> None:
    client = login(entry.owner)
    category = Category.objects.get(round=entry.round, key="krisen")

    client.post(url(entry, "titel"), {**hidden(client, entry, "titel"), "category": category.pk, "title": "Neu"})

    entry.refresh_from_db()
    assert (entry.category, entry.title) == (category, "Neu")


def test_section_keeps_every_character_of_a_long_text(entry: Submission, login: Login) -> None:
    client = login(entry.owner)

    client.post(url(entry), {**hidden(client, entry), "text": "\r\n  Eingerückt 🚒\r\n\r\n"})

    assert text(entry) == "\n  Eingerückt 🚒\n\n"
    assert "<textarea" in page(client.get(url(entry)))


def test_section_saves_an_overlong_text_and_says_so(entry: Submission, login: Login) -> None:
    client = login(entry.owner)

    response = client.post(url(entry), {**hidden(client, entry), "text": "x" * 3148}, follow=True)

    assert len(text(entry)) == 3148
    assert response.redirect_chain == [(url(entry), 302)]
    assert "Ihr Text ist trotzdem als Entwurf gespeichert" in page(response)
    assert "Kürzen Sie um 148 Zeichen" in page(response)
    assert "<title>Fehler: Gewinn der Kooperation" in page(response)


def test_section_shows_back_a_text_beyond_the_cap_unsaved(entry: Submission, login: Login) -> None:
    client = login(entry.owner)

    response = client.post(url(entry), {**hidden(client, entry), "text": "x" * 12_001})

    assert text(entry) == ""
    assert "x" * 12_001 in page(response)
    assert "Gespeichert werden höchstens 12.000" in page(response)


@pytest.mark.parametrize("bad", ["\x00", "\x1b", "\ufffd"])
def test_section_shows_back_a_text_with_unreadable_characters(entry: Submission, login: Login, bad: str) -> None:
    client = login(entry.owner)

    response = client.post(url(entry), {**hidden(client, entry), "text": f"Der Pegel{bad} steigt"})

    assert text(entry) == ""
    assert "ein Zeichen, das sich nicht speichern lässt" in page(response)
    assert " steigt</textarea>" in page(response)


def test_section_with_broken_unicode_is_refused_kindly(entry: Submission, login: Login) -> None:
    client = login(entry.owner)

    response = client.post(url(entry), data=b"text=Pegel%FF%FE", content_type="application/x-www-form-urlencoded")

    assert response.status_code == 200
    assert "ein Zeichen, das sich nicht speichern lässt" in page(response)


def test_section_with_one_faulty_field_saves_the_others(entry: Submission, login: Login) -> None:
    client = login(entry.owner)
    sent = {**hidden(client, entry, "kommune"), "department": "Amt 37", "contact_email": "halb@"}

    response = client.post(url(entry, "kommune"), sent)

    entry.refresh_from_db()
    assert entry.department == "Amt 37"
    assert 'value="halb@"' in page(response)
    assert "Alle anderen Angaben dieses Abschnitts sind gespeichert" in page(response)


@pytest.mark.parametrize("forged", [{"status": "submitted"}, {"number": "1"}, {"owner": "1"}, {"revision": "9" * 30}])
def test_section_ignores_forged_fields(entry: Submission, login: Login, forged: dict[str, str]) -> None:
    client = login(entry.owner)

    client.post(url(entry, "titel"), {**hidden(client, entry, "titel"), "title": "Neu", **forged})

    entry.refresh_from_db()
    assert (entry.status, entry.number, entry.owner_id) == ("draft", None, entry.owner.pk)


def test_section_refuses_a_category_of_nobody(entry: Submission, login: Login) -> None:
    client = login(entry.owner)

    response = client.post(url(entry, "titel"), {**hidden(client, entry, "titel"), "category": "999999"})

    assert "Wählen Sie eine der angebotenen Kategorien" in page(response)


# By itself ------------------------------------------------------------------------------------------


def test_autosave_answers_with_time_and_revision(entry: Submission, login: Login) -> None:
    client = login(entry.owner)

    response = client.post(url(entry), {**hidden(client, entry), "text": "Halb"}, headers=HTMX)

    assert text(entry) == "Halb"
    assert page(response).startswith("gespeichert um 10:30 Uhr")
    assert '<input type="hidden" name="revision" value="1" id="id_revision" hx-swap-oob="true">' in page(response)


def test_autosave_and_button_of_one_page_do_not_conflict(entry: Submission, login: Login) -> None:
    client = login(entry.owner)
    opened = hidden(client, entry)
    client.post(url(entry), {**opened, "text": "Halb"}, headers=HTMX)

    response = client.post(url(entry), {**opened, "text": "Ganz"})

    assert (response.status_code, text(entry)) == (302, "Ganz")


def test_autosave_names_a_field_it_could_not_save(entry: Submission, login: Login) -> None:
    client = login(entry.owner)
    sent = {**hidden(client, entry, "kommune"), "department": "Amt 37", "contact_email": "halb@"}

    response = client.post(url(entry, "kommune"), sent, headers=HTMX)

    assert "außer „E-Mail-Adresse“" in page(response)


def test_autosave_of_an_unreadable_text_says_why(entry: Submission, login: Login) -> None:
    client = login(entry.owner)

    response = client.post(url(entry), {**hidden(client, entry), "text": "a\x00b"}, headers=HTMX)

    assert response.status_code == 422
    assert page(response).startswith("Nicht gespeichert:")


def test_autosave_after_the_deadline_says_so_in_the_status_line(entry: Submission, login: Login, at: At) -> None:
    at(CLOSES - SECOND)
    client = login(entry.owner)
    opened = hidden(client, entry)
    at(CLOSES)

    response = client.post(url(entry), {**opened, "text": "Zu spät"}, headers=HTMX)

    assert (response.status_code, text(entry)) == (409, "")
    assert response.headers["HX-Reswap"] == "innerHTML"
    assert page(response).startswith("Nicht gespeichert: Die Frist endete")


def test_autosave_of_an_ended_session_says_so_in_the_status_line(entry: Submission, client: Client) -> None:
    response = client.post(url(entry), {"text": "Viel"}, headers=HTMX)

    assert response.status_code == 403
    assert response.headers["HX-Reswap"] == "innerHTML"
    assert page(response).startswith("Nicht gespeichert: Sie sind nicht mehr angemeldet.")


def test_autosave_that_conflicts_links_both_versions(entry: Submission, login: Login) -> None:
    client = login(entry.owner)
    opened, other = hidden(client, entry), second(entry)
    other.post(url(entry), {**hidden(other, entry), "text": "Tareks"})

    response = client.post(url(entry), {**opened, "text": "Meins"}, headers=HTMX)

    assert (response.status_code, text(entry)) == (409, "Tareks")
    assert conflict_url(entry) in page(response)


# Who may, and when ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "status", "kept"),
    [(OPENS, 302, "Neu"), (CLOSES - SECOND, 302, "Neu"), (CLOSES, 409, ""), (CLOSES + SECOND, 409, "")],
)
def test_section_is_saved_in_the_window_only(
    entry: Submission, login: Login, at: At, moment: datetime, status: int, kept: str
) -> None:
    at(moment)

    response = login(entry.owner).post(url(entry), {"text": "Neu", "revision": 0, "sitting": "a"})

    assert (response.status_code, text(entry)) == (status, kept)


def test_section_sent_too_late_gives_the_text_back(entry: Submission, login: Login, at: At) -> None:
    at(CLOSES - SECOND)
    client = login(entry.owner)
    opened = hidden(client, entry)
    at(CLOSES)

    response = client.post(url(entry), {**opened, "text": "Drei Stunden Arbeit"})

    assert "Die Frist ist abgelaufen" in page(response)
    assert "Drei Stunden Arbeit</textarea>" in page(response)


def test_section_after_the_deadline_is_read_only(entry: Submission, login: Login, at: At) -> None:
    entries.save_section(entry, "gewinn", {"text": "Erster.\n\nZweiter."}, by=entry.owner, revision=0, sitting="a")
    at(CLOSES)

    response = login(entry.owner).get(url(entry))

    assert "<p>Erster.</p>" in page(response)
    assert '<form method="post" action="/einreichungen/' not in page(response)


@pytest.mark.parametrize("key", ["titel", "kommune", "rechtsform"])
def test_section_of_facts_is_readable_after_the_deadline(open_round: Round, login: Login, at: At, key: str) -> None:
    entry = factories.complete(open_round)
    at(CLOSES)

    response = page(login(entry.owner).get(url(entry, key)))

    said = {"titel": "PegelVerbund Hellweg", "kommune": "02921 0000", "rechtsform": "14. März 2023"}
    assert said[key] in response


def test_reader_sees_the_text_and_cannot_save(entry: Submission, login: Login) -> None:
    client = login(factories.editor(entry, "read"))

    shown, refused = client.get(url(entry)), client.post(url(entry), {"text": "Neu"})

    assert "Sie lesen bei dieser Einreichung mit" in page(shown)
    assert (refused.status_code, text(entry)) == (403, "")


def test_section_asks_the_same_number_of_queries_for_one_and_three(open_round: Round, login: Login) -> None:
    entry = factories.complete(open_round)
    client = login(entry.owner)
    factories.editor(entry, "edit")
    factories.attachment(entry)
    client.get(url(entry, "kommune"))
    with CaptureQueriesContext(connection) as one:
        client.get(url(entry, "kommune"))
    for _ in range(2):
        factories.editor(entry, "edit")
        factories.attachment(entry)

    with CaptureQueriesContext(connection) as three:
        client.get(url(entry, "kommune"))

    assert len(three) == len(one)


# Two people -----------------------------------------------------------------------------------------


@pytest.fixture
def conflict(entry: Submission, login: Login) -> Client:
    """The owner's client after both have saved «gewinn»: Tarek's text counts, the owner's is kept."""
    client = login(entry.owner)
    opened, other = hidden(client, entry), second(entry)
    other.post(url(entry), {**hidden(other, entry), "text": "Es laufen 34 Pegel."})
    client.post(url(entry), {**opened, "text": "Es laufen 31 Pegel."})
    return client


def decide(client: Client, entry: Submission, **sent: Any) -> Any:
    choice = client.get(conflict_url(entry)).context["choice"]
    return client.post(conflict_url(entry), {"revision": choice["revision"].value(), **sent})


def test_second_saver_is_led_to_both_versions(entry: Submission, login: Login) -> None:
    client = login(entry.owner)
    opened, other = hidden(client, entry), second(entry)
    other.post(url(entry), {**hidden(other, entry), "text": "Tareks"})

    response = client.post(url(entry), {**opened, "text": "Meins"})

    assert response.headers["Location"] == conflict_url(entry)
    assert text(entry) == "Tareks"
    assert Variant.objects.get(submission=entry).values == {"text": "Meins"}


def test_conflict_shows_both_with_what_differs(conflict: Client, entry: Submission) -> None:
    response = page(conflict.get(conflict_url(entry)))

    assert "Es laufen <ins>34</ins> Pegel." in response
    assert "Es laufen <ins>31</ins> Pegel." in response
    assert "Tarek Yildirim" in response
    assert not re.search(r'type="radio"[^>]*checked', response)


def test_conflict_keeping_the_saved_one_changes_nothing(conflict: Client, entry: Submission) -> None:
    decide(conflict, entry, wahl="gespeichert")

    assert text(entry) == "Es laufen 34 Pegel."
    assert not Variant.objects.exists()


def test_conflict_taking_the_own_one_saves_it(conflict: Client, entry: Submission) -> None:
    response = decide(conflict, entry, wahl="eigene")

    assert response.headers["Location"] == url(entry)
    assert text(entry) == "Es laufen 31 Pegel."
    assert not Variant.objects.exists()


def test_conflict_merging_saves_the_third_text(conflict: Client, entry: Submission) -> None:
    decide(conflict, entry, wahl="neu", text="Es laufen 31 bis 34 Pegel.")

    assert text(entry) == "Es laufen 31 bis 34 Pegel."


def test_conflict_leaves_both_texts_in_the_journal(conflict: Client, entry: Submission) -> None:
    decide(conflict, entry, wahl="eigene")

    detail = Event.objects.filter(submission=entry, detail__has_key="variant").get().detail
    assert (detail["variant"], detail["before"]) == ({"text": "Es laufen 31 Pegel."}, {"text": "Es laufen 34 Pegel."})


@pytest.mark.parametrize("wahl", ["", "erfunden"])
def test_conflict_without_a_choice_asks_for_one(conflict: Client, entry: Submission, wahl: str) -> None:
    response = decide(conflict, entry, wahl=wahl, text="Getippt")

    assert text(entry) == "Es laufen 34 Pegel."
    assert "Getippt</textarea>" in page(response)
    assert Variant.objects.exists()


def test_conflict_with_an_unreadable_merge_shows_it_back(conflict: Client, entry: Submission) -> None:
    response = decide(conflict, entry, wahl="neu", text="a\x00b")

    assert "ein Zeichen, das sich nicht speichern lässt" in page(response)
    assert Variant.objects.exists()


def test_conflict_ignores_a_merge_that_was_not_chosen(conflict: Client, entry: Submission) -> None:
    decide(conflict, entry, wahl="eigene", text="a\x00b")

    assert text(entry) == "Es laufen 31 Pegel."


def test_conflict_decided_after_a_third_save_shows_that_one(conflict: Client, entry: Submission) -> None:
    opened = conflict.get(conflict_url(entry)).context["choice"]["revision"].value()
    third = Section.objects.get(submission=entry, key="gewinn")
    entries.save_section(
        entry, "gewinn", {"text": "Dritter."}, by=entry.owner, revision=third.revision, sitting="dritte"
    )

    response = conflict.post(conflict_url(entry), {"revision": opened, "wahl": "neu", "text": "Getippt"})

    assert response.status_code == 409
    assert "Dritter" in page(response)
    assert "Getippt</textarea>" in page(response)
    assert response.context["choice"]["revision"].value() == third.revision + 1


def test_conflict_after_the_deadline_is_readable_only(conflict: Client, entry: Submission, at: At) -> None:
    at(CLOSES)
    conflict.force_login(entry.owner)

    shown = conflict.get(conflict_url(entry))
    refused = conflict.post(conflict_url(entry), {"wahl": "eigene", "revision": 1})

    assert "<ins>31</ins>" in page(shown)
    assert 'name="wahl"' not in page(shown)
    assert (refused.status_code, text(entry)) == (409, "Es laufen 34 Pegel.")


def test_conflict_without_a_kept_version_leads_to_the_section(entry: Submission, login: Login) -> None:
    response = login(entry.owner).get(conflict_url(entry))

    assert response.headers["Location"] == url(entry)


def test_conflict_of_somebody_else_is_not_shown(conflict: Client, entry: Submission) -> None:
    assert second_reader(entry).get(conflict_url(entry)).headers["Location"] == url(entry)


def second_reader(entry: Submission) -> Client:
    client = Client()
    client.force_login(factories.editor(entry, "read"))
    return client


def test_conflict_of_facts_is_compared_field_by_field(entry: Submission, login: Login) -> None:
    client = login(entry.owner)
    opened, other = hidden(client, entry, "titel"), second(entry)
    krisen = Category.objects.get(round=entry.round, key="krisen")
    other.post(url(entry, "titel"), {**hidden(other, entry, "titel"), "title": "Pegel Hellweg"})
    client.post(url(entry, "titel"), {**opened, "category": krisen.pk, "title": "Pegel Soest"})

    shown = page(client.get(conflict_url(entry, "titel")))
    choice = client.get(conflict_url(entry, "titel")).context["choice"]
    client.post(conflict_url(entry, "titel"), {"wahl": "eigene", "revision": choice["revision"].value()})

    entry.refresh_from_db()
    assert "Pegel <ins>Hellweg</ins>" in shown
    assert "Pegel <ins>Soest</ins>" in shown
    assert (entry.category, entry.title) == (krisen, "Pegel Soest")


def test_section_tells_of_a_version_that_still_waits(conflict: Client, entry: Submission) -> None:
    assert conflict_url(entry) in page(conflict.get(url(entry)))


# An ended session -----------------------------------------------------------------------------------


def log_in(client: Client, user: User, back: str) -> Any:
    return client.post(f"{reverse('account_login')}?next={quote(back)}", {"login": user.email, "password": PASSWORD})


def test_text_of_an_ended_session_waits_behind_the_login(entry: Submission, client: Client) -> None:
    typed = {"text": "Drei Stunden Arbeit", "revision": 0, "sitting": "a"}

    sent = client.post(url(entry), typed)
    back = log_in(client, entry.owner, url(entry))
    shown = client.get(url(entry))

    assert sent.headers["Location"] == f"{reverse('account_login')}?next={url(entry)}"
    assert back.headers["Location"] == url(entry)
    assert "Ihr Text von vorhin ist noch da" in page(shown)
    assert "Drei Stunden Arbeit</textarea>" in page(shown)
    assert text(entry) == ""


def test_rescued_text_is_saved_once_and_then_gone(entry: Submission, client: Client) -> None:
    client.post(url(entry), {"text": "Drei Stunden Arbeit", "revision": 0, "sitting": "a"})
    log_in(client, entry.owner, url(entry))

    client.post(url(entry), {"text": "Drei Stunden Arbeit", "revision": 0, "sitting": "a"})

    assert text(entry) == "Drei Stunden Arbeit"
    assert "Ihr Text von vorhin" not in page(client.get(url(entry)))


@pytest.mark.usefixtures("lasting_sessions")
def test_rescued_text_that_comes_too_late_is_there_to_be_copied(entry: Submission, client: Client, at: At) -> None:
    at(CLOSES - SECOND)
    client.post(url(entry), {"text": "Drei Stunden Arbeit", "revision": 0, "sitting": "a"})
    log_in(client, entry.owner, url(entry))
    at(CLOSES)

    shown = page(client.get(url(entry)))

    assert "Das wurde nicht mehr gespeichert" in shown
    assert "Drei Stunden Arbeit</textarea>" in shown
    assert "Ihr Text von vorhin ist noch da" not in shown


def test_rescued_text_can_be_thrown_away(entry: Submission, client: Client) -> None:
    client.post(url(entry), {"text": "Drei Stunden Arbeit"})
    log_in(client, entry.owner, url(entry))

    client.post(url(entry), {"ziel": "verwerfen"})

    assert "Drei Stunden Arbeit" not in page(client.get(url(entry)))


def test_rescued_text_meets_what_a_colleague_saved_meanwhile(entry: Submission, client: Client) -> None:
    client.post(url(entry), {"text": "Meins", "revision": 0, "sitting": "a"})
    other = second(entry)
    other.post(url(entry), {**hidden(other, entry), "text": "Tareks"})
    log_in(client, entry.owner, url(entry))

    response = client.post(url(entry), {"text": "Meins", "revision": 0, "sitting": "a"})

    assert response.headers["Location"] == conflict_url(entry)


def test_rescued_text_is_not_shown_to_who_may_not_see_the_entry(entry: Submission, client: Client) -> None:
    client.post(url(entry), {"text": "Geheim"})
    stranger = UserFactory()
    log_in(client, stranger, url(entry))

    assert client.get(url(entry)).status_code == 404


def test_kept_text_comes_without_its_csrf_token(entry: Submission, client: Client) -> None:
    client.post(url(entry), {"text": "Viel", "csrfmiddlewaretoken": "alt"})

    assert client.session[parking.KEY][url(entry)]["data"] == "text=Viel"


def test_huge_text_is_not_kept(entry: Submission, client: Client) -> None:
    client.post(url(entry), {"text": "x" * (parking.MOST_CHARACTERS + 1)})

    assert client.session[parking.KEY] == {}


def test_kept_texts_together_stay_below_the_cap(entry: Submission, client: Client) -> None:
    half = "x" * (parking.MOST_CHARACTERS // 2)

    for key in ("gewinn", "innovation"):
        client.post(url(entry, key), {"text": half})

    assert list(client.session[parking.KEY]) == [url(entry, "innovation")]


def test_kept_text_is_old_after_a_while(entry: Submission, client: Client) -> None:
    client.post(url(entry), {"text": "Alt"})
    session = client.session
    session[parking.KEY][url(entry)]["at"] -= parking.LASTS + 1
    session.save()
    log_in(client, entry.owner, url(entry))

    assert "Ihr Text von vorhin" not in page(client.get(url(entry)))


@pytest.fixture
def strict(entry: Submission) -> Client:
    """The owner's client whose form carries a CSRF token that a login elsewhere has outdated."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(entry.owner)
    return client


def test_text_with_an_outdated_token_is_given_back(strict: Client, entry: Submission) -> None:
    response = strict.post(url(entry), {"text": "Viel Arbeit"}, headers={"Sec-Fetch-Site": "same-origin"})

    assert response.headers["Location"] == url(entry)
    assert "Viel Arbeit</textarea>" in page(strict.get(url(entry)))
    assert text(entry) == ""


@pytest.mark.parametrize("origin", [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://boese.example"}])
def test_text_that_a_foreign_page_sends_is_not_kept(strict: Client, entry: Submission, origin: dict[str, str]) -> None:
    response = strict.post(url(entry), {"text": "Untergeschoben"}, headers=origin)

    assert response.status_code == 403
    assert "Untergeschoben" not in page(strict.get(url(entry)))


def test_outdated_token_elsewhere_is_the_page_about_it(strict: Client, entry: Submission) -> None:
    response = strict.post(reverse("submissions:start"), headers={"Sec-Fetch-Site": "same-origin"})

    assert response.status_code == 403
    assert parking.KEY not in strict.session


def test_outdated_token_of_an_autosave_keeps_nothing(strict: Client, entry: Submission) -> None:
    response = strict.post(url(entry), {"text": "Viel"}, headers={"Sec-Fetch-Site": "same-origin", **HTMX})

    assert response.status_code == 403
    assert "HX-Reswap" not in response.headers
