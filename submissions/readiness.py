"""Whether a round can be announced: its dates, categories, criteria and questions."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.models import PermissionsMixin
from django.urls import reverse

from landespreis import wording
from landespreis.readiness import Point, State, judged
from submissions.models import Round, guards


def points(round: Round, user: PermissionsMixin, now: datetime) -> list[Point]:
    """Links lead to the field on the round's page, for whom it is open."""
    may = user.has_perm("submissions.change_round")
    page = reverse("admin:submissions_round_change", args=[round.pk]) if may else ""
    return [
        _window(round, now, _at(page, "id_opens_at_0")),
        _ceremony(round, _at(page, "id_ceremony_on")),
        _alone(round, now, _at(page, "id_opens_at_0")),
        _numbers(round, _at(page, "id_number_prefix")),
        _key_date(round, _at(page, "id_contract_after")),
        _categories(round, _at(page, "categories-group")),
        _criteria(round, _at(page, "criteria-group")),
        *_questions(round, _at(page, "questions-group")),
        _scoring(round, _at(page, "id_scoring_opens_at_0")),
        _reminders(round, _at(page, "id_reminder_hours")),
    ]


def _at(page: str, anchor: str) -> str:
    return page and f"{page}#{anchor}"


def _window(round: Round, now: datetime, url: str) -> Point:
    label = "Beginn und Einreichungsschluss"
    names = {"opens_at": "Beginn", "closes_at": "Einreichungsschluss"}
    if absent := [names[name] for name in round.lacks(*names)]:
        verb = "fehlen" if len(absent) > 1 else "fehlt"
        return Point(State.MISSING, label, f"{wording.listed(absent)} {verb}.", url)
    if round.opens_at >= round.closes_at:
        return Point(State.MISSING, label, "Der Einreichungsschluss muss nach dem Beginn liegen.", url)
    fine = f"{wording.opening(round.opens_at)} bis {wording.deadline(round.closes_at)}."
    late = f"Der Beginn liegt in der Vergangenheit: {wording.opening(round.opens_at)}."
    cure = " Soll sofort eröffnet werden, tragen Sie einen Zeitpunkt in wenigen Minuten ein."
    return judged(label, late + cure if round.opens_at <= now else "", url, fine=fine)


def _ceremony(round: Round, url: str) -> Point:
    label = "Preisverleihung und Sperrfrist"
    names = {"ceremony_on": "Preisverleihung", "embargo_until": "Ende der Sperrfrist"}
    if absent := [names[name] for name in round.lacks(*names)]:
        return Point(State.MISSING, label, f"Es fehlt: {wording.listed(absent)}.", url)
    reasons = " ".join(reason for _, reason in guards.contradictions(round))
    fine = f"{wording.weekday(round.ceremony_on)}; öffentlich ab {wording.opening(round.embargo_until)}."
    return judged(label, reasons, url, fine=fine)


def _alone(round: Round, now: datetime, url: str) -> Point:
    """An announced round is what the whole portal is about, also the pages of the jury: there is one at a time."""
    rivals = guards.rivals(round)
    if rivals:
        told = wording.listed([f"„{rival}“ ({guards.period(rival)})" for rival in rivals])
        return Point(State.MISSING, "Keine andere Runde zur selben Zeit", f"Überschneidet sich mit {told}.", url)
    others = Round.objects.announced().exclude(pk=round.pk)
    running = others.filter(embargo_until__gt=now).order_by("embargo_until").last()
    reason = (
        f"„{running}“ läuft noch bis {wording.opening(running.embargo_until)}. Mit der Bekanntmachung zeigt das Portal "
        "nur noch die neue Runde, und die Jury käme nicht mehr an ihre Einreichungen. Danach geht es."
        if running
        else ""
    )
    return judged("Keine andere Runde zur selben Zeit", reason)


def _numbers(round: Round, url: str) -> Point:
    other = guards.namesakes(round).first()
    reason = f"So beginnen schon die Nummern von „{other}“." if other else ""
    return judged("Anfang der Nummern", reason, url, fine=f"Die erste Einreichung heißt {round.number_prefix}-0001.")


