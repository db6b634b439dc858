"""The formal check as the office sees it: queue, checklist, the mail before it goes, two people, many at once."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from accounts.models import User
from submissions import conditions
from submissions.actions import findings, formal_check, four_eyes, ruling
from submissions.actions.findings import Judged
from submissions.actions.ruling import Ruling
from submissions.admin import admitting
from submissions.models import Event, Finding, Proposal, Round, Submission
from submissions.turns import Kind, Queue
from submissions.workflow import CheckAct
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.conftest import CLOSES, MIDWAY
from tests.jury import factories as jury
from tests.submissions import factories

Check = Submission.Check
Clock = Callable[[datetime], None]
LATER = CLOSES + timedelta(days=7)
QUEUE = "admin:submissions_queue"
MANY = "admin:submissions_admit_many"
JUDGED = {condition.key: "met" for condition in conditions.CONDITIONS}


@pytest.fixture
def person(db: None) -> User:
    call_command("load_roles", verbosity=0)
    made: User = StaffFactory(name="Ida Lorenz")
    made.groups.add(Group.objects.get(name="Geschäftsstelle"))
    return made


@pytest.fixture
def other(db: None) -> User:
    made: User = StaffFactory(superuser=True, name="Jan Paulsen")
    return made


@pytest.fixture
def office(client: Client, person: User) -> Client:
    show_factor(client, person)
    return client


@pytest.fixture
def entry(open_round: Round, at: Clock) -> Submission:
    factories.submitted(open_round)
    at(CLOSES)
    return fresh()


@pytest.fixture
def three(open_round: Round, at: Clock) -> list[Submission]:
    """Three entries in the order in which they came in."""
    made = []
    for days in range(3):
        at(MIDWAY + timedelta(days=days))
        made.append(factories.submitted(open_round, title=f"Projekt {days + 1}"))
    at(CLOSES)
    return made


def fresh() -> Submission:
    return Submission.objects.get()


def review(entry: Submission, **asked: str) -> str:
    return reverse("admin:submissions_review", args=[entry.pk], query=asked)


def act(entry: Submission, slug: str, **asked: Any) -> str:
    return reverse("admin:submissions_check", args=[entry.pk, slug], query=asked)


def html(answer: Any) -> str:
    return unescape(answer.content.decode())


def hidden(page: str, name: str) -> list[str]:
    """Return the values of hidden fields of that name."""
    return re.findall(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)


# Queue -----------------------------------------------------------------------------------------------


def test_queue_lists_what_waits_in_its_order_and_leads_on(office: Client, three: list[Submission]) -> None:
    page = html(office.get(reverse(QUEUE)))

    names = [f"IKZ-2026-000{n} Projekt {n}" for n in (1, 2, 3)]
    assert [page.index(name) for name in names] == sorted(page.index(name) for name in names)
    assert "<b>3</b> Zu prüfen" in page
    assert f'href="{review(three[0], reihe="alle")}">Der Reihe nach prüfen' in page


def test_queue_can_be_narrowed(office: Client, three: list[Submission], open_round: Round) -> None:
    other = open_round.categories.get(key="umwelt")
    Submission.objects.filter(pk=three[1].pk).update(submitted_category=other)

    by_category = html(office.get(reverse(QUEUE), {"kategorie": "umwelt"}))
    by_state = html(office.get(reverse(QUEUE), {"stand": "warten"}))

    assert ("Projekt 2" in by_category, "Projekt 1" in by_category) == (True, False)
    assert review(three[1], reihe="umwelt") in by_category
    assert "Dazu gibt es nichts zu prüfen." in by_state


def test_queue_without_anything_says_so(office: Client, open_round: Round) -> None:
    assert "Alles ist geprüft." in html(office.get(reverse(QUEUE)))


def test_queue_without_a_round_says_so(office: Client) -> None:
    assert "Es gibt noch keine Wettbewerbsrunde." in html(office.get(reverse(QUEUE)))


def test_queue_shows_hints_marks_and_who_waits_for_whom(
    office: Client, person: User, other: User, entry: Submission
) -> None:
    Round.objects.update(four_eyes=True, proof_required=True)
    findings.judge(entry, {"nachweis": Judged(Finding.Verdict.FAILED)}, by=other)
    four_eyes.propose(entry, Ruling(CheckAct.EXCLUDE, "Kein Nachweis"), by=other)

    page = html(office.get(reverse(QUEUE)))

    assert "Wartet auf Ihre Bestätigung" in page
    assert "Jan Paulsen schlägt vor: ausschließen" in page
    assert "Genau ansehen: Nachweis" in page
    assert "1 nicht erfüllt" in page
    assert 'name="entry"' not in page


def test_queue_offers_the_rounds_that_have_entries(office: Client, entry: Submission) -> None:
    assert 'name="runde"' not in html(office.get(reverse(QUEUE)))

    assert "PegelVerbund" in html(office.get(reverse(QUEUE), {"runde": entry.round.key, "seite": "7"}))


def test_queue_turns_pages(office: Client, three: list[Submission], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("submissions.admin.reviewing.PER_PAGE", 2)

    first = html(office.get(reverse(QUEUE), {"stand": "pruefen"}))
    second = html(office.get(reverse(QUEUE), {"stand": "pruefen", "seite": "2"}))

    assert ("Projekt 3" in first, "stand=pruefen&seite=2" in first) == (False, True)
    assert ("Projekt 3" in second, "stand=pruefen&seite=1" in second) == (True, True)


def test_queue_takes_the_same_number_of_queries(office: Client, open_round: Round, at: Clock) -> None:
    def queries() -> int:
        at(CLOSES)
        with CaptureQueriesContext(connection) as caught:
            assert office.get(reverse(QUEUE)).status_code == 200
        at(MIDWAY)
        return len(caught)

    factories.submitted(open_round)
    queries()
    one = queries()
    factories.submitted(open_round)
    factories.submitted(open_round)

    assert queries() == one


@pytest.mark.parametrize("role", ["nobody", "Redaktion", "viewer"])
def test_pages_are_for_the_office(client: Client, entry: Submission, role: str) -> None:
    call_command("load_roles", verbosity=0)
    somebody = StaffFactory()
    if role == "Redaktion":
        somebody.groups.add(Group.objects.get(name=role))
    if role == "viewer":
        group = Group.objects.get(name="Geschäftsstelle")
        group.permissions.remove(group.permissions.get(codename="change_submission"))
        somebody.groups.add(group)
    show_factor(client, somebody)

    answers = [client.get(reverse(QUEUE)), client.get(review(entry)), client.post(review(entry), JUDGED)]
    answers.append(client.post(reverse(MANY), {"entry": f"{entry.pk} 0", "confirmed": "ja"}))

    assert [answer.status_code for answer in answers] == [403, 403, 403, 403]
    assert (Finding.objects.count(), fresh().formal_check) == (0, Check.OPEN)


def test_list_of_entries_leads_to_the_queue(office: Client, entry: Submission) -> None:
    assert reverse(QUEUE) in html(office.get(reverse("admin:submissions_submission_changelist")))


# Checklist -------------------------------------------------------------------------------------------


def test_review_shows_the_version_and_never_the_draft(office: Client, entry: Submission) -> None:
    Submission.objects.update(title="Seitdem geändert", abstract="Geheimer Entwurf")

    page = html(office.get(review(entry)))

    assert "Fünf Kommunen warnen gemeinsam vor Starkregen." in page
    assert entry.current is not None
    assert entry.current.get_absolute_url() in page
    assert "Seitdem geändert" not in page
    assert "Geheimer Entwurf" not in page


def test_review_asks_every_condition_with_what_the_portal_sees(office: Client, entry: Submission) -> None:
    page = html(office.get(review(entry)))

    assert [condition.question for condition in conditions.CONDITIONS if condition.question not in page] == []
    assert "Das Portal sieht: Zwei mit der federführenden" in page
    assert page.count('value="open" id=') == page.count("checked") == len(conditions.CONDITIONS)


def test_review_saves_the_list_and_stays(office: Client, person: User, entry: Submission) -> None:
    answer = office.post(review(entry), {**JUDGED, "partner": "failed", "partner_notiz": "Nur eine"}, follow=True)

    finding = Finding.objects.get(key="partner")
    assert (finding.verdict, finding.note, finding.by) == ("failed", "Nur eine", person)
    assert "Die Prüfpunkte sind gespeichert." in html(answer)
    assert "Festgehalten: nicht erfüllt, Ida Lorenz" in html(answer)
    assert answer.redirect_chain == [(review(entry), 302)]


def test_review_saved_without_a_change_says_so(office: Client, entry: Submission) -> None:
    office.post(review(entry), JUDGED)

    assert "Es war nichts zu ändern." in html(office.post(review(entry), JUDGED, follow=True))


@pytest.mark.parametrize("slug", ["zulassen", "ausschliessen", "zurueckgeben"])
def test_review_saves_the_list_and_leads_to_the_decision(office: Client, entry: Submission, slug: str) -> None:
    read = ruling.last_seen(entry)

    answer = office.post(review(entry, reihe="alle"), {**JUDGED, "read": read, "dann": slug})

    assert answer.headers["Location"] == act(entry, slug, gelesen=read, reihe="alle")
    assert Finding.objects.count() == len(JUDGED)


def test_review_refuses_what_nobody_offered(office: Client, entry: Submission) -> None:
    page = html(office.post(review(entry), {**JUDGED, "partner": "vielleicht"}))

    assert "Bitte prüfen Sie die markierten Angaben." in page
    assert not Finding.objects.exists()


def test_review_beside_a_colleague_keeps_the_input_and_says_who(office: Client, other: User, entry: Submission) -> None:
    read = ruling.last_seen(entry)
    findings.judge(entry, {"partner": Judged(Finding.Verdict.FAILED, "Nur eine")}, by=other)

    page = html(office.post(review(entry), {**JUDGED, "partner_notiz": "Mein Text", "read": read}))

    assert "Prüfpunkte festgehalten“, Jan Paulsen" in page
    assert "Mein Text" in page
    assert "Festgehalten: nicht erfüllt, Jan Paulsen" in page
    assert Finding.objects.get().note == "Nur eine"
    assert hidden(page, "read") == [str(ruling.last_seen(entry))]


def test_mark_of_what_was_read_has_no_point_between_its_thousands(office: Client, entry: Submission) -> None:
    Event.objects.create(pk=12_345, submission=entry, at=MIDWAY, by=entry.owner, verb=Event.Verb.SUBMITTED, detail={})

    shown = html(office.get(review(entry)))
    asked = html(office.get(reverse("admin:submissions_check", args=[entry.pk, "ausschliessen"])))

    assert (hidden(shown, "read"), hidden(asked, "read")) == (["12345"], ["12345"])


def test_new_version_is_open_again_and_shows_what_was_judged(office: Client, other: User, entry: Submission) -> None:
    findings.judge(entry, {"partner": Judged(Finding.Verdict.FAILED, "Nur eine")}, by=other)
    formal_check.hand_back(entry, by=other, until=LATER, reason="Partner fehlt")
    Submission.objects.update(abstract="Neu")
    factories.submit(fresh())

    page = html(office.get(review(entry)))

    assert "Zu einer früheren Version: nicht erfüllt („Nur eine“), Jan Paulsen" in page
    assert "mit der vorigen vergleichen" in page
    assert page.count('value="open" id=') == len(conditions.CONDITIONS)


@pytest.mark.parametrize(("check", "status"), [("admitted", "submitted"), ("open", "withdrawn")])
def test_review_of_what_is_decided_or_withdrawn_can_only_be_read(
    office: Client, entry: Submission, check: str, status: str
) -> None:
    Submission.objects.update(formal_check=check, status=status)

    page = html(office.get(review(entry)))

    assert "Prüfpunkte speichern" not in page
    assert page.count(" disabled") == len(conditions.CONDITIONS)


def test_review_says_who_decided_when_and_why(office: Client, other: User, entry: Submission) -> None:
    formal_check.exclude(entry, by=other, reason="Nur eine Kommune")

    page = html(office.get(review(entry)))

    assert "<strong>ausgeschlossen</strong> (Version 1), Jan Paulsen, 10. Februar 2026, 00:00 Uhr" in page
    assert "Nur eine Kommune" in page


def test_review_finds_no_draft(office: Client, open_round: Round) -> None:
    assert office.get(review(factories.draft(open_round))).status_code == 404


# The mail before it goes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slug", "filled", "subject", "button"),
    [
        ("zulassen", {"tell": "on"}, "Zugelassen: IKZ-2026-0001", "Zulassen und E-Mail verschicken"),
        ("ausschliessen", {"reason": 'Zeile 1\r\n<b>"Zeile" 2'}, "Ausgeschlossen:", "Ausschließen und E-Mail"),
        (
            "zurueckgeben",
            {"reason": "Seite 2 fehlt", "until_0": "20.02.2026", "until_1": "12:00"},
            "Bitte korrigieren bis Freitag, 20. Februar 2026, 12:00 Uhr (MEZ)",
            "Zur Korrektur zurückgeben und E-Mail",
        ),
        ("zurueckziehen", {"reason": "Anruf"}, "Zurückgezogen: IKZ-2026-0001", "Zurückziehen und E-Mail"),
    ],
)
def test_mail_is_shown_before_it_goes_and_goes_as_shown(
    office: Client, entry: Submission, slug: str, filled: dict[str, str], subject: str, button: str
) -> None:
    factories.editor(entry, "read", email="kollegin@soest.example")

    shown = office.post(act(entry, slug), filled)
    page, unsent = html(shown), Email.objects.count()
    outgoing = shown.context["outgoing"]
    sent = {field.html_name: field.value() for field in shown.context["form"]}
    carried = {name: hidden(shown.content.decode(), name)[0] for name in ("read", "seen")}
    office.post(act(entry, slug), {**filled, **carried, "confirmed": "ja"})

    assert unsent == 0
    assert (subject in page, button in page, "kollegin@soest.example" in page) == (True, True, True)
    assert sent.get("reason") == filled.get("reason")
    assert outgoing.said.text in page
    rows = list(Email.objects.order_by("pk"))
    assert [row.to for row in rows] == [[address] for address in outgoing.to]
    assert {(row.subject, row.message) for row in rows} == {(outgoing.said.subject, outgoing.said.text)}


def test_what_was_filled_in_travels_through_the_preview_and_back(office: Client, entry: Submission) -> None:
    filled = {"reason": 'Eins\r\n<b>"zwei"', "until_0": "20.02.2026", "until_1": "12:00"}
    shown = office.post(act(entry, "zurueckgeben"), filled).content.decode()
    travelled = {name: unescape(hidden(shown, name)[0]) for name in filled}

    page = html(office.post(act(entry, "zurueckgeben"), {**travelled, "change": "ja"}))

    assert travelled == filled
    assert 'Eins\r\n<b>"zwei"</textarea>' in page
    assert 'value="20.02.2026"' in page
    assert not Email.objects.exists()


def test_admission_without_a_mail_says_so(office: Client, entry: Submission) -> None:
    page = html(office.post(act(entry, "zulassen"), {}))
    office.post(act(entry, "zulassen"), {"confirmed": "ja"})

    assert "Es geht keine E-Mail hinaus." in page
    assert hidden(page, "tell") == []
    assert (fresh().formal_check, Email.objects.count()) == (Check.ADMITTED, 0)


def test_admission_offers_the_mail_by_itself(office: Client, entry: Submission) -> None:
    assert 'name="tell" id="id_tell" checked' in html(office.get(act(entry, "zulassen"))).replace(
        'aria-describedby="id_tell_helptext" ', ""
    )


def test_other_mail_than_the_one_seen_is_shown_again(office: Client, entry: Submission) -> None:
    filled = {"reason": "Nur eine Kommune"}
    shown = office.post(act(entry, "ausschliessen"), filled).content.decode()
    factories.editor(entry, "read", email="neu@soest.example")
    seen = {"seen": hidden(shown, "seen")[0], "confirmed": "ja"}

    again = html(office.post(act(entry, "ausschliessen"), {**filled, **seen}))

    assert "hat sich ihr Text oder der Kreis der Empfangenden geändert" in again
    assert "neu@soest.example" in again
    assert (fresh().formal_check, Email.objects.count()) == (Check.OPEN, 0)


def test_admission_against_the_list_is_warned_of(office: Client, other: User, entry: Submission) -> None:
    findings.judge(entry, {"partner": Judged(Finding.Verdict.FAILED)}, by=other)

    assert "1 Prüfpunkt steht auf „nicht erfüllt“" in html(office.get(act(entry, "zulassen")))
    assert "nicht erfüllt" not in html(office.get(act(entry, "ausschliessen")))


# One after the other ---------------------------------------------------------------------------------


def test_decision_leads_to_the_next_entry_and_at_the_end_to_the_queue(office: Client, three: list[Submission]) -> None:
    places = [
        office.post(act(row, "zulassen"), {"confirmed": "ja", "reihe": "alle"}).headers["Location"]
        for row in (three[1], three[2], three[0])
    ]

    assert places == [review(three[2], reihe="alle"), review(three[0], reihe="alle"), reverse(QUEUE)]


def test_entry_can_be_left_for_later(office: Client, three: list[Submission]) -> None:
    page = html(office.get(review(three[0], reihe="alle")))

    assert f'href="{review(three[1], reihe="alle")}">Für später lassen' in page
    assert "(3 warten auf Sie)" in page


def test_without_the_queue_a_decision_leads_back(office: Client, entry: Submission) -> None:
    assert office.post(act(entry, "zulassen"), {"confirmed": "ja"}).headers["Location"] == review(entry)


def test_second_of_two_sees_what_was_decided_by_whom_and_when(office: Client, other: User, entry: Submission) -> None:
    page = office.post(act(entry, "ausschliessen"), {"reason": "x"}).content.decode()
    formal_check.admit(entry, by=other)
    carried = {name: hidden(page, name)[0] for name in ("read", "seen")}

    answer = office.post(act(entry, "ausschliessen"), {**carried, "reason": "x", "confirmed": "ja"}, follow=True)

    assert answer.redirect_chain == [(review(entry), 302)]
    assert "Inzwischen hat sich etwas geändert: „zugelassen“, Jan Paulsen, heute um 00:00 Uhr." in html(answer)
    assert "Formale Prüfung: <strong>zugelassen</strong>" in html(answer)
    assert (fresh().formal_check, Email.objects.count()) == (Check.ADMITTED, 0)


# Two decide ------------------------------------------------------------------------------------------


@pytest.fixture
def two(entry: Submission) -> Submission:
    Round.objects.update(four_eyes=True)
    return fresh()


def test_decision_becomes_a_proposal(office: Client, person: User, two: Submission) -> None:
    shown = html(office.post(act(two, "ausschliessen"), {"reason": "Nur eine"}))
    office.post(act(two, "ausschliessen"), {"reason": "Nur eine", "confirmed": "ja"})
    page = html(office.get(review(two)))

    assert "Ausschluss vorschlagen" in shown
    assert "Diese E-Mail geht hinaus, sobald jemand bestätigt" in shown
    assert (Proposal.objects.get().proposed_by, fresh().formal_check, Email.objects.count()) == (person, "open", 0)
    assert "Das ist Ihr Vorschlag. Eine andere Person der Geschäftsstelle muss ihn bestätigen." in page
    assert "Eigenen Vorschlag zurückziehen" in page
    assert act(two, "bestaetigen") not in page
    assert 'value="zulassen"' not in page


@pytest.mark.parametrize(
    ("slug", "button", "name", "effect"),
    [
        ("zuruecknehmen", "Rücknahme vorschlagen", "Entscheidung zurücknehmen", "Die Prüfung steht dann wieder auf"),
        ("zurueckziehen", "Zurückziehen vorschlagen", "zurückziehen auf Wunsch", "nimmt nicht mehr teil"),
    ],
)
def test_taking_back_becomes_a_proposal_that_waits_for_the_others(
    office: Client, person: User, other: User, two: Submission, slug: str, button: str, name: str, effect: str
) -> None:
    four_eyes.confirm(four_eyes.propose(two, Ruling(CheckAct.EXCLUDE, "Irrtum"), by=other), by=person)
    mails, third = Email.objects.count(), Client()
    show_factor(third, other)

    offered = html(office.get(act(two, slug)))
    answer = html(office.post(act(two, slug), {"reason": "Anruf", "confirmed": "ja"}, follow=True))
    (mine,), (theirs,) = (Queue(two.round, who, CLOSES).turns() for who in (person, other))

    assert button in offered
    assert "Ihr Vorschlag wartet auf eine zweite Person." in answer
    assert (fresh().formal_check, fresh().status, Email.objects.count()) == ("excluded", "submitted", mails)
    assert (mine.kind, mine.said) == (Kind.OTHERS, f"Ihr Vorschlag „{name}“ wartet auf andere")
    assert (theirs.kind, theirs.said) == (Kind.CONFIRM, f"Ida Lorenz schlägt vor: {name}")
    assert effect in html(third.get(act(two, "bestaetigen")))


def test_withdrawal_is_confirmed_by_another_with_the_mail_that_goes(
    office: Client, other: User, two: Submission
) -> None:
    four_eyes.propose(two, Ruling(CheckAct.WITHDRAW, "Anruf"), by=other)

    page = html(office.get(act(two, "bestaetigen")))
    office.post(act(two, "bestaetigen"), {"confirmed": "ja", "seen": hidden(page, "seen")[0]})

    assert "Zurückgezogen: IKZ-2026-0001" in page
    assert (fresh().status, Email.objects.count()) == ("withdrawn", 1)


def test_confirmation_shows_the_mail_at_once_and_decides(office: Client, other: User, two: Submission) -> None:
    proposed = Ruling(CheckAct.HAND_BACK, "Seite 2 fehlt", LATER)
    four_eyes.propose(two, proposed, by=other)

    page = office.get(act(two, "bestaetigen"))
    carried = {name: hidden(page.content.decode(), name)[0] for name in ("read", "seen")}
    office.post(act(two, "bestaetigen"), {**carried, "confirmed": "ja"})

    assert "Vorschlag von Jan Paulsen, 10. Februar 2026, 00:00 Uhr: Zur Korrektur zurückgeben." in html(page)
    assert page.context["outgoing"].said.text in html(page)
    assert "Angaben ändern" not in html(page)
    assert fresh().formal_check == Check.RETURNED
    assert Email.objects.get().message == page.context["outgoing"].said.text


def test_proposal_of_ones_own_has_no_confirmation(office: Client, person: User, two: Submission) -> None:
    four_eyes.propose(two, Ruling(CheckAct.EXCLUDE, "Nur eine"), by=person)

    html_after = html(office.post(act(two, "bestaetigen"), {"confirmed": "ja"}))

    assert "Den eigenen Vorschlag bestätigt eine andere Person" in html_after
    assert fresh().formal_check == Check.OPEN


def test_rejection_asks_for_a_reason(office: Client, other: User, two: Submission) -> None:
    four_eyes.propose(two, Ruling(CheckAct.EXCLUDE, "Nur eine"), by=other)

    refused = html(office.post(act(two, "ablehnen"), {"reason": ""}))
    office.post(act(two, "ablehnen"), {"reason": "Es sind zwei"})

    assert "Bitte nennen Sie den Grund." in refused
    assert Proposal.objects.get().ended_reason == "Es sind zwei"


@pytest.mark.parametrize("slug", ["bestaetigen", "ablehnen", "zuruecknehmen"])
def test_address_without_anything_to_act_on_leads_back_with_a_message(
    office: Client, entry: Submission, slug: str
) -> None:
    answer = office.get(act(entry, slug), follow=True)

    assert answer.redirect_chain == [(review(entry), 302)]
    assert "Dazu gibt es hier gerade nichts zu entscheiden." in html(answer)


@pytest.mark.parametrize("method", ["get", "post"])
def test_proposal_confirmed_meanwhile_leads_to_what_was_decided(
    office: Client, other: User, two: Submission, method: str
) -> None:
    proposal = four_eyes.propose(two, Ruling(CheckAct.ADMIT), by=StaffFactory(superuser=True))
    read = ruling.last_seen(two)
    four_eyes.confirm(proposal, by=other)

    answer = getattr(office, method)(act(two, "bestaetigen", gelesen=read), follow=True)

    assert answer.redirect_chain == [(review(two), 302)]
    assert "Inzwischen hat sich etwas geändert: „zugelassen“, Jan Paulsen, heute um 00:00 Uhr." in html(answer)


def test_round_gone_back_to_one_offers_both(office: Client, other: User, two: Submission) -> None:
    four_eyes.propose(two, Ruling(CheckAct.EXCLUDE, "Nur eine"), by=other)
    Round.objects.update(four_eyes=False)

    page = html(office.get(review(two)))

    assert (act(two, "bestaetigen") in page, 'value="zulassen"' in page) == (True, True)


# Taking back -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tell", "words"), [(True, "ist schon verschickt"), (False, "ging dazu nicht hinaus")])
def test_undo_says_what_will_be_and_whether_a_mail_went(
    office: Client, other: User, entry: Submission, tell: bool, words: str
) -> None:
    formal_check.admit(entry, by=other, tell=tell)

    offered = html(office.get(review(entry)))
    page = html(office.get(act(entry, "zuruecknehmen")))
    office.post(act(entry, "zuruecknehmen"), {"reason": "Falsche Nummer"})

    assert (act(entry, "zuruecknehmen") in offered, act(entry, "wieder-oeffnen") in offered) == (True, False)
    assert "„zugelassen“ von Jan Paulsen vom 10. Februar 2026, 00:00 Uhr wird zurückgenommen" in page
    assert words in page
    assert (entry.owner.email in page) is tell
    assert fresh().formal_check == Check.OPEN


def test_undo_of_handing_back_says_that_the_deadline_ends(office: Client, other: User, entry: Submission) -> None:
    formal_check.hand_back(entry, by=other, until=LATER, reason="x")

    assert "Die Frist zur Korrektur endet damit sofort." in html(office.get(act(entry, "zuruecknehmen")))


def test_where_something_was_built_only_reopening_is_offered_and_says_why(
    office: Client, other: User, entry: Submission
) -> None:
    formal_check.admit(entry, by=other)
    jury.clear(jury.panel(entry.round)[0], entry)

    offered = html(office.get(review(entry)))
    page = html(office.get(act(entry, "wieder-oeffnen")))

    assert (act(entry, "zuruecknehmen") in offered, act(entry, "wieder-oeffnen") in offered) == (False, True)
    assert "Die Jury hat sich mit dieser Einreichung schon befasst." in page


# Many at once ----------------------------------------------------------------------------------------


def confirmed(page: str, **more: str) -> dict[str, Any]:
    return {"entry": hidden(page, "entry"), "seen": hidden(page, "seen"), "confirmed": "ja", **more}


def test_many_are_shown_with_count_and_sample_before_they_are_admitted(office: Client, three: list[Submission]) -> None:
    page = html(office.post(reverse(MANY), {"entry": [str(row.pk) for row in three]}))

    assert "3 Einreichungen zulassen" in page
    assert "an 3 Adressen" in page
    assert "Zugelassen: IKZ-2026-0001 nimmt am Wettbewerb teil" in page
    assert not Submission.objects.filter(formal_check=Check.ADMITTED).exists()


@pytest.mark.parametrize(("more", "mails"), [({"tell": "on"}, 3), ({}, 0)])
def test_many_are_admitted_with_or_without_a_mail(
    office: Client, three: list[Submission], more: dict[str, str], mails: int
) -> None:
    page = html(office.post(reverse(MANY), {"entry": [str(row.pk) for row in three]}))

    answer = office.post(reverse(MANY), confirmed(page, **more), follow=True)

    assert "3 Einreichungen sind zugelassen." in html(answer)
    assert Submission.objects.filter(formal_check=Check.ADMITTED).count() == 3
    assert Email.objects.count() == mails


def test_many_leaves_out_what_is_not_safe_and_says_why(
    office: Client, other: User, three: list[Submission], open_round: Round
) -> None:
    findings.judge(three[0], {"partner": Judged(Finding.Verdict.FAILED)}, by=other)
    formal_check.exclude(three[1], by=other, reason="x")
    Submission.objects.filter(pk=three[2].pk).update(extended_until=LATER)
    draft = factories.draft(open_round)

    page = html(office.post(reverse(MANY), {"entry": [str(row.pk) for row in (*three, draft)] + ["unsinn"]}))

    assert "IKZ-2026-0001: Prüfpunkte: 1 nicht erfüllt" in page
    assert "IKZ-2026-0002: eingereicht, ausgeschlossen" in page
    assert "IKZ-2026-0003: Frist läuft noch bis" in page
    assert "Entwurf: Entwurf, noch nicht geprüft" in page
    assert 'name="confirmed"' not in page


def test_many_names_what_changed_since_and_admits_the_rest(
    office: Client, other: User, three: list[Submission]
) -> None:
    page = html(office.post(reverse(MANY), {"entry": [str(row.pk) for row in three]}))
    findings.judge(three[0], {"partner": Judged(Finding.Verdict.FAILED)}, by=other)

    answer = html(office.post(reverse(MANY), confirmed(page), follow=True))

    assert "IKZ-2026-0001: Inzwischen hat sich etwas geändert: „Prüfpunkte festgehalten“, Jan Paulsen" in answer
    assert "2 Einreichungen sind zugelassen." in answer


@pytest.mark.parametrize("tell", [True, False])
def test_many_are_mailed_only_what_was_shown(office: Client, three: list[Submission], tell: bool) -> None:
    page = html(office.post(reverse(MANY), {"entry": [str(row.pk) for row in three]}))
    factories.editor(three[1], "read", email="kollegin@soest.example")

    answer = html(office.post(reverse(MANY), confirmed(page, **({"tell": "on"} if tell else {})), follow=True))
    again = html(office.post(reverse(MANY), confirmed(answer, tell="on"), follow=True)) if tell else answer

    assert ("hat sich ihr Text oder der Kreis der Empfangenden geändert" in answer) is tell
    assert "3 Einreichungen sind zugelassen." in again
    assert Email.objects.count() == (4 if tell else 0)


def test_many_with_nonsense_admits_nothing(office: Client, entry: Submission) -> None:
    rubbish = {"entry": ["x 1", f"{entry.pk}", f"{entry.pk} x"], "confirmed": "ja"}

    answer = office.post(reverse(MANY), rubbish, follow=True)

    assert answer.status_code == 200
    assert fresh().formal_check == Check.OPEN


def test_many_are_proposed_where_two_decide(office: Client, three: list[Submission]) -> None:
    Round.objects.update(four_eyes=True)

    page = html(office.post(reverse(MANY), {"entry": [str(row.pk) for row in three]}))
    answer = html(office.post(reverse(MANY), confirmed(page, tell="on"), follow=True))

    assert "3 Einreichungen vorschlagen" in page
    assert "3 Einreichungen sind zur Zulassung vorgeschlagen." in answer
    assert (Proposal.objects.waiting().count(), Email.objects.count()) == (3, 0)


def test_action_of_the_list_leads_to_the_same_page(office: Client, three: list[Submission]) -> None:
    chosen = {"action": "admit", "_selected_action": [str(row.pk) for row in three[:1]]}

    page = html(office.post(reverse("admin:submissions_submission_changelist"), chosen))

    assert "1 Einreichung zulassen" in page
    assert "schicken, an 1 Adresse<" in page
    assert f'action="{reverse(MANY)}"' in page


def test_many_takes_the_same_number_of_queries(office: Client, three: list[Submission]) -> None:
    def queries(rows: list[Submission]) -> int:
        with CaptureQueriesContext(connection) as caught:
            office.post(reverse(MANY), {"entry": [str(row.pk) for row in rows]})
        return len(caught)

    queries(three)

    assert queries(three[:1]) == queries(three)


def test_deciding_about_many_takes_the_same_number_of_queries(office: Client, three: list[Submission]) -> None:
    def queries(rows: list[Submission]) -> int:
        page = html(office.post(reverse(MANY), {"entry": [str(row.pk) for row in rows]}))
        with CaptureQueriesContext(connection) as caught:
            office.post(reverse(MANY), confirmed(page, tell="on"))
        return len(caught)

    queries(three[:0])
    one = queries(three[:1])

    assert queries(three[1:]) == one


def test_many_are_admitted_so_many_at_a_time(
    office: Client, three: list[Submission], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admitting, "AT_ONCE", 2)
    page = html(office.post(reverse(MANY), {"entry": [str(row.pk) for row in three]}))

    answer = html(office.post(reverse(MANY), confirmed(page), follow=True))

    assert "3 Einreichungen sind zugelassen." in answer
    assert set(Submission.objects.values_list("formal_check", flat=True)) == {Check.ADMITTED}


def test_many_is_asked_for_with_post(office: Client, entry: Submission) -> None:
    assert office.get(reverse(MANY)).status_code == 405


# Journal ---------------------------------------------------------------------------------------------


def test_journal_tells_points_proposal_and_what_was_taken_back(office: Client, other: User, two: Submission) -> None:
    findings.judge(
        two, {"partner": Judged(Finding.Verdict.FAILED, "Nur eine"), "dauer": Judged(Finding.Verdict.MET)}, by=other
    )
    proposal = four_eyes.propose(two, Ruling(CheckAct.EXCLUDE, "Nur eine"), by=StaffFactory(superuser=True, name="Ute"))
    four_eyes.confirm(proposal, by=other)
    undoing = four_eyes.propose(two, Ruling(CheckAct.UNDO, "Irrtum"), by=other)
    four_eyes.confirm(undoing, by=StaffFactory(superuser=True))

    page = html(office.get(reverse("admin:submissions_submission_change", args=[two.pk])))

    assert "Prüfpunkte: Partner nicht erfüllt (Nur eine); Dauer erfüllt" in page
    assert "Vorschlag: ausschließen" in page
    assert "vorgeschlagen von: Ute" in page
    assert "zurückgenommen: ausgeschlossen" in page
    assert "Vorschlag: Entscheidung zurücknehmen" in page
    assert Event.objects.filter(verb="check_undone").count() == 1
