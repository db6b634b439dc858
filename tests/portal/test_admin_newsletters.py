"""The newsletter in the admin: composing, looking, trying, releasing once, watching; and who subscribes."""

import csv
import io
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from accounts.models import User
from landespreis import clock, history
from landespreis.models import Trace
from portal.actions import newsletters, subscribing
from portal.models import Block, Delivery, Newsletter, Subscriber
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory, UserFactory
from tests.portal import factories

Status = Newsletter.Status
VERBS = (
    "preview", "preview_mail", "test", "release", "pause", "resume", "correct", "again_uncertain", "again_failed",
    "progress",
)  # fmt: skip


@pytest.fixture
def editor(db: None) -> User:
    call_command("load_roles", verbosity=0)
    user: User = StaffFactory()
    user.groups.add(Group.objects.get(name="Redaktion"))
    return user


@pytest.fixture
def admin(client: Client, editor: User) -> Client:
    show_factor(client, editor)
    return client


def url(name: str, newsletter: Newsletter | None = None) -> str:
    return reverse(f"admin:portal_newsletter_{name}", args=[newsletter.pk] if newsletter else [])


def form(*blocks: dict[str, Any], initial: int = 0, **fields: Any) -> dict[str, Any]:
    """What the page of an issue sends."""
    sent: dict[str, Any] = {"subject": "Der Herbst", "lead": "Guten Tag,\r\nhier.", **fields}
    sent |= {"blocks-TOTAL_FORMS": len(blocks), "blocks-INITIAL_FORMS": initial}
    for number, block in enumerate(blocks):
        values = {"position": number, "news": "", "project": "", "event": "", "heading": "", "body": ""} | block
        sent |= {f"blocks-{number}-{name}": value for name, value in values.items()}
    return sent


def errors(response: Any) -> str:
    assert response.status_code == 200
    context = response.context
    told = [context["adminform"].form.errors, *(form.errors for form in context["inline_admin_formsets"][0].formset)]
    return " ".join(str(error) for rows in told for error in rows.values())


def released(admin: Client, editor: User, readers: int = 2) -> Newsletter:
    factories.SubscriberFactory.create_batch(readers)
    return newsletters.release(factories.issue(), by=editor)


# Composing ---------------------------------------------------------------------------------------------


def test_editor_composes_an_issue(admin: Client) -> None:
    item, project, event = factories.NewsFactory(), factories.ProjectFactory(), factories.EventFactory()
    blocks = [
        {"body": "**Fett** <b>x</b>", "heading": "Text"},
        {"news": item.pk},
        {"project": project.pk, "heading": "Anders"},
        {"event": event.pk, "body": "Kommen Sie."},
    ]

    response = admin.post(url("add"), form(*blocks))
    assert response.status_code == 302, errors(response)

    newsletter = Newsletter.objects.get()
    assert (newsletter.subject, newsletter.lead, newsletter.status) == ("Der Herbst", "Guten Tag,\nhier.", Status.DRAFT)
    made = list(newsletter.blocks.all())
    assert [block.kind for block in made] == ["text", "meldung", "projekt", "termin"]
    assert made[0].body_html == "<p><strong>Fett</strong> &lt;b&gt;x&lt;/b&gt;</p>"
    assert (made[1].news, made[2].project, made[3].event) == (item, project, event)


def test_editor_changes_and_removes_blocks(admin: Client) -> None:
    newsletter = factories.issue(factories.text("Eins"), factories.text("Zwei"))
    first, second = newsletter.blocks.all()
    changed = [{"id": first.pk, "DELETE": "on", "body": "Eins"}, {"id": second.pk, "body": "*Drei*", "position": 7}]

    response = admin.post(url("change", newsletter), form(*changed, initial=2))
    assert response.status_code == 302, errors(response)

    block = newsletter.blocks.get()
    assert (block.pk, block.body_html, block.position) == (second.pk, "<p><em>Drei</em></p>", 7)


