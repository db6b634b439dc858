"""The ministry's pages: what they show, what they hide, and the extension button."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import User
from submissions.actions import editors, entries
from submissions.models import Editor, Extension, Round, Section, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.conftest import CLOSES
from tests.submissions import factories

MODELS = [model for model in admin.site._registry if model._meta.app_label in {"submissions", "post_office"}]
SECRET = "Geheimer Entwurfstext"


@pytest.fixture
def office(client: Client, db: None) -> Client:
    show_factor(client, StaffFactory(superuser=True))
    return client


def change_url(entry: Submission) -> str:
    return reverse("admin:submissions_submission_change", args=[entry.pk])


def extend_url(entry: Submission) -> str:
    return reverse("admin:submissions_extend", args=[entry.pk])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_lists_and_searches_open(office: Client, open_round: Round, model: type) -> None:
    factories.submitted(open_round)
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")

    assert office.get(url).status_code == 200
    assert office.get(url, {"q": "Soest"}).status_code == 200


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.model_name)
def test_rows_open(office: Client, open_round: Round, model: type) -> None:
    factories.submitted(open_round)
    row = model._default_manager.first()
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[row.pk if row else 1])

    assert office.get(url).status_code == (200 if row else 302)


def test_draft_shows_neither_title_nor_text(office: Client, open_round: Round) -> None:
    entry = factories.complete(open_round, title=SECRET, abstract=SECRET)
    entries.save_section(entry, "gewinn", {"text": SECRET}, by=entry.owner, revision=0, sitting="a")
    with pytest.raises(entries.Conflict):
        entries.save_section(entry, "gewinn", {"text": SECRET + "!"}, by=entry.owner, revision=0, sitting="b")
    entries.decide_variant(entry, "gewinn", None, by=entry.owner, revision=1, sitting="c")

    for url in (
        reverse("admin:submissions_submission_changelist"),
        change_url(entry),
        reverse("admin:submissions_event_changelist"),
    ):
        page = office.get(url).content.decode()
        assert entry.lead.label in page
        assert SECRET not in page
    found = office.get(reverse("admin:submissions_submission_changelist"), {"q": SECRET}).content.decode()
    assert entry.lead.label not in found


def test_submitted_title_is_the_frozen_one(office: Client, open_round: Round) -> None:
    entry = factories.submitted(open_round)
    Submission.objects.filter(pk=entry.pk).update(title=SECRET)

    page = office.get(change_url(entry)).content.decode()

    assert "IKZ-2026-0001 PegelVerbund Hellweg" in page
    assert SECRET not in page


@pytest.mark.parametrize("name", ["add", "delete", "change"])
def test_entries_cannot_be_written_by_hand(office: Client, open_round: Round, name: str) -> None:
    entry = factories.submitted(open_round)
    url = reverse(f"admin:submissions_submission_{name}", args=[] if name == "add" else [entry.pk])

    assert office.post(url, {"status": "draft", "post": "yes"}).status_code == 403
    assert Submission.objects.get().status == "submitted"


def test_extend_grants_and_says_so(office: Client, open_round: Round) -> None:
    entry = factories.draft(open_round)

    page = office.post(
        extend_url(entry), {"until_0": "11.02.2026", "until_1": "12:00:00", "reason": "Stromausfall"}, follow=True
    )

    assert "Die Frist ist verlängert" in page.content.decode()
    assert Submission.objects.get().extended_until == CLOSES + timedelta(hours=36)
    assert Extension.objects.get().reason == "Stromausfall"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"until_0": "11.02.2026", "until_1": "12:00:00", "reason": ""}, "Bitte prüfen Sie"),
        ({"until_0": "unsinn", "until_1": "", "reason": "x"}, "Bitte prüfen Sie"),
        ({"until_0": "09.02.2026", "until_1": "12:00:00", "reason": "x"}, "nach der bisherigen"),
    ],
)
def test_extend_refuses_and_says_why(office: Client, open_round: Round, data: dict[str, str], words: str) -> None:
    entry = factories.draft(open_round)

    page = office.post(extend_url(entry), data)

    assert words in page.content.decode()
    assert not Extension.objects.exists()


def test_extend_without_right_is_forbidden(client: Client, open_round: Round) -> None:
    entry = factories.draft(open_round)
    editor: User = StaffFactory()
    show_factor(client, editor)

    assert client.post(extend_url(entry)).status_code == 403


def test_waiting_memberships_can_be_listed(office: Client, open_round: Round) -> None:
    waiting, confirmed = factories.draft(open_round), factories.draft(open_round)
    confirmed.owner.memberships.update(status="confirmed", decided_by=StaffFactory(), decided_at=CLOSES)

    page = office.get(reverse("admin:submissions_submission_changelist"), {"zugehoerigkeit": "offen"})

    rows = page.content.decode()
    assert (waiting.lead.label in rows, confirmed.lead.label in rows) == (True, False)


@pytest.mark.parametrize("model", ["submission", "version", "event"])
@pytest.mark.parametrize(
    ("asked", "found"),
    [("IKZ-2026-0001", True), (" ikz-2026-0001 ", True), ("IKZ-2026-0002", False), ("IKZ-2025-0001", False)],
)
def test_search_finds_the_printed_number(
    office: Client, open_round: Round, model: str, asked: str, found: bool
) -> None:
    factories.submitted(open_round)

    page = office.get(reverse(f"admin:submissions_{model}_changelist"), {"q": asked})

    assert bool(page.context["cl"].result_count) is found


def test_journal_tells_sections_and_roles_in_words(office: Client, open_round: Round) -> None:
    entry = factories.complete(open_round)
    entries.save_section(entry, "zukunft", {"text": "Neu"}, by=entry.owner, revision=0, sitting="a")
    editors.invite(entry, email="kollege@soest.example", role=Editor.Role.SUBMIT, by=entry.owner)

    entries.extend(entry, until=CLOSES + timedelta(hours=36), reason="Stromausfall", by=StaffFactory(superuser=True))

    page = office.get(change_url(entry)).content.decode()

    assert "bis: Mittwoch, 11. Februar 2026, 12:00 Uhr (MEZ), Grund: Stromausfall" in page
    assert "Abschnitt: Zukunftsfähigkeit, Nutzbarkeit und Nachhaltigkeit" in page
    assert "Adresse: kollege@soest.example, Rolle: bearbeiten und einreichen" in page


def test_weight_of_a_criterion_is_written_with_a_comma(office: Client, open_round: Round) -> None:
    page = office.get(reverse("admin:submissions_round_change", args=[open_round.pk]))

    form = page.context["inline_admin_formsets"][1].formset.forms[0]
    shown = str(form["weight"])
    typed = form.fields["weight"].clean("1,5")

    assert 'value="1,000"' in shown
    assert typed == Decimal("1.5")


def test_list_groups_no_entries_to_count_their_sections(rf: RequestFactory) -> None:
    """It would group all there are before it takes the hundred of a page."""
    rows = admin.site.get_model_admin(Submission).get_queryset(rf.get("/"))

    assert rows.query.group_by is None


def test_list_can_be_sorted_by_sections_saved(office: Client, open_round: Round) -> None:
    begun = factories.complete(open_round)
    Section.objects.create(submission=begun, key="titel", saved_at=open_round.opens_at, saved_by=begun.owner)
    Submission.objects.create(round=open_round, owner=StaffFactory())

    pages = [office.get(reverse("admin:submissions_submission_changelist"), {"o": order}) for order in ("8", "-8")]

    counted = [[len(row.sections.all()) for row in page.context["cl"].result_list] for page in pages]
    assert counted == [[0, 1], [1, 0]]
