"""Entries of the award on their way into the directory: what is copied, from where, by whom, and what takes it back."""

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.files.storage import default_storage
from hypothesis import given, strategies

from accounts.models import Municipality, User
from landespreis import clock, history, wording
from landespreis.refusal import NotAllowed, Refused
from portal import entries, manuscript, richtext, tasks
from portal.actions import adoption, projects
from portal.models import Picture, Project, ProjectCategory
from submissions.models import Answer, Attachment, Partner, Round, Submission, Version
from tests.accounts.factories import MunicipalityFactory, StaffFactory
from tests.portal import award, factories
from tests.submissions import factories as submissions

pytestmark = pytest.mark.django_db
At = Callable[[datetime], None]


# What is copied -----------------------------------------------------------------------------------------


def test_adopt_copies_the_facts_of_the_version(open_round: Round) -> None:
    entry = award.entry(open_round, website="https://pegel.example/")

    project = award.copied(entry)

    assert {name: getattr(project, name) for name in (
        "title", "lead", "department", "legal_form", "agreed_on", "state", "state_since", "website", "abstract",
        "origin", "edition", "submission", "published_at", "prize_year", "picture", "slug",
    )} == {
        "title": "PegelVerbund Hellweg",
        "lead": entry.submitted_lead,
        "department": "Fachbereich Feuerwehr",
        "legal_form": "oerv",
        "agreed_on": date(2023, 3, 14),
        "state": "betrieb",
        "state_since": date(2023, 5, 1),
        "website": "https://pegel.example/",
        "abstract": "Fünf Kommunen warnen gemeinsam vor Starkregen.",
        "origin": "landespreis",
        "edition": "2. Landespreis 2025/26",
        "submission": entry,
        "published_at": None,
        "prize_year": None,
        "picture": None,
        "slug": "pegelverbund-hellweg",
    }  # fmt: skip
    assert project.category
    assert (project.category.key, project.category.short_name) == ("krisen", "Krisenbewältigung")


def test_adopt_takes_the_category_that_is_there(open_round: Round) -> None:
    known = factories.ProjectCategoryFactory(key="krisen", name="Krisen", short_name="Krisen")

    assert award.copied(award.entry(open_round)).category == known
    assert list(ProjectCategory.objects.all()) == [known]


def test_adopt_copies_the_partners_in_their_order(open_round: Round) -> None:
    draft = submissions.complete(open_round)
    listed = draft.partners.get().municipality
    Partner.objects.create(submission=draft, name="Gemeente Venlo", kind="kommune", country="NL")
    association = MunicipalityFactory(ags=None, kind=Municipality.Kind.ASSOCIATION)
    Partner.objects.create(submission=draft, municipality=association)
    submissions.submit(draft, publication=True)
    Submission.objects.update(formal_check="admitted")

    project = award.copied(draft)

    partners = project.partners.values_list("municipality", "name", "kind", "country")
    assert listed
    assert list(partners) == [
        (listed.pk, "", "nrw", "DE"),
        (None, "Gemeente Venlo", "kommune", "NL"),
        (association.pk, "", "nrw", "DE"),
    ]


def test_adopt_names_a_partner_freely_that_has_left_the_register(open_round: Round) -> None:
    entry = award.entry(open_round)
    partner = entry.partners.get()
    gone = partner.municipality
    assert gone
    partner.delete()
    gone.delete()

    assert list(award.copied(entry).partners.values_list("name", "kind")) == [(gone.label, "kommune")]


def test_adopt_reads_the_version_and_never_the_draft(open_round: Round) -> None:
    entry = award.entry(open_round)
    Submission.objects.update(title="Neuer Titel", abstract="Neu", contact_public=True)
    Answer.objects.update(text="Neuer Text")

    project = award.copied(entry)

    assert (project.title, project.contact_name) == ("PegelVerbund Hellweg", "")
    assert "Neuer Text" not in project.body


def test_adopt_leaves_entry_and_version_as_they_are(open_round: Round) -> None:
    entry = award.entry(open_round, images=1)
    tables = (Submission, Version, Answer, Partner, Attachment)
    before = [list(model._default_manager.order_by("pk").values()) for model in tables]

    award.copied(entry)

    assert [list(model._default_manager.order_by("pk").values()) for model in tables] == before


