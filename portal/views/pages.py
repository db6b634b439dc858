"""The pages whose text staff keep."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from portal import caching, phases
from portal.models import Page


@require_safe
@caching.public("pages", phases.TOPIC, lasts=phases.lasts())
def page(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "portal/page.html", {"page": get_object_or_404(Page, slug=slug)})
