"""The entry beside its sheet: what is read, saved, refused and kept; by button, by itself, in two windows."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jury.actions import assessing
from jury.models import Assessment, Juror
from landespreis import clock, parking
from submissions.models import Attachment, Category, Partner, Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MunicipalityFactory
from tests.conftest import MIDWAY
from tests.jury import factories
from tests.submissions.factories import attachment, complete, submit

Scoring = Callable[[], None]
HTMX = {"HX-Request": "true"}
FULL = {"punkte_gewinn": "8", "punkte_innovation": "7", "punkte_zukunft": "0"}
SENT = FULL | {"grund_gewinn": "Zahlen\r\nnachvollziehbar", "gesamt": "Rund.", "revision": "0"}


@pytest.fixture
def draft(open_round: Round) -> Submission:
    """A complete draft, before it is submitted and admitted."""
    return complete(open_round)


@pytest.fixture
def entry(draft: Submission, panel: list[Juror], scoring: Scoring) -> Submission:
    """The second of three admitted entries of a category."""
    for one in (factories.admitted, None, factories.admitted):
        if one:
            one(draft.round)
        else:
            submit(draft)
    Submission.objects.filter(pk=draft.pk).update(formal_check="admitted")
    scoring()
    return Submission.objects.get(pk=draft.pk)


@pytest.fixture
def juror(panel: list[Juror], entry: Submission) -> Juror:
    factories.clear(panel[1], entry)
    return panel[1]


@pytest.fixture
def desk(client: Client, juror: Juror) -> Client:
    """A juror's browser, with the second factor shown."""
    show_factor(client, juror.user)
    return client


def url(entry: Submission, name: str = "entry") -> str:
    return reverse(f"jury:{name}", args=[entry.label])


def page(response: Any) -> str:
    return " ".join(response.content.decode().split())


def send(desk: Client, entry: Submission, tat: str = "speichern", **said: str) -> HttpResponse:
    answer: HttpResponse = desk.post(url(entry), SENT | {"tat": tat} | said)  # type: ignore[assignment]
    return answer


def by_itself(desk: Client, entry: Submission, **said: str) -> HttpResponse:
    answer: HttpResponse = desk.post(url(entry), SENT | said, headers=HTMX)  # type: ignore[assignment]
    return answer


def held() -> dict[str, int | None]:
    sheet = Assessment.objects.standing().get()
    return {row.criterion.key: row.points for row in sheet.scores.select_related("criterion")}


# Reading --------------------------------------------------------------------------------------------
def test_entry_shows_the_frozen_version_and_never_the_contact(desk: Client, entry: Submission) -> None:
    Submission.objects.filter(pk=entry.pk).update(title="Später geändert", contact_name="Später genannt")

    shown = page(desk.get(url(entry)))

    assert "PegelVerbund Hellweg" in shown
    assert "Text zu Gewinn der Kooperation." in shown
    assert "Öffentlich-rechtliche Vereinbarung" in shown
    for hidden in ("Später", "Meike Brandhorst", "meike.brandhorst", "02921"):
        assert hidden not in shown


def test_entry_explains_each_criterion_beside_text_and_scale(desk: Client, entry: Submission) -> None:
    shown = page(desk.get(url(entry)))

    for place, criterion in enumerate(entry.round.criteria.all(), start=1):
        assert f"<strong>Kriterium {place}:</strong> {criterion.explanation}" in shown
        assert f'_helptext">{criterion.explanation}</p>' in shown


def test_entry_offers_the_scale_of_the_round_with_nothing_chosen(desk: Client, entry: Submission) -> None:
    Round.objects.update(scale_min=1, scale_max=5)

    shown = page(desk.get(url(entry)))

    radios = [part for part in shown.split("<input") if 'type="radio"' in part]
    assert [part.split('value="')[1][0] for part in radios] == list("12345") * 3
    assert not any("checked" in part.split(">")[0] for part in radios)


def test_entry_leads_to_its_neighbours_by_number(desk: Client, entry: Submission) -> None:
    shown = page(desk.get(url(entry)))

    assert '<a rel="prev" href="/jury/einreichungen/IKZ-2026-0001/">' in shown
    assert '<a rel="next" href="/jury/einreichungen/IKZ-2026-0003/">' in shown
    assert "2 von 3" in shown


def test_entry_leaves_a_recused_neighbour_out(desk: Client, entry: Submission, juror: Juror) -> None:
    factories.recuse(juror, Submission.objects.get(number=1))

    shown = page(desk.get(url(entry)))

    assert ("IKZ-2026-0001" in shown, "1 von 2" in shown) == (False, True)


