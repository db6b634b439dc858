"""The way from the check page to the receipt, and back: submit, withdraw, reset, through the client."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from accounts.models import User
from submissions import tasks
from submissions.actions import handing_in
from submissions.models import Answer, Attachment, Editor, Event, Partner, Receipt, Round, Submission, Version
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MunicipalityFactory, StaffFactory, UserFactory
from tests.conftest import CLOSES, SECOND
from tests.submissions import factories

Login = Callable[[User], Client]
Clock = Callable[[datetime], None]
TICKED = {"conditions": "on", "correctness": "on", "bodies": "on", "privacy": "on"}


def url(name: str, entry: Submission, *more: Any) -> str:
    return reverse(f"submissions:{name}", args=[entry.pk, *more])


def text_of(response: Any) -> str:
    """Return what a person reads: without tags, in single spaces."""
    body = re.sub(r"(?s)<(script|style).*?</\1>", " ", response.content.decode())
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def seen_on(response: Any) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', response.content.decode())
    assert found
    return found[1]


def send(client: Client, entry: Submission, **more: str) -> Any:
    """Look at the check page and submit with all boxes ticked."""
    seen = seen_on(client.get(url("check", entry)))
    return client.post(url("check", entry), TICKED | {"seen": seen} | more)


def test_check_page_links_every_problem_to_its_field(open_round: Round, login: Login) -> None:
    entry = factories.draft(open_round)

    page = login(entry.owner).get(url("check", entry))

    html = page.content.decode()
    assert page.status_code == 200
    assert f'href="{url("section", entry, "titel")}#id_title"' in html
    assert f'href="{url("partners", entry)}#id_partner"' in html
    assert f'href="{url("section", entry, "gewinn")}#id_text"' in html
    assert "Noch kein Text." in html
    assert "Jetzt verbindlich einreichen" in html
    assert "disabled" not in html
    assert 'type="checkbox" checked' not in html
    assert " checked" not in html


def test_check_page_says_how_many_points_are_open(open_round: Round, login: Login) -> None:
    entry = factories.complete(open_round, title="")

    page = login(entry.owner).get(url("check", entry))

    assert "Ein Punkt ist noch offen" in text_of(page)
    assert "Kategorie und Titel: Der Titel fehlt." in text_of(page)


def test_check_page_shows_the_draft_to_a_reader_and_who_may_submit(open_round: Round, login: Login) -> None:
    entry = factories.complete(open_round)
    reader = factories.editor(entry, Editor.Role.READ)

    page = login(reader).get(url("check", entry))

    assert f"Verbindlich einreichen kann: {entry.owner.name}." in text_of(page)
    assert "Jetzt verbindlich einreichen" not in page.content.decode()


def test_submit_leads_to_the_version_and_its_receipt(open_round: Round, login: Login) -> None:
    entry = factories.complete(open_round)
    client = login(entry.owner)

    answer = send(client, entry)

    version = Version.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, version.get_absolute_url())
    page = client.get(answer["Location"])
    assert "Eingereicht: IKZ-2026-0001, Version 1." in text_of(page)
    assert "Eingereicht – Version 1 gilt" in text_of(page)
    assert "Dienstag, 20. Januar 2026, 10:30:00 Uhr (MEZ)" in text_of(page)
    assert version.sha256 in text_of(page)
    assert "wird gerade erstellt" in text_of(page)
    waiting = client.get(url("receipt", entry, 1))
    assert waiting.status_code == 202
    assert "Die Eingangsbestätigung wird erstellt" in text_of(waiting)

    tasks.render_owed_receipts()

    pdf = client.get(url("receipt", entry, 1))
    assert pdf.status_code == 200
    assert pdf["Content-Disposition"] == 'attachment; filename="Eingangsbestaetigung-IKZ-2026-0001-Version-1.pdf"'
    assert b"".join(pdf.streaming_content).startswith(b"%PDF-")
    assert "Eingangsbestätigung laden (PDF" in text_of(client.get(url("version", entry, 1)))
    mail = Email.objects.get(subject="Eingangsbestätigung IKZ-2026-0001, Version 1")
    assert mail.to == [entry.owner.email]
    assert [attachment.name for attachment in mail.attachments.all()] == [
        "Eingangsbestaetigung-IKZ-2026-0001-Version-1.pdf"
    ]


def test_version_page_asks_htmx_again_only_while_the_receipt_waits(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    client = login(entry.owner)

    waiting = client.get(url("version", entry, 1), headers={"HX-Request": "true"})
    tasks.render_owed_receipts()
    done = client.get(url("version", entry, 1), headers={"HX-Request": "true"})

    assert "hx-get" in waiting.content.decode()
    assert "hx-get" not in done.content.decode()
    assert "<html" not in done.content.decode()


def test_submit_of_an_incomplete_entry_is_refused_with_links_and_keeps_the_ticks(
    open_round: Round, login: Login
) -> None:
    entry = factories.complete(open_round, title="")
    client = login(entry.owner)
    seen = seen_on(client.get(url("check", entry)))

    answer = client.post(url("check", entry), {"conditions": "on", "publication": "on", "seen": seen})

    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Fehler: Noch nicht eingereicht. Vier Punkte sind offen" in text_of(answer)
    assert html.index('id="fehler"') < html.index("<h1")
    assert f'href="{url("section", entry, "titel")}#id_title"' in html
    assert 'href="#id_privacy"' in html
    assert 'href="#id_conditions"' not in html
    assert html.count(" checked") == 2
    assert not Version.objects.exists()


def test_submit_of_what_somebody_changed_meanwhile_shows_it_first(open_round: Round, login: Login) -> None:
    entry = factories.complete(open_round)
    client = login(entry.owner)
    seen = seen_on(client.get(url("check", entry)))
    Answer.objects.filter(submission=entry, question__key="gewinn").update(text="Ein neuer Gedanke.")

    first = client.post(url("check", entry), TICKED | {"seen": seen})
    second = client.post(url("check", entry), TICKED | {"seen": seen_on(first)})

    assert first.status_code == 409
    assert "hat jemand die Einreichung geändert" in text_of(first)
    assert "Ein neuer Gedanke." in text_of(first)
    assert second.status_code == 302


@pytest.mark.parametrize("seen", ["", "0" * 64, "x" * 500, "\x00"])
def test_submit_with_a_forged_fingerprint_submits_nothing(open_round: Round, login: Login, seen: str) -> None:
    entry = factories.complete(open_round)

    answer = login(entry.owner).post(url("check", entry), TICKED | {"seen": seen})

    assert answer.status_code == 409
    assert not Version.objects.exists()


def test_submit_ignores_forged_fields(open_round: Round, login: Login) -> None:
    entry = factories.complete(open_round)
    forged = {"number": "99", "status": "withdrawn", "submitted_at": "2020-01-01", "conditions": "on"}

    send(login(entry.owner), entry, **forged)

    version = Version.objects.get()
    assert (version.payload["number"], version.payload["submitted_at"][:4]) == ("IKZ-2026-0001", "2026")


def test_submit_twice_gives_one_version_and_one_receipt(open_round: Round, login: Login) -> None:
    entry = factories.complete(open_round)
    client = login(entry.owner)
    body = TICKED | {"seen": seen_on(client.get(url("check", entry)))}

    answers = [client.post(url("check", entry), body) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert (Version.objects.count(), Receipt.objects.count()) == (1, 1)
    assert Event.objects.filter(verb=Event.Verb.SUBMITTED).count() == 1
    assert "deshalb gibt es keine neue Version" in text_of(client.get(url("version", entry, 1)))


def test_submit_by_two_editors_gives_one_version(open_round: Round) -> None:
    entry = factories.complete(open_round)
    colleague = factories.editor(entry, Editor.Role.SUBMIT)
    clients = [Client(), Client()]
    for client, person in zip(clients, [entry.owner, colleague], strict=True):
        client.force_login(person)
    bodies = [TICKED | {"seen": seen_on(client.get(url("check", entry)))} for client in clients]

    answers = [client.post(url("check", entry), body) for client, body in zip(clients, bodies, strict=True)]

    assert {answer["Location"] for answer in answers} == {url("version", entry, 1)}
    assert Version.objects.get().submitted_by == entry.owner
    assert Receipt.objects.get().recipients == [entry.owner.email, colleague.email]


def test_submit_of_a_second_entry_of_the_same_lead_is_refused_in_words(open_round: Round, login: Login) -> None:
    lead = MunicipalityFactory()
    factories.submitted(open_round, lead=lead, title="Das Geheimnis der anderen")
    entry = factories.complete(open_round, lead=lead)
    client = login(entry.owner)

    early = client.get(url("check", entry))
    answer = client.post(url("check", entry), TICKED | {"seen": seen_on(early)})

    assert "hat in dieser Runde schon federführend eine Einreichung abgegeben" in text_of(early)
    assert answer.status_code == 409
    assert "hat in dieser Runde schon federführend eine Einreichung abgegeben" in text_of(answer)
    assert "Das Geheimnis" not in text_of(early) + text_of(answer)
    assert Submission.objects.get(pk=entry.pk).number is None
    assert Round.objects.get(pk=open_round.pk).last_number == 1


@pytest.mark.parametrize(("away", "status"), [(-SECOND, 302), (timedelta(), 409), (SECOND, 409)])
def test_submit_counts_the_clock_of_the_server(
    open_round: Round, login: Login, at: Clock, away: timedelta, status: int
) -> None:
    at(CLOSES - timedelta(minutes=5))
    entry = factories.complete(open_round)
    client = login(entry.owner)
    body = TICKED | {"seen": seen_on(client.get(url("check", entry)))}
    at(CLOSES + away)

    answer = client.post(url("check", entry), body)

    assert answer.status_code == status
    assert Version.objects.count() == (1 if status == 302 else 0)


def test_submit_too_late_says_what_to_do_and_shows_everything(open_round: Round, login: Login, at: Clock) -> None:
    at(CLOSES - timedelta(minutes=5))
    entry = factories.complete(open_round)
    client = login(entry.owner)
    body = TICKED | {"seen": seen_on(client.get(url("check", entry)))}
    at(CLOSES)

    answer = client.post(url("check", entry), body)

    assert "Die Frist ist abgelaufen" in text_of(answer)
    assert "Sie kann die Frist für Ihre Einreichung verlängern" in text_of(answer)
    assert entry.abstract in text_of(answer)
    assert "Jetzt verbindlich einreichen" not in text_of(answer)


def test_submit_within_an_extension_is_in_time(open_round: Round, login: Login, at: Clock) -> None:
    entry = factories.complete(open_round, extended_until=CLOSES + timedelta(days=1))
    at(CLOSES + timedelta(hours=3))
    client = login(entry.owner)

    assert send(client, entry).status_code == 302


@pytest.mark.parametrize("role", [Editor.Role.READ, Editor.Role.EDIT])
def test_submit_and_withdraw_without_the_right_are_refused(open_round: Round, login: Login, role: str) -> None:
    entry = factories.complete(open_round)
    client = login(factories.editor(entry, role))

    answer = client.post(url("check", entry), TICKED | {"seen": "0" * 64})

    assert answer.status_code == 403
    factories.submit(entry)
    assert client.post(url("withdraw", entry), {"confirm": "on"}).status_code == 403
    assert Submission.objects.get().status == Submission.Status.SUBMITTED


def test_check_page_of_an_unchanged_entry_says_that_it_counts(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)

    page = login(entry.owner).get(url("check", entry))

    assert "Version 1 gilt und ist unverändert" in text_of(page)


def test_check_page_takes_the_consent_from_the_previous_version_and_nothing_else(
    open_round: Round, login: Login
) -> None:
    entry = factories.complete(open_round)
    factories.submit(entry, publication=True)

    html = login(entry.owner).get(url("check", entry)).content.decode()

    assert html.count(" checked") == 1
    assert re.search(r'name="publication"[^>]* checked', html)


def test_second_submit_makes_version_two_and_both_stay_readable(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    client = login(entry.owner)
    Submission.objects.filter(pk=entry.pk).update(title="PegelVerbund Lippe")

    send(client, entry)

    assert [(v.number, v.payload["title"]) for v in Version.objects.order_by("number")] == [
        (1, "PegelVerbund Hellweg"),
        (2, "PegelVerbund Lippe"),
    ]
    old = text_of(client.get(url("version", entry, 1)))
    assert "Version 1 – ersetzt" in old
    assert "PegelVerbund Hellweg" in old
    assert "Version 2 gilt" in text_of(client.get(url("version", entry, 2)))


def test_version_page_shows_what_was_frozen_and_never_the_draft(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    Submission.objects.filter(pk=entry.pk).update(title="Später", abstract="Später geschrieben.")
    Answer.objects.filter(submission=entry).update(text="Später geschrieben.")

    page = text_of(login(entry.owner).get(url("version", entry, 1)))

    assert "Später" not in page
    assert "Fünf Kommunen warnen gemeinsam vor Starkregen." in page


def test_version_page_offers_frozen_files_by_what_the_scanner_says(open_round: Round, login: Login) -> None:
    entry = factories.complete(open_round)
    clean = factories.attachment(entry, name="gremien.pdf")
    waiting = factories.attachment(entry, name="karte.pdf", scan=Attachment.Scan.PENDING)
    factories.submit(entry)
    Attachment.objects.filter(pk=clean.pk).update(removed_at=CLOSES)

    page = login(entry.owner).get(url("version", entry, 1))

    assert f'href="{url("file", entry, clean.pk)}"' in page.content.decode()
    assert url("file", entry, waiting.pk) not in page.content.decode()
    assert "wird noch geprüft" in text_of(page)


def test_comparison_marks_words_for_eyes_and_ears(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    Submission.objects.filter(pk=entry.pk).update(title="PegelVerbund Lippe")

    page = login(entry.owner).get(url("version", entry, 1) + "?vergleich=entwurf")

    html = page.content.decode()
    assert (
        '<del><span class="kern-sr-only">[gestrichen: </span>Hellweg<span class="kern-sr-only">]</span></del>' in html
    )
    assert '<ins><span class="kern-sr-only">[neu: </span>Lippe<span class="kern-sr-only">]</span></ins>' in html
    assert "Gleich geblieben: Kommune und Ansprechperson, Partner" in text_of(page)
    assert "Version 1 und Entwurf im Vergleich" in text_of(page)


def test_comparison_puts_the_older_version_first(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    Submission.objects.filter(pk=entry.pk).update(title="PegelVerbund Lippe")
    factories.submit(entry)
    client = login(entry.owner)

    pages = [client.get(url("version", entry, this) + f"?vergleich={other}") for this, other in ((1, 2), (2, 1))]

    assert all("Version 1 und Version 2 im Vergleich" in text_of(page) for page in pages)
    assert pages[0].content.count(b"<del>") == pages[1].content.count(b"<del>") == 2


@pytest.mark.parametrize("other", ["", "7", "quatsch", "-1", "1e9", "²", "999999999999999999999999"])
def test_comparison_with_nothing_is_not_found(open_round: Round, login: Login, other: str) -> None:
    entry = factories.submitted(open_round)

    answer = login(entry.owner).get(url("version", entry, 1), {"vergleich": other})

    assert answer.status_code == 404


def test_unknown_version_is_not_found(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    client = login(entry.owner)

    assert client.get(url("version", entry, 2)).status_code == 404
    assert client.get(url("receipt", entry, 2)).status_code == 404


@pytest.mark.parametrize("name", ["check", "withdraw", "reset", "version", "receipt"])
def test_pages_of_an_entry_are_not_found_for_a_stranger(open_round: Round, login: Login, name: str) -> None:
    entry = factories.submitted(open_round)
    client = login(UserFactory())
    address = url(name, entry, 1) if name in {"version", "receipt"} else url(name, entry)

    assert client.get(address).status_code == 404
    if name in {"check", "withdraw", "reset"}:
        assert client.post(address, TICKED | {"confirm": "on"}).status_code == 404
    assert Submission.objects.get().status == Submission.Status.SUBMITTED


@pytest.mark.parametrize("name", ["check", "withdraw", "reset", "version", "receipt"])
def test_pages_ask_for_the_login_and_refuse_wrong_methods(
    open_round: Round, client: Client, login: Login, name: str
) -> None:
    entry = factories.submitted(open_round)
    address = url(name, entry, 1) if name in {"version", "receipt"} else url(name, entry)

    assert client.get(address).status_code == 302
    client = login(entry.owner)
    assert client.put(address).status_code == 405
    assert client.delete(address).status_code == 405
    if name in {"version", "receipt"}:
        assert client.post(address).status_code == 405


def test_withdraw_asks_first_and_then_tells_everybody(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    colleague = factories.editor(entry, Editor.Role.READ)
    client = login(entry.owner)

    unsure = client.post(url("withdraw", entry), {"reason": "Doppelt."})
    sure = client.post(url("withdraw", entry), {"reason": "Doppelt.", "confirm": "on"})

    assert unsure.status_code == 422
    assert "Doppelt." in text_of(unsure)
    assert (sure.status_code, sure["Location"]) == (302, entry.get_absolute_url())
    assert Submission.objects.get().status == Submission.Status.WITHDRAWN
    assert Event.objects.get(verb=Event.Verb.WITHDRAWN).detail == {"reason": "Doppelt."}
    mails = Email.objects.filter(subject="Zurückgezogen: IKZ-2026-0001 nimmt nicht mehr teil")
    assert {mail.to[0] for mail in mails} == {entry.owner.email, colleague.email}


def test_withdraw_twice_says_that_it_is_done(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    client = login(entry.owner)
    client.post(url("withdraw", entry), {"confirm": "on"})

    again = client.post(url("withdraw", entry), {"confirm": "on"})

    assert again.status_code == 409
    assert "schon zurückgezogen" in text_of(again)
    assert Email.objects.count() == 1


@pytest.mark.parametrize(("role", "offered"), [(Editor.Role.SUBMIT, True), (Editor.Role.EDIT, False)])
def test_withdrawn_entry_offers_its_return_to_those_who_may(
    open_round: Round, login: Login, role: Editor.Role, offered: bool
) -> None:
    entry = factories.submitted(open_round)
    colleague = factories.editor(entry, role)
    handing_in.withdraw(entry, by=entry.owner)

    page = text_of(login(colleague).get(url("withdraw", entry)))

    assert "schon zurückgezogen" in page
    assert ("wieder einreichen" in page) is offered


def test_withdraw_of_a_draft_explains_that_there_is_nothing_to_withdraw(open_round: Round, login: Login) -> None:
    entry = factories.draft(open_round)

    page = login(entry.owner).get(url("withdraw", entry))

    assert "nichts zurückzuziehen" in text_of(page)
    assert 'name="confirm"' not in page.content.decode()


@pytest.mark.parametrize(("away", "status"), [(-SECOND, 302), (timedelta(), 409), (SECOND, 409)])
@pytest.mark.parametrize("name", ["withdraw", "reset"])
def test_withdraw_and_reset_end_with_the_deadline(
    open_round: Round, login: Login, at: Clock, name: str, away: timedelta, status: int
) -> None:
    at(CLOSES - timedelta(minutes=5))
    entry = factories.submitted(open_round)
    client = login(entry.owner)
    client.get(url(name, entry))
    at(CLOSES + away)

    answer = client.post(url(name, entry), {"confirm": "on"})

    assert answer.status_code == status
    assert Event.objects.filter(verb__in=["withdrawn", "reset"]).count() == (1 if status == 302 else 0)


def test_withdrawn_entry_comes_back_under_its_number(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    client = login(entry.owner)
    client.post(url("withdraw", entry), {"confirm": "on"})
    assert "Version 1 – zurückgezogen" in text_of(client.get(url("version", entry, 1)))

    send(client, entry)

    entry.refresh_from_db()
    assert (entry.status, entry.label, entry.versions.count()) == ("submitted", "IKZ-2026-0001", 2)


def test_reset_brings_the_draft_back_to_the_version(open_round: Round, login: Login) -> None:
    entry = factories.complete(open_round)
    Partner.objects.create(submission=entry, name="Gemeente Venlo", kind=Partner.Kind.OUTSIDE, country="NL")
    kept = factories.attachment(entry, name="gremien.pdf")
    frozen = factories.submit(entry).payload
    Submission.objects.filter(pk=entry.pk).update(title="Anders", lead=None, state="", state_since=None)
    Answer.objects.filter(submission=entry).update(text="Anders")
    Partner.objects.filter(submission=entry).delete()
    Attachment.objects.filter(pk=kept.pk).update(removed_at=CLOSES, alt="Anders")
    factories.attachment(entry, name="neu.pdf")
    client = login(entry.owner)

    page = client.get(url("reset", entry))
    unsure = client.post(url("reset", entry))
    sure = client.post(url("reset", entry), {"confirm": "on"})

    assert "Ihr Entwurf weicht von Version 1 in diesen Abschnitten ab" in text_of(page)
    assert unsure.status_code == 422
    assert sure.status_code == 302
    again = client.get(url("check", entry))
    assert "Version 1 gilt und ist unverändert" in text_of(again)
    assert Event.objects.get(verb=Event.Verb.RESET).detail["before"]["title"] == "Anders"
    assert Version.objects.get().payload == frozen
    assert "entspricht schon Version 1" in text_of(client.get(url("reset", entry)))


def test_reset_without_a_version_explains_itself(open_round: Round, login: Login) -> None:
    entry = factories.draft(open_round)
    client = login(entry.owner)

    assert "noch keine eingereichte Version" in text_of(client.get(url("reset", entry)))
    assert client.post(url("reset", entry), {"confirm": "on"}).status_code == 409


def test_receipt_is_open_to_readers_and_to_the_office_only(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    reader = factories.editor(entry, Editor.Role.READ)
    tasks.render_owed_receipts()
    office, editorial = UserFactory(superuser=True), StaffFactory()

    answers = []
    for person in (entry.owner, reader, office, editorial):
        client = login(person)
        if person.is_staff:
            show_factor(client, person)
        answer = client.get(url("receipt", entry, 1))
        if answer.streaming:
            b"".join(answer.streaming_content)
        answers.append(answer.status_code)

    assert answers == [200, 200, 200, 404]


def test_receipt_of_an_unreachable_storage_says_so(open_round: Round, login: Login) -> None:
    entry = factories.submitted(open_round)
    tasks.render_owed_receipts()
    receipt = Receipt.objects.get()
    receipt.file.storage.delete(receipt.file.name)

    answer = login(entry.owner).get(url("receipt", entry, 1))

    assert answer.status_code == 503
    assert "gerade nicht abrufbar" in text_of(answer)


def test_submit_needs_at_most_twenty_queries(open_round: Round, login: Login) -> None:
    entry = factories.complete(open_round)
    factories.editor(entry, Editor.Role.SUBMIT)
    factories.attachment(entry)
    client = login(entry.owner)
    body = TICKED | {"seen": seen_on(client.get(url("check", entry)))}

    with CaptureQueriesContext(connection) as queries:
        answer = client.post(url("check", entry), body)

    assert answer.status_code == 302
    assert len(queries) <= 20, [query["sql"][:120] for query in queries]


@pytest.mark.parametrize("name", ["check", "version", "compare"])
def test_pages_need_as_many_queries_for_three_as_for_one(open_round: Round, login: Login, name: str) -> None:
    counts = []
    for amount in (1, 3):
        entry = factories.complete(open_round)
        for _ in range(amount):
            Partner.objects.create(submission=entry, municipality=MunicipalityFactory())
            factories.attachment(entry)
            factories.editor(entry, Editor.Role.EDIT)
        for version in range(amount + 1):
            Submission.objects.filter(pk=entry.pk).update(title=f"Titel {version}")
            factories.submit(entry)
        client = login(entry.owner)
        address = url("check", entry) if name == "check" else url("version", entry, 1)

        with CaptureQueriesContext(connection) as queries:
            client.get(address + ("?vergleich=2" if name == "compare" else ""))

        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 20


def test_staff_read_versions_and_never_the_draft(client: Client, open_round: Round) -> None:
    entry = factories.submitted(open_round)
    Answer.objects.filter(submission=entry, question__key="gewinn").update(text="Geheimer Entwurf")
    show_factor(client, StaffFactory(superuser=True))
    url = reverse("submissions:version", args=[entry.pk, 1])

    page = client.get(url)

    assert page.status_code == 200
    assert "Geheimer Entwurf" not in page.content.decode()
    assert client.get(url, {"vergleich": "entwurf"}).status_code == 404
    assert client.get(entry.get_absolute_url()).status_code == 404
