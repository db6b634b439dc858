"""Documents to download: the list by occasion, and a file."""

from datetime import datetime
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from landespreis import clock, files
from portal import caching, phases
from portal.models import Download
from portal.remembering import Numbers


def next_publication(now: datetime, numbers: Numbers) -> datetime | None:
    waiting = Download.objects.filter(published_at__gt=now).order_by("published_at")
    return waiting.values_list("published_at", flat=True).first()


@require_safe
@caching.public("downloads", phases.TOPIC, lasts=phases.lasts(next_publication))
def index(request: HttpRequest) -> HttpResponse:
    rows = Download.objects.published(clock.now())
    occasions = [
        {"title": title, "day": day, "downloads": list(group)}
        for (day, title), group in groupby(rows, key=lambda row: (row.held_on, row.occasion))
    ]
    return render(request, "portal/downloads.html", {"occasions": occasions})


@require_safe
def download(request: HttpRequest, download: str) -> HttpResponseBase:
    """The file itself; everybody may keep it and asks each time whether it is still the same."""
    found = Download.objects.visible_to(request.user, clock.now()).filter(slug=download).first()
    if found is None:
        raise Http404
    etag = f'"{found.sha256}"'
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or files.serve(found.file, name=found.name, content_type=found.mimetype)
    response.headers["ETag"] = etag
    if caching.is_shared(request):
        response.headers["Cache-Control"] = caching.POLICY
    return response
