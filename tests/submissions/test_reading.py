"""The fixed SQL: it reads what Django's own queries read, of the asked entries only, and on both databases."""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, User
from landespreis import clock
from submissions import draft, payload, reading
from submissions.actions import handing_in
from submissions.models import Attachment, Editor, Partner, Receipt, Round, Section, Submission, Variant
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, StaffFactory, UserFactory
from tests.submissions import factories


def filled(round: Round, name: str, **fields: Any) -> Submission:
    """Return a submitted entry with two of everything, told apart by `name`."""
    entry = factories.complete(round, **fields, title=name, controlled=True, contact_public=True)
    for number in range(2):
        factories.editor(entry, Editor.Role.EDIT, name=f"{name} {number}")
        factories.attachment(entry, name=f"{name}-{number}.pdf", alt="Ein Mast", rights="Stadt")
        Section.objects.create(
            submission=entry, key=f"abschnitt-{number}", saved_at=clock.now(), saved_by=entry.owner, revision=3
        )
    Partner.objects.create(submission=entry, name=name, kind=Partner.Kind.OUTSIDE, country="NL")
    factories.submit(entry)
    return entry


def read(entry: Submission) -> Submission:
    found = reading.entry(entry.pk)
    assert found is not None
    return found


def columns(row: models.Model) -> dict[str, Any]:
    """Return every column that was read, without asking the database for the others."""
    deferred = row.get_deferred_fields()
    names = [field.attname for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in deferred}


def same(row: models.Model) -> bool:
    """Whether a row has, column by column and type by type, what Django reads."""
    fresh = type(row)._default_manager.get(pk=row.pk)
    found = columns(row)
    expected = {name: getattr(fresh, name) for name in found}
    return found == expected and [type(v) for v in found.values()] == [type(v) for v in expected.values()]


def test_entry_is_what_django_reads(open_round: Round) -> None:
    entry = filled(open_round, "Pegel")
    found = read(entry)

    with CaptureQueriesContext(connection) as queries:
        joined: list[models.Model] = [found, found.owner, found.round, *found.colleagues]
        assert found.lead is not None
        assert found.category is not None
        assert found.current is not None
        joined += [found.lead, found.category, found.current, found.current.submitted_by]
        joined += [editor.user for editor in found.colleagues if editor.user]

    assert len(queries) == 0
    assert found.get_deferred_fields() == set()
    assert all(same(row) for row in joined)


def test_draft_is_what_django_reads(open_round: Round) -> None:
    found = draft.load(read(filled(open_round, "Pegel")))

    rows = [*found.partners, *found.files, *found.sections_saved.values()]
    towns = [partner.municipality for partner in found.partners if partner.municipality]
    assert len(rows) + len(towns) == 7
    assert all(same(row) for row in [*rows, *towns])


def test_drafts_of_two_entries_do_not_mix(open_round: Round) -> None:
    entries = [filled(open_round, "Pegel"), filled(open_round, "Radweg", created_at=open_round.opens_at)]

    found = reading.entries([entry.pk for entry in entries])
    drafts = draft.load_all(found)

    assert [entry.title for entry in found] == ["Pegel", "Radweg"]
    for entry, name in zip(found, ("Pegel", "Radweg"), strict=True):
        mine = drafts[entry.pk]
        assert [str(editor.user) for editor in entry.colleagues] == [f"{name} 0", f"{name} 1"]
        assert {file.name for file in mine.files} == {f"{name}-0.pdf", f"{name}-1.pdf"}
        assert mine.partners[-1].name == name
        assert {section.saved_by for section in mine.sections_saved.values()} == {entry.owner}
        assert entry.current is not None
        assert entry.current.payload["title"] == name
        assert payload.content(mine) == payload.content_of(entry.current.payload)


def test_entries_come_newest_first(open_round: Round) -> None:
    older = factories.draft(open_round, created_at=open_round.opens_at)
    newer = factories.draft(open_round)

    assert reading.entries([older.pk, newer.pk]) == [newer, older]


def test_entry_that_lacks_everything(open_round: Round) -> None:
    entry = factories.draft(open_round, lead=None)
    found = read(entry)

    assert (found.lead, found.category, found.current, found.colleagues) == (None, None, None, [])
    assert same(found)


