"""The formal check in the admin: which buttons an entry has, what each asks and does, and admitting many at once."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from submissions.actions import ruling
from submissions.models import Category, Event, Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.conftest import CLOSES
from tests.submissions import factories

Check = Submission.Check
Clock = Callable[[datetime], None]
LIST = "admin:submissions_submission_changelist"
TITLES = {
    "zulassen": "Zulassen",
    "ausschliessen": "Ausschließen",
    "zurueckgeben": "Zur Korrektur zurückgeben",
    "wieder-oeffnen": "Prüfung wieder öffnen",
    "zurueckziehen": "Zurückziehen auf Wunsch",
}


@pytest.fixture
def office(client: Client, db: None) -> Client:
    call_command("load_roles", verbosity=0)
    person = StaffFactory()
    person.groups.add(Group.objects.get(name="Geschäftsstelle"))
    show_factor(client, person)
    return client


@pytest.fixture
def entry(open_round: Round, at: Clock) -> Submission:
    made = factories.submitted(open_round)
    at(CLOSES)
    return made


def of(entry: Submission, act: str) -> str:
    return reverse("admin:submissions_check", args=[entry.pk, act])


def page(entry: Submission) -> str:
    return reverse("admin:submissions_submission_change", args=[entry.pk])


def review(entry: Submission) -> str:
    return reverse("admin:submissions_review", args=[entry.pk])


def offered(client: Client, entry: Submission) -> list[str]:
    html = client.get(page(entry)).content.decode()
    return [act for act in TITLES if of(entry, act) in html]


def put(entry: Submission, **fields: str) -> None:
    Submission.objects.filter(pk=entry.pk).update(**fields)


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        (Check.OPEN, ["zulassen", "ausschliessen", "zurueckgeben", "zurueckziehen"]),
        (Check.RETURNED, ["zulassen", "ausschliessen", "wieder-oeffnen", "zurueckziehen"]),
        (Check.ADMITTED, ["ausschliessen", "wieder-oeffnen", "zurueckziehen"]),
        (Check.EXCLUDED, ["wieder-oeffnen", "zurueckziehen"]),
    ],
)
def test_entry_offers_what_fits_its_state(office: Client, entry: Submission, check: str, expected: list[str]) -> None:
    put(entry, formal_check=check)

    assert offered(office, entry) == expected


def test_entry_that_is_not_submitted_offers_nothing(office: Client, open_round: Round, entry: Submission) -> None:
    put(entry, status=Submission.Status.WITHDRAWN)

    assert offered(office, entry) == []
    assert offered(office, factories.draft(open_round)) == []


@pytest.mark.parametrize(
    ("act", "before", "words", "after", "verb"),
    [
        ("zulassen", Check.OPEN, "Die Jury liest und bewertet dann die geltende Version", Check.ADMITTED, "admitted"),
        ("ausschliessen", Check.ADMITTED, "zählen nicht mehr", Check.EXCLUDED, "excluded"),
        ("zurueckgeben", Check.OPEN, "zählt die bisherige Version", Check.RETURNED, "handed_back"),
        ("wieder-oeffnen", Check.EXCLUDED, "noch nicht geprüft", Check.OPEN, "check_reopened"),
        ("zurueckziehen", Check.OPEN, "Nur auf Wunsch der Einreichenden", Check.OPEN, "withdrawn"),
    ],
)
def test_button_asks_once_more_and_decides(
    office: Client, entry: Submission, act: str, before: str, words: str, after: str, verb: str
) -> None:
    put(entry, formal_check=before)

    asked = office.get(of(entry, act)).content.decode()
    unchanged = Submission.objects.get().formal_check
    filled = {"reason": "Nachweis fehlt", "until_0": "20.02.2026", "until_1": "12:00"}
    answer = office.post(of(entry, act), {**filled, "confirmed": "ja"})

    assert words in asked
    assert "IKZ-2026-0001 PegelVerbund Hellweg" in asked
    assert unchanged == before
    assert answer.headers["Location"] == review(entry)
    assert Submission.objects.get().formal_check == after
    event = Event.objects.latest("pk")
    until = {"until": "2026-02-20T12:00:00+01:00"} if act == "zurueckgeben" else {}
    told = {name: event.detail[name] for name in ("until", "reason") if name in event.detail}
    assert (event.verb, told) == (verb, until | ({} if act == "zulassen" else {"reason": "Nachweis fehlt"}))


@pytest.mark.parametrize("act", ["ausschliessen", "wieder-oeffnen", "zurueckziehen"])
def test_button_needs_a_reason(office: Client, entry: Submission, act: str) -> None:
    html = office.post(of(entry, act), {"reason": " "}).content.decode()

    assert "Bitte nennen Sie den Grund." in html
    assert not Email.objects.exists()


def test_button_says_why_it_is_too_late(office: Client, entry: Submission) -> None:
    Category.objects.update(decided_at=CLOSES)

    html = office.post(of(entry, "ausschliessen"), {"reason": "x", "confirmed": "ja"}).content.decode()

    assert "Die Jury hat diese Kategorie entschieden" in html
    assert Submission.objects.get().formal_check == Check.OPEN


def test_button_pressed_twice_says_that_it_is_done(office: Client, entry: Submission) -> None:
    read = {"read": ruling.last_seen(entry), "confirmed": "ja"}
    office.post(of(entry, "zulassen"), read)

    html = office.post(of(entry, "zulassen"), read, follow=True).content.decode()

    assert "Inzwischen hat sich etwas geändert: „zugelassen“" in html
    assert Event.objects.filter(verb="admitted").count() == 1


@pytest.mark.parametrize("act", TITLES)
def test_button_is_for_the_office(client: Client, entry: Submission, act: str) -> None:
    show_factor(client, StaffFactory())

    assert client.get(of(entry, act)).status_code == 403
    assert client.post(of(entry, act), {"reason": "x"}).status_code == 403
    assert Submission.objects.get().status == "submitted"


def test_button_knows_no_other_act_and_no_draft(office: Client, open_round: Round, entry: Submission) -> None:
    assert office.get(of(entry, "loeschen")).status_code == 404
    assert office.get(of(factories.draft(open_round), "zulassen")).status_code == 404