def test_entry_shows_partners_as_list_and_on_a_map(desk: Client, entry: Submission) -> None:
    partner = Partner.objects.get(submission=entry)

    shown = page(desk.get(url(entry)))

    assert f"<li>{partner.label}</li>" in shown
    assert f"{entry.lead} ist verbunden mit {partner.label}." in shown
    assert shown.count('class="lp-map__dot"') == 1


@pytest.mark.parametrize("number", [2])
def test_entry_names_who_is_not_on_the_map(
    open_round: Round, panel: list[Juror], scoring: Scoring, client: Client, number: int
) -> None:
    made = complete(open_round)
    Partner.objects.create(submission=made, name="Stadtwerke <Mond>", kind=Partner.Kind.COMPANY)
    submit(made)
    Submission.objects.update(formal_check="admitted")
    scoring()
    factories.clear(panel[0], made)
    show_factor(client, panel[0].user)

    shown = page(client.get("/jury/einreichungen/IKZ-2026-0001/"))

    assert "Nicht auf der Karte: Stadtwerke &lt;Mond&gt;." in shown


def test_entry_shows_pictures_and_lists_documents(
    draft: Submission, panel: list[Juror], client: Client, scoring: Scoring
) -> None:
    fields = {"kind": "bild", "mimetype": "image/png", "alt": "Ein Pegel", "rights": "Stadt Soest"}
    picture = attachment(draft, name="pegel.png", width=30, height=20, **fields)
    waiting = attachment(draft, name="spaet.png", **fields)
    document = attachment(draft, name="plan.pdf")
    submit(draft)
    Attachment.objects.filter(pk=waiting.pk).update(scan="pending")
    Submission.objects.update(formal_check="admitted")
    scoring()
    factories.clear(panel[0], draft)
    show_factor(client, panel[0].user)

    shown = page(client.get("/jury/einreichungen/IKZ-2026-0001/"))

    base = "/jury/einreichungen/IKZ-2026-0001/dateien"
    assert f'<img src="{base}/{picture.pk}/" alt="Ein Pegel" width="30" height="20"' in shown
    assert f'<a href="{base}/{document.pk}/">plan.pdf</a> <span class="lp-quiet">Weitere Anlage, PDF, 17 Bytes' in shown
    assert f"{waiting.pk}" not in shown
    assert "wird noch geprüft" in shown


def test_entry_before_the_declaration_leads_to_it(desk: Client, entry: Submission) -> None:
    other = Submission.objects.get(number=3)

    for answer in (desk.get(url(other)), desk.post(url(other), SENT)):
        assert (answer.status_code, answer.headers["Location"]) == (302, url(other, "recusal"))


def test_recused_entry_is_not_found_by_any_address(desk: Client, entry: Submission, juror: Juror) -> None:
    file = attachment(entry)
    factories.recuse(juror, entry)

    names = ("entry", "recusal", "reopen")
    addresses = [*(url(entry, name) for name in names), reverse("jury:file", args=[entry.label, file.pk])]
    answers = [answer for address in addresses for answer in (desk.get(address), desk.post(address, SENT))]

    assert {answer.status_code for answer in answers} <= {404, 405}
    assert not any("PegelVerbund" in page(answer) for answer in answers)


@pytest.mark.parametrize("label", ["IKZ-2026-0099", "IKZ-2025-0002", "IKZ-2026-x", "2", "IKZ-2026-٢"])
def test_number_that_nobody_has_is_not_found(desk: Client, label: str) -> None:
    assert desk.get(f"/jury/einreichungen/{label}/").status_code == 404


@pytest.mark.parametrize("fields", [{"status": "withdrawn"}, {"formal_check": "excluded"}], ids=str)
def test_entry_that_was_read_and_takes_part_no_more_says_so(
    desk: Client, entry: Submission, juror: Juror, fields: dict[str, str]
) -> None:
    Submission.objects.update(**fields)

    read, unread = desk.get(url(entry)), desk.get("/jury/einreichungen/IKZ-2026-0001/")

    assert (read.status_code, unread.status_code) == (410, 404)
    assert "IKZ-2026-0002 nimmt nicht mehr teil" in page(read)
    assert "PegelVerbund" not in page(read)


def test_entry_asks_the_same_number_of_queries_for_one_and_three(
    desk: Client, entry: Submission, juror: Juror, at: Callable[[datetime], None], scoring: Scoring
) -> None:
    counted = []
    send(desk, entry, "abschliessen")
    desk.get(url(entry))
    for more in (0, 2):
        for _ in range(more):
            at(MIDWAY)
            other = factories.admitted(entry.round)
            scoring()
            factories.sheet(juror, other, 5)
        with CaptureQueriesContext(connection) as queries:
            desk.get(url(entry))
        counted.append(len(queries))

    assert counted[0] == counted[1] <= 25


