"""A round in the admin: the dates of the jury, weights, and what is frozen once the jury has finished a sheet."""

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.admin import site
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from submissions.management.commands.load_round import load
from submissions.models import Category, Criterion, Round
from tests.accounts.conftest import show_factor
from tests.accounts.factories import StaffFactory
from tests.conftest import CLOSES
from tests.jury import factories as jury
from tests.jury.test_load_seats import shipped

Data = dict[str, Any]


@pytest.fixture
def office(client: Client, db: None) -> Client:
    show_factor(client, StaffFactory(superuser=True))
    return client


@pytest.fixture
def scored(open_round: Round) -> Round:
    """The jury has finished its first sheet."""
    jury.sheet(jury.panel(open_round)[0], jury.admitted(open_round), 7)
    return open_round


@pytest.fixture
def send(office: Client, open_round: Round) -> Callable[..., str]:
    """Save the form of the round as it is shown, with some fields changed; return the page that follows."""
    url = reverse("admin:submissions_round_change", args=[open_round.pk])

    def post(**changes: str) -> str:
        answer = office.post(url, filled(office, url) | changes, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    return post


def filled(client: Client, url: str) -> Data:
    context = client.get(url).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data: Data = {}
    for form in forms:
        for field in form:
            value = field.value()
            widget = field.field.widget
            parts = widget.decompress(value) if hasattr(widget, "decompress") else None
            if parts is not None:
                data |= {
                    f"{field.html_name}_{n}": w.format_value(part) or ""
                    for n, (w, part) in enumerate(zip(widget.widgets, parts, strict=True))
                }
            elif value is not None and value is not False:
                shown = widget.format_value(value) if isinstance(value, Decimal) else value
                data[field.html_name] = shown
    return data


def test_round_is_saved_as_it_is(send: Callable[..., str], open_round: Round) -> None:
    columns = [field.name for field in Round._meta.concrete_fields if field.name != "stamp"]
    before = Round.objects.values(*columns).get()

    assert "erfolgreich geändert" in send()
    assert Round.objects.values(*columns).get() == before


def test_round_takes_the_dates_of_the_jury(send: Callable[..., str]) -> None:
    html = send(scoring_opens_at_0="21.02.2026", quorum="4", scoring_reminder_hours="2 Tage")

    row = Round.objects.get()
    assert "erfolgreich geändert" in html
    assert (row.scoring_opens_at.isoformat() if row.scoring_opens_at else "") == "2026-02-21T08:00:00+00:00"
    assert (row.quorum, row.scoring_reminder_hours) == (4, [48])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"scoring_opens_at_0": "01.02.2026"}, "erst nach dem Einreichungsschluss"),
        ({"scoring_closes_at_0": "19.02.2026"}, "nach dem Beginn der Bewertung"),
        ({"quorum": "0"}, "größer oder gleich 1"),
        ({"scoring_reminder_hours": "24 Stunden, 1 Tag"}, "nur einmal vorkommen"),
        ({"criteria-0-tie_break": "2"}, "dieselbe Angabe bei „entscheidet bei Gleichstand“"),
        ({f"criteria-{n}-weight": "0" for n in range(3)}, "Mindestens ein Kriterium muss zählen"),
    ],
)
def test_round_explains_what_cannot_be(
    send: Callable[..., str], open_round: Round, changes: dict[str, str], words: str
) -> None:
    before = Round.objects.values().get(), list(Criterion.objects.values())

    assert words in send(**changes)
    assert (Round.objects.values().get(), list(Criterion.objects.values())) == before


def test_weights_may_be_zero_as_long_as_one_counts(send: Callable[..., str], open_round: Round) -> None:
    send(**{"criteria-0-weight": "0", "criteria-1-weight": "0"})

    assert [criterion.weight for criterion in open_round.criteria.all()] == [0, 0, 1]