@pytest.mark.parametrize(
    ("block", "fields", "said"),
    [
        ({"heading": "Nur das"}, {}, "Schreiben Sie einen Text, oder wählen Sie"),
        ({"body": "## Groß"}, {}, "sind keine vorgesehen"),
        ({"body": "a\0b"}, {}, "ein Zeichen, das sich nicht speichern lässt"),
        ({"body": "![](bild:1)"}, {}, "gibt es nicht"),
        ({"body": "x", "heading": "a\nb"}, {}, "nur in eine Zeile"),
        ({"body": "x"}, {"subject": "a\nBcc: b@c.example"}, "nur in eine Zeile"),
        ({"body": "x"}, {"lead": "a\x07b"}, "ein Zeichen, das sich nicht speichern lässt"),
        ({"news": "999999"}, {}, "gültige"),
    ],
)
def test_editor_reads_what_to_change(admin: Client, block: dict[str, str], fields: dict[str, str], said: str) -> None:
    response = admin.post(url("add"), form(block, **fields))

    assert said in errors(response)
    assert not Newsletter.objects.exists()


def test_block_tells_of_one_thing(admin: Client) -> None:
    both = {"news": factories.NewsFactory().pk, "event": factories.EventFactory().pk}

    assert "Ein Baustein erzählt von einem" in errors(admin.post(url("add"), form(both)))


def test_what_can_be_chosen_is_named_and_asked_for_once(admin: Client) -> None:
    item = factories.NewsFactory(title="Kommt noch", planned=True)
    factories.NewsFactory(title="Ein Entwurf", draft=True)
    counts = []
    for amount in (1, 3):
        newsletter = factories.issue(*(Block(kind="meldung", news=item) for _ in range(amount)))
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(connection) as queries:
            page = admin.get(url("change", newsletter)).content.decode()
        counts.append(len(queries))

    assert ", noch nicht öffentlich</option>" in page
    assert "Ein Entwurf" not in page
    assert counts[0] == counts[1]


def test_list_asks_the_database_as_often_for_many(admin: Client, editor: User) -> None:
    counts = []
    for _ in range(2):
        released(admin, editor)
        admin.get(url("changelist"))
        with CaptureQueriesContext(connection) as queries:
            admin.get(url("changelist"))
        counts.append(len(queries))
        factories.issue()

    assert counts[0] == counts[1]


# Looking and trying ------------------------------------------------------------------------------------


def test_preview_shows_web_and_mail(admin: Client) -> None:
    newsletter = factories.issue(Block(kind="meldung", news=factories.NewsFactory(title="Neu & gut")))

    shown = admin.get(url("preview", newsletter)).content.decode()
    mail = admin.get(url("preview_mail", newsletter))

    assert f"Newsletter I/{clock.now().year}: Der Herbst bringt Termine" in shown
    assert "<h2>Neu &amp; gut</h2>" in shown
    assert "Meldung lesen: http://localhost:8000/aktuelles/neu-gut/" in shown
    assert "<h2>Neu &amp; gut</h2>" in mail.content.decode()
    assert mail.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_preview_of_an_empty_issue_says_so(admin: Client) -> None:
    newsletter = newsletters.save(Newsletter(subject="Leer"))

    assert "noch keinen Baustein" in admin.get(url("preview", newsletter)).content.decode()


def test_test_mail_goes_to_chosen_staff(admin: Client, editor: User) -> None:
    newsletter, colleague, stranger = factories.issue(), StaffFactory(), UserFactory()

    page = admin.get(url("test", newsletter)).content.decode()
    refused = admin.post(url("test", newsletter), {"to": [stranger.pk]})
    nobody = admin.post(url("test", newsletter), {})
    admin.post(url("test", newsletter), {"to": [editor.pk, colleague.pk]})

    assert stranger.email not in page
    assert (refused.status_code, nobody.status_code) == (200, 200)
    assert {mail.to[0] for mail in Email.objects.all()} == {editor.email, colleague.email}


# Releasing and watching --------------------------------------------------------------------------------


