"""Groups of people of entries: by the state of the entry, its category and their role; of drafts no title."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, User
from landespreis import audiences
from landespreis.audiences import Recipient
from landespreis.circulars import actions
from submissions.models import Round, Submission
from tests.accounts.factories import StaffFactory, staff
from tests.conftest import CLOSES
from tests.landespreis import circulars
from tests.submissions import factories

At = Callable[[datetime], None]
Check, Status = Submission.Check, Submission.Status


@pytest.fixture
def office(db: None) -> User:
    return staff()


def members(round: Round, office: User, key: str, **chosen: str) -> list[Recipient]:
    return audiences.members(circulars.audience(key, office), circulars.params(round, **chosen))


def addresses(round: Round, office: User, key: str, **chosen: str) -> set[str]:
    return {one.address for one in members(round, office, key, **chosen)}


def put(entry: Submission, **fields: Any) -> Submission:
    Submission.objects.filter(pk=entry.pk).update(**fields)
    return entry


def test_groups_follow_the_state_of_the_entry(open_round: Round, office: User) -> None:
    begun, ready = factories.draft(open_round, title="Begonnen"), factories.complete(open_round)
    factories.attachment(ready, kind="proof")
    entries = {
        "eingereicht": factories.submitted(open_round),
        "zugelassen": put(factories.submitted(open_round), formal_check=Check.ADMITTED),
        "ausgeschlossen": put(factories.submitted(open_round), formal_check=Check.EXCLUDED),
        "zurueckgegeben": put(factories.submitted(open_round), formal_check=Check.RETURNED),
        "zurueckgezogen": put(factories.submitted(open_round), status=Status.WITHDRAWN, formal_check=Check.ADMITTED),
    }

    found = {key: addresses(open_round, office, key) for key in ["entwuerfe", "entwuerfe-vollstaendig", *entries]}

    submitted = {entry.owner.email for key, entry in entries.items() if key != "zurueckgezogen"}
    assert found == {
        "entwuerfe": {begun.owner.email, ready.owner.email},
        "entwuerfe-vollstaendig": {ready.owner.email},
        "eingereicht": submitted,
        **{key: {entry.owner.email} for key, entry in entries.items() if key != "eingereicht"},
    }


def test_unconfirmed_are_those_whose_municipality_nobody_confirmed(open_round: Round, office: User) -> None:
    waiting, confirmed = factories.draft(open_round), factories.submitted(open_round)
    elsewhere, withdrawn = factories.submitted(open_round), put(factories.submitted(open_round), status="withdrawn")
    factories.draft(open_round, lead=None)
    decided = {"status": Membership.Status.CONFIRMED, "decided_by": office, "decided_at": CLOSES}
    Membership.objects.filter(user=confirmed.owner).update(**decided)
    Membership.objects.filter(user=elsewhere.owner).update(municipality=factories.MunicipalityFactory(), **decided)

    found = addresses(open_round, office, "zugehoerigkeit-offen")

    assert found == {waiting.owner.email, elsewhere.owner.email}
    assert withdrawn.owner.email not in found


def test_category_counts_as_written_for_drafts_and_as_handed_in_for_entries(open_round: Round, office: User) -> None:
    crisis, environment = (open_round.categories.get(key=key) for key in ("krisen", "umwelt"))
    draft = factories.draft(open_round, category=environment)
    factories.draft(open_round)
    entry = put(factories.submitted(open_round, category=crisis), category=environment)

    assert addresses(open_round, office, "entwuerfe", kategorie="umwelt") == {draft.owner.email}
    assert addresses(open_round, office, "eingereicht", kategorie="krisen") == {entry.owner.email}
    assert addresses(open_round, office, "eingereicht", kategorie="umwelt") == set()


@pytest.mark.parametrize(
    ("who", "roles"),
    [("inhaber", set()), ("einreichen", {"submit"}), ("alle", {"read", "edit", "submit"}), ("erfunden", set())],
)
def test_editors_get_it_where_wished(open_round: Round, office: User, who: str, roles: set[str]) -> None:
    entry = factories.draft(open_round)
    people = {role: factories.editor(entry, role) for role in ("read", "edit", "submit")}

    found = addresses(open_round, office, "entwuerfe", wer=who)

    assert found == {entry.owner.email, *(people[role].email for role in roles)}


def test_closed_accounts_get_nothing(open_round: Round, office: User) -> None:
    entry = factories.draft(open_round)
    closed = factories.editor(entry, "submit")
    User.objects.filter(pk__in=[entry.owner_id, closed.pk]).update(is_active=False)

    assert members(open_round, office, "entwuerfe", wer="alle") == []


def test_owner_of_two_entries_gets_a_mail_for_each(open_round: Round, office: User) -> None:
    entry = factories.draft(open_round)
    factories.draft(open_round, owner=entry.owner)

    assert [one.address for one in members(open_round, office, "entwuerfe")] == [entry.owner.email] * 2


def test_other_rounds_are_other_groups(open_round: Round, office: User) -> None:
    factories.draft(open_round)

    assert members(open_round, office, "entwuerfe", runde="andere") == []


def test_staff_see_no_title_of_a_draft_and_its_people_do(open_round: Round, office: User) -> None:
    factories.draft(open_round, title="Streng geheim")
    group = circulars.audience("entwuerfe", office)
    (one,) = members(open_round, office, "entwuerfe")

    assert one.filled["titel"] == "Streng geheim"
    assert actions.shown(group, one)["titel"] == "(Titel des Entwurfs)"
    assert "geheim" not in one.label


def test_values_tell_what_was_handed_in(open_round: Round, office: User, at: At) -> None:
    entry = factories.submitted(open_round, title="Pegel am Hellweg")
    put(entry, title="Danach geändert", category=None)
    at(CLOSES)

    (one,) = members(open_round, office, "eingereicht")

    assert entry.submitted_category
    assert entry.submitted_lead
    assert {key: one.filled[key] for key in ("nummer", "titel", "kategorie", "kommune", "restzeit")} == {
        "nummer": "IKZ-2026-0001",
        "titel": "Pegel am Hellweg",
        "kategorie": entry.submitted_category.name,
        "kommune": entry.submitted_lead.label,
        "restzeit": "keine Zeit mehr",
    }
    assert one.filled["link"].endswith(f"/einreichungen/{entry.pk}/")
    assert one.label == "IKZ-2026-0001"


@pytest.mark.parametrize("key", ["entwuerfe", "entwuerfe-vollstaendig", "zugehoerigkeit-offen", "eingereicht"])
def test_groups_take_the_same_number_of_queries_for_one_and_for_three(
    open_round: Round, office: User, key: str
) -> None:
    make = factories.submitted if key == "eingereicht" else factories.complete
    group, counts = circulars.audience(key, office), []
    make(open_round)
    audiences.members(group, circulars.params(open_round))  # the rules of a round are read once
    for number in (1, 2):
        for _ in range(number):
            factories.editor(make(open_round), "submit")
        with CaptureQueriesContext(connection) as queries:
            audiences.members(group, circulars.params(open_round, wer="alle"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_round_in_preparation_offers_no_group(open_round: Round) -> None:
    Round.objects.update(announced_at=None)

    assert "Einreichungen" not in audiences.groups(StaffFactory(superuser=True))