def test_entry_unknown_is_none(open_round: Round) -> None:
    factories.draft(open_round)

    assert (reading.entry(uuid4()), reading.outline(uuid4()), reading.entries([])) == (None, None, [])


def test_open_invitation_has_no_person(open_round: Round) -> None:
    entry = factories.draft(open_round)
    Editor.objects.create(
        submission=entry, email="neu@soest.example", role="read", invited_by=entry.owner, invited_at=clock.now()
    )

    [invited] = read(entry).colleagues

    assert (invited.user, invited.email) == (None, "neu@soest.example")


@pytest.mark.parametrize("active", [True, False])
def test_closed_accounts_are_told_from_open_ones(open_round: Round, active: bool) -> None:
    entry = factories.draft(open_round)
    colleague = factories.editor(entry, "edit")
    User.objects.update(is_active=active)

    found = read(entry)

    assert found.owner.is_active is active
    assert [editor.user and editor.user.is_active for editor in found.colleagues] == [active]
    assert found.colleagues[0].user == colleague


def test_files_leave_out_what_was_removed(open_round: Round) -> None:
    entry = factories.draft(open_round)
    first, removed, last = (factories.attachment(entry) for _ in range(3))
    Attachment.objects.filter(pk=removed.pk).update(removed_at=clock.now())

    expected = list(Attachment.objects.filter(submission=entry).present())
    assert reading.files([entry.pk])[entry.pk] == expected
    assert set(expected) == {first, last}


def test_outline_tells_whose_it_is_and_what_counts(open_round: Round) -> None:
    entry = factories.submitted(open_round)

    with CaptureQueriesContext(connection) as queries:
        found = reading.outline(entry.pk)
        assert found is not None
        assert (found.pk, found.owner_id, found.current_id) == (entry.pk, entry.owner_id, entry.current_id)

    assert len(queries) == 1


def test_workplaces_leave_out_what_was_refused_and_who_is_not_asked(db: None) -> None:
    user, office = UserFactory(), StaffFactory()
    old, refused, new = (MunicipalityFactory() for _ in range(3))
    for number, town in enumerate((old, refused, new)):
        at = clock.now().replace(microsecond=number)
        MembershipFactory(user=user, municipality=town, created_at=at)
    Membership.objects.filter(municipality=refused).update(
        status=Membership.Status.REFUSED, decided_by=office, decided_at=clock.now()
    )
    MembershipFactory(user=UserFactory())

    found = reading.workplaces(user)

    assert found == [new, old]
    assert all(same(town) for town in found)


def test_variants_are_the_persons_own(open_round: Round) -> None:
    entry, other = factories.draft(open_round), factories.draft(open_round)
    colleague = factories.editor(entry, "edit")
    for row, key, user in (
        (entry, "gewinn", entry.owner),
        (entry, "titel", colleague),
        (other, "partner", entry.owner),
    ):
        Variant.objects.create(submission=row, key=key, user=user, values={}, sent_at=clock.now())

    assert (reading.variants(entry, entry.owner), reading.variants(entry, colleague)) == ({"gewinn"}, {"titel"})


def test_history_is_newest_first_with_receipts(open_round: Round) -> None:
    entry = factories.submitted(open_round)
    Submission.objects.filter(pk=entry.pk).update(title="Anders")
    factories.submit(entry)
    factories.submitted(open_round)

    found = reading.history(entry)

    assert [version.number for version in found] == [2, 1]
    assert [version.receipt for version in found] == [Receipt.objects.get(version=version) for version in found]


def test_rivals_are_submitted_by_the_same_lead_in_the_same_round(open_round: Round) -> None:
    entry = factories.submitted(open_round)
    same_lead, lacks_lead = factories.draft(open_round, lead=entry.lead), factories.draft(open_round, lead=None)
    withdrawn = factories.submitted(open_round)
    handing_in.withdraw(withdrawn, by=withdrawn.owner)
    after = factories.draft(open_round, lead=withdrawn.lead)

    found = [reading.rivals(row) for row in (entry, same_lead, lacks_lead, after)]

    assert found == [[], [entry], [], []]
