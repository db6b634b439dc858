"""What the jury holds about a person: seats, declarations, sheets, and lines of its journal.

What a juror has written and given stands here only once the category is decided: until then nobody in the ministry
sees it. Then it is the person's own data.
"""

from collections.abc import Collection, Iterator
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q
from django.urls import reverse

from jury.models import Assessment, Attendance, Clearance, Juror, JuryEvent, Recusal
from landespreis.records.disclosing import Person, Section

RECORD = "Gehört zum Nachweis der Entscheidung; geht mit den Bewertungen bei der Aussonderung."


def find(text: str) -> Iterator[tuple[str, str]]:
    rows = Juror.objects.filter(Q(name__icontains=text) | Q(email__icontains=text))
    yield from rows.order_by("pk").values_list("name", "email")


def sections(person: Person) -> Iterator[Section]:
    named = reduce(or_, (Q(email__iexact=address) for address in sorted(person.emails)))
    jurors = Juror.objects.filter(Q(user=person.account) & Q(user__isnull=False) | named)
    yield Section(
        "sitz", "Sitz in der Jury",
        [{"sitz": row.seat.institution, "name": row.name, "e_mail": row.email, "im_amt_ab": row.since,
          "im_amt_bis": row.until, "zugesagt_am": row.confirmed_at}
         for row in jurors.select_related("seat").order_by("pk")],
        stays="Wer in der Jury saß, gehört zum Nachweis der Entscheidung.", url=reverse("admin:jury_seat_changelist"),
    )  # fmt: skip
    recusals = list(_of(Recusal, jurors))
    hidden = {row.submission_id for row in recusals if row.taken_back_at is None}
    yield Section("befangenheiten", "Befangenheiten", [_recusal(row, hidden) for row in recusals], stays=RECORD)
    yield Section(
        "erklaerungen", "Erklärungen „nicht befangen“",
        [{"beitrag": _called(row, hidden), "am": row.at} for row in _of(Clearance, jurors)], stays=RECORD,
    )  # fmt: skip
    sheets = (
        _of(Assessment, jurors).select_related("submission__submitted_category").prefetch_related("scores__criterion")
    )
    yield Section("bewertungen", "Bewertungen", [_sheet(row, hidden) for row in sheets], stays=RECORD)
    sessions = Attendance.objects.filter(juror__in=jurors).select_related("session__category").order_by("pk")
    yield Section(
        "sitzungen_der_jury", "Teilnahme an Sitzungen der Jury",
        [{"kategorie": row.session.category.name, "am": row.session.opened_at} for row in sessions], stays=RECORD,
    )  # fmt: skip
    if person.account:
        events = JuryEvent.objects.filter(by=person.account).order_by("at", "pk")
        yield Section(
            "verlauf_jury", "Vorgänge in der Jury",
            [{"zeitpunkt": row.at, "vorgang": row.get_verb_display()} for row in events], stays=RECORD,
        )  # fmt: skip


def _of(model: Any, jurors: Any) -> Any:
    return model.objects.filter(juror__in=jurors).select_related("submission__round").order_by("pk")


def _called(row: Any, hidden: Collection[Any]) -> str:
    """Return the entry's number, but not of one that the person is recused from: they see nothing of it anywhere."""
    return "ein Beitrag, zu dem eine Befangenheit besteht" if row.submission_id in hidden else row.submission.label


def _recusal(row: Recusal, hidden: Collection[Any]) -> dict[str, Any]:
    called = _called(row, hidden)
    return {"beitrag": called, "grund": row.get_reason_display(), "erlaeuterung": row.text, "am": row.at}


def _sheet(row: Assessment, hidden: Collection[Any]) -> dict[str, Any]:
    category = row.submission.submitted_category
    told: dict[str, Any] = {"beitrag": _called(row, hidden), "gespeichert_am": row.saved_at}
    if row.submission_id in hidden:
        return told | {"inhalt": "nicht gewertet, befangen"}
    if category is None or category.decided_at is None:
        return told | {"inhalt": "erst nach dem Beschluss der Kategorie"}
    points = {score.criterion.title: score.points for score in row.scores.all()}
    reasons = {score.criterion.title: score.comment for score in row.scores.all() if score.comment}
    return told | {"stand": row.get_status_display(), "punkte": points, "gruende": reasons, "eindruck": row.comment}
