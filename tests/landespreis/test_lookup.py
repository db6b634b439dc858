"""The search over everything staff may see: each kind, and nothing that somebody may not see."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape
from post_office.models import PRIORITY, Email

from accounts.models import Municipality, User
from jury.models import Juror, Letter, Seat
from landespreis import lookup
from portal.models import Proposal
from submissions.actions import helping
from submissions.models import Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MembershipFactory, MunicipalityFactory, UserFactory, staff
from tests.jury import factories as jury
from tests.portal import factories as content
from tests.portal import proposing
from tests.submissions import factories

PAGE = reverse("admin:lookup")
SECRET = "Geheimnisvoller Entwurf"


@pytest.fixture
def office(db: None) -> User:
    return staff("Geschäftsstelle")


def found(user: User, text: str) -> dict[str, list[str]]:
    """What is found, by the title of its kind."""
    fresh = User.objects.get(pk=user.pk)  # with the rights it has now
    return {group.title: [hit.title for hit in group.hits] for group in lookup.find(fresh, text)}


# Entries ---------------------------------------------------------------------------------------------


@pytest.fixture
def entry(open_round: Round) -> Submission:
    lead = MunicipalityFactory(name="Münsterfeld, Stadt", ags="05990777")
    owner = UserFactory(name="Özlem Straßburger", email="oezlem@muensterfeld.example")
    return factories.submitted(open_round, lead=lead, owner=owner, title="Wasserwacht Ruhr")


@pytest.mark.parametrize(
    "text",
    [
        "IKZ-2026-0001",
        " ikz-2026-0001 ",
        "1",
        "0001",
        "Wasserwacht",
        "wasserwacht münsterfeld",
        "Muensterfeld",
        "MÜNSTERFELD",
        "05990777",
        "özlem",
        "Oezlem Strassburger",
        "oezlem@muensterfeld.example",
    ],
)
def test_entry_is_found_by(office: User, entry: Submission, text: str) -> None:
    factories.submitted(entry.round, title="Anderes")

    assert found(office, text)["Einreichungen"] == ["IKZ-2026-0001 Wasserwacht Ruhr"]


@pytest.mark.parametrize("text", ["IKZ-2026-0002", "7", "Wasserwacht Bochum", "XY-2026-0001"])
def test_entry_is_not_found_by(office: User, entry: Submission, text: str) -> None:
    assert "Einreichungen" not in found(office, text)


def test_entry_is_found_by_its_editors_once(office: User, entry: Submission) -> None:
    factories.editor(entry, "read", name="Kim Adler")
    factories.editor(entry, "edit", name="Toni Adler")

    assert found(office, "Adler")["Einreichungen"] == ["IKZ-2026-0001 Wasserwacht Ruhr"]


def test_draft_is_found_by_municipality_and_person_only(office: User, open_round: Round) -> None:
    draft = factories.complete(open_round, title=SECRET, abstract=SECRET, department=SECRET, contact_name=SECRET)
    assert draft.lead

    by_lead = lookup.find(office, draft.lead.label)

    assert found(office, "Geheimnisvoller") == {}
    assert found(office, draft.owner.email)["Einreichungen"] == [f"Entwurf {draft.lead.label}"]
    assert SECRET not in str(by_lead)


def test_changed_title_after_submitting_is_not_found(office: User, entry: Submission) -> None:
    Submission.objects.update(title=SECRET)

    assert found(office, "Geheimnisvoller") == {}


def test_request_for_help_is_found_without_its_question(office: User, entry: Submission) -> None:
    helping.ask(entry, question=SECRET, days=1, by=entry.owner)

    assert found(office, "Özlem")["Bitten um Hilfe"] == ["Bitte um Hilfe von Özlem Straßburger"]
    assert "Bitten um Hilfe" not in found(office, "Geheimnisvoller")


# Other kinds -----------------------------------------------------------------------------------------


def _member() -> str:
    return str(
        MembershipFactory(user__name="Käthe Quandt", municipality__name=f"Quandtheim {Municipality.objects.count()}")
    )


def _person() -> str:
    return str(UserFactory(name="Kim Quandt").name)


def _town() -> str:
    return str(MunicipalityFactory(name=f"Quandtstadt {Municipality.objects.count()}").label)


def _seat() -> str:
    free = Seat.objects.filter(jurors=None).first() or jury.seats(Round.objects.get())[0]
    juror: Juror = jury.juror(free, name="Kim Quandt")
    return str(juror.seat.institution)


def _project() -> str:
    return str(content.ProjectFactory(title="Quandt und Co."))


def _news() -> str:
    return str(content.NewsFactory(title="Quandt sagt zu").title)


def _event() -> str:
    return str(content.EventFactory(title="Treffen mit Quandt").title)


def _registration() -> str:
    return str(content.registration(content.EventFactory(title="Tagung"), name="Kim Quandt").name)


def _newsletter() -> str:
    return str(content.issue(subject="Neues von Quandt"))


def _subscriber() -> str:
    return str(content.SubscriberFactory(email="quandt@stadt.example").email)


def _inquiry() -> str:
    return str(content.InquiryFactory(name="Kim Quandt"))


def _mail() -> str:
    row = Email.objects.create(
        from_email="a@portal.example", to=["quandt@stadt.example"], subject="x", priority=PRIORITY.medium
    )
    return str(row.to[0])


KINDS: dict[str, Callable[[], str]] = {
    "Personen": _person,
    "Zugehörigkeiten": _member,
    "Kommunen": _town,
    "Sitze": _seat,
    "Projekte": _project,
    "Meldungen": _news,
    "Termine": _event,
    "Anmeldungen": _registration,
    "Newsletter": _newsletter,
    "Abonnements": _subscriber,
    "Anfragen": _inquiry,
    "E-Mails": _mail,
}
PUBLIC = {"Projekte", "Meldungen", "Termine", "Anmeldungen", "Newsletter", "Abonnements", "Anfragen"}


@pytest.mark.parametrize("kind", KINDS)
def test_kind_is_found_by_the_office(office: User, open_round: Round, kind: str) -> None:
    title = KINDS[kind]()

    assert title in found(office, "quandt")[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_editorial_staff_find_content_only(open_round: Round, kind: str) -> None:
    KINDS[kind]()

    assert (kind in found(staff("Redaktion"), "quandt")) is (kind in PUBLIC)


def test_editorial_staff_find_no_entry(entry: Submission) -> None:
    editorial = staff("Redaktion")

    assert [found(editorial, text) for text in ("1", "IKZ-2026-0001", "Wasserwacht", "Özlem")] == [{}] * 4


def test_letter_and_round_are_found(office: User, entry: Submission) -> None:
    Letter.objects.create(submission=entry, kind="dank", subject="x", text="y")

    assert found(office, "1")["Briefe"] == ["IKZ-2026-0001 Wasserwacht Ruhr"]
    assert found(office, "Landespreis")["Wettbewerbsrunden"] == [entry.round.name]


def test_proposal_that_was_not_put_in_is_not_found(office: User, db: None) -> None:
    proposal = proposing.draft(MembershipFactory().user)
    Proposal.objects.filter(pk=proposal.pk).update(title=SECRET)

    assert found(office, "Geheimnisvoller") == {}


# The page --------------------------------------------------------------------------------------------


@pytest.fixture
def desk(client: Client, office: User) -> Client:
    show_factor(client, office)
    return client


def test_page_leads_to_rows_and_lists(desk: Client, entry: Submission) -> None:
    html = desk.get(PAGE, {"q": "Wasserwacht"}).content.decode()

    change = reverse("admin:submissions_submission_change", args=[entry.pk])
    assert f'href="{change}"' in html
    assert reverse("admin:submissions_submission_changelist") + "?q=Wasserwacht" in html
    assert 'value="Wasserwacht"' in html


def test_page_says_that_there_is_more_and_the_list_shows_it(desk: Client, db: None) -> None:
    for number in range(lookup.LIMIT + 1):
        MunicipalityFactory(name=f"Mühlenbach {number}, Stadt")

    html = desk.get(PAGE, {"q": "muehlenbach"}).content.decode()
    rows = desk.get(reverse("admin:accounts_municipality_changelist"), {"q": "muehlenbach"}).content.decode()

    assert "Es gibt mehr: alle anzeigen" in html
    assert html.count("Stadt Mühlenbach") == lookup.LIMIT
    assert rows.count('class="field-label"') == lookup.LIMIT + 1


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "Geben Sie oben ein"), ("x", "mindestens zwei Zeichen"), ("Gibtesnicht", "nichts, was Sie sehen dürfen")],
)
def test_page_says_why_there_is_nothing(desk: Client, text: str, words: str) -> None:
    assert words in desk.get(PAGE, {"q": text}).content.decode()


def test_page_escapes_what_was_typed(desk: Client) -> None:
    typed = "<script>alert(1)</script>"

    html = desk.get(PAGE, {"q": typed}).content.decode()

    assert typed not in html
    assert escape(typed) in html


@pytest.mark.parametrize("text", ["a\0b", "%_%", "'; --", "ß" * 300, "１２", "99999999999"])
def test_page_bears_what_people_paste(desk: Client, entry: Submission, text: str) -> None:
    assert desk.get(PAGE, {"q": text}).status_code == 200


def test_page_is_for_staff(client: Client, db: None) -> None:
    client.force_login(UserFactory())

    assert client.get(PAGE).status_code == 404
    assert Client().get(PAGE).status_code == 302


def test_box_stands_on_every_page(desk: Client, db: None) -> None:
    assert 'role="search"' in desk.get(reverse("admin:index")).content.decode()


def test_constant_queries(office: User, open_round: Round) -> None:
    def asked() -> int:
        fresh = User.objects.get(pk=office.pk)
        with CaptureQueriesContext(connection) as queries:
            lookup.find(fresh, "quandt")
        return len(queries)

    def fill() -> None:
        for kind, make in KINDS.items():
            if kind != "Abonnements":  # an address subscribes once
                make()
        lead = MunicipalityFactory(name=f"Quandtdorf {Municipality.objects.count()}")
        factories.submitted(open_round, lead=lead)

    fill()
    one = asked()
    for _ in range(2):
        fill()

    assert asked() == one