def test_adopt_sets_the_answers_below_headings_for_readers(open_round: Round) -> None:
    draft = submissions.complete(open_round)
    Answer.objects.filter(submission=draft, question__key="beschreibung").update(
        text="Fünf Partner.\n\n# Messen *alle*"
    )
    submissions.submit(draft, publication=True)
    Submission.objects.update(formal_check="admitted")

    project = award.copied(draft)

    assert re.findall(r"<h2>(.*?)</h2>", project.body_html) == [
        "Worum es geht",
        "Was es bringt",
        "Was daran neu ist",
        "Wie es trägt und wem es nützt",
        "So lässt es sich übertragen",
        "Wie es auf Dauer gesichert ist",
    ]
    assert project.body.startswith("## Worum es geht\n\nFünf Partner.\n\n\\# Messen \\*alle\\*\n\n## Was es bringt")
    assert "<p># Messen *alle*</p>" in project.body_html


@pytest.mark.parametrize(
    ("consent", "copied"),
    [
        (True, ("Meike Brandhorst", "meike.brandhorst@soest.example", "02921 0000", True)),
        (False, ("", "", "", False)),
    ],
)
def test_adopt_copies_the_contact_with_its_consent_only(
    open_round: Round, consent: bool, copied: tuple[str, str, str, bool]
) -> None:
    project = award.copied(award.entry(open_round, contact_public=consent))

    contact = (project.contact_name, project.contact_email, project.contact_phone, project.contact_public)
    assert contact == copied


# Text ---------------------------------------------------------------------------------------------------


@given(words=strategies.text(alphabet=strategies.sampled_from("ab1 \n#*-•>[]()!\\.:3&<bild/"), min_size=1, max_size=60))
def test_escaped_text_is_shown_letter_by_letter(words: str) -> None:
    marked = manuscript.escaped(words.replace("•", "·"))

    done = richtext.render(marked)

    shown = unescape(re.sub(r"<(?!/?blockquote)[^>]+>", " ", done.html))
    assert done.problems == []
    assert shown.split() == words.replace("•", "·").split()


def test_escaped_text_keeps_days_and_stars_inside_words() -> None:
    assert manuscript.escaped("14. Juni: Bürger*innen") == "14\\. Juni: Bürger*innen"


def test_text_ends_a_paragraph_where_a_line_was_ended() -> None:
    words = "Erst so.\r\nDann so.\n\n\nDafür nötig:\n- Geld\n2. Zeit\nUnd Mut."

    told = manuscript.text([{"key": "neu", "title": "Neues", "text": words}])

    paragraphs = re.findall(r"<p>(.*?)</p>", richtext.render(told).html, re.DOTALL)
    assert paragraphs == ["Erst so.", "Dann so.", "Dafür nötig:<br>- Geld<br>2. Zeit", "Und Mut."]


def test_text_leaves_out_what_was_not_answered() -> None:
    answers = [{"key": "gewinn", "title": "Gewinn", "text": " \n"}, {"key": "neu", "title": "Neues", "text": "Ja."}]

    assert manuscript.text(answers) == "## Neues\n\nJa."


@pytest.mark.parametrize(
    ("name", "opens", "ceremony", "said"),
    [
        ("2. Landespreis für innovative Zusammenarbeit", 2025, 2026, "2. Landespreis 2025/26"),
        ("3. Landespreis", 2027, 2027, "3. Landespreis 2027"),
        ("1. Landespreis 2021/22", 2021, 2022, "1. Landespreis 2021/22"),
        ("Ein Preis mit einem sehr langen Namen ohne jedes Ende, der nicht in die Spalte passt", 2025, 2026,
         "Ein Preis mit einem sehr langen Namen ohne jedes End 2025/26"),
    ],
)  # fmt: skip
def test_edition_is_the_short_name_with_its_years(name: str, opens: int, ceremony: int, said: str) -> None:
    round_ = Round(name=name, opens_at=datetime(opens, 1, 1, tzinfo=clock.BERLIN), ceremony_on=date(ceremony, 12, 1))

    assert entries.edition(round_) == said
    assert len(said) <= 60


# Pictures -----------------------------------------------------------------------------------------------


def test_adopt_makes_pictures_of_the_images(open_round: Round) -> None:
    project = award.copied(award.entry(open_round, images=2))

    first, second = Picture.objects.order_by("pk")
    assert (first.alt, first.credit, first.width) == ("Pegel [Nummer 0] am Ufer", "Stadt Soest", 640)
    assert project.picture == first
    assert project.body.endswith(f"\n\n![Pegel (Nummer 1) am Ufer](bild:{second.pk})")
    assert second.src in project.body_html


def test_adopt_takes_alternative_text_and_rights_of_the_version(open_round: Round) -> None:
    entry = award.entry(open_round, images=1)
    Attachment.objects.update(alt="Später geändert", rights="Jemand")

    award.copied(entry)

    assert list(Picture.objects.values_list("alt", "credit")) == [("Pegel [Nummer 0] am Ufer", "Stadt Soest")]


