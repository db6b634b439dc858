"""Verbs on a round: copy it into the next one, announce it, take that back, discard it; and its journal."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError

from accounts.models import User
from landespreis import clock, journal, readiness, wording
from landespreis.refusal import NotAllowed, Refused
from submissions import permissions
from submissions.models import Category, Criterion, Question, Round

Row = TypeVar("Row", bound=models.Model)
OWN = ("key", "name", "number_prefix")
"""What the next round gets of its own …"""
LEFT_OUT = frozenset(
    [
        "id", "stamp", "last_number", "announced_at", "decided_at", "opens_at", "closes_at", "contract_after",
        "ceremony_on", "embargo_until", "scoring_opens_at", "scoring_closes_at", "session_at", *OWN,
    ]
)  # fmt: skip
"""… and what begins empty; everything else is taken over."""
PARTS: dict[str, type[models.Model]] = {"Kategorie": Category, "Kriterium": Criterion, "Frage": Question}
UNTOLD = frozenset(["id", "stamp", "last_number", "round", "decided_at"])
State = dict[str, tuple[str, Any]]
"""Where a value stands → what people call it, and the value as JSON holds it."""


class NotReady(Refused):
    """Something is still missing before the round can be announced; `missing` says what and where."""

    def __init__(self, missing: list[readiness.Point]) -> None:
        told = "; ".join(f"{point.label}: {point.reason.rstrip('.')}" for point in missing)
        super().__init__(f"Die Runde kann noch nicht bekannt gemacht werden. {told}.")
        self.missing = missing


@transaction.atomic
def copy(round: Round, *, by: User, name: str, key: str, number_prefix: str) -> Round:
    """Prepare the next round: everything of this one but its dates, with what each app takes over. Journals.

    Nobody but the Geschäftsstelle knows of it until it is announced. Raises NotAllowed, and Refused for a name, key or
    prefix that cannot be.
    """
    _require(by)
    # Two that begin a round at once come one after the other: the second is told that the name is taken.
    list(Round.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))
    kept = {
        field.attname: getattr(round, field.attname)
        for field in Round._meta.concrete_fields
        if field.name not in LEFT_OUT
    }
    new = Round(**kept, name=name, key=key, number_prefix=number_prefix, announced_at=None)
    try:
        new.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    new.save()
    _copy_rows(round, new)
    readiness.carry_over(round, new)
    journal.note(journal.Verb.ROUND_BEGUN, by=by, about=new.name, copied_from=round.name)
    return Round.objects.get(pk=new.pk)


def _copy_rows(old: Round, new: Round) -> None:
    for category in old.categories.all():
        _copied(category, new, decided_at=None).save()
    criteria: dict[int | None, Criterion] = {}
    for criterion in old.criteria.all():
        criteria[criterion.pk] = _copied(criterion, new)
        criteria[criterion.pk].save()
    for question in old.questions.all():
        _copied(question, new, criterion=criteria.get(question.criterion_id)).save()


def _copied(row: Row, round: Round, **changed: Any) -> Row:
    values = {field.name: getattr(row, field.name) for field in row._meta.concrete_fields if field.name != "id"}
    return type(row)(**values | {"round": round} | changed)


@transaction.atomic
def announce(round: Round, *, by: User) -> Round:
    """Let everybody know of the round: the portal is about it from now on, and it opens at its time. Journals.

    Raises NotAllowed, Refused when it is announced already, and NotReady with everything that is missing.
    """
    _require(by)
    round = _locked(round)
    if round.is_announced:
        raise Refused("Die Runde ist schon bekannt gemacht. Vielleicht hat das eben jemand anderes getan.")
    now = clock.now()
    if missing := readiness.missing(readiness.points(round, by, now)):
        raise NotReady(missing)
    round.announced_at = now
    round.save(update_fields=["announced_at"])
    dates = {"opens_at": wording.opening(round.opens_at), "closes_at": wording.deadline(round.closes_at)}
    journal.note(journal.Verb.ROUND_ANNOUNCED, by=by, about=round.name, **dates)
    return round


@transaction.atomic
def unannounce(round: Round, *, by: User) -> Round:
    """Take the announcement back while nothing builds on it: before the round opens. Journals.

    Raises NotAllowed, and Refused when it is not announced, has opened or has entries.
    """
    _require(by)
    round = _locked(round)
    if reason := standing(round, clock.now()):
        raise Refused(reason)
    round.announced_at = None
    round.save(update_fields=["announced_at"])
    journal.note(journal.Verb.ROUND_UNANNOUNCED, by=by, about=round.name)
    return round


def standing(round: Round, now: datetime) -> str:
    """Why an announcement cannot be taken back any more, or nothing."""
    if not round.is_announced:
        return "Die Runde ist nicht bekannt gemacht."
    if now >= round.opens_at:
        return f"Die Einreichung läuft seit {wording.opening(round.opens_at)}. Zurücknehmen lässt sich das nicht mehr."
    if round.submissions.exists():
        return "Zu dieser Runde gibt es schon Einreichungen."
    return ""


@transaction.atomic
def discard(round: Round, *, by: User) -> None:
    """Delete a round that is still in preparation, with its rows. Journals.

    Raises NotAllowed, and Refused once it is announced or somebody was named for its jury.
    """
    _require(by)
    round = _locked(round)
    if round.is_announced:
        raise Refused("Verwerfen lässt sich nur eine Runde, die noch in Vorbereitung ist.")
    try:
        round.questions.all().delete()  # they protect their criteria
        round.delete()
    except ProtectedError as error:
        raise Refused("Für die Jury dieser Runde sind schon Personen benannt. Die Runde bleibt deshalb.") from error
    journal.note(journal.Verb.ROUND_DISCARDED, by=by, about=round.name)


def state(round: Round) -> State:
    """Return every value of the round and its rows, to compare with later; see `note_changes`."""
    told = _values("", "", Round.objects.get(pk=round.pk))
    for kind, model in PARTS.items():
        for row in model._default_manager.filter(round=round).select_related(*_related(model)).order_by("pk"):
            told |= _values(f"{model._meta.model_name}-{row.pk}-", f"{kind} „{row}“, ", row)
    return told


def note_changes(round: Round, before: State | None, *, by: User | None) -> None:
    """Journal what is different since `before` was read, with both values; None: the round is new.

    Call it inside the transaction of the change; the same as before leaves no line.
    """
    if before is None:
        journal.note(journal.Verb.ROUND_BEGUN, by=by, about=round.name)
        return
    after = state(round)
    places = [place for place in {**before, **after} if _value(before, place) != _value(after, place)]
    if not places:
        return
    labels = {place: (after.get(place) or before[place])[0] for place in places}
    journal.note(
        journal.Verb.ROUND_CHANGED,
        by=by,
        about=round.name,
        before={labels[place]: _value(before, place) for place in places},
        after={labels[place]: _value(after, place) for place in places},
    )


def _value(told: Mapping[str, tuple[str, Any]], place: str) -> Any:
    return told[place][1] if place in told else None


def _values(place: str, head: str, row: models.Model) -> State:
    return {
        f"{place}{field.name}": (f"{head}{field.verbose_name}", _portable(getattr(row, field.name)))
        for field in row._meta.concrete_fields
        if field.name not in UNTOLD
    }


def _portable(value: Any) -> Any:
    """Return a value as the journal holds it: moments in words, rows by their name."""
    if isinstance(value, datetime):
        return wording.moment(value)
    if isinstance(value, date):
        return wording.day(value)
    return str(value) if isinstance(value, Decimal | models.Model) else value


def _related(model: type[models.Model]) -> list[str]:
    return ["criterion"] if model is Question else []


def _require(by: User) -> None:
    if not permissions.may_prepare(by):
        raise NotAllowed("Wettbewerbsrunden bereitet nur die Geschäftsstelle vor.")


def _locked(round: Round) -> Round:
    """Return the round afresh, with all rounds locked: whether two overlap is decided one after the other."""
    rounds = {row.pk: row for row in Round.objects.select_for_update(no_key=True).order_by("pk")}
    try:
        return rounds[round.pk]
    except KeyError:
        raise Refused("Diese Runde gibt es nicht mehr.") from None
