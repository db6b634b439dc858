"""What machines read of the directory: feed, JSON, CSV."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    raise Http404


@require_safe
def json(request: HttpRequest) -> HttpResponse:
    raise Http404


@require_safe
def csv(request: HttpRequest) -> HttpResponse:
    raise Http404