# Saving ---------------------------------------------------------------------------------------------
def test_save_keeps_what_was_sent_and_shows_it_again(desk: Client, entry: Submission) -> None:
    answer = send(desk, entry, punkte_zukunft="")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{url(entry)}#bogen")
    assert held() == {"gewinn": 8, "innovation": 7, "zukunft": None}
    shown = page(desk.get(url(entry)))
    assert 'id="id_punkte_gewinn_8" value="8" checked' in shown
    assert "8 Punkte" in shown
    assert "Zahlen nachvollziehbar" in shown
    assert "Entwurf, gespeichert heute um 09:00 Uhr" in shown
    assert "Zum Abschließen fehlen noch die Punkte für Kriterium 3." in shown
    assert '<input type="hidden" name="revision" value="1" id="id_revision">' in shown


def test_save_by_itself_answers_with_a_line_and_the_new_revision(desk: Client, entry: Submission) -> None:
    answer = by_itself(desk, entry, punkte_gewinn="", punkte_zukunft="")

    assert (answer.status_code, page(answer)) == (200, "Entwurf, gespeichert um 09:00 Uhr")
    assert answer.headers["HX-Reswap"] == "textContent"
    told = json.loads(answer.headers["HX-Trigger"])["sheet-saved"]
    assert told == {"revision": 1, "missing": "Zum Abschließen fehlen noch die Punkte für Kriterium 1 und 3."}
    assert by_itself(desk, entry, revision="1", tat="abschliessen").status_code == 200
    assert Assessment.objects.get().status == "draft"


BAD = [
    ({"punkte_gewinn": "11"}, "ganze Punkte von 0 bis 10"),
    ({"punkte_gewinn": "-1"}, "ganze Punkte von 0 bis 10"),
    ({"punkte_gewinn": "7.5"}, "ganze Punkte von 0 bis 10"),
    ({"punkte_gewinn": "7,5"}, "ganze Punkte von 0 bis 10"),
    ({"punkte_gewinn": "viele"}, "ganze Punkte von 0 bis 10"),
    ({"grund_gewinn": "a" * 2003}, "Kürzen Sie um 3 Zeichen. Erlaubt sind 2.000."),
    ({"gesamt": "a" * 3001}, "Kürzen Sie um 1 Zeichen. Erlaubt sind 3.000."),
    ({"gesamt": "Rund\x00."}, "hinter „Rund“ ein Zeichen, das sich nicht speichern lässt"),
]


@pytest.mark.parametrize(("said", "message"), BAD, ids=lambda value: str(value)[:30])
def test_bad_input_is_told_and_everything_else_stays_in_the_form(
    desk: Client, entry: Submission, said: dict[str, str], message: str
) -> None:
    answer, line = send(desk, entry, "abschliessen", **said), by_itself(desk, entry, **said)

    assert (answer.status_code, line.status_code) == (422, 422)
    assert message in page(answer)
    assert message in page(line)
    assert 'id="id_punkte_innovation_7" value="7" checked' in page(answer)
    assert 'href="#id_' in page(answer).split('id="fehler"')[1]
    assert "ist aber nicht gespeichert" in page(answer)
    assert not Assessment.objects.exists()


def test_missing_revision_is_no_way_around_the_other_window(desk: Client, entry: Submission) -> None:
    send(desk, entry)

    answer = send(desk, entry, revision="", gesamt="Fremd")

    assert (answer.status_code, Assessment.objects.get().comment) == (422, "Rund.")


def test_finalise_with_points_missing_saves_and_links_what_is_missing(desk: Client, entry: Submission) -> None:
    answer = send(desk, entry, "abschliessen", punkte_gewinn="", punkte_zukunft="")

    shown = page(answer)
    assert "Alles andere ist als Entwurf gespeichert." in shown
    assert (answer.status_code, held()) == (422, {"gewinn": None, "innovation": 7, "zukunft": None})
    for key in ("gewinn", "zukunft"):
        assert f'<a href="#id_punkte_{key}_0">' in shown
    assert '<a href="#id_punkte_innovation_0">' not in shown
    assert '<input type="hidden" name="revision" value="1" id="id_revision">' in shown
    assert send(desk, entry, "abschliessen", revision="1").status_code == 302