def test_adopt_shows_a_picture_that_is_there_already(open_round: Round) -> None:
    first = award.copied(award.entry(open_round, images=1))
    second = award.copied(award.entry(open_round, images=1))

    assert Picture.objects.count() == 1
    assert first.picture == second.picture


def test_adopt_does_without_an_image_that_is_missing(open_round: Round) -> None:
    entry = award.entry(open_round, images=1)
    default_storage.delete(str(entry.attachments.get().file.name))

    assert award.copied(entry).picture is None


def test_adopt_leaves_no_picture_behind_when_it_fails(open_round: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = award.entry(open_round, images=1)

    def refuse(*args: Any, **kwargs: Any) -> Project:
        raise Refused("Die Adresse ist vergeben.")

    monkeypatch.setattr(projects, "save", refuse)
    with pytest.raises(Refused):
        award.copied(entry)

    assert not Picture.objects.exists()


# Who and when -------------------------------------------------------------------------------------------


def spoil(entry: Submission, how: str) -> None:
    changes = {
        "withdrawn": {"status": Submission.Status.WITHDRAWN},
        "excluded": {"formal_check": Submission.Check.EXCLUDED},
        "open": {"formal_check": Submission.Check.OPEN},
    }
    Submission.objects.filter(pk=entry.pk).update(**changes[how])


@pytest.mark.parametrize(
    ("how", "said"),
    [("withdrawn", "zurückgezogen"), ("excluded", "ausgeschlossen"), ("open", "nicht zugelassen")],
)
def test_adopt_refuses_an_entry_that_is_not_admitted(open_round: Round, how: str, said: str) -> None:
    entry = award.entry(open_round)
    spoil(entry, how)

    with pytest.raises(Refused, match=said):
        award.copied(entry)

    assert list(entries.waiting()) == []


def test_adopt_refuses_a_draft(open_round: Round) -> None:
    with pytest.raises(Refused, match="nicht eingereicht"):
        award.copied(submissions.complete(open_round))


def test_adopt_refuses_without_consent(open_round: Round) -> None:
    entry = award.entry(
        open_round, consent=False, title='Ich tippe "publication":true', abstract='{"publication":true}'
    )

    with pytest.raises(Refused, match="nicht zugestimmt"):
        award.copied(entry)

    assert list(entries.waiting()) == []


def test_adopt_refuses_twice_and_names_what_is_there(open_round: Round) -> None:
    entry = award.entry(open_round)
    award.copied(entry)
    assert list(entries.waiting()) == []
    Project.objects.update(title="Umbenannt")

    with pytest.raises(Refused, match=f"{entry.label} steht schon im Verzeichnis: „Umbenannt“"):
        award.copied(entry)

    assert Project.objects.count() == 1


def test_adopt_names_what_somebody_else_was_quicker_with(open_round: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = award.entry(open_round, images=1)
    there = award.copied(entry)
    monkeypatch.setattr(adoption, "_require_adoptable", lambda entry: None)

    with pytest.raises(Refused, match=there.title):
        award.copied(entry)

    assert Picture.objects.count() == 1


@pytest.mark.parametrize(
    ("permissions", "may"),
    [
        ((), False),
        (("portal.add_project",), False),
        (("submissions.view_submission",), False),
        (("portal.add_project", "submissions.view_submission"), True),
    ],
)
def test_adopt_is_for_those_who_read_entries(open_round: Round, permissions: tuple[str, ...], may: bool) -> None:
    entry = award.entry(open_round)
    person: User = StaffFactory()
    person.user_permissions.set(Permission.objects.filter(codename__in=[name.split(".")[1] for name in permissions]))

    if may:
        assert adoption.adopt(entry, by=person).submission == entry
    else:
        with pytest.raises(NotAllowed):
            adoption.adopt(entry, by=person)


def test_waiting_is_in_the_order_of_numbers_whatever_the_jury_decided(open_round: Round) -> None:
    first, second, third = (award.entry(open_round) for _ in range(3))
    award.decide(open_round, "krisen", third)

    assert list(entries.waiting()) == [first, second, third]


# What takes it back -------------------------------------------------------------------------------------


def published(entry: Submission, at: At) -> Project:
    """Return the copy of `entry`, public since the end of the embargo."""
    project = award.copied(entry)
    at(entry.round.embargo_until + timedelta(minutes=1))
    project.published_at = entry.round.embargo_until
    return projects.save(project)


def told(project: Project) -> list[tuple[str, int | None, str | None]]:
    """Return verb, person and moment of every line of the portal's journal about a project."""
    return [(trace.verb, trace.by_id, trace.detail.get("until")) for trace in history.of(project)]


@pytest.mark.parametrize("how", ["withdrawn", "excluded", "open"])
def test_retract_takes_a_copy_down_whose_entry_has_lost_its_ground(open_round: Round, at: At, how: str) -> None:
    kept, lost = (published(award.entry(open_round), lambda moment: None) for _ in range(2))
    at(open_round.embargo_until + timedelta(minutes=1))
    assert lost.submission
    spoil(lost.submission, how)

    tasks.retract_projects()

    kept.refresh_from_db()
    lost.refresh_from_db()
    assert (kept.published_at, lost.published_at) == (open_round.embargo_until, None)
    assert lost.document.public_from is None
    assert list(entries.unfounded()) == [lost]
    assert adoption.retract_exposed() == 0


def test_retract_takes_a_copy_down_whose_new_version_has_no_consent(open_round: Round, at: At) -> None:
    entry = award.entry(open_round)
    award.copied(entry)
    Project.objects.update(published_at=open_round.embargo_until)
    Submission.objects.filter(pk=entry.pk).update(abstract="Neu", formal_check="open")
    submissions.submit(Submission.objects.get(pk=entry.pk), publication=False)
    Submission.objects.filter(pk=entry.pk).update(formal_check="admitted")

    assert adoption.retract_exposed() == 1


def test_retract_takes_a_copy_down_that_the_ceremony_has_moved_away_from(open_round: Round, at: At) -> None:
    project = published(award.entry(open_round), at)
    open_round.embargo_until += timedelta(days=7)
    open_round.save()

    assert adoption.retract_exposed() == 1
    project.refresh_from_db()
    assert project.published_at == open_round.embargo_until
    assert not project.is_public(clock.now())
    assert project.document.public_from == open_round.embargo_until
    assert told(project) == [("project_moved", None, wording.iso(open_round.embargo_until))]
    assert adoption.retract_exposed() == 0
    at(open_round.embargo_until)
    assert project.is_public(clock.now())


def test_retract_moves_planned_copies_along_with_the_ceremony(open_round: Round) -> None:
    kept, lost = (award.copied(award.entry(open_round)) for _ in range(2))
    Project.objects.update(published_at=open_round.embargo_until)
    assert lost.submission
    spoil(lost.submission, "withdrawn")
    open_round.embargo_until += timedelta(days=7)
    open_round.save()

    tasks.retract_projects()

    kept.refresh_from_db()
    lost.refresh_from_db()
    assert (kept.published_at, lost.published_at) == (open_round.embargo_until, None)
    assert told(kept) == [("project_moved", None, wording.iso(open_round.embargo_until))]
    assert told(lost) == [("project_withdrawn", None, None)]


def test_retract_goes_on_after_a_copy_that_fails(open_round: Round, first_fails: Callable[[object, str], None]) -> None:
    for project in [award.copied(award.entry(open_round)) for _ in range(2)]:
        assert project.submission
        spoil(project.submission, "withdrawn")
    Project.objects.update(published_at=open_round.embargo_until)
    first_fails(projects, "refresh")

    assert [adoption.retract_exposed(), adoption.retract_exposed()] == [1, 1]


def test_retract_leaves_other_projects_alone(open_round: Round) -> None:
    project = factories.ProjectFactory()

    assert adoption.retract_exposed() == 0
    assert Project.objects.get().published_at == project.published_at


def test_retract_is_looked_for_all_the_time() -> None:
    assert settings.CELERY_BEAT_SCHEDULE["portal.tasks.retract_projects"]["schedule"] == 2 * settings.BEAT_TICK


@pytest.mark.parametrize("how", ["withdrawn", "excluded", "open"])
def test_save_keeps_a_copy_in_that_has_lost_its_ground(open_round: Round, at: At, how: str) -> None:
    project = award.copied(award.entry(open_round))
    assert project.submission
    spoil(project.submission, how)
    at(open_round.embargo_until)
    project = Project.objects.get()
    project.published_at = clock.now()

    with pytest.raises(Refused, match="bleibt deshalb nicht öffentlich"):
        projects.save(project)


def test_save_publishes_a_copy_from_the_end_of_the_embargo_on(open_round: Round) -> None:
    project = award.copied(award.entry(open_round))
    project.published_at = open_round.embargo_until - timedelta(seconds=1)

    with pytest.raises(Refused, match=r"frühestens Mittwoch, 15\. April 2026, 12:00 Uhr \(MESZ\)"):
        projects.save(project)
    project.published_at = open_round.embargo_until

    assert projects.save(project).published_at == open_round.embargo_until
