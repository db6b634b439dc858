"""Seats, recusals and the journal in the admin: what they show, what they hide, and the buttons."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from accounts.models import User
from jury.actions import seats as verbs
from jury.models import Assessment, Juror, JuryEvent, Recusal, Score, Seat
from landespreis import clock
from submissions.models import Category, Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.conftest import CLOSES
from tests.jury import factories

NEW = {"name": "Ulf Siebenkotten", "email": "ulf@kreise.example", "since": "15.01.2026"}
LIST = "admin:jury_seat_changelist"


@pytest.fixture
def person(db: None) -> User:
    """Somebody of the Geschäftsstelle."""
    call_command("load_roles", verbosity=0)
    user: User = StaffFactory()
    user.groups.add(Group.objects.get(name="Geschäftsstelle"))
    return user


@pytest.fixture
def office(client: Client, person: User) -> Client:
    show_factor(client, person)
    return client


@pytest.fixture
def seat(open_round: Round) -> Seat:
    return factories.seats(open_round)[1]


def url(view: str, row: Seat | Recusal) -> str:
    return reverse(f"admin:jury_{row._meta.model_name}_{view}", args=[row.pk])


def text(client: Client, address: str) -> str:
    return client.get(address).content.decode()


# Seats -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["session", "decided", "scoring"])
def test_seat_is_added_while_no_session_is_open(office: Client, open_round: Round, stage: str) -> None:
    factories.seats(open_round)
    category = open_round.categories.get(key="krisen")
    if stage != "scoring":
        factories.open_session(category)
    if stage == "decided":
        Category.objects.filter(pk=category.pk).update(decided_at=CLOSES)
    fields = {"round": open_round.pk, "institution": "Verein", "short_name": "Verein", "key": "verein", "position": "6"}

    answer = office.post(
        reverse("admin:jury_seat_add"),
        {**fields, "jurors-TOTAL_FORMS": "0", "jurors-INITIAL_FORMS": "0"},
        follow=True,
    )

    said = f"Die Sitzung „{category.short_name}“ ist eröffnet."
    assert (said in answer.content.decode(), open_round.seats.count()) == (
        (True, 5) if stage == "session" else (False, 6)
    )


@pytest.mark.usefixtures("lasting_sessions")
def test_list_says_how_far_everybody_is(
    office: Client, open_round: Round, person: User, at: Callable[[datetime], None]
) -> None:
    seats = factories.seats(open_round)
    since = date(2026, 1, 15)
    named = [verbs.name(seats[n], name=f"P{n}", email=f"p{n}@x.example", since=since, by=person) for n in (1, 2)]
    verbs.invite(named[1], by=person)
    factories.juror(seats[3], accepted=False)
    factories.juror(seats[4])
    other = factories.juror(seats[0], accepted=False)
    assert other.user
    other.user.authenticator_set.all().delete()

    html = text(office, reverse(LIST))

    for words in (
        "zugesagt, zweiter Faktor fehlt",
        "benannt, noch nicht eingeladen",
        "eingeladen am 20. Januar 2026, 10:30 Uhr",
        "zugesagt, zweiter Faktor eingerichtet, Hinweise noch nicht angenommen",
        "bereit, Hinweise angenommen am 20. Januar 2026, 10:30 Uhr",
    ):
        assert words in html
    at(clock.now() + verbs.VALID)
    assert "10:30 Uhr, Link abgelaufen" in text(office, reverse(LIST))


def test_list_asks_the_database_equally_often(office: Client, open_round: Round) -> None:
    seats = factories.seats(open_round)
    office.get(reverse(LIST))
    with_none = _queries(office)
    for seat in seats:
        factories.juror(seat)

    assert _queries(office) == with_none


def _queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse(LIST))
    return len(queries)


def test_empty_seat_offers_naming_only(office: Client, seat: Seat) -> None:
    html = text(office, url("change", seat))

    assert "unbesetzt" in html
    assert url("name", seat) in html
    assert url("invite", seat) not in html
    assert url("end", seat) not in html


def test_name_and_invite_by_button(office: Client, seat: Seat, person: User) -> None:
    asked = text(office, url("name", seat))
    named = office.post(url("name", seat), NEW, follow=True).content.decode()
    question = text(office, url("invite", seat))
    office.post(url("invite", seat), {})
    again = text(office, url("change", seat))

    assert "Die Einladung senden Sie danach" in asked
    assert "Laden Sie sie jetzt ein" in named
    assert url("invite", seat) in named
    assert "Ulf Siebenkotten erhält an ulf@kreise.example eine E-Mail" in question
    assert Email.objects.get().to == ["ulf@kreise.example"]
    assert "Erneut einladen" in again
    assert "Der Link aus der früheren Einladung gilt dann nicht mehr." in text(office, url("invite", seat))
    assert JuryEvent.objects.latest("pk").by == person


def test_successor_by_button_says_what_will_happen(office: Client, seat: Seat) -> None:
    before = factories.juror(seat, name="Marlies Overkamp")

    asked = text(office, url("name", seat))
    page = office.post(url("name", seat), NEW, follow=True).content.decode()

    assert "Das Amt von Marlies Overkamp endet in diesem Augenblick mit einer E-Mail." in asked
    assert "übernimmt die Bewertungen des Sitzes" in asked
    before.refresh_from_db()
    assert before.until == clock.now()
    assert page.index("Ulf Siebenkotten") < page.index("Marlies Overkamp")


def test_end_by_button(office: Client, seat: Seat) -> None:
    juror = factories.juror(seat)

    asked = text(office, url("end", seat))
    office.post(url("end", seat), {})

    assert "sieht die Seiten der Jury von diesem Augenblick an nicht mehr und erhält eine E-Mail" in asked
    juror.refresh_from_db()
    assert juror.until == clock.now()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (NEW | {"name": ""}, "Bitte prüfen Sie die markierten Angaben."),
        (NEW | {"email": "unsinn"}, "Bitte prüfen Sie die markierten Angaben."),
        (NEW | {"since": "31.02.2026"}, "Bitte prüfen Sie die markierten Angaben."),
        (NEW | {"name": "U\0lf"}, "Bitte prüfen Sie die markierten Angaben."),
        (NEW | {"email": "staff@land.example"}, "Zugang zur Verwaltung"),
    ],
)
def test_name_refuses_and_says_why(office: Client, seat: Seat, data: dict[str, str], words: str) -> None:
    StaffFactory(email="staff@land.example")

    assert words in office.post(url("name", seat), data).content.decode()
    assert not Juror.objects.exists()


@pytest.mark.parametrize("view", ["invite", "end"])
def test_button_for_an_empty_seat_is_refused(office: Client, seat: Seat, view: str) -> None:
    assert office.post(url(view, seat), {}).status_code == 403


@pytest.mark.parametrize("view", ["name", "invite", "end"])
def test_buttons_are_for_the_office(client: Client, seat: Seat, view: str) -> None:
    factories.juror(seat)
    show_factor(client, StaffFactory())

    assert client.get(url(view, seat)).status_code == 403
    assert client.post(url(view, seat), NEW).status_code == 403
    assert Juror.objects.get().until is None


def test_seat_can_be_renamed_but_not_moved_or_deleted(office: Client, seat: Seat) -> None:
    factories.juror(seat)
    data = {"institution": "Neuer Name", "short_name": "Neu", "position": "2", "key": "anders"}
    inline = {"jurors-TOTAL_FORMS": "0", "jurors-INITIAL_FORMS": "0"}

    office.post(url("change", seat), data | inline)

    seat.refresh_from_db()
    assert (seat.institution, seat.key) == ("Neuer Name", "staedtetag")
    assert office.post(url("delete", seat), {"post": "yes"}).status_code == 403


# Recusals --------------------------------------------------------------------------------------------


@pytest.fixture
def recusal(seat: Seat, open_round: Round, scoring: Callable[[], None]) -> Recusal:
    juror = factories.juror(seat)
    entry = factories.admitted(open_round)
    scoring()
    return factories.recuse(juror, entry)


def test_recusal_shows_who_what_why_and_can_be_taken_back(office: Client, recusal: Recusal, person: User) -> None:
    page = text(office, url("change", recusal))
    asked = text(office, url("take_back", recusal))
    office.post(url("take_back", recusal), {"reason": "Namensgleichheit"})
    after = text(office, url("change", recusal))

    assert "IKZ-2026-0001 PegelVerbund Hellweg" in page
    assert "Ratsmandat" in page
    assert url("take_back", recusal) in page
    assert "lebt nicht wieder auf" in asked
    recusal.refresh_from_db()
    assert (recusal.taken_back_by, recusal.taken_back_reason) == (person, "Namensgleichheit")
    assert "Namensgleichheit" in after
    assert url("take_back", recusal) not in after


def test_recusal_is_not_taken_back_without_a_reason(office: Client, recusal: Recusal) -> None:
    page = office.post(url("take_back", recusal), {"reason": ""}).content.decode()

    assert "Bitte nennen Sie den Grund." in page
    assert Recusal.objects.standing().exists()


def test_recusal_is_not_taken_back_after_the_decision(office: Client, recusal: Recusal) -> None:
    category = recusal.submission.submitted_category
    assert category
    category.decided_at = clock.now()
    category.save()

    page = office.post(url("take_back", recusal), {"reason": "x"}).content.decode()

    assert "Der Beschluss ist bestätigt und gesperrt" in page
    assert Recusal.objects.standing().exists()


def test_recusal_is_taken_back_by_the_office_only(client: Client, recusal: Recusal) -> None:
    show_factor(client, StaffFactory())

    assert client.post(url("take_back", recusal), {"reason": "x"}).status_code == 403


# The journal, and what is never shown ----------------------------------------------------------------


def test_journal_shows_details_without_points(office: Client, seat: Seat, person: User, open_round: Round) -> None:
    verbs.name(seat, name="Ulf", email="ulf@kreise.example", since=date(2026, 1, 1), by=person)
    secret = {"before": {"gewinn": 4713}, "after": {"gewinn": 4714}, "reason": "von 4713 auf 4714"}
    row = JuryEvent.objects.create(round=open_round, at=clock.now(), verb="revised", seat=seat, detail=secret)

    pages = [
        text(office, reverse("admin:jury_juryevent_changelist")),
        text(office, reverse("admin:jury_juryevent_change", args=[row.pk])),
    ]

    assert "Name: Ulf, Adresse: ulf@kreise.example" in pages[0]
    for html in pages:
        assert "Bewertung in der Sitzung geändert" in html
        assert "4713" not in html
        assert "4714" not in html


@pytest.mark.parametrize("name", ["add", "change", "delete"])
def test_journal_cannot_be_written_by_hand(office: Client, open_round: Round, name: str) -> None:
    row = JuryEvent.objects.create(round=open_round, at=clock.now(), verb="opened")
    address = reverse(f"admin:jury_juryevent_{name}", args=[] if name == "add" else [row.pk])

    assert office.post(address, {"verb": "locked", "post": "yes"}).status_code == 403


def test_points_have_no_page_in_the_admin() -> None:
    assert {Assessment, Score} & set(admin.site._registry) == set()


def test_no_page_of_these_shows_points(office: Client, recusal: Recusal, open_round: Round) -> None:
    Round.objects.update(scale_max=4713)
    entry: Submission = recusal.submission
    factories.sheet(recusal.juror, entry, 4713)
    Assessment.objects.update(comment="Gesamteindruck geheim")
    addresses = [reverse(f"admin:jury_{name}_changelist") for name in ("seat", "recusal", "juryevent")]
    addresses += [url("change", recusal.juror.seat), url("change", recusal)]
    addresses += [reverse("admin:submissions_submission_change", args=[entry.pk])]

    for address in addresses:
        answer = office.get(address)
        assert answer.status_code == 200
        assert "4713" not in answer.content.decode()
        assert "Gesamteindruck geheim" not in answer.content.decode()


def test_pages_are_not_for_jurors(client: Client, seat: Seat) -> None:
    juror = factories.juror(seat)
    assert juror.user
    show_factor(client, juror.user)

    assert client.get(reverse(LIST)).status_code == 404
    assert client.post(url("end", seat), {}).status_code == 404
