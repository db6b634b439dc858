"""Verbs on a round: what the next one takes over, when it may be announced, taken back, discarded; the journal."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from jury.models import Juror, Seat
from landespreis.models import Trace
from landespreis.refusal import NotAllowed, Refused, TooLate
from submissions.actions import entries, rounds
from submissions.models import Category, Criterion, Question, Round
from tests.accounts.factories import StaffFactory, UserFactory
from tests.conftest import MIDWAY
from tests.submissions import factories, preparing
from tests.submissions.preparing import DATES, LATER, NAMED
from tests.submissions.test_actions_handing_in import together

At = Callable[[datetime], None]
Verb = Trace.Verb


def traces(verb: str) -> list[Trace]:
    return list(Trace.objects.filter(verb=verb).order_by("pk"))


def test_copy_takes_everything_over_but_the_dates(round: Round) -> None:
    Round.objects.update(
        quorum=2, prize=7000, four_eyes=True, reminder_hours=[48], max_files=4, contract_after="2016-09-01"
    )
    round.refresh_from_db()

    new = rounds.copy(round, by=preparing.office(), **NAMED)

    kept = (
        "quorum",
        "prize",
        "four_eyes",
        "reminder_hours",
        "max_files",
        "max_abstract",
        "scale_max",
        "proof_required",
    )
    assert [getattr(new, name) for name in kept] == [getattr(round, name) for name in kept]
    empty = (
        "opens_at",
        "closes_at",
        "ceremony_on",
        "embargo_until",
        "contract_after",
        "scoring_opens_at",
        "session_at",
    )
    assert [getattr(new, name) for name in empty] == [None] * len(empty)
    assert (new.name, new.key, new.number_prefix, new.last_number) == (*NAMED.values(), 0)
    assert new.announced_at is None
    assert new.decided_at is None


@pytest.mark.parametrize("model", [Category, Criterion, Question])
def test_copy_copies_every_row(round: Round, model: type[Any]) -> None:
    Category.objects.update(decided_at=MIDWAY)

    new = rounds.copy(round, by=preparing.office(), **NAMED)

    own = {"id", "round", "criterion", "decided_at"}
    names = [field.name for field in model._meta.concrete_fields if field.name not in own]
    rows = model.objects.order_by("position")
    assert list(rows.filter(round=new).values_list(*names)) == list(rows.filter(round=round).values_list(*names))
    assert not Category.objects.filter(round=new, decided_at__isnull=False).exists()


def test_copy_links_questions_to_the_new_criteria(round: Round) -> None:
    new = rounds.copy(round, by=preparing.office(), **NAMED)

    def links(one: Round) -> list[Any]:
        return list(one.questions.values_list("key", "criterion__key"))

    assert links(new) == links(round)
    assert {q.criterion.round_id for q in new.questions.select_related("criterion") if q.criterion} == {new.pk}


def test_copy_takes_the_seats_without_people(round: Round) -> None:
    call_command("load_seats")
    seat = Seat.objects.filter(round=round).first()
    Juror.objects.create(seat=seat, name="Käte Brand", email="kaete@land.example", since="2025-12-01")

    new = rounds.copy(round, by=preparing.office(), **NAMED)

    names = ("key", "institution", "short_name", "position", "is_chair")
    assert list(new.seats.values_list(*names)) == list(round.seats.values_list(*names))
    assert not Juror.objects.filter(seat__round=new).exists()


def test_copy_journals(round: Round) -> None:
    office = preparing.office()

    rounds.copy(round, by=office, **NAMED)

    trace = traces(Verb.ROUND_BEGUN)[0]
    assert (trace.by, trace.about, trace.detail) == (office, NAMED["name"], {"copied_from": round.name})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"key": "lp2"}, "Kürzel"),
        ({"number_prefix": "ikz-2026"}, "einen eigenen Anfang"),
        ({"name": ""}, "leer"),
    ],
)
def test_copy_refuses_what_cannot_be(round: Round, changes: dict[str, str], words: str) -> None:
    with pytest.raises(Refused, match=words):
        rounds.copy(round, by=preparing.office(), **NAMED | changes)

    assert Round.objects.count() == 1


def test_copy_rolled_back_leaves_nothing(round: Round) -> None:
    with transaction.atomic():
        rounds.copy(round, by=preparing.office(), **NAMED)
        transaction.set_rollback(True)

    assert (Round.objects.count(), Trace.objects.count()) == (1, 0)


def test_verbs_are_for_the_office(round: Round, at: At) -> None:
    at(LATER)
    new = preparing.complete(round)
    editor = StaffFactory()

    for verb in (rounds.announce, rounds.unannounce, rounds.discard):
        with pytest.raises(NotAllowed):
            verb(new, by=editor)
    with pytest.raises(NotAllowed):
        rounds.copy(round, by=UserFactory(), **NAMED | {"key": "lp4", "number_prefix": "X"})


def test_announce(round: Round, at: At) -> None:
    at(LATER)
    new, office = preparing.complete(round), preparing.office()
    assert Round.objects.current() == round

    rounds.announce(new, by=office)

    assert Round.objects.current() == new
    assert Round.objects.get(pk=new.pk).announced_at == LATER
    trace = traces(Verb.ROUND_ANNOUNCED)[0]
    assert (trace.by, trace.about) == (office, new.name)
    assert trace.detail["closes_at"] == "Mittwoch, 9. Februar 2028, 24:00 Uhr (MEZ)"


def test_announce_names_all_that_is_missing(round: Round, at: At) -> None:
    at(LATER)
    new = preparing.copied(round)
    new.questions.all().delete()

    with pytest.raises(rounds.NotReady) as refused:
        rounds.announce(new, by=preparing.office())

    labels = [point.label for point in refused.value.missing]
    assert labels == [
        "Beginn und Einreichungsschluss", "Preisverleihung und Sperrfrist", "Fragen des Formulars", "Sitze der Jury",
        "Impressum", "Datenschutzerklärung",
    ]  # fmt: skip
    assert all(label in refused.value.message for label in labels)
    assert not Round.objects.get(pk=new.pk).is_announced
    assert traces(Verb.ROUND_ANNOUNCED) == []


def test_announce_waits_for_the_running_round(round: Round, at: At) -> None:
    at(MIDWAY)
    new = preparing.complete(round)

    with pytest.raises(rounds.NotReady, match="die Jury käme nicht mehr an ihre Einreichungen"):
        rounds.announce(new, by=preparing.office())


def test_announce_refuses_overlapping_rounds(round: Round, at: At) -> None:
    at(LATER)
    new, office = preparing.complete(round), preparing.office()
    other = rounds.copy(new, by=office, name="Noch einer", key="lp4", number_prefix="IKZ-X")
    Round.objects.filter(pk=other.pk).update(**DATES)
    rounds.announce(new, by=office)

    with pytest.raises(rounds.NotReady, match="Überschneidet sich mit „3"):
        rounds.announce(other, by=office)


def test_announce_twice_is_refused(round: Round, at: At) -> None:
    at(LATER)
    new, office = preparing.complete(round), preparing.office()
    rounds.announce(new, by=office)

    with pytest.raises(Refused, match="schon bekannt gemacht"):
        rounds.announce(new, by=office)


def test_announce_rolled_back_leaves_nothing(round: Round, at: At) -> None:
    at(LATER)
    new = preparing.complete(round)
    before = Trace.objects.count()

    with transaction.atomic():
        rounds.announce(new, by=preparing.office())
        transaction.set_rollback(True)

    assert not Round.objects.get(pk=new.pk).is_announced
    assert Trace.objects.count() == before


def test_unannounce_before_it_opens(round: Round, at: At) -> None:
    at(LATER)
    new = preparing.opened(round)

    rounds.unannounce(new, by=preparing.office())

    assert Round.objects.current() == round
    assert len(traces(Verb.ROUND_UNANNOUNCED)) == 1


@pytest.mark.parametrize("case", ["opened", "entry", "preparing"])
def test_unannounce_is_refused_once_something_builds_on_it(round: Round, at: At, case: str) -> None:
    at(LATER)
    new = preparing.opened(round)
    if case == "opened":
        at(DATES["opens_at"])
    if case == "entry":
        factories.draft(new)
    if case == "preparing":
        Round.objects.filter(pk=new.pk).update(announced_at=None)

    with pytest.raises(Refused):
        rounds.unannounce(new, by=preparing.office())

    assert traces(Verb.ROUND_UNANNOUNCED) == []


def test_discard(round: Round) -> None:
    call_command("load_seats")
    new = preparing.copied(round)

    rounds.discard(new, by=preparing.office())

    assert list(Round.objects.all()) == [round]
    assert (Category.objects.count(), Seat.objects.count()) == (6, 5)
    assert traces(Verb.ROUND_DISCARDED)[0].about == new.name


def test_discard_keeps_announced_rounds_and_named_people(round: Round) -> None:
    call_command("load_seats")
    new = preparing.copied(round)
    Juror.objects.create(seat=new.seats.first(), name="Käte Brand", email="kaete@land.example", since="2027-12-01")

    with pytest.raises(Refused, match="sind schon Personen benannt"):
        rounds.discard(new, by=preparing.office())
    with pytest.raises(Refused, match="noch in Vorbereitung"):
        rounds.discard(round, by=preparing.office())

    assert Round.objects.count() == 2
    assert new.questions.count() == 6


def test_gone_round_is_refused(round: Round) -> None:
    new = preparing.copied(round)
    rounds.discard(new, by=preparing.office())

    with pytest.raises(Refused, match="gibt es nicht mehr"):
        rounds.announce(Round(pk=999_999), by=preparing.office())


def test_changes_are_journalled_with_both_values(round: Round) -> None:
    before = rounds.state(round)
    row = round.categories.get(key="krisen")
    Category.objects.filter(pk=row.pk).update(short_name="Krise")
    Round.objects.update(quorum=4, session_at=MIDWAY.replace(month=3))
    Category.objects.create(round=round, key="grenze", name="Grenzüberschreitend", short_name="Grenze", position=9)

    rounds.note_changes(round, before, by=None)

    detail = traces(Verb.ROUND_CHANGED)[0].detail
    assert detail["before"]["Quorum"] == 3
    assert detail["after"]["Quorum"] == 4
    assert detail["after"]["Jurysitzung am"] == "Freitag, 20. März 2026, 10:30:00 Uhr (MEZ)"
    assert detail["before"][f"Kategorie „{row}“, kurzer Name"] == row.short_name
    assert detail["before"]["Kategorie „Grenzüberschreitend“, Name"] is None
    assert detail["after"]["Kategorie „Grenzüberschreitend“, Name"] == "Grenzüberschreitend"
    assert not [label for label in detail["after"] if "Kriterium" in label or "Frage" in label]


def test_no_change_leaves_no_line(round: Round) -> None:
    rounds.note_changes(round, rounds.state(round), by=None)

    assert Trace.objects.count() == 0


def test_load_round_journals_what_it_changes(round: Round) -> None:
    call_command("load_round")
    Round.objects.update(quorum=5)
    call_command("load_round")

    found = traces(Verb.ROUND_CHANGED)
    assert [trace.detail for trace in found] == [{"before": {"Quorum": 5}, "after": {"Quorum": 3}}]


def test_nobody_begins_an_entry_in_a_round_in_preparation(round: Round, at: At) -> None:
    at(DATES["opens_at"])
    new = preparing.copied(round, **DATES)

    with pytest.raises(TooLate, match="noch nicht bekannt gemacht"):
        entries.start(new, by=UserFactory())


@pytest.mark.django_db(transaction=True)
def test_two_begin_the_next_round_at_once_and_one_is_told(open_round: Round) -> None:
    people = [StaffFactory(superuser=True) for _ in range(3)]

    results = together(*[lambda by=by: rounds.copy(open_round, by=by, **NAMED) for by in people])  # type: ignore[misc]

    refused = [result for result in results if isinstance(result, Refused)]
    assert (len(refused), Round.objects.count()) == (2, 2)
    assert "existiert bereits" in refused[0].message
