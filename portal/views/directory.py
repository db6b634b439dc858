"""The directory: the list with its filters, and the map with its table."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    raise Http404


@require_safe
def map_(request: HttpRequest) -> HttpResponse:
    raise Http404