def test_finalise_shows_the_points_and_offers_to_reopen(desk: Client, entry: Submission) -> None:
    assert send(desk, entry, "abschliessen").status_code == 302

    shown = page(desk.get(url(entry)))

    assert "Ihre Bewertung ist abgeschlossen." in shown
    assert "Abgeschlossen heute um 09:00 Uhr" in shown
    assert "<dd>8 Punkte<br>Zahlen<br>nachvollziehbar</dd>" in shown
    assert 'type="radio"' not in shown
    assert "Wieder öffnen" in shown
    assert "Weiter mit IKZ-2026-0001" in shown


def test_finalise_twice_is_once(desk: Client, entry: Submission) -> None:
    assert [send(desk, entry, "abschliessen").status_code for _ in range(2)] == [302, 302]
    assert Assessment.objects.get().revision == 1


def test_reopen_gives_the_form_back(desk: Client, entry: Submission) -> None:
    send(desk, entry, "abschliessen")

    answer = desk.post(url(entry, "reopen"))

    assert answer.headers["Location"] == f"{url(entry)}#bogen"
    assert 'id="id_punkte_gewinn_8" value="8" checked' in page(desk.get(url(entry)))
    assert desk.get(url(entry, "reopen")).status_code == 405


# Two windows ----------------------------------------------------------------------------------------
def test_second_window_is_told_sees_both_and_decides(desk: Client, entry: Submission) -> None:
    send(desk, entry, gesamt="Aus dem ersten Fenster")

    answer = send(desk, entry, gesamt="Aus dem zweiten Fenster", punkte_gewinn="3")

    shown = page(answer)
    assert answer.status_code == 409
    assert "Diese Bewertung gibt es in zwei Fassungen" in shown
    assert "Aus dem ersten Fenster" in shown
    assert "Aus dem zweiten Fenster</textarea>" in shown
    assert 'id="id_punkte_gewinn_3" value="3" checked' in shown
    assert "data-hx-post" not in shown
    assert '<input type="hidden" name="revision" value="1" id="id_revision">' in shown
    assert Assessment.objects.get().comment == "Aus dem ersten Fenster"
    decided = send(desk, entry, gesamt="Aus dem zweiten Fenster", punkte_gewinn="3", revision="1")
    assert (decided.status_code, Assessment.objects.get().comment) == (302, "Aus dem zweiten Fenster")


def test_second_window_saving_by_itself_is_told_in_a_line(desk: Client, entry: Submission) -> None:
    send(desk, entry)

    answer = by_itself(desk, entry, gesamt="Anders")

    assert (answer.status_code, answer.headers["HX-Reswap"]) == (409, "textContent")
    assert page(answer).startswith(
        "Nicht gespeichert: Diese Bewertung wurde heute um 09:00 Uhr in einem anderen Fenster"
    )
    assert Assessment.objects.get().comment == "Rund."


@pytest.mark.parametrize("tat", ["speichern", "abschliessen"])
def test_stale_form_after_finalising_keeps_what_was_typed(desk: Client, entry: Submission, tat: str) -> None:
    send(desk, entry, "abschliessen")

    answer = send(desk, entry, tat, gesamt="Doch anders", revision="1")

    shown = page(answer)
    assert (answer.status_code, Assessment.objects.get().comment) == (409, "Rund.")
    assert "Die Bewertung ist schon abgeschlossen" in shown
    assert "Doch anders" in shown.split("Das wurde nicht gespeichert")[1]
    assert "Wieder öffnen" in shown


def test_session_that_opened_meanwhile_refuses_and_keeps_what_was_typed(desk: Client, entry: Submission) -> None:
    send(desk, entry)
    assert entry.submitted_category
    factories.open_session(entry.submitted_category)

    answer, line = send(desk, entry, gesamt="Zu spät", revision="1"), by_itself(desk, entry, gesamt="Zu spät")

    shown = page(answer)
    assert (answer.status_code, line.status_code, Assessment.objects.get().comment) == (409, 409, "Rund.")
    assert "Die Sitzung ist eröffnet" in shown
    assert "Zu spät" in shown.split("Das wurde nicht gespeichert")[1]
    assert 'type="radio"' not in shown
    assert "Nicht gespeichert: Seit der Eröffnung" in page(line)


def test_decided_category_can_be_read_only(desk: Client, entry: Submission) -> None:
    send(desk, entry, "abschliessen")
    assert entry.submitted_category
    factories.open_session(entry.submitted_category)
    Category.objects.update(decided_at=clock.now())

    shown = page(desk.get(url(entry)))

    assert "Diese Kategorie ist entschieden" in shown
    assert "8 Punkte" in shown
    assert "Wieder öffnen" not in shown
    assert "Befangenheit nachträglich" not in shown
    assert desk.post(url(entry, "reopen")).status_code == 409