def _key_date(round: Round, url: str) -> Point:
    if round.contract_after is None:
        return Point(State.NOTE, "Stichtag der Vereinbarung", "Leer: Das Datum der Vereinbarung ist gleichgültig.", url)
    fine = f"Zugelassen sind Vereinbarungen nach dem {wording.day(round.contract_after)}."
    return Point(State.OK, "Stichtag der Vereinbarung", fine, url)


def _categories(round: Round, url: str) -> Point:
    names = [f"„{category.short_name}“" for category in round.categories.all()]
    reason = "" if names else "Legen Sie mindestens eine Kategorie an."
    return judged("Kategorien", reason, url, fine=f"{len(names)}: {wording.listed(names)}.")


def _criteria(round: Round, url: str) -> Point:
    criteria = list(round.criteria.all())
    reason = ""
    if not criteria:
        reason = "Legen Sie mindestens ein Kriterium an: Danach bewertet die Jury."
    elif not sum(criterion.weight for criterion in criteria):
        reason = "Kein Kriterium zählt: Alle Gewichte sind null."
    even = len({criterion.weight for criterion in criteria}) == 1
    fine = f"{len(criteria)}, {'alle mit gleichem Gewicht' if even else 'mit verschiedenen Gewichten'}."
    return judged("Kriterien und Gewichte", reason, url, fine=fine)


def _questions(round: Round, url: str) -> Iterator[Point]:
    questions = list(round.questions.all())
    twice = sorted(place for place, times in Counter(q.position for q in questions).items() if times > 1)
    reason = "" if questions else "Legen Sie mindestens eine Frage an: Ohne Text hat die Jury nichts zu lesen."
    if twice:
        reason = f"Platz {twice[0]} ist doppelt vergeben; die Reihenfolge im Formular wäre Zufall."
    required = sum(question.required for question in questions)
    yield judged("Fragen des Formulars", reason, url, fine=f"{len(questions)}, davon {required} verpflichtend.")
    if questions and not required:
        yield Point(State.NOTE, "Pflichtfragen", "Keine Frage muss beantwortet werden.", url)
    asked = {question.criterion_id for question in questions}
    silent = [f"„{criterion}“" for criterion in round.criteria.all() if criterion.pk not in asked]
    if questions:
        told = f"Keine Frage gehört zu {wording.listed(silent)}. Die Jury bewertet das dann ohne eigenen Text."
        yield judged("Jedes Kriterium hat eine Frage", told if silent else "", url, otherwise=State.NOTE)


def _scoring(round: Round, url: str) -> Point:
    label = "Termine der Jury"
    named = {
        "Bewertung ab": round.scoring_opens_at,
        "Bewertungsschluss": round.scoring_closes_at,
        "Jurysitzung": round.session_at,
    }
    absent = [name for name, at in named.items() if at is None]
    if absent:
        told = f"Noch leer: {wording.listed(absent)}. Bis „Bewertung ab“ erreicht ist, sieht die Jury nichts."
        return Point(State.NOTE, label, told, url)
    assert round.scoring_closes_at
    assert round.session_at
    reason = ""
    if round.scoring_closes_at > round.session_at:
        reason = "Die Bewertung endet erst nach der Jurysitzung."
    elif not round.lacks("embargo_until") and round.session_at > round.embargo_until:
        reason = "Die Jury tagt erst nach dem Ende der Sperrfrist."
    return judged(label, reason, url, fine=f"Sitzung am {wording.opening(round.session_at)}.", otherwise=State.NOTE)


def _reminders(round: Round, url: str) -> Point:
    reason = "" if round.reminder_hours else "Niemand wird erinnert, dass noch ein Entwurf liegt."
    number = len(round.reminder_hours)
    fine = f"{number} Erinnerung{'' if number == 1 else 'en'} vor dem Einreichungsschluss."
    return judged("Erinnerungen", reason, url, fine=fine, otherwise=State.NOTE)
