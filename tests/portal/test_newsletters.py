"""Issues: written in blocks, numbered without gaps, frozen when released, owed to everybody once."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from post_office.models import Email

from landespreis import wording
from landespreis.clock import BERLIN
from landespreis.models import Trace
from landespreis.refusal import NotAllowed, Refused
from portal import issues
from portal.actions import events, news, newsletters, projects, subscribing
from portal.models import Block, Delivery, Newsletter, Subscriber
from portal.models.newsletters import roman
from tests.accounts.factories import StaffFactory, UserFactory
from tests.conftest import MIDWAY
from tests.portal import factories

At = Callable[[datetime], None]
HOUR = timedelta(hours=1)
Status = Newsletter.Status
Kind = Block.Kind


@pytest.fixture
def midway(db: None, at: At) -> None:
    at(MIDWAY)


def about(kind: str, **fields: Any) -> Block:
    make = {
        Kind.NEWS: ("news", factories.NewsFactory),
        Kind.PROJECT: ("project", factories.ProjectFactory),
        Kind.EVENT: ("event", factories.EventFactory),
    }
    name, factory = make[Kind(kind)]
    return Block(kind=kind, **{name: fields.pop("of", None) or factory()}, **fields)


def release(newsletter: Newsletter) -> Newsletter:
    return newsletters.release(newsletter, by=StaffFactory())


@pytest.mark.parametrize(("number", "letters"), [(1, "I"), (4, "IV"), (9, "IX"), (14, "XIV"), (39, "XXXIX")])
def test_roman_numbers(number: int, letters: str) -> None:
    assert roman(number) == letters


# Numbers -----------------------------------------------------------------------------------------------


def test_release_gives_the_next_number_of_the_year(midway: None, at: At) -> None:
    labels = [release(factories.issue()).label for _ in range(2)]
    at(datetime(2026, 12, 31, 23, 59, 59, tzinfo=BERLIN))
    labels.append(release(factories.issue()).label)
    at(datetime(2027, 1, 1, tzinfo=BERLIN))
    last = release(factories.issue())

    assert [*labels, last.label] == ["I/2026", "II/2026", "III/2026", "I/2027"]
    assert last.get_absolute_url() == "/newsletter/i-2027/"


def test_release_twice_is_refused(midway: None) -> None:
    factories.SubscriberFactory()
    issue = factories.issue()
    release(issue)

    with pytest.raises(Refused, match="schon freigegeben, als I/2026"):
        release(issue)

    assert Delivery.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_release_by_two_at_once_leaves_no_gap() -> None:
    """Four threads release two issues, each twice: two succeed, with the numbers I and II."""
    drafts, by = [factories.issue(), factories.issue()], StaffFactory()
    factories.SubscriberFactory()
    barrier, refused = threading.Barrier(4), []

    def press(issue: Newsletter) -> None:
        barrier.wait()
        try:
            newsletters.release(issue, by=by)
        except Refused as refusal:
            refused.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(issue,)) for issue in drafts * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(Newsletter.objects.values_list("number", flat=True)) == [1, 2]
    assert len(refused) == 2
    assert Delivery.objects.count() == 2


def test_release_that_the_database_refuses_says_so(midway: None, monkeypatch: Any) -> None:
    release(factories.issue())
    issue = factories.issue()
    monkeypatch.setattr(issues, "upcoming", lambda now, rows: issues.Number(2026, 1))

    with pytest.raises(Refused, match="war schneller"):
        release(issue)

    issue.refresh_from_db()
    assert issue.status == Status.DRAFT


# What it says ------------------------------------------------------------------------------------------


def test_blocks_tell_what_they_are_about(midway: None) -> None:
    lead = factories.MunicipalityFactory(name="Soest")
    project = factories.ProjectFactory(lead=lead, partners=["Wasserverband"])
    issue = factories.issue(
        factories.text("Nur **Text**."),
        about(Kind.NEWS, of=factories.NewsFactory(title="Neues", lead="Kurz <gesagt>.")),
        about(Kind.PROJECT, of=project),
        about(Kind.EVENT, of=factories.EventFactory(title="Sprechstunde", lead="Fragen Sie.")),
    )

    text, item, cooperation, date = issues.pieces(issue)

    assert (text.heading, text.html) == ("Nachgelesen", "<p>Nur <strong>Text</strong>.</p>")
    assert item.heading == "Neues"
    assert item.html == '<p>Kurz &lt;gesagt&gt;.</p>\n<p><a href="/aktuelles/neues/">Meldung lesen</a></p>'
    assert cooperation.heading == project.title
    assert f"<p><strong>{lead.label} und Wasserverband. {project.category}</strong></p>" in cooperation.html
    assert date.html.startswith("<p><strong>Dienstag, 27. Januar 2026, 10:30 Uhr (MEZ), online</strong></p>\n<p>Fragen")
    assert date.html.endswith('">Zum Termin und zur Anmeldung</a></p>')


def test_blocks_have_own_words_first(midway: None) -> None:
    item = about(Kind.NEWS, heading="Eigene Überschrift", body="*Eigene* Worte.")

    (piece,) = issues.pieces(factories.issue(item))

    assert piece.heading == "Eigene Überschrift"
    assert piece.html.startswith("<p><em>Eigene</em> Worte.</p>\n<p><a")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"cancelled_at": MIDWAY}, "Abgesagt: Dienstag, 27."),
        ({"moved_from": MIDWAY + HOUR}, "Verlegt auf Dienstag, 27. Januar 2026, 10:30 Uhr (MEZ), online, zuerst war"),
        ({"is_online": False, "place": "Unna"}, "10:30 Uhr (MEZ), Unna<"),
        ({"is_online": True, "place": "Unna"}, "10:30 Uhr (MEZ), online und Unna<"),
    ],
)
def test_dates_say_what_became_of_them(midway: None, fields: dict[str, Any], said: str) -> None:
    event = factories.EventFactory()
    type(event).objects.filter(pk=event.pk).update(**fields)
    event.refresh_from_db()

    (piece,) = issues.pieces(factories.issue(about(Kind.EVENT, of=event)))

    assert said in piece.html


@pytest.mark.parametrize(
    ("fields", "link"),
    [
        ({}, "Zum Termin und zur Anmeldung"),
        ({"registration_until": MIDWAY}, "Zum Termin"),
        ({"starts_at": MIDWAY, "moved_from": MIDWAY - HOUR}, "Zum Termin"),
    ],
)
def test_dates_invite_only_while_one_can_register(midway: None, fields: dict[str, Any], link: str) -> None:
    event = factories.EventFactory(**fields)

    (piece,) = issues.pieces(factories.issue(about(Kind.EVENT, of=event)))

    assert piece.html.endswith(f">{link}</a></p>")


def test_date_that_is_past_says_nothing_of_its_move(midway: None) -> None:
    ended = MIDWAY - HOUR
    event = factories.EventFactory(starts_at=ended - HOUR, ends_at=ended, moved_from=ended - 3 * HOUR)

    (piece,) = issues.pieces(factories.issue(about(Kind.EVENT, of=event)))

    assert piece.html.startswith("<p><strong>Dienstag, 20. Januar 2026, 08:30 Uhr (MEZ), online</strong></p>")


def test_own_words_are_sanitised(midway: None) -> None:
    issue = factories.issue(factories.text("<script>alert(1)</script> [x](/faq/)"))

    assert "<script" not in issues.pieces(issue)[0].html
    with pytest.raises(Refused, match="sind keine vorgesehen"):
        newsletters.save_block(Block(newsletter=issue, kind=Kind.TEXT, body="## Überschrift"))


def test_mail_says_it_in_html_and_text(midway: None) -> None:
    issue = factories.issue(factories.text(), about(Kind.NEWS, of=factories.NewsFactory(title="A & B")))

    said = issues.letter(issue)

    assert said.subject == "Newsletter I/2026: Der Herbst bringt Termine"
    assert 'href="http://localhost:8000/aktuelles/a-b/"' in said.html
    assert "<h2>A &amp; B</h2>" in said.html
    assert "Meldung lesen: http://localhost:8000/aktuelles/a-b/" in said.text
    assert "- Nachgelesen\n- A & B\n" in said.text
    assert "hier das Neue." in said.text
    leave = f"http://localhost:8000/newsletter/abmelden/{issues.NOBODY.hex}/"
    assert (said.text.count(leave), said.html.count(leave)) == (1, 1)
    assert 'src="' not in said.html


# Freezing ----------------------------------------------------------------------------------------------


def test_released_issue_keeps_what_it_said(midway: None) -> None:
    item, project, event = factories.NewsFactory(), factories.ProjectFactory(), factories.EventFactory()
    blocks = [about(Kind.NEWS, of=item), about(Kind.PROJECT, of=project), about(Kind.EVENT, of=event)]
    issue = factories.issue(*blocks, factories.text())
    before = issues.pieces(issue)

    release(issue)
    item.title, item.lead = "Anders", "Ganz anders."
    news.save(item)
    project.abstract = "Ganz anders."
    projects.save(project)
    event.lead = "Ganz anders."
    events.save(event)

    assert issues.pieces(Newsletter.objects.get()) == before


def test_correction_stands_before_what_was_sent_and_takes_out_what_may_not_stay(midway: None) -> None:
    wrong = factories.ProjectFactory(title="Falscher Preisträger")
    issue = release(factories.issue(factories.text(), about(Kind.PROJECT, of=wrong)))
    newsletters.pause(issue, by=StaffFactory())
    kept, taken = issue.blocks.all()
    editor = StaffFactory()

    newsletters.correct(issue, text="Der Preis ging *nicht* an dieses Projekt.", without=[taken.pk], by=editor)

    first, second = issues.pieces(Newsletter.objects.get())
    assert first.heading == f"Berichtigung vom {wording.day(MIDWAY)}"
    assert "Der Preis ging <em>nicht</em> an dieses Projekt." in first.html
    assert second.html == kept.body_html
    line = Trace.objects.get(verb="newsletter_corrected")
    assert (line.by, line.detail) == (editor, {"newsletter": issue.pk, "removed": 1})
    wrong.delete()  # no issue holds it any more


def test_correction_needs_an_issue_that_is_out_and_stands_still(midway: None) -> None:
    issue, editor = factories.issue(), StaffFactory()
    with pytest.raises(Refused, match="noch ein Entwurf"):
        newsletters.correct(issue, text="Anders", without=[], by=editor)
    release(issue)
    with pytest.raises(Refused, match="Halten Sie den Versand zuerst an"):
        newsletters.correct(issue, text="Anders", without=[], by=editor)
    newsletters.pause(issue, by=editor)

    with pytest.raises(Refused, match="was zu berichtigen ist"):
        newsletters.correct(issue, text=" ", without=[], by=editor)

    assert Block.objects.count() == 1


@pytest.mark.parametrize("write", ["save", "save_block", "remove_block", "delete"])
def test_released_issue_cannot_be_changed(midway: None, write: str) -> None:
    issue = factories.issue()
    block = issue.blocks.get()
    release(issue)

    with pytest.raises(Refused, match="I/2026 ist freigegeben"):
        getattr(newsletters, write)(block if "block" in write else issue)

    assert Block.objects.count() == 1


def test_empty_issue_cannot_be_released(midway: None) -> None:
    issue = newsletters.save(Newsletter(subject="Leer"))

    with pytest.raises(Refused, match="leer"):
        release(issue)


@pytest.mark.parametrize("trait", ["planned", "draft"])
@pytest.mark.parametrize("kind", [Kind.NEWS, Kind.PROJECT])
def test_issue_tells_of_nothing_that_is_not_public(midway: None, kind: str, trait: str) -> None:
    factory = factories.NewsFactory if kind == Kind.NEWS else factories.ProjectFactory
    issue = factories.issue(about(kind, of=factory(title="Geheim", **{trait: True})))

    with pytest.raises(Refused, match="Noch nicht öffentlich: Geheim"):
        release(issue)

    assert Newsletter.objects.get().status == Status.DRAFT


def test_issue_tells_of_no_date_that_is_not_public(midway: None) -> None:
    with pytest.raises(Refused, match="Noch nicht öffentlich"):
        release(factories.issue(about(Kind.EVENT, of=factories.EventFactory(draft=True))))


# Owing -------------------------------------------------------------------------------------------------


def test_release_owes_it_to_everybody_who_subscribes(midway: None) -> None:
    readers = factories.SubscriberFactory.create_batch(3)
    factories.SubscriberFactory(pending=True)
    factories.SubscriberFactory(left=True)
    factories.SubscriberFactory(status=Subscriber.Status.UNREACHABLE)

    issue = release(factories.issue())

    assert {delivery.subscriber for delivery in Delivery.objects.owed()} == set(readers)
    assert (issue.recipients, issue.status, issue.released_at) == (3, Status.SENDING, MIDWAY)


def test_release_asks_the_database_as_often_for_many(midway: None) -> None:
    counts = []
    for amount in (1, 40):
        factories.SubscriberFactory.create_batch(amount)
        issue = factories.issue()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            newsletters.release(issue, by=StaffFactory())
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_release_that_is_rolled_back_owes_nothing(midway: None) -> None:
    factories.SubscriberFactory()
    issue = factories.issue()

    with transaction.atomic():
        release(issue)
        transaction.set_rollback(True)

    assert not Delivery.objects.exists()
    assert Newsletter.objects.get().status == Status.DRAFT


def test_pause_and_resume_take_turns(midway: None) -> None:
    issue = release(factories.issue())

    with pytest.raises(Refused, match="nicht angehalten"):
        newsletters.resume(issue, by=StaffFactory())
    assert newsletters.pause(issue, by=StaffFactory()).status == Status.PAUSED
    with pytest.raises(Refused, match="nicht versendet"):
        newsletters.pause(issue, by=StaffFactory())
    assert newsletters.resume(issue, by=StaffFactory()).status == Status.SENDING


def test_send_again_takes_those_who_still_subscribe(midway: None) -> None:
    stays, leaves = factories.SubscriberFactory(), factories.SubscriberFactory()
    issue = release(factories.issue())
    Delivery.objects.update(status=Delivery.Status.UNCERTAIN, claimed_by="x", claimed_at=MIDWAY, attempts=3)
    Newsletter.objects.update(status=Status.SENT, finished_at=MIDWAY)
    subscribing.leave(leaves)

    assert newsletters.send_again(issue, Delivery.Status.UNCERTAIN) == 1

    delivery = Delivery.objects.owed().get()
    assert (delivery.subscriber, delivery.claimed_by, delivery.attempts) == (stays, "", 0)
    assert Newsletter.objects.get().status == Status.SENDING
    with pytest.raises(Refused, match="nichts"):
        newsletters.send_again(issue, Delivery.Status.FAILED)
    with pytest.raises(NotAllowed):
        newsletters.send_again(issue, Delivery.Status.SENT)


# Tests -------------------------------------------------------------------------------------------------


def test_test_goes_to_staff_only(midway: None) -> None:
    issue, editor = factories.issue(), StaffFactory()

    newsletters.send_test(issue, to=[editor])
    with pytest.raises(NotAllowed):
        newsletters.send_test(issue, to=[editor, UserFactory()])

    mail = Email.objects.get()
    assert (mail.to, mail.subject) == ([editor.email], "Test: Newsletter I/2026: Der Herbst bringt Termine")
    assert "<h2>Nachgelesen</h2>" in mail.html_message
    assert issues.NOBODY.hex in mail.message


# The database's last word ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("released_newsletter_has_number", {"status": "sent"}),
        ("released_newsletter_has_number", {"number": 1}),
        ("released_newsletter_has_number", {"slug": "i-2026"}),
        ("released_newsletter_has_number", {"released_at": MIDWAY}),
        ("released_newsletter_has_number", {"status": "sent", "year": 2026, "number": 1, "released_at": MIDWAY}),
    ],
)
def test_number_and_release_go_together(midway: None, constraint: str, fields: dict[str, Any]) -> None:
    factories.issue()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Newsletter.objects.update(**fields)


@pytest.mark.parametrize("change", [{"number": 1}, {"slug": "i-2026"}])
def test_number_and_address_are_given_once(midway: None, change: dict[str, Any]) -> None:
    release(factories.issue())
    other = release(factories.issue())

    with pytest.raises(IntegrityError), transaction.atomic():
        Newsletter.objects.filter(pk=other.pk).update(**change)


@pytest.mark.parametrize("change", [{"kind": "meldung"}, {"body": ""}, {"kind": "projekt"}, {"kind": "termin"}])
def test_block_has_what_its_kind_says(midway: None, change: dict[str, str]) -> None:
    factories.issue()

    with pytest.raises(IntegrityError, match="block_has_what_its_kind_says"), transaction.atomic():
        Block.objects.update(**change)


def test_issue_goes_to_nobody_twice(midway: None) -> None:
    factories.SubscriberFactory()
    release(factories.issue())
    delivery = Delivery.objects.get()
    delivery.pk = None

    with pytest.raises(IntegrityError), transaction.atomic():
        delivery.save()
