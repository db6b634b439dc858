"""Proposals in the admin: what editors read, decide, correct, and what they do not see."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from accounts.models import User
from portal.actions import proposals
from portal.models import Project, Proposal
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MunicipalityFactory, StaffFactory
from tests.portal import factories, proposing

pytestmark = pytest.mark.django_db

Status = Proposal.Status
LIST = "/admin/portal/proposal/"


@pytest.fixture
def editor() -> User:
    return proposing.editor()


@pytest.fixture
def admin(client: Client, editor: User) -> Client:
    show_factor(client, editor)
    return client


def change(proposal: Proposal) -> str:
    return reverse("admin:portal_proposal_change", args=[proposal.pk])


def decide(proposal: Proposal, act: str, seen: str = "") -> str:
    url = reverse("admin:portal_proposal_decide", args=[proposal.pk, act])
    return f"{url}?gelesen={seen or proposals.seen(proposal)}"


def text(response: Any) -> str:
    assert response.status_code == 200
    return str(response.content.decode())


def test_list_shows_what_waits_first_and_no_drafts(admin: Client) -> None:
    proposing.draft(title="Geheimer Entwurf")
    out = proposing.in_state(Status.PUBLISHED)
    back = proposing.returned()
    waiting = [proposing.waiting(), proposing.waiting()]

    response = admin.get(LIST)

    assert [row.pk for row in response.context["cl"].result_list] == [
        waiting[0].pk,
        waiting[1].pk,
        back.pk,
        out.pk,
    ]
    found = text(response)
    assert "Projektvorschläge: 2 warten auf Prüfung" in found
    assert "in Prüfung (2)" in found
    assert "Geheimer Entwurf" not in found


@pytest.mark.parametrize(("waiting", "said"), [(0, "keiner wartet"), (1, "einer wartet auf Prüfung")])
def test_list_counts_in_words(admin: Client, waiting: int, said: str) -> None:
    for _ in range(waiting):
        proposing.waiting()

    assert f"Projektvorschläge: {said}" in text(admin.get(LIST))


def test_list_filters_by_state(admin: Client) -> None:
    back, _ = proposing.returned(), proposing.waiting()

    assert [row.pk for row in admin.get(f"{LIST}?stand=returned").context["cl"].result_list] == [back.pk]
    assert len(admin.get(f"{LIST}?stand=quatsch").context["cl"].result_list) == 2


def test_list_asks_as_often_for_three_as_for_one(admin: Client) -> None:
    def asked() -> int:
        proposing.waiting()
        with CaptureQueriesContext(connection) as queries:
            admin.get(LIST)
        return len(queries)

    first, _, third = asked(), asked(), asked()

    assert third == first


def test_a_waiting_membership_is_flagged(admin: Client) -> None:
    pending = proposing.waiting()
    confirmed = proposing.waiting(proposing.person(confirmed=True))

    assert "⚠ wartet auf Bestätigung" in text(admin.get(change(pending)))
    found = text(admin.get(change(confirmed)))
    assert "bestätigt" in found
    assert "⚠" not in found
    gone = proposing.waiting()
    gone.owner.memberships.all().delete()
    assert "⚠ keine Angabe" in text(admin.get(change(gone)))


def test_page_shows_the_difference_to_what_is_published(admin: Client) -> None:
    project = factories.ProjectFactory(title="Alter Titel", partners=[MunicipalityFactory()])
    mine = proposals.start_change(project, by=proposing.person(project.lead))
    mine = proposals.save(mine, {"title": "Neuer Titel"}, by=mine.owner, revision=0)
    proposing.submit(mine)

    found = text(admin.get(change(mine)))

    assert "<del>Alter</del> Titel" in found
    assert "<ins>Neuer</ins> Titel" in found
    assert "Änderung an „Alter Titel“" in found


def test_page_shows_the_text_safely_with_its_history(admin: Client) -> None:
    proposal = proposing.waiting(body="## Ziel\n\n<script>alert(1)</script>", abstract="<b>Kurz</b>")

    found = text(admin.get(change(proposal)))

    assert "<h2>Ziel</h2>" in found
    assert "<script>alert" not in found
    assert "&lt;b&gt;Kurz&lt;/b&gt;" in found
    assert "Erklärt: Angaben richtig" in found


def test_page_of_a_returned_one_does_not_show_what_is_being_written(admin: Client) -> None:
    proposal = proposing.returned()
    proposals.save(proposal, {"body": "Noch nicht fertig"}, by=proposal.owner, revision=1)

    found = text(admin.get(change(proposal)))

    assert "Der Text wird gerade überarbeitet." in found
    assert "Noch nicht fertig" not in found
    assert "Nennen Sie die Partner." in found


def test_page_of_a_draft_is_not_found(admin: Client) -> None:
    draft = proposing.complete()

    assert admin.get(change(draft)).status_code == 302  # to the index, as for any row that does not exist
    assert admin.get(decide(draft, "veroeffentlichen")).status_code == 404


@pytest.mark.parametrize(
    ("status", "offered"),
    [
        (Status.REVIEW, ["Veröffentlichen", "Zurückgeben", "Berichtigen"]),
        (Status.RETURNED, []),
        (Status.PUBLISHED, []),
    ],
)
def test_page_offers_what_is_possible(admin: Client, status: str, offered: list[str]) -> None:
    response = admin.get(change(proposing.in_state(status)))

    assert [title for title, _ in response.context["decision_buttons"]] == offered


def test_publishing_asks_first(admin: Client, editor: User) -> None:
    proposal = proposing.waiting()
    url = decide(proposal, "veroeffentlichen")

    assert "Das Projekt steht dann sofort im Verzeichnis." in text(admin.get(url))
    assert not Project.objects.exists()
    assert admin.post(url).url == change(proposal)

    assert Project.objects.get().title == "PegelVerbund Hellweg"
    assert Proposal.objects.get().decided_by == editor


def test_returning_needs_a_reason(admin: Client) -> None:
    proposal = proposing.waiting()
    url = decide(proposal, "zurueckgeben")

    assert "Nennen Sie den Grund" in text(admin.post(url, {"reason": " "}))
    assert Proposal.objects.get().status == Status.REVIEW
    assert admin.post(url, {"reason": "Nennen Sie alle Partner."}).url == change(proposal)

    assert (Proposal.objects.get().status, Proposal.objects.get().reason) == (
        Status.RETURNED,
        "Nennen Sie alle Partner.",
    )


def test_correcting_changes_small_things_and_says_so(admin: Client, editor: User) -> None:
    proposal = proposing.waiting()
    url = decide(proposal, "berichtigen")
    values = {
        "title": "PegelVerbund am Hellweg",
        "category": proposal.category_id,
        "topics": [topic.pk for topic in proposal.topics.all()],
        "abstract": proposal.abstract,
        "body": proposal.body,
        "website": "",
    }

    assert "PegelVerbund Hellweg" in text(admin.get(url))
    assert "Zwischenüberschrift" in text(admin.post(url, values | {"body": "### zu früh"}))
    assert admin.post(url, values).url == change(proposal)

    assert Proposal.objects.get().title == "PegelVerbund am Hellweg"
    last = proposal.steps.last()
    assert last is not None
    assert (last.verb, last.by, last.reason) == ("corrected", editor, "Titel")


def test_the_second_of_two_editors_reads_why_not(admin: Client) -> None:
    proposal = proposing.waiting()
    url = decide(proposal, "veroeffentlichen")
    other = StaffFactory(superuser=True)
    proposals.hand_back(proposal, reason="Zu kurz.", by=other, seen=proposals.seen(proposal))
    mails = Email.objects.count()

    found = text(admin.post(url))

    assert "schon zurückgegeben" in found
    assert not Project.objects.exists()
    assert Email.objects.count() == mails


def test_nobody_decides_about_what_they_have_not_read(admin: Client) -> None:
    proposal = proposing.waiting()

    for seen in ("0-0", "%00", "x" * 200):
        assert "seit Sie die Seite geöffnet haben" in text(admin.post(decide(proposal, "veroeffentlichen", seen)))
    assert Proposal.objects.get().status == Status.REVIEW


def test_deciding_needs_the_permission(client: Client) -> None:
    proposal = proposing.waiting()
    reader: User = StaffFactory()
    show_factor(client, reader)

    for act in ("veroeffentlichen", "zurueckgeben", "berichtigen"):
        assert client.post(decide(proposal, act), {"reason": "Nein"}).status_code == 403
    assert client.get(LIST).status_code == 403
    assert Proposal.objects.get().status == Status.REVIEW


def test_unknown_acts_and_rows_are_not_found(admin: Client) -> None:
    proposal = proposing.waiting()

    assert admin.get(decide(proposal, "loeschen")).status_code == 404
    assert admin.get(reverse("admin:portal_proposal_decide", args=[10**9, "berichtigen"])).status_code == 404


def test_nothing_is_added_changed_or_deleted_past_the_verbs(admin: Client) -> None:
    proposal = proposing.waiting()
    before = Proposal.objects.values().get()

    assert admin.get(f"{LIST}add/").status_code == 403
    assert admin.post(change(proposal), {"title": "Fremd", "status": "published"}).status_code == 403
    assert admin.post(reverse("admin:portal_proposal_delete", args=[proposal.pk])).status_code == 403
    assert Proposal.objects.values().get() == before
