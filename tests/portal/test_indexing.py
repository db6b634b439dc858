"""What the search writes down of each kind of thing, and what it leaves out."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import Municipality
from portal import findable
from portal.actions import faq, indexing, news, newsletters, projects
from portal.models import Document, Event, FaqEntry, Project, ProjectPartner, Spelling
from submissions.models import Round
from tests.accounts.factories import MunicipalityFactory, StaffFactory
from tests.portal import factories

Captured = Callable[..., Any]


def row(**about: Any) -> Document:
    return Document.objects.get(**about)


def test_project_is_found_by_everything_public_of_it(open_round: Round) -> None:
    district = MunicipalityFactory(
        ags="05974000", name="Kreis Soest", label="Kreis Soest", kind=Municipality.Kind.DISTRICT
    )
    lead = MunicipalityFactory(ags="05974040", label="Stadt Soest", region="Arnsberg")
    project = factories.ProjectFactory(
        title="Bauakte",
        lead=lead,
        partners=[MunicipalityFactory(label="Stadt Werl", district_ags="", region="Düsseldorf, Köln"), "Lippeverband"],
        topics=[factories.TopicFactory(name="Digitales")],
        category=factories.ProjectCategoryFactory(name="Pflichtaufgaben"),
        department="Bauordnung",
        funding="Zuschuss",
        edition="Wettbewerb 2022",
        contact_name="Geheimnis",
        contact_email="geheimnis@stadt.example",
        contact_phone="4711",
        abstract="Ein Archiv.",
        body="Text mit **Fettschrift**.",
    )

    found = row(project=project)

    assert district.label == "Kreis Soest"
    assert (found.title, found.url, found.summary) == ("Bauakte", project.get_absolute_url(), "Ein Archiv.")
    facts = (
        "Kreis Soest, Regierungsbezirk Arnsberg, Regierungsbezirk Düsseldorf, Regierungsbezirk Köln, Pflichtaufgaben, "
        "Bauordnung, Wettbewerb 2022, Zuschuss"
    )
    told = "Text mit Fettschrift. · Beteiligt: Stadt Soest, Stadt Werl, Lippeverband · Themen: Digitales"
    assert found.text == f"{told} · {facts}"
    assert found.public_from == project.published_at
    assert found.stems_title == " bauakt "
    assert found.stems_place == " stadt sost kreis regierungsbezirk arnsberg werl dusseldorf koln lippeverband "
    assert found.stems_summary == " archiv "
    words = "text fettschrift beteiligt stadt sost werl lippeverband them digital"
    places = "kreis regierungsbezirk arnsberg dusseldorf koln"
    assert found.stems_text == f" {words} {places} pflichtaufgab bauordn wettbewerb 2022 zuschuss "


def test_event_keeps_its_joining_link_to_itself(open_round: Round) -> None:
    event = factories.EventFactory(
        title="Spotlight", kind=Event.Kind.SPOTLIGHT, place="Rathaus Unna", lead="Vorspann.", body="Text."
    )

    found = row(event=event)

    assert found.text == "Text. · Ort: Rathaus Unna"
    assert found.stems_place == " rathaus unna "
    assert found.stems_text == " text ort rathaus unna spotlight termin onlin "
    assert found.public_from == event.published_at


def test_news_question_page_and_download_are_found(open_round: Round) -> None:
    item = factories.NewsFactory(title="Titel", lead="Vorspann.", category=factories.NewsCategoryFactory(name="Presse"))
    entry = factories.faq_entry(question="Wer darf mitmachen?", answer="Alle **Kommunen**.")
    page = factories.page(title="Impressum", lead="Anbieter.", body="## Wir\n\n- Eins\n- Zwei")
    file = factories.download(title="Notstrom", speaker="Ada Muster", description="Folien.", held_on=date(2025, 6, 25))

    documents = [row(news=item), row(faq=entry), row(page=page), row(download=file)]

    assert [(one.kind, one.title, one.url, one.summary, one.text) for one in documents] == [
        ("news", "Titel", item.get_absolute_url(), "Vorspann.", "Worum es geht – Ein wichtiger Absatz."),
        ("faq", "Wer darf mitmachen?", f"/faq/#{entry.slug}", "", "Alle Kommunen."),
        ("page", "Impressum", "/impressum/", "Anbieter.", "Wir – Eins · Zwei"),
        ("download", "Notstrom", file.get_absolute_url(), "Folien.", "Jahrestagung 2025, Ada Muster"),
    ]
    assert " press " in documents[0].stems_text
    assert documents[2].public_from == page.changed_at
    assert " notstrompdf " not in documents[3].stems_text


def test_issue_of_the_newsletter_is_found_once_it_is_released(open_round: Round) -> None:
    block = factories.text("Die **Vorträge** stehen bereit.", "Drei Themen")
    draft = factories.issue(block, subject="Herbst", lead="Hallo")
    assert not Document.objects.exists()

    issue = newsletters.release(draft, by=StaffFactory())

    found = row(newsletter=issue)
    assert (found.kind, found.title, found.url) == ("newsletter", f"{issue.label}: Herbst", issue.get_absolute_url())
    assert (found.summary, found.text) == ("Hallo", "Drei Themen – Die Vorträge stehen bereit.")
    assert found.public_from == issue.released_at
    assert " newslett " in found.stems_text


def test_question_is_public_as_long_as_it_is_marked_so(open_round: Round) -> None:
    entry = factories.faq_entry(is_public=False)
    before = row(faq=entry).public_from
    entry.is_public = True
    faq.save(entry)

    assert (before, row(faq=entry).public_from) == (None, entry.changed_at)


def test_withdrawing_takes_a_thing_from_the_search_at_once(open_round: Round) -> None:
    item = factories.NewsFactory()
    item.published_at = None
    news.save(item)

    assert row(news=item).public_from is None


def test_typed_markup_is_text(open_round: Round) -> None:
    item = factories.NewsFactory(body='<script>alert("x")</script> & <b>fett</b>')

    assert row(news=item).text == '<script>alert("x")</script> & <b>fett</b>'


def test_description_of_a_picture_is_found(open_round: Round) -> None:
    picture = factories.picture()
    item = factories.NewsFactory(body=f"![Ein Pegel > 3 Meter](bild:{picture.pk})")

    assert row(news=item).text.startswith("Ein Pegel > 3 Meter")


def test_saving_again_keeps_one_document(open_round: Round) -> None:
    item = factories.NewsFactory(title="Alt")
    item.title = "Neu"
    news.save(item)

    assert [document.title for document in Document.objects.filter(news=item)] == ["Neu"]


def test_deleting_a_thing_takes_its_document_along(open_round: Round) -> None:
    factories.NewsFactory().delete()

    assert not Document.objects.exists()


def test_rollback_takes_document_and_words_along(
    open_round: Round, django_capture_on_commit_callbacks: Captured
) -> None:
    category = factories.NewsCategoryFactory()

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        factories.NewsFactory(category=category)
        transaction.set_rollback(True)

    assert not Document.objects.exists()
    assert not Spelling.objects.exists()


def test_index_learns_words_with_the_verb(open_round: Round, django_capture_on_commit_callbacks: Captured) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        factories.NewsFactory(title="Müll-Abfuhr", lead="Nr. 2025", body="Bau")

    learned = {(one.word, one.stem, one.shown) for one in Spelling.objects.all()}
    spellings = set(Spelling.objects.filter(word="mull").values_list("spelling", flat=True))

    assert {
        ("mull", "mull", "Müll"),
        ("mullabfuhr", "mullabfuhr", "Müll-Abfuhr"),
        ("abfuhr", "abfuhr", "Abfuhr"),
    } <= learned
    assert not {word for word, _, _ in learned} & {"2025", "bau", "nr"}
    assert spellings == {"mull", "ull", "mll", "mul"}


def test_learn_twice_changes_nothing(db: None) -> None:
    indexing.learn({"feuerwehr": "Feuerwehr"})
    before = list(Spelling.objects.order_by("pk").values())
    indexing.learn({"feuerwehr": "FEUERWEHR", "amtsblatt": "Amtsblatt"})

    assert list(Spelling.objects.filter(word="feuerwehr").order_by("pk").values()) == before
    assert len(before) == 1 + len("feuerwehr")


def everything() -> list[dict[str, Any]]:
    return list(Document.objects.order_by("pk").values())


def test_rebuild_writes_what_the_verbs_wrote_and_is_idempotent(
    open_round: Round, django_capture_on_commit_callbacks: Captured
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        factories.ProjectFactory(partners=["Wasserverband"], topics=[factories.TopicFactory()])
        factories.NewsFactory()
        factories.EventFactory()
        factories.faq_entry()
        factories.page()
        factories.download()
        newsletters.release(factories.issue(), by=StaffFactory())
        factories.issue()
    by_verbs, words = everything(), set(Spelling.objects.values_list("spelling", "word", "stem"))
    Document.objects.update(title="", stems_title="")

    written = indexing.rebuild()
    once = everything()
    indexing.rebuild()

    assert written == {"project": 1, "news": 1, "event": 1, "faq": 1, "page": 1, "download": 1, "newsletter": 1}
    assert once == everything() == by_verbs
    assert set(Spelling.objects.values_list("spelling", "word", "stem")) == words


def test_rebuild_fills_an_empty_search_and_forgets_words(open_round: Round) -> None:
    factories.NewsFactory(title="Bauhof")
    Document.objects.all().delete()
    indexing.learn({"verschwunden": "Verschwunden"})

    indexing.rebuild()

    assert [document.title for document in Document.objects.all()] == ["Bauhof"]
    assert not Spelling.objects.filter(word="verschwunden").exists()
    assert Spelling.objects.filter(word="bauhof").exists()


def test_rebuild_goes_in_batches(open_round: Round, monkeypatch: pytest.MonkeyPatch) -> None:
    factories.NewsFactory.create_batch(3)
    Document.objects.all().delete()
    monkeypatch.setattr(indexing, "BATCH", 2)

    indexing.rebuild()

    assert Document.objects.count() == 3


@pytest.mark.parametrize("amount", [1, 3])
def test_rebuild_asks_a_fixed_number_of_times(
    open_round: Round, django_assert_num_queries: Captured, amount: int
) -> None:
    for _ in range(amount):
        factories.ProjectFactory(
            partners=[MunicipalityFactory(), "Verband"], topics=[factories.TopicFactory()], body="Eins."
        )
    indexing.rebuild()
    batch = list(next(iter(findable.everything())))

    with django_assert_num_queries(0):
        assert [bool(findable.content(thing, {}).text) for thing in batch] == [True] * amount


def test_command_says_what_it_wrote(open_round: Round, capsys: pytest.CaptureFixture[str]) -> None:
    factories.NewsFactory()

    call_command("index_search")

    assert capsys.readouterr().out == (
        "Suche neu aufgebaut: Projekte 0, Meldungen 1, Termine 0, Fragen und Antworten 0, Seiten 0, Downloads 0, "
        "Newsletter 0.\n"
    )


@pytest.mark.postgresql  # SQLite compares the columns themselves
def test_words_on_postgresql_are_the_stems(open_round: Round) -> None:
    factories.NewsFactory(title="Bauhof am Bauhof 2e5", lead="Münster", body="IKZ-2026-0001")

    with connection.cursor() as cursor:
        cursor.execute("SELECT tsvector_to_array(words) FROM portal_document")
        (words,) = cursor.fetchone()

    found = Document.objects.get()
    columns = found.stems_title + found.stems_place + found.stems_summary + found.stems_text
    assert sorted(words) == sorted(set(columns.split()))


def test_partner_that_joins_is_found(open_round: Round) -> None:
    project = factories.ProjectFactory()
    projects.save(project, partners=[ProjectPartner(municipality=MunicipalityFactory(label="Stadt Olpe"))])

    assert " olp " in row(project=project).stems_place
    assert Project.objects.count() == 1
    assert not FaqEntry.objects.exists()
