"""Questions and answers: one page, each with an address of its own."""

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal import caching, phases
from portal.models import FaqEntry, FaqSection


@require_safe
@caching.public("faq", phases.TOPIC, lasts=phases.lasts())
def index(request: HttpRequest) -> HttpResponse:
    entries = Prefetch("entries", FaqEntry.objects.public())
    sections = [section for section in FaqSection.objects.prefetch_related(entries) if section.entries.all()]
    return render(request, "portal/faq.html", {"sections": sections})
