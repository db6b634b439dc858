"""What the admin asks before each step of a run, and the verb behind the button."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse
from django.utils import timezone

from landespreis import clock
from landespreis.confirm import Question
from landespreis.models import RetentionItem, RetentionRun
from landespreis.records import asking, runs, showing


def _ask_pack(run: RetentionRun, user: Any) -> Question:
    return Question(
        "Paket noch einmal erstellen", str(run), ["Das Portal erstellt das Archivpaket neu."], "Erstellen",
        _back(run), "Das Paket wird erstellt.", lambda: runs.pack_again(run, by=user),
    )  # fmt: skip


def _ask_offer(run: RetentionRun, user: Any) -> Question:
    return Question(
        "Angebot an das Landesarchiv festhalten", str(run),
        ["Nach § 4 ArchivG NRW sind Unterlagen vor der Löschung anzubieten. Das Portal verschickt nichts:",
         "Übergeben Sie das Paket auf dem vereinbarten Weg und tragen Sie hier den Tag ein."],
        "Festhalten", _back(run), "Das Angebot ist festgehalten.",
        lambda on: runs.offer(run, by=user, on=on), asking.OfferForm, {"on": timezone.localdate(clock.now())},
    )  # fmt: skip


def _ask_answer(run: RetentionRun, user: Any) -> Question:
    return Question(
        "Antwort des Landesarchivs festhalten", str(run), ["Danach kann eine zweite Person freigeben."],
        "Festhalten", _back(run), "Die Antwort ist festgehalten.",
        lambda answer, on, reference: runs.answer(run, by=user, answer=answer, on=on, reference=reference),
        asking.AnswerForm, {"on": timezone.localdate(clock.now())},
    )  # fmt: skip


def _ask_release(run: RetentionRun, user: Any) -> Question:
    items = run.items.filter(state=RetentionItem.State.PENDING)
    going = showing.words(showing.added(items.values_list("counts", flat=True)))
    return Question(
        "Freigeben und löschen", str(run),
        [f"Endgültig gelöscht oder anonymisiert wird: {items.count()} Teile ({going}).",
         "Das lässt sich nicht rückgängig machen. Das Portal beginnt sofort nach der Freigabe."],
        "Freigeben und löschen", _back(run), "Freigegeben. Das Portal löscht jetzt.",
        lambda: runs.release(run, by=user),
    )  # fmt: skip


def _ask_discard(run: RetentionRun, user: Any) -> Question:
    return Question(
        "Aussonderung verwerfen", str(run), ["Es wird nichts gelöscht. Ein erstelltes Paket wird entfernt."],
        "Verwerfen", _back(run), "Die Aussonderung ist verworfen.",
        lambda reason: runs.discard(run, by=user, reason=reason), asking.ReasonForm,
    )  # fmt: skip


def _back(run: RetentionRun) -> str:
    return reverse("admin:landespreis_retentionrun_change", args=[run.pk])


OF_STEP: dict[str, Callable[[RetentionRun, Any], Question]] = {
    "paket": _ask_pack,
    "angebot": _ask_offer,
    "antwort": _ask_answer,
    "freigeben": _ask_release,
    "verwerfen": _ask_discard,
}
