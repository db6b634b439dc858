"""The pages about who works on an entry: invite, accept, change, remove, hand over, and who may."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email

from accounts.models import User
from submissions.actions import editors as verbs
from submissions.models import Editor, Event, Round, Submission
from tests.accounts.factories import PASSWORD, MunicipalityFactory, UserFactory
from tests.conftest import CLOSES, MIDWAY, SECOND
from tests.submissions import factories

INVITED = {"email": "Tarek.Yildirim@soest.example", "role": "edit"}


@pytest.fixture
def entry(open_round: Round) -> Submission:
    return factories.draft(open_round, title="PegelVerbund Hellweg")


@pytest.fixture
def owner(client: Client, entry: Submission) -> Client:
    client.force_login(entry.owner)
    return client


@pytest.fixture
def invitation(entry: Submission) -> Editor:
    return verbs.invite(entry, by=entry.owner, **INVITED)


def page(entry: Submission) -> str:
    return reverse("submissions:editors", args=[entry.pk])


def of(editor: Editor, name: str, entry: Submission | None = None) -> str:
    return reverse(f"submissions:{name}", args=[(entry or editor.submission).pk, editor.pk])


def hand_over(entry: Submission) -> str:
    return reverse("submissions:hand_over", args=[entry.pk])


def link(editor: Editor) -> str:
    return reverse("submissions:invitation", args=[verbs.token(editor)])


def row(entry: Submission, user: User) -> Editor:
    return Editor.objects.select_related("submission").get(submission=entry, user=user)


def test_editors_lists_owner_people_and_invitations(owner: Client, entry: Submission, invitation: Editor) -> None:
    colleague = factories.editor(entry, "submit", name="Meike Brandhorst")

    html = owner.get(page(entry)).content.decode()

    assert html.index(entry.owner.name) < html.index("Meike Brandhorst") < html.index("Offene Einladungen")
    assert f"{colleague.email} · darf außerdem einreichen, zurückziehen und einladen · seit 20. Januar 2026" in html
    assert "tarek.yildirim@soest.example" in html
    assert "eingeladen am 20. Januar 2026, 10:30 Uhr von Ihnen" in html
    assert "checked" not in html


def test_editors_invites_by_mail(owner: Client, entry: Submission) -> None:
    response = owner.post(page(entry), INVITED)

    mail, editor = Email.objects.get(), entry.editors.get()
    assert response.headers["Location"] == f"{page(entry)}#stand"
    assert (editor.email, editor.role, editor.user) == ("tarek.yildirim@soest.example", "edit", None)
    assert "Die Einladung an tarek.yildirim@soest.example ist unterwegs." in owner.get(page(entry)).content.decode()
    assert mail.to == ["tarek.yildirim@soest.example"]
    assert mail.subject == f"{entry.owner.name} lädt Sie ein: Einreichung zum Landespreis"
    assert link(editor) in mail.message
    assert link(editor) in mail.html_message
    assert "Montag, 9. Februar 2026, 24:00 Uhr (MEZ)" in mail.message
    assert "Sie dürfen: bearbeiten\n" in mail.message


def test_editors_invites_again_and_the_old_link_dies(
    owner: Client, entry: Submission, invitation: Editor, at: Callable[[Any], None]
) -> None:
    old = link(invitation)
    at(MIDWAY + 60 * SECOND)

    owner.post(page(entry), {"email": invitation.email, "role": invitation.role})

    assert entry.editors.count() == 1
    assert Email.objects.count() == 2
    assert owner.get(old).status_code == 404
    assert owner.get(link(entry.editors.get())).status_code == 200


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"email": ""}, "email", "Schreiben Sie die E-Mail-Adresse der Person."),
        ({"email": "kein-at"}, "email", "Prüfen Sie die E-Mail-Adresse."),
        ({"email": "a@b.example\nBcc: c@d.example"}, "email", "Prüfen Sie die E-Mail-Adresse."),
        ({"email": "x" * 320 + "@b.example"}, "email", "E-Mail-Adresse"),
        ({"role": ""}, "role", "Wählen Sie, was die Person darf."),
        ({"role": "owner"}, "role", "Wählen Sie, was die Person darf."),
    ],
)
def test_editors_explains_a_bad_invitation(
    owner: Client, entry: Submission, changes: dict[str, str], field: str, message: str
) -> None:
    response = owner.post(page(entry), INVITED | changes)

    form = response.context["form"]
    assert response.status_code == 422
    assert list(form.errors) == [field]
    assert message in " ".join(form.errors[field])
    assert form["email"].value() == (INVITED | changes)["email"]
    assert "Es wurde keine Einladung verschickt" in response.content.decode()
    assert not Email.objects.exists()


def test_editors_refuses_the_owner_and_who_takes_part(owner: Client, entry: Submission, invitation: Editor) -> None:
    colleague = UserFactory()
    verbs.accept(invitation, by=colleague)

    answers = [
        owner.post(page(entry), INVITED | {"email": address})
        for address in (entry.owner.email, invitation.email, colleague.email)
    ]

    assert [answer.status_code for answer in answers] == [409] * 3
    assert [answer.context["form"].errors["email"][0] for answer in answers] == [
        "Diese Adresse gehört der Person, die für die Einreichung verantwortlich ist.",
        "Diese Person wirkt schon mit.",
        "Diese Person wirkt schon mit.",
    ]


def test_editors_full_still_lets_an_open_invitation_be_sent_again(
    owner: Client, entry: Submission, invitation: Editor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verbs, "MOST", 1)

    shown = owner.get(page(entry)).content.decode()

    assert "Mehr als 1 Personen können nicht an einer Einreichung mitwirken." in shown
    assert owner.post(page(entry), INVITED | {"email": "neu@soest.example"}).status_code == 409
    assert owner.post(page(entry), INVITED).status_code == 302


def test_editor_change_sets_the_role(owner: Client, entry: Submission) -> None:
    person = factories.editor(entry, "read", name="Meike Brandhorst")

    response = owner.post(of(row(entry, person), "editor_change"), {"role": "submit"})

    assert response.headers["Location"] == f"{page(entry)}#stand"
    assert row(entry, person).role == "submit"
    assert "Meike Brandhorst darf jetzt: bearbeiten und einreichen." in owner.get(page(entry)).content.decode()


def test_editor_change_refuses_made_up_roles(owner: Client, entry: Submission) -> None:
    person = factories.editor(entry, "read")
    editor = row(entry, person)

    response = owner.post(of(editor, "editor_change"), {"role": "owner"})

    assert response.status_code == 422
    assert f'href="#id_role_person_{editor.pk}"' in response.content.decode()
    assert row(entry, person).role == "read"


def test_editor_pages_know_only_people_of_the_entry(owner: Client, entry: Submission) -> None:
    other = factories.draft(entry.round)
    foreign = row(other, factories.editor(other, "edit"))

    for url in (of(foreign, "editor_change"), of(foreign, "editor_change", entry)):
        assert owner.post(url, {"role": "read"}).status_code == 404
    for url in (of(foreign, "editor_remove"), of(foreign, "editor_remove", entry)):
        assert (owner.get(url).status_code, owner.post(url).status_code) == (404, 404)
    assert owner.post(reverse("submissions:editor_change", args=[entry.pk, 999_999])).status_code == 404
    assert owner.get(of(foreign, "editor_change", entry)).status_code == 405


def test_editor_remove_asks_first(owner: Client, entry: Submission) -> None:
    person = factories.editor(entry, "edit", name="Meike Brandhorst")
    url = of(row(entry, person), "editor_remove")

    asked = owner.get(url).content.decode()
    response = owner.post(url)

    assert "Person entfernen?" in asked
    assert response.headers["Location"] == f"{page(entry)}#stand"
    assert not entry.editors.exists()
    assert "Meike Brandhorst wirkt nicht mehr mit." in owner.get(page(entry)).content.decode()


def test_editor_remove_withdraws_an_invitation(owner: Client, entry: Submission, invitation: Editor) -> None:
    asked = owner.get(of(invitation, "editor_remove")).content.decode()
    owner.post(of(invitation, "editor_remove"))

    assert "Einladung zurückziehen?" in asked
    assert owner.get(link(invitation)).status_code == 404


@pytest.mark.parametrize("role", ["read", "edit", "submit"])
def test_editor_leaves_by_themselves(login: Callable[[User], Client], entry: Submission, role: str) -> None:
    person = factories.editor(entry, role)
    client = login(person)
    url = of(row(entry, person), "editor_remove")

    listed = client.get(page(entry)).content.decode()
    asked = client.get(url).content.decode()
    response = client.post(url)

    assert url in listed
    assert "Mitwirkung beenden?" in asked
    assert response.headers["Location"] == reverse("submissions:index")
    assert not entry.editors.exists()
    assert client.get(page(entry)).status_code == 404


def test_hand_over_makes_a_colleague_the_owner(owner: Client, entry: Submission) -> None:
    person, former = factories.editor(entry, "edit", name="Meike Brandhorst"), entry.owner

    shown = owner.get(hand_over(entry)).content.decode()
    response = owner.post(hand_over(entry), {"to": row(entry, person).pk, "sure": "on"})

    entry.refresh_from_db()
    assert "Meike Brandhorst" in shown
    assert "checked" not in shown
    assert response.headers["Location"] == f"{page(entry)}#stand"
    assert entry.owner == person
    assert row(entry, former).role == "submit"


def test_hand_over_needs_person_and_tick(owner: Client, entry: Submission, invitation: Editor) -> None:
    person = factories.editor(entry, "edit")
    other = factories.draft(entry.round)
    foreign = row(other, factories.editor(other, "edit"))
    wanted = row(entry, person).pk

    answers = [
        owner.post(hand_over(entry), data)
        for data in ({}, {"to": wanted}, {"to": foreign.pk, "sure": "on"}, {"to": invitation.pk, "sure": "on"})
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    assert [list(answer.context["form"].errors) for answer in answers] == [["to", "sure"], ["sure"], ["to"], ["to"]]
    assert 'href="#id_to_0"' in answers[0].content.decode()
    assert Submission.objects.get(pk=entry.pk).owner == entry.owner


def test_hand_over_to_nobody_offers_to_invite(owner: Client, entry: Submission, invitation: Editor) -> None:
    html = owner.get(hand_over(entry)).content.decode()

    assert "Noch wirkt niemand mit" in html
    assert owner.post(hand_over(entry), {"to": invitation.pk, "sure": "on"}).status_code == 422


def test_invitation_tells_anonymous_what_it_is_about(client: Client, entry: Submission, invitation: Editor) -> None:
    html = client.get(link(invitation)).content.decode()

    assert f"{entry.owner.name} lädt Sie ein" in html
    assert "PegelVerbund Hellweg" in html
    assert str(entry.lead) in html
    assert "Montag, 9. Februar 2026, 24:00 Uhr (MEZ)" in html
    back = re.escape(link(invitation).replace(":", "%3A").replace("/", "%2F"))
    assert re.search(rf'href="{reverse("account_login")}\?next={back}"', html)
    assert re.search(rf'href="{reverse("account_signup")}\?next={back}"', html)
    assert client.post(link(invitation)).headers["Location"].startswith(reverse("account_login"))
    assert not Editor.objects.filter(user__isnull=False).exists()


def test_invitation_is_accepted_once(login: Callable[[User], Client], entry: Submission, invitation: Editor) -> None:
    person = UserFactory()
    client = login(person)

    offered = client.get(link(invitation)).content.decode()
    answers = [client.post(link(invitation)) for _ in range(2)]

    assert "Einladung annehmen" in offered
    assert [answer.headers["Location"] for answer in answers] == [entry.get_absolute_url()] * 2
    assert row(entry, person).role == "edit"
    assert Event.objects.filter(verb=Event.Verb.JOINED).count() == 1
    assert "Sie wirken an dieser Einreichung schon mit." in client.get(link(invitation)).content.decode()


def test_invitation_leads_back_after_signing_up(
    client: Client, entry: Submission, invitation: Editor, mailoutbox: list[EmailMessage]
) -> None:
    MunicipalityFactory(ags="05974040", name="Soest, Stadt")
    signup = re.search(r'href="([^"]*signup[^"]*)"', client.get(link(invitation)).content.decode())
    assert signup
    form = client.get(signup[1]).content.decode()
    back = re.search(r'name="next"[^>]*value="([^"]*)"', form)
    assert back
    details = {
        "name": "Tarek Yildirim",
        "email": "t.yildirim@soest.example",
        "password1": PASSWORD,
        "municipality": "05974040",
        "department": "Fachbereich 3",
        "next": back[1],
    }

    client.post(reverse("account_signup"), details)
    code = re.search(r"\b[A-Z0-9]{4}-[A-Z0-9]{4}\b", str(mailoutbox[0].body))
    assert code, mailoutbox[0].body
    done = client.post(reverse("account_email_verification_sent"), {"code": code[0]})

    assert done.headers["Location"] == link(invitation)
    assert client.post(done.headers["Location"]).headers["Location"] == entry.get_absolute_url()


def test_invitation_leads_back_after_logging_in(client: Client, invitation: Editor) -> None:
    person = UserFactory()

    done = client.post(
        reverse("account_login"), {"login": person.email, "password": PASSWORD, "next": link(invitation)}
    )

    assert done.headers["Location"] == link(invitation)


def test_invitation_that_was_tampered_with_is_not_found(client: Client, invitation: Editor) -> None:
    good = verbs.token(invitation)

    for bad in ("x", good[:-1], f"{good}x", good.replace(":", ".", 1), "ä" * 300):
        response = client.get(reverse("submissions:invitation", args=[bad]))
        assert response.status_code == 404
        assert "Dieser Link gilt nicht" in response.content.decode()


def test_invitation_used_by_somebody_else_says_so(
    login: Callable[[User], Client], entry: Submission, invitation: Editor
) -> None:
    verbs.accept(invitation, by=UserFactory())
    late = UserFactory()

    shown, posted = login(late).get(link(invitation)), login(late).post(link(invitation))

    assert (shown.status_code, posted.status_code) == (409, 409)
    assert "schon verwendet" in shown.content.decode()
    assert "PegelVerbund" not in shown.content.decode()
    assert not entry.editors.filter(user=late).exists()


def test_invitation_of_the_owner_changes_nothing(owner: Client, entry: Submission, invitation: Editor) -> None:
    shown, posted = owner.get(link(invitation)), owner.post(link(invitation))

    assert "Sie wirken an dieser Einreichung schon mit." in shown.content.decode()
    assert posted.headers["Location"] == entry.get_absolute_url()
    assert entry.editors.get().user is None


def test_invitation_ends_with_the_deadline(
    login: Callable[[User], Client], entry: Submission, invitation: Editor, at: Callable[[Any], None]
) -> None:
    person = UserFactory()
    at(CLOSES - SECOND)
    opened = login(person).get(link(invitation)).content.decode()
    at(CLOSES)

    shown = login(person).get(link(invitation)).content.decode()
    posted = login(person).post(link(invitation))

    assert ("Einladung annehmen" in opened, "Einladung annehmen" in shown) == (True, False)
    assert "Die Frist ist abgelaufen." in shown
    assert posted.status_code == 409
    assert not entry.editors.filter(user=person).exists()


@pytest.mark.parametrize(
    ("role", "reads", "invites", "hands"),
    [
        ("owner", 200, 302, 200),
        ("submit", 200, 302, 403),
        ("edit", 200, 403, 403),
        ("read", 200, 403, 403),
        ("stranger", 404, 404, 404),
    ],
)
def test_editors_by_role(
    login: Callable[[User], Client], entry: Submission, role: str, reads: int, invites: int, hands: int
) -> None:
    colleague = row(entry, factories.editor(entry, "read"))
    person = {"owner": entry.owner, "stranger": UserFactory()}.get(role) or factories.editor(entry, role)
    client = login(person)

    shown = client.get(page(entry))

    assert shown.status_code == reads
    if reads == 200:
        html = shown.content.decode()
        assert ("Jemanden einladen" in html) == (invites == 302)
        assert (of(colleague, "editor_change") in html) == (invites == 302)
        assert (of(colleague, "editor_remove") in html) == (invites == 302)
        assert (hand_over(entry) in html) == (hands == 200)
    assert client.get(hand_over(entry)).status_code == hands
    assert client.post(hand_over(entry), {}).status_code == (422 if hands == 200 else hands)
    assert client.post(page(entry), INVITED).status_code == invites
    assert client.post(page(entry), {}).status_code == (422 if invites == 302 else invites)
    assert client.post(of(colleague, "editor_change"), {"role": "edit"}).status_code == invites
    assert client.get(of(colleague, "editor_remove")).status_code == (200 if invites == 302 else invites)
    assert client.post(of(colleague, "editor_remove")).status_code == invites


def test_editors_asks_anonymous_to_log_in(client: Client, entry: Submission) -> None:
    colleague = row(entry, factories.editor(entry, "read"))

    answers = [
        *(send(page(entry)) for send in (client.get, client.post)),
        *(send(hand_over(entry)) for send in (client.get, client.post)),
        *(send(of(colleague, "editor_remove")) for send in (client.get, client.post)),
        client.post(of(colleague, "editor_change")),
    ]

    assert all(answer.headers["Location"].startswith(reverse("account_login")) for answer in answers)
    assert row(entry, colleague.user).role == "read"  # type: ignore[arg-type]


def test_editors_after_the_deadline_is_a_list(
    owner: Client, entry: Submission, invitation: Editor, at: Callable[[Any], None]
) -> None:
    colleague = row(entry, factories.editor(entry, "read"))
    at(CLOSES - SECOND)
    owner.force_login(entry.owner)
    opened = owner.get(page(entry)).content.decode()
    at(CLOSES)

    html = owner.get(page(entry)).content.decode()

    assert ("<form" in opened.partition("<main")[2], "<form" in html.partition("<main")[2]) == (True, False)
    assert hand_over(entry) not in html
    assert owner.post(page(entry), INVITED).status_code == 409
    assert owner.post(of(colleague, "editor_change"), {"role": "edit"}).status_code == 409
    assert owner.post(of(colleague, "editor_remove")).status_code == 409
    assert owner.post(hand_over(entry), {"to": colleague.pk, "sure": "on"}).status_code == 409
    assert entry.editors.count() == 2


def test_editors_needs_the_same_queries_for_three(owner: Client, entry: Submission) -> None:
    counted = []
    owner.get(page(entry))  # the round's rulebook is kept from now on
    for more in (1, 2):
        for number in range(more):
            by = factories.editor(entry, "submit")
            verbs.invite(entry, by=by, email=f"neu{more}{number}@soest.example", role="read")
        with CaptureQueriesContext(connection) as queries:
            owner.get(page(entry))
        counted.append(len(queries))

    assert counted[0] == counted[1] <= 13