def test_release_asks_first_and_says_what_will_happen(admin: Client, editor: User) -> None:
    factories.SubscriberFactory.create_batch(3)
    newsletter = factories.issue()

    question = admin.get(url("release", newsletter)).content.decode()
    assert Newsletter.objects.get().status == Status.DRAFT
    answer = admin.post(url("release", newsletter), follow=True).content.decode()

    number = f"I/{clock.now().year}"
    assert f"Betreff: Newsletter {number}: Der Herbst bringt Termine" in question
    assert "Sie geht an 3 Abonnements" in question
    newsletter.refresh_from_db()
    assert (newsletter.label, newsletter.released_by, newsletter.recipients) == (number, editor, 3)
    assert f"Versand von {number}: wird versendet" in answer
    assert 'data-hx-trigger="every 3s"' in answer


def test_release_without_readers_is_for_the_web(admin: Client) -> None:
    assert "erscheint nur im Web" in admin.get(url("release", factories.issue())).content.decode()


def test_release_pressed_twice_happens_once(admin: Client) -> None:
    factories.SubscriberFactory()
    newsletter = factories.issue()

    admin.post(url("release", newsletter))
    again = admin.post(url("release", newsletter)).content.decode()

    assert "schon freigegeben" in again
    assert Delivery.objects.count() == 1


def test_released_issue_is_read_only(admin: Client, editor: User) -> None:
    newsletter = released(admin, editor)

    page = admin.get(url("change", newsletter)).content.decode()
    answers = [
        admin.post(url("change", newsletter), form({"body": "Anders"})).status_code,
        admin.post(url("delete", newsletter), {"post": "yes"}).status_code,
    ]

    assert "blocks-0" not in page
    assert answers == [403, 403]
    assert Newsletter.objects.get().subject == newsletter.subject


def test_draft_can_be_deleted(admin: Client) -> None:
    newsletter = factories.issue()

    admin.post(url("delete", newsletter), {"post": "yes"})

    assert not Newsletter.objects.exists()


def test_editor_pauses_and_goes_on(admin: Client, editor: User) -> None:
    newsletter = released(admin, editor)
    states = []
    for verb in ("pause", "resume"):
        admin.get(url(verb, newsletter))
        assert Newsletter.objects.get().status == (states or [Status.SENDING])[-1]
        admin.post(url(verb, newsletter))
        states.append(Newsletter.objects.get().status)

    assert states == [Status.PAUSED, Status.SENDING]
    lines = Trace.objects.filter(verb__startswith="newsletter_").order_by("pk")
    assert [(line.verb, line.by) for line in lines] == [("newsletter_paused", editor), ("newsletter_resumed", editor)]
    assert list(history.of(newsletter))[:2] == list(reversed(lines))


def test_editor_corrects_an_issue_that_is_out(admin: Client, editor: User) -> None:
    newsletter = released(admin, editor)
    moving = admin.get(url("change", newsletter)).content.decode()
    newsletters.pause(newsletter, by=editor)
    block = newsletter.blocks.get()

    offered = admin.get(url("change", newsletter)).content.decode()
    asked = admin.get(url("correct", newsletter)).content.decode()
    admin.post(url("correct", newsletter), {"text": "Der Termin war am *Montag*.", "without": [block.pk]})

    assert url("correct", newsletter) not in moving
    assert url("correct", newsletter) in offered
    assert "Nicht mehr zeigen" in asked
    page = Client().get(newsletter.get_absolute_url()).content.decode()
    assert "Berichtigung vom" in page
    assert "Der Termin war am <em>Montag</em>." in page
    assert not Block.objects.filter(pk=block.pk).exists()


def test_progress_tells_how_far_it_is_and_what_went_wrong(admin: Client, editor: User) -> None:
    newsletter = released(admin, editor, readers=4)
    first, second, third, _ = Delivery.objects.order_by("pk")
    Delivery.objects.filter(pk=first.pk).update(status=Delivery.Status.SENT)
    Delivery.objects.filter(pk=second.pk).update(status=Delivery.Status.FAILED, error="550 <weg>")
    Delivery.objects.filter(pk=third.pk).update(status=Delivery.Status.UNCERTAIN)

    piece = admin.get(url("progress", newsletter)).content.decode()

    told = dict(zip(*[[part.split("<")[0] for part in piece.split(tag)[1:]] for tag in ("<dt>", "<dd>")], strict=True))
    assert told == {
        "freigegeben für": "4",
        "versendet": "1",
        "offen": "1",
        "nicht zustellbar": "1",
        "ungewiss": "1",
        "inzwischen abgemeldet oder gelöscht": "0",
    }
    assert f"{second.subscriber.email}: nicht zustellbar (550 &lt;weg&gt;)" in piece
    assert url("again_uncertain", newsletter) in piece


