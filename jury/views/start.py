"""The juror's start page and the list of a category."""

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jury.views import progress
from jury.views.frame import JurorRequest, category_or_404, juror_page
from landespreis import wording

SHOWN, BEFORE = 6, 2
"""Entries listed on the start page, and how many of them stand before the next one."""


@juror_page
@require_safe
def index(request: JurorRequest) -> HttpResponseBase:
    """What is done, what comes next, until when, and every category with its numbers."""
    sight, round = request.sight, request.sight.round
    tallies = progress.tallies(sight)
    work, line = progress.next_of(tallies) or (None, None)
    context = {
        "sight": sight,
        "round": round,
        "tallies": tallies,
        "final": sum(row.final for row in tallies),
        "total": sum(row.total for row in tallies),
        "recused": sum(row.recused for row in tallies),
        "opened": [row for row in tallies if row.is_open],
        "all_decided": all(row.is_decided or row.is_empty for row in tallies),
        "work": work,
        "next": line,
        "shown": _around(work, line),
        "remaining": wording.remaining(round.scoring_closes_at - sight.now) if round.scoring_closes_at else "",
    }
    return render(request, "jury/index.html", context)


@juror_page
@require_safe
def category(request: JurorRequest, slug: str) -> HttpResponseBase:
    """All entries of a category with the state of the own sheet."""
    found = category_or_404(request.sight, slug)
    tally = progress.tally(request.sight, found)
    context = {"round": request.sight.round, "sight": request.sight, "tally": tally, "next": tally.next()}
    return render(request, "jury/category.html", context)


def _around(work: progress.Tally | None, line: progress.Line | None) -> list[progress.Line]:
    if work is None or line is None:
        return []
    place = list(work.lines).index(line)
    start = max(0, min(place - BEFORE, work.total - SHOWN))
    return list(work.lines[start : start + SHOWN])
