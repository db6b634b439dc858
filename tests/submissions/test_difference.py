"""What two contents of an entry differ in, and what of an entry is read."""

from typing import Any

import pytest

from submissions import difference, payload, sheet
from tests.submissions import sample

LINKS: dict[str, sheet.Link] = {}


def compare(**changes: Any) -> difference.Comparison:
    return difference.compare(sample.payload(), sample.payload(**changes))


def said(paragraphs: difference.Paragraphs) -> list[str]:
    """Return paragraphs with what is marked in brackets."""
    return ["".join(f"[{s.text}]" if s.changed else s.text for s in paragraph) for paragraph in paragraphs]


def only_row(comparison: difference.Comparison) -> difference.Row:
    (change,) = comparison.changes
    (row,) = change.rows
    return row


def test_compare_finds_nothing_between_equal_contents() -> None:
    comparison = compare()

    assert comparison.changes == []
    assert comparison.same[0] == "Kategorie und Titel"
    assert comparison.same[-2:] == ["Langfristigkeit", "Dateien"]
    assert len(comparison.same) == 12


def test_compare_marks_the_words_of_a_fact() -> None:
    row = only_row(compare(title="PegelVerbund Lippe: ein gemeinsames Warnsystem für Starkregen"))

    assert row.label == "Titel"
    assert said(row.before) == ["PegelVerbund [Hellweg:] ein gemeinsames Warnsystem für Starkregen"]
    assert said(row.after) == ["PegelVerbund [Lippe:] ein gemeinsames Warnsystem für Starkregen"]


@pytest.mark.parametrize(
    ("changes", "section", "labels"),
    [
        ({"category": None}, "titel", ["Kategorie"]),
        ({"lead": None, "department": ""}, "kommune", ["Federführend", "Fachbereich"]),
        (
            {"contact": {"name": "Tarek Yildirim", "email": "t@soest.example", "phone": "1", "publish": True}},
            "kommune",
            ["Ansprechperson", "E-Mail-Adresse", "Telefon", "Kontakt veröffentlichen"],
        ),
        (
            {"legal_form": {"key": "privat", "label": "GmbH"}, "municipally_controlled": True},
            "rechtsform",
            ["Rechtsform", "Kommunal beherrscht"],
        ),
        ({"agreed_on": None, "state": None}, "rechtsform", ["Vereinbart am", "Stand"]),
        ({"funding": "LEADER", "website": ""}, "rechtsform", ["Frühere Förderung", "Internetseite"]),
        ({"abstract": "Kurz."}, "kurzbeschreibung", [""]),
    ],
)
def test_compare_names_every_fact_that_changed(changes: dict[str, Any], section: str, labels: list[str]) -> None:
    (change,) = compare(**changes).changes

    assert (change.key, [row.label for row in change.rows]) == (section, labels)


def test_compare_shows_partners_that_came_and_went() -> None:
    partners = sample.payload()["partners"]
    new = {"label": "Venlo", "ags": None, "kind": "kommune", "kind_label": "Kommune außerhalb", "country": "NL"}

    (change,) = compare(partners=[*partners[1:], new]).changes

    assert [(row.label, said(row.before), said(row.after)) for row in change.rows] == [
        ("Nicht mehr dabei", ["[Gemeinde Bad Sassendorf]"], []),
        ("Neu dabei", [], ["[Venlo (Kommune außerhalb, Niederlande)]"]),
    ]


def test_compare_shows_another_order_of_partners() -> None:
    row = only_row(compare(partners=sample.payload()["partners"][::-1]))

    assert row.label == "Reihenfolge"
    assert said(row.after)[0].startswith("Stadt Werl, ")


def test_compare_shows_files_that_came_went_were_replaced_and_described() -> None:
    proof, image, annex = sample.payload()["files"]
    replaced = annex | {"id": "other", "size": 940_000, "sha256": "f" * 64}
    described = image | {"alt": "Ein Mast.", "rights": "Stadt Soest", "kind": "anlage", "kind_label": "Weitere Anlage"}
    new = sample.file("karte.pdf", 1000)

    (change,) = compare(files=[described, replaced, new]).changes

    assert [row.label for row in change.rows] == [
        "pegelstandort-schledde.jpg: Art",
        "pegelstandort-schledde.jpg: Alternativtext",
        "pegelstandort-schledde.jpg: Bildrechte",
        "Ersetzt",
        "Neu",
        "Entfernt",
    ]
    assert said(change.rows[3].after) == ["[alarmplan-vier-stufen.pdf (940 kB, Prüfsumme ffffffff …)]"]
    assert said(change.rows[5].before)[0].startswith(f"[{proof['name']} (412 kB")


def test_compare_says_when_only_white_space_changed() -> None:
    answers = sample.payload()["answers"]
    answers[1] |= {"text": answers[1]["text"].replace(". ", ".\n", 1)}

    row = only_row(compare(answers=answers))

    assert row.note == "Nur Leerzeichen oder Zeilenumbrüche sind anders."


def test_compare_keeps_a_question_that_only_one_side_has() -> None:
    answers = sample.payload()["answers"]
    extra = {"key": "neu", "title": "Neue Frage", "criterion": None, "text": "Antwort.", "characters": 8}

    comparison = compare(answers=[*answers[1:], extra])

    assert [change.title for change in comparison.changes] == ["Neue Frage", "Beschreibung der Kooperation"]
    assert said(comparison.changes[0].rows[0].after) == ["[Antwort.]"]
    assert comparison.changes[1].rows[0].after == []


def test_compare_shows_another_consent_between_versions_but_not_against_a_draft() -> None:
    other = sample.payload(declarations=sample.payload()["declarations"] | {"publication": False})

    between = difference.compare(sample.payload(), other)
    against_draft = difference.compare(sample.payload(), payload.content_of(other))

    assert said(only_row(between).after) == ["[nicht] zugestimmt"]
    assert against_draft.changes == []


def test_sheet_says_and_links_what_is_missing_only_where_it_can_be_edited() -> None:
    content = sample.payload(title="", category=None, partners=[], abstract=" ", website="")

    read = sheet.of(content, criteria={}, links=LINKS)
    edited = sheet.of(content, criteria={}, links=LINKS, edit=lambda section, field: f"/{section}/{field}")

    assert "Kategorie" not in [fact.label for fact in read.facts]
    assert sheet.ABSTRACT not in [text.title for text in read.texts]
    assert (edited.title.missing, edited.title.url) == ("Noch kein Titel.", "/titel/title")
    assert {fact.label: fact.url for fact in edited.facts if fact.url} == {
        "Kategorie": "/titel/category",
        "Partner": "/partner/",
    }
    assert edited.texts[0].url == "/kurzbeschreibung/abstract"


def test_sheet_names_criteria_and_keeps_the_contact_apart() -> None:
    shown = sheet.of(sample.payload(), criteria={"gewinn": "Kriterium 1"}, links=LINKS)

    assert [text.criterion for text in shown.texts][:3] == ["", "", "Kriterium 1"]
    assert "Meike Brandhorst" not in [fact.value for fact in shown.facts]
    assert shown.contact[0].value == "Meike Brandhorst"


def test_sheet_asks_for_control_and_start_only_where_they_matter() -> None:
    private = {"key": "privat", "label": "GmbH"}
    content = sample.payload(legal_form=private, municipally_controlled=None, state_since=None)

    shown = sheet.of(content, criteria={}, links=LINKS, edit=lambda section, field: field)

    assert [fact.field for fact in shown.facts if fact.url] == ["controlled", "state_since"]
