"""An entry beside its score sheet: read it, score it by button or by itself, finalise, reopen."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from jury import workflow
from jury.actions import assessing, gate
from jury.forms import sheet as sheets
from jury.models import Assessment
from jury.views import progress, reading
from jury.views.frame import JurorRequest, entry_page
from landespreis import parking, wording
from landespreis.refusal import NotAllowed, Refused
from submissions import sheet as words
from submissions.models import Category, Criterion, Submission

FINAL = "abschliessen"
UNSAVED = "Was Sie eingetragen haben, steht noch im Bogen, ist aber nicht gespeichert."
SAVED = "Alles andere ist als Entwurf gespeichert."
DONE = "Ihre Bewertung ist abgeschlossen."
"""Without the number: it can wait in another window and be shown after a recusal."""
Told = list[tuple[str, str]]
"""Label and text of what a sheet says, for reading."""


@dataclass(frozen=True)
class Desk:
    """What every answer about an entry starts from, as it is in the database now."""

    entry: Submission
    category: Category
    stage: workflow.Stage
    criteria: Sequence[Criterion]
    sheet: Assessment | None
    stored: sheets.SheetForm

    @property
    def scale(self) -> range:
        return range(self.entry.round.scale_min, self.entry.round.scale_max + 1)

    @property
    def is_final(self) -> bool:
        return self.sheet is not None and self.sheet.status == Assessment.Status.FINAL

    @property
    def is_writable(self) -> bool:
        return workflow.Act.SCORE in workflow.ALLOWED[self.stage] and not self.is_final

    @property
    def can_reopen(self) -> bool:
        return workflow.Act.SCORE in workflow.ALLOWED[self.stage] and self.is_final


@parking.keeps_text
@entry_page
@require_http_methods(["GET", "HEAD", "POST"])
def entry(request: JurorRequest, entry: Submission) -> HttpResponseBase:
    """The version that counts beside the seat's sheet; before «nicht befangen» the way leads to the declaration."""
    if not request.sight.may_read(entry):
        return redirect("jury:recusal", entry.label)
    desk = _desk(request, entry)
    if request.method == "POST":
        return _save(request, desk)
    if kept := parking.kept(request):
        return _page(request, desk, sheets.sent(desk.criteria, desk.scale, kept), kept=True)
    return _page(request, desk, desk.stored)


@entry_page
@require_POST
def reopen(request: JurorRequest, entry: Submission) -> HttpResponseBase:
    """Make the own final sheet a draft again."""
    assessing.reopen(entry, by=request.user)
    messages.success(request, "Ihre Bewertung ist wieder geöffnet. Sie zählt erst, wenn Sie sie wieder abschließen.")
    return redirect(_sheet_url(entry))


# Saving ------------------------------------------------------------------------------------------------
def _save(request: JurorRequest, desk: Desk) -> HttpResponseBase:
    background = parking.is_background(request)
    if request.POST.get("tat") == "verwerfen":
        parking.forget(request)
        return redirect(request.path)
    form = sheets.sent(desk.criteria, desk.scale, request.POST)
    if not form.is_valid():
        return _faulty(request, desk, form)
    final = request.POST.get("tat") == FINAL and not background
    verb = assessing.finalise if final else assessing.save
    try:
        sheet = verb(desk.entry, by=request.user, **form.values)
    except Refused as refusal:
        if background:
            return _line(f"Nicht gespeichert: {refusal.message}", refusal.status)
        return _refused(request, desk, form, refusal)
    if background:
        return _saved(form, sheet)
    parking.forget(request)
    if final:
        messages.success(request, DONE)
    return redirect(_sheet_url(desk.entry))


def _faulty(request: JurorRequest, desk: Desk, form: sheets.SheetForm) -> HttpResponse:
    if not parking.is_background(request):
        return _page(request, desk, form, status=422)
    name, errors = next(iter(form.errors.items()))
    return _line(f"Nicht gespeichert, {form[name].label}: {errors[0]}", 422)


def _refused(request: JurorRequest, desk: Desk, form: sheets.SheetForm, refusal: Refused) -> HttpResponse:
    """Show why, beside what is stored now; what was sent stays in the form or stands there to be copied."""
    if isinstance(refusal, NotAllowed):
        raise refusal
    request.sight = gate.sight_of(request.user)
    if not request.sight.readable().filter(pk=desk.entry.pk).exists():
        raise refusal  # without a word of the entry: a recusal came in between
    now = _desk(request, desk.entry)
    if isinstance(refusal, assessing.Incomplete):
        parking.forget(request)
        form = form.again(refusal.sheet.revision)
        form.require(refusal.missing)
        return _page(request, now, form, note=SAVED, status=refusal.status)
    if now.sheet and now.is_writable:
        form = form.again(now.sheet.revision)
    return _page(request, now, form, refusal=refusal, status=refusal.status)


