"""The pages on which municipalities propose projects: who finds what, what saving keeps, what submitting says."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from accounts.models import Membership, User
from portal.actions import proposals
from portal.models import Picture, Project, Proposal
from submissions.models import Partner
from tests.accounts.factories import PASSWORD, MembershipFactory, MunicipalityFactory, UserFactory
from tests.portal import factories, proposing
from tests.test_hostile import HOSTILE, Forms, body

pytestmark = pytest.mark.django_db

Status = Proposal.Status
Login = Callable[[User], Client]
LIST = "/projekte/vorschlagen/"
STEPS = ("proposal", "proposal_picture", "proposal_check", "proposal_preview", "proposal_recall", "proposal_discard")


def page(name: str, proposal: Proposal) -> str:
    return reverse(f"portal:{name}", args=[proposal.key])


def sent(proposal: Proposal, **values: Any) -> dict[str, Any]:
    """What the form of `proposal` sends, with `values` typed into it."""
    shown = {
        "revision": proposal.revision,
        "sitting": "",
        "title": proposal.title,
        "category": proposal.category_id or "",
        "topics": [topic.pk for topic in proposal.topics.all()],
        "department": proposal.department,
        "abstract": proposal.abstract,
        "body": proposal.body,
        "legal_form": proposal.legal_form,
        "state": proposal.state,
        "website": proposal.website,
        "contact_name": proposal.contact_name,
        "contact_email": proposal.contact_email,
        "contact_phone": proposal.contact_phone,
        "partner": [_token(partner) for partner in proposal.partners.all()],
    }
    return shown | values


def _token(partner: Any) -> str:
    if partner.municipality_id:
        return f"m:{partner.municipality_id}"
    return f"f:{partner.kind}:{partner.country}:{partner.name}"


def text(response: Any) -> str:
    return str(response.content.decode())


def test_text_kept_over_a_login_is_there_to_be_copied_when_writing_has_ended(client: Client) -> None:
    user = proposing.person()
    proposal = proposing.draft(user)
    client.post(page("proposal", proposal), sent(proposal, abstract="Drei Stunden Arbeit"))
    for membership in Membership.objects.filter(user=user):
        proposing.refuse(membership)
    client.post(f"/konto/login/?next={page('proposal', proposal)}", {"login": user.email, "password": PASSWORD})

    shown = text(client.get(page("proposal", proposal)))

    assert "Das wurde nicht gespeichert" in shown
    assert "Drei Stunden Arbeit</textarea>" in shown


# The list ------------------------------------------------------------------------------------------------


def test_list_leads_the_anonymous_to_the_login(client: Client) -> None:
    assert client.get(LIST).url == f"/konto/login/?next={LIST}"


def test_list_leads_somebody_without_a_municipality_to_add_one(login: Login) -> None:
    user = UserFactory()
    proposing.refuse(MembershipFactory(user=user))

    found = text(login(user).get(LIST))

    assert reverse("accounts:add_membership") in found
    assert reverse("portal:proposal_new") not in found
    assert reverse("accounts:add_membership") in text(login(user).get(reverse("portal:proposal_new")))


def test_list_tells_every_state_in_words(login: Login) -> None:
    user = proposing.person()
    for status in Status:
        proposing.in_state(status, user)
    proposals.recall(proposing.waiting(user), by=user)

    found = text(login(user).get(LIST))

    for words in (
        "Entwurf – noch nicht vorgelegt",
        "Entwurf – zurückgeholt",
        "In Prüfung – liegt der Redaktion vor",
        "Zurückgegeben – bitte überarbeiten",
        "Veröffentlicht",
    ):
        assert f"<span>{words}</span>" in found


def test_list_offers_changes_of_the_own_municipalitys_published_projects(login: Login) -> None:
    user = proposing.person()
    own = factories.ProjectFactory(lead=proposing.home(user))
    others = [factories.ProjectFactory(), factories.ProjectFactory(lead=own.lead, draft=True)]

    found = text(login(user).get(LIST))

    assert reverse("portal:proposal_change", args=[own.slug]) in found
    assert [other.slug for other in others if reverse("portal:proposal_change", args=[other.slug]) in found] == []


def test_list_says_when_a_change_is_open(login: Login) -> None:
    project = factories.ProjectFactory()
    change = proposals.start_change(project, by=proposing.person(project.lead))
    unconfirmed = proposing.person(project.lead)

    assert "Eine Änderung ist schon in Arbeit." in text(login(unconfirmed).get(LIST))
    assert change.get_absolute_url() in text(login(change.owner).get(LIST))


def test_list_asks_as_often_for_three_as_for_one(login: Login) -> None:
    user = proposing.person()
    client = login(user)

    def asked() -> int:
        proposing.draft(user)
        factories.ProjectFactory(lead=proposing.home(user))
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(LIST)
        return len(queries)

    first, _, third = asked(), asked(), asked()

    assert third == first


# Beginning -----------------------------------------------------------------------------------------------


def test_new_begins_once_however_often_it_is_pressed(login: Login) -> None:
    client = login(proposing.person())
    form = client.get(reverse("portal:proposal_new")).context["form"]
    values = {"municipality": form.initial["municipality"], "key": form.initial["key"]}

    answers = [client.post(reverse("portal:proposal_new"), values).url for _ in range(2)]

    assert answers == [Proposal.objects.get().get_absolute_url()] * 2


def test_new_with_a_broken_key_says_so_in_german(login: Login) -> None:
    user = proposing.person()

    answer = login(user).post(
        reverse("portal:proposal_new"), {"key": "x", "municipality": str(proposing.home(user).pk)}
    )

    assert answer.status_code == 422
    assert "Diese Seite: Öffnen Sie sie bitte noch einmal." in text(answer)


def test_new_asks_for_the_municipality_where_there_are_several(login: Login) -> None:
    user = proposing.person()
    other = MembershipFactory(user=user).municipality
    client = login(user)

    assert "Für welche Kommune schlagen Sie vor?" in text(client.get(reverse("portal:proposal_new")))
    missing = client.post(reverse("portal:proposal_new"), {})
    assert (missing.status_code, "Wählen Sie die Kommune" in text(missing)) == (422, True)
    client.post(reverse("portal:proposal_new"), {"municipality": other.pk, "key": "kein Schlüssel"})
    assert not Proposal.objects.exists()
    client.post(reverse("portal:proposal_new"), {"municipality": other.pk})
    assert Proposal.objects.get().lead == other


def test_new_for_a_foreign_municipality_is_refused(login: Login) -> None:
    answer = login(proposing.person()).post(reverse("portal:proposal_new"), {"municipality": MunicipalityFactory().pk})

    assert answer.status_code == 422
    assert not Proposal.objects.exists()


def test_change_leads_to_the_copy_and_is_posted_only(login: Login) -> None:
    project = factories.ProjectFactory(title="Alt")
    client = login(proposing.person(project.lead))
    url = reverse("portal:proposal_change", args=[project.slug])

    assert client.get(url).status_code == 405
    answer = client.post(url)

    change = Proposal.objects.get()
    assert answer.url == change.get_absolute_url()
    found = text(client.get(answer.url))
    assert "Das bleibt so, bis die Redaktion Ihre Änderung veröffentlicht." in found
    assert client.post(reverse("portal:proposal_change", args=[factories.ProjectFactory().slug])).status_code == 404


# Who finds it ---------------------------------------------------------------------------------------------


def test_others_proposals_are_not_found(login: Login) -> None:
    proposal = proposing.complete()
    before = Proposal.objects.values().get()

    for stranger in (proposing.person(proposal.lead), proposing.editor(), proposing.person(confirmed=True)):
        client = login(stranger)
        answers = {client.get(page(name, proposal)).status_code for name in STEPS}
        answers |= {client.post(page(name, proposal)).status_code for name in STEPS}
        assert answers <= {404, 405}
    assert Proposal.objects.values().get() == before


@pytest.mark.parametrize("status", list(Status))
def test_every_page_answers_in_every_state(login: Login, status: str) -> None:
    proposal = proposing.in_state(status)
    client = login(proposal.owner)

    answers = [client.get(page(name, proposal)) for name in STEPS]

    elsewhere = [answer.url for answer in answers if answer.status_code != 200]
    assert set(elsewhere) <= {proposal.get_absolute_url()}


def test_an_owner_who_was_refused_reads_only(login: Login) -> None:
    proposal = proposing.draft(title="Pegel")
    proposing.refuse(proposal.owner.memberships.get())
    client = login(proposal.owner)

    assert "An diesem Vorschlag können Sie zurzeit nicht schreiben" in text(client.get(proposal.get_absolute_url()))
    assert client.post(proposal.get_absolute_url(), sent(proposal, title="Anders")).status_code == 403
    assert Proposal.objects.get().title == "Pegel"


# Writing --------------------------------------------------------------------------------------------------


def test_saving_stores_every_field(login: Login) -> None:
    proposal = proposing.draft()
    category, topic, town = factories.ProjectCategoryFactory(), factories.TopicFactory(), MunicipalityFactory()

    answer = login(proposal.owner).post(
        proposal.get_absolute_url(),
        sent(
            proposal,
            title="Pegel",
            category=category.pk,
            topics=[topic.pk],
            department="Umwelt",
            partner=[f"m:{town.pk}", "f:aoer:DE:Kommunalbetriebe"],
            abstract="Kurz",
            body="Lang\r\nund länger",
            legal_form="oerv",
            agreed_on="2023-02-22",
            state="betrieb",
            state_since="01.05.2023",
            website="www.pegel.example",
            contact_public="on",
            contact_phone="02921 1",
        ),
    )

    assert answer.url == f"{proposal.get_absolute_url()}#stand"
    saved = Proposal.objects.get()
    assert (saved.title, saved.category, list(saved.topics.all())) == ("Pegel", category, [topic])
    assert (saved.abstract, saved.body, saved.website) == ("Kurz", "Lang\nund länger", "https://www.pegel.example")
    assert (saved.legal_form, saved.agreed_on, saved.state) == ("oerv", date(2023, 2, 22), "betrieb")
    assert (saved.state_since, saved.contact_public, saved.contact_phone) == (date(2023, 5, 1), True, "02921 1")
    assert [row.label for row in saved.partners.all()] == [town.label, "Kommunalbetriebe"]


@pytest.mark.parametrize(
    ("goal", "name"), [("bild", "proposal_picture"), ("vorschau", "proposal_preview"), ("pruefen", "proposal_check")]
)
def test_buttons_save_before_they_lead_on(login: Login, goal: str, name: str) -> None:
    proposal = proposing.draft()

    answer = login(proposal.owner).post(proposal.get_absolute_url(), sent(proposal, title="Pegel", ziel=goal))

    assert answer.url == page(name, proposal)
    assert Proposal.objects.get().title == "Pegel"


def test_a_wrong_value_keeps_the_rest(login: Login) -> None:
    proposal = proposing.draft()
    client = login(proposal.owner)

    answer = client.post(
        proposal.get_absolute_url(), sent(proposal, title="Pegel", agreed_on="31.02.2023", body="x" * 120_001)
    )

    assert answer.status_code == 422
    found = text(answer)
    assert "Alle anderen Angaben sind gespeichert." in found
    assert "31.02.2023" in found
    saved = Proposal.objects.get()
    assert (saved.title, saved.agreed_on, saved.body) == ("Pegel", None, "")
    assert f'name="revision" value="{saved.revision}"' in found


def test_a_text_over_its_limit_is_kept_as_a_draft(login: Login) -> None:
    proposal = proposing.complete()

    login(proposal.owner).post(proposal.get_absolute_url(), sent(proposal, abstract="x" * 900, ziel="pruefen"))

    assert Proposal.objects.get().abstract == "x" * 900
    found = text(login(proposal.owner).get(page("proposal_check", proposal)))
    assert "Kurzbeschreibung: Kürzen Sie um 100 Zeichen." in found
    assert f"{proposal.get_absolute_url()}#id_abstract" in found


# Partners -------------------------------------------------------------------------------------------------


def test_partners_are_taken_in_and_removed_while_everything_is_saved(login: Login) -> None:
    proposal = proposing.draft()
    town = MunicipalityFactory()
    client, url = login(proposal.owner), proposal.get_absolute_url()

    first = client.post(url, sent(proposal, title="Pegel", municipality=town.choice, ziel="partner"))
    proposal = Proposal.objects.get()
    client.post(
        url,
        sent(proposal, partner_name=" Gemeente  Venlo ", partner_kind="kommune", partner_country="NL", ziel="partner"),
    )

    assert first.url == f"{url}#partner"
    proposal = Proposal.objects.get()
    assert proposal.title == "Pegel"
    rows = [(row.label, row.kind, row.country) for row in proposal.partners.all()]
    assert rows == [(town.label, "nrw", "DE"), ("Gemeente Venlo", "kommune", "NL")]
    client.post(url, sent(proposal, entfernen="0"))
    assert [row.label for row in proposal.partners.all()] == ["Gemeente Venlo"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"municipality": "Atlantis"}, "steht nicht im Verzeichnis"),
        ({"municipality": "LEAD"}, "ist schon federführend"),
        ({"municipality": "KNOWN"}, "steht schon in der Liste der Partner"),
        ({"partner_name": "lippeverband", "partner_kind": "zweckverband"}, "steht schon in der Liste der Partner"),
        ({"partner_name": "Venlo"}, "Wählen Sie die Art des Partners."),
        ({"partner_name": "Venlo", "partner_kind": "nrw"}, "Wählen Sie eine der Arten."),
    ],
)
def test_partners_that_cannot_be_are_refused_and_the_rest_is_saved(
    login: Login, typed: dict[str, str], said: str
) -> None:
    proposal = proposing.complete()
    known = proposal.partners.get(kind=Partner.Kind.REGISTER).municipality
    assert known
    assert proposal.lead
    named = {"LEAD": proposal.lead.choice, "KNOWN": known.choice}
    typed = {name: named.get(value, value) for name, value in typed.items()}

    answer = login(proposal.owner).post(proposal.get_absolute_url(), sent(proposal, department="Neu", **typed))

    assert answer.status_code == 422
    assert said in text(answer)
    saved = Proposal.objects.get()
    assert (saved.department, saved.partners.count()) == ("Neu", 2)


def test_a_name_that_means_several_offers_each_as_a_button(login: Login) -> None:
    proposal = proposing.draft()
    for name in ("Neuenkirchen (Rheine), Gemeinde", "Neuenkirchen (Vörden), Gemeinde"):
        MunicipalityFactory(name=name)
    client = login(proposal.owner)

    found = text(client.post(proposal.get_absolute_url(), sent(proposal, municipality="Neuenkirchen")))

    assert "Welche Kommune meinen Sie?" in found
    assert found.count('name="municipality" value="Stadt Neuenkirchen') == 2


NONSENSE = [
    "", "m", "m:", "m:-1", "m:x", "m:999999999", "m:1:2", f"m:{'9' * 400}", "m:²", "f", "f:aoer:DE", "f:nrw:DE:Soest",
    "f:aoer:ZZ:Soest", "f:aoer:DE:", "f:aoer:DE: Soest", f"f:aoer:DE:{'x' * 151}", "f:aoer:DE:a\x00b", "g:1",
]  # fmt: skip


def test_partners_that_no_page_sends_are_left_out(login: Login) -> None:
    proposal = proposing.draft()
    tokens = [*NONSENSE, "f:aoer:DE:Kommunalbetriebe"]

    answer = login(proposal.owner).post(proposal.get_absolute_url(), sent(proposal, partner=tokens))

    assert answer.status_code == 302
    assert [row.label for row in proposal.partners.all()] == ["Kommunalbetriebe"]


def test_a_hundred_partners_are_enough(login: Login) -> None:
    proposal = proposing.draft()
    tokens = [f"f:aoer:DE:Betrieb {number}" for number in range(100)]

    answer = login(proposal.owner).post(
        proposal.get_absolute_url(), sent(proposal, partner=tokens, partner_name="Noch einer", partner_kind="aoer")
    )

    assert answer.status_code == 422
    assert "Mehr als 100 Partner" in text(answer)
    assert proposal.partners.count() == 100


# Two at once ----------------------------------------------------------------------------------------------


def test_two_people_see_both_versions_before_one_wins(login: Login) -> None:
    proposal = proposing.complete()
    colleague = proposing.person(proposal.lead, confirmed=True, user__name="Bernd Kottmann")
    mine = sent(proposal, title="Meine Fassung")
    proposals.save(proposal, {"title": "Ihre Fassung"}, by=colleague, revision=proposal.revision)
    client = login(proposal.owner)

    answer = client.post(proposal.get_absolute_url(), mine)

    assert answer.status_code == 409
    found = text(answer)
    assert "von Bernd Kottmann gespeichert" in found
    assert "Meine" in found
    assert "Ihre" in found
    assert [change.label for change in answer.context["conflict"]] == ["Titel"]
    assert Proposal.objects.get().title == "Ihre Fassung"
    again = answer.context["form"]
    assert client.post(proposal.get_absolute_url(), mine | {"revision": again["revision"].value()}).status_code == 302
    assert Proposal.objects.get().title == "Meine Fassung"


def test_what_was_written_when_it_was_put_in_can_be_copied(login: Login) -> None:
    proposal = proposing.complete()
    mine = sent(proposal, body="Zwei Stunden Arbeit")
    proposing.submit(proposal)

    answer = login(proposal.owner).post(proposal.get_absolute_url(), mine)

    assert answer.status_code == 409
    assert [(line.label, line.text) for line in answer.context["lost"]] == [("Text", "Zwei Stunden Arbeit")]
    assert "Das wurde nicht gespeichert" in text(answer)


def test_the_session_ends_while_somebody_writes(client: Client, login: Login) -> None:
    proposal = proposing.draft()
    url = proposal.get_absolute_url()

    gone = client.post(url, sent(proposal, title="Fast verloren"))
    assert gone.url == f"/konto/login/?next={url}"
    found = text(login(proposal.owner).get(url))

    assert "Ihr Text von vorhin ist noch da." in found
    assert "Fast verloren" in found
    assert login(proposal.owner).post(url, sent(proposal, ziel="verwerfen")).url == url
    assert "Fast verloren" not in text(client.get(url))


# Saving by itself -----------------------------------------------------------------------------------------


def background(client: Client, proposal: Proposal, **values: Any) -> Any:
    return client.post(proposal.get_absolute_url(), sent(proposal, **values), headers={"HX-Request": "true"})


def test_saving_by_itself_answers_one_line_and_the_new_revision(login: Login) -> None:
    proposal = proposing.draft()

    answer = background(login(proposal.owner), proposal, title="Pegel", agreed_on="gestern", municipality="Noch nicht")

    assert answer.status_code == 200
    assert answer.headers["HX-Reswap"] == "innerHTML"
    found = text(answer)
    assert found.startswith("gespeichert um ")
    assert "außer „Vereinbart am“<input" in found
    assert 'name="revision" value="1"' in found
    assert (Proposal.objects.get().title, proposal.partners.count()) == ("Pegel", 0)


def test_saving_by_itself_never_conflicts_with_its_own_button(login: Login) -> None:
    proposal = proposing.draft()
    client = login(proposal.owner)
    background(client, proposal, title="Peg", sitting="blatt")

    answer = client.post(proposal.get_absolute_url(), sent(proposal, title="Pegel", sitting="blatt"))

    assert answer.status_code == 302


def test_saving_by_itself_tells_conflicts_and_refusals(login: Login) -> None:
    proposal = proposing.complete()
    client = login(proposal.owner)
    stale = proposing.complete(proposal.owner)
    proposals.save(stale, {"title": "Neuer"}, by=stale.owner, revision=1)

    conflict = background(client, stale, title="Meiner")
    proposing.submit(proposal)
    refused = background(client, proposal, title="Zu spät")

    assert (conflict.status_code, refused.status_code) == (409, 409)
    assert "dann sehen Sie beide Fassungen" in text(conflict)
    assert text(refused).startswith("Nicht gespeichert: Der Vorschlag liegt der Redaktion")


# The picture ----------------------------------------------------------------------------------------------


def photo(content: bytes | None = None, name: str = "pegel.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or factories.jpeg(), "image/jpeg")


DESCRIBED = {"alt": "Ein Pegel im Bach.", "credit": "Stadt Musterhausen", "rights": "on"}


def test_picture_is_added_and_removed(login: Login) -> None:
    proposal = proposing.draft()
    client, url = login(proposal.owner), page("proposal_picture", proposal)

    assert client.post(url, DESCRIBED | {"datei": photo()}).url == url
    assert Proposal.objects.get().picture == Picture.objects.get()
    assert "Dieses Bild gehört zum Vorschlag" in text(client.get(url))
    assert client.post(url, {"entfernen": "1"}).url == url
    assert not Picture.objects.exists()


@pytest.mark.parametrize("missing", ["datei", "alt", "credit", "rights"])
def test_picture_needs_everything(login: Login, missing: str) -> None:
    proposal = proposing.draft()
    values = DESCRIBED | {"datei": photo()}
    del values[missing]

    answer = login(proposal.owner).post(page("proposal_picture", proposal), values)

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [missing])
    assert not Picture.objects.exists()


def test_picture_that_is_none_gets_a_clear_message(login: Login) -> None:
    proposal = proposing.draft()
    client, url = login(proposal.owner), page("proposal_picture", proposal)
    out = BytesIO()
    Image.new("1", (10_000, 5_000)).save(out, "PNG")

    markup = client.post(url, DESCRIBED | {"datei": photo(b"<!doctype html><script>alert(1)</script>")})
    huge = client.post(url, DESCRIBED | {"datei": photo(out.getvalue(), "riesig.png")})

    assert (markup.status_code, huge.status_code) == (422, 422)
    assert "Webseiten (HTML) werden hier nicht angenommen." in text(markup)
    assert "höchstens 40 Millionen" in text(huge)
    assert "Ein Pegel im Bach." in text(huge)


def test_picture_page_takes_files_larger_than_forms(login: Login, settings: Any) -> None:
    proposal = proposing.draft()

    answer = login(proposal.owner).post(
        page("proposal_picture", proposal), DESCRIBED | {"datei": photo(b"x" * 4_000_000)}
    )

    assert answer.status_code == 422  # judged, not turned away by its size


# Preview, check, recall, discard --------------------------------------------------------------------------


def test_preview_shows_it_safely(login: Login) -> None:
    proposal = proposing.complete(
        body="## Ziel\n\n<script>alert(1)</script> **fett**", abstract="<b>Kurz</b>", contact_public=False
    )

    found = text(login(proposal.owner).get(page("proposal_preview", proposal)))

    assert "<h2>Ziel</h2>" in found
    assert "<strong>fett</strong>" in found
    assert "<script>alert" not in found
    assert "&lt;b&gt;Kurz&lt;/b&gt;" in found
    assert proposal.contact_email not in found
    assert "Lippeverband (Zweckverband)" in found


def test_check_lists_what_is_open_and_puts_nothing_in(login: Login) -> None:
    proposal = proposing.draft()

    answer = login(proposal.owner).post(
        page("proposal_check", proposal),
        {"correctness": "on", "publication": "on", "seen": proposals.seen(proposal)},
    )

    assert answer.status_code == 422
    assert [point["text"].partition(":")[0] for point in answer.context["points"]] == [
        "Titel", "Kategorie", "Partner", "Kurzbeschreibung", "Text",
    ]  # fmt: skip
    assert Proposal.objects.get().status == Status.DRAFT


def test_check_needs_the_declarations(login: Login) -> None:
    proposal = proposing.complete(contact_public=True)

    answer = login(proposal.owner).post(page("proposal_check", proposal), {"seen": proposals.seen(proposal)})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["correctness", "publication", "contact"]


def test_check_puts_it_in_once(login: Login) -> None:
    proposal = proposing.complete()
    client, url = login(proposal.owner), page("proposal_check", proposal)
    values = {"correctness": "on", "publication": "on", "seen": proposals.seen(proposal)}

    answers = [client.post(url, values) for _ in range(2)]

    assert [answer.url for answer in answers] == [proposal.get_absolute_url()] * 2
    assert Proposal.objects.get().status == Status.REVIEW
    assert "In Prüfung – liegt der Redaktion vor" in text(client.get(proposal.get_absolute_url()))


def test_check_of_what_changed_meanwhile_shows_it_anew(login: Login) -> None:
    proposal = proposing.complete()
    values = {"correctness": "on", "publication": "on", "seen": proposals.seen(proposal)}
    proposals.save(proposal, {"title": "Neuer Titel"}, by=proposal.owner, revision=1)

    answer = login(proposal.owner).post(page("proposal_check", proposal), values)

    assert answer.status_code == 409
    assert "hat sich geändert, seit Sie die Seite geöffnet haben" in text(answer)
    assert f'name="seen" value="{proposals.seen(Proposal.objects.get())}"' in text(answer)


def test_check_of_a_change_shows_the_difference(login: Login) -> None:
    project = factories.ProjectFactory(title="Alter Titel", partners=[MunicipalityFactory()])
    change = proposals.start_change(project, by=proposing.person(project.lead))
    proposals.save(change, {"title": "Neuer Titel"}, by=change.owner, revision=0)

    answer = login(change.owner).get(page("proposal_check", change))

    assert [row.label for row in answer.context["changes"]] == ["Titel", "Ansprechperson", "E-Mail-Adresse"]
    assert "<del>" in text(answer)
    assert Project.objects.get().title == "Alter Titel"


def test_recall_asks_and_takes_back(login: Login) -> None:
    proposal = proposing.waiting()
    client, url = login(proposal.owner), page("proposal_recall", proposal)

    assert "Vorschlag zurückholen" in text(client.get(url))
    assert Proposal.objects.get().status == Status.REVIEW
    assert client.post(url).url == proposal.get_absolute_url()
    assert Proposal.objects.get().status == Status.DRAFT
    again = client.post(url, follow=True)
    assert "Der Vorschlag ist ein Entwurf" in text(again)


def test_discard_asks_and_deletes(login: Login) -> None:
    proposal = proposing.draft(title="Pegel")
    client, url = login(proposal.owner), page("proposal_discard", proposal)

    assert "Das lässt sich nicht rückgängig machen." in text(client.get(url))
    assert client.post(url, follow=True).redirect_chain == [(LIST, 302)]
    assert not Proposal.objects.exists()
    assert client.post(url).status_code == 404


def test_returned_shows_the_reason_where_one_writes(login: Login) -> None:
    proposal = proposing.returned(reason="Nennen Sie <alle> Partner.")

    found = text(login(proposal.owner).get(proposal.get_absolute_url()))

    assert "Das bittet die Redaktion zu ändern" in found
    assert "Nennen Sie &lt;alle&gt; Partner." in found
    assert "Zurückgegeben – bitte überarbeiten" in found


def test_the_form_bears_whatever_is_sent(login: Login) -> None:
    """Every kind of nonsense in all fields at once, and a huge number in each field by itself."""
    proposal = proposing.complete()
    client, url = login(proposal.owner), proposal.get_absolute_url()
    fields = {name: value for form in Forms(text(client.get(url))).found for name, value in form[1].items()}
    huge = HOSTILE["a huge number"]
    attacks = [dict.fromkeys(fields, value) for value in HOSTILE.values()] + [fields | {name: huge} for name in fields]

    kind = "application/x-www-form-urlencoded"
    answers = {client.post(url, body(sent), content_type=kind).status_code for sent in [*attacks, {}]}

    assert answers <= {302, 409, 422}


def test_odd_queries_change_nothing(login: Login) -> None:
    proposal = proposing.draft()
    client = login(proposal.owner)
    queries = ("?seite=-1", "?x=%00", "?" + "a=1&" * 2000, "?sort=;DROP TABLE", "?q=" + "x" * 5000)
    urls = [LIST, *(page(name, proposal) for name in ("proposal", "proposal_check", "proposal_preview"))]

    answers = {client.get(url + query).status_code for url in urls for query in queries}

    assert answers == {200}
