"""Papers for jurors: the dossier of a category, and the minutes of its Session as a draft and as the kept PDF."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from jury import dossier as dossiers
from jury import minutes as records
from jury.actions import papers
from jury.models import Paper, Session
from jury.sight import Sight
from jury.views.frame import JurorRequest, category_or_404, juror_page
from landespreis import clock, files
from submissions.models import Category

PDF = "application/pdf"
BEING_MADE = "Die Niederschrift wird gerade als PDF erstellt. Hier können Sie sie schon lesen."


@dataclass(frozen=True)
class Shelf:
    """What the page of a dossier shows. `state`: none, working, failed, ready, or stale (out of date)."""

    state: str
    paper: Paper | None
    readable: int
    undeclared: int
    gone: bool
    """Whether one was just thrown away because it held what this juror may not read any more."""


@juror_page
@require_http_methods(["GET", "HEAD", "POST"])
def dossier_page(request: JurorRequest, slug: str) -> HttpResponseBase:
    """How far the own dossier of a category is; POST asks for it."""
    category = category_or_404(request.sight, slug)
    if request.method == "POST":
        papers.request_dossier(category, by=request.user)
        return redirect("jury:dossier_page", slug)
    context = {"category": category, "shelf": _shelf(request.sight, category)}
    polling = request.headers.get("HX-Request") == "true"
    return render(request, "jury/_dossier.html" if polling else "jury/dossier.html", context)


@juror_page
@require_safe
def dossier(request: JurorRequest, slug: str) -> HttpResponseBase:
    """The PDF, to its juror only and as long as all of it may be read."""
    paper = _own(request.sight, category_or_404(request.sight, slug))
    if paper is None or paper.rendered_at is None:
        raise Http404("no dossier")
    if papers.hides(paper, request.sight):
        papers.forget(paper)
        raise Http404("no dossier any more")
    return files.serve(paper.file, name=paper.filename, content_type=PDF)


@juror_page
@require_safe
def minutes_draft(request: JurorRequest, slug: str) -> HttpResponseBase:
    """What would stand in the minutes now, for members who may see everything of the category."""
    session = _session(request.sight, slug)
    return render(request, "jury/minutes.html", records.context(session, clock.now()))


@juror_page
@require_safe
def minutes(request: JurorRequest, slug: str) -> HttpResponseBase:
    """The minutes as PDF once the decision is locked; while the worker renders them, the page to read them on."""
    session = _session(request.sight, slug)
    paper = Paper.objects.filter(kind=Paper.Kind.MINUTES, category=session.category, rendered_at__isnull=False).first()
    if paper is None and session.category.decided_at:
        messages.info(request, BEING_MADE)
        return redirect("jury:minutes_draft", slug)
    if paper is None:
        raise Http404("no minutes yet")
    return files.serve(paper.file, name=paper.filename, content_type=PDF)


def _session(sight: Sight, slug: str) -> Session:
    category = category_or_404(sight, slug)
    if not records.may_read(sight, category):
        raise Http404("not for this juror")
    return Session.objects.select_related("category__round", "opened_by").get(category=category)


def _own(sight: Sight, category: Category) -> Paper | None:
    rows = Paper.objects.filter(kind=Paper.Kind.DOSSIER, category=category, juror=sight.juror)
    return rows.select_related("category", "submission").first()


def _shelf(sight: Sight, category: Category) -> Shelf:
    paper, held = _own(sight, category), dossiers.content(sight, category)
    gone = paper is not None and paper.rendered_at is not None and papers.hides(paper, sight)
    if paper and gone:
        papers.forget(paper)
        paper = None
    undeclared = sight.entries(category).exclude(pk__in=sight.cleared).count()
    if paper and paper.rendered_at is None:  # what is printed was counted when it was asked for
        paper.total = min(paper.total, len(held))
        paper.done = min(paper.done, paper.total)
    return Shelf(_state(paper, held), paper, len(held), undeclared, gone)


def _state(paper: Paper | None, held: dossiers.Content) -> str:
    if paper is None:
        return "none"
    if paper.rendered_at is None:
        return "failed" if paper.error else "working"
    return "ready" if paper.content_key == dossiers.key(held) else "stale"