FROZEN = {
    "scale_max": "9",
    "scale_min": "1",
    "criteria-0-weight": "2",
    "criteria-0-title": "Anders",
    "criteria-0-explanation": "Anders",
    "criteria-0-key": "anders",
    "criteria-0-position": "9",
    "criteria-2-tie_break": "3",
}


@pytest.mark.parametrize("field", FROZEN)
def test_round_says_what_is_frozen(scored: Round, send: Callable[..., str], field: str) -> None:
    before = Round.objects.values().get(), list(Criterion.objects.values())

    html = send(**{field: FROZEN[field]})

    assert "stehen fest" in html
    assert (Round.objects.values().get(), list(Criterion.objects.values())) == before


@pytest.mark.parametrize("field", FROZEN)
def test_round_changes_freely_before(open_round: Round, send: Callable[..., str], field: str) -> None:
    assert "erfolgreich geändert" in send(**{field: FROZEN[field]})


def test_criterion_cannot_be_added_then(scored: Round, send: Callable[..., str]) -> None:
    new = {"key": "neu", "title": "Neu", "explanation": "Neu", "position": "4", "weight": "1", "tie_break": ""}
    fields = {f"criteria-3-{name}": value for name, value in new.items()}

    html = send(**fields, **{"criteria-TOTAL_FORMS": "4", "criteria-3-round": str(scored.pk), "criteria-3-id": ""})

    assert "stehen fest" in html
    assert scored.criteria.count() == 3


def test_criterion_cannot_be_deleted_then(scored: Round, send: Callable[..., str]) -> None:
    html = send(**{"criteria-0-DELETE": "on"})

    assert "geschützte" in html
    assert scored.criteria.count() == 3


@pytest.mark.parametrize("change", [{"quorum": "4"}, {"scoring_opens_at_0": "22.02.2026"}, {"scoring_opens_at_0": ""}])
@pytest.mark.parametrize("stage", ["session", "decided", "scoring"])
def test_what_an_open_session_rests_on_stays(
    scored: Round, send: Callable[..., str], stage: str, change: dict[str, str]
) -> None:
    category = scored.categories.get(key="krisen")
    if stage != "scoring":
        jury.open_session(category)
    if stage == "decided":
        Category.objects.filter(pk=category.pk).update(decided_at=CLOSES)
    change = change | ({"scoring_opens_at_1": ""} if change.get("scoring_opens_at_0") == "" else {})
    before = Round.objects.values_list("quorum", "scoring_opens_at").get()

    html = send(**change)

    said = f"Die Sitzung „{category.short_name}“ ist eröffnet. Bis ihr Beschluss gesperrt ist"
    assert (said in html) is (stage == "session")
    assert (Round.objects.values_list("quorum", "scoring_opens_at").get() == before) is (stage == "session")


def test_round_changes_its_dates_also_then(scored: Round, send: Callable[..., str]) -> None:
    assert "erfolgreich geändert" in send(session_at_0="27.03.2026")


def test_load_round_says_what_is_frozen(scored: Round) -> None:
    content = shipped()
    load(content)  # as it is: no change
    content["criteria"][0]["weight"] = "2"

    with pytest.raises(ValidationError, match="stehen fest"):
        load(content)


def test_load_round_refuses_weights_that_sum_to_zero(open_round: Round) -> None:
    content = shipped()
    for row in content["criteria"]:
        row["weight"] = "0"

    with pytest.raises(ValidationError, match="Mindestens ein Kriterium muss zählen"):
        load(content)

    assert set(open_round.criteria.values_list("weight", flat=True)) == {1}


def test_saving_a_form_keeps_the_number_that_was_given_meanwhile(open_round: Round) -> None:
    read = Round.objects.get(pk=open_round.pk)
    read.quorum = 4
    Round.objects.update(last_number=7)

    site.get_model_admin(Round).save_model(HttpRequest(), read, SimpleNamespace(changed_data=["quorum"]), True)

    assert Round.objects.values_list("last_number", "quorum").get(pk=open_round.pk) == (7, 4)
