"""What of a round may not be, and what may no longer change once people build on it: German reasons by field."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Length

from landespreis import wording
from landespreis.clock import BERLIN

if TYPE_CHECKING:
    from submissions.models.round import Round
    from submissions.models.rules import Category, Question

Found = Iterator[tuple[str, str]]
"""Field and reason."""
WINDOW = ("opens_at", "closes_at", "embargo_until")
DATES = (*WINDOW, "ceremony_on")
SESSION = ("quorum", "scoring_opens_at")
"""What stands still while a Session of the jury is open."""


def contradictions(row: "Round") -> Found:
    """What the dates of a round say against each other, as far as they are set. The database holds the rest."""
    if not row.lacks("closes_at", "embargo_until") and row.embargo_until < row.closes_at:
        yield "embargo_until", "Die Sperrfrist kann nicht vor dem Einreichungsschluss enden."
    elif not row.lacks("ceremony_on", "embargo_until") and _day(row.embargo_until) < row.ceremony_on:
        told = f"Die Sperrfrist endet vor der Preisverleihung am {wording.day(row.ceremony_on)}"
        yield "embargo_until", f"{told}: Die Preisträger wären vorher öffentlich."
    if not row.lacks("closes_at", "ceremony_on") and row.ceremony_on < _day(row.closes_at - timedelta(microseconds=1)):
        yield "ceremony_on", "Die Preisverleihung kann nicht vor dem Einreichungsschluss liegen."
    if not row.lacks("closes_at") and row.session_at and row.session_at < row.closes_at:
        yield "session_at", "Die Jury tagt erst nach dem Einreichungsschluss."


def _day(at: datetime) -> date:
    return at.astimezone(BERLIN).date()


def rivals(row: "Round") -> "list[Round]":
    """Announced rounds that last, from opening to the end of the embargo, while this one does."""
    if row.lacks("opens_at", "embargo_until"):
        return []
    others = type(row).objects.announced().exclude(pk=row.pk)
    return list(others.filter(opens_at__lt=row.embargo_until, embargo_until__gt=row.opens_at).order_by("opens_at"))


def namesakes(row: "Round") -> "QuerySet[Round]":
    """Other rounds whose numbers begin alike: an entry's number would name two."""
    return type(row).objects.exclude(pk=row.pk).filter(number_prefix__iexact=row.number_prefix)


def period(row: "Round") -> str:
    """«1. Dezember 2025 bis 15. April 2026»"""
    return f"{wording.day(row.opens_at)} bis {wording.day(row.embargo_until)}"


def of_round(before: "Round | None", after: "Round", now: datetime) -> Found:
    """Why a round cannot become what `after` says; `before` is what the database holds, None for a new one."""
    yield from contradictions(after)
    for name in after.lacks() if after.announced_at else ():  # forms leave the constraint out: no field `announced_at`
        yield name, "Die Runde ist bekannt gemacht und braucht diesen Zeitpunkt."
    is_renamed = before is None or before.number_prefix != after.number_prefix
    if is_renamed and (other := namesakes(after).first()):
        yield (
            "number_prefix",
            f"So beginnen schon die Nummern von „{other}“. Jede Runde braucht einen eigenen Anfang.",
        )
    if after.announced_at and (before is None or _changed(before, after, *WINDOW)):
        for rival in rivals(after):
            yield "opens_at", f"Die Runde überschneidet sich mit „{rival}“ ({period(rival)})."
    if before is None:
        return
    if before.last_number and after.number_prefix != before.number_prefix:
        yield (
            "number_prefix",
            (
                f"Nummern sind schon vergeben, zuletzt {before.number_prefix}-{before.last_number:04d}; sie stehen auf "
                "Eingangsbestätigungen. Der Anfang bleibt deshalb."
            ),
        )
    if before.four_eyes and not after.four_eyes and (number := submitted(before)):
        yield (
            "four_eyes",
            f"Es ist schon eingereicht worden ({_entries(number)}): Die Prüfung bleibt zu zweit.",
        )
    if after.announced_at and not before.lacks() and not after.lacks():
        yield from _window(before, after, now)
        if after.embargo_until != before.embargo_until and (reason := _embargo(before, after, now)):
            yield "embargo_until", reason
    yield from _limits(before, after)
    if _changed(before, after, *SESSION) and (sitting := in_session(before)):
        for name in SESSION:
            if getattr(before, name) != getattr(after, name):
                yield name, sitting


