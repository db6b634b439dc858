"""The first page of the admin: right numbers for whoever may see them, nothing for others, constant queries."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import STATUS, Email

from accounts import actions
from accounts.models import User
from landespreis import clock, overview, owed
from portal.models import Inquiry
from submissions.actions import formal_check, four_eyes, handing_in
from submissions.actions.ruling import Ruling
from submissions.models import Partner, Round, Submission
from submissions.workflow import CheckAct
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, StaffFactory, UserFactory, staff
from tests.conftest import CLOSES, OPENS
from tests.jury import factories as jury
from tests.portal.factories import InquiryFactory
from tests.submissions import factories

At = Callable[[datetime], None]


@pytest.fixture
def office(db: None) -> User:
    return staff("Geschäftsstelle")


def seen(user: User) -> overview.Page:
    return overview.page(User.objects.get(pk=user.pk), clock.now())


def numbers(user: User) -> dict[str, int]:
    return {figure.label: figure.number for figure in seen(user).figures}


def tasks(user: User) -> dict[str, int]:
    return {task.label: task.number for task in seen(user).tasks}


def test_figures_count_entries_of_the_round(office: User, open_round: Round) -> None:
    factories.submitted(open_round)
    factories.complete(open_round)
    Submission.objects.create(round=open_round, owner=StaffFactory())

    assert list(numbers(office).values()) == [1, 2, 1, 2]


def test_table_counts_by_category(office: User, open_round: Round, at: At) -> None:
    entry = factories.submitted(open_round)
    other, returned, gone, _unchecked = (factories.submitted(open_round) for _ in range(4))
    handing_in.withdraw(gone, by=gone.owner)
    factories.complete(open_round)
    at(CLOSES)
    formal_check.admit(entry, by=office)
    formal_check.exclude(other, reason="Kein zweiter Partner.", by=office)
    Submission.objects.filter(pk=returned.pk).update(formal_check="returned")

    table = seen(office).tables[0]

    chosen = next(
        row for row in table.rows if entry.submitted_category and row[0] == entry.submitted_category.short_name
    )
    assert dict(zip(table.heads[1:], chosen[2], strict=True)) == {
        "Entwurf": "1", "eingereicht": "4", "davon ungeprüft": "1", "in Korrektur": "1", "zugelassen": "1",
        "ausgeschlossen": "1", "zurückgezogen": "1",
    }  # fmt: skip
    assert len(table.rows) == 6


def test_drafts_are_counted_by_what_they_lack(office: User, open_round: Round) -> None:
    factories.complete(open_round)
    one = factories.complete(open_round)
    Submission.objects.filter(pk=one.pk).update(abstract="", title="")
    Submission.objects.create(round=open_round, owner=StaffFactory())

    table = seen(office).tables[1]

    assert [(label, *number) for label, _, number in table.rows] == [
        ("vollständig", "1"), ("1 bis 2", "1"), ("3 bis 5", "0"), ("6 und mehr", "1"),
    ]  # fmt: skip


def test_rush_of_the_last_days_is_drawn_by_six_hours(office: User, open_round: Round, at: At) -> None:
    at(CLOSES - timedelta(days=8))
    factories.submitted(open_round)
    assert [chart.title for chart in seen(office).charts][:1] == ["Einreichungen im Verlauf"]
    for hours in (30, 2, 1):
        at(CLOSES - timedelta(hours=hours))
        factories.submitted(open_round)

    rush = seen(office).charts[1]

    assert rush.title == "Eingang in den letzten sieben Tagen"
    assert "3 eingereicht, höchstens 2 in sechs Stunden" in rush.svg
    assert rush.svg.count("lp-plot__bar") == 2
    told = [(label, *number) for label, _, number in rush.table.rows]
    assert (told[0], told[-2:]) == (
        ("davor", "1"), [("Sonntag, 8. Februar 2026", "1"), ("Montag, 9. Februar 2026", "2")],
    )  # fmt: skip
    assert len(told) == 8


def test_rush_ends_with_today_and_with_the_closing(office: User, open_round: Round, at: At) -> None:
    at(CLOSES - timedelta(days=6, hours=1))
    factories.submitted(open_round)
    assert len(seen(office).charts[1].table.rows) == 2

    at(CLOSES + timedelta(days=30))
    assert len(seen(office).charts[1].table.rows) == 8


def test_rush_is_exact_with_a_closing_within_an_hour(office: User, open_round: Round, at: At) -> None:
    closes = CLOSES - timedelta(minutes=30)
    Round.objects.update(closes_at=closes)
    for before in (timedelta(hours=6, minutes=1), timedelta(hours=6), timedelta(hours=23, minutes=40)):
        at(closes - before)
        factories.submitted(open_round)
    at(closes)

    rush = seen(office).charts[1]

    assert "3 eingereicht, höchstens 1 in sechs Stunden" in rush.svg
    assert [row[2] for row in rush.table.rows][-2:] == [["1"], ["2"]]  # 23:50 of one day, 17:29 and 17:30 of the next


def test_map_counts_entries_of_each_district_once(office: User, open_round: Round) -> None:
    soest = MunicipalityFactory(name="Soest", district_ags="05974")
    entry = factories.complete(open_round, lead=soest)
    Partner.objects.create(submission=entry, municipality=MunicipalityFactory(district_ags="05974"))
    Partner.objects.create(submission=entry, municipality=MunicipalityFactory(district_ags="05915"))
    factories.submit(entry)
    unsent = factories.complete(open_round)
    Partner.objects.create(submission=unsent, municipality=MunicipalityFactory(district_ags="05111"))
    gone = factories.submitted(open_round, lead=MunicipalityFactory(district_ags="05111"))
    handing_in.withdraw(gone, by=gone.owner)

    chart = next(chart for chart in seen(office).charts if chart.title == "Beteiligte Kreise")

    told = {label: number for label, _, (number,) in chart.table.rows}
    assert told["Kreis Soest"] == "1"
    assert told["Hamm"] == "1"
    assert "Düsseldorf" not in told
    assert "<title>Kreis Soest: 1 Einreichung</title>" in chart.svg
    assert "<title>Düsseldorf: keine Einreichung</title>" in chart.svg
    assert "<a " not in chart.svg


def test_map_is_not_there_before_the_first_entry(office: User, open_round: Round) -> None:
    factories.complete(open_round)

    assert [chart.title for chart in seen(office).charts] == ["Einreichungen im Verlauf"]


def test_course_is_drawn_with_its_numbers_by_week(office: User, open_round: Round, at: At) -> None:
    at(OPENS + timedelta(days=1))
    factories.submitted(open_round)
    at(OPENS + timedelta(days=10))
    factories.submitted(open_round)

    chart = seen(office).charts[0]

    assert "2 angelegt und 2 eingereicht" in chart.svg
    assert [row[2] for row in chart.table.rows] == [["1", "1"], ["2", "2"]]


@pytest.mark.parametrize(("moment", "words"), [
    (OPENS - timedelta(days=2), "Beginn Montag, 1. Dezember 2025, 00:00 Uhr (MEZ), in 2 Tag"),
    (CLOSES - timedelta(hours=2), "Einreichungsschluss Montag, 9. Februar 2026, 24:00 Uhr (MEZ), noch 2 Stunden"),
    (CLOSES, "Preisträger bleiben vertraulich bis"),
])  # fmt: skip
def test_state_names_phase_and_what_is_left(office: User, round: Round, at: At, moment: datetime, words: str) -> None:
    at(moment)

    assert words in seen(office).state


def test_state_after_the_embargo_is_the_phase_alone(office: User, round: Round, at: At) -> None:
    at(round.embargo_until)

    assert seen(office).state == "Phase: veröffentlicht."


def test_formal_check_is_a_task_that_leads_to_the_queue(office: User, open_round: Round, at: At) -> None:
    factories.submitted(open_round)
    at(CLOSES)

    queue = reverse("admin:submissions_queue")
    task = next(task for task in seen(office).tasks if task.label == "Einreichungen formal prüfen")

    assert (task.number, task.url) == (1, queue)
    assert "Vorschläge der formalen Prüfung bestätigen" not in tasks(office)


def test_proposal_is_a_task_for_everybody_but_who_made_it(office: User, open_round: Round, at: At) -> None:
    entry = factories.submitted(open_round)
    at(CLOSES)
    Round.objects.update(four_eyes=True)
    four_eyes.propose(entry, Ruling(CheckAct.ADMIT), by=office)

    label = "Vorschläge der formalen Prüfung bestätigen"
    other = StaffFactory(superuser=True)

    assert (tasks(office)[label], tasks(other)[label]) == (0, 1)
    assert tasks(other)["Einreichungen formal prüfen"] == 0
    Round.objects.update(four_eyes=False)
    assert tasks(other)[label] == 1


def test_entry_whose_owner_left_is_a_task_that_leads_to_it(client: Client, office: User, open_round: Round) -> None:
    left, stays = factories.submitted(open_round), factories.submitted(open_round)
    label = "Einreichungen ohne verantwortliche Person"
    before = tasks(office)
    actions.delete_account(left.owner, by=left.owner)
    show_factor(client, office)

    task = next(task for task in seen(office).tasks if task.label == label)
    html = client.get(task.url).content.decode()

    assert label not in before
    assert task.number == 1
    assert left.label in html
    assert stays.label not in html


def test_draft_whose_owner_left_is_no_task_once_nobody_can_hand_it_in(office: User, open_round: Round, at: At) -> None:
    factories.draft(open_round, owner=UserFactory(is_active=False))
    label = "Einreichungen ohne verantwortliche Person"
    before = tasks(office)
    at(CLOSES)

    assert (before[label], label in tasks(office)) == (1, False)


def test_formal_check_is_no_task_for_who_only_reads(office: User, open_round: Round, at: At) -> None:
    factories.submitted(open_round)
    at(CLOSES)
    role = Group.objects.get(name="Geschäftsstelle")
    role.permissions.remove(role.permissions.get(codename="change_submission"))

    assert "Einreichungen formal prüfen" not in tasks(office)


def test_tasks_count_what_waits(office: User, open_round: Round, at: At) -> None:
    MembershipFactory()
    InquiryFactory(kind=Inquiry.Kind.BARRIER)
    factories.submitted(open_round)
    at(CLOSES)

    waiting = tasks(office)

    assert waiting["gemeldete Barrieren"] == 1
    assert waiting["Nachrichten beantworten"] == 0
    assert waiting["Einreichungen formal prüfen"] == 1
    assert waiting["Zugehörigkeiten bestätigen"] >= 1


def test_tasks_that_wait_stand_before_those_that_are_done(office: User, open_round: Round) -> None:
    InquiryFactory()

    listed = [task.number > 0 for task in seen(office).tasks]

    assert listed == sorted(listed, reverse=True)
    assert True in listed


def test_mail_is_late_after_ten_minutes_and_counted_when_it_failed(office: User, open_round: Round) -> None:
    row = Email.objects.create(to="ada@stadt.example", from_email="a@b.example", status=STATUS.queued)
    Email.objects.filter(pk=row.pk).update(created=timezone.now() - owed.LATE + timedelta(minutes=1))
    assert not any("überfällig" in task.one for task in seen(office).tasks)

    Email.objects.filter(pk=row.pk).update(created=timezone.now() - owed.LATE - timedelta(minutes=1))
    assert [task.detail for task in seen(office).tasks if task.one == "Mail überfällig"] == ["seit 11 Minuten"]

    Email.objects.filter(pk=row.pk).update(status=STATUS.failed)
    assert tasks(office)["Mails nicht zustellbar"] == 1


def test_jury_speaks_once_the_window_has_closed(office: User, open_round: Round, at: At) -> None:
    panel = jury.panel(open_round)
    first, second = (jury.admitted(open_round) for _ in range(2))
    assert [table.title for table in seen(office).tables] == ["Nach Kategorie und Stand"]

    at(jury.scoring_time(open_round))
    jury.sheet(panel[0], first, 7)
    jury.sheet(panel[1], first, 7, status="draft")
    jury.recuse(panel[1], second)

    table = seen(office).tables[1]
    assert table.title == "Abgeschlossene Bewertungen je Kategorie und Sitz"
    assert table.heads[:3] == ("Kategorie", "Einreichungen", "Landesbeauftragter")
    chosen = next(
        row for row in table.rows if first.submitted_category and row[0] == first.submitted_category.short_name
    )
    assert chosen[2][:3] == ["2", "1 von 2", "0 von 1"]


def test_editors_see_the_portal_only(open_round: Round) -> None:
    factories.submitted(open_round)
    page = seen(staff("Redaktion"))

    assert (page.figures, page.tables, page.charts, page.state) == ([], [], [], "")
    assert {task.label for task in page.tasks} == {
        "gemeldete Barrieren", "Nachrichten beantworten", "Projektvorschläge prüfen",
    }  # fmt: skip


def test_drafts_are_counted_and_never_named(client: Client, office: User, open_round: Round) -> None:
    entry = factories.complete(open_round)
    Submission.objects.filter(pk=entry.pk).update(title="Ein geheimer Titel")
    show_factor(client, office)

    html = client.get(reverse("admin:index")).content.decode()

    assert "davon vollständig, aber nicht eingereicht" in html
    assert "Ein geheimer Titel" not in html


def test_page_without_a_round_offers_to_make_one(client: Client, db: None) -> None:
    show_factor(client, StaffFactory(superuser=True))

    html = client.get(reverse("admin:index")).content.decode()

    assert "Es gibt noch keine Wettbewerbsrunde." in html
    assert reverse("admin:submissions_round_add") in html


@pytest.mark.parametrize("moment", [CLOSES - timedelta(days=1), CLOSES])
def test_page_asks_the_database_equally_often(
    client: Client, office: User, open_round: Round, at: At, moment: datetime
) -> None:
    show_factor(client, office)
    asked = []
    for _ in range(2):
        for _ in range(2):
            at(CLOSES - timedelta(days=2))
            factories.submitted(open_round)
            factories.complete(open_round)
            MembershipFactory()
            InquiryFactory()
        at(moment)
        client.get(reverse("admin:index"))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("admin:index"))
        asked.append(len(queries))

    assert asked[0] == asked[1]
