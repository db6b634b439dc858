"""The door of every page of the jury: who fills a seat, has accepted the notice, and what they may see."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import User
from jury import sight as sights
from jury.sight import Sight
from submissions.models import Category, Submission


class JurorRequest(HttpRequest):
    """A request of somebody who fills a seat; `sight` says what they may see."""

    user: User
    sight: Sight


Page = Callable[..., HttpResponseBase]
"""A view whose request is a `JurorRequest`."""


def seat_required(view: Page) -> Page:
    """Let only those in who fill a seat; for everybody else the page does not exist."""

    @login_required
    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        sight = sights.of(request.user)
        if sight is None:
            raise Http404("no seat")
        request.sight = sight
        return view(request, *args, **kwargs)

    return guarded


def juror_page(view: Page) -> Page:
    """As `seat_required`, and leads those to the notice who have not accepted it yet."""

    @wraps(view)
    def guarded(request: JurorRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.sight.juror.notice_accepted_at is None:
            return redirect("jury:notice")
        return view(request, *args, **kwargs)

    return seat_required(guarded)


def category_or_404(sight: Sight, slug: str) -> Category:
    """Return the category of the juror's round."""
    return get_object_or_404(Category.objects.select_related("round"), round=sight.round, key=slug)


def number_of(label: str, prefix: str) -> int:
    """Return the running number of a label such as «IKZ-2026-0042»; raises Http404 for anything else."""
    head, _, digits = label.rpartition("-")
    if head != prefix or not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise Http404("no such number")
    return int(digits)


def entry_or_404(sight: Sight, label: str) -> Submission:
    """Return the entry of that number if this juror may know of it."""
    rows = sight.entries().select_related("round", "submitted_category", "submitted_lead", "current")
    return get_object_or_404(rows, number=number_of(label, sight.round.number_prefix))


def entry_page(view: Page) -> Page:
    """As `juror_page`, for a page below an entry: the view gets the entry instead of its number.

    Somebody who was reading it learns that it takes part no more, or not now (410); for everybody else there is none.
    """

    @wraps(view)
    def found(request: JurorRequest, number: str, **kwargs: Any) -> HttpResponseBase:
        sight = request.sight
        wanted = number_of(number, sight.round.number_prefix)
        if gone := sight.gone().select_related("round").filter(number=wanted).first():
            return _gone(request, gone)
        return view(request, entry_or_404(sight, number), **kwargs)

    return juror_page(found)


def _gone(request: JurorRequest, entry: Submission) -> HttpResponse:
    checks, status = (Submission.Check.OPEN, Submission.Check.RETURNED), Submission.Status.SUBMITTED
    again = entry.status == status and entry.formal_check in checks
    context = {
        "label": entry.label,
        "round": entry.round,
        "checked_again": again,
        "why": "wird noch einmal geprüft" if again else "nimmt nicht mehr teil",
    }
    return render(request, "jury/gone.html", context, status=410)
