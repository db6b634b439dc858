"""Dates: the list and a date."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    raise Http404


@require_safe
def detail(request: HttpRequest, event: str) -> HttpResponse:
    raise Http404
