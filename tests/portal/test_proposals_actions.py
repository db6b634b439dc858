"""The verbs on proposals: what they store, owe and refuse, and that a rollback leaves nothing behind."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from PIL import Image
from post_office.models import Email

from accounts import actions as accounts
from accounts.models import User
from landespreis import clock
from landespreis.inspection import Rejected
from landespreis.refusal import NotAllowed, Refused
from portal.actions import completeness, pictures, projects, proposals
from portal.actions.proposals import Conflict, Declarations, Incomplete, Outdated, gate
from portal.models import Picture, Project, Proposal, ProposalPartner, ProposalStep
from submissions.models import Partner
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, StaffFactory, UserFactory
from tests.portal import factories, proposing

pytestmark = pytest.mark.django_db

Status = Proposal.Status


@pytest.fixture
def decider() -> User:
    user: User = StaffFactory(superuser=True)
    return user


def steps(proposal: Proposal) -> list[str]:
    return list(proposal.steps.values_list("verb", flat=True))


def subjects() -> list[tuple[list[str], str]]:
    return [(mail.to, mail.subject) for mail in Email.objects.order_by("pk")]


def undo(act: Callable[[], object]) -> None:
    """Let the transaction around a verb fail after it."""
    with transaction.atomic():
        act()
        transaction.set_rollback(True)


def publish(proposal: Proposal, by: User) -> Project:
    return proposals.publish(proposal, by=by, seen=proposals.seen(proposal))


# Beginning ------------------------------------------------------------------------------------------------


def test_start_fills_in_what_the_account_knows() -> None:
    user = proposing.person(department="Büro der Bürgermeisterin")
    town = proposing.home(user)

    proposal = proposals.start(by=user, municipality=town)

    assert (proposal.lead, proposal.department) == (town, "Büro der Bürgermeisterin")
    assert (proposal.contact_name, proposal.contact_email) == (user.name, user.email)
    assert (proposal.status, proposal.revision, proposal.contact_public) == (Status.DRAFT, 0, False)
    assert steps(proposal) == ["started"]
    assert subjects() == []


def test_start_twice_with_one_key_gives_one_proposal() -> None:
    user, key = proposing.person(), uuid4()

    first = proposals.start(by=user, municipality=proposing.home(user), key=key)
    second = proposals.start(by=user, municipality=proposing.home(user), key=key)

    assert first == second
    assert first.key == key


def test_start_with_the_key_of_somebody_else_gives_another_key() -> None:
    theirs = proposing.draft()
    user = proposing.person()

    own = proposals.start(by=user, municipality=proposing.home(user), key=theirs.key)

    assert own.key != theirs.key


def test_start_for_a_foreign_or_refused_municipality_is_refused() -> None:
    user = proposing.person()
    proposing.refuse(user.memberships.get())

    for town in (MunicipalityFactory(), proposing.home(user)):
        with pytest.raises(NotAllowed, match="in Ihrem Konto"):
            proposals.start(by=user, municipality=town)
    assert not Proposal.objects.exists()


def test_start_change_copies_everything(decider: User) -> None:
    town, picture, topic = MunicipalityFactory(), factories.picture(), factories.TopicFactory()
    project = factories.ProjectFactory(
        lead=town,
        partners=[MunicipalityFactory(), "Lippeverband"],
        topics=[topic],
        picture=picture,
        department="Umwelt",
        contact_name="Öffentlich",
        contact_email="amt@stadt.example",
        contact_public=True,
    )
    user = proposing.person(town)

    change = proposals.start_change(project, by=user)

    names = gate.CONTENT
    assert [getattr(change, name) for name in names] == [getattr(project, name) for name in names]
    assert [str(row) for row in change.partners.all()] == [str(row) for row in project.partners.all()]
    assert list(change.topics.all()) == [topic]
    assert (change.owner, change.project, steps(change)) == (user, project, ["started"])


@pytest.mark.parametrize("confirmed", [True, False])
def test_start_change_shows_a_hidden_contact_to_confirmed_people_only(confirmed: bool) -> None:
    project = factories.ProjectFactory(
        contact_name="Verborgen", contact_email="geheim@stadt.example", contact_phone="02921 1"
    )
    user = proposing.person(project.lead, confirmed=confirmed)

    change = proposals.start_change(project, by=user)

    kept = (change.contact_name, change.contact_email, change.contact_phone)
    assert kept == (("Verborgen", "geheim@stadt.example", "02921 1") if confirmed else (user.name, user.email, ""))


def test_start_change_gives_a_colleague_the_open_one() -> None:
    project = factories.ProjectFactory()
    first = proposals.start_change(project, by=proposing.person(project.lead))

    second = proposals.start_change(project, by=proposing.person(project.lead, confirmed=True))

    assert first == second


def test_start_change_tells_an_unconfirmed_colleague_to_wait() -> None:
    project = factories.ProjectFactory()
    proposals.start_change(project, by=proposing.person(project.lead))

    with pytest.raises(Refused, match="schon eine Änderung in Arbeit"):
        proposals.start_change(project, by=proposing.person(project.lead))


def test_start_change_of_a_foreign_or_hidden_project_is_refused() -> None:
    project = factories.ProjectFactory()
    planned = factories.ProjectFactory(planned=True)

    with pytest.raises(NotAllowed):
        proposals.start_change(project, by=proposing.person())
    with pytest.raises(Refused, match="nicht öffentlich"):
        proposals.start_change(planned, by=proposing.person(planned.lead))


# Saving ---------------------------------------------------------------------------------------------------


def test_save_takes_an_empty_draft() -> None:
    proposal = proposing.draft()

    saved = proposals.save(
        proposal, {"title": "", "body": "", "category": None}, partners=[], topics=[], by=proposal.owner, revision=0
    )

    assert saved.revision == 0  # nothing changed


def test_save_counts_the_revision_and_names_the_writer() -> None:
    proposal = proposing.draft()

    saved = proposals.save(proposal, {"title": "Pegel"}, by=proposal.owner, revision=0)

    assert (saved.title, saved.revision, saved.saved_by) == ("Pegel", 1, proposal.owner)


def test_save_of_the_same_again_changes_nothing() -> None:
    proposal = proposing.complete()
    partners = list(proposal.partners.all())

    again = proposals.save(
        proposal,
        {"title": proposal.title},
        partners=partners,
        topics=list(proposal.topics.all()),
        by=proposal.owner,
        revision=0,  # stale, as after a double click
    )

    assert again.revision == proposal.revision


def test_save_over_somebody_elses_saving_is_a_conflict() -> None:
    proposal = proposing.draft()
    colleague = proposing.person(proposal.lead, confirmed=True)
    proposals.save(proposal, {"title": "Ihre"}, by=colleague, revision=0)

    with pytest.raises(Conflict) as conflict:
        proposals.save(proposal, {"title": "Meine"}, by=proposal.owner, revision=0)

    assert conflict.value.stored.title == "Ihre"
    assert Proposal.objects.get().title == "Ihre"


def test_save_does_not_conflict_with_its_own_page() -> None:
    proposal = proposing.draft()
    proposals.save(proposal, {"title": "Eins"}, by=proposal.owner, revision=0, sitting="blatt")

    saved = proposals.save(proposal, {"title": "Zwei"}, by=proposal.owner, revision=0, sitting="blatt")

    assert saved.title == "Zwei"


def test_save_without_a_sitting_conflicts_with_another_without() -> None:
    proposal = proposing.draft(title="Eins")

    with pytest.raises(Conflict):
        proposals.save(proposal, {"title": "Zwei"}, by=proposal.owner, revision=0)


@pytest.mark.parametrize("name", ["lead", "picture", "status", "owner"])
def test_save_writes_content_only(name: str) -> None:
    proposal = proposing.draft(title="Eins")

    with pytest.raises(ValueError, match=name):
        proposals.save(proposal, {name: object()}, by=proposal.owner, revision=1)


def test_save_by_an_unconfirmed_colleague_is_refused() -> None:
    proposal = proposing.draft()

    with pytest.raises(NotAllowed):
        proposals.save(proposal, {"title": "Fremd"}, by=proposing.person(proposal.lead), revision=0)


@pytest.mark.parametrize("status", [Status.REVIEW, Status.PUBLISHED])
def test_save_of_what_waits_or_is_out_is_refused(status: str) -> None:
    proposal = proposing.in_state(status)

    with pytest.raises(Refused):
        proposals.save(proposal, {"title": "Anders"}, by=proposal.owner, revision=proposal.revision)


@pytest.mark.parametrize(
    ("partners", "said"),
    [
        (lambda lead: [ProposalPartner(municipality=lead)], "federführend"),
        (lambda lead: [ProposalPartner(name="A", kind="aoer"), ProposalPartner(name="a", kind="aoer")], "schon in der"),
        (lambda lead: [ProposalPartner(name=str(n), kind="aoer") for n in range(101)], "Mehr als 100"),
    ],
)
def test_save_refuses_partners_that_cannot_be(partners: Any, said: str) -> None:
    proposal = proposing.draft()

    with pytest.raises(Refused, match=said):
        proposals.save(proposal, {}, partners=partners(proposal.lead), by=proposal.owner, revision=0)


def test_discard_removes_a_draft_with_its_own_picture(django_capture_on_commit_callbacks: Any) -> None:
    proposal = add_picture(proposing.draft())
    name = Picture.objects.get().file.name

    with django_capture_on_commit_callbacks(execute=True):
        proposals.discard(proposal, by=proposal.owner)
        proposals.discard(proposal, by=proposal.owner)  # a double click

    assert not Proposal.objects.exists()
    assert not Picture.objects.exists()
    assert not default_storage.exists(name)


def test_discard_of_one_that_was_put_in_is_refused() -> None:
    proposal = proposing.waiting()
    recalled = proposals.recall(proposal, by=proposal.owner)

    with pytest.raises(Refused, match="lag der Redaktion schon einmal vor"):
        proposals.discard(recalled, by=recalled.owner)
    with pytest.raises(NotAllowed):
        proposals.discard(proposing.draft(), by=recalled.owner)


# Pictures -------------------------------------------------------------------------------------------------


def add_picture(proposal: Proposal, content: bytes | None = None, **fields: Any) -> Proposal:
    values = {"alt": "Ein Pegel im Bach.", "credit": "Stadt Musterhausen", "by": proposal.owner} | fields
    return proposals.add_picture(proposal, file=BytesIO(content or factories.jpeg()), **values)


def test_add_picture_takes_the_place_of_the_one_before() -> None:
    proposal = add_picture(proposing.draft())
    first = proposal.picture

    second = add_picture(proposal, factories.jpeg(colour=(9, 9, 9)), alt="Ein anderer.").picture

    assert first != second
    assert list(Picture.objects.all()) == [second]
    assert second is not None
    assert (second.alt, second.added_by) == ("Ein anderer.", proposal.owner)


def test_add_picture_again_describes_it_anew() -> None:
    proposal = add_picture(proposing.draft())

    again = add_picture(proposal, alt="Ein Pegel im Ahsebach.")

    assert Picture.objects.get().alt == "Ein Pegel im Ahsebach."
    assert again.picture == proposal.picture


def test_add_picture_of_others_keeps_their_description() -> None:
    theirs = factories.picture(alt="Ihre Beschreibung.")

    proposal = add_picture(proposing.draft(), alt="Meine.")

    assert proposal.picture == theirs
    assert Picture.objects.get().alt == "Ihre Beschreibung."
    proposals.remove_picture(proposal, by=proposal.owner)
    assert Picture.objects.get() == theirs  # the editors' picture stays


def test_add_picture_that_is_published_keeps_its_description() -> None:
    user = proposing.person(confirmed=True)
    proposal = proposing.submit(add_picture(proposing.complete(user)))
    project = publish(proposal, StaffFactory(superuser=True))
    change = proposals.start_change(project, by=user)

    add_picture(change, alt="Hintenherum geändert.")

    assert Picture.objects.get().alt == "Ein Pegel im Bach."


def test_add_picture_refuses_a_page_and_fifty_megapixels() -> None:
    proposal = proposing.draft()
    out = BytesIO()
    Image.new("1", (10_000, 5_000)).save(out, "PNG")

    with pytest.raises(Rejected, match="Webseiten"):
        add_picture(proposal, b"<!doctype html><title>Bild</title><script>alert(1)</script>")
    with pytest.raises(Rejected, match=r"zu viele Bildpunkte\. Angenommen werden höchstens 40 Millionen"):
        add_picture(proposal, out.getvalue())
    assert not Picture.objects.exists()


def test_add_picture_needs_description_and_credit() -> None:
    proposal = proposing.draft()

    for missing in ("alt", "credit"):
        with pytest.raises(Refused, match="Beschreiben Sie das Bild"):
            add_picture(proposal, **{missing: " "})


def test_add_picture_to_what_waits_leaves_nothing_behind() -> None:
    proposal = proposing.waiting()

    with pytest.raises(Refused):
        add_picture(proposal)
    with pytest.raises(NotAllowed):
        add_picture(proposing.draft(), by=proposal.owner)
    assert not Picture.objects.exists()


def test_a_picture_that_a_proposal_shows_cannot_be_removed() -> None:
    proposal = add_picture(proposing.draft(title="Pegel"))
    assert proposal.picture

    with pytest.raises(Refused, match="steht noch hier: Pegel"):
        pictures.remove(proposal.picture)


# Putting in -----------------------------------------------------------------------------------------------


def test_submit_waits_and_tells_the_office(settings: Any) -> None:
    settings.CONTACT_EMAIL = "buero@land.example"
    proposal = proposing.complete()

    waiting = proposing.submit(proposal)

    assert waiting.status == Status.REVIEW
    assert waiting.submitted_at is not None
    assert steps(waiting) == ["started", "submitted"]
    last = waiting.steps.last()
    assert last is not None
    assert last.reason == "Erklärt: Angaben richtig, Veröffentlichung zugestimmt, Ansprechperson einverstanden."
    mail = Email.objects.get()
    assert (mail.to, mail.subject) == (
        ["buero@land.example"],
        "Projektvorschlag wartet auf Prüfung: PegelVerbund Hellweg",
    )
    assert mail.headers["Reply-To"] == proposal.owner.email
    assert "noch nicht bestätigt" in mail.message
    assert f"/admin/portal/proposal/{proposal.pk}/change/" in mail.message


def test_submit_twice_is_refused_and_tells_once() -> None:
    proposal = proposing.waiting()

    with pytest.raises(Refused, match="zur Prüfung vor"):
        proposing.submit(proposal)

    assert Email.objects.count() == 1


@pytest.mark.parametrize(
    ("declared", "said"),
    [
        (Declarations(correctness=False, publication=True, contact=True), "richtig"),
        (Declarations(correctness=True, publication=False, contact=True), "Veröffentlichung"),
        (Declarations(correctness=True, publication=True), "Ansprechperson"),
    ],
)
def test_submit_needs_every_declaration(declared: Declarations, said: str) -> None:
    proposal = proposing.complete(contact_public=True)

    with pytest.raises(Incomplete, match=said):
        proposals.submit(proposal, declared, by=proposal.owner, seen=proposals.seen(proposal))


def test_submit_of_what_changed_meanwhile_is_refused() -> None:
    proposal = proposing.complete()
    seen = proposals.seen(proposal)
    proposals.save(proposal, {"title": "Neu"}, by=proposal.owner, revision=1)

    with pytest.raises(Outdated):
        proposals.submit(proposal, proposing.DECLARED, by=proposal.owner, seen=seen)


def test_submit_rolled_back_leaves_neither_step_nor_mail() -> None:
    proposal = proposing.complete()

    undo(lambda: proposing.submit(proposal))

    assert Proposal.objects.get().status == Status.DRAFT
    assert (steps(proposal), subjects()) == (["started"], [])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"category": None}, "category"),
        ({"abstract": " "}, "abstract"),
        ({"abstract": "x" * 801}, "abstract"),
        ({"body": ""}, "body"),
        ({"body": "x" * 30_001}, "body"),
        ({"body": "### zu früh"}, "body"),
        ({"body": "![Fremd](bild:1)"}, "body"),
        ({"contact_public": True, "contact_name": ""}, "contact_name"),
        ({"contact_public": True, "contact_email": "", "contact_phone": ""}, "contact_name"),
    ],
)
def test_submit_of_something_incomplete_is_refused(values: dict[str, Any], field: str) -> None:
    proposal = proposing.complete(**values)

    assert {problem.field for problem in completeness.problems(proposal)} == {field}
    with pytest.raises(Incomplete):
        proposing.submit(proposal)


@pytest.mark.parametrize(
    ("kinds", "problems"),
    [([], 1), (["gesellschaft"], 1), (["zweckverband"], 0), (["kommune"], 0), (["gesellschaft", "kommune"], 0)],
)
def test_submit_needs_a_municipal_partner(kinds: list[str], problems: int) -> None:
    proposal = proposing.complete()
    partners = [ProposalPartner(name=kind, kind=kind) for kind in kinds]
    proposal = proposals.save(proposal, {}, partners=partners, by=proposal.owner, revision=1)

    assert len(completeness.problems(proposal)) == problems


def test_pictures_of_the_published_text_may_stay_in_it() -> None:
    picture = factories.picture()
    project = factories.ProjectFactory(body=f"![Ein Pegel](bild:{picture.pk})", partners=[MunicipalityFactory()])
    change = proposals.start_change(project, by=proposing.person(project.lead))

    assert completeness.problems(change) == []
    assert "<picture>" in completeness.rendered(change).html


def test_pictures_of_others_are_not_shown_by_their_number() -> None:
    picture = factories.picture()
    proposal = proposing.draft(body=f"Text\n\n![Fremd](bild:{picture.pk})")

    rendered = completeness.rendered(proposal)

    assert rendered.html == "<p>Text</p>\n"


@pytest.mark.parametrize(
    ("zeros", "nought"),
    [("", 0x30), ("0", 0x30), ("000", 0x30), ("", 0x660), ("", 0xFF10)],
    ids=["plain", "zero before", "zeros before", "Arabic digits", "wide digits"],
)
def test_pictures_of_others_are_not_shown_however_written(zeros: str, nought: int) -> None:
    mine, foreign = factories.picture(), factories.picture(factories.jpeg(500))
    own = f"![Meins](bild:{mine.pk})"
    project = factories.ProjectFactory(body=own)
    change = proposals.start_change(project, by=proposing.person(project.lead))
    number = zeros + "".join(chr(nought + int(digit)) for digit in str(foreign.pk))
    body = f"{own}\n\n![Fremd](bild:{number})"
    change = proposals.save(change, {"body": body}, by=change.owner, revision=change.revision)

    shown = completeness.rendered(change).html

    assert (str(mine.key) in shown, str(foreign.key) in shown) == (True, False)


def test_recall_makes_it_a_draft_again() -> None:
    proposal = proposing.waiting()

    recalled = proposals.recall(proposal, by=proposing.person(proposal.lead, confirmed=True))

    assert recalled.status == Status.DRAFT
    assert steps(recalled) == ["started", "submitted", "recalled"]
    with pytest.raises(Refused, match="ist ein Entwurf"):
        proposals.recall(proposal, by=proposal.owner)


def test_recall_by_a_stranger_is_refused() -> None:
    with pytest.raises(NotAllowed):
        proposals.recall(proposing.waiting(), by=proposing.person())


def test_recall_after_the_decision_is_refused() -> None:
    proposal = proposing.returned()

    with pytest.raises(Refused, match="schon zurückgegeben"):
        proposals.recall(proposal, by=proposal.owner)


# Deciding -------------------------------------------------------------------------------------------------


def test_hand_back_says_why_and_tells_the_writers(decider: User) -> None:
    proposal = proposing.complete()
    colleague = proposing.person(proposal.lead, confirmed=True)
    proposing.submit(proposal, by=colleague)
    waiting = Proposal.objects.get()

    back = proposals.hand_back(waiting, reason=" Nennen Sie alle. ", by=decider, seen=proposals.seen(waiting))

    assert (back.status, back.reason, back.decided_by) == (Status.RETURNED, "Nennen Sie alle.", decider)
    assert [(step.verb, step.reason) for step in back.steps.all()][-1] == ("returned", "Nennen Sie alle.")
    subject = "Bitte überarbeiten: Ihr Projektvorschlag „PegelVerbund Hellweg“"
    assert subjects()[1:] == [([proposal.owner.email], subject), ([colleague.email], subject)]
    assert "Nennen Sie alle." in Email.objects.latest("pk").message


def test_hand_back_without_a_reason_is_refused(decider: User) -> None:
    proposal = proposing.waiting()

    with pytest.raises(Refused, match="Grund"):
        proposals.hand_back(proposal, reason="  ", by=decider, seen=proposals.seen(proposal))


def test_a_returned_proposal_is_put_in_again_without_its_reason() -> None:
    proposal = proposing.returned()
    saved = proposals.save(proposal, {"title": "Besser"}, by=proposal.owner, revision=proposal.revision)
    assert (saved.status, saved.reason) == (Status.RETURNED, "Nennen Sie die Partner.")

    again = proposing.submit(saved)

    assert (again.status, again.reason, again.decided_at, again.decided_by) == (Status.REVIEW, "", None, None)


def test_publish_makes_a_project(decider: User) -> None:
    proposal = proposing.waiting()

    project = publish(proposal, decider)

    assert project.origin == Project.Origin.PROPOSED
    assert project.slug == "pegelverbund-hellweg"
    assert project.is_public(clock.now())
    assert [str(row) for row in project.partners.all()] == [str(row) for row in proposal.partners.all()]
    assert list(project.topics.all()) == list(proposal.topics.all())
    assert project.body_html == "<h2>Worum es geht</h2>\n<p>Ein Netz aus <strong>31 Pegeln</strong> für alle.</p>"
    done = Proposal.objects.get()
    assert (done.status, done.project, done.decided_by) == (Status.PUBLISHED, project, decider)
    assert steps(done)[-1] == "published"
    assert subjects()[-1] == ([proposal.owner.email], "Veröffentlicht: PegelVerbund Hellweg")
    assert "/projekte/pegelverbund-hellweg/" in Email.objects.latest("pk").message


def test_publish_of_a_change_keeps_what_is_not_proposed(decider: User) -> None:
    first = datetime(2025, 3, 1, tzinfo=UTC)
    project = factories.ProjectFactory(
        title="Alt", origin=Project.Origin.FUNDED, is_funded=True, published_at=first, partners=[MunicipalityFactory()]
    )
    project.slug = "neue-adresse"
    projects.save(project)
    change = proposals.start_change(project, by=proposing.person(project.lead))
    change = proposals.save(change, {"title": "Neu", "body": "Neuer Text"}, by=change.owner, revision=0)
    assert Project.objects.get().title == "Alt"  # until the editors publish
    waiting = proposing.submit(change)
    assert Project.objects.get().title == "Alt"

    publish(waiting, decider)

    now = Project.objects.get()
    assert (now.title, now.body_html) == ("Neu", "<p>Neuer Text</p>")
    assert (now.slug, now.origin, now.is_funded, now.published_at) == ("neue-adresse", "foerderung", True, first)
    assert [row.slug for row in now.former_addresses.all()] == ["alt"]


def test_publish_brings_back_a_project_that_was_taken_off(decider: User) -> None:
    project = factories.ProjectFactory(partners=[MunicipalityFactory()])
    waiting = proposing.submit(proposals.start_change(project, by=proposing.person(project.lead)))
    project.published_at = None
    projects.save(project)

    publish(Proposal.objects.get(pk=waiting.pk), decider)

    assert Project.objects.get().is_public(clock.now())


def test_second_decision_is_refused(decider: User) -> None:
    proposal = proposing.waiting()
    seen = proposals.seen(proposal)
    publish(proposal, decider)
    other = StaffFactory(superuser=True)

    with pytest.raises(Refused, match="schon veröffentlicht"):
        proposals.publish(proposal, by=other, seen=seen)
    with pytest.raises(Refused, match="schon veröffentlicht"):
        proposals.hand_back(proposal, reason="Nein", by=other, seen=seen)
    assert Project.objects.count() == 1
    assert Email.objects.count() == 2


def test_decisions_about_what_changed_meanwhile_are_refused(decider: User) -> None:
    proposal = proposing.waiting()
    seen = proposals.seen(proposal)
    recalled = proposals.recall(proposal, by=proposal.owner)
    proposals.save(recalled, {"title": "Anderes"}, by=proposal.owner, revision=1)
    proposing.submit(Proposal.objects.get())

    with pytest.raises(Outdated):
        proposals.publish(proposal, by=decider, seen=seen)
    with pytest.raises(Outdated):
        proposals.hand_back(proposal, reason="Nein", by=decider, seen=seen)
    with pytest.raises(Outdated):
        proposals.correct(proposal, {"title": "Dritter"}, by=decider, seen=seen)
    assert not Project.objects.exists()


def test_change_does_not_overwrite_what_editors_wrote_into_the_project_meanwhile(
    decider: User, at: Callable[[datetime], None]
) -> None:
    project = factories.ProjectFactory(title="Alt", partners=[MunicipalityFactory()])
    change = proposing.submit(proposals.start_change(project, by=proposing.person(project.lead)))
    seen = proposals.seen(change)
    at(clock.now() + timedelta(seconds=1))
    project.title = "Von der Redaktion"
    projects.save(project)

    with pytest.raises(Outdated, match="das Projekt im Verzeichnis hat sich geändert"):
        proposals.publish(change, by=decider, seen=seen)
    assert Project.objects.get().title == "Von der Redaktion"

    change = Proposal.objects.get(pk=change.pk)
    proposals.publish(change, by=decider, seen=proposals.seen(change))
    assert Project.objects.get().title == "Alt"


def test_decisions_need_the_permission() -> None:
    proposal = proposing.waiting()
    seen = proposals.seen(proposal)

    for by in (proposal.owner, StaffFactory(), UserFactory()):
        with pytest.raises(NotAllowed):
            proposals.publish(proposal, by=by, seen=seen)
        with pytest.raises(NotAllowed):
            proposals.hand_back(proposal, reason="Nein", by=by, seen=seen)
        with pytest.raises(NotAllowed):
            proposals.correct(proposal, {"title": "Fremd"}, by=by, seen=seen)


def test_publish_rolled_back_leaves_neither_project_nor_step_nor_mail(decider: User) -> None:
    proposal = proposing.waiting()

    undo(lambda: publish(proposal, decider))

    assert not Project.objects.exists()
    assert steps(proposal) == ["started", "submitted"]
    assert Email.objects.count() == 1  # the notice of its submission


def test_hand_back_rolled_back_leaves_neither_step_nor_mail(decider: User) -> None:
    proposal = proposing.waiting()

    undo(lambda: proposals.hand_back(proposal, reason="Nein", by=decider, seen=proposals.seen(proposal)))

    assert steps(proposal) == ["started", "submitted"]
    assert Email.objects.count() == 1


def test_correct_names_what_was_corrected(decider: User) -> None:
    proposal = proposing.waiting()

    corrected = proposals.correct(
        proposal,
        {"title": "PegelVerbund am Hellweg", "abstract": proposal.abstract},
        topics=[],
        by=decider,
        seen=proposals.seen(proposal),
    )

    assert (corrected.status, corrected.title) == (Status.REVIEW, "PegelVerbund am Hellweg")
    last = corrected.steps.last()
    assert last is not None
    assert (last.verb, last.by, last.reason) == ("corrected", decider, "Titel, Themen")


def test_correct_nothing_writes_no_step(decider: User) -> None:
    proposal = proposing.waiting()

    proposals.correct(proposal, {"title": proposal.title}, by=decider, seen="ganz alt")

    assert steps(proposal) == ["started", "submitted"]


def test_publish_of_what_a_correction_has_emptied_is_refused(decider: User) -> None:
    proposal = proposing.waiting()
    emptied = proposals.correct(proposal, {"title": ""}, by=decider, seen=proposals.seen(proposal))

    with pytest.raises(Refused, match="Titel"):
        publish(emptied, decider)


# Accounts -------------------------------------------------------------------------------------------------


def test_deleting_the_owners_account_keeps_the_proposal(decider: User) -> None:
    proposal = proposing.waiting()
    accounts.delete_account(proposal.owner, by=proposal.owner)
    before = Email.objects.count()

    proposals.hand_back(proposal, reason="Nennen Sie alle.", by=decider, seen=proposals.seen(proposal))

    assert str(Proposal.objects.get().owner) == "Gelöschtes Konto"
    assert Email.objects.count() == before  # nobody is there to write to
    colleague = proposing.person(proposal.lead, confirmed=True)
    assert proposals.save(proposal, {"title": "Weiter"}, by=colleague, revision=1).title == "Weiter"


# Constraints ----------------------------------------------------------------------------------------------


def test_constraint_one_open_proposal_per_project() -> None:
    project = proposing.published()
    first = proposals.start_change(project, by=proposing.person(project.lead))

    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.create(
            project=project, owner=first.owner, created_at=clock.now(), saved_at=clock.now() + timedelta(1)
        )


@pytest.mark.parametrize(
    "broken",
    [
        {"status": Status.RETURNED, "reason": ""},
        {"status": Status.PUBLISHED, "project": None},
        {"status": Status.RETURNED, "reason": "Weil", "decided_at": None},
        {"status": Status.RETURNED, "reason": "Weil", "decided_by": None},
    ],
)
def test_constraints_of_a_decision(broken: dict[str, Any], decider: User) -> None:
    proposal = proposing.waiting()
    decided = {"decided_at": clock.now(), "decided_by": decider}

    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(**decided | broken)


@pytest.mark.parametrize(
    "broken",
    [
        {"name": "", "kind": "aoer"},
        {"name": "Beides", "kind": "nrw"},
        {"name": "LIPPEVERBAND", "kind": "zweckverband"},
    ],
)
def test_constraints_of_a_partner(broken: dict[str, Any]) -> None:
    proposal = proposing.complete()

    with pytest.raises(IntegrityError), transaction.atomic():
        ProposalPartner.objects.create(proposal=proposal, **broken)


def test_constraint_partner_named_once() -> None:
    proposal = proposing.complete()
    town = proposal.partners.get(kind=Partner.Kind.REGISTER).municipality

    with pytest.raises(IntegrityError), transaction.atomic():
        ProposalPartner.objects.create(proposal=proposal, municipality=town)


def test_a_membership_is_looked_up_anew() -> None:
    proposal = proposing.draft()
    colleague = MembershipFactory(municipality=proposal.lead)
    proposing.confirm(colleague)
    proposals.save(proposal, {"title": "Eins"}, by=User.objects.get(pk=colleague.user_id), revision=0)
    proposing.refuse(colleague)

    with pytest.raises(NotAllowed):
        proposals.save(proposal, {"title": "Zwei"}, by=User.objects.get(pk=colleague.user_id), revision=1)
    assert ProposalStep.objects.count() == 1
