"""The fields and forms in which submitters write."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ValidationError

from submissions import draft as drafts
from submissions.forms import sections
from submissions.forms.text import (
    HARD_CAP,
    LineField,
    LongTextField,
    count_line,
    normalised,
    too_long,
    validate_readable,
)
from submissions.models import Category, Round, Submission
from tests.accounts.factories import MembershipFactory, MunicipalityFactory
from tests.submissions import factories


@pytest.fixture
def entry(open_round: Round) -> Submission:
    return factories.draft(open_round)


def sent(entry: Submission, key: str, **data: Any) -> sections.SectionForm:
    spec = drafts.load(entry).section(key)
    assert spec
    form = sections.sent(entry, spec, data)
    form.is_valid()
    return form


@pytest.mark.parametrize("bad", ["\x00", "\x07", "\x0b", "\x1b", "\x7f", "\x85", "\ufffd", "\uffff"])
def test_validate_readable_refuses_what_no_program_shows(bad: str) -> None:
    with pytest.raises(ValidationError, match="hinter „Der Pegel“ ein Zeichen"):
        validate_readable(f"Der Pegel{bad} steigt")


def test_validate_readable_refuses_half_a_character() -> None:
    with pytest.raises(ValidationError):
        validate_readable("Der Pegel\ud83d steigt")


@pytest.mark.parametrize("good", ["", "Zeile\nZeile", "Tab\tTab", "Größe – „so“ …", "Feuer 🚒 ä", "\u00a0\u200d"])
def test_validate_readable_lets_everything_else_pass(good: str) -> None:
    validate_readable(good)


def test_validate_readable_at_the_beginning_names_the_line() -> None:
    with pytest.raises(ValidationError, match="am Anfang einer Zeile"):
        validate_readable("Erste.\n\x00Zweite.")


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("abc", 3), ("a\r\nb", 3), ("a\rb", 3), ("  ", 2), ("🚒", 1), ("ä", 1), ("👩‍🚒", 3)],
)
def test_count_is_of_code_points_with_one_for_a_line_end(text: str, count: int) -> None:
    assert count_line(normalised(text), 3000) == f"{count} von 3.000 Zeichen"


def test_count_says_how_many_are_too_many() -> None:
    assert count_line("x" * 3148, 3000) == "3.148 von 3.000 Zeichen, 148 zu viel"


@pytest.mark.parametrize(
    ("length", "said"),
    [(3000, ""), (3001, "Kürzen Sie um 1 Zeichen. Erlaubt sind 3.000, der Text hat 3.001.")],
)
def test_too_long_begins_above_the_limit(length: int, said: str) -> None:
    assert too_long("x" * length, 3000) == said


class LongForm(forms.Form):
    text = LongTextField(limit=10)
    line = LineField(label="Zeile", max_length=20)


def test_long_text_keeps_white_space_and_unifies_line_ends() -> None:
    form = LongForm({"text": " \r\n a \n", "line": "  a\r\n  b  "})

    assert form.is_valid()
    assert form.cleaned_data == {"text": " \n a \n", "line": "a b"}


@pytest.mark.parametrize(("length", "valid"), [(HARD_CAP * 10, True), (HARD_CAP * 10 + 1, False)])
def test_long_text_is_a_draft_up_to_the_cap(length: int, valid: bool) -> None:
    assert LongForm({"text": "x" * length}).is_valid() is valid


def test_long_text_is_shown_back_with_hint_error_and_count() -> None:
    form = LongForm({"text": "x" * 41})

    assert "x" * 41 in str(form["text"])
    assert 'aria-describedby="id_text_error id_text_zahl"' in str(form["text"])
    assert 'data-limit="10"' in str(form["text"])
    assert "maxlength" not in str(form["text"])


def test_line_refuses_control_characters() -> None:
    assert LongForm({"line": "a\x00b"}).errors["line"]


def test_line_offers_its_length_to_the_browser() -> None:
    assert 'maxlength="20"' in str(LongForm()["line"])


@pytest.mark.parametrize("key", ["titel", "kommune", "rechtsform", "kurzbeschreibung", "gewinn"])
def test_every_section_can_be_saved_empty(entry: Submission, key: str) -> None:
    assert not sent(entry, key).errors


def test_title_offers_the_categories_of_the_round(entry: Submission) -> None:
    category = Category.objects.get(round=entry.round, key="krisen")

    form = sent(entry, "titel", category=str(category.pk), title=" Pegel ")

    assert form.values == {"category": category, "title": "Pegel"}


def test_title_refuses_a_category_of_another_round(entry: Submission) -> None:
    other = Round.objects.create(
        key="lp3", name="3", number_prefix="IKZ-2028", opens_at=entry.round.opens_at, closes_at=entry.round.closes_at,
        ceremony_on=entry.round.ceremony_on, embargo_until=entry.round.embargo_until,
    )  # fmt: skip
    foreign = Category.objects.create(round=other, key="x", name="X", short_name="X", position=1)

    assert list(sent(entry, "titel", category=str(foreign.pk)).errors) == ["category"]


def test_lead_may_be_any_municipality_of_those_who_write(entry: Submission) -> None:
    writer, reader = factories.editor(entry, "edit"), factories.editor(entry, "read")
    offered = MembershipFactory(user=writer).municipality
    hidden = MembershipFactory(user=reader).municipality
    stranger = MunicipalityFactory()

    assert sent(entry, "kommune", lead=str(offered.pk)).values["lead"] == offered
    assert list(sent(entry, "kommune", lead=str(hidden.pk)).errors) == ["lead"]
    assert list(sent(entry, "kommune", lead=str(stranger.pk)).errors) == ["lead"]


def test_lead_is_radios_when_few_and_a_list_when_many(entry: Submission) -> None:
    assert 'type="radio"' in str(sent(entry, "kommune")["lead"])

    for _ in range(sections.FEW):
        MembershipFactory(user=entry.owner)

    assert "<select" in str(sent(entry, "kommune")["lead"])


def test_lead_that_left_stays_offered(open_round: Round) -> None:
    entry = factories.draft(open_round, membership=False)

    assert sent(entry, "kommune", lead=str(entry.lead_id)).values["lead"] == entry.lead


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("www.pegel.example", "https://www.pegel.example"),
        ("http://pegel.example/a?b=c", "http://pegel.example/a?b=c"),
        ("", ""),
    ],
)
def test_website_needs_no_scheme(entry: Submission, typed: str, kept: str) -> None:
    assert sent(entry, "rechtsform", website=typed).values["website"] == kept


@pytest.mark.parametrize("typed", ["javascript:alert(1)", "ftp://pegel.example", "kein link", "https://"])
def test_website_refuses_what_is_no_page(entry: Submission, typed: str) -> None:
    assert list(sent(entry, "rechtsform", website=typed).errors) == ["website"]


@pytest.mark.parametrize("typed", ["2023-03-14", "14.03.2023", "14.3.2023"])
def test_date_is_read_from_the_picker_and_as_typed(entry: Submission, typed: str) -> None:
    assert sent(entry, "rechtsform", agreed_on=typed).values["agreed_on"] == date(2023, 3, 14)


@pytest.mark.parametrize("typed", ["2023-02-30", "gestern", "0023-03-14", "1899-12-31"])
def test_date_refuses_what_cannot_be(entry: Submission, typed: str) -> None:
    assert list(sent(entry, "rechtsform", agreed_on=typed).errors) == ["agreed_on"]


@pytest.mark.parametrize(("sent_value", "kept"), [("True", True), ("False", False), ("", None)])
def test_controlled_knows_three_answers(entry: Submission, sent_value: str, kept: bool | None) -> None:
    assert sent(entry, "rechtsform", controlled=sent_value).values["controlled"] is kept


@pytest.mark.parametrize("field", ["legal_form", "controlled", "state"])
def test_made_up_choice_is_refused(entry: Submission, field: str) -> None:
    assert list(sent(entry, "rechtsform", **{field: "erfunden"}).errors) == [field]


def test_faulty_field_leaves_the_others_to_be_saved(entry: Submission) -> None:
    form = sent(entry, "kommune", department="Amt 37", contact_email="halb@")

    assert form.values["department"] == "Amt 37"
    assert "contact_email" not in form.values


@pytest.mark.parametrize("revision", ["", "abc", "-"])
def test_unreadable_revision_is_none_that_was_ever_saved(entry: Submission, revision: str) -> None:
    assert sent(entry, "gewinn", text="a", revision=revision).opened_revision == -1


def test_opened_text_over_its_limit_says_what_to_do(entry: Submission) -> None:
    spec = drafts.load(entry).section("gewinn")
    assert spec

    form = sections.opened(entry, spec, {"text": "x" * 3148}, 4)

    assert form.errors["text"] == ["Kürzen Sie um 148 Zeichen. Erlaubt sind 3.000, der Text hat 3.148."]
    assert form["revision"].value() == 4


def test_opened_twice_are_two_sittings(entry: Submission) -> None:
    spec = drafts.load(entry).section("gewinn")
    assert spec

    first, second = (sections.opened(entry, spec, {"text": ""}, 0)["sitting"].value() for _ in range(2))

    assert first != second


def test_revived_values_are_those_that_were_kept(entry: Submission) -> None:
    spec = drafts.load(entry).section("rechtsform")
    assert spec
    kept = {"agreed_on": "2023-03-14", "controlled": False, "state_since": None, "legal_form": "privat"}

    values = sections.revived(entry, spec, kept)

    assert values == {
        "agreed_on": date(2023, 3, 14), "controlled": False, "state_since": None, "legal_form": "privat",
    }  # fmt: skip


def test_answers_are_what_a_person_reads(entry: Submission) -> None:
    form = sent(entry, "rechtsform")

    shown = dict(form.answers({"legal_form": "oerv", "controlled": True, "agreed_on": date(2023, 3, 14)}))

    assert shown["Rechtsform"] == "Öffentlich-rechtliche Vereinbarung"
    assert shown["Beherrschen Kommunen die Gesellschaft?"] == "ja"
    assert shown["Vereinbart am"] == "14. März 2023"
    assert shown["Internetseite"] == ""