def test_uncertain_mails_are_sent_again_when_somebody_says_so(admin: Client, editor: User) -> None:
    newsletter = released(admin, editor)
    Delivery.objects.update(status=Delivery.Status.UNCERTAIN)

    question = admin.get(url("again_uncertain", newsletter)).content.decode()
    admin.post(url("again_uncertain", newsletter))

    assert "Betroffen: 2" in question
    assert Delivery.objects.owed().count() == 2


@pytest.mark.parametrize("name", VERBS)
def test_verbs_are_for_editors(client: Client, db: None, name: str) -> None:
    newsletter = factories.issue()
    show_factor(client, StaffFactory())

    assert client.post(url(name, newsletter)).status_code == 403
    assert Newsletter.objects.get().status == Status.DRAFT


# Subscribers -------------------------------------------------------------------------------------------


def subscribers(name: str, *args: Any) -> str:
    return reverse(f"admin:portal_subscriber_{name}", args=args)


def test_subscribers_are_found_and_never_added(admin: Client) -> None:
    found, other = factories.SubscriberFactory(email="ada@kommune.example"), factories.SubscriberFactory(left=True)

    page = admin.get(subscribers("changelist"), {"q": "ada", "status__exact": "active"}).content.decode()

    assert found.email in page
    assert other.email not in page
    assert admin.get(subscribers("add")).status_code == 403
    assert admin.post(subscribers("change", found.pk), {"email": "neu@x.example"}).status_code == 403


def test_subscriber_is_unsubscribed_on_request_and_deleted(admin: Client) -> None:
    subscriber = factories.SubscriberFactory()

    admin.get(subscribers("leave", subscriber.pk))
    assert Subscriber.objects.get().status == Subscriber.Status.ACTIVE
    admin.post(subscribers("leave", subscriber.pk))
    assert Subscriber.objects.get().status == Subscriber.Status.LEFT
    admin.post(subscribers("delete", subscriber.pk), {"post": "yes"})

    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("from_list", [True, False])
def test_subscriber_goes_with_the_mail_about_it(admin: Client, from_list: bool) -> None:
    gone, kept = (subscribing.ask(f"{name}@kommune.example") for name in ("ada", "bea"))
    chosen = {"action": "delete_selected", "_selected_action": [gone.pk], "post": "yes"}

    admin.post(subscribers("changelist") if from_list else subscribers("delete", gone.pk), chosen)

    assert [row.email for row in Subscriber.objects.all()] == [kept.email]
    assert [mail.to for mail in Email.objects.all()] == [[kept.email]]


def test_table_holds_what_the_list_shows_and_no_formula(admin: Client) -> None:
    factories.SubscriberFactory(email="=1+1@kommune.example")
    factories.SubscriberFactory(left=True)

    response = admin.post(f"{subscribers('table')}?status__exact=active")

    content = b"".join(response.streaming_content).decode()
    assert content.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(content.removeprefix("\ufeff")), delimiter=";"))
    assert len(rows) == 2
    assert rows[1][:2] == ["'=1+1@kommune.example", "angemeldet"]
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert Trace.objects.get().about == "Abonnements des Newsletters (CSV)"


@pytest.mark.parametrize("name", ["table", "leave"])
def test_subscribers_are_for_editors(client: Client, db: None, name: str) -> None:
    subscriber = factories.SubscriberFactory()
    show_factor(client, StaffFactory())

    assert client.post(subscribers(name, *([subscriber.pk] if name == "leave" else []))).status_code == 403
