"""News: the list by category, an item, the feed."""

from datetime import datetime

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.feedgenerator import Atom1Feed
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from landespreis import clock
from portal import caching, phases
from portal.models import FormerAddress, News, NewsCategory
from portal.remembering import Numbers

PER_PAGE = 10
IN_FEED = 20
MORE = 3
TITLE = "Aktuelles"
LEAD = "Meldungen rund um den Landespreis und die interkommunale Zusammenarbeit in Nordrhein-Westfalen."


def next_publication(now: datetime, numbers: Numbers) -> datetime | None:
    """Return when the next item comes out by itself, or None."""
    waiting = News.objects.filter(published_at__gt=now).order_by("published_at")
    return waiting.values_list("published_at", flat=True).first()


@require_safe
@caching.public("news", phases.TOPIC, params=("rubrik", "seite"), lasts=phases.lasts(next_publication))
def index(request: HttpRequest) -> HttpResponse:
    """The list, ten a page; an unknown category is an empty one, a page that is none the nearest."""
    categories = list(NewsCategory.objects.filter(news__in=News.objects.published(clock.now())).distinct())
    wanted = request.GET.get("rubrik", "")
    chosen = next((category for category in categories if category.slug == wanted), None)
    news = News.objects.published(clock.now()).with_all()
    if wanted:
        news = news.filter(category=chosen) if chosen else news.none()
    page = Paginator(news, PER_PAGE).get_page(request.GET.get("seite"))
    context = {
        "title": TITLE,
        "lead": LEAD,
        "categories": categories,
        "chosen": chosen,
        "is_filtered": bool(wanted),
        "page": page,
        "numbers": list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "query": urlencode({"rubrik": chosen.slug}) + "&" if chosen else "",
    }
    return render(request, "portal/news.html", context)


@require_safe
@caching.public("news", phases.TOPIC, lasts=phases.lasts(next_publication))
def item(request: HttpRequest, news: str) -> HttpResponse:
    """One item; a former address leads to the present one."""
    now = clock.now()
    visible = News.objects.visible_to(request.user, now).with_all()
    found = visible.filter(slug=news).first()
    if found is None:
        moved = FormerAddress.objects.filter(slug=news, news__in=visible).select_related("news").first()
        if moved is None:
            raise Http404
        return redirect(moved.news, permanent=True)
    more = News.objects.published(now).with_all().exclude(pk=found.pk)[:MORE]
    context = {"news": found, "is_public": found.is_public(now), "more": list(more)}
    return render(request, "portal/news_item.html", context)


@require_safe
@caching.public("news", lasts=next_publication)
def feed(request: HttpRequest) -> HttpResponse:
    """The newest items as Atom; an entry keeps its id when its address changes."""
    made = Atom1Feed(
        title="Aktuelles – Landespreis für innovative interkommunale Zusammenarbeit",
        link=f"{settings.BASE_URL}/aktuelles/",
        feed_url=f"{settings.BASE_URL}{request.path}",
        description=None,
        subtitle=LEAD,
        language="de",
        author_name="Geschäftsstelle Landespreis",
    )
    for news in News.objects.published(clock.now()).with_all()[:IN_FEED]:
        assert news.published_at  # published
        made.add_item(
            title=news.title,
            link=f"{settings.BASE_URL}{news.get_absolute_url()}",
            description=news.lead,
            unique_id=f"{settings.BASE_URL}/aktuelles/#{news.pk}",
            pubdate=news.published_at,
            updateddate=max(news.changed_at, news.published_at),
            categories=[news.category.name],
        )
    return HttpResponse(made.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