def in_session(row: "Round") -> str:
    """Why what the jury's Session rests on cannot change now, or nothing: one is open and not decided yet."""
    found = row.categories.filter(session__isnull=False, decided_at__isnull=True).first()
    if found is None:
        return ""
    return (
        f"Die Sitzung „{found.short_name}“ ist eröffnet. Bis ihr Beschluss gesperrt ist, bleiben Sitze, Quorum und "
        "Beginn der Bewertung, wie sie sind."
    )


def _window(before: "Round", after: "Round", now: datetime) -> Found:
    if after.opens_at != before.opens_at and now >= before.opens_at:
        yield (
            "opens_at",
            f"Die Einreichung läuft seit {wording.opening(before.opens_at)}; der Beginn lässt sich nicht mehr ändern.",
        )
    elif after.opens_at != before.opens_at and after.opens_at <= now:
        yield "opens_at", "Der neue Beginn muss in der Zukunft liegen."
    if after.closes_at != before.closes_at and now >= before.opens_at and (reason := _closing(before, after, now)):
        yield "closes_at", reason


def _embargo(before: "Round", after: "Round", now: datetime) -> str:
    """Why the end of an embargo cannot move where it is wanted, or nothing: saving a form publishes no winners.

    One that has passed hides nobody again; where nothing is decided there is nobody, and it may begin anew.
    """
    if now >= before.embargo_until and before.categories.filter(decided_at__isnull=False).exists():
        return f"Die Sperrfrist endete am {wording.moment(before.embargo_until)}; die Preisträger sind öffentlich."
    if after.embargo_until <= now:
        return "Die Sperrfrist muss in der Zukunft enden: Mit dem Sichern wären die Preisträger sofort öffentlich."
    return ""


def _closing(before: "Round", after: "Round", now: datetime) -> str:
    """Why the closing of a round that has opened cannot move where it is wanted, or nothing."""
    is_over = now >= before.closes_at
    if after.closes_at <= now and is_over:
        return f"Einreichungsschluss war {wording.deadline(before.closes_at)}. Er lässt sich nur noch verlängern."
    if after.closes_at <= now:
        return (
            "Der Einreichungsschluss kann nicht vor dem jetzigen Zeitpunkt liegen: Wer gerade schreibt, verlöre seine "
            "Frist."
        )
    latest = before.submissions.filter(extended_until__isnull=True).aggregate(at=Max("versions__submitted_at"))["at"]
    if latest and after.closes_at <= latest:
        return (
            f"Eine Einreichung wurde noch am {wording.moment(latest)} angenommen. Der Einreichungsschluss muss danach "
            "liegen."
        )
    decided = before.submissions.exclude(formal_check="open").count() if is_over else 0
    if decided:
        return (
            f"Die formale Prüfung hat schon begonnen ({_entries(decided)}). Verlängern Sie die Frist einzelner "
            "Einreichungen auf deren Seite."
        )
    return ""


