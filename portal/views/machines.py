"""What programs ask for: the sitemap, and what they may visit."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import caching, sitemap
from portal.directory.catalogue import next_publication

XML = "application/xml"


@require_safe
@caching.public("projects", lasts=next_publication)
def sitemap_xml(request: HttpRequest) -> HttpResponse:
    """The index: where the parts are."""
    return render(request, "portal/sitemap_index.xml", {"parts": sitemap.parts()}, content_type=XML)


@require_safe
@caching.public("projects", "news", "events", "newsletters", "pages", "faq", "downloads", lasts=sitemap.next_change)
def sitemap_part(request: HttpRequest, part: str) -> HttpResponse:
    addresses = sitemap.addresses(part)
    if addresses is None:
        raise Http404
    return render(request, "portal/sitemap.xml", {"addresses": addresses}, content_type=XML)


@require_safe
@caching.public()
def robots(request: HttpRequest) -> HttpResponse:
    """Nothing of a demo is to be found by searching."""
    closed = ["/"] if settings.DEMO else ["/admin/", "/konto/", "/einreichungen/", "/jury/"]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), f"Sitemap: {settings.BASE_URL}/sitemap.xml"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