def _saved(form: sheets.SheetForm, sheet: Assessment) -> HttpResponse:
    """Tell the page that saved by itself: its status line, and by an event the new revision and what is missing."""
    response = _line(f"Entwurf, gespeichert um {wording.clocktime(sheet.saved_at)} Uhr")
    event = {"revision": sheet.revision, "missing": _missing(form)}
    response.headers["HX-Trigger"] = json.dumps({"sheet-saved": event})
    return response


def _line(line: str, status: int = 200) -> HttpResponse:
    response = HttpResponse(line, content_type="text/plain; charset=utf-8", status=status)
    response.headers["HX-Reswap"] = "textContent"
    return response


# Showing -----------------------------------------------------------------------------------------------
def _desk(request: JurorRequest, entry: Submission) -> Desk:
    category = entry.submitted_category
    assert category
    criteria = list(entry.round.criteria.all())
    rows = request.sight.sheets().filter(seat=request.sight.seat, submission=entry).select_related("juror")
    sheet = rows.prefetch_related("scores").first()
    scale = range(entry.round.scale_min, entry.round.scale_max + 1)
    stored = sheets.opened(criteria, scale, sheet, list(sheet.scores.all()) if sheet else [])
    return Desk(entry, category, progress.stage_of(request.sight, category), criteria, sheet, stored)


def _page(
    request: JurorRequest,
    desk: Desk,
    form: sheets.SheetForm,
    *,
    kept: bool = False,
    refusal: Refused | None = None,
    note: str = UNSAVED,
    status: int = 200,
) -> HttpResponse:
    before, after, place, total = _neighbours(request, desk)
    context: dict[str, Any] = {
        "desk": desk,
        "entry": desk.entry,
        "round": desk.entry.round,
        "category": desk.category,
        "sheet": desk.sheet,
        "form": form,
        "reading": reading.of(desk.entry, desk.criteria),
        "state": _state(request, desk),
        "missing": _missing(form),
        "told": _told(desk.stored) if not desk.is_writable or refusal else [],
        "lost": _lost(form, desk) if kept or refusal else [],
        "kept": kept,
        "refusal": refusal,
        "stale": isinstance(refusal, assessing.Stale),
        "note": note,
        "in_session": desk.stage == workflow.Stage.SESSION,
        "before": before,
        "after": after,
        "place": place,
        "total": total,
        "next": _next(request, desk) if desk.is_final else None,
    }
    return render(request, "jury/entry.html", context, status=status)


def _neighbours(request: JurorRequest, desk: Desk) -> tuple[str, str, int, int]:
    """Return the numbers before and after this one in the category (empty at the ends), its place, and how many."""
    numbers = list(request.sight.entries(desk.category).values_list("number", flat=True))
    place = numbers.index(desk.entry.number)
    prefix = desk.entry.round.number_prefix
    labels = ["", *(f"{prefix}-{number:04d}" for number in numbers), ""]
    return labels[place], labels[place + 2], place + 1, len(numbers)


def _next(request: JurorRequest, desk: Desk) -> progress.Line | None:
    return progress.tally(request.sight, desk.category).next()


def _state(request: JurorRequest, desk: Desk) -> str:
    """«Entwurf, gespeichert heute um 10:07 Uhr», and by whom when that was a predecessor."""
    sheet, seen = desk.sheet, request.sight
    if sheet is None:
        return "noch nichts gespeichert" if desk.is_writable else "keine Bewertung"
    final = desk.is_final and sheet.finalised_at
    said = "Abgeschlossen" if final else "Entwurf, gespeichert"
    when = wording.recently(final or sheet.saved_at, seen.now)
    return f"{said} {when}" + ("" if sheet.juror.user_id == request.user.pk else f" von {sheet.juror.name}")


def _missing(form: sheets.SheetForm) -> str:
    """Return what still lacks before the sheet can be finalised."""
    places = [str(row.position) for row in form.rows if row.given is None]
    if not places:
        return "Alle Punkte sind vergeben. Ihre Bewertung zählt erst, wenn Sie sie abschließen."
    return f"Zum Abschließen fehlen noch die Punkte für Kriterium {words.listed(places)}."


def _told(form: sheets.SheetForm) -> Told:
    """Return what a sheet says: points with their reason by criterion, and the overall comment if there is one."""
    rows = [(row.criterion.title, "\n".join(filter(None, [row.said, row.reason.value() or ""]))) for row in form.rows]
    overall = form["gesamt"].value() or ""
    return [*rows, *([("Gesamteindruck", overall)] if overall else [])]


def _lost(form: sheets.SheetForm, desk: Desk) -> Told:
    """Return what was sent and is not stored, where there is no form any more that still holds it."""
    return [] if desk.is_writable else [told for told in _told(form) if told not in _told(desk.stored)]


def _sheet_url(entry: Submission) -> str:
    return reverse("jury:entry", args=[entry.label]) + "#bogen"
