"""Start, save, decide between two texts, hand over, extend."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from post_office.models import Email

from landespreis.refusal import NotAllowed, Refused
from submissions.actions import entries
from submissions.models import Answer, Category, Editor, Event, Round, Section, Submission, Variant
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, StaffFactory, UserFactory
from tests.conftest import CLOSES, MIDWAY
from tests.submissions import factories

Clock = Callable[[datetime], None]


def save(entry: Submission, text: str, *, revision: int, sitting: str = "tab", **more: object) -> Section:
    by = more.get("by", entry.owner)
    return entries.save_section(entry, "gewinn", {"text": text}, by=by, revision=revision, sitting=sitting)  # type: ignore[arg-type]


def answer(entry: Submission) -> str:
    return Answer.objects.get(submission=entry, question__key="gewinn").text


def test_start_takes_over_what_is_known(open_round: Round) -> None:
    membership = MembershipFactory()

    entry = entries.start(open_round, by=membership.user)

    assert (entry.lead, entry.department, entry.contact_email) == (
        membership.municipality, membership.department, membership.user.email,
    )  # fmt: skip
    assert Event.objects.get().verb == "started"


def test_start_with_two_municipalities_leaves_the_choice(open_round: Round) -> None:
    membership = MembershipFactory()
    MembershipFactory(user=membership.user)

    assert entries.start(open_round, by=membership.user).lead is None


def test_start_without_membership_is_refused(open_round: Round) -> None:
    refused = MembershipFactory(status="refused", decided_by=StaffFactory(), decided_at=MIDWAY)

    for user in (UserFactory(), refused.user):
        with pytest.raises(NotAllowed):
            entries.start(open_round, by=user)


def test_save_counts_revisions_and_names_the_person(open_round: Round) -> None:
    entry = factories.draft(open_round)

    first = save(entry, "Eins", revision=0)
    second = save(entry, "Zwei", revision=1, sitting="another")

    assert (first.revision, second.revision, second.saved_by, answer(entry)) == (1, 2, entry.owner, "Zwei")
    assert [event.detail["revision"] for event in Event.objects.order_by("pk")] == [1, 2]


def test_save_of_the_same_changes_nothing(open_round: Round) -> None:
    entry = factories.draft(open_round)
    save(entry, "Eins", revision=0)

    again = save(entry, "Eins", revision=0, sitting="another")

    assert (again.revision, Event.objects.count()) == (1, 1)


def test_save_from_the_same_page_never_conflicts(open_round: Round) -> None:
    entry = factories.draft(open_round)
    save(entry, "Eins", revision=0)

    assert save(entry, "Zwei", revision=0).revision == 2


def test_save_over_somebody_else_keeps_both(open_round: Round) -> None:
    entry = factories.draft(open_round)
    colleague = factories.editor(entry, Editor.Role.EDIT)
    save(entry, "Von der Kollegin", revision=0, sitting="hers", by=colleague)

    with pytest.raises(entries.Conflict) as conflict:
        save(entry, "Von mir", revision=0, sitting="mine")

    assert (answer(entry), Variant.objects.get().values) == ("Von der Kollegin", {"text": "Von mir"})
    assert conflict.value.section.saved_by == colleague


def test_save_without_sitting_does_not_pass_as_the_same_page(open_round: Round) -> None:
    entry = factories.draft(open_round)
    save(entry, "Eins", revision=0, sitting="")

    with pytest.raises(entries.Conflict):
        save(entry, "Zwei", revision=0, sitting="")


def test_decide_for_own_text(open_round: Round) -> None:
    entry = factories.draft(open_round)
    save(entry, "Erster", revision=0, sitting="a")
    with pytest.raises(entries.Conflict):
        save(entry, "Zweiter", revision=0, sitting="b")

    section = entries.decide_variant(entry, "gewinn", {"text": "Zweiter"}, by=entry.owner, revision=1, sitting="c")

    assert (section.revision, answer(entry), Variant.objects.count()) == (2, "Zweiter", 0)
    detail = Event.objects.order_by("pk").last().detail  # type: ignore[union-attr]
    assert (detail["variant"], detail["before"]) == ({"text": "Zweiter"}, {"text": "Erster"})


def test_decide_for_the_saved_text(open_round: Round) -> None:
    entry = factories.draft(open_round)
    save(entry, "Erster", revision=0, sitting="a")
    with pytest.raises(entries.Conflict):
        save(entry, "Zweiter", revision=0, sitting="b")

    entries.decide_variant(entry, "gewinn", None, by=entry.owner, revision=1, sitting="c")

    assert (answer(entry), Variant.objects.count()) == ("Erster", 0)


def test_decide_after_a_third_save_is_refused(open_round: Round) -> None:
    entry = factories.draft(open_round)
    save(entry, "Erster", revision=0, sitting="a")
    with pytest.raises(entries.Conflict):
        save(entry, "Zweiter", revision=0, sitting="b")
    save(entry, "Dritter", revision=1, sitting="a")

    with pytest.raises(Refused, match="noch einmal gespeichert"):
        entries.decide_variant(entry, "gewinn", {"text": "Zweiter"}, by=entry.owner, revision=1, sitting="c")

    assert answer(entry) == "Dritter"


@pytest.mark.parametrize("role", [Editor.Role.READ, None])
def test_save_without_right_is_refused(open_round: Round, role: str | None) -> None:
    entry = factories.draft(open_round)
    user = factories.editor(entry, role) if role else UserFactory()

    with pytest.raises(NotAllowed):
        save(entry, "Fremd", revision=0, by=user)


def test_save_unknown_section_is_refused(open_round: Round) -> None:
    entry = factories.draft(open_round)

    with pytest.raises(Refused):
        entries.save_section(entry, "erfunden", {"text": "x"}, by=entry.owner, revision=0, sitting="x")


def test_save_category_of_another_round_is_refused(open_round: Round) -> None:
    other = Round.objects.create(
        key="lp1", name="1.", number_prefix="X", opens_at=open_round.opens_at - timedelta(days=900),
        closes_at=open_round.opens_at, ceremony_on=open_round.ceremony_on, embargo_until=open_round.embargo_until,
    )  # fmt: skip
    foreign = Category.objects.create(round=other, key="x", name="x", short_name="x", position=1)
    entry = factories.draft(open_round)

    with pytest.raises(Refused):
        entries.save_section(entry, "titel", {"category": foreign}, by=entry.owner, revision=0, sitting="x")


def test_save_lead_nobody_works_for_is_refused(open_round: Round) -> None:
    entry = factories.draft(open_round)
    reader = factories.editor(entry, Editor.Role.READ)
    foreign = MembershipFactory(user=reader).municipality

    with pytest.raises(NotAllowed):
        entries.save_section(entry, "kommune", {"lead": foreign}, by=entry.owner, revision=0, sitting="x")


def test_save_lead_of_an_editor(open_round: Round) -> None:
    entry = factories.draft(open_round)
    town = MembershipFactory(user=factories.editor(entry, Editor.Role.EDIT)).municipality

    entries.save_section(entry, "kommune", {"lead": town}, by=entry.owner, revision=0, sitting="x")

    assert Submission.objects.get().lead == town


def test_hand_over_swaps_the_roles(open_round: Round) -> None:
    entry = factories.draft(open_round)
    former, heir = entry.owner, factories.editor(entry, Editor.Role.EDIT)

    entries.hand_over(entry, to=heir, by=former)

    entry = Submission.objects.get()
    assert entry.owner == heir
    assert [(editor.user, editor.role) for editor in entry.editors.all()] == [(former, "submit")]


def test_hand_over_while_the_former_address_is_invited(open_round: Round) -> None:
    entry = factories.draft(open_round)
    former, heir = entry.owner, factories.editor(entry, Editor.Role.EDIT)
    Editor.objects.create(
        submission=entry, email=former.email, role="read", invited_by=heir, invited_at=entry.created_at
    )

    entries.hand_over(entry, to=heir, by=former)

    assert [(editor.user, editor.role) for editor in entry.editors.all()] == [(former, "submit")]


def test_hand_over_to_a_stranger_is_refused(open_round: Round) -> None:
    entry = factories.draft(open_round)

    with pytest.raises(Refused):
        entries.hand_over(entry, to=UserFactory(), by=entry.owner)


def test_hand_over_by_an_editor_is_refused(open_round: Round) -> None:
    entry = factories.draft(open_round)
    editor = factories.editor(entry, Editor.Role.SUBMIT)

    with pytest.raises(NotAllowed):
        entries.hand_over(entry, to=editor, by=editor)


def test_extend_writes_row_event_and_mail(open_round: Round) -> None:
    entry = factories.draft(open_round)
    office = StaffFactory(superuser=True)
    until = CLOSES + timedelta(days=1)

    entries.extend(entry, until=until, reason=" Stromausfall ", by=office)

    assert Submission.objects.get().deadline == until
    assert entry.extensions.get().reason == "Stromausfall"
    assert Event.objects.get(verb="extended").by == office
    assert Email.objects.get().to == [entry.owner.email]


@pytest.mark.parametrize(
    ("until", "reason"),
    [(CLOSES, "Grund"), (MIDWAY, "Grund"), (CLOSES + timedelta(days=1), "  ")],
    ids=["not later", "past", "no reason"],
)
def test_extend_refuses_nonsense(open_round: Round, until: datetime, reason: str) -> None:
    entry = factories.draft(open_round)

    with pytest.raises(Refused):
        entries.extend(entry, until=until, reason=reason, by=StaffFactory(superuser=True))


def test_extend_by_somebody_else_is_refused(open_round: Round) -> None:
    entry = factories.draft(open_round)

    with pytest.raises(NotAllowed):
        entries.extend(entry, until=CLOSES + timedelta(days=1), reason="Grund", by=entry.owner)


def test_partner_municipality_is_not_a_lead_by_itself(open_round: Round) -> None:
    entry = factories.draft(open_round)

    with pytest.raises(NotAllowed):
        entries.save_section(entry, "kommune", {"lead": MunicipalityFactory()}, by=entry.owner, revision=0, sitting="x")
