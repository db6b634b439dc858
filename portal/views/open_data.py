"""What machines read of the directory: feed, JSON, CSV; and the page that explains it."""

import hashlib
import uuid
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.conf import settings
from django.core.paginator import InvalidPage, Page, Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from landespreis import clock, tables
from portal import caching, open_data, phases, portrait
from portal.directory.catalogue import next_publication
from portal.models import Edition, Project, ProjectFacet
from portal.models.projects import ProjectQuerySet

IN_FEED = 20
AT_ONCE = 500
FILTERS = tuple(ProjectFacet.Kind.values)
MOST_VALUES, LONGEST = 20, 60
TITLE = "Projekte – Landespreis für innovative interkommunale Zusammenarbeit"
LEAD = "Neue Kooperationsprojekte aus Städten, Gemeinden und Kreisen in Nordrhein-Westfalen."
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}
PLAIN = {"ensure_ascii": False}
View = Callable[[HttpRequest], HttpResponseBase]


def readable_everywhere(view: View) -> View:
    """Let the scripts of every other site read the answer, which is never one of a session."""

    @require_http_methods(["GET", "HEAD", "OPTIONS"])
    @wraps(view)
    def wrapped(request: HttpRequest) -> HttpResponseBase:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=OPEN | PREFLIGHT)
        response = view(request)
        for name, value in OPEN.items():
            response.headers[name] = value
        return response

    return wrapped


@readable_everywhere
@caching.public("projects", params=("seite", *FILTERS), lasts=next_publication)
def json(request: HttpRequest) -> HttpResponse:
    """A page of the published projects, the newest first; a page that is none is an error for a machine to see."""
    found = _chosen(request).with_all().prefetch_related("topics")
    try:
        page = Paginator(found, open_data.PER_PAGE).page(request.GET.get("seite") or 1)
    except InvalidPage:
        return JsonResponse(
            {"error": "Diese Seite gibt es nicht. Beginnen Sie ohne „seite“."}, status=404, json_dumps_params=PLAIN
        )
    return JsonResponse(_told(request, page), json_dumps_params=PLAIN)


@readable_everywhere
def csv(request: HttpRequest) -> HttpResponseBase:
    """All published projects as a table, sent while it is written; whoever has it gets 304 until something changes."""
    etag = _etag(request)  # before the rows: what comes later only makes them newer
    headers = {"ETag": etag, "Cache-Control": caching.POLICY}
    if etag in request.headers.get("If-None-Match", ""):
        return HttpResponseNotModified(headers=headers)
    found = Project.objects.none() if request.method == "HEAD" else _chosen(request)
    rows = (open_data.row(project) for project in _all(found))
    lines = tables.csv_lines([column.key for column in open_data.COLUMNS], rows)
    headers["Content-Disposition"] = 'attachment; filename="projekte.csv"'
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@caching.public("projects", lasts=next_publication)
def feed(request: HttpRequest) -> HttpResponse:
    """The newest projects as Atom; an entry keeps its id when its address changes."""
    made = Atom1Feed(
        title=TITLE,
        link=f"{settings.BASE_URL}{reverse('portal:projects')}",
        feed_url=f"{settings.BASE_URL}{request.path}",
        description=None,
        subtitle=LEAD,
        language="de",
        author_name="Geschäftsstelle Landespreis",
    )
    for project in Project.objects.published(clock.now()).with_all().prefetch_related("topics")[:IN_FEED]:
        assert project.published_at  # published
        assert project.category
        made.add_item(
            title=project.title,
            link=f"{settings.BASE_URL}{project.get_absolute_url()}",
            description=escape(
                f"{project.abstract} Beteiligt: {portrait.parties(project)}."
            ),  # readers take it as HTML
            unique_id=uuid.uuid5(uuid.NAMESPACE_URL, f"{settings.BASE_URL}/projekte/#{project.pk}").urn,
            pubdate=project.published_at,
            updateddate=max(project.changed_at, project.published_at),
            categories=[project.category.name, *(topic.name for topic in project.topics.all())],
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@require_safe
@caching.public(phases.TOPIC, lasts=phases.lasts())
def about(request: HttpRequest) -> HttpResponse:
    """What there is, where, under which licence, and what every name means."""
    return render(request, "portal/open_data.html", open_data.explained())


def _chosen(request: HttpRequest) -> ProjectQuerySet:
    """Return the published projects that the directory's filters leave, the newest first; values of one are «or»."""
    found = Project.objects.published(clock.now()).order_by("-published_at", "-pk")
    for kind in FILTERS:
        wanted = request.GET.getlist(kind)[:MOST_VALUES]
        if wanted:
            values = [value for value in wanted if len(value) <= LONGEST and "\0" not in value]
            rows = ProjectFacet.objects.filter(kind=kind, value__in=values).order_by()
            found = found.filter(pk__in=rows.values("project"))
    return found


def _told(request: HttpRequest, page: Page[Project]) -> dict[str, Any]:
    return {
        "title": TITLE,
        "documentation": f"{settings.BASE_URL}{reverse('portal:open_data')}",
        "licence": open_data.LICENCE,
        "count": page.paginator.count,
        "page": page.number,
        "pages": page.paginator.num_pages,
        "next": _page_url(request, page.number + 1) if page.has_next() else None,
        "previous": _page_url(request, page.number - 1) if page.has_previous() else None,
        "projects": [open_data.record(project) for project in page.object_list],
    }


def _page_url(request: HttpRequest, number: int) -> str:
    kept = [(kind, value) for kind in FILTERS for value in request.GET.getlist(kind)[:MOST_VALUES]]
    return f"{settings.BASE_URL}{request.path}?{urlencode([*kept, ('seite', number)])}"


def _all(found: ProjectQuerySet) -> Iterator[Project]:
    """Yield the projects with all that a line needs, some hundreds at a time."""
    return found.with_all().defer("body", "body_html").prefetch_related("topics").iterator(chunk_size=AT_ONCE)


def _etag(request: HttpRequest) -> str:
    """Return what changes with any project, with the hour at which one comes out, with the build and the filter."""
    now = clock.now()
    latest = Project.objects.published(now).order_by("-published_at").values_list("published_at", flat=True).first()
    state = (caching.build(), Edition.objects.numbers(["projects"]), latest, request.META.get("QUERY_STRING", ""))
    return f'W/"{hashlib.sha256(repr(state).encode()).hexdigest()[:32]}"'
