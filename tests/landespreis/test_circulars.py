"""Messages to a group: written, released once to whoever is in it then, owed exactly once, cancelled."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from post_office.models import STATUS, Email

from accounts.models import User
from landespreis import audiences, delivery
from landespreis.circulars import actions, dispatch, permissions, standing
from landespreis.models import Circular, CircularRecipient, Trace
from landespreis.refusal import NotAllowed, Refused
from submissions.models import Event, Round, Submission
from tests.accounts.factories import StaffFactory, UserFactory, staff
from tests.landespreis import circulars
from tests.submissions import factories

At = Callable[[datetime], None]
Status = Circular.Status


@pytest.fixture
def office(db: None) -> User:
    return staff()


def drafts(round: Round, number: int) -> list[Submission]:
    return [factories.draft(round, title=f"Entwurf {place}") for place in range(number)]


def sent_to() -> list[str]:
    return sorted(address for row in Email.objects.all() for address in row.to)


# Writing -----------------------------------------------------------------------------------------------


def test_write_notes_group_and_journals(open_round: Round, office: User) -> None:
    circular = circulars.written(open_round, office)

    assert (circular.group, circular.kind, circular.status) == (
        "Entwürfe, nur verantwortliche Personen", "entwurf", Status.DRAFT,
    )  # fmt: skip
    trace = Trace.objects.get()
    assert (trace.verb, trace.by, trace.about) == ("circular_written", office, "Frist {frist}")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"text": "{nummer}"}, "Den Platzhalter {nummer} gibt es hier nicht."),
        ({"subject": "{frist"}, "steht eine geschweifte Klammer allein"),
        ({"subject": "{titel}"}, "{titel} darf nicht im Betreff stehen"),
        ({"text": "Hier: […]"}, "an die Stelle von […]"),
    ],
)
def test_write_refuses_a_broken_text(open_round: Round, office: User, fields: Any, sentence: str) -> None:
    with pytest.raises(Refused, match=r".*") as refusal:
        circulars.written(open_round, office, **fields)

    assert sentence in refusal.value.message
    assert not Circular.objects.exists()


@pytest.mark.parametrize("verb", ["write", "change", "delete", "release", "cancel", "send_test"])
def test_verbs_are_for_the_office_only(open_round: Round, office: User, verb: str) -> None:
    circular, other = circulars.written(open_round, office), staff("Redaktion")
    group = circulars.audience("entwuerfe", office)
    words = {"params": {}, "subject": "x", "text": "x"}
    calls: dict[str, Callable[[], object]] = {
        "write": lambda: actions.write(group, by=other, **words),  # type: ignore[arg-type]
        "change": lambda: actions.change(circular, group, by=other, **words),  # type: ignore[arg-type]
        "delete": lambda: actions.delete(circular, by=other),
        "release": lambda: actions.release(circular, by=other, seen=""),
        "cancel": lambda: actions.cancel(circular, by=other),
        "send_test": lambda: actions.send_test(circular, by=other),
    }

    with pytest.raises(NotAllowed):
        calls[verb]()


def test_may_write_and_word() -> None:
    class Person:
        is_staff = True

    assert not permissions.may_write(Person())
    assert not permissions.may_word(None)


@pytest.mark.django_db
def test_right_without_being_staff_is_not_enough(office: User) -> None:
    assert permissions.may_write(office)
    assert permissions.may_word(office)
    office.is_staff = False
    assert not permissions.may_write(office)


def test_change_and_delete_are_over_with_the_release(open_round: Round, office: User) -> None:
    drafts(open_round, 1)
    circular = circulars.written(open_round, office)
    circulars.release(circular, office)

    with pytest.raises(Refused):
        actions.delete(circular, by=office)
    with pytest.raises(Refused):
        actions.change(circular, actions.of(circular, office), by=office, params={}, subject="x", text="x")


@pytest.mark.parametrize("is_author", [True, False])
def test_change_by_somebody_else_journals(open_round: Round, office: User, is_author: bool) -> None:
    circular, by = circulars.written(open_round, office), office if is_author else staff()

    actions.change(
        circular, actions.of(circular, by), by=by, params=circulars.params(open_round), subject="Neu", text="Neu"
    )

    lines = Trace.objects.filter(verb="circular_changed")
    assert [(line.by, line.about) for line in lines] == ([] if is_author else [(by, "Neu")])


def test_delete_journals(open_round: Round, office: User) -> None:
    actions.delete(circulars.written(open_round, office), by=office)

    assert [trace.verb for trace in Trace.objects.order_by("pk")] == ["circular_written", "circular_deleted"]


# Releasing ---------------------------------------------------------------------------------------------


def test_release_freezes_recipients_and_the_values_that_are_used(open_round: Round, office: User) -> None:
    (entry,) = drafts(open_round, 1)
    circular = circulars.release(circulars.written(open_round, office, text="{anrede}, {titel}"), office)

    row = CircularRecipient.objects.get()
    assert (row.address, row.user, row.about) == (entry.owner.email, entry.owner, f"submissions:{entry.pk}")
    assert set(row.values) == {"anrede", "titel", "frist"}
    assert row.values["titel"] == "Entwurf 0"
    assert (circular.status, circular.total, circular.released_by) == (Status.SENDING, 1, office)
    trace = Trace.objects.latest("pk")
    assert (trace.verb, trace.detail["number"]) == ("circular_released", 1)
    assert not Email.objects.exists()


def test_release_to_nobody_is_refused(open_round: Round, office: User) -> None:
    circular = circulars.written(open_round, office)

    with pytest.raises(Refused, match="ist gerade niemand"):
        circulars.release(circular, office)

    assert Circular.objects.get().status == Status.DRAFT


def test_release_of_what_nobody_looked_at_is_refused(open_round: Round, office: User) -> None:
    drafts(open_round, 1)
    circular = circulars.written(open_round, office)
    group = actions.of(circular, office)
    seen = actions.fingerprint(circular, audiences.members(group, circular.params))
    drafts(open_round, 1)

    with pytest.raises(Refused, match="hat sich geändert"):
        actions.release(circular, by=office, seen=seen)


@pytest.mark.parametrize(("text", "is_seen"), [("{kategorie}", False), ("Hallo", True)])
def test_release_with_a_value_that_nobody_looked_at_is_refused(
    open_round: Round, office: User, text: str, is_seen: bool
) -> None:
    drafts(open_round, 1)
    circular = circulars.written(open_round, office, text=text)
    group = actions.of(circular, office)
    seen = actions.fingerprint(circular, audiences.members(group, circular.params))
    Submission.objects.update(category=open_round.categories.first())

    if not is_seen:
        with pytest.raises(Refused, match="eine Angabe"):
            actions.release(circular, by=office, seen=seen)
    else:
        actions.release(circular, by=office, seen=seen)

    assert Circular.objects.get().status == (Status.SENDING if is_seen else Status.DRAFT)


def test_release_later_is_no_other_mail(open_round: Round, office: User, at: At) -> None:
    drafts(open_round, 1)
    circular = circulars.written(open_round, office, text="Noch {restzeit}.")
    seen = actions.fingerprint(circular, audiences.members(actions.of(circular, office), circular.params))
    before = audiences.members(actions.of(circular, office), circular.params)[0].values["restzeit"]
    at(open_round.closes_at - timedelta(hours=5))
    assert audiences.members(actions.of(circular, office), circular.params)[0].values["restzeit"] != before

    assert actions.release(circular, by=office, seen=seen).status == Status.SENDING


def test_release_twice_is_refused(open_round: Round, office: User) -> None:
    drafts(open_round, 1)
    circular = circulars.written(open_round, office)
    circulars.release(circular, office)

    with pytest.raises(Refused):
        circulars.release(circular, office)

    assert CircularRecipient.objects.count() == 1


def test_release_of_a_group_that_is_gone_is_refused(open_round: Round, office: User) -> None:
    circular = circulars.written(open_round, office)
    Circular.objects.update(audience="gibt-es-nicht")
    circular.refresh_from_db()

    with pytest.raises(Refused, match="gibt es nicht mehr"):
        actions.of(circular, office)


def test_rollback_leaves_neither_journal_nor_recipients_nor_mail(open_round: Round, office: User) -> None:
    drafts(open_round, 1)
    circular = circulars.written(open_round, office)
    traces = Trace.objects.count()

    circulars.undone(lambda: circulars.release(circular, office))
    circulars.undone(lambda: actions.delete(circular, by=office))
    circulars.undone(lambda: circulars.written(open_round, office))
    circulars.undone(lambda: actions.send_test(circular, by=office))

    assert (Trace.objects.count(), CircularRecipient.objects.count(), Email.objects.count()) == (traces, 0, 0)
    assert Circular.objects.get().status == Status.DRAFT


def test_test_mail_hides_what_only_recipients_read(open_round: Round, office: User) -> None:
    drafts(open_round, 1)
    circular = circulars.written(open_round, office, subject="Frist", text="„{titel}“")

    actions.send_test(circular, by=office)

    row = Email.objects.get()
    assert (row.to, row.subject) == ([office.email], "Test: Frist")
    assert "„(Titel des Entwurfs)“" in row.message
    assert "Entwurf 0" not in row.message + row.html_message


def test_test_mail_needs_somebody_in_the_group(open_round: Round, office: User) -> None:
    with pytest.raises(Refused, match="ist gerade niemand"):
        actions.send_test(circulars.written(open_round, office), by=office)


# Constraints -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values", [{"status": "sending"}, {"total": 3}, {"status": "sent", "total": 1}, {"status": "cancelled"}]
)
def test_message_is_released_by_somebody_to_somebody(open_round: Round, office: User, values: Any) -> None:
    circular = circulars.written(open_round, office)

    with pytest.raises(IntegrityError), transaction.atomic():
        Circular.objects.filter(pk=circular.pk).update(**values)


def test_message_is_cancelled_by_somebody(open_round: Round, office: User) -> None:
    drafts(open_round, 1)
    circular = circulars.release(circulars.written(open_round, office), office)

    with pytest.raises(IntegrityError), transaction.atomic():
        Circular.objects.filter(pk=circular.pk).update(status=Status.CANCELLED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Circular.objects.filter(pk=circular.pk).update(cancelled_by=office)


def test_recipient_is_once_per_message_address_and_row(open_round: Round, office: User) -> None:
    circular = circulars.written(open_round, office)
    circular.recipients.create(address="anna@x.example", about="a:1")
    circular.recipients.create(address="anna@x.example", about="a:2")

    with pytest.raises(IntegrityError), transaction.atomic():
        circular.recipients.create(address="Anna@x.example", about="a:1")


# Dispatching -------------------------------------------------------------------------------------------


def test_dispatch_owes_each_mail_once(open_round: Round, office: User) -> None:
    entries = drafts(open_round, 5)
    circular = circulars.release(
        circulars.written(open_round, office, text="{anrede},\n\n„{titel}“ <b>\n\n{link}"), office
    )

    assert dispatch.send(part=2) == 5
    assert dispatch.send(part=2) == 0

    assert sent_to() == sorted(entry.owner.email for entry in entries)
    circular.refresh_from_db()
    assert (circular.status, circular.done) == (Status.SENT, 5)
    assert circular.finished_at
    row = Email.objects.get(to=entries[0].owner.email)
    assert "„Entwurf 0“ <b>" in row.message
    assert "„Entwurf 0“ &lt;b&gt;" in row.html_message
    assert f'/einreichungen/{entries[0].pk}/">http' in row.html_message
    assert "weil Sie im Portal des Landespreises an einer Einreichung mitwirken" in row.message
    assert row.headers["Auto-Submitted"] == "auto-generated"
    assert set(CircularRecipient.objects.values_list("values", flat=True).distinct()[0]) == set()


def test_dispatch_leaves_drafts_alone(open_round: Round, office: User) -> None:
    drafts(open_round, 1)
    circulars.written(open_round, office)

    assert dispatch.send() == 0
    assert not Email.objects.exists()


def test_dispatch_that_dies_in_between_owes_nothing_twice(
    open_round: Round, office: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafts(open_round, 4)
    circulars.release(circulars.written(open_round, office), office)
    update = CircularRecipient.objects.all().__class__.bulk_update
    calls = []

    def dies(self: Any, *args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise SystemExit
        return update(self, *args, **kwargs)

    monkeypatch.setattr(CircularRecipient.objects.all().__class__, "bulk_update", dies)
    with pytest.raises(SystemExit):
        dispatch.send(part=2)
    assert (Email.objects.count(), Event.objects.filter(verb="written_to").count()) == (2, 2)

    assert dispatch.send(part=2) == 2
    assert len(set(sent_to())) == len(sent_to()) == 4


def test_message_that_fails_does_not_keep_the_others(
    open_round: Round, office: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    drafts(open_round, 1)
    first = circulars.release(circulars.written(open_round, office, subject="kaputt"), office)
    circulars.release(circulars.written(open_round, office, subject="heil"), office)
    said = dispatch.letters.said

    def fails(circular: Circular, *args: Any) -> Any:
        if circular.pk == first.pk:
            raise ValueError("kaputt")
        return said(circular, *args)

    monkeypatch.setattr(dispatch.letters, "said", fails)
    assert dispatch.send() == 1

    assert [row.subject for row in Email.objects.all()] == ["heil"]
    assert "is not on its way" in caplog.text


def test_closed_account_gets_nothing_even_after_the_release(open_round: Round, office: User) -> None:
    first, second = drafts(open_round, 2)
    circular = circulars.release(circulars.written(open_round, office), office)
    User.objects.filter(pk=first.owner_id).update(is_active=False)

    dispatch.send()

    assert sent_to() == [second.owner.email]
    now = standing.of(Circular.objects.get(pk=circular.pk))
    assert (now.closed, now.owed, now.left) == (1, 1, 0)


def test_entry_is_written_to_once_in_its_journal(open_round: Round, office: User) -> None:
    (entry,) = drafts(open_round, 1)
    factories.editor(entry, "read")
    factories.editor(entry, "submit")
    params = circulars.params(open_round, wer="alle")
    circulars.release(circulars.written(open_round, office, params=params, subject="Für {name}"), office)

    assert dispatch.send(part=1) == 3

    event = Event.objects.get(verb=Event.Verb.WRITTEN_TO)
    assert (event.submission, event.by, event.detail) == (
        entry, office, {"subject": f"Für {entry.owner.name}"},
    )  # fmt: skip


def test_subject_cannot_add_a_header(open_round: Round, office: User) -> None:
    UserFactory()
    factories.draft(open_round, owner=UserFactory(name="Anna\r\nBcc: alle@x.example"))
    circulars.release(circulars.written(open_round, office, subject="An {name}"), office)

    dispatch.send()

    assert Email.objects.get().subject == "An Anna Bcc: alle@x.example"


def test_a_part_takes_the_same_number_of_queries_for_one_and_for_three(open_round: Round, office: User) -> None:
    counts = []
    for number in (1, 3):
        drafts(open_round, number)
        circulars.release(circulars.written(open_round, office), office)
        with CaptureQueriesContext(connection) as queries:
            dispatch.send()
        counts.append(len(queries))

    assert counts[0] == counts[1]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_owe_each_mail_once(open_round: Round, office: User) -> None:
    drafts(open_round, 12)
    circulars.release(circulars.written(open_round, office), office)
    begin = threading.Barrier(3)

    def work() -> None:
        begin.wait()
        dispatch.send(part=1)
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(sent_to()) == len(set(sent_to())) == 12
    assert Circular.objects.get().status == Status.SENT


# Cancelling --------------------------------------------------------------------------------------------


def test_cancel_spares_the_rest_and_takes_waiting_mails_back(open_round: Round, office: User) -> None:
    drafts(open_round, 4)
    circular = circulars.release(circulars.written(open_round, office), office)
    dispatch._part(circular.pk, 3)
    out, held = Email.objects.order_by("pk")[:2]
    Email.objects.filter(pk=out.pk).update(status=STATUS.sent)
    Email.objects.filter(pk=held.pk).update(
        scheduled_time=timezone.now() + delivery.CLAIM
    )  # a worker sends it just now

    cancelled = actions.cancel(circular, by=office)

    assert (cancelled.status, cancelled.done, cancelled.cancelled_by) == (Status.CANCELLED, 2, office)
    assert set(Email.objects.all()) == {out, held}
    assert dispatch.send() == 0
    now = standing.of(cancelled)
    assert (now.sent, now.owed, now.left) == (1, 1, 2)
    trace = Trace.objects.latest("pk")
    assert (trace.verb, trace.detail["sent"]) == ("circular_cancelled", 2)
    assert not CircularRecipient.objects.exclude(values={}).exists()


def test_cancel_is_refused_once_everything_is_out(open_round: Round, office: User) -> None:
    drafts(open_round, 1)
    circular = circulars.release(circulars.written(open_round, office), office)
    dispatch.send()
    Email.objects.update(status=STATUS.sent)

    with pytest.raises(Refused, match="schon verschickt"):
        actions.cancel(circular, by=office)

    assert Circular.objects.get().status == Status.SENT


def test_cancel_takes_back_what_the_server_has_put_off(open_round: Round, office: User) -> None:
    drafts(open_round, 1)
    circular = circulars.release(circulars.written(open_round, office), office)
    dispatch.send()
    Email.objects.update(status=STATUS.requeued, scheduled_time=timezone.now() + timedelta(minutes=30))

    cancelled = actions.cancel(circular, by=office)

    assert not Email.objects.exists()
    now = standing.of(cancelled)
    assert (now.owed, now.left, cancelled.done) == (0, 1, 0)


def test_cancel_is_refused_for_a_draft(open_round: Round, office: User) -> None:
    with pytest.raises(Refused, match="gerade nicht verschickt"):
        actions.cancel(circulars.written(open_round, office), by=office)


def test_cancel_rolled_back_leaves_the_mails(open_round: Round, office: User) -> None:
    drafts(open_round, 1)
    circular = circulars.release(circulars.written(open_round, office), office)
    dispatch.send()
    traces = Trace.objects.count()

    circulars.undone(lambda: actions.cancel(circular, by=office))

    assert (Email.objects.count(), Trace.objects.count()) == (1, traces)


# Groups ------------------------------------------------------------------------------------------------


def test_address_comes_once_unless_about_different_rows(db: None) -> None:
    def members(params: audiences.Params) -> list[audiences.Recipient]:
        return [
            audiences.Recipient("a@x.example", "A", {}, "x:1"),
            audiences.Recipient("A@x.example", "B", {}, "x:1"),
            audiences.Recipient("a@x.example", "A", {}, "x:2"),
        ]

    group = audiences.Audience("x", "X", "x", audiences.GENERAL, members)

    assert [(one.name, one.about) for one in audiences.members(group, {})] == [("A", "x:1"), ("A", "x:2")]


def test_every_group_gives_a_value_for_every_placeholder(open_round: Round) -> None:
    office = staff()
    factories.draft(open_round)
    factories.submitted(open_round)

    for rows in audiences.groups(office).values():
        for group in rows:
            chosen = {param.key: param.choices[0][0] for param in group.params}
            for one in audiences.members(group, chosen):
                assert {row.key for row in group.kind.placeholders} == set(one.filled), group.key


def test_groups_are_for_those_with_the_right(open_round: Round) -> None:
    assert audiences.groups(StaffFactory()) == {}
    assert audiences.find("entwuerfe", StaffFactory()) is None


def test_keys_of_groups_and_kinds_are_unique(open_round: Round) -> None:
    keys = [group.key for rows in audiences.groups(StaffFactory(superuser=True)).values() for group in rows]

    assert len(keys) == len(set(keys))
