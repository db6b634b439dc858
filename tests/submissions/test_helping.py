"""Help: who opens a draft to the office and for how long, who reads it meanwhile, that every look leaves a trace."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from post_office.models import Email

from accounts.models import User
from landespreis import clock
from landespreis.refusal import NotAllowed, Refused
from submissions import permissions, workflow
from submissions.actions import helping
from submissions.models import Event, HelpRequest, Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.conftest import CLOSES, MIDWAY
from tests.submissions import factories

Clock = Callable[[datetime], None]
SECOND = timedelta(seconds=1)
SECRET = "Nur für uns geschrieben"


@pytest.fixture
def office(db: None) -> User:
    call_command("load_roles", verbosity=0)
    person: User = StaffFactory()
    person.groups.add(Group.objects.get(name="Geschäftsstelle"))
    return person


@pytest.fixture
def entry(open_round: Round) -> Submission:
    return factories.complete(open_round, title=SECRET)


def ask(entry: Submission, *, days: int = 3, by: User | None = None) -> HelpRequest:
    return helping.ask(entry, question="Welche Rechtsform?", days=days, by=by or entry.owner)


def verbs(entry: Submission) -> list[str]:
    return list(Event.objects.filter(submission=entry).order_by("pk").values_list("verb", flat=True))


def desk(client: Client, person: User) -> Client:
    show_factor(client, person)
    return client


def status(client: Client, url: str) -> int:
    answer = client.get(url)
    for close in answer._resource_closers:  # closing the response would close the database too
        close()
    return answer.status_code


# Asking ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [1, 3, 7])
def test_ask_opens_the_draft_for_the_chosen_days(entry: Submission, settings: object, days: int) -> None:
    colleague = factories.editor(entry, "read")

    asked = ask(entry, days=days)

    assert asked.until == MIDWAY + timedelta(days=days)
    assert verbs(entry) == ["help_asked"]
    told = {mail.to[0]: mail for mail in Email.objects.all()}
    assert set(told) >= {entry.owner.email, colleague.email}
    assert len(told) == 3
    to_office = next(mail for address, mail in told.items() if address not in {entry.owner.email, colleague.email})
    assert "Welche Rechtsform?" in to_office.message
    assert SECRET not in to_office.message + to_office.html_message + to_office.subject


@pytest.mark.parametrize("role", ["edit", "read"])
def test_ask_is_for_those_who_may_submit(entry: Submission, role: str) -> None:
    with pytest.raises(NotAllowed):
        ask(entry, by=factories.editor(entry, role))

    assert not HelpRequest.objects.exists()


def test_ask_once_at_a_time_and_again_when_it_ran_out(entry: Submission, at: Clock) -> None:
    first = ask(entry, days=1, by=factories.editor(entry, "submit"))

    with pytest.raises(Refused, match="schon um Hilfe gebeten"):
        ask(entry)
    at(first.until)
    ask(entry)

    first.refresh_from_db()
    assert (first.ended_at, first.ended_by) == (first.until, None)


def test_ask_needs_a_question(entry: Submission) -> None:
    with pytest.raises(Refused, match="wobei"):
        helping.ask(entry, question="  ", days=1, by=entry.owner)


def test_ask_after_the_deadline_too(entry: Submission, at: Clock) -> None:
    at(CLOSES + timedelta(days=2))

    assert workflow.is_helping(ask(entry), clock.now())


def test_ask_rolled_back_leaves_nothing(entry: Submission) -> None:
    with transaction.atomic():
        ask(entry)
        transaction.set_rollback(True)

    assert (verbs(entry), Email.objects.count(), HelpRequest.objects.count()) == ([], 0, 0)


@pytest.mark.parametrize(
    "fields",
    [{"question": ""}, {"until": MIDWAY}, {"ended_by": True, "ended_at": None}],
    ids=["question", "until", "ended"],
)
def test_constraints_of_a_request(entry: Submission, fields: dict[str, object]) -> None:
    values = {"question": "x", "until": MIDWAY + SECOND, "asked_by": entry.owner, "asked_at": MIDWAY} | fields
    if "ended_by" in values:
        values["ended_by"] = entry.owner

    with pytest.raises(IntegrityError), transaction.atomic():
        HelpRequest.objects.create(submission=entry, **values)  # type: ignore[misc]


def test_constraint_one_request_at_a_time(entry: Submission) -> None:
    asked = ask(entry)
    asked.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        asked.save(force_insert=True)


# Looking ---------------------------------------------------------------------------------------------


def addresses(asked: HelpRequest, file: object) -> list[str]:
    return [
        reverse("admin:submissions_help_draft", args=[asked.pk]),
        reverse("admin:submissions_help_file", args=[asked.pk, file]),
    ]


@pytest.mark.parametrize(
    ("past", "expected"), [(-SECOND, 200), (timedelta(0), 403), (SECOND, 403)], ids=["before", "at", "after"]
)
@pytest.mark.parametrize("superuser", [False, True], ids=["office", "superuser"])
def test_draft_and_files_end_at_the_second(
    client: Client, office: User, entry: Submission, at: Clock, past: timedelta, expected: int, superuser: bool
) -> None:
    file = factories.attachment(entry)
    asked = ask(entry, days=1)
    at(asked.until + past)
    person = StaffFactory(superuser=True) if superuser else office
    desk(client, person)

    answers = [status(client, url) for url in addresses(asked, file.pk)]

    assert answers == [expected, expected]
    assert verbs(entry).count("draft_seen") == (2 if expected == 200 else 0)


def test_each_opening_is_journalled_with_person_and_reason(client: Client, office: User, entry: Submission) -> None:
    file = factories.attachment(entry)
    asked = ask(entry)
    desk(client, office)

    html = client.get(addresses(asked, file.pk)[0]).content.decode()
    client.get(addresses(asked, file.pk)[0])
    answer = client.get(addresses(asked, file.pk)[1])
    for close in answer._resource_closers:
        close()

    assert SECRET in html
    assert "Text zu" in html
    assert addresses(asked, file.pk)[1] in html
    assert answer.headers["Cache-Control"] == "no-store"
    seen = Event.objects.filter(verb="draft_seen").order_by("pk")
    assert [event.by for event in seen] == [office] * 3
    reason = "Bitte um Hilfe vom 20. Januar 2026, 10:30 Uhr"
    assert [event.detail for event in seen] == [
        {"reason": reason}, {"reason": reason}, {"name": "anlage.pdf", "reason": reason}
    ]  # fmt: skip


def test_draft_of_nobody_who_asked_stays_closed(client: Client, office: User, entry: Submission) -> None:
    asked = ask(factories.complete(entry.round))
    foreign = factories.attachment(entry)
    desk(client, office)

    assert client.get(addresses(asked, foreign.pk)[1]).status_code == 404
    assert client.get(reverse("submissions:file", args=[entry.pk, foreign.pk])).status_code == 404
    assert client.get(reverse("submissions:overview", args=[entry.pk])).status_code == 404
    assert not Event.objects.filter(verb="draft_seen").exists()


def test_request_opens_no_page_of_the_people(client: Client, office: User, open_round: Round) -> None:
    entry = factories.submitted(open_round)
    Submission.objects.filter(pk=entry.pk).update(title=SECRET)
    ask(entry)
    desk(client, office)

    version = reverse("submissions:version", args=[entry.pk, 1])
    assert client.get(reverse("submissions:check", args=[entry.pk])).status_code == 404
    assert client.get(version, {"vergleich": "entwurf"}).status_code == 404
    assert SECRET not in client.get(version).content.decode()


def test_removed_and_unchecked_files_stay_closed(client: Client, office: User, entry: Submission) -> None:
    removed = factories.attachment(entry, removed_at=MIDWAY)
    pending = factories.attachment(entry, scan="pending")
    asked = ask(entry)
    desk(client, office)

    assert [client.get(addresses(asked, f.pk)[1]).status_code for f in (removed, pending)] == [404, 404]


def test_queue_is_for_the_office(client: Client, office: User, entry: Submission) -> None:
    asked = ask(entry)
    editorial = StaffFactory()
    editorial.groups.add(Group.objects.get(name="Redaktion"))
    desk(client, editorial)
    names = ("draft", "answer", "end")

    assert [client.get(reverse(f"admin:submissions_help_{n}", args=[asked.pk])).status_code for n in names] == [403] * 3
    assert client.get(reverse("admin:submissions_helprequest_changelist")).status_code == 403
    with pytest.raises(NotAllowed):
        helping.look(asked, by=editorial)
    with pytest.raises(NotAllowed):
        helping.look_at_file(asked, uuid4(), by=editorial)


def test_owner_as_staff_of_nothing_looks_not(entry: Submission) -> None:
    with pytest.raises(NotAllowed):
        helping.look(ask(entry), by=entry.owner)


def test_queue_shows_open_ones_and_no_title(client: Client, office: User, entry: Submission, at: Clock) -> None:
    asked = ask(entry, days=1)
    desk(client, office)
    url = reverse("admin:submissions_helprequest_changelist")
    page = reverse("admin:submissions_helprequest_change", args=[asked.pk])

    found = client.get(url, {"stand": "offen"}).content.decode()
    offered = client.get(page).content.decode()
    at(asked.until)
    desk(client, office)
    ran_out = client.get(url, {"stand": "offen"}).content.decode()
    closed = client.get(page).content.decode()

    assert "Welche Rechtsform?" in found
    assert SECRET not in found + offered
    assert "Welche Rechtsform?" not in ran_out
    assert addresses(asked, uuid4())[0] in offered
    assert addresses(asked, uuid4())[0] not in closed
    assert "Welche Rechtsform?" in client.get(url, {"stand": "abgelaufen"}).content.decode()
    assert "Welche Rechtsform?" not in client.get(url, {"stand": "beendet"}).content.decode()


def test_request_that_ran_out_waits_for_an_answer_until_there_is_one(
    client: Client, office: User, entry: Submission, at: Clock
) -> None:
    asked = ask(entry, days=1)
    at(asked.until)
    desk(client, office)
    url = f"{reverse('admin:submissions_helprequest_changelist')}?stand=wartet"

    owed, listed = client.get(reverse("admin:index")).content.decode(), client.get(url).content.decode()
    helping.answer(asked, text="Die öffentlich-rechtliche.", close=False, by=office)

    assert "Bitte um Hilfe beantworten" in owed
    assert url in owed
    assert "Welche Rechtsform?" in listed
    assert "Bitte um Hilfe beantworten" not in client.get(reverse("admin:index")).content.decode()
    assert "Welche Rechtsform?" not in client.get(url).content.decode()


def test_overview_counts_open_requests(client: Client, office: User, entry: Submission) -> None:
    ask(entry)
    desk(client, office)

    assert "Bitte um Hilfe beantworten" in client.get(reverse("admin:index")).content.decode()


# Ending ----------------------------------------------------------------------------------------------


def test_end_closes_at_once_and_twice_is_once(entry: Submission, office: User) -> None:
    asked = ask(entry)

    helping.end(asked, by=entry.owner)
    helping.end(asked, by=entry.owner)

    assert verbs(entry) == ["help_asked", "help_ended"]
    with pytest.raises(NotAllowed):
        helping.look(asked, by=office)


def test_end_by_the_office_needs_a_reason_and_tells_the_people(entry: Submission, office: User) -> None:
    asked = ask(entry)
    Email.objects.all().delete()

    with pytest.raises(Refused, match="Grund"):
        helping.end(asked, by=office)
    helping.end(asked, by=office, reason="am Telefon geklärt")

    assert Event.objects.get(verb="help_ended").detail == {"reason": "am Telefon geklärt"}
    assert "am Telefon geklärt" in Email.objects.get(to=entry.owner.email).message


def test_end_is_not_for_readers(entry: Submission) -> None:
    asked = ask(entry)

    with pytest.raises(NotAllowed):
        helping.end(asked, by=factories.editor(entry, "edit"))


# Answering -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("close", [True, False])
def test_answer_goes_to_who_asked_and_the_owner(entry: Submission, office: User, close: bool) -> None:
    asker, reader = factories.editor(entry, "submit"), factories.editor(entry, "read")
    asked = ask(entry, by=asker)
    Email.objects.all().delete()

    helping.answer(asked, text="Die öffentlich-rechtliche.", close=close, by=office)

    mails = Email.objects.all()
    assert {mail.to[0] for mail in mails} == {asker.email, entry.owner.email}
    assert reader.email not in {mail.to[0] for mail in mails}
    assert all("Die öffentlich-rechtliche." in mail.message + mail.html_message for mail in mails)
    assert verbs(entry) == ["help_asked", "written_to"] + (["help_ended"] if close else [])
    assert "Die öffentlich-rechtliche." not in str(list(Event.objects.values_list("detail", flat=True)))
    asked.refresh_from_db()
    assert (asked.ended_at is not None) is close


def test_answer_does_not_reach_who_was_removed(entry: Submission, office: User) -> None:
    asker = factories.editor(entry, "submit")
    asked = ask(entry, by=asker)
    entry.editors.all().delete()
    Email.objects.all().delete()

    helping.answer(asked, text="Ja.", close=True, by=office)

    assert [mail.to for mail in Email.objects.all()] == [[entry.owner.email]]


def test_answer_refuses_strangers_empty_text_and_ended_ones(entry: Submission, office: User) -> None:
    asked = ask(entry)

    with pytest.raises(NotAllowed):
        helping.answer(asked, text="x", close=True, by=entry.owner)
    with pytest.raises(Refused, match="Antwort"):
        helping.answer(asked, text=" ", close=True, by=office)
    helping.end(asked, by=entry.owner)
    with pytest.raises(Refused, match="beendet"):
        helping.answer(asked, text="x", close=True, by=office)


def test_answer_after_it_ran_out_says_that_the_draft_is_closed(entry: Submission, office: User, at: Clock) -> None:
    asked = ask(entry, days=1)
    at(asked.until)

    helping.answer(asked, text="Ja.", close=False, by=office)

    assert "nicht mehr lesen" in Email.objects.latest("pk").message


def test_answer_rolled_back_leaves_nothing(entry: Submission, office: User) -> None:
    asked = ask(entry)
    before = (verbs(entry), Email.objects.count())

    with transaction.atomic():
        helping.answer(asked, text="Ja.", close=True, by=office)
        transaction.set_rollback(True)

    assert (verbs(entry), Email.objects.count(), asked.answers.count()) == (*before, 0)


def test_answer_and_end_in_the_admin(client: Client, office: User, entry: Submission) -> None:
    asked = ask(entry)
    desk(client, office)
    answer, end = (reverse(f"admin:submissions_help_{name}", args=[asked.pk]) for name in ("answer", "end"))

    assert "Welche Rechtsform?" in client.get(answer).content.decode()
    client.post(answer, {"text": "So geht es.", "close": "nein"})
    assert "Bitte nennen Sie den Grund." in client.post(end, {"reason": ""}).content.decode()
    client.post(end, {"reason": "geklärt"})

    asked.refresh_from_db()
    assert (asked.answers.get().text, asked.ended_by) == ("So geht es.", office)


# The page of the people ------------------------------------------------------------------------------


def page(entry: Submission) -> str:
    return reverse("submissions:help", args=[entry.pk])


def test_page_asks_shows_who_looked_and_ends(client: Client, office: User, entry: Submission) -> None:
    client.force_login(entry.owner)
    form = client.get(page(entry)).content.decode()
    said = client.post(page(entry), {"question": "Wie?", "days": "7", "agreed": "on"}, follow=True).content.decode()
    asked = HelpRequest.objects.get()
    helping.look(asked, by=office)
    helping.answer(asked, text="So.", close=False, by=office)
    shown = client.get(page(entry)).content.decode()
    overview = client.get(entry.get_absolute_url()).content.decode()
    ended = client.post(reverse("submissions:help_end", args=[entry.pk]), follow=True).content.decode()

    assert 'value="3"' in form
    assert "Die Geschäftsstelle darf den Entwurf lesen" in said
    assert office.name in shown
    assert "Antwort von" in shown
    assert "Die Geschäftsstelle darf diesen Entwurf lesen" in overview
    assert "Dienstag, 27. Januar 2026, 10:30:00 Uhr (MEZ)" in overview
    assert "nicht mehr lesen" in ended
    assert "darf diesen Entwurf lesen" not in client.get(entry.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"question": "", "days": "3", "agreed": "on"}, "Schreiben Sie, wobei"),
        ({"question": "x", "days": "30", "agreed": "on"}, "Wählen Sie, wie lange"),
        ({"question": "x", "days": "3"}, "Ohne Ihre Zustimmung"),
        ({"question": "x" * 2001, "days": "3", "agreed": "on"}, "Kürzen Sie"),
    ],
)
def test_page_refuses_what_is_incomplete(client: Client, entry: Submission, data: dict[str, str], words: str) -> None:
    client.force_login(entry.owner)

    answer = client.post(page(entry), data)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not HelpRequest.objects.exists()


def test_page_asked_twice_says_so(client: Client, entry: Submission) -> None:
    ask(entry)
    client.force_login(entry.owner)

    answer = client.post(page(entry), {"question": "x", "days": "3", "agreed": "on"})

    assert answer.status_code == 409
    assert "schon um Hilfe gebeten" in answer.content.decode()


def test_page_of_a_reader_has_no_form(client: Client, entry: Submission) -> None:
    client.force_login(factories.editor(entry, "read"))

    html = client.get(page(entry)).content.decode()

    assert "Um Hilfe bitten und" not in html
    assert client.post(page(entry), {"question": "x", "days": "3", "agreed": "on"}).status_code == 403


def test_end_without_a_request_changes_nothing(client: Client, entry: Submission) -> None:
    client.force_login(entry.owner)

    assert client.post(reverse("submissions:help_end", args=[entry.pk])).status_code == 302


# The rules -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("relation", "may"), [("owner", True), ("submit", True), ("edit", False), ("read", False)])
def test_may_ask_help(entry: Submission, relation: str, may: bool) -> None:
    user = entry.owner if relation == "owner" else factories.editor(entry, relation)

    assert permissions.may_ask_help(user, entry) is may


def test_may_help(office: User, entry: Submission) -> None:
    assert permissions.may_help(office)
    assert permissions.may_help(StaffFactory(superuser=True))
    assert not permissions.may_help(StaffFactory())
    assert not permissions.may_help(entry.owner)


@pytest.mark.parametrize(("past", "open_"), [(-SECOND, True), (timedelta(0), False), (SECOND, False)])
def test_is_helping_until_the_second(past: timedelta, open_: bool) -> None:
    asked = HelpRequest(until=CLOSES)

    assert workflow.is_helping(asked, CLOSES + past) is open_
    asked.ended_at = CLOSES - timedelta(days=1)
    assert not workflow.is_helping(asked, CLOSES + past)
