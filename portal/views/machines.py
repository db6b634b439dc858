"""What programs ask for: the sitemap, and what they may visit."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import caching, sitemap
from portal.views.news import next_publication


@require_safe
@caching.public("news", "pages", "faq", "downloads", "newsletters", lasts=next_publication)
def sitemap_xml(request: HttpRequest) -> HttpResponse:
    context = {"addresses": sitemap.addresses()}
    return render(request, "portal/sitemap.xml", context, content_type="application/xml")


@require_safe
@caching.public()
def robots(request: HttpRequest) -> HttpResponse:
    """Nothing of a demo is to be found by searching."""
    closed = ["/"] if settings.DEMO else ["/admin/", "/konto/", "/einreichungen/", "/jury/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), f"Sitemap: {settings.BASE_URL}/sitemap.xml"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
