"""What keeps an entry from being submitted: one case per rule, and how far a section is."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from landespreis.clock import BERLIN
from submissions import checks, draft
from submissions.models import Answer, Attachment, Partner, Round, Submission
from tests.accounts.factories import MunicipalityFactory
from tests.conftest import MIDWAY
from tests.submissions import factories

DAY = timedelta(days=1)
Change = Callable[[Submission], Any]


def set_fields(**values: Any) -> Change:
    return lambda entry: Submission.objects.filter(pk=entry.pk).update(**values)


def set_round(**values: Any) -> Change:
    return lambda entry: Round.objects.filter(pk=entry.round_id).update(**values)


def set_answer(key: str, text: str) -> Change:
    return lambda entry: Answer.objects.filter(submission=entry, question__key=key).update(text=text)


def picture(**values: Any) -> Change:
    return lambda entry: factories.attachment(entry, kind="bild", name="pegel.jpg", **values)


def only_partner(**values: Any) -> Change:
    def change(entry: Submission) -> None:
        entry.partners.all().delete()
        if values:
            Partner.objects.create(submission=entry, **values)

    return change


CASES: list[tuple[str, Change, list[tuple[str, str]]]] = [
    ("nothing is missing", set_fields(), []),
    ("category", set_fields(category=None), [("titel", "category")]),
    ("title", set_fields(title="  "), [("titel", "title")]),
    ("lead", set_fields(lead=None), [("kommune", "lead")]),
    ("department", set_fields(department=""), [("kommune", "department")]),
    ("contact", set_fields(contact_name="", contact_email="", contact_phone=" "),
     [("kommune", "contact_name"), ("kommune", "contact_email"), ("kommune", "contact_phone")]),
    ("no partner", only_partner(), [("partner", "partner")]),
    ("only a company", only_partner(name="Netz GmbH", kind="gesellschaft"), [("partner", "partner")]),
    ("a town abroad is enough", only_partner(name="Gemeente Zevenaar", kind="kommune", country="NL"), []),
    ("legal form", set_fields(legal_form=""), [("rechtsform", "legal_form")]),
    ("private, control unknown", set_fields(legal_form="privat"), [("rechtsform", "controlled")]),
    ("private, not controlled", set_fields(legal_form="privat", controlled=False), [("rechtsform", "controlled")]),
    ("private, controlled", set_fields(legal_form="privat", controlled=True), []),
    ("no date", set_fields(agreed_on=None), [("rechtsform", "agreed_on")]),
    ("agreed on this very day", set_fields(agreed_on=MIDWAY.date()), []),
    ("agreed on tomorrow", set_fields(agreed_on=MIDWAY.date() + DAY), [("rechtsform", "agreed_on")]),
    ("on the key date", set_round(contract_after=date(2023, 3, 14)), [("rechtsform", "agreed_on")]),
    ("after the key date", set_round(contract_after=date(2023, 3, 13)), []),
    ("no state", set_fields(state=""), [("rechtsform", "state")]),
    ("running since when", set_fields(state_since=None), [("rechtsform", "state_since")]),
    ("running from this very day", set_fields(state_since=MIDWAY.date()), []),
    ("running from tomorrow", set_fields(state_since=MIDWAY.date() + DAY), [("rechtsform", "state_since")]),
    ("planned may begin whenever", set_fields(state="planung", state_since=MIDWAY.date() + DAY), []),
    ("planned needs no beginning", set_fields(state="planung", state_since=None), []),
    ("abstract", set_fields(abstract="\n"), [("kurzbeschreibung", "abstract")]),
    ("abstract at the limit", set_fields(abstract="x" * 800), []),
    ("abstract over the limit", set_fields(abstract="x" * 801), [("kurzbeschreibung", "abstract")]),
    ("no answer", set_answer("gewinn", " "), [("gewinn", "text")]),
    ("answer at the limit", set_answer("gewinn", "ß" * 3000), []),
    ("answer over the limit", set_answer("gewinn", "ß" * 3001), [("gewinn", "text")]),
    ("proof asked for", set_round(proof_required=True), [("dateien", "datei")]),
    ("image without words", picture(), [("dateien", "alt_"), ("dateien", "rights_")]),
    ("image described", picture(alt="Pegel", rights="Stadt Soest"), []),
    ("rejected image needs no words", picture(scan="infected"), []),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_problems_for(open_round: Round, change: Change, expected: list[tuple[str, str]]) -> None:
    entry = factories.complete(open_round)
    change(entry)

    found = checks.problems(draft.load(Submission.objects.get(pk=entry.pk)), MIDWAY)

    assert [(problem.section, problem.field.split("_")[0] + "_" if "alt_" in problem.field or "rights_" in problem.field
             else problem.field) for problem in found] == expected  # fmt: skip


def test_problems_of_a_lead_that_is_a_partner_too(open_round: Round) -> None:
    entry = factories.complete(open_round)
    Partner.objects.create(submission=entry, municipality=entry.lead)

    found = checks.problems(draft.load(entry), MIDWAY)

    assert [problem.task for problem in found] == ["Federführende Kommune aus den Partnern nehmen"]


def test_the_day_is_the_one_in_the_state(open_round: Round) -> None:
    """Half past midnight in Düsseldorf is still the day before in UTC."""
    entry = factories.complete(open_round, agreed_on=date(2026, 1, 20))

    before = checks.problems(draft.load(entry), datetime(2026, 1, 19, 23, 59, 59, tzinfo=BERLIN))
    after = checks.problems(draft.load(entry), datetime(2026, 1, 19, 23, 30, tzinfo=UTC))

    assert ([problem.task for problem in before], after) == (["Datum der Vereinbarung prüfen"], [])


def test_proof_counts_unless_rejected(open_round: Round) -> None:
    entry = factories.complete(open_round)
    entry.round.proof_required = True
    proof = factories.attachment(entry, kind=Attachment.Kind.PROOF, scan="pending")

    waiting = checks.problems(draft.load(entry), MIDWAY)
    Attachment.objects.filter(pk=proof.pk).update(scan="infected")
    rejected = checks.problems(draft.load(entry), MIDWAY)

    assert ([problem.field for problem in waiting], [problem.field for problem in rejected]) == ([], ["datei"])


def test_optional_question_may_stay_empty(open_round: Round) -> None:
    entry = factories.complete(open_round)
    open_round.questions.filter(key="gewinn").update(required=False)
    Answer.objects.filter(submission=entry, question__key="gewinn").delete()

    assert checks.problems(draft.load(entry), MIDWAY) == []


def test_too_long_says_by_how_much(open_round: Round) -> None:
    entry = factories.complete(open_round)
    Answer.objects.filter(submission=entry, question__key="gewinn").update(text="x" * 4148)

    [problem] = checks.problems(draft.load(entry), MIDWAY)

    assert problem.message == "Der Text ist 1.148 Zeichen zu lang."
    assert problem.anchor == "#id_text"


def test_problem_of_a_whole_section_has_no_anchor() -> None:
    assert checks.Problem("partner", "x", "y").anchor == ""


def test_progress_of_every_kind_of_section(open_round: Round) -> None:
    entry = factories.complete(open_round, title="")
    Answer.objects.filter(submission=entry, question__key="gewinn").delete()
    MunicipalityFactory()
    loaded = draft.load(entry)

    problems = checks.problems(loaded, MIDWAY)
    progress = {spec.key: checks.progress(loaded, spec, problems).label for spec in loaded.sections}

    assert progress == {
        "titel": "begonnen",
        "kommune": "vollständig",
        "partner": "vollständig",
        "rechtsform": "vollständig",
        "kurzbeschreibung": "vollständig",
        "beschreibung": "vollständig",
        "gewinn": "leer",
        "innovation": "vollständig",
        "zukunft": "vollständig",
        "uebertragbarkeit": "vollständig",
        "langfristigkeit": "vollständig",
        "dateien": "leer",
    }
