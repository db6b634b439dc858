"""Dates: the list, a date, and both as calendar files."""

from collections.abc import Iterable
from datetime import datetime

from django.core.paginator import Paginator
from django.db.models import Min, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from landespreis import clock
from portal import caching, calendars, phases
from portal.models import Download, Event, FormerEventAddress, Registration
from portal.remembering import Numbers
from portal.seating import Seating

PER_PAGE = 10
"""Past dates on a page; those to come stand together on the first."""
TITLE = "Termine"
LEAD = "Sprechstunden, Spotlights, Austausch und Tagungen rund um die interkommunale Zusammenarbeit."
MORE = 3
CHANGES = ("published_at", "registration_until", "starts_at", "ends_at")
"""Columns at whose instants a page looks different without anybody's doing."""


def next_change(now: datetime, numbers: Numbers) -> datetime | None:
    """Return when pages about dates change by time alone: one comes out, closes, begins, ends, or its downloads do."""
    moments = Event.objects.aggregate(
        **{name: Min(name, filter=Q(**{f"{name}__gt": now})) for name in CHANGES},
        downloads=Min("downloads__published_at", filter=Q(downloads__published_at__gt=now)),
    )
    return min(filter(None, moments.values()), default=None)


@require_safe
@caching.public("events", phases.TOPIC, params=("art", "seite"), lasts=phases.lasts(next_change))
def index(request: HttpRequest) -> HttpResponse:
    """Dates to come and past ones, by kind; an unknown kind is an empty one, a page that is none the nearest."""
    now = clock.now()
    published = Event.objects.published(now)
    shown = set(published.order_by().values_list("kind", flat=True).distinct())
    wanted = request.GET.get("art", "")
    chosen = Event.Kind(wanted) if wanted in Event.Kind.values else None
    if wanted:
        published = published.filter(kind=chosen) if chosen else published.none()
    page = Paginator(published.past(now), PER_PAGE).get_page(request.GET.get("seite"))
    coming = list(published.coming(now)) if page.number == 1 else []
    context = {
        "title": TITLE,
        "lead": LEAD,
        "kinds": [kind for kind in Event.Kind if kind in shown],
        "chosen": chosen,
        "is_filtered": bool(wanted),
        "coming": seatings(coming, now),
        "past": seatings(page.object_list, now),
        "page": page,
        "numbers": list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "query": urlencode({"art": chosen}) + "&" if chosen else "",
    }
    return render(request, "portal/events.html", context)


@require_safe
@caching.public("events", "downloads", "news", phases.TOPIC, lasts=phases.lasts(next_change))
def detail(request: HttpRequest, event: str) -> HttpResponse:
    """One date; a former address leads to the present one."""
    now = clock.now()
    found = find(request, event, "portal:event")
    if isinstance(found, HttpResponse):
        return found
    context = {
        "event": found,
        "seating": seatings([found], now)[0],
        "is_public": found.is_public(now),
        "is_past": found.ends_at <= now,
        "downloads": list(Download.objects.visible_to(request.user, now).filter(events=found)),
        "more": seatings(Event.objects.published(now).coming(now).exclude(pk=found.pk)[:MORE], now),
    }
    return render(request, "portal/event.html", context)


@require_safe
@caching.public("events", lasts=next_change)
def subscription(request: HttpRequest) -> HttpResponse:
    """Every date that was ever published, so that calendars which subscribe follow changes and cancellations."""
    rows = Event.objects.published(clock.now()).order_by("starts_at", "pk")
    return HttpResponse(calendars.subscription(rows), content_type=f"{calendars.MIMETYPE}; charset=utf-8")


@require_safe
@caching.public("events", lasts=next_change)
def file(request: HttpRequest, event: str) -> HttpResponse:
    """One date as a calendar file, without the joining link."""
    found = find(request, event, "portal:event_calendar")
    return found if isinstance(found, HttpResponse) else as_file(found, calendars.single(found))


def as_file(event: Event, content: bytes) -> HttpResponse:
    """Answer a calendar file that browsers save and phones open."""
    headers = {"Content-Disposition": f'attachment; filename="{event.slug}.ics"'}
    return HttpResponse(content, content_type=f"{calendars.mimetype(event)}; charset=utf-8", headers=headers)


def find(request: HttpRequest, slug: str, name: str) -> Event | HttpResponse:
    """Return the date at an address, or the way to page `name` of the one that was there before. Raises Http404."""
    visible = Event.objects.visible_to(request.user, clock.now())
    found = visible.select_related("picture").filter(slug=slug).first()
    if found is not None:
        return found
    moved = FormerEventAddress.objects.filter(slug=slug, event__in=visible).select_related("event").first()
    if moved is None:
        raise Http404
    return redirect(reverse(name, args=[moved.event.slug]), permanent=True)


def seatings(events: Iterable[Event], now: datetime) -> list[Seating]:
    """Return each date with its places; one query for all of them."""
    rows = list(events)
    taken = Registration.objects.taken(rows)
    return [Seating.of(event, taken.get(event.pk, 0), now) for event in rows]
