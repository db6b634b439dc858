"""What the portal sees of each condition: a hint for people, which never decides."""

from datetime import date
from typing import Any

import pytest

from submissions import conditions
from submissions.conditions import Frozen, Hint
from submissions.models import Round
from tests.submissions.sample import file, payload

KEYDATE = date(2016, 9, 1)
COMPANY = {
    "label": "Stadtwerke GmbH", "ags": None, "kind": "gesellschaft",
    "kind_label": "kommunal beherrschte Gesellschaft", "country": "DE",
}  # fmt: skip


def seen(key: str, *, others: tuple[str, ...] = (), on: dict[str, Any] | None = None, **changes: Any) -> Hint:
    """Return the hint of one condition for a payload with `changes`, in a round `on` with these values."""
    return conditions.hints(Frozen(payload(**changes), Round(**(on or {})), others))[key]


def test_every_condition_has_a_hint_and_a_key_of_its_own() -> None:
    found = conditions.hints(Frozen(payload(), Round()))

    assert list(found) == [condition.key for condition in conditions.CONDITIONS]
    assert frozenset(found) == conditions.KEYS
    assert list(conditions.to_look_at(found)) == []


def test_partners_are_counted_with_the_lead_and_without_companies() -> None:
    lead_alone = seen("partner", partners=[COMPANY])

    assert seen("partner").said.startswith("Fünf mit der federführenden: ")
    assert not seen("partner").look
    assert lead_alone == Hint("Keine zwei", look=True)


def test_partners_without_a_lead_are_too_few() -> None:
    assert seen("partner", lead=None, partners=[]).look


@pytest.mark.parametrize(
    ("on", "after", "look"),
    [
        ("2016-09-01", KEYDATE, True),
        ("2016-09-02", KEYDATE, False),
        ("2001-01-01", None, False),
        (None, KEYDATE, True),
        (None, None, True),
    ],
)
def test_date_is_held_against_the_key_date(on: str | None, after: date | None, look: bool) -> None:
    assert seen("stichtag", agreed_on=on, on={"contract_after": after}).look is look


def test_date_names_the_key_date_or_that_there_is_none() -> None:
    dated = {"agreed_on": "2023-03-14"}

    assert seen("stichtag", **dated).said == "Vereinbart am 14. März 2023; diese Runde hat keinen Stichtag"
    assert "Stichtag 1. September 2016" in seen("stichtag", on={"contract_after": KEYDATE}, **dated).said


@pytest.mark.parametrize(
    ("form", "controlled", "expected"),
    [
        (None, None, Hint("Keine Rechtsform genannt", look=True)),
        ({"key": "oerv", "label": "Vereinbarung"}, None, Hint("Vereinbarung")),
        ({"key": "privat", "label": "GmbH"}, True, Hint("GmbH, kommunal beherrscht: ja")),
        ({"key": "privat", "label": "GmbH"}, False, Hint("GmbH, kommunal beherrscht: nein", look=True)),
        ({"key": "privat", "label": "GmbH"}, None, Hint("GmbH, kommunal beherrscht: keine Angabe", look=True)),
    ],
)
def test_private_legal_form_needs_control(form: dict[str, str] | None, controlled: bool | None, expected: Hint) -> None:
    assert seen("rechtsform", legal_form=form, municipally_controlled=controlled) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Neue Wege der SPARKASSEN"},
        {"partners": [{**COMPANY, "label": "Kreissparkasse Soest"}]},
        {"lead": {"ags": None, "label": "Sparkasse am Hellweg"}},
    ],
)
def test_savings_bank_is_found_in_title_and_names(changes: dict[str, Any]) -> None:
    assert seen("sparkasse", **changes).look


def test_savings_bank_is_not_found_where_none_is() -> None:
    assert not seen("sparkasse").look
    assert not seen("sparkasse", lead=None).look


@pytest.mark.parametrize(
    ("files", "declared", "required", "look"),
    [
        ([file("beschluss.pdf", 1, kind=("bestaetigung", "Bestätigung"))], False, True, False),
        ([file("plan.pdf", 1)], True, False, False),
        ([], True, True, True),
        ([], False, False, True),
    ],
)
def test_proof_is_a_file_or_where_that_is_enough_a_declaration(
    files: list[Any], declared: bool, required: bool, look: bool
) -> None:
    hint = seen("nachweis", files=files, declarations={"bodies": declared}, on={"proof_required": required})

    assert hint.look is look


def test_other_entries_of_the_lead_are_named() -> None:
    assert seen("einzige", others=("IKZ-2026-0003 (zurückgezogen)",)) == Hint(
        "Dieselbe Kommune führt auch: IKZ-2026-0003 (zurückgezogen)", look=True
    )
    assert not seen("einzige").look


def test_texts_on_duration_and_transfer_are_counted() -> None:
    empty = {"key": "langfristigkeit", "title": "Langfristigkeit", "criterion": None, "text": " ", "characters": 1}

    assert seen("dauer").said == "Übertragbarkeit auf andere Kommunen: 1.390 Zeichen; Langfristigkeit: 1.102 Zeichen"
    assert not seen("dauer").look
    assert seen("dauer", answers=[empty]).look
    assert seen("dauer", answers=[]) == Hint("Diese Runde fragt nicht eigens danach; lesen Sie die Texte")
