"""The page "Preisverleihung": who sees it, what it tells and misses, printing, and the one confirmed act."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import access
from jury.actions import letters, papers
from jury.models import Letter, Paper
from landespreis.models import Parcel
from portal.actions import announcing
from portal.models import Announcement, Event, News
from submissions.models import Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MembershipFactory, StaffFactory, staff
from tests.conftest import SECOND
from tests.portal import award, ceremonies
from tests.portal.factories import EventFactory, NewsCategoryFactory

pytestmark = pytest.mark.django_db
At = Callable[[datetime], None]
HOME = "/admin/portal/announcement/"


@pytest.fixture
def office(client: Client) -> Client:
    show_factor(client, staff())
    return client


@pytest.fixture
def before(open_round: Round, at: At) -> Round:
    """A decided round, one second before the end of its embargo."""
    ceremonies.decided(open_round, title="Pegelwacht <Hellweg>")
    papers.fulfil_all()
    at(open_round.embargo_until - SECOND)
    return open_round


def page(client: Client, round: Round | None = None) -> str:
    answer = client.get(reverse("admin:portal_ceremony", args=[round.pk]) if round else HOME)
    assert answer.status_code == 200
    return answer.content.decode()


def announce_url(round: Round) -> str:
    return reverse("admin:portal_announce", args=[round.pk])


def filled(**changes: object) -> dict[str, object]:
    values = {
        "title": "Die Preisträger stehen fest", "lead": "Zwei Sätze.", "body": "## Krisen\n\n**Pegel**",
        "category": NewsCategoryFactory().pk, "confirmed": "ja",
    }  # fmt: skip
    return values | changes


def test_page_tells_winner_papers_and_letter(office: Client, before: Round) -> None:
    html = page(office)

    for words in (
        "Pegelwacht &lt;Hellweg&gt;", "IKZ-2026-0001", "entschieden, gesperrt", "4 Ja, 0 Nein, 1 Enthaltung",
        "Urkunde<span", "Niederschrift<span", "Entwurf<span", "wird übernommen", "10.000 Euro",
        "Vertraulich bis",
    ):  # fmt: skip
        assert words in html, words


def test_page_tells_what_is_missing(office: Client, open_round: Round) -> None:
    ceremonies.decided(open_round, consent=False)
    award.entry(open_round, category=open_round.categories.get(key="umwelt"))

    html = page(office)

    for words in (
        "Umwelt, Planung &amp; Infrastruktur: noch nicht entschieden",
        "Die Niederschrift wird noch erstellt",
        "Eine Urkunde wird noch erstellt",
        "noch so, wie das Portal ihn vorschlägt",
        "Die Kommune hat der Veröffentlichung nicht zugestimmt.",
        "Kein öffentlicher Termin „Preisverleihung“ am 15. April 2026",
    ):
        assert words in html, words
    assert announce_url(open_round) not in html


def test_page_asks_for_a_category_of_news_first(office: Client, before: Round) -> None:
    asked = page(office)
    NewsCategoryFactory()

    assert "Es gibt noch keine Rubrik" in asked
    assert "Es gibt noch keine Rubrik" not in page(office)


def test_page_says_when_nothing_is_missing(office: Client, before: Round) -> None:
    assert "noch nicht vorgemerkt" in page(office)
    letter = Letter.objects.get()
    letters.change(letter, by=staff(), subject=letter.subject, text="Von Hand")
    starts = datetime.combine(before.ceremony_on, datetime.min.time(), before.embargo_until.tzinfo)
    EventFactory(kind=Event.Kind.CEREMONY, starts_at=starts + timedelta(hours=17), ends_at=starts + timedelta(hours=19))
    ceremonies.ordered(before)

    assert "Es fehlt nichts" in page(office)


def test_winner_of_a_decision_that_is_not_locked_is_not_told(office: Client, open_round: Round) -> None:
    entry = award.entry(open_round, title="Geheim geblieben")
    award.decide(open_round, "krisen", entry, locked=False)

    assert "Geheim geblieben" not in page(office)


@pytest.mark.parametrize("role", ["Redaktion", "Kommune"])
def test_pages_are_for_the_office(client: Client, before: Round, role: str) -> None:
    show_factor(client, MembershipFactory().user if role == "Kommune" else staff(role))
    expected = 404 if role == "Kommune" else 403

    for name in ("portal_ceremony", "portal_announce"):
        assert client.get(reverse(f"admin:{name}", args=[before.pk])).status_code == expected
    for name in ("portal_announce", "portal_announce_recall", "portal_ceremony_print"):
        assert client.post(reverse(f"admin:{name}", args=[before.pk]), filled()).status_code == expected
    assert client.get(HOME).status_code == expected
    if role == "Redaktion":
        assert "Preisverleihung</a>" not in client.get("/admin/").content.decode()
    assert (Announcement.objects.count(), Parcel.objects.count()) == (0, 0)


def test_changing_acts_are_asked_with_post(office: Client, before: Round) -> None:
    assert office.get(reverse("admin:portal_ceremony_print", args=[before.pk])).status_code == 405


def test_announce_shows_a_draft_and_what_will_happen(office: Client, before: Round) -> None:
    html = office.get(announce_url(before)).content.decode()

    assert "2. Landespreis 2025/26: Die Preisträger stehen fest" in html
    assert "### Pegelwacht &lt;Hellweg&gt;" in html
    assert "<h3>Pegelwacht &lt;Hellweg&gt;</h3>" in html
    assert "wird ins Verzeichnis übernommen, öffentlich und als Preisträger ausgezeichnet" in html
    assert "Veröffentlichung vormerken" in html
    assert not Announcement.objects.exists()


def test_announce_previews_without_ordering(office: Client, before: Round) -> None:
    values = filled(body="## Ganz anders")
    del values["confirmed"]

    html = office.post(announce_url(before), values | {"preview": "ja"}).content.decode()

    assert "<h2>Ganz anders</h2>" in html
    assert not Announcement.objects.exists()


def test_announce_orders_and_can_be_changed_and_taken_back(office: Client, before: Round) -> None:
    answer = office.post(announce_url(before), filled(), follow=True)

    assert "Vorgemerkt: Die Preisträger werden veröffentlicht, sobald die Sperrfrist endet." in answer.content.decode()
    assert Announcement.objects.get().is_waiting
    assert "Die Preisträger stehen fest" in office.get(announce_url(before)).content.decode()

    recall = reverse("admin:portal_announce_recall", args=[before.pk])
    assert f'href="{recall}">Zurücknehmen …</a>' in page(office)
    assert "veröffentlicht das Portal dann nichts von selbst" in office.get(recall).content.decode()
    assert Announcement.objects.get().is_waiting
    office.post(recall, {"confirmed": "ja"})

    assert not Announcement.objects.get().is_waiting
    assert "Noch nicht vorgemerkt" in page(office)


def test_announce_tells_that_somebody_else_has_written_meanwhile(office: Client, before: Round) -> None:
    def read() -> str:
        return re.findall(r'name="gelesen" value="([^"]+)"', office.get(announce_url(before)).content.decode())[0]

    early = read()
    office.post(announce_url(before), filled(gelesen=early))
    mine = filled(title="Mein Titel", gelesen=early)
    told = office.post(announce_url(before), mine).content.decode()

    assert "Inzwischen hat sich hier etwas geändert. Von Ihnen ist nichts gespeichert." in told
    assert 'value="Mein Titel"' in told
    assert Announcement.objects.get().title == "Die Preisträger stehen fest"

    office.post(announce_url(before), mine | {"gelesen": read()})
    assert Announcement.objects.get().title == "Mein Titel"


def test_announce_after_the_embargo_waits_for_the_worker_and_tells_it(office: Client, before: Round, at: At) -> None:
    at(before.embargo_until)
    answer = office.post(announce_url(before), filled(), follow=True)
    html = answer.content.decode()
    assert "Wird gerade veröffentlicht." in html
    assert f'data-hx-get="{reverse("admin:portal_ceremony", args=[before.pk])}"' in html

    announcing.publish_due()

    part = office.get(reverse("admin:portal_ceremony", args=[before.pk]), HTTP_HX_REQUEST="true").content.decode()
    assert "Veröffentlicht." in part
    assert "<html" not in part
    assert News.objects.get().get_absolute_url() in part
    assert announce_url(before) not in part


@pytest.mark.parametrize(
    ("field", "value"), [("title", ""), ("lead", ""), ("body", ""), ("body", "![](bild:7)"), ("category", "")]
)
def test_announce_with_gaps(office: Client, before: Round, field: str, value: str) -> None:
    answer = office.post(announce_url(before), filled(**{field: value}))

    assert "Bitte prüfen Sie die markierten Angaben." in answer.content.decode()
    assert not Announcement.objects.exists()


def test_announce_while_a_category_is_undecided(office: Client, open_round: Round) -> None:
    ceremonies.decided(open_round)
    award.entry(open_round, category=open_round.categories.get(key="umwelt"))

    html = office.post(announce_url(open_round), filled()).content.decode()

    assert html.count("Noch nicht entschieden: Umwelt, Planung &amp; Infrastruktur") == 2
    assert not Announcement.objects.exists()


@pytest.mark.parametrize(("check", "waits"), [("open", True), ("returned", True), ("excluded", False)])
def test_announce_waits_for_the_formal_check(office: Client, open_round: Round, check: str, waits: bool) -> None:
    ceremonies.decided(open_round)
    entry = award.entry(open_round, category=open_round.categories.get(key="umwelt"))
    Submission.objects.filter(pk=entry.pk).update(formal_check=check)

    missing = "Umwelt, Planung &amp; Infrastruktur: formal noch nicht geprüft" in page(office)
    refused = "Noch nicht entschieden" in office.post(announce_url(open_round), filled()).content.decode()

    assert (missing, refused) == (waits, waits)


def test_print_owes_a_parcel(office: Client, before: Round) -> None:
    answer = office.post(reverse("admin:portal_ceremony_print", args=[before.pk]))

    parcel = Parcel.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, parcel.get_absolute_url())
    assert (parcel.kind, parcel.params) == ("preisverleihung", {"round": before.pk})


def test_page_without_a_round(office: Client) -> None:
    assert "noch keine Wettbewerbsrunde" in page(office)


def test_page_of_a_round_in_preparation_is_not_there(office: Client, before: Round) -> None:
    hidden = Round.objects.create(key="lp3", name="3. Landespreis", number_prefix="IKZ-2028", announced_at=None)

    assert office.get(reverse("admin:portal_ceremony", args=[hidden.pk])).status_code == 404


def test_page_asks_the_same_for_one_and_three(office: Client, open_round: Round) -> None:
    counts = []
    for category in ("krisen", "umwelt", "austausch"):
        entry: Submission = award.entry(open_round, category=open_round.categories.get(key=category))
        ceremonies.owed(open_round, category, entry)
        with CaptureQueriesContext(connection) as queries:
            page(office)
        counts.append(len(queries))

    assert counts[0] == counts[-1]


def test_overview_reminds_until_it_is_ordered(office: Client, before: Round, at: At) -> None:
    Round.objects.filter(pk=before.pk).update(decided_at=before.closes_at)
    url = reverse("admin:portal_ceremony", args=[before.pk])
    assert "Veröffentlichung der Preisträger vormerken" in office.get("/admin/").content.decode()
    at(before.embargo_until)
    assert "Veröffentlichung der Preisträger veranlassen" in office.get("/admin/").content.decode()

    ceremonies.ordered(before)
    assert url not in office.get("/admin/").content.decode()

    Announcement.objects.update(error="Die Briefe sind noch nicht freigegeben.")
    assert "blieb etwas offen" in office.get("/admin/").content.decode()


def test_overview_reminds_of_what_was_left_out_until_it_is_done(office: Client, before: Round, at: At) -> None:
    Round.objects.filter(pk=before.pk).update(decided_at=before.closes_at)
    Paper.objects.filter(kind=Paper.Kind.CERTIFICATE).update(rendered_at=None)
    ceremonies.ordered(before, with_letters=True)
    at(before.embargo_until)
    announcing.publish_due()
    assert "blieb etwas offen" in office.get("/admin/").content.decode()

    papers.fulfil_all()
    letters.release_all(Letter.objects.all(), by=staff())

    assert "blieb etwas offen" not in office.get("/admin/").content.decode()


def test_order_of_somebody_who_left_is_told_before_the_embargo_ends(office: Client, before: Round) -> None:
    Round.objects.filter(pk=before.pk).update(decided_at=before.closes_at)
    left = staff(name="Renate Vollmer")
    ceremonies.ordered(before, by=left)
    said = "Renate Vollmer hat vorgemerkt und darf es nicht mehr"
    assert said not in page(office)

    access.lock(left, by=StaffFactory(superuser=True), reason="Ausgeschieden")

    assert said in page(office)
    assert "Veröffentlichung der Preisträger neu vormerken" in office.get("/admin/").content.decode()
    ceremonies.ordered(before)
    assert said not in page(office)
    assert "neu vormerken" not in office.get("/admin/").content.decode()


def test_overview_does_not_remind_editors(client: Client, before: Round) -> None:
    Round.objects.filter(pk=before.pk).update(decided_at=before.closes_at)
    show_factor(client, staff("Redaktion"))

    assert "Preisträger" not in client.get("/admin/").content.decode()