def test_foreign_sheets_stay_unseen(desk: Client, entry: Submission, panel: list[Juror]) -> None:
    foreign = factories.sheet(panel[2], entry, 9)
    Assessment.objects.filter(pk=foreign.pk).update(comment="Streng geheim")

    shown = page(desk.get(url(entry)))

    assert "Streng geheim" not in shown
    assert "9 Punkte" not in shown
    assert send(desk, entry).status_code == 302
    assert Assessment.objects.get(pk=foreign.pk).comment == "Streng geheim"


def test_entry_page_of_the_session_shows_the_own_sheet_only(
    desk: Client, entry: Submission, panel: list[Juror]
) -> None:
    factories.sheet(panel[0], entry, 9)
    factories.sheet(panel[2], entry, 9)
    assert entry.submitted_category
    factories.open_session(entry.submitted_category)

    shown = page(desk.get(url(entry)))

    assert "keine Bewertung" in shown
    assert "9 Punkte" not in shown


def test_successor_sees_by_whom_the_draft_is(entry: Submission, juror: Juror, client: Client) -> None:
    assessing.save(entry, by=juror.user, points={"gewinn": 6}, comments={}, comment="", revision=0)
    Juror.objects.filter(pk=juror.pk).update(until=clock.now())
    successor = factories.juror(juror.seat)
    show_factor(client, successor.user)
    undeclared = client.get(url(entry))
    factories.clear(successor, entry)

    assert undeclared.headers["Location"] == url(entry, "recusal")
    assert f"Entwurf, gespeichert heute um 09:00 Uhr von {juror.name}" in page(client.get(url(entry)))


# Logged out meanwhile -------------------------------------------------------------------------------
OURS = {"Origin": "http://testserver"}


def test_what_was_typed_when_the_session_had_ended_is_kept(desk: Client, entry: Submission, juror: Juror) -> None:
    desk.logout()

    answer = desk.post(url(entry), SENT | {"gesamt": "Nicht verlieren"}, headers=OURS)
    show_factor(desk, juror.user)
    shown = page(desk.get(url(entry)))

    assert answer.headers["Location"] == f"/konto/login/?next={url(entry)}"
    assert "Was Sie vorhin eingetragen haben, ist noch da" in shown
    assert "Nicht verlieren</textarea>" in shown
    assert 'id="id_punkte_gewinn_8" value="8" checked' in shown
    assert send(desk, entry, gesamt="Nicht verlieren").status_code == 302
    assert parking.KEY not in desk.session or url(entry) not in desk.session[parking.KEY]


def test_kept_text_can_be_dropped(desk: Client, entry: Submission, juror: Juror) -> None:
    desk.logout()
    desk.post(url(entry), SENT, headers=OURS)
    show_factor(desk, juror.user)

    assert send(desk, entry, "verwerfen").status_code == 302
    assert "ist noch da" not in page(desk.get(url(entry)))
    assert not Assessment.objects.exists()


def test_saving_by_itself_without_a_session_says_so(desk: Client, entry: Submission) -> None:
    desk.logout()

    answer = by_itself(desk, entry)

    assert (answer.status_code, page(answer)) == (403, parking.ENDED)


def test_what_was_typed_before_the_factor_was_shown_is_kept(entry: Submission, juror: Juror, client: Client) -> None:
    client.force_login(juror.user)

    answer, line = client.post(url(entry), SENT, headers=OURS), client.post(url(entry), SENT, headers=HTMX)

    assert answer.headers["Location"].startswith("/konto/2fa/")
    assert (url(entry) in client.session[parking.KEY], line.status_code) == (True, 403)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/jury/gibt/es/nicht/", "/jury/"])
def test_nothing_is_kept_for_a_page_without_a_form(client: Client, path: str) -> None:
    answer = client.post(path, SENT, headers=OURS)

    assert answer.headers["Location"] == f"/konto/login/?next={path}"
    assert parking.KEY not in client.session


def test_form_of_a_foreign_page_is_not_kept(entry: Submission, juror: Juror, client: Client) -> None:
    client.post(url(entry), SENT, headers={"Origin": "https://fremd.example"})

    assert parking.KEY not in client.session


def test_without_a_municipality_of_the_register_there_is_no_map(desk: Client, entry: Submission) -> None:
    MunicipalityFactory()
    Partner.objects.filter(submission=entry).delete()
    assert entry.lead
    type(entry.lead).objects.filter(pk=entry.lead.pk).update(ags=None)

    assert "lp-map" not in page(desk.get(url(entry)))
