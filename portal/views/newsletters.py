"""The newsletter: its archive and an issue."""

from itertools import groupby

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from landespreis import clock
from portal import caching, issues, phases
from portal.models import Newsletter

LEAD = "Neues zur interkommunalen Zusammenarbeit in Nordrhein-Westfalen: Termine, Projekte und der Landespreis."


@require_safe
@caching.public("newsletters", phases.TOPIC, lasts=phases.lasts())
def index(request: HttpRequest) -> HttpResponse:
    """All issues by year, the newest first."""
    out = Newsletter.objects.published(clock.now()).order_by("-year", "-number")
    years = [(year, list(rows)) for year, rows in groupby(out, key=lambda newsletter: newsletter.year)]
    return render(request, "portal/newsletters.html", {"title": "Newsletter", "lead": LEAD, "years": years})


@require_safe
@caching.public("newsletters", phases.TOPIC, lasts=phases.lasts())
def issue(request: HttpRequest, newsletter: str) -> HttpResponse:
    """One issue as it was sent, with the ways to the ones before and after it."""
    published = Newsletter.objects.published(clock.now())
    found = get_object_or_404(published, slug=newsletter.lower())
    year, number = found.year, found.number
    before = published.filter(Q(year__lt=year) | Q(year=year, number__lt=number)).order_by("-year", "-number").first()
    after = published.filter(Q(year__gt=year) | Q(year=year, number__gt=number)).order_by("year", "number").first()
    pieces = issues.pieces(found)
    context = {
        "newsletter": found,
        "pieces": pieces,
        "contents": [piece for piece in pieces if piece.heading],
        "description": found.lead.split("\n")[0] or LEAD,
        "before": before,
        "after": after,
    }
    return render(request, "portal/newsletter.html", context)
