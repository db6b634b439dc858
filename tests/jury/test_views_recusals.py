"""The declaration before the first look and later: nothing preselected, clear messages, and no trace afterwards."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from jury.models import Assessment, Clearance, Juror, Recusal
from landespreis import clock
from submissions.models import Category, Round, Submission
from tests.accounts.conftest import show_factor
from tests.jury import factories

Scoring = Callable[[], None]
BIASED = {"erklaerung": "ja", "grund": "amt", "erlaeuterung": "Ich sitze im Rat."}


@pytest.fixture
def entry(open_round: Round, panel: list[Juror], scoring: Scoring) -> Submission:
    made = factories.admitted(open_round)
    scoring()
    return made


@pytest.fixture
def juror(panel: list[Juror]) -> Juror:
    return panel[1]


@pytest.fixture
def desk(client: Client, juror: Juror, entry: Submission) -> Client:
    show_factor(client, juror.user)
    return client


def url(entry: Submission) -> str:
    return f"/jury/einreichungen/{entry.label}/befangenheit/"


def page(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_page_shows_number_title_municipalities_and_no_text(desk: Client, entry: Submission) -> None:
    shown = page(desk.get(url(entry)))

    partner = entry.partners.get().label
    for told in (entry.label, "PegelVerbund Hellweg", entry.lead.label if entry.lead else "", partner):
        assert f"<dd>{told}</dd>" in shown
    for hidden in ("Text zu", "Brandhorst", "warnen gemeinsam", "Feuerwehr"):
        assert hidden not in shown
    assert "checked" not in shown


def test_clear_opens_the_entry(desk: Client, entry: Submission) -> None:
    answer = desk.post(url(entry), {"erklaerung": "nein"})

    assert answer.headers["Location"] == f"/jury/einreichungen/{entry.label}/"
    assert desk.get(answer.headers["Location"]).status_code == 200


def test_clear_ignores_a_reason_left_over(desk: Client, entry: Submission) -> None:
    assert desk.post(url(entry), {"erklaerung": "nein", "grund": "mond", "erlaeuterung": "\x00"}).status_code == 302
    assert (Clearance.objects.count(), Recusal.objects.count()) == (1, 0)


def test_recuse_leads_to_the_category_and_names_nothing(desk: Client, entry: Submission) -> None:
    answer = desk.post(url(entry), BIASED)

    (message,) = get_messages(answer.wsgi_request)
    after = page(desk.get(answer.headers["Location"]))
    assert answer.headers["Location"] == "/jury/kategorien/krisen/"
    assert "Ihre Befangenheit ist erklärt." in after
    for text in (answer.headers["Location"], str(message), after):
        assert entry.label not in text
        assert "PegelVerbund" not in text
    assert Recusal.objects.get().text == "Ich sitze im Rat."
    assert desk.get(url(entry)).status_code == 404


@pytest.mark.parametrize(
    ("said", "target", "message"),
    [
        ({"erklaerung": ""}, "id_erklaerung_0", "Wählen Sie eine der beiden Erklärungen."),
        ({"erklaerung": "vielleicht"}, "id_erklaerung_0", "Wählen Sie eine der beiden Erklärungen."),
        ({"grund": ""}, "id_grund_0", "Wählen Sie den Grund, der zutrifft."),
        ({"grund": "mond"}, "id_grund_0", "Diesen Grund gibt es nicht."),
        ({"erlaeuterung": " "}, "id_erlaeuterung", "Erläutern Sie den Grund in ein oder zwei Sätzen."),
        ({"erlaeuterung": "a" * 1001}, "id_erlaeuterung", "Kürzen Sie um 1 Zeichen. Erlaubt sind 1.000."),
        ({"erlaeuterung": "Rat\x00"}, "id_erlaeuterung", "ein Zeichen, das sich nicht speichern lässt"),
    ],
)
def test_bad_input_is_told_and_kept(
    desk: Client, entry: Submission, said: dict[str, str], target: str, message: str
) -> None:
    answer = desk.post(url(entry), BIASED | said)

    shown = page(answer)
    assert answer.status_code == 422
    assert f'<a href="#{target}">' in shown
    assert message in shown
    assert "Ich sitze im Rat." in shown or "erlaeuterung" in said
    assert not Recusal.objects.exists()


def test_empty_form_is_told(desk: Client, entry: Submission) -> None:
    assert desk.post(url(entry)).status_code == 422


def test_declared_juror_can_only_declare_a_bias(desk: Client, entry: Submission, juror: Juror) -> None:
    sheet = factories.sheet(juror, entry, 8)

    shown = page(desk.get(url(entry)))
    answer = desk.post(url(entry), {"grund": "angehoerige", "erlaeuterung": "Mein Bruder"})

    assert "Befangenheit nachträglich erklären" in shown
    assert 'name="erklaerung"' not in shown
    assert answer.headers["Location"] == "/jury/kategorien/krisen/"
    assert Assessment.objects.get(pk=sheet.pk).status == "void"


def test_declaration_in_the_session_says_what_it_costs(desk: Client, entry: Submission) -> None:
    assert entry.submitted_category
    factories.open_session(entry.submitted_category)

    shown = page(desk.get(url(entry)))

    assert "nicht den Beschluss dieser Kategorie" in shown
    assert desk.post(url(entry), BIASED).status_code == 302


def test_decided_category_takes_no_declaration(desk: Client, entry: Submission) -> None:
    assert entry.submitted_category
    factories.open_session(entry.submitted_category)
    Category.objects.update(decided_at=clock.now())

    shown, answer = page(desk.get(url(entry))), desk.post(url(entry), BIASED)

    assert ("<form" in shown.split("<main")[1], answer.status_code) == (False, 409)
    assert not Recusal.objects.exists()


def test_owner_on_the_jury_cannot_state_to_be_unbiased(desk: Client, entry: Submission, juror: Juror) -> None:
    Submission.objects.filter(pk=entry.pk).update(owner=juror.user)

    answer = desk.post(url(entry), {"erklaerung": "nein"})

    assert answer.status_code == 403
    assert "Sie wirken selbst an dieser Einreichung mit." in page(answer)
    assert not Clearance.objects.exists()
    assert desk.post(url(entry), BIASED).status_code == 302
