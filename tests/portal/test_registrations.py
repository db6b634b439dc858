"""Registering for a date: places in the order of confirmation, never too many, and one mail per occasion."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from post_office.models import Email

from landespreis.refusal import Refused
from portal.actions import events, registrations
from portal.models import Event, Registration
from tests.conftest import MIDWAY, SECOND
from tests.portal import factories
from tests.submissions.test_actions_handing_in import together

pytestmark = pytest.mark.django_db
At = Callable[[datetime], None]
HOURS = timedelta(hours=1)
Status = Registration.Status


@pytest.fixture(autouse=True)
def _midway(at: At) -> None:
    at(MIDWAY)


def subjects(to: str = "") -> list[str]:
    rows = Email.objects.filter(to=f"{to}@soest.example") if to else Email.objects.all()
    return [row.subject.partition(":")[0] for row in rows.order_by("pk")]


def states(event: Event) -> list[str]:
    return [row.status for row in event.registrations.order_by("pk")]


def values(who: str = "anna", **more: str) -> dict[str, str]:
    return {"name": who.title(), "email": f"{who}@soest.example", "organisation": "", "question": ""} | more


# Registering -------------------------------------------------------------------------------------------


def test_register_holds_no_place_and_owes_the_mail_that_asks() -> None:
    event = factories.EventFactory(capacity=1)

    factories.registration(event, confirmed=False)

    assert states(event) == ["pending"]
    assert Registration.objects.seated().count() == 0
    assert subjects("anna") == ["Bitte bestätigen Sie Ihre Anmeldung"]


def test_register_mail_repeats_nothing_that_was_typed() -> None:
    event = factories.EventFactory()

    factories.registration(event, confirmed=False, name="Kauft Pillen", question="Kauft Pillen", organisation="Pillen")

    row = Email.objects.get()
    assert "Pillen" not in row.subject + row.message + row.html_message
    assert "konferenz.example" not in row.message + row.html_message
    assert Registration.objects.get().get_absolute_url() in row.message


def test_register_rolled_back_leaves_neither_row_nor_mail() -> None:
    event = factories.EventFactory()

    with transaction.atomic():
        registrations.register(event, values())
        transaction.set_rollback(True)

    assert not Registration.objects.exists()
    assert not Email.objects.exists()


def test_register_again_before_confirming_keeps_one_row_with_what_was_typed_last() -> None:
    event = factories.EventFactory()
    first = factories.registration(event, confirmed=False)

    registrations.register(event, values(email="ANNA@Soest.example", name="Anna Berger"))

    row = Registration.objects.get()
    assert (row.pk, row.key, row.name) == (first.pk, first.key, "Anna Berger")
    assert Email.objects.count() == 2


def test_register_pressed_twice_owes_one_mail_and_a_minute_later_another(at: At) -> None:
    event = factories.EventFactory()

    for seconds in (0, 1, 59, 61):
        at(MIDWAY + timedelta(seconds=seconds))
        registrations.register(event, values())

    assert states(event) == ["pending"]
    assert subjects("anna") == ["Bitte bestätigen Sie Ihre Anmeldung"] * 2


@pytest.mark.parametrize("capacity", [None, 0])
def test_register_again_changes_nothing_and_the_mail_says_so(capacity: int | None) -> None:
    event = factories.EventFactory(capacity=capacity)
    factories.registration(event)
    before = Registration.objects.values().get()

    registrations.register(event, values(email="Anna@soest.example", name="Jemand anders"))

    assert Registration.objects.values().get() == before
    assert subjects()[-1] == "Sie sind schon angemeldet"
    assert ("konferenz.example" in Email.objects.latest("pk").message) is (capacity is None)


def test_register_after_withdrawing_is_a_new_registration() -> None:
    event = factories.EventFactory()
    registrations.withdraw(factories.registration(event))

    factories.registration(event)

    assert states(event) == ["cancelled", "confirmed"]


def test_register_keeps_no_question_where_none_is_asked_for() -> None:
    event = factories.EventFactory(asks_questions=False)

    assert factories.registration(event, question="Untergeschoben").question == ""


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"published_at": None}, "sobald der Termin veröffentlicht ist"),
        ({"published_at": MIDWAY + SECOND}, "sobald der Termin veröffentlicht ist"),
        ({"registration": "ohne"}, "nicht anzumelden"),
        ({"registration": "einladung"}, "nur Eingeladene"),
        ({"cancelled_at": MIDWAY - HOURS}, "abgesagt"),
        ({"starts_at": MIDWAY}, "hat begonnen"),
        ({"starts_at": MIDWAY - 2 * HOURS, "ends_at": MIDWAY}, "vorbei"),
        ({"registration_until": MIDWAY}, "war bis Dienstag, 20. Januar 2026, 10:30 Uhr"),
    ],
)
def test_register_refuses_behind_a_closed_door(fields: dict[str, Any], said: str) -> None:
    event = factories.EventFactory(**fields)

    with pytest.raises(Refused, match=said):
        registrations.register(event, values())

    assert not Email.objects.exists()


@pytest.mark.parametrize(("after", "works"), [(-SECOND, True), (timedelta(), False), (SECOND, False)])
@pytest.mark.parametrize("edge", ["registration_until", "starts_at"])
def test_register_closes_on_the_second(at: At, edge: str, after: timedelta, works: bool) -> None:
    closes = MIDWAY + 5 * HOURS
    fields = {"registration_until": closes} if edge == "registration_until" else {"starts_at": closes}
    event = factories.EventFactory(**fields)
    at(closes + after)

    if works:
        registrations.register(event, values())
    else:
        with pytest.raises(Refused):
            registrations.register(event, values())

    assert Registration.objects.count() == works


# Confirming --------------------------------------------------------------------------------------------


def test_confirm_gives_a_place_with_link_and_calendar_file() -> None:
    event = factories.EventFactory()

    row = factories.registration(event)

    assert (row.status, row.confirmed_at, row.seated_at) == (Status.CONFIRMED, MIDWAY, MIDWAY)
    owed = Email.objects.latest("pk")
    assert owed.subject.startswith("Sie sind angemeldet: ")
    assert "https://konferenz.example/raum" in owed.message
    assert [file.name for file in owed.attachments.all()] == ["termin.ics"]


def test_confirm_gives_places_in_the_order_of_confirmation(at: At) -> None:
    event = factories.EventFactory(capacity=1)
    first, second = (factories.registration(event, who, confirmed=False) for who in ("anna", "bernd"))

    registrations.confirm(second)
    at(MIDWAY + SECOND)
    late = registrations.confirm(first)

    assert states(event) == ["waiting", "confirmed"]
    assert late.seated_at is None
    assert subjects("anna")[-1] == "Sie stehen auf der Warteliste"
    owed = Email.objects.latest("pk")
    assert "konferenz.example" not in owed.message + owed.html_message
    assert not owed.attachments.exists()


def test_confirm_twice_changes_nothing() -> None:
    row = factories.registration(factories.EventFactory())

    again = registrations.confirm(row)

    assert again.confirmed_at == MIDWAY
    assert Email.objects.count() == 2


@pytest.mark.parametrize(("after", "works"), [(-SECOND, True), (timedelta(), False), (SECOND, False)])
def test_confirm_holds_for_48_hours(at: At, after: timedelta, works: bool) -> None:
    row = factories.registration(factories.EventFactory(), confirmed=False)
    at(MIDWAY + 48 * HOURS + after)

    if works:
        registrations.confirm(row)
    else:
        with pytest.raises(Refused, match="gilt nicht mehr"):
            registrations.confirm(row)

    assert Registration.objects.seated().count() == works


@pytest.mark.parametrize(("after", "works"), [(-SECOND, True), (timedelta(), False), (SECOND, False)])
def test_confirm_works_after_the_registration_closed_until_the_beginning(at: At, after: timedelta, works: bool) -> None:
    event = factories.EventFactory(starts_at=MIDWAY + 5 * HOURS, registration_until=MIDWAY + HOURS)
    row = factories.registration(event, confirmed=False)
    at(MIDWAY + 5 * HOURS + after)

    if works:
        registrations.confirm(row)
    else:
        with pytest.raises(Refused, match="hat begonnen"):
            registrations.confirm(row)

    assert Registration.objects.seated().count() == works


def test_confirm_refuses_once_the_date_is_cancelled() -> None:
    event = factories.EventFactory()
    row = factories.registration(event, confirmed=False)
    events.cancel(event, by=None, notice="Krankheit")

    with pytest.raises(Refused, match="abgesagt"):
        registrations.confirm(row)


def test_confirm_refuses_while_the_date_is_not_public() -> None:
    """Nobody would call it off: who has not confirmed yet does not keep it from being taken off the pages."""
    event = factories.EventFactory()
    registration = factories.registration(event, confirmed=False)
    event.published_at = None
    events.save(event)

    with pytest.raises(Refused, match="nicht veröffentlicht"):
        registrations.confirm(registration)

    assert states(event) == ["pending"]


def test_confirm_of_what_was_withdrawn_or_deleted_is_refused() -> None:
    row = factories.registration(factories.EventFactory())
    registrations.withdraw(row)

    with pytest.raises(Refused, match="gilt nicht mehr"):
        registrations.confirm(row)
    Registration.objects.all().delete()
    with pytest.raises(Refused, match="gibt es nicht mehr"):
        registrations.confirm(row)


@pytest.mark.django_db(transaction=True)
def test_confirm_of_many_at_once_never_gives_too_many_places() -> None:
    event = factories.EventFactory(capacity=2)
    rows = [factories.registration(event, f"person{n}", confirmed=False) for n in range(6)]

    together(*[lambda row=row: registrations.confirm(row) for row in rows])

    assert sorted(states(event)) == ["confirmed"] * 2 + ["waiting"] * 4


@pytest.mark.django_db(transaction=True)
def test_confirm_pressed_at_once_owes_one_mail() -> None:
    row = factories.registration(factories.EventFactory(), confirmed=False)

    together(*[lambda: registrations.confirm(row)] * 4)

    assert Email.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_register_of_one_address_at_once_is_one_registration() -> None:
    event = factories.EventFactory()

    together(*[lambda: registrations.register(event, values())] * 4)

    assert Registration.objects.count() == 1


# Withdrawing, moving up --------------------------------------------------------------------------------


def test_withdraw_frees_the_place_and_the_next_moves_up(at: At) -> None:
    event = factories.EventFactory(capacity=1)
    anna, bernd, _ = (factories.registration(event, who) for who in ("anna", "bernd", "carla"))
    at(MIDWAY + HOURS)

    registrations.withdraw(anna)

    assert states(event) == ["cancelled", "confirmed", "waiting"]
    assert Registration.objects.get(pk=bernd.pk).seated_at == MIDWAY + HOURS
    assert (subjects("anna")[-1], subjects("bernd")[-1]) == ("Sie sind abgemeldet", "Sie haben jetzt einen Platz")
    assert subjects("carla")[-1] == "Sie stehen auf der Warteliste"
    assert "https://konferenz.example/raum" in Email.objects.get(subject__startswith="Sie haben jetzt").message


def test_withdraw_from_the_waiting_list_moves_nobody_up() -> None:
    event = factories.EventFactory(capacity=1)
    _, bernd, _ = (factories.registration(event, who) for who in ("anna", "bernd", "carla"))

    registrations.withdraw(bernd)

    assert states(event) == ["confirmed", "cancelled", "waiting"]
    assert "nicht mehr auf der Warteliste" in Email.objects.latest("pk").message


def test_withdraw_twice_owes_one_mail() -> None:
    row = factories.registration(factories.EventFactory())

    registrations.withdraw(row)
    registrations.withdraw(row)

    assert subjects().count("Sie sind abgemeldet") == 1


def test_withdraw_what_was_never_confirmed_owes_no_mail() -> None:
    row = factories.registration(factories.EventFactory(), confirmed=False)

    registrations.withdraw(row)

    assert subjects() == ["Bitte bestätigen Sie Ihre Anmeldung"]


@pytest.mark.parametrize(("after", "works"), [(-SECOND, True), (timedelta(), False)])
@pytest.mark.parametrize("verb", ["withdraw", "ask"])
def test_withdraw_and_ask_work_until_the_beginning(at: At, verb: str, after: timedelta, works: bool) -> None:
    event = factories.EventFactory()
    row = factories.registration(event)
    at(event.starts_at + after)
    call = {"withdraw": lambda: registrations.withdraw(row), "ask": lambda: registrations.ask(row, "Neu?")}[verb]

    if works:
        call()
    else:
        with pytest.raises(Refused, match="hat begonnen"):
            call()


@pytest.mark.django_db(transaction=True)
def test_withdraw_at_once_moves_each_up_once() -> None:
    event = factories.EventFactory(capacity=2)
    anna, bernd, *_ = (factories.registration(event, who) for who in ("anna", "bernd", "carla", "doris", "emil"))

    together(lambda: registrations.withdraw(anna), lambda: registrations.withdraw(bernd))

    assert states(event) == ["cancelled", "cancelled", "confirmed", "confirmed", "waiting"]
    assert subjects().count("Sie haben jetzt einen Platz") == 2


def test_withdraw_rolled_back_leaves_everybody_where_they_were() -> None:
    event = factories.EventFactory(capacity=1)
    anna, _ = (factories.registration(event, who) for who in ("anna", "bernd"))
    before = Email.objects.count()

    with transaction.atomic():
        registrations.withdraw(anna)
        transaction.set_rollback(True)

    assert states(event) == ["confirmed", "waiting"]
    assert Email.objects.count() == before


@pytest.mark.parametrize(("capacity", "seated"), [(1, 1), (2, 2), (None, 3)])
def test_more_places_let_the_waiting_list_move_up(capacity: int | None, seated: int) -> None:
    event = factories.EventFactory(capacity=1)
    for who in ("anna", "bernd", "carla"):
        factories.registration(event, who)
    event.capacity = capacity

    events.save(event)

    assert states(event) == ["confirmed"] * seated + ["waiting"] * (3 - seated)
    assert subjects().count("Sie haben jetzt einen Platz") == seated - 1


@pytest.mark.parametrize("verb", ["cancel", "move", "more_places"])
def test_telling_many_takes_as_many_queries_for_twenty_as_for_two(verb: str) -> None:
    asked = []
    for place, count in enumerate((1, 2, 20)):
        event = factories.EventFactory(capacity=count)
        for number in range(2 * count):
            factories.registration(event, f"p{place}.{number}")
        Email.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            if verb == "cancel":
                events.cancel(event, by=None, notice="Der Saal ist nicht frei.")
            elif verb == "move":
                starts, ends = event.starts_at + 24 * HOURS, event.ends_at + 24 * HOURS
                events.move(
                    event, by=None, starts_at=starts, ends_at=ends, registration_until=None, notice="Ein Tag später."
                )
            else:
                event.capacity = None
                events.save(event)
        asked.append(len(queries))
        told = count if verb == "more_places" else 2 * count
        files = [row.attachments.count() for row in Email.objects.order_by("pk")]
        assert (len(files), sum(files)) == (told, count)

    assert asked[1] == asked[2]


def test_ask_changes_the_question() -> None:
    row = factories.registration(factories.EventFactory(), question="Alt?")

    registrations.ask(row, "Neu?")

    assert Registration.objects.get().question == "Neu?"


@pytest.mark.parametrize("state", ["pending", "cancelled", "no questions"])
def test_ask_refuses_where_there_is_nothing_to_ask(state: str) -> None:
    event = factories.EventFactory(asks_questions=state != "no questions")
    row = factories.registration(event, confirmed=state != "pending")
    if state == "cancelled":
        registrations.withdraw(row)

    with pytest.raises(Refused, match="keine Frage stellen"):
        registrations.ask(row, "Neu?")


# What is always true -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("one_registration_per_address", {"email": "ANNA@soest.example"}),
        ("registration_is_confirmed_at_some_time", {"status": "waiting"}),
        ("a_seat_is_taken_at_some_time", {"status": "confirmed", "confirmed_at": MIDWAY}),
    ],
)
def test_constraint_holds(name: str, fields: dict[str, Any]) -> None:
    event = factories.EventFactory()
    factories.registration(event, confirmed=False)

    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.create(event=event, name="B", created_at=MIDWAY, **{"email": "b@soest.example"} | fields)
