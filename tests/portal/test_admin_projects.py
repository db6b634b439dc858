"""What editors can do with projects in the admin, and what it refuses with a sentence."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Municipality, User
from landespreis import clock
from landespreis.models import Trace
from portal.actions import projects, publishing
from portal.admin import adoption
from portal.directory import country
from portal.models import Block, Newsletter, Picture, Project, ProjectFacet, ProjectPartner, Topic
from submissions.models import Round, Submission
from tests.accounts.conftest import show_factor
from tests.accounts.factories import MunicipalityFactory, StaffFactory
from tests.portal import award, factories

pytestmark = pytest.mark.django_db
At = Callable[[datetime], None]
LIST = "/admin/portal/project/"
PROJECT = {
    "title": "Gemeinsame Bauakte",
    "origin": "foerderung",
    "abstract": "Zwei Städte führen ihre Akten in einem System.",
    "body": "## Worum es geht\n\nEine **Akte**.",
    "partners-TOTAL_FORMS": "0",
    "partners-INITIAL_FORMS": "0",
}
OUT = {"published_at_0": "20.01.2026", "published_at_1": "09:00"}


def in_role(client: Client, role: str) -> Client:
    call_command("load_roles", verbosity=0)
    user: User = StaffFactory()
    user.groups.add(Group.objects.get(name=role))
    show_factor(client, user)
    return client


@pytest.fixture
def editor(client: Client) -> Client:
    """Somebody of the Redaktion, with what `load_roles` grants."""
    return in_role(client, "Redaktion")


@pytest.fixture
def office(client: Client) -> Client:
    return in_role(client, "Geschäftsstelle")


def add(admin: Client, **values: Any) -> Any:
    return admin.post(f"{LIST}add/", PROJECT | values)


def change(admin: Client, project: Project, **values: Any) -> Any:
    return admin.post(reverse("admin:portal_project_change", args=[project.pk]), PROJECT | values)


def partners(*rows: dict[str, Any], initial: int = 0) -> dict[str, Any]:
    values: dict[str, Any] = {"partners-TOTAL_FORMS": len(rows), "partners-INITIAL_FORMS": initial}
    for place, row in enumerate(rows):
        full = {"municipality": "", "name": "", "kind": "", "country": "DE"} | row
        values |= {f"partners-{place}-{name}": value for name, value in full.items()}
    return values


def errors(response: Any) -> str:
    assert response.status_code == 200, response.headers
    forms = [response.context["adminform"].form, *response.context["inline_admin_formsets"][0].formset.forms]
    told = [str(error) for form in forms for rows in form.errors.values() for error in rows]
    return " ".join([*told, *response.context["inline_admin_formsets"][0].formset.non_form_errors()])


# Saving -------------------------------------------------------------------------------------------------


def test_project_is_stored_through_the_verb(editor: Client) -> None:
    lead, partner = MunicipalityFactory(), MunicipalityFactory()
    category, topic = factories.ProjectCategoryFactory(), factories.TopicFactory()
    rows = partners({"municipality": partner.choice}, {"name": "Gemeente  Venlo", "kind": "kommune", "country": "NL"})

    response = add(editor, lead=lead.choice, category=category.pk, topics=[topic.pk], **rows, **OUT)
    assert response.status_code == 302, errors(response)

    project = Project.objects.get()
    assert (project.slug, project.lead, project.is_funded) == ("gemeinsame-bauakte", lead, True)
    assert project.body_html == "<h2>Worum es geht</h2>\n<p>Eine <strong>Akte</strong>.</p>"
    assert list(project.partners.values_list("municipality", "name", "kind", "country")) == [
        (partner.pk, "", "nrw", "DE"),
        (None, "Gemeente Venlo", "kommune", "NL"),
    ]
    facets = set(project.facets.values_list("kind", "value"))
    assert {("thema", topic.slug), ("kategorie", category.key), ("kommune", partner.ags)} <= facets
    assert project.document.public_from == project.published_at
    assert response.url == LIST


def test_project_of_a_landschaftsverband_is_found_in_each_of_its_regions(db: None) -> None:
    rheinland = MunicipalityFactory(
        ags=None, district_ags="", region="Düsseldorf, Köln", kind=Municipality.Kind.ASSOCIATION
    )

    project = factories.ProjectFactory(lead=rheinland)

    found = set(project.facets.filter(kind="bezirk").values_list("value", flat=True))
    assert found == {"duesseldorf", "koeln"} <= {region.value for region in country.regions()}


def test_change_renews_partners_topics_and_facets(editor: Client) -> None:
    kept, gone, new = (MunicipalityFactory() for _ in range(3))
    project = factories.ProjectFactory(partners=[kept, gone], topics=[factories.TopicFactory()], draft=True)
    first, second = project.partners.order_by("pk")
    rows = partners(
        {"id": first.pk, "project": project.pk, "municipality": kept.choice},
        {"id": second.pk, "project": project.pk, "municipality": gone.choice, "DELETE": "on"},
        {"municipality": new.ags},
        initial=2,
    )

    response = change(editor, project, lead=project.lead.choice, category=project.category_id, **rows)
    assert response.status_code == 302, errors(response)

    assert [partner.municipality for partner in project.partners.select_related("municipality")] == [kept, new]
    assert list(project.topics.all()) == []
    towns = project.facets.filter(kind="kommune").values_list("value", flat=True)
    assert set(towns) == {project.lead.ags, kept.ags, new.ags}
    assert not project.facets.filter(kind="thema").exists()


def test_change_leaves_the_rows_of_partners_that_stay_the_same(editor: Client) -> None:
    project = factories.ProjectFactory(partners=["Zweckverband Ruhr"], draft=True)
    row = project.partners.get()
    same = {"id": row.pk, "project": project.pk, "name": row.name, "kind": row.kind}

    change(editor, project, lead=project.lead.choice, **partners(same, initial=1))

    assert project.partners.get() == row


def test_former_address_is_shown_and_leads_on(editor: Client) -> None:
    project = factories.ProjectFactory(draft=True)
    before = project.slug
    url = reverse("admin:portal_project_change", args=[project.pk])
    former = {"former_addresses-TOTAL_FORMS": "0", "former_addresses-INITIAL_FORMS": "0"}

    change(editor, project, slug="neu", **former)

    assert project.former_addresses.get().slug == before
    assert before in editor.get(url).content.decode()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": "Zwei\nZeilen"}, "nur in eine Zeile"),
        ({"slug": "feed"}, "schon vergeben"),
        ({"lead": "Atlantis"}, "steht nicht im Verzeichnis"),
        ({"body": "### zu früh"}, "fehlt eine Überschrift"),
        ({"origin": ""}, "woher das Projekt kommt"),
        (OUT, "Veröffentlichen lässt sich ein Projekt mit Titel, Kategorie, federführender Kommune"),
        ({"contact_public": "on", "contact_name": "Iva"}, "mit Name und E-Mail-Adresse"),
        ({"state": "umsetzung", "state_since": "01.05.2023"}, "im Betrieb"),
        ({"prize_year": "2022"}, "für Beiträge zum Landespreis"),
        ({"edition": "1. Landespreis"}, "für Beiträge zum Landespreis"),
        ({"origin": "landespreis"}, "Nennen Sie den Wettbewerb"),
        ({"origin": "landespreis", "edition": "1. Landespreis 2021/22", "prize_year": "2999"}, "ein Jahr zwischen"),
        (partners({"municipality": "Atlantis"}), "steht nicht im Verzeichnis"),
        (partners({"name": "Venlo"}), "Art des Partners"),
        (partners({"kind": "kommune"}), "Nennen Sie den Partner"),
        (partners(*[{"name": name, "kind": "aoer"} for name in ("Ruhr", "RUHR")]), "steht doppelt"),
    ],
)
def test_project_says_what_to_change(editor: Client, values: dict[str, str], said: str) -> None:
    response = add(editor, **values)

    assert said in errors(response)
    assert not Project.objects.exists()


def test_partner_is_not_the_lead_and_not_two_things(editor: Client) -> None:
    lead, other = MunicipalityFactory(), MunicipalityFactory()

    assert "schon federführend" in errors(add(editor, lead=lead.choice, **partners({"municipality": lead.ags})))
    both = {"municipality": other.ags, "name": "Venlo", "kind": "kommune"}
    assert "oder nennen Sie einen Namen" in errors(add(editor, **partners(both)))
    twice = partners({"municipality": other.ags}, {"municipality": other.choice})
    assert "steht doppelt" in errors(add(editor, **twice))


def test_award_by_hand_is_for_earlier_rounds(editor: Client, open_round: Round) -> None:
    values = {"origin": "landespreis", "prize_year": "2022"}

    refused = add(editor, **values, edition="2. landespreis 2025/26")
    accepted = add(editor, **values, edition="1. Landespreis 2021/22")

    assert "Übernehmen Sie sie unter" in errors(refused)
    assert accepted.status_code == 302, errors(accepted)
    project = Project.objects.get()
    assert (project.prize_year, project.submission) == (2022, None)
    assert project.facets.filter(kind="auszeichnung", value="preis").exists()


def test_form_says_that_contact_needs_consent(editor: Client) -> None:
    MunicipalityFactory()

    page = editor.get(f"{LIST}add/").content.decode()

    assert page.count("Nur mit Einwilligung der genannten Person.") == 4
    assert "Kontakt, nur mit Einwilligung" in page
    assert page.count('<datalist id="register">') == 1


# Copies of entries --------------------------------------------------------------------------------------


def test_copy_keeps_origin_entry_and_prize(editor: Client, open_round: Round) -> None:
    project = award.copied(award.entry(open_round))
    page = editor.get(reverse("admin:portal_project_change", args=[project.pk])).content.decode()

    values = {"origin": "foerderung", "prize_year": "2026", "submission": "", "edition": "2. Landespreis"}
    assert change(editor, project, **values).status_code == 302

    project.refresh_from_db()
    assert (project.origin, project.prize_year, project.edition) == ("landespreis", None, "2. Landespreis")
    assert project.submission_id
    assert "IKZ-2026-0001, Kopie der eingereichten Version" in page
    assert "Stimmen Sie Text und Bilder vorher mit der Kommune ab" in page


def test_copy_comes_out_after_the_ceremony_only(editor: Client, open_round: Round) -> None:
    project = award.copied(award.entry(open_round))
    values = {"lead": project.lead.choice, "category": project.category_id}  # type: ignore[union-attr]

    early = change(editor, project, **values, published_at_0="15.04.2026", published_at_1="11:59")
    late = change(editor, project, **values, published_at_0="15.04.2026", published_at_1="12:00")

    assert "frühestens Mittwoch, 15. April 2026" in errors(early)
    assert late.status_code == 302, errors(late)
    project.refresh_from_db()
    assert project.published_at == open_round.embargo_until


def test_copy_without_ground_is_told_loudly(editor: Client, open_round: Round, at: At) -> None:
    project = award.copied(award.entry(open_round))
    Submission.objects.update(status="withdrawn")
    at(open_round.embargo_until)

    shown = editor.get(reverse("admin:portal_project_change", args=[project.pk])).content.decode()
    listed = editor.get(LIST, {"beitrag": "entfallen"})
    asked = editor.post(reverse("admin:portal_publishing", args=[project.pk, "veroeffentlichen"]), follow=True)

    assert "Der Beitrag ist zurückgezogen. Das Projekt ist deshalb nicht öffentlich" in shown
    assert list(listed.context["cl"].queryset) == [project]
    assert "nicht öffentlich: Grundlage entfallen" in listed.content.decode()
    assert "Das Projekt bleibt deshalb nicht öffentlich" in asked.content.decode()
    project.refresh_from_db()
    assert project.published_at is None


# Publishing and deleting --------------------------------------------------------------------------------


def test_publish_and_withdraw_ask_first(editor: Client) -> None:
    project = factories.ProjectFactory(planned=True)
    publish = reverse("admin:portal_publishing", args=[project.pk, "veroeffentlichen"])
    withdraw = reverse("admin:portal_publishing", args=[project.pk, "zuruecknehmen"])

    assert "sofort für alle zu sehen" in editor.get(publish).content.decode()
    editor.post(publish)
    project.refresh_from_db()
    assert project.is_public(clock.now())
    assert project.document.public_from == project.published_at

    assert "verschwindet sofort" in editor.get(withdraw).content.decode()
    editor.post(withdraw)
    project.refresh_from_db()
    assert (project.published_at, project.document.public_from) == (None, None)
    lines = Trace.objects.order_by("pk")
    assert [(line.verb, line.about, line.detail) for line in lines] == [
        (verb, project.title, {"project": project.pk}) for verb in ("project_published", "project_withdrawn")
    ]
    assert all(line.by for line in lines)


def test_publish_again_leaves_no_line() -> None:
    publishing.publish(factories.ProjectFactory(), by=None)

    assert not Trace.objects.exists()


def test_publish_says_what_is_missing(editor: Client) -> None:
    project = factories.ProjectFactory(draft=True, lead=None)

    answer = editor.post(reverse("admin:portal_publishing", args=[project.pk, "veroeffentlichen"]))

    assert "federführender Kommune und Kurzbeschreibung" in answer.content.decode()
    project.refresh_from_db()
    assert project.published_at is None


@pytest.mark.parametrize(("act", "status"), [("loeschen", 404), ("veroeffentlichen", 403)])
def test_publishing_needs_a_known_verb_and_the_right(client: Client, act: str, status: int) -> None:
    project = factories.ProjectFactory(draft=True)
    show_factor(client, StaffFactory(superuser=status == 404))

    assert client.post(reverse("admin:portal_publishing", args=[project.pk, act])).status_code == status


def test_change_page_leads_to_preview_or_page(editor: Client) -> None:
    draft, out = factories.ProjectFactory(draft=True), factories.ProjectFactory()

    pages = [editor.get(reverse("admin:portal_project_change", args=[row.pk])).content.decode() for row in (draft, out)]

    assert f'<a href="{draft.get_absolute_url()}">Vorschau</a>' in pages[0]
    assert f'<a href="{out.get_absolute_url()}">Auf der Website ansehen</a>' in pages[1]
    assert ("Veröffentlichen</a>" in pages[0], "Zurücknehmen</a>" in pages[1]) == (True, True)


def test_delete_asks_and_says_what_goes_along(editor: Client) -> None:
    project = factories.ProjectFactory(partners=["Venlo", "Ruhr"])
    url = reverse("admin:portal_project_delete", args=[project.pk])

    asked = editor.get(url).content.decode()
    editor.post(url, {"post": "yes"})

    assert "2 Partner" in asked
    assert not Project.objects.exists()
    assert not ProjectPartner.objects.exists()
    assert "delete_selected" not in editor.get(LIST).content.decode()


def test_delete_of_a_project_in_a_newsletter_is_refused(editor: Client) -> None:
    project = factories.ProjectFactory()
    newsletter = Newsletter.objects.create(subject="Neues vom Preis", changed_at=clock.now())
    Block.objects.create(newsletter=newsletter, kind="projekt", project=project)
    url = reverse("admin:portal_project_delete", args=[project.pk])

    asked = editor.get(url).content.decode()
    editor.post(url, {"post": "yes"})

    assert f"Newsletter {newsletter}" in asked
    assert "Nehmen Sie es dort zuerst heraus" in asked
    assert Project.objects.exists()


def test_picture_of_a_project_stays_as_long_as_it_is_shown(editor: Client) -> None:
    picture = factories.picture()
    factories.ProjectFactory(body=f"![Blau](bild:{picture.pk})", title="Im Text")
    factories.ProjectFactory(picture=picture, title="Oben")
    url = reverse("admin:portal_picture_delete", args=[picture.pk])

    shown = editor.get(reverse("admin:portal_picture_change", args=[picture.pk])).content.decode()
    editor.post(url, {"post": "yes"})

    assert "Oben, Im Text" in shown
    assert Picture.objects.exists()


# Lists --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_same_for_one_and_three(
    editor: Client, open_round: Round, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        factories.ProjectFactory(partners=["Venlo"])
        award.copied(award.entry(open_round))

    with django_assert_num_queries(10):
        assert editor.get(LIST).context["cl"].result_count == 2 * count


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"stand": "oeffentlich"}, "out"),
        ({"stand": "geplant"}, "planned"),
        ({"stand": "intern"}, "draft"),
        ({"wettbewerb": "1. Landespreis 2021/22"}, "out"),
        ({"is_funded__exact": "1"}, "planned"),
        ({"origin__exact": "vorschlag"}, "draft"),
        ({"q": "Venlo"}, "planned"),
    ],
)
def test_list_is_filtered(editor: Client, query: dict[str, str], found: str) -> None:
    rows = {
        "out": factories.ProjectFactory(origin="landespreis", edition="1. Landespreis 2021/22"),
        "planned": factories.ProjectFactory(planned=True, is_funded=True, partners=["Venlo", "Venlo-Nord"]),
        "draft": factories.ProjectFactory(draft=True, origin="vorschlag"),
    }

    assert list(editor.get(LIST, query).context["cl"].queryset) == [rows[found]]
    assert len(editor.get(LIST, {"wettbewerb": "-"}).context["cl"].queryset) == 2


# Taking entries over ------------------------------------------------------------------------------------


def test_adoption_is_for_the_office(client: Client, open_round: Round) -> None:
    entry = award.entry(open_round)
    url = reverse("admin:portal_adoption")
    in_role(client, "Redaktion")

    assert "Beiträge übernehmen" not in client.get(LIST).content.decode()
    assert client.get(url).status_code == client.post(url, {"one": entry.pk}).status_code == 403
    assert not Project.objects.exists()


def test_adoption_takes_one_or_many(office: Client, open_round: Round) -> None:
    first, second, third = (award.entry(open_round) for _ in range(3))
    url = reverse("admin:portal_adoption")

    listed = office.get(url).content.decode()
    one = office.post(url, {"one": first.pk, "entry": [second.pk]}, follow=True).content.decode()
    asked = office.post(url, {"entry": [second.pk, third.pk]}).content.decode()
    unasked = Project.objects.count()
    carried = {"entry": f"{second.pk} {third.pk}"}
    many = office.post(url, carried | {"confirmed": "Übernehmen"}, follow=True).content.decode()

    assert "Beiträge übernehmen</a>" in office.get(LIST).content.decode()
    assert [listed.count(entry.label) for entry in (first, second, third)] == [1, 1, 1]
    assert "1 Beitrag ist übernommen, noch nicht öffentlich" in one
    assert first.label not in one
    assert [label in asked for label in (first.label, second.label, third.label)] == [False, True, True]
    assert "Sie ist noch nicht öffentlich, und die Einreichung selbst ändert sich nicht." in asked
    assert f'name="entry" value="{carried["entry"]}"' in asked
    assert unasked == 1
    assert "Zwei Beiträge sind übernommen" in many
    assert "Zurzeit wartet kein Beitrag" in many
    assert set(Project.objects.values_list("submission", flat=True)) == {first.pk, second.pk, third.pk}


@pytest.mark.parametrize(("limit", "value"), [("AT_ONCE", 2), ("IMAGES_AT_ONCE", 1)])
def test_adoption_takes_as_many_as_one_request_can(
    office: Client, open_round: Round, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    rows = [award.entry(open_round, images=count) for count in (1, 0, 1)]
    monkeypatch.setattr(adoption, limit, value)

    chosen = {"entry": [row.pk for row in rows]}
    asked = office.post(reverse("admin:portal_adoption"), chosen).content.decode()
    answer = office.post(reverse("admin:portal_adoption"), chosen | {"confirmed": "ja"}, follow=True)

    assert ("Die übrigen stehen danach noch in der Liste." in asked, rows[2].label in asked) == (True, False)
    assert "Die übrigen stehen noch hier" in answer.content.decode()
    assert set(Project.objects.values_list("submission", flat=True)) == {rows[0].pk, rows[1].pk}


@pytest.mark.parametrize("keys", [{}, {"one": "unsinn"}, {"entry": ["", "x" * 5000, "0" * 32]}])
def test_adoption_of_nothing_says_so(office: Client, open_round: Round, keys: dict[str, Any]) -> None:
    answer = office.post(reverse("admin:portal_adoption"), keys, follow=True)

    assert "Wählen Sie Beiträge aus" in answer.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_adoption_list_asks_the_same_for_one_and_three(
    office: Client, open_round: Round, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        award.entry(open_round)

    with django_assert_num_queries(7):
        assert len(office.get(reverse("admin:portal_adoption")).context["waiting"]) == count


@pytest.mark.usefixtures("lasting_sessions")
def test_adoption_says_nothing_of_the_decision(office: Client, open_round: Round, at: At) -> None:
    winner, other = award.entry(open_round), award.entry(open_round)
    url = reverse("admin:portal_adoption")
    before = office.get(url).content.decode()
    award.decide(open_round, "krisen", winner)
    at(open_round.embargo_until - timedelta(seconds=1))

    def told(page: str) -> str:
        return page[page.index("<tbody>") : page.index("</tbody>")]

    assert told(office.get(url).content.decode()) == told(before)
    assert office.post(url, {"entry": [winner.pk, other.pk], "confirmed": "ja"}).status_code == 302
    pages = [office.get(f"{LIST}{row.pk}/change/").content.decode() for row in Project.objects.order_by("pk")]
    assert [page.count("Preis") for page in pages] == [pages[0].count("Preis")] * 2


# What the directory is sorted by ------------------------------------------------------------------------


def test_topic_that_is_renamed_or_removed_takes_its_facets_along(editor: Client) -> None:
    topic = factories.TopicFactory(slug="alt")
    project = factories.ProjectFactory(topics=[topic])
    url = reverse("admin:portal_topic_change", args=[topic.pk])

    editor.post(url, {"name": topic.name, "slug": "neu", "position": "0"})
    assert list(project.facets.filter(kind="thema").values_list("value", flat=True)) == ["neu"]

    editor.post(reverse("admin:portal_topic_delete", args=[topic.pk]), {"post": "yes"})
    assert not ProjectFacet.objects.filter(kind="thema").exists()
    assert not Topic.objects.exists()


def test_category_that_gets_another_key_takes_its_facets_along(editor: Client) -> None:
    project = factories.ProjectFactory()
    category = project.category
    values = {"name": category.name, "short_name": category.short_name, "key": "neu", "hue": "blau", "position": "1"}

    editor.post(reverse("admin:portal_projectcategory_change", args=[category.pk]), values)

    assert project.facets.get(kind="kategorie").value == "neu"
    before = set(project.facets.values_list("kind", "value"))
    projects.refresh(Project.objects.get())
    assert set(project.facets.values_list("kind", "value")) == before
