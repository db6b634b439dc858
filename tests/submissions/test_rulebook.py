"""The kept rulebook: whatever staff change shows at once, and the submits' own number throws nothing away."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from landespreis.refusal import TooLate
from submissions import draft, reading, rulebook
from submissions.actions import handing_in
from submissions.models import Category, Criterion, Question, Round, Submission
from tests.conftest import MIDWAY, SECOND
from tests.submissions import factories

Login = Callable[[User], Client]
PARTS = (Category, Criterion, Question)
NO_CHANGE = {"id", "stamp", "last_number"}


def stamp(round: Round) -> UUID:
    return Round.objects.values_list("stamp", flat=True).get(pk=round.pk)


def other(row: models.Model, field: Any) -> Any:
    """Return a value that the field of the row does not have."""
    value = getattr(row, field.attname)
    if field.name == "criterion":
        return None
    if isinstance(field, models.JSONField):
        return [1]
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.DateTimeField):
        return (value or MIDWAY) - SECOND
    if isinstance(field, models.DateField):
        return (value or date(2025, 1, 1)) - timedelta(days=1)
    if isinstance(field, models.CharField | models.TextField):
        return f"{value}x"
    return value + (1 if field.name == "scale_min" else 100)


def changeable(model: type[models.Model]) -> list[Any]:
    fields = [field for field in model._meta.concrete_fields if field.name not in NO_CHANGE | {"round"}]
    return [pytest.param(model, field, id=f"{model.__name__}.{field.name}") for field in fields]


@pytest.mark.parametrize(("model", "field"), [case for model in (Round, *PARTS) for case in changeable(model)])
def test_stamp_is_renewed_by_every_column(round: Round, model: type[models.Model], field: Any) -> None:
    row = model._default_manager.filter(**{"pk": round.pk} if model is Round else {"round": round}).first()
    assert row is not None
    before = stamp(round)

    model._default_manager.filter(pk=row.pk).update(**{field.attname: other(row, field)})

    assert stamp(round) != before


@pytest.mark.parametrize("model", PARTS)
def test_stamp_is_renewed_when_a_row_comes_goes_and_moves(round: Round, model: type[models.Model]) -> None:
    elsewhere = Round.objects.get(pk=round.pk)
    elsewhere.pk, elsewhere.key, elsewhere.stamp = None, "andere", uuid4()
    elsewhere.save()
    row = model._default_manager.filter(round=round).last()
    assert row is not None
    stamps = [(stamp(round), stamp(elsewhere))]

    row.pk, row.key, row.position = None, "neu", 90  # type: ignore[attr-defined]
    row.save()
    stamps.append((stamp(round), stamp(elsewhere)))
    model._default_manager.filter(pk=row.pk).update(round=elsewhere)
    stamps.append((stamp(round), stamp(elsewhere)))
    row.delete()
    stamps.append((stamp(round), stamp(elsewhere)))

    assert [before != after for (before, _), (after, _) in pairwise(stamps)] == [True, True, False]
    assert [before != after for (_, before), (_, after) in pairwise(stamps)] == [False, True, True]


def test_stamp_outlasts_the_number(open_round: Round) -> None:
    before = stamp(open_round)

    factories.submitted(open_round)

    assert (stamp(open_round), Round.objects.get().last_number) == (before, 1)


def test_stamp_is_renewed_by_somebody_who_saves_an_old_one(round: Round) -> None:
    first, second = Round.objects.get(), Round.objects.get()
    first.save()
    seen = stamp(round)

    second.save()

    assert stamp(round) not in {seen, second.stamp}


CHANGES: list[tuple[type[models.Model], dict[str, str], dict[str, Any], str]] = [
    (Question, {"key": "gewinn"}, {"title": "Was es allen bringt"}, "Was es allen bringt"),
    (Question, {"key": "gewinn"}, {"max_characters": 4321}, "von 4.321 Zeichen"),
    (Criterion, {"questions__key": "gewinn"}, {"title": "Nutzen für alle"}, "Nutzen für alle"),
    (Round, {}, {"closes_at": MIDWAY + timedelta(days=30)}, "noch 30 Tage"),
]


@pytest.mark.parametrize(("model", "which", "values", "shown"), CHANGES)
def test_what_staff_change_shows_at_once(
    open_round: Round,
    login: Login,
    model: type[models.Model],
    which: dict[str, str],
    values: dict[str, Any],
    shown: str,
) -> None:
    entry = factories.complete(open_round)
    client, page = login(entry.owner), reverse("submissions:section", args=[entry.pk, "gewinn"])
    before = client.get(page).content.decode()

    # An UPDATE that no code of ours hears of, as another process sends it.
    model._default_manager.filter(pk__in=model._default_manager.filter(**which).values("pk")).update(**values)

    assert (shown in before, shown in client.get(page).content.decode()) == (False, True)


def test_new_name_of_a_category_shows_at_once_and_is_frozen(open_round: Round, login: Login) -> None:
    entry = factories.complete(open_round)
    client = login(entry.owner)
    client.get(entry.get_absolute_url())

    Category.objects.filter(pk=entry.category_id).update(name="Hochwasser und Hitze")

    assert "Kategorie Hochwasser und Hitze" in client.get(entry.get_absolute_url()).content.decode()
    assert factories.submit(entry).payload["category"]["name"] == "Hochwasser und Hitze"


def test_earlier_closing_refuses_at_once(open_round: Round) -> None:
    entry = factories.complete(open_round)
    factories.submit(entry)
    Submission.objects.filter(pk=entry.pk).update(title="Anders")

    Round.objects.update(closes_at=MIDWAY)

    with pytest.raises(TooLate):
        handing_in.submit(entry, by=entry.owner, declarations=factories.DECLARED)


def test_what_was_rolled_back_is_not_kept(open_round: Round) -> None:
    entry = factories.draft(open_round)

    def prompt() -> str:
        found = reading.entry(entry.pk)
        assert found is not None
        spec = draft.load(found).section("gewinn")
        assert spec is not None
        assert spec.question is not None
        return spec.question.prompt

    before = prompt()
    with transaction.atomic():
        Question.objects.filter(key="gewinn").update(prompt="Zurückgenommen")
        inside = prompt()
        transaction.set_rollback(True)
    after = prompt()
    Question.objects.filter(key="gewinn").update(prompt="Geändert")

    assert [before, inside, after, prompt()] == [before, "Zurückgenommen", before, "Geändert"]


def test_rulebook_is_loaded_once_for_all_entries(open_round: Round, login: Login) -> None:
    first, second = factories.complete(open_round), factories.complete(open_round)
    login(first.owner).get(first.get_absolute_url())
    client = login(second.owner)

    with CaptureQueriesContext(connection) as queries:
        client.get(second.get_absolute_url())

    assert [query for query in queries if "submissions_question" in query["sql"]] == []


def test_rulebooks_round_never_writes_an_old_number(open_round: Round) -> None:
    kept = rulebook.of(open_round.pk, stamp(open_round)).round
    factories.submitted(open_round)

    kept.save()

    assert Round.objects.get().last_number == 1