def _limits(before: "Round", after: "Round") -> Found:
    """Limits and conditions that what people have already written or uploaded would break."""
    if after.max_files < before.max_files:
        kept = ~Q(attachments__scan="infected") & Q(attachments__removed_at__isnull=True)
        counted = before.submissions.annotate(files=Count("attachments", filter=kept))
        most = counted.aggregate(most=Max("files"))["most"] or 0
        if most > after.max_files:
            yield "max_files", f"Eine Einreichung hat schon {most} Dateien. Weniger dürfen es nicht mehr werden."
    if after.max_file_megabytes < before.max_file_megabytes:
        kept = Q(attachments__removed_at__isnull=True)
        largest = before.submissions.aggregate(most=Max("attachments__size", filter=kept))["most"] or 0
        if largest > after.max_file_bytes:
            yield (
                "max_file_megabytes",
                (
                    f"Eine hochgeladene Datei ist schon {wording.filesize(largest)} groß. Kleiner darf die Grenze "
                    "nicht mehr werden."
                ),
            )
    if after.max_abstract < before.max_abstract and (
        reason := _too_long(before.submissions.values_list("abstract"), before.max_abstract, after.max_abstract)
    ):
        yield "max_abstract", reason
    if after.proof_required and not before.proof_required and (number := submitted(before)):
        yield "proof_required", f"Ohne diese Bestätigung ist schon eingereicht worden ({_entries(number)})."
    if after.contract_after and after.contract_after != before.contract_after:
        hit = before.submissions.filter(agreed_on__lte=after.contract_after)
        number = (hit.filter(agreed_on__gt=before.contract_after) if before.contract_after else hit).count()
        if number:
            yield "contract_after", f"Dieser Stichtag schlösse Begonnenes aus ({_entries(number)})."


def of_category(before: "Category | None", after: "Category") -> Found:
    if before and before.key != after.key and (number := used(before)):
        yield "key", f"Das Kürzel bleibt: Die Kategorie ist schon gewählt ({_entries(number)})."


def removing_category(row: "Category") -> str:
    """Why a category cannot go, or nothing."""
    if number := used(row):
        return f"Die Kategorie „{row}“ bleibt: Sie ist schon gewählt ({_entries(number)})."
    return ""


def used(row: "Category") -> int:
    """How many entries, drafts among them, name the category now or in the version that counts."""
    drafts = row.submissions.values_list("pk", flat=True)
    return len(set(drafts) | set(row.entries.values_list("pk", flat=True)))


def of_question(before: "Question | None", after: "Question") -> Found:
    """Why a question cannot become what `after` says; a new one has no `before`."""
    if after.required and not (before and before.required) and (number := submitted(after.round)):
        yield (
            "required",
            (
                f"Ohne diese Antwort ist schon eingereicht worden ({_entries(number)}). Pflicht kann sie nicht mehr "
                "werden, freiwillig schon."
            ),
        )
    if before is None:
        return
    if before.key != after.key and (number := _answered(before)):
        yield "key", f"Das Kürzel bleibt: Die Frage ist schon beantwortet ({_entries(number)})."
    if after.max_characters < before.max_characters and (
        reason := _too_long(before.answers.values_list("text"), before.max_characters, after.max_characters)
    ):
        yield "max_characters", reason


def removing_question(row: "Question") -> str:
    """Why a question cannot go, or nothing."""
    if number := _answered(row):
        return f"Die Frage „{row}“ bleibt: Sie ist schon beantwortet ({_entries(number)})."
    return ""


def submitted(row: "Round") -> int:
    """How many entries have been handed in, also those withdrawn since."""
    return row.submissions.exclude(status="draft").count()


def _answered(row: "Question") -> int:
    return row.answers.count()


def _too_long(texts: "QuerySet[Any, Any]", before: int, after: int) -> str:
    """Why a limit cannot sink from `before` to `after`: texts within it so far, as longer ones must shrink anyway."""
    field = "abstract" if texts.model.__name__ == "Submission" else "text"
    hit = texts.annotate(length=Length(field)).filter(length__gt=after, length__lte=before)
    found = hit.aggregate(number=Count("pk"), most=Max("length"))
    if not found["number"]:
        return ""
    return (
        f"Schon geschriebene Texte wären zu lang ({_entries(found['number'])}, der längste hat "
        f"{wording.number(found['most'])} Zeichen)."
    )


def _entries(number: int) -> str:
    return "1 Einreichung" if number == 1 else f"{wording.number(number)} Einreichungen"


def _changed(before: "Round", after: "Round", *names: str) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in names)


def gathered(found: Found) -> dict[str, list[str]]:
    """Return reasons by field, in the shape ValidationError takes."""
    reasons: dict[str, list[str]] = {}
    for field, reason in found:
        reasons.setdefault(field, []).append(reason)
    return reasons
